// For assembly: the registers that C wants back from a function (psABI, Register Convention), on the stack.
#ifndef SAVED_REGISTERS_H
#define SAVED_REGISTERS_H

#include <float_registers.h>

// Of these bytes from sp on the first 12 are free.
#define SAVED_BYTES 64

// On the stack, from here on.
  .macro push_saved scratch
  push_saved_floats \scratch
  addi sp, sp, -SAVED_BYTES
  .cfi_adjust_cfa_offset SAVED_BYTES
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
  .cfi_rel_offset ra, 60
  .cfi_rel_offset s0, 56
  .cfi_rel_offset s1, 52
  .cfi_rel_offset s2, 48
  .cfi_rel_offset s3, 44
  .cfi_rel_offset s4, 40
  .cfi_rel_offset s5, 36
  .cfi_rel_offset s6, 32
  .cfi_rel_offset s7, 28
  .cfi_rel_offset s8, 24
  .cfi_rel_offset s9, 20
  .cfi_rel_offset s10, 16
  .cfi_rel_offset s11, 12
  .endm

  .macro pop_saved scratch
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
  addi sp, sp, SAVED_BYTES
  .cfi_adjust_cfa_offset -SAVED_BYTES
  pop_saved_floats \scratch
  .endm

#endif
