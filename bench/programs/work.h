// What every program here gives: `work`, a deterministic piece of work of a length that grows with n, and a word that depends on all of it.
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef int i32;

u32 work(u32 n);

// From the start file: the shortest way into whatever is below, and back.
u32 call_below(u32 x);

#define NOINLINE __attribute__((noinline))
