// Switching contexts at the ends and begins of slices. The kernel keeps no registers of an environment that asked to hear
// of both: what is worth keeping, and where, is decided here.
#include "exo_abi.h"
#include "frame.h"
#include "float_registers.h"

  .cfi_sections .debug_frame
  .section .exo.text, "ax", @progbits

// int slice_give_up(struct upcall_frame *frame, uint32_t call, uint32_t parameter)
//
// Keeps a frame on the exception stack as the context to resume, and gives the processor up. The next that runs here is
// slice_begin_entry. Returns only when the kernel refused.
  .globl slice_give_up
  .type slice_give_up, @function
slice_give_up:
  .cfi_startproc
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  la t0, slice_context
  lw t1, 0(t0)
  sw t1, FRAME_OLDER(a0)
  sw a0, 0(t0)
  csrw EXO_CSR_USCRATCH, a0  // whatever is entered meanwhile uses the exception stack below the frame
  mv a7, a1
  mv a0, a2
  ecall
  // Refused: as if nothing had been.
  sw t1, 0(t0)
  csrw EXO_CSR_USCRATCH, zero
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  ret
  .cfi_endproc
  .size slice_give_up, . - slice_give_up

// Where the kernel enters at the begin of a slice; all registers are zero.
  .balign 4
  .globl slice_begin_entry
  .type slice_begin_entry, @function
slice_begin_entry:
  .cfi_startproc
  .cfi_undefined ra
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  .globl slice_resume        // upcalls are off: goes on with what was kept; does not return
slice_resume:
  la t0, slice_context
  lw sp, 0(t0)
  beqz sp, 1f
  csrw EXO_CSR_USCRATCH, zero // on the exception stack again, below the frame
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  mv a0, sp
  call on_begin_of_slice     // (saved); returns the frame to resume
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  lw t1, FRAME_OLDER(a0)
  la t0, slice_context
  sw t1, 0(t0)
  mv sp, a0
  j upcall_resume
1:
  // Nothing to resume: the program rests until someone enters it. First it hears of what is pending, or it would be woken for
  // that for ever; for an upcall we are on the exception stack.
  la sp, exception_stack_top
  csrw EXO_CSR_USCRATCH, zero
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  csrw EXO_CSR_USCRATCH, sp
  li a7, EXO_CALL_REST
  ecall
  j 1b
  .cfi_endproc
  .size slice_begin_entry, . - slice_begin_entry

// Makes a frame as an upcall would have, of ordinary code that is about to give the processor up, and keeps it: its pc is our
// return address, its a0 is t1. On return sp is the frame and upcalls are off. Called with `jal t6`; changes t0 to t5, too.
  .globl slice_push
  .type slice_push, @function
slice_push:
  .cfi_startproc
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  mv t0, sp
  .cfi_def_cfa t0, 0
  csrrw t3, EXO_CSR_USCRATCH, zero
  mv t2, sp                  // already on the exception stack: go on below
  beqz t3, 1f
  mv t2, t3                  // else from its top
1:
  addi sp, t2, -FRAME_SIZE
  sw ra, FRAME_PC(sp)
  sw ra, FRAME_X(1)(sp)
  sw t0, FRAME_X(2)(sp)
  sw gp, FRAME_X(3)(sp)
  sw tp, FRAME_X(4)(sp)
  sw s0, FRAME_X(8)(sp)
  sw s1, FRAME_X(9)(sp)
  sw t1, FRAME_X(10)(sp)
  sw s2, FRAME_X(18)(sp)
  sw s3, FRAME_X(19)(sp)
  sw s4, FRAME_X(20)(sp)
  sw s5, FRAME_X(21)(sp)
  sw s6, FRAME_X(22)(sp)
  sw s7, FRAME_X(23)(sp)
  sw s8, FRAME_X(24)(sp)
  sw s9, FRAME_X(25)(sp)
  sw s10, FRAME_X(26)(sp)
  sw s11, FRAME_X(27)(sp)
  save_saved_floats_of_all FRAME_F, sp, t1
  li t1, EXO_USTATUS_UPIE
  sw a0, FRAME_CAUSE(sp)
  sw a1, FRAME_VALUE(sp)
  sw t1, FRAME_STATUS(sp)
  sw t3, FRAME_SCRATCH(sp)
  la t4, slice_context
  lw t5, 0(t4)
  sw t5, FRAME_OLDER(sp)
  sw sp, 0(t4)
  csrw EXO_CSR_USCRATCH, sp
  jr t6
  .cfi_endproc
  .size slice_push, . - slice_push

// The kernel refused to take the processor, or there was no reason to wait: resumes the frame at sp at once. a0 is the
// call's result; an error is what the frame's code gets.
  .globl slice_pop
  .type slice_pop, @function
slice_pop:
  .cfi_startproc
  .cfi_def_cfa t0, 0
  la t4, slice_context
  lw t5, FRAME_OLDER(sp)
  sw t5, 0(t4)
  bgez a0, 1f
  sw a0, FRAME_X(10)(sp)
1:
  j upcall_resume
  .cfi_endproc
  .size slice_pop, . - slice_pop

// int slice_switch(uint32_t call, uint32_t parameter, int result, uint32_t parameter2, uint32_t parameter3)
//
// A kernel call that gives the processor up, from ordinary code. Returns `result` when a later slice resumes it, or the error
// of a refused call. The first parameter is in a0, and in t6 as transfers want it.
  .globl slice_switch
  .type slice_switch, @function
slice_switch:
  .cfi_startproc
  mv t1, a2
  jal t6, slice_push
  .cfi_def_cfa t0, 0
  mv a7, a0
  mv a0, a1
  mv t6, a1
  mv a1, a3                  // a call that has one parameter does not look at them
  mv a2, a4
  ecall
  j slice_pop
  .cfi_endproc
  .size slice_switch, . - slice_switch

// int console_poll(int kernel_switched)
//
// Takes a byte of input. When there is none: sleeps, if the kernel keeps our registers, and returns EXO_E_AGAIN. Looking and
// falling asleep must be one act, or input that comes in between wakes nobody; so upcalls are off, nothing here may fault,
// and not even the stack is touched.
  .globl console_poll
  .type console_poll, @function
console_poll:
  .cfi_startproc
  mv t0, a0
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  li a0, EXO_SLOT_CONSOLE
  li a7, EXO_CALL_CONSOLE_READ
  ecall
  li t1, EXO_E_AGAIN
  bne a0, t1, 1f
  beqz t0, 2f
  li a7, EXO_CALL_SLEEP
  ecall
  li a0, EXO_E_AGAIN
1:
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  ret
2:
  li a0, EXO_CALL_SLEEP
  li a1, 0
  li a2, EXO_E_AGAIN
  j slice_switch             // which enables upcalls as it resumes; then the caller looks again
  .cfi_endproc
  .size console_poll, . - console_poll
