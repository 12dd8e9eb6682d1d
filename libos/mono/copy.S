// Copying from and to addresses that a program gives us. As in other kernels a wrong address is found out by using it: a fault of
// an instruction between user_begin and user_end goes on at user_failed (memory.c). Nothing here has a stack frame.
#include "exo_abi.h"

  .cfi_sections .debug_frame
  .section .text.user_copy, "ax", @progbits
  .globl user_begin
user_begin:

// int user_copy(void *to, const void *from, uint32_t count)
  .weak user_copy
  .type user_copy, @function
user_copy:
  .cfi_startproc
  add a2, a2, a1
  or t0, a0, a1
  or t0, t0, a2
  andi t0, t0, 3
  bnez t0, 3f
1:
  beq a1, a2, 9f
2:
  lw t0, 0(a1)
  addi a1, a1, 4
  sw t0, 0(a0)
  addi a0, a0, 4
  bne a1, a2, 2b
  j 9f
3:
  beq a1, a2, 9f
4:
  lbu t0, 0(a1)
  addi a1, a1, 1
  sb t0, 0(a0)
  addi a0, a0, 1
  bne a1, a2, 4b
9:
  li a0, 0
  ret
  .cfi_endproc
  .size user_copy, . - user_copy

// int user_string(char *to, const char *from, uint32_t most)
  .weak user_string
  .type user_string, @function
user_string:
  .cfi_startproc
  mv t1, a1
  add a2, a2, a1
1:
  beq a1, a2, user_failed
  lbu t0, 0(a1)
  addi a1, a1, 1
  sb t0, 0(a0)
  addi a0, a0, 1
  bnez t0, 1b
  sub a0, a1, t1
  ret
  .cfi_endproc
  .size user_string, . - user_string

// int user_probe(const void *address, uint32_t count, int writable): 0 when the program could use all of it itself
  .weak user_probe
  .type user_probe, @function
user_probe:
  .cfi_startproc
  beqz a1, 3f
  add a1, a1, a0
  addi a1, a1, -1            // the last byte
  bltu a1, a0, user_failed
  li t1, -EXO_PAGE_SIZE
  li t2, EXO_PAGE_SIZE
1:
  lbu t0, 0(a0)
  beqz a2, 2f
  sb t0, 0(a0)
2:
  and a0, a0, t1
  and t0, a1, t1
  beq a0, t0, 3f
  add a0, a0, t2
  j 1b
3:
  li a0, 0
  ret
  .globl user_failed
user_failed:
  li a0, -1
  ret
  .cfi_endproc
  .size user_probe, . - user_probe
  .globl user_end
user_end:
