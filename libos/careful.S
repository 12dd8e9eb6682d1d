// Copying from a page that another may take back while we read: the one place where a fault has no other consequence than a
// result.
#include "exo_abi.h"
#include "frame.h"

  .cfi_sections .debug_frame
  .section .exo.text, "ax", @progbits

// int careful_copy(void *to, const volatile void *from, size_t bytes)
  .weak careful_copy
  .type careful_copy, @function
careful_copy:
  .cfi_startproc
  mv t0, a0
  add a2, a2, a1
  li a0, 0
  bgeu a1, a2, 2f
1:
  lw t1, 0(a1)               // careful_mend knows of this instruction
  addi a1, a1, 4
  sw t1, 0(t0)
  addi t0, t0, 4
  bltu a1, a2, 1b
2:
  ret
3:
  li a0, EXO_E_CAP
  ret
  .cfi_endproc
  .size careful_copy, . - careful_copy

// int careful_mend(struct upcall_frame *frame)
//
// Mends the fault of that load by letting careful_copy end. Returns 0 for any other fault.
  .weak careful_mend
  .type careful_mend, @function
careful_mend:
  .cfi_startproc
  lw t0, FRAME_PC(a0)
  la t1, 1b
  bne t0, t1, 4f
  la t1, 3b
  sw t1, FRAME_PC(a0)
  li a0, 1
  ret
4:
  li a0, 0
  ret
  .cfi_endproc
  .size careful_mend, . - careful_mend
