// Offsets in a struct upcall_frame, for assembly; upcall.c checks them against the structure.
#ifndef FRAME_H
#define FRAME_H

#define FRAME_PC      0
#define FRAME_X(n)    (4 * (n))
#define FRAME_CAUSE   128
#define FRAME_VALUE   132
#define FRAME_STATUS  136
#define FRAME_SCRATCH 140
#define FRAME_OLDER   144
// Of a program that is built for F and D, f0 to f31 and fcsr.
#define FRAME_F       160
#ifdef __riscv_flen
#define FRAME_SIZE    432
#else
#define FRAME_SIZE    160
#endif

#endif
