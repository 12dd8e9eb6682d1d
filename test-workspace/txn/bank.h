// The bank of this folder: sixteen accounts and the number of transfers so far, in a store with
// transactions. The transfers are the same in each run, so whoever knows how many there were knows
// what each account must hold.
#ifndef BANK_H
#define BANK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <txn.h>
#include <disk.h>

#define ACCOUNTS 16
#define DEPOSIT  1000
#define SUM      (ACCOUNTS * DEPOSIT)

// Of the disk: a superblock, a log of 15 sectors, and room for 32 keys.
#define SECTORS     24
#define LOG_SECTORS 15

// No bank goes on after an error that it does not expect.
static inline int
must(int result, const char *what)
{
  if (result >= 0) return result;
  printf("%s: %s\n", what, txn_error(result));
  exit(2);
}

static inline const char *
account(int number)
{
  static char key[TXN_KEY_MAX + 1];

  sprintf(key, "account %d", number);
  return key;
}

static inline int
get(struct txn_store *store, int t, const char *key)
{
  int value = 0;

  must(txn_get(store, t, key, &value, sizeof value), key);
  return value;
}

static inline void
put(struct txn_store *store, int t, const char *key, int value)
{
  must(txn_put(store, t, key, &value, sizeof value), key);
}

// ---- the transfers ----

struct transfer {
  int from, to, amount;
};

// The transfer of a number: random, but always the same.
static inline struct transfer
transfer(int number)
{
  struct transfer made;
  uint32_t random = (uint32_t)number * 2654435761u;

  random ^= random >> 15;
  random *= 2246822519u;
  random ^= random >> 13;
  made.from = random % ACCOUNTS;
  made.to = (made.from + 1 + random / ACCOUNTS % (ACCOUNTS - 1)) % ACCOUNTS;
  made.amount = 1 + random / 256 % 100;
  return made;
}

// One transaction: takes from one account, gives to another, and counts.
static inline int
make_transfer(struct txn_store *store, int number)
{
  struct transfer made = transfer(number);
  int t = must(txn_begin(store), "begin");

  put(store, t, account(made.from), get(store, t, account(made.from)) - made.amount);
  put(store, t, account(made.to), get(store, t, account(made.to)) + made.amount);
  put(store, t, "transfers", number);
  return must(txn_submit(store, t), "submit"); //@step submit
}

// Whether the accounts are what so many transfers make of them.
static inline int
is_right(const int *found, int transfers)
{
  int expected[ACCOUNTS];

  for (int i = 0; i < ACCOUNTS; i++) expected[i] = DEPOSIT;
  for (int i = 1; i <= transfers; i++) {
    struct transfer made = transfer(i);

    expected[made.from] -= made.amount;
    expected[made.to] += made.amount;
  }
  return memcmp(found, expected, sizeof expected) == 0;
}

// Says how many transfers there were and what the sum is, and sets `is_wrong` when it is not what it
// must be.
static inline int
look(struct txn_store *store, int *is_wrong)
{
  int found[ACCOUNTS], sum = 0, t = must(txn_begin(store), "begin");
  int transfers = get(store, t, "transfers");

  for (int i = 0; i < ACCOUNTS; i++) sum += found[i] = get(store, t, account(i));
  must(txn_commit(store, t), "commit");
  if (sum != SUM || !is_right(found, transfers)) *is_wrong = 1;
  printf("%d transfers, sum %d%s", transfers, sum, *is_wrong ? ", WRONG" : "");
  return transfers;
}

#endif
