// Fork: where the parent leaves its registers, and where the child begins with them.
#include <kernel/fork_context.h>

  .cfi_sections .debug_frame

  .section .text.fork, "ax", @progbits

// int fork(void)
//
// Registers that a callee saves are on our stack, which the child will read as it is now; the pages are marked as shared only while
// nothing of it is written to, so that is done on the exception stack.
  .weak fork
  .type fork, @function
fork:
  .cfi_startproc
  push_context
  mv a0, sp
  mv s0, sp
  .cfi_def_cfa_register s0
  csrrw t0, EXO_CSR_USCRATCH, zero
  mv s1, t0                  // the top of the exception stack; 0: fork in a handler
  beqz t0, 1f
  mv sp, t0
1:
  call fork_now              // (context): the child's id or an error
  csrw EXO_CSR_USCRATCH, s1
  mv sp, s0
  lw ra, 60(sp)
  lw s0, 56(sp)
  lw s1, 52(sp)
  .cfi_def_cfa_register sp
  addi sp, sp, SAVED_BYTES
  .cfi_adjust_cfa_offset -SAVED_BYTES
  pop_saved_floats t0
  ret
  .cfi_endproc
  .size fork, . - fork

// Where a child begins; a0 is the parent's context.
  .section .exo.text, "ax", @progbits
  .weak fork_child
  .type fork_child, @function
fork_child:
  .cfi_startproc
  begin_child
  .cfi_endproc
  .size fork_child, . - fork_child
