// For assembly: what fork leaves on the stack for the child, and where a child begins with it. The libraries of a process (v6, mono)
// differ in who makes the child, not in this.

#include <exo_abi.h>
#include <saved_registers.h>

// Registers that a callee saves, and tp, on the stack from here on.
.macro push_context
  push_saved t0
  sw tp, 8(sp)
.endm

// Where a child begins: a0 is the parent's context, on a stack that looks as the parent's did. `fork_started` is called while the
// exception stack is in use.
.macro begin_child
  .cfi_undefined ra
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  csrw EXO_CSR_USCRATCH, zero
  la sp, exception_stack_top
  la t0, upcall_entry
  csrw EXO_CSR_UTVEC, t0
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  mv s0, a0
  call fork_started
  la t0, exception_stack_top
  mv sp, s0
  csrw EXO_CSR_USCRATCH, t0
  lw tp, 8(sp)
  pop_saved t0
  li a0, 0                   // what fork returns in the child
  ret
.endm
