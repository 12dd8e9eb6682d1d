// Programs of xv6 include this before kernel/file.h. There is nothing in it: xv6's kernel has these locks, and here there is no kernel
// that could share memory with a program.
#ifndef KERNEL_SPINLOCK_H
#define KERNEL_SPINLOCK_H
#endif
