// An environment of ours without a libOS: it has a stack in its own data, and ends by destroying itself.
#include <exo_abi.h>
.globl _start, call_below
_start:
  lla sp, stack_end
  lla a0, count
  lw a0, 0(a0)
  call work
  ebreak

call_below:
  li a7, EXO_CALL_REPOSSESSION_NEXT
  ecall
  ret

.section .count, "aw"
.globl count
count: .word COUNT

.bss
.balign 16
stack: .skip 65536
stack_end:
