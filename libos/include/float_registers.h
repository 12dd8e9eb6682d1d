// For assembly: what a program that is built for F and D keeps beside its x-registers. In any other all of this is nothing.
// The kernel treats f-registers exactly as x-registers: what an upcall interrupts it leaves in them, and a transfer takes them
// along.
#ifndef FLOAT_REGISTERS_H
#define FLOAT_REGISTERS_H

#ifdef __riscv_flen
#if __riscv_flen != 64
#error "the libOS keeps f-registers of 64 bits: build with F and D, or without both"
#endif

// All of them, and fcsr: what an upcall interrupts wants all back.
#define FLOAT_ALL_BYTES   272
// fs0 to fs11, and fcsr: what C wants back from a function.
#define FLOAT_SAVED_BYTES 112

  .macro save_all_floats at, base, scratch
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  fsd f\n, (\at + 8 * \n)(\base)
  .endr
  frcsr \scratch
  sw \scratch, (\at + 256)(\base)
  .endm

  .macro load_all_floats at, base, scratch
  lw \scratch, (\at + 256)(\base)
  fscsr \scratch
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  fld f\n, (\at + 8 * \n)(\base)
  .endr
  .endm

// Tells the debugger where save_all_floats has put them, from the canonical frame address.
  .macro all_floats_are at
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  .cfi_offset f\n, \at + 8 * \n
  .endr
  .endm

// The same registers at the same places as save_all_floats has them, but only those that C wants back.
  .macro save_saved_floats_of_all at, base, scratch
  .irp n, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
  fsd f\n, (\at + 8 * \n)(\base)
  .endr
  frcsr \scratch
  sw \scratch, (\at + 256)(\base)
  .endm

// On the stack, from here on.
  .macro push_saved_floats scratch
  addi sp, sp, -FLOAT_SAVED_BYTES
  .cfi_adjust_cfa_offset FLOAT_SAVED_BYTES
  fsd fs0, 0(sp)
  fsd fs1, 8(sp)
  fsd fs2, 16(sp)
  fsd fs3, 24(sp)
  fsd fs4, 32(sp)
  fsd fs5, 40(sp)
  fsd fs6, 48(sp)
  fsd fs7, 56(sp)
  fsd fs8, 64(sp)
  fsd fs9, 72(sp)
  fsd fs10, 80(sp)
  fsd fs11, 88(sp)
  frcsr \scratch
  sw \scratch, 96(sp)
  .cfi_rel_offset fs0, 0
  .cfi_rel_offset fs1, 8
  .cfi_rel_offset fs2, 16
  .cfi_rel_offset fs3, 24
  .cfi_rel_offset fs4, 32
  .cfi_rel_offset fs5, 40
  .cfi_rel_offset fs6, 48
  .cfi_rel_offset fs7, 56
  .cfi_rel_offset fs8, 64
  .cfi_rel_offset fs9, 72
  .cfi_rel_offset fs10, 80
  .cfi_rel_offset fs11, 88
  .endm

  .macro pop_saved_floats scratch
  lw \scratch, 96(sp)
  fscsr \scratch
  fld fs0, 0(sp)
  fld fs1, 8(sp)
  fld fs2, 16(sp)
  fld fs3, 24(sp)
  fld fs4, 32(sp)
  fld fs5, 40(sp)
  fld fs6, 48(sp)
  fld fs7, 56(sp)
  fld fs8, 64(sp)
  fld fs9, 72(sp)
  fld fs10, 80(sp)
  fld fs11, 88(sp)
  addi sp, sp, FLOAT_SAVED_BYTES
  .cfi_adjust_cfa_offset -FLOAT_SAVED_BYTES
  .endm

// Those that a function need not preserve, and those that it must: so that nobody finds in them what was computed here.
  .macro clear_unsaved_floats
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31
  fcvt.d.w f\n, zero
  .endr
  .endm
  .macro clear_saved_floats
  .irp n, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
  fcvt.d.w f\n, zero
  .endr
  .endm

#else

#define FLOAT_ALL_BYTES   0
#define FLOAT_SAVED_BYTES 0

  .macro save_all_floats at, base, scratch
  .endm
  .macro load_all_floats at, base, scratch
  .endm
  .macro all_floats_are at
  .endm
  .macro save_saved_floats_of_all at, base, scratch
  .endm
  .macro push_saved_floats scratch
  .endm
  .macro pop_saved_floats scratch
  .endm
  .macro clear_unsaved_floats
  .endm
  .macro clear_saved_floats
  .endm

#endif
#endif
