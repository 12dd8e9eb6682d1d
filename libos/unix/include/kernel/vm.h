// The two ways of sbrk: sys_sbrk(bytes, how).
#ifndef KERNEL_VM_H
#define KERNEL_VM_H

#define SBRK_EAGER 1 // the pages are there when it returns, or it fails
#define SBRK_LAZY  2 // a page comes when it is touched

#endif
