// A store of keys and values with transactions, on a raw extent of the disk.
//
// Several transactions may be open at once. Each sees what was committed when it looks, and its own
// changes; the others see those when it commits, all or none. Two transactions that touch the same
// key, at least one of them to change it, conflict: the later one is refused (TXN_E_CONFLICT) and
// stays as it was. Nobody waits for anybody, so there are no deadlocks, and the result is that of
// the transactions one after the other, in the order of their commits.
//
// What is committed survives a power failure from the moment on at which it is *durable*. txn_commit
// comes back then. Whoever has more to do meanwhile uses txn_submit, and asks or waits later: then
// several transactions share one barrier of the disk.
#ifndef TXN_H
#define TXN_H

#include <stddef.h>
#include "exo.h"

#define TXN_KEY_MAX   30 // characters, without the 0 at the end
#define TXN_VALUE_MAX 92 // bytes
#define TXN_OPEN_MAX  8  // open transactions of a store

#define TXN_ERRORS(_)                                                                              \
  _(CONFLICT, -101, "another open transaction has touched this key")                               \
  _(NOT_FOUND, -102, "there is no such key")                                                       \
  _(FULL, -103, "the store has no room for another key")                                           \
  _(KEY, -104, "a key has 1 to 30 characters")                                                     \
  _(VALUE, -105, "a value has at most 92 bytes")                                                   \
  _(BIG, -106, "the transaction is larger than the log")                                           \
  _(NO_STORE, -107, "the extent does not hold a store of this version")                            \
  _(DAMAGED, -108, "a sector of the store is not what was written there: its checksum is wrong")   \
  _(EXTENT, -109, "the extent is too small, or the log leaves no room in it")                      \
  _(MEMORY, -110, "there is not enough memory for the store")                                      \
  _(ENDED, -111, "no such transaction is open")                                                    \
  _(MANY, -112, "as many transactions are open as there can be")                                   \
  _(FAILED, -113, "the disk refused a request earlier; the store takes no more changes")

#define TXN_ERROR(name, number, text) TXN_E_##name = (number),
enum txn_error_code { TXN_ERRORS(TXN_ERROR) };
#undef TXN_ERROR

// Says what an error of this library or of the kernel means.
const char *txn_error(int code);

// ---- stores ----

struct txn_store;
struct txn_device;

// Lays out an empty store: what the extent held is lost. `log_sectors` of it are the log; 0 leaves
// that to the library. Returns 0 or an error.
int txn_format(exo_slot extent, const struct txn_device *device, uint32_t log_sectors);

// Opens the store that an extent holds, as the last committed transaction left it. Returns 0 or an
// error. Only one program may have it open.
int txn_open(exo_slot extent, const struct txn_device *device, struct txn_store **store);

// Aborts what is open, makes durable what was committed, and forgets the store.
int txn_close(struct txn_store *store);

// ---- transactions ----

// Begins a transaction: its number, or an error.
int txn_begin(struct txn_store *store);

// Copies a value, or as much of it as there is room for. Returns the length of the value.
int txn_get(struct txn_store *store, int transaction, const char *key, void *value, size_t size);

// Changes a value, or adds a key. The room of a key that is deleted can be used when that is
// committed.
int txn_put(struct txn_store *store, int transaction, const char *key, const void *value,
            size_t size);

// Deletes a key; TXN_E_NOT_FOUND when there is none, which other transactions then cannot add
// either until this one ends.
int txn_delete(struct txn_store *store, int transaction, const char *key);

// Ends a transaction without a trace.
int txn_abort(struct txn_store *store, int transaction);

// Ends a transaction and comes back when it is durable: 0, or an error. After TXN_E_BIG it is still
// open.
int txn_commit(struct txn_store *store, int transaction);

// Ends a transaction, without waiting. Returns its place in the order of commits, 1 for the first
// one since the store was opened, or an error. One that changed nothing gets the place of the last
// one whose changes it may have seen.
int txn_submit(struct txn_store *store, int transaction);

// How many commits are durable by now: all up to this place. It does not wait.
int txn_durable(struct txn_store *store);

// Waits until all commits up to this place are durable. Returns 0 or an error.
int txn_wait(struct txn_store *store, int place);

// Starts to make durable what was submitted, without waiting.
int txn_flush(struct txn_store *store);

// Brings the changes from the log to the table, so that the log is empty. The library does it
// whenever the log is full.
int txn_checkpoint(struct txn_store *store);

// ---- what a program may replace ----

// Whether submitted transactions have waited long enough for others to share their barrier with.
int txn_should_flush(struct txn_store *store, int waiting);

// The three places at which the order of writes matters. Each returns the number of a barrier that
// it has started, TXN_NO_BARRIER when there is nothing to wait for, or an error.
#define TXN_NO_BARRIER 0
int txn_log_barrier(struct txn_store *store);        // before a commit is called durable
int txn_table_barrier(struct txn_store *store);      // before the superblock says that the log is not needed
int txn_superblock_barrier(struct txn_store *store); // before what is not needed is written over

// ---- where a store lies ----

// Reads and writes are accepted and happen later; the data of a write is taken at once. A barrier is
// accepted, too, and has a positive number, or is TXN_NO_BARRIER: when it has passed, everything that
// was accepted before it is on the platter. `passed` says whether, 1 or 0, and `wait` waits for it. `settle` waits for all that
// was accepted. All may return an error, and then the request was not carried out, or an earlier
// one.
struct txn_device {
  const char *name;
  int (*read)(exo_slot extent, uint32_t sector, unsigned count, void *to);
  int (*write)(exo_slot extent, uint32_t sector, unsigned count, const void *from);
  int (*barrier)(exo_slot extent);
  int (*passed)(int barrier);
  int (*wait)(int barrier);
  int (*settle)(exo_slot extent);
};

extern const struct txn_device txn_raw;         // the disk as it is: many requests in flight
extern const struct txn_device txn_synchronous; // one write at a time, each followed by a barrier
extern const struct txn_device txn_unordered;   // through a cache that writes back as it likes

const struct txn_device *txn_device_named(const char *name);

// Requests that were made of the disk since the program began.
struct txn_traffic {
  unsigned writes, barriers;
};
extern struct txn_traffic txn_traffic;

#endif
