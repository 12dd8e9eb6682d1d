// For assembly: what fork leaves on the stack for the child, and where a child begins with it. The libraries of a process (v6, mono)
// differ in who makes the child, not in this.

#include <exo_abi.h>
#include <float_registers.h>

#define CONTEXT_BYTES 64

// Registers that a callee saves, on the stack from here on.
.macro push_context
  push_saved_floats t0
  addi sp, sp, -CONTEXT_BYTES
  .cfi_adjust_cfa_offset CONTEXT_BYTES
  sw ra, 60(sp)
  sw s0, 56(sp)
  sw s1, 52(sp)
  sw s2, 48(sp)
  sw s3, 44(sp)
  sw s4, 40(sp)
  sw s5, 36(sp)
  sw s6, 32(sp)
  sw s7, 28(sp)
  sw s8, 24(sp)
  sw s9, 20(sp)
  sw s10, 16(sp)
  sw s11, 12(sp)
  sw tp, 8(sp)
  .cfi_rel_offset ra, 60
  .cfi_rel_offset s0, 56
  .cfi_rel_offset s1, 52
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
  lw ra, 60(sp)
  lw s0, 56(sp)
  lw s1, 52(sp)
  lw s2, 48(sp)
  lw s3, 44(sp)
  lw s4, 40(sp)
  lw s5, 36(sp)
  lw s6, 32(sp)
  lw s7, 28(sp)
  lw s8, 24(sp)
  lw s9, 20(sp)
  lw s10, 16(sp)
  lw s11, 12(sp)
  lw tp, 8(sp)
  addi sp, sp, CONTEXT_BYTES
  pop_saved_floats t0
  li a0, 0                   // what fork returns in the child
  ret
.endm
