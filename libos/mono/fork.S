// Fork: the registers that a callee saves are left on our stack, of which the server makes the child's.
#include <kernel/fork_context.h>

  .cfi_sections .debug_frame

  .section .text.fork, "ax", @progbits

// int fork(void)
  .weak fork
  .type fork, @function
fork:
  .cfi_startproc
  push_context
  mv a0, sp
  call fork_call             // (context): the child's id or -1
  lw ra, 60(sp)
  lw s0, 56(sp)
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
