// Devices, by their major number: mknod(path, CONSOLE, 0). What xv6 keeps of open files is the world's own (libos/world).
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

#define CONSOLE 1

#define major(dev)       ((dev) >> 16 & 0xffff)
#define minor(dev)       ((dev) & 0xffff)
#define mkdev(major, minor) ((uint)((major) << 16 | (minor)))

#endif
