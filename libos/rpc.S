// The two ends of a protected control transfer. The kernel changes pc, the environment and nothing else: the register file
// is the message. Here a message is eight words in a0..a6 and t0, and a status in t1; t6 names the target, a7 the call.
#include "exo_abi.h"
#include "rpc_state.h"
#include "saved_registers.h"

  .cfi_sections .debug_frame
  .section .exo.text, "ax", @progbits

// int rpc_transfer(exo_env target, uint32_t words[8])
//
// The client's side. Every register is lost to the message, so what C wants back is saved on our own stack, and where that
// is in rpc_waiting. Returns the server's status (>= 0, or its error), or the kernel's error.
  .globl rpc_transfer
  .type rpc_transfer, @function
rpc_transfer:
  .cfi_startproc
  push_saved t0
  sw a1, 4(sp)

  mv t6, a0
  mv t2, a1
  lw a0, 0(t2)
  lw a1, 4(t2)
  lw a2, 8(t2)
  lw a3, 12(t2)
  lw a4, 16(t2)
  lw a5, 20(t2)
  lw a6, 24(t2)
  lw t0, 28(t2)
  li t1, 0
  // Upcalls are off while we count as waiting and do not wait yet: whoever entered us now would be taken for the reply. The
  // transfer turns them on again.
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  la t2, rpc_waiting
  la t3, rpc_replied
  sw t3, RPC_RESUME(t2)
  sw sp, RPC_SP(t2)
  li a7, EXO_CALL_TRANSFER_SYNC
  ecall
  // The kernel refused: a0 is the error.
  sw zero, RPC_RESUME(t2)
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  j 2f
  // The reply came, with the message in place and a7 = 0, or the server died: a7 = EXO_E_DEAD.
rpc_resumed:
  bltz a7, 1f
  lw t2, 4(sp)
  sw a0, 0(t2)
  sw a1, 4(t2)
  sw a2, 8(t2)
  sw a3, 12(t2)
  sw a4, 16(t2)
  sw a5, 20(t2)
  sw a6, 24(t2)
  sw t0, 28(t2)
  mv a0, t1
  j 2f
1:
  mv a0, a7
2:
  pop_saved t0
  ret
  .cfi_endproc
  .size rpc_transfer, . - rpc_transfer

// gp came with the message, from another environment.
  .macro load_gp
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  .endm

// Where rpc_entry and rpc_died go on when it is rpc_transfer that waits: behind its ecall, on the client's stack, which may
// take a page fault to get at. Only t6 and a7 are not part of the message.
  .type rpc_replied, @function
rpc_replied:
  .cfi_startproc
  .cfi_undefined ra
  la t6, rpc_waiting
  lw sp, RPC_SP(t6)
  load_gp
  la t6, rpc_resumed
  csrw EXO_CSR_UEPC, t6
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UPIE
  EXO_URET
  .cfi_endproc
  .size rpc_replied, . - rpc_replied

// Where the kernel enters for a synchronous transfer: the reply if we wait for one, else somebody's call.
  .balign 4
  .weak rpc_entry
  .type rpc_entry, @function
rpc_entry:
  .cfi_startproc
  .cfi_undefined ra          // who called is in another environment
  la a7, rpc_waiting
  lw t6, RPC_RESUME(a7)
  beqz t6, 1f
  sw zero, RPC_RESUME(a7)
  li a7, 0
  jr t6
1:
  lw t6, RPC_ANSWER(a7)
  jr t6
  // The server's side: the message to where C finds it, a stack, the handler, and the answer back.
  .globl rpc_answer
rpc_answer:
  la t6, rpc_serving
  lw a7, 0(t6)
  bnez a7, 3f                // only where a slice ended in the handler
  li a7, 1
  sw a7, 0(t6)
  la t6, rpc_message         // resident: upcalls are still disabled
  sw a0, 0(t6)
  sw a1, 4(t6)
  sw a2, 8(t6)
  sw a3, 12(t6)
  sw a4, 16(t6)
  sw a5, 20(t6)
  sw a6, 24(t6)
  sw t0, 28(t6)
  csrr s0, EXO_CSR_UTVAL     // who calls: the kernel's word, not the caller's
  load_gp
  la sp, rpc_stack_top
  .cfi_def_cfa sp, 0
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  la t0, rpc_handler_function
  lw t0, 0(t0)
  mv a0, s0
  la a1, rpc_message
  mv s1, a1
  jalr t0                    // int handler(exo_env client, uint32_t words[8])

  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  mv t1, a0
  lw a0, 0(s1)
  lw a1, 4(s1)
  lw a2, 8(s1)
  lw a3, 12(s1)
  lw a4, 16(s1)
  lw a5, 20(s1)
  lw a6, 24(s1)
  lw t0, 28(s1)
  la t6, rpc_serving
  sw zero, 0(t6)
  mv t6, s0
  li a7, EXO_CALL_TRANSFER_SYNC
  ecall                      // the reply: a transfer back to the one that waits
2:
  j slice_begin_entry        // the client is gone: go on, or rest, as after a reply
3:
  li t1, EXO_E_BUSY
4:
  csrr t6, EXO_CSR_UTVAL
  li a7, EXO_CALL_TRANSFER_SYNC
  ecall
  j 2b
  .cfi_endproc
  .size rpc_entry, . - rpc_entry

// Who only calls can be called, too, since replies need the entry: such a call is answered with an error.
  .type rpc_refuse, @function
rpc_refuse:
  .cfi_startproc
  .cfi_undefined ra
  li t1, EXO_E_ENTRY
  j 4b
  .cfi_endproc
  .size rpc_refuse, . - rpc_refuse

// Where the kernel enters when the server died: utval is its id.
  .balign 4
  .weak rpc_died
  .type rpc_died, @function
rpc_died:
  .cfi_startproc
  .cfi_undefined ra
  la a7, rpc_waiting
  lw t6, RPC_RESUME(a7)
  sw zero, RPC_RESUME(a7)
  li a7, EXO_E_DEAD
  jr t6
  .cfi_endproc
  .size rpc_died, . - rpc_died

  .section .exo.bss, "aw", @nobits
  .balign 16
rpc_message:
  .space 32
  .globl rpc_serving
rpc_serving:                 // 1 while the handler runs
  .space 4

  .section .exo.data, "aw", @progbits
  .balign 4
  .globl rpc_waiting
rpc_waiting:                 // see rpc_state.h
  .word 0
  .word 0
  .word rpc_refuse
  .word 0

  .section .bss.rpc_stack, "aw", @nobits
  .balign 4096
rpc_stack:
  .space 16384
rpc_stack_top:
