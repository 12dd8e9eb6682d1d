// What the banks have in common: two accounts on the disk, and a log beside them that not every
// bank uses. Each account and each record of the log is a sector of its own, because a sector is
// what the disk writes as a whole.
//
//   sector of the disk   0   1   2      3      4
//                        A   B   log A  log B  commit
#ifndef BANK_H
#define BANK_H

#include <disk.h>
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>

#define SUM 200

enum { A, B, COMMIT }; // sectors of an extent; only the log has the third

static exo_slot accounts, journal;

// No bank goes on after an error of its disk.
static inline void
must(int result, const char *what)
{
  if (result >= 0) return;
  printf("%s: %s\n", what, exo_error(result));
  exit(2);
}

// Finds the bank on the disk: extents are taken by the numbers of their sectors, and what they hold
// is what the last boot left there.
static inline void
bank_open(void)
{
  int first = extent_open(0, 2);
  int second = extent_open(2, 3);

  must(first, "the accounts");
  must(second, "the log");
  accounts = (exo_slot)first;
  journal = (exo_slot)second;
}

static union {
  int value;
  char bytes[EXO_SECTOR_SIZE];
} sector __attribute__((aligned(EXO_SECTOR_SIZE)));

static inline int
get(exo_slot extent, uint32_t number)
{
  must(disk_read(extent, number, 1, &sector), "read");
  return sector.value;
}

// When this returns, the value is in the disk's cache. Whether it survives a power failure is open.
static inline void
put(exo_slot extent, uint32_t number, int value)
{
  sector.value = value;
  must(disk_write(extent, number, 1, &sector), "write");
}

// When this returns, all that was put before is on the platter.
static inline void
barrier(void)
{
  must(disk_barrier(accounts), "barrier");
}

// What the program's argument says, or 30.
static inline int
amount_of(int argc, char **argv)
{
  return argc > 1 ? atoi(argv[1]) : 30;
}

// Has an amount moved from A to B if that is still to be done. Returns the program's exit status: 1 when
// money is lost or made.
static inline int
bank_open_for_business(int amount, void (*move)(int amount))
{
  int a = get(accounts, A);
  int b = get(accounts, B);
  int found = a + b;

  printf("found A=%d B=%d sum=%d", a, b, found);
  if (found == SUM && a == 100) {
    move(amount);
    a = get(accounts, A);
    b = get(accounts, B);
    printf(", left A=%d B=%d sum=%d", a, b, a + b);
  }
  printf("\n");
  return found == SUM && a + b == SUM ? 0 : 1;
}

#endif
