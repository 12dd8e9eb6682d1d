// The log: what will become of the table, in the order of the commits. Only its last sector is in
// memory; a sector goes to the disk as soon as it is full, or when somebody waits for what is in it.
// None is ever written twice.
#include <string.h>
#include "store.h"

// How many sectors hold what the table on the disk may lack.
EXO_API uint32_t
log_sectors_used(const struct txn_store *store)
{
  return (uint32_t)(store->sequence - store->superblock.first_sequence);
}

static void
write_tail(struct txn_store *store)
{
  uint32_t log_sectors = store->superblock.log_sectors;
  uint32_t place = (uint32_t)(store->sequence % log_sectors);
  int error;

  store->tail->magic = LOG_MAGIC;
  store->tail->sequence = store->sequence;
  sector_seal(store->tail);
  error = store->device->write(store->extent, LOG_START + place, 1, store->tail);
  if (error < 0) store_failed(store, error);
  store->sequence++;
  memset(store->tail, 0, sizeof *store->tail);
}

// Adds bytes to the log. There must be room.
EXO_API void
log_append(struct txn_store *store, const void *bytes, unsigned count)
{
  const uint8_t *from = bytes;

  while (count > 0) {
    unsigned room = LOG_BYTES - store->tail->used;
    unsigned now = count < room ? count : room;

    memcpy(store->tail->bytes + store->tail->used, from, now);
    store->tail->used += now;
    from += now;
    count -= now;
    if (store->tail->used == LOG_BYTES) write_tail(store);
  }
}

EXO_API void
log_append_record(struct txn_store *store, const struct record *record, const char *key,
                  const void *value)
{
  log_append(store, record, sizeof *record);
  log_append(store, key, record->key_length);
  log_append(store, value, record->value_length);
}

static uint32_t
sectors_for(uint32_t bytes)
{
  return (bytes + LOG_BYTES - 1) / LOG_BYTES;
}

// Has so many bytes fit into the log, by a checkpoint if need be. Returns 0 or an error.
EXO_API int
log_make_room(struct txn_store *store, uint32_t bytes)
{
  uint32_t log_sectors = store->superblock.log_sectors;

  if (sectors_for(bytes) > log_sectors) return TXN_E_BIG;
  if (log_sectors_used(store) + sectors_for(store->tail->used + bytes) <= log_sectors) return 0;
  return txn_checkpoint(store);
}

// The barrier after which commits are durable.
EXO_API int
txn_log_barrier(struct txn_store *store)
{
  return store->device->barrier(store->extent);
}

static struct batch *
batch(struct txn_store *store, unsigned index)
{
  return &store->batches[(store->first_batch + index) % BATCHES];
}

// Takes note of batches that are durable, and of the first in any case with `wait`.
static int
reap(struct txn_store *store, int wait)
{
  while (store->batch_count > 0) {
    struct batch *oldest = batch(store, 0);
    int passed = wait ? store->device->wait(oldest->barrier) : store->device->passed(oldest->barrier);

    if (passed < 0) return store_failed(store, passed);
    if (!wait && !passed) return 0;
    store->durable = oldest->place;
    store->first_batch++;
    store->batch_count--;
    wait = 0;
  }
  return 0;
}

EXO_API int
txn_flush(struct txn_store *store)
{
  int barrier;

  if (store->error) return store->error;
  if (store->flushed == store->submitted) return 0;
  if (store->tail->used > 0) write_tail(store);
  if (store->error) return store->error;
  if (store->batch_count == BATCHES && reap(store, 1) < 0) return store->error;
  barrier = txn_log_barrier(store);
  if (barrier < 0) return store_failed(store, barrier);
  store->flushed = store->submitted;
  *batch(store, store->batch_count++) = (struct batch){barrier, store->flushed};
  return 0;
}

EXO_API int
txn_durable(struct txn_store *store)
{
  reap(store, 0);
  return store->durable;
}

EXO_API int
txn_wait(struct txn_store *store, int place)
{
  if (place > store->submitted) place = store->submitted;
  if (place > store->flushed && txn_flush(store) < 0) return store->error;
  while (store->durable < place)
    if (reap(store, 1) < 0) return store->error;
  return 0;
}

// Eight transactions share a barrier if nobody waits for one of them before that.
EXO_API int
txn_should_flush(struct txn_store *store, int waiting)
{
  (void)store;
  return waiting >= 8;
}
