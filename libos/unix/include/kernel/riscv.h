// Pages, addresses and a few registers, as xv6's programs name them. Include kernel/types.h first.
#ifndef KERNEL_RISCV_H
#define KERNEL_RISCV_H

#define PGSIZE  4096 // bytes of a page
#define PGSHIFT 12   // its logarithm

#define PGROUNDUP(size)      (((size) + PGSIZE - 1) & ~(PGSIZE - 1))
#define PGROUNDDOWN(address) ((address) & ~(PGSIZE - 1))

// One beyond the highest address that a process can have.
#define MAXVA 0x80000000u

#ifndef __ASSEMBLER__

// The stack pointer, the frame pointer, the return address, the thread pointer.
#define KERNEL_RISCV_READ(name)                                                                    \
  static inline uint64 r_##name(void)                                                              \
  {                                                                                                \
    uint value;                                                                                    \
    __asm__ volatile("mv %0, " #name : "=r"(value));                                               \
    return value;                                                                                  \
  }
KERNEL_RISCV_READ(sp)
KERNEL_RISCV_READ(ra)
KERNEL_RISCV_READ(tp)
#undef KERNEL_RISCV_READ

static inline uint64
r_fp(void)
{
  uint value;

  __asm__ volatile("mv %0, s0" : "=r"(value));
  return value;
}

#endif
#endif
