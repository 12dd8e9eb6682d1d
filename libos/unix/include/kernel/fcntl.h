// How open opens.
#ifndef KERNEL_FCNTL_H
#define KERNEL_FCNTL_H

#define O_RDONLY 0x000
#define O_WRONLY 0x001
#define O_RDWR   0x002
#define O_CREATE 0x200 // make the file when there is none
#define O_TRUNC  0x400 // what it held is gone
#define O_APPEND 0x800 // ours: every write goes to the end

#endif
