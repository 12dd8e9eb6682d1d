// Everything that a store refuses, and that it refuses it with the code that says why.
#include <disk.h>
#include <stdio.h>
#include <string.h>
#include <txn.h>
#include "../../tests/check.h"

#define SECTORS     16
#define LOG_SECTORS 4
#define KEYS        (4 * (SECTORS - 1 - LOG_SECTORS))

static char page[EXO_PAGE_SIZE] __attribute__((aligned(EXO_PAGE_SIZE)));
static struct txn_store *store;
static int extent;

static const char *
key_of(int key)
{
  static char text[16];

  sprintf(text, "key %d", key);
  return text;
}

static void
keys_and_values(void)
{
  char big[TXN_VALUE_MAX + 1], found[4] = "xxxx";
  int t = txn_begin(store);

  memset(big, 'v', sizeof big);
  CHECK(txn_put(store, t, "", "", 0) == TXN_E_KEY);
  CHECK(txn_put(store, t, "a key of thirty-one characters.", "", 0) == TXN_E_KEY);
  CHECK(txn_put(store, t, "a key of thirty characters....", big, TXN_VALUE_MAX) == 0);
  CHECK(txn_put(store, t, "key", big, TXN_VALUE_MAX + 1) == TXN_E_VALUE);
  CHECK(txn_get(store, t, "a key of thirty characters....", found, 3) == TXN_VALUE_MAX);
  CHECK(memcmp(found, "vvvx", 4) == 0);
  CHECK(txn_get(store, t, "", found, 4) == TXN_E_KEY);
  CHECK(txn_delete(store, t, "key") == TXN_E_NOT_FOUND);
  CHECK(txn_abort(store, t) == 0);
}

static void
numbers(void)
{
  char found;

  for (int i = 0; i < TXN_OPEN_MAX; i++) CHECK(txn_begin(store) == i);
  CHECK(txn_begin(store) == TXN_E_MANY);
  for (int i = 0; i < TXN_OPEN_MAX; i++) CHECK(txn_abort(store, i) == 0);
  CHECK(txn_abort(store, 0) == TXN_E_ENDED);
  CHECK(txn_commit(store, 3) == TXN_E_ENDED);
  CHECK(txn_get(store, -1, "key", &found, 1) == TXN_E_ENDED);
  CHECK(txn_put(store, TXN_OPEN_MAX, "key", "", 0) == TXN_E_ENDED);
}

static int
fill(int t, int first, int count)
{
  int error = 0;

  for (int i = first; i < first + count && error == 0; i++)
    error = txn_put(store, t, key_of(i), "value", 5);
  return error;
}

static void
full(void)
{
  int t = txn_begin(store), other;

  // What two open transactions want together must fit as well.
  CHECK(fill(t, 0, KEYS - 1) == 0);
  other = txn_begin(store);
  CHECK(txn_put(store, other, "one", "", 0) == 0);
  CHECK(txn_put(store, other, "one more", "", 0) == TXN_E_FULL);
  CHECK(txn_abort(store, other) == 0);
  CHECK(txn_put(store, t, "one", "", 0) == 0);
  CHECK(txn_put(store, t, "one more", "", 0) == TXN_E_FULL);
  CHECK(txn_put(store, t, "one", "again", 5) == 0);
  CHECK(txn_commit(store, t) == 0);
  t = txn_begin(store);
  CHECK(txn_delete(store, t, "one") == 0);
  CHECK(txn_put(store, t, "one more", "", 0) == TXN_E_FULL);
  CHECK(txn_put(store, t, "one", "", 0) == 0);
  CHECK(txn_delete(store, t, "one") == 0);
  CHECK(txn_commit(store, t) == 0);
  t = txn_begin(store);
  CHECK(txn_put(store, t, "one more", "", 0) == 0);
  CHECK(txn_commit(store, t) == 0);
}

// A transaction that no log of this size can hold is refused whole, and can still be aborted.
static void
big(void)
{
  char value[TXN_VALUE_MAX] = {0};
  int t = txn_begin(store);

  for (int i = 0; i < 20; i++) CHECK(txn_put(store, t, key_of(i), value, sizeof value) == 0);
  CHECK(txn_commit(store, t) == TXN_E_BIG);
  CHECK(txn_abort(store, t) == 0);
  t = txn_begin(store);
  CHECK(txn_get(store, t, key_of(7), value, sizeof value) == 5);
  CHECK(txn_abort(store, t) == 0);
}

static void
damage(unsigned sector, unsigned byte, int expected)
{
  CHECK(disk_read(extent, sector, 1, page) == 0);
  page[byte] ^= 4;
  CHECK(disk_write(extent, sector, 1, page) == 0);
  CHECK(txn_open(extent, &txn_raw, &store) == expected);
  CHECK(store == 0);
  page[byte] ^= 4;
  CHECK(disk_write(extent, sector, 1, page) == 0);
}

static void
extents(void)
{
  int tiny = extent_open(SECTORS, 4);

  CHECK(txn_open(extent, &txn_raw, &store) == TXN_E_NO_STORE);
  CHECK(txn_format(tiny, &txn_raw, 3) == TXN_E_EXTENT);
  CHECK(txn_format(tiny, &txn_raw, 0) == TXN_E_EXTENT); // a quarter of it is no log
  CHECK(txn_format(tiny, &txn_raw, 0xffffffffu) == TXN_E_EXTENT);
  CHECK(txn_format(tiny, &txn_raw, 2) == 0);
  CHECK(txn_open(EXO_SLOT_CONSOLE, &txn_raw, &store) == EXO_E_CAP);
  CHECK(txn_format(EXO_SLOT_CONSOLE, &txn_raw, 0) == TXN_E_EXTENT);
}

int
main(void)
{
  extent = extent_open(0, SECTORS);
  extents();
  CHECK(txn_format(extent, &txn_raw, LOG_SECTORS) == 0);
  CHECK(txn_open(extent, &txn_raw, &store) == 0);
  keys_and_values();
  numbers();
  full();
  big();
  CHECK(txn_checkpoint(store) == 0);
  CHECK(txn_close(store) == 0);
  damage(0, 0, TXN_E_NO_STORE);
  damage(0, 9, TXN_E_DAMAGED);
  damage(1 + LOG_SECTORS, 100, TXN_E_DAMAGED);
  damage(SECTORS - 1, 511, TXN_E_DAMAGED);
  CHECK(txn_open(extent, &txn_raw, &store) == 0);
  // The extent goes away under the store: it says so once, and takes nothing more.
  extent_close(extent);
  CHECK(txn_commit(store, txn_begin(store)) == 0); // nothing to write
  {
    int t = txn_begin(store);

    CHECK(txn_put(store, t, key_of(1), "", 0) == 0);
    CHECK(txn_commit(store, t) == TXN_E_FAILED);
    t = txn_begin(store);
    CHECK(txn_put(store, t, key_of(1), "", 0) == TXN_E_FAILED);
    CHECK(txn_get(store, t, key_of(2), page, 8) == 5);
  }
  CHECK(strcmp(txn_error(TXN_E_FULL), "the store has no room for another key") == 0);
  CHECK(strcmp(txn_error(EXO_E_CAP), exo_error(EXO_E_CAP)) == 0);
  return failures;
}
