// Taking completions, and falling asleep when there is none.
#include "exo_abi.h"
#include "request.h"

  .cfi_sections .debug_frame
  .section .exo.text, "ax", @progbits

// int disk_poll(int request, int how)
//
// While `request` is not done: takes one completion, notes it in the table at the place that its tag names, and returns 0. When
// there is none it sleeps as `how` says and returns EXO_E_AGAIN, as it does at once when the request is done. Looking, noting
// and falling asleep must be one act: an upcall in between could take the very completion that is waited for. So upcalls are
// off, and nothing here may fault.
  .globl disk_poll
  .type disk_poll, @function
disk_poll:
  .cfi_startproc
  la t0, disk_requests
  slli t1, a0, 3             // REQUEST_SIZE
  add t1, t1, t0
  mv t2, a1
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  lw t3, REQUEST_STATE(t1)
  li t4, REQUEST_WAITING
  bne t3, t4, 2f
  li a7, EXO_CALL_DISK_NEXT
  ecall                      // a1: tag, a2: status
  bltz a0, 1f
  li t4, EXO_MAX_DISK_REQUESTS
  bgeu a1, t4, 3f            // not one of ours: a program that makes requests itself takes their completions itself
  slli a1, a1, 3
  add a1, a1, t0
  li t4, REQUEST_DONE
  sw a2, REQUEST_STATUS(a1)
  sw t4, REQUEST_STATE(a1)
  j 3f
1:
  beqz t2, 2f
  li t4, POLL_SWITCH
  beq t2, t4, 4f
  li a7, EXO_CALL_SLEEP
  ecall
2:
  li a0, EXO_E_AGAIN
3:
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  ret
4:
  li a0, EXO_CALL_SLEEP
  li a1, 0
  li a2, EXO_E_AGAIN
  j slice_switch             // which enables upcalls as it resumes; then the caller looks again
  .cfi_endproc
  .size disk_poll, . - disk_poll
