// The same program with a hash that is wrong: it takes the whole address, and so two addresses of
// one page begin their search in different places. Whatever is entered by the page's address is not
// found by another one. This function is all that is replaced of the page table; who suffers?
#include <pt_hash.h>
#include <libos.h>

EXO_RESIDENT uint32_t
pt_hash_of(uint32_t address)
{
  return (address * 0x9e3779b1u) >> 23; //@step wrong
}

#include "sparse.c"
