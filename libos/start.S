// The first instruction of an environment. a0 is the address of the boot page; all other registers are zero.
#include "exo_abi.h"

  .cfi_sections .debug_frame
  .section .exo.text, "ax", @progbits

  .globl _start
  .type _start, @function
_start:
  .cfi_startproc
  .cfi_undefined ra          // nobody called
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop

  // Nothing is bound where the stack will be, and nobody could say so yet: begin on the exception stack.
  // uscratch = 0 means that we are on it.
  la sp, exception_stack_top
  csrw EXO_CSR_USCRATCH, zero
  la t0, upcall_entry
  csrw EXO_CSR_UTVEC, t0     // every exception without an entry of its own enters here
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE

  mv s1, a0
  call pager_start           // (boot): the page table, from the boot page's list

  // From here on any page may be missing: the first push on the stack is the first page fault.
  la t0, exception_stack_top
  lw sp, 48(s1)              // boot->stack_top
  csrw EXO_CSR_USCRATCH, t0
  mv a0, s1
  li s1, 0
  li s0, 0
  call libos_main            // (boot); does not return
  .cfi_endproc
  .size _start, . - _start

// Exceptions and upcalls run on a stack of their own, since the program's may be what is missing.
  .section .exo.stack, "aw", @nobits
  .balign 4096
  .globl exception_stack
exception_stack:
  .space 8192
exception_stack_top:
  .globl exception_stack_top
