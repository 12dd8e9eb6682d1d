// Random operations of several transactions at once, beside a model that says what must come out:
// values, conflicts, what an abort leaves, and what is there when the store is opened again.
#include <disk.h>
#include <stdlib.h>
#include <string.h>
#include <txn.h>
#include "../../tests/check.h"

#define SECTORS 64
#define KEYS    40
#define OPEN    5

enum touch { NOTHING, READ, CHANGED };

struct value {
  int length; // -1: not there
  char bytes[TXN_VALUE_MAX];
};

static struct value committed[KEYS];

static struct open {
  int number; // -1: none
  enum touch touched[KEYS];
  struct value own[KEYS];
} open[OPEN];

static struct txn_store *store;
static int extent, conflicts, commits;

static const char *
key_of(int key)
{
  static char text[TXN_KEY_MAX + 1];

  memset(text, 0, sizeof text);
  memset(text, 'a' + key % 26, 1 + key % TXN_KEY_MAX);
  if (key >= 26) text[0] = 'A';
  return text;
}

static int
is_refused(const struct open *own, int key, int to_change)
{
  if (own->touched[key] == CHANGED) return 0;
  for (struct open *other = open; other < open + OPEN; other++) {
    if (other == own || other->number < 0) continue;
    if (other->touched[key] == CHANGED || (to_change && other->touched[key] == READ)) return 1;
  }
  return 0;
}

static struct value *
seen(struct open *own, int key)
{
  return own->touched[key] == CHANGED ? &own->own[key] : &committed[key];
}

static void
look(struct open *own, int key)
{
  char found[TXN_VALUE_MAX];
  int length = txn_get(store, own->number, key_of(key), found, sizeof found);
  struct value *expected = seen(own, key);

  if (is_refused(own, key, 0)) {
    CHECK(length == TXN_E_CONFLICT);
    conflicts++;
    return;
  }
  CHECK(length == (expected->length < 0 ? TXN_E_NOT_FOUND : expected->length));
  CHECK(length < 0 || memcmp(found, expected->bytes, length) == 0);
  if (own->touched[key] == NOTHING) own->touched[key] = READ;
}

static void
change(struct open *own, int key, int to_delete)
{
  int was = seen(own, key)->length, result;
  struct value made = {-1, {0}};

  if (to_delete) {
    result = txn_delete(store, own->number, key_of(key));
  } else {
    made.length = rand() % (TXN_VALUE_MAX + 1);
    for (int i = 0; i < made.length; i++) made.bytes[i] = (char)rand();
    result = txn_put(store, own->number, key_of(key), made.bytes, made.length);
  }
  if (is_refused(own, key, 1)) {
    CHECK(result == TXN_E_CONFLICT);
    conflicts++;
    return;
  }
  CHECK(result == (to_delete && was < 0 ? TXN_E_NOT_FOUND : 0));
  own->touched[key] = CHANGED;
  own->own[key] = made;
}

static void
finish(struct open *own, int to_commit)
{
  int changes = 0;

  for (int key = 0; key < KEYS && to_commit; key++) {
    if (own->touched[key] != CHANGED) continue;
    committed[key] = own->own[key];
    changes++;
  }
  if (to_commit)
    CHECK(txn_submit(store, own->number) >= 0);
  else
    CHECK(txn_abort(store, own->number) == 0);
  commits += changes > 0;
  CHECK(txn_put(store, own->number, "late", "", 0) == TXN_E_ENDED);
  own->number = -1;
}

static void
begin(struct open *own)
{
  own->number = txn_begin(store);
  CHECK(own->number >= 0);
  memset(own->touched, 0, sizeof own->touched);
}

static void
open_again(void)
{
  for (struct open *own = open; own < open + OPEN; own++) own->number = -1;
  CHECK(txn_close(store) == 0);
  CHECK(txn_open(extent, &txn_raw, &store) == 0);
}

int
main(void)
{
  extent = extent_open(0, SECTORS);
  CHECK(txn_format(extent, &txn_raw, 9) == 0);
  CHECK(txn_open(extent, &txn_raw, &store) == 0);
  for (int key = 0; key < KEYS; key++) committed[key].length = -1;
  for (struct open *own = open; own < open + OPEN; own++) own->number = -1;
  srand(1);
  for (int turn = 0; turn < 4000; turn++) {
    struct open *own = &open[rand() % OPEN];
    int what = rand() % 16, key = rand() % KEYS;

    if (own->number < 0) begin(own);
    if (what < 6)
      look(own, key);
    else if (what < 11)
      change(own, key, 0);
    else if (what < 13)
      change(own, key, 1);
    else
      finish(own, what < 15);
    if (turn % 500 == 499) open_again();
  }
  open_again();
  begin(&open[0]);
  for (int key = 0; key < KEYS; key++) look(&open[0], key);
  CHECK(conflicts > 100);
  CHECK(commits > 200);
  return failures;
}
