// Copying pages.
#include "exo_abi.h"

  .cfi_sections .debug_frame
  .section .exo.text, "ax", @progbits

// void page_copy(void *to, const void *from)
//
// Copies 4096 bytes; both begin at a page. Touches no stack.
  .weak page_copy
  .type page_copy, @function
page_copy:
  .cfi_startproc
  li t0, EXO_PAGE_SIZE
  add t0, t0, a1
1:
  lw t1, 0(a1)
  lw t2, 4(a1)
  lw t3, 8(a1)
  lw t4, 12(a1)
  sw t1, 0(a0)
  sw t2, 4(a0)
  sw t3, 8(a0)
  sw t4, 12(a0)
  lw t1, 16(a1)
  lw t2, 20(a1)
  lw t3, 24(a1)
  lw t4, 28(a1)
  sw t1, 16(a0)
  sw t2, 20(a0)
  sw t3, 24(a0)
  sw t4, 28(a0)
  addi a1, a1, 32
  addi a0, a0, 32
  bne a1, t0, 1b
  ret
  .cfi_endproc
  .size page_copy, . - page_copy
