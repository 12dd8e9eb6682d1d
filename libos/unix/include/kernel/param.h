// How many of everything there are.
#ifndef KERNEL_PARAM_H
#define KERNEL_PARAM_H

#define NPROC       64                 // processes of a world
#define NCPU        1                  // harts
#define NOFILE      16                 // descriptors of a process
#define NFILE       100                // open files of a world
#define NINODE      50                 // inodes in use at once
#define NDEV        10                 // device numbers
#define ROOTDEV     1                  // the device that the root lies on
#define MAXARG      32                 // arguments of exec, with the zero at the end
#define MAXOPBLOCKS 10                 // blocks that one call to the file system writes at most
#define NBUF        (MAXOPBLOCKS * 3)  // blocks that are kept in memory
#define FSSIZE      2000               // blocks of a file system, where nobody says otherwise
#define MAXPATH     128                // bytes of a path, with the zero at the end
#define USERSTACK   256                // pages that a stack may grow to (STACK_BYTES of libos.h)

#endif
