// An entry of the hashed page table, for C and assembly; pt_hash.c checks one against the other.
#ifndef PT_HASH_ENTRY_H
#define PT_HASH_ENTRY_H

#define HASH_KEY   0
#define HASH_VALUE 4

#endif
