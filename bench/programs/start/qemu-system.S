// The machine `virt` of qemu-system-riscv32, in machine mode, paging off: a test device at 0x100000 ends it.
.globl _start, call_below
_start:
  lla sp, stack_end
  lla t0, trapped
  csrw mtvec, t0
  # mstatus.FS: f-registers are there.
  li t0, 0x6000
  csrs mstatus, t0
  lla a0, count
  lw a0, 0(a0)
  call work
  li t0, 0x100000
  li t1, 0x5555
  sw t1, 0(t0)
1: j 1b

call_below:
  ecall
  ret

.balign 4
trapped:
  csrr t0, mepc
  addi t0, t0, 4
  csrw mepc, t0
  addi a0, a0, 1
  mret

.section .count, "aw"
.globl count
count: .word COUNT

.bss
.balign 16
stack: .skip 65536
stack_end:
