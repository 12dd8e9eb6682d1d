// Recovery: repeats what the log says, and begins a new log.
//
// The log goes on as long as the next sector is there: it has the next running number and its
// checksum is right. Behind the first that is missing others may lie, written by a run that never
// learned whether they arrived. They do not count, and must not come to count: the new log begins
// with a running number that none of them can have.
#include <stdlib.h>
#include <string.h>
#include "store.h"

// The bytes of all sectors of the log that are there, one after the other.
struct scroll {
  const uint8_t *bytes;
  uint32_t count, at;
};

// Reads the log to memory at `sectors`, and joins what is in use of each. Returns how many bytes it
// has, or an error.
static int
read_log(struct txn_store *store, struct log_sector *sectors)
{
  uint32_t log_sectors = store->superblock.log_sectors, total = 0;
  uint64_t first = store->superblock.first_sequence;
  uint8_t *joined = (uint8_t *)sectors;
  int error = 0;

  for (uint32_t i = 0; i < log_sectors && error >= 0; i++) {
    uint32_t place = (uint32_t)((first + i) % log_sectors);

    error = store->device->read(store->extent, LOG_START + place, 1, &sectors[i]);
  }
  if (error >= 0) error = store->device->settle(store->extent);
  if (error < 0) return error;
  for (uint32_t i = 0; i < log_sectors; i++) {
    const struct log_sector *sector = &sectors[i];
    uint32_t used = sector->used;

    if (!sector_is(sector, LOG_MAGIC) || sector->sequence != first + i || used > LOG_BYTES) break;
    // In place: what is joined is shorter than what it is made of.
    memmove(joined + total, sector->bytes, used);
    total += used;
  }
  return (int)total;
}

// The next record, and where its key is. 0 at the end, and where the log is cut in the middle of one.
static int
next_record(struct scroll *scroll, struct record *record, const uint8_t **key)
{
  uint32_t left = scroll->count - scroll->at, size;

  if (left < sizeof *record) return 0;
  memcpy(record, scroll->bytes + scroll->at, sizeof *record);
  size = sizeof *record + record->key_length + record->value_length;
  if (left < size) return 0;
  *key = scroll->bytes + scroll->at + sizeof *record;
  scroll->at += size;
  return 1;
}

static int
is_sound(const struct txn_store *store, const struct record *record)
{
  if (record->kind != RECORD_PUT && record->kind != RECORD_DELETE) return 0;
  if (record->key_length > TXN_KEY_MAX || record->value_length > TXN_VALUE_MAX) return 0;
  if ((record->kind == RECORD_PUT) != (record->key_length > 0)) return 0;
  return record->slot < store->table_sectors * SLOTS_PER_SECTOR;
}

// Does what the records from `from` on say, up to their commit record.
static int
repeat(struct txn_store *store, struct scroll from)
{
  struct record record;
  const uint8_t *key;

  while (next_record(&from, &record, &key) && record.kind != RECORD_COMMIT) {
    if (!is_sound(store, &record)) return TXN_E_DAMAGED;
    table_set(store, record.slot, (const char *)key, record.key_length, key + record.key_length,
              record.value_length);
  }
  return 0;
}

static int
repeat_all(struct txn_store *store, struct scroll scroll)
{
  struct scroll begin = scroll; // of the transaction that is being read
  struct record record;
  const uint8_t *key;
  uint32_t records = 0;

  while (next_record(&scroll, &record, &key)) {
    int error;

    if (record.kind != RECORD_COMMIT) {
      records++;
      continue;
    }
    if (record.slot != records) return TXN_E_DAMAGED;
    error = repeat(store, begin); //@step repeat
    if (error < 0) return error;
    begin = scroll;
    records = 0;
  }
  return 0;
}

// Brings the table to what the log says. Returns 0 or an error.
EXO_API int
log_recover(struct txn_store *store)
{
  uint32_t log_sectors = store->superblock.log_sectors;
  void *memory = malloc((log_sectors + 1) * EXO_SECTOR_SIZE);
  struct log_sector *sectors;
  int result;

  if (!memory) return TXN_E_MEMORY;
  sectors = (struct log_sector *)(((uint32_t)memory + EXO_SECTOR_SIZE - 1) & -EXO_SECTOR_SIZE);
  result = read_log(store, sectors);
  if (result >= 0)
    result = repeat_all(store, (struct scroll){(const uint8_t *)sectors, (uint32_t)result, 0});
  free(memory);
  if (result < 0) return result;
  // No sector was written with a number beyond a whole log from here.
  return checkpoint_finish(store, store->superblock.first_sequence + log_sectors);
}
