// What producer and consumer agree on, and how often somebody called the kernel.
#ifndef PREDICATES_H
#define PREDICATES_H

#include <stdio.h>
#include <stdlib.h>
#include <libos.h>

#define SHARED   0x50100000u // the page that both have
#define TERMS    0x50101000u // where a predicate is written down
#define STATE    0x50200000u
#define HER_SLOT 100 // in the consumer's table: the shared page
#define VALUES   5

struct shared {
  uint32_t value; // 0: empty
};

// Binds the part of the kernel's records in which ours is.
static inline volatile const struct exo_state_environment *
my_record(void)
{
  volatile const struct exo_state_header *header = (void *)STATE;
  uint32_t at =
      boot_page->environment % EXO_MAX_ENVIRONMENTS * sizeof(struct exo_state_environment);

  exo_bind_state(0, STATE, EXO_SLOT_STATE, 0);
  exo_bind_state(0, STATE + EXO_PAGE_SIZE, EXO_SLOT_STATE,
                 header->environments_at + at / EXO_PAGE_SIZE);
  return (void *)(STATE + EXO_PAGE_SIZE + at % EXO_PAGE_SIZE);
}

static inline struct exo_term *
terms(void)
{
  if (!pager_lookup(TERMS)) pager_alloc(TERMS, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  return (struct exo_term *)TERMS;
}

// Sleeps until a predicate of `count` terms holds. Returns the number of the product that does; an
// upcall that wakes us is handled by then, and we sleep on.
static inline int
wait_for(int count)
{
  int product;

  while ((product = exo_sleep_until(PTE_SLOT(pager_lookup(TERMS)), 0, (uint32_t)count)) == 0);
  return product;
}

// Steps since power on, as the machine counts them.
static inline uint64_t
now(void)
{
  uint32_t high, low, again;

  do {
    __asm__ volatile("csrr %0, timeh" : "=r"(high));
    __asm__ volatile("csrr %0, time" : "=r"(low));
    __asm__ volatile("csrr %0, timeh" : "=r"(again));
  } while (high != again);
  return (uint64_t)high << 32 | low;
}

#endif
