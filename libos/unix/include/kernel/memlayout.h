// Where things lie that a process must not touch. xv6's programs use these names to try it: on this machine a process has the lower
// half of its 32-bit address space at most (see exo.ld), and nothing is bound in the upper half. Include kernel/riscv.h for PGSIZE.
#ifndef KERNEL_MEMLAYOUT_H
#define KERNEL_MEMLAYOUT_H

#define KERNBASE   0x80000000u                    // no process has anything here, or above
#define PHYSTOP    (KERNBASE + 128u * 1024 * 1024) // where xv6's memory ends
#define TRAMPOLINE (MAXVA - PGSIZE)               // where xv6 has the page that enters its kernel: here there is nothing
#define TRAPFRAME  (TRAMPOLINE - PGSIZE)          // and here

#endif
