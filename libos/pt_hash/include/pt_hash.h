// A hashed page table in place of the default libOS's two levels. A program that includes this
// header, or whose launch names "pt_hash", has it; nothing else changes.
#ifndef PT_HASH_H
#define PT_HASH_H

#include <stdint.h>

// Where in a table the search for an address begins: any number, as long as it is the same for all
// addresses of a page. It runs while other pages are missing, so a program's own must be
// EXO_RESIDENT.
uint32_t pt_hash_of(uint32_t address);

#endif
