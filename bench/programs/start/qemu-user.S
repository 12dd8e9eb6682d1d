// Linux, as qemu-riscv32 emulates it: the loader has made a stack; the shortest call is getpid.
.globl _start, call_below
_start:
  lla a0, count
  lw a0, 0(a0)
  call work
  li a0, 0
  li a7, 93
  ecall

call_below:
  li a7, 172
  ecall
  ret

.section .count, "aw"
.globl count
count: .word COUNT
