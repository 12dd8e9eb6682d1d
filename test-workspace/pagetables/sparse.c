// Forty pages over a whole gigabyte. What does a page table take for that? With two levels a page
// of table for each; with a hashed one, which is a choice when the program is linked, a page for
// all. The program is the same, and so is the kernel: it has never heard of page tables. Argument 1
// is another number of pages, from 8 to 40.
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>

#define PAGES 40
#define HERE  0x40100000u
#define APART 0x01a00000u // 26 MiB: every eighth page shares an entry of the software TLB

static volatile uint32_t *
word_of(uint32_t page)
{
  return (volatile uint32_t *)(HERE + page * APART + 8 * page + 4);
}

int
main(int argc, char **argv)
{
  uint32_t pages = argc > 1 ? (uint32_t)atoi(argv[1]) : PAGES;
  uint32_t sum = 0;
  pte entry;

  for (uint32_t page = 0; page < pages; page++) {
    if (pager_alloc(PAGE_OF(word_of(page)), EXO_RIGHT_READ | EXO_RIGHT_WRITE) < 0) return 1;
    *word_of(page) = page; //@step first
  }
  entry = pager_lookup((uint32_t)word_of(7)); //@step pt-lookup
  printf("%s: page 7 is physical page 0x%x\n", program_name(), PTE_FRAME(entry));

  // By now most of the bindings are evicted: each of these is an upcall that asks the table.
  for (uint32_t page = 0; page < pages; page++) sum += *word_of(page); //@step miss
  printf("%s: %u pages, sum %u, and the page table takes %u pages\n", program_name(), pages, sum,
         pager_table_pages()); //@step end
  return 0;
}
