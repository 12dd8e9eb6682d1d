// Leaving one thread and going on with another, without the kernel.
//
// A thread that leaves of its own accord keeps what C wants back; one that an upcall interrupted has everything in the
// upcall's frame already. Both go on the same way: thread_next copies the registers of whom it picked into a frame at the
// top of the exception stack, and upcall_resume (upcall.S) loads all of them at once.
#include "exo_abi.h"
#include "frame.h"
#include "float_registers.h"

  .cfi_sections .debug_frame
  .section .exo.text, "ax", @progbits

// Where a debugger's stack ends: what is above did not interrupt anything.
  .macro stack_begins function
  .pushsection .exo_stack_begin, "", @progbits
  .asciz "\function"
  .popsection
  .endm
  stack_begins thread_start
  stack_begins thread_schedule

// The first instruction of a thread, on its own stack.
  .globl thread_start
  .type thread_start, @function
thread_start:
  .cfi_startproc
  .cfi_undefined ra          // nobody called
  call thread_begin
  .cfi_endproc
  .size thread_start, . - thread_start

// void thread_switch(struct upcall_frame *context)
//
// Keeps the thread's registers in `context` and runs another. Returns when the context is resumed. To be called from a
// thread's own stack, while thread_critical is not 0: no upcall switches threads meanwhile.
  .globl thread_switch
  .type thread_switch, @function
thread_switch:
  .cfi_startproc
  sw ra, FRAME_PC(a0)
  sw ra, FRAME_X(1)(a0)
  sw sp, FRAME_X(2)(a0)
  sw gp, FRAME_X(3)(a0)
  sw tp, FRAME_X(4)(a0)
  sw s0, FRAME_X(8)(a0)
  sw s1, FRAME_X(9)(a0)
  sw s2, FRAME_X(18)(a0)
  sw s3, FRAME_X(19)(a0)
  sw s4, FRAME_X(20)(a0)
  sw s5, FRAME_X(21)(a0)
  sw s6, FRAME_X(22)(a0)
  sw s7, FRAME_X(23)(a0)
  sw s8, FRAME_X(24)(a0)
  sw s9, FRAME_X(25)(a0)
  sw s10, FRAME_X(26)(a0)
  sw s11, FRAME_X(27)(a0)
  save_saved_floats_of_all FRAME_F, a0, t1
  li t1, EXO_USTATUS_UPIE
  sw t1, FRAME_STATUS(a0)
  la t2, exo_threads
  sw zero, 4(t2)             // current: nobody, until thread_next has picked
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  csrrw t0, EXO_CSR_USCRATCH, zero // on the exception stack from here on
  addi sp, t0, -FRAME_SIZE
  sw t0, FRAME_SCRATCH(sp)
  sw zero, FRAME_OLDER(sp)
  j thread_schedule
  .cfi_endproc
  .size thread_switch, . - thread_switch

// void thread_abandon(struct upcall_frame *frame)
//
// Leaves the handler that runs and all that it has on the exception stack: the thread that it interrupted has been kept.
  .globl thread_abandon
  .type thread_abandon, @function
thread_abandon:
  .cfi_startproc
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  mv sp, a0
  j thread_schedule
  .cfi_endproc
  .size thread_abandon, . - thread_abandon

// Picks a thread and resumes it. sp is a frame at the top of the exception stack.
  .type thread_schedule, @function
thread_schedule:
  .cfi_startproc
  .cfi_undefined ra
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  mv a0, sp
  call thread_next           // (frame): fills it with the registers of whom it picked
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  mv sp, a0
  j upcall_resume
  .cfi_endproc
  .size thread_schedule, . - thread_schedule

// void thread_go_on(void)
//
// The environment was entered by an asynchronous transfer, which interrupted nothing: goes on with what the end of the last
// slice left, as the begin of a slice does.
  .globl thread_go_on
  .type thread_go_on, @function
thread_go_on:
  .cfi_startproc
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  j slice_begin_entry
  .cfi_endproc
  .size thread_go_on, . - thread_go_on

// void thread_sleep(struct upcall_frame *frame, uint32_t call, uint32_t page, uint32_t offset, uint32_t count)
//
// No thread is ready: gives the processor up by `call`. What goes on then is slice_begin_entry with this frame; returns only
// when there is no reason to sleep. Looking for news and falling asleep must be one act, so upcalls are off: what comes in
// between is pending, and then the kernel does not let us sleep.
  .globl thread_sleep
  .type thread_sleep, @function
thread_sleep:
  .cfi_startproc
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  la t0, thread_news
  lw t0, 0(t0)
  bnez t0, 1f
  la t0, slice_context
  sw a0, 0(t0)
  csrw EXO_CSR_USCRATCH, a0  // whatever is entered meanwhile uses the exception stack below the frame
  mv a7, a1
  mv a0, a2
  mv a1, a3
  mv a2, a4
  ecall
  sw zero, 0(t0)
  csrw EXO_CSR_USCRATCH, zero
1:
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  ret
  .cfi_endproc
  .size thread_sleep, . - thread_sleep

// int thread_transfer(exo_env target, uint32_t port, const uint32_t words[5])
//
// An asynchronous transfer from a thread: the message goes in registers, and so does the rest of this slice. Returns 0 when
// the thread runs again, or the kernel's error. To be called with thread_critical = 1; it is 0 when the thread comes back.
  .globl thread_transfer
  .type thread_transfer, @function
thread_transfer:
  .cfi_startproc
  lw t1, 0(a2)               // these may fault; from csrci on nothing may
  lw t2, 4(a2)
  lw t3, 8(a2)
  lw t4, 12(a2)
  lw t5, 16(a2)
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  mv t0, sp
  .cfi_def_cfa t0, 0
  csrrw a6, EXO_CSR_USCRATCH, zero
  addi sp, a6, -FRAME_SIZE
  sw ra, FRAME_PC(sp)
  sw ra, FRAME_X(1)(sp)
  sw t0, FRAME_X(2)(sp)
  sw gp, FRAME_X(3)(sp)
  sw tp, FRAME_X(4)(sp)
  sw s0, FRAME_X(8)(sp)
  sw s1, FRAME_X(9)(sp)
  sw zero, FRAME_X(10)(sp)   // its a0: what we return
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
  save_saved_floats_of_all FRAME_F, sp, a7
  li a7, EXO_USTATUS_UPIE
  sw a7, FRAME_STATUS(sp)
  sw a6, FRAME_SCRATCH(sp)
  sw zero, FRAME_OLDER(sp)
  la a7, slice_context
  sw sp, 0(a7)
  csrw EXO_CSR_USCRATCH, sp
  la a7, thread_critical
  sw zero, 0(a7)
  mv t6, a0
  mv a0, a1
  mv a1, t1
  mv a2, t2
  mv a3, t3
  mv a4, t4
  mv a5, t5
  li a6, 0
  li a7, EXO_CALL_TRANSFER_ASYNC
  ecall
  // Refused: as if nothing had been. (Not refused, slice_begin_entry resumes the frame.)
  la t1, slice_context
  sw zero, 0(t1)
  sw a0, FRAME_X(10)(sp)
  j upcall_resume
  .cfi_endproc
  .size thread_transfer, . - thread_transfer

// void thread_copy(struct upcall_frame *to, const struct upcall_frame *from)
//
// Copies pc, all registers and the status.
  .globl thread_copy
  .type thread_copy, @function
thread_copy:
  .cfi_startproc
  .irp n, 0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 64, 68, 72, 76, 80, 84, 88, 92, 96, 100, 104, 108, 112, 116, 120, 124, 136
  lw t0, \n(a1)
  sw t0, \n(a0)
  .endr
#ifdef __riscv_flen
  addi a0, a0, FRAME_F
  addi a1, a1, FRAME_F
  addi t0, a1, FRAME_SIZE - FRAME_F
1:
  fld ft0, 0(a1)
  addi a1, a1, 8
  fsd ft0, 0(a0)
  addi a0, a0, 8
  bltu a1, t0, 1b
#endif
  ret
  .cfi_endproc
  .size thread_copy, . - thread_copy
