// The table: slots on the disk, and in memory an index that finds the slot of a key.
//
// Memory has what was committed. The disk has some older state of each sector; which one does not
// matter, because the log names slots: whoever repeats what it says since the last checkpoint, in
// order, gets the newest state from any older one.
#include <string.h>
#include "store.h"

// FNV-1a.
EXO_API uint32_t
key_hash(const char *key, unsigned length)
{
  uint32_t hash = 2166136261u;

  for (unsigned i = 0; i < length; i++) hash = (hash ^ (uint8_t)key[i]) * 16777619u;
  return hash;
}

EXO_API struct slot *
table_slot(struct txn_store *store, uint32_t slot)
{
  return &store->table[slot / SLOTS_PER_SECTOR].slots[slot % SLOTS_PER_SECTOR];
}

static uint32_t
head_of(const struct txn_store *store, uint32_t hash)
{
  return (hash ^ hash >> 16) & (store->head_count - 1);
}

// The slot of a key, or NO_SLOT.
EXO_API uint32_t
table_find(const struct txn_store *store, uint32_t hash, const char *key, unsigned length)
{
  uint32_t slot = store->heads[head_of(store, hash)];

  while (slot != NO_SLOT) {
    const struct slot *found =
        &store->table[slot / SLOTS_PER_SECTOR].slots[slot % SLOTS_PER_SECTOR];

    if (found->key_length == length && memcmp(found->key, key, length) == 0) break;
    slot = store->next[slot];
  }
  return slot;
}

// Changes what a slot holds; no key makes it empty. The index is not touched.
EXO_API void
table_set(struct txn_store *store, uint32_t slot, const char *key, unsigned key_length,
          const void *value, unsigned value_length)
{
  struct slot *place = table_slot(store, slot);

  memset(place, 0, sizeof *place);
  place->key_length = (uint8_t)key_length;
  place->value_length = (uint8_t)value_length;
  memcpy(place->key, key, key_length);
  memcpy(place->value, value, value_length);
  store->is_dirty[slot / SLOTS_PER_SECTOR] = 1;
}

static void
enter(struct txn_store *store, uint32_t slot, uint32_t hash)
{
  uint32_t *head = &store->heads[head_of(store, hash)];

  store->next[slot] = *head;
  *head = slot;
}

// Takes an empty slot for a key with this hash. There must be one.
EXO_API uint32_t
table_insert(struct txn_store *store, uint32_t hash)
{
  uint32_t slot = store->empty;

  store->empty = store->next[slot];
  store->empty_count--;
  enter(store, slot, hash);
  return slot;
}

// Gives the slot of a key back.
EXO_API void
table_remove(struct txn_store *store, uint32_t slot)
{
  const struct slot *place = table_slot(store, slot);
  uint32_t *link = &store->heads[head_of(store, key_hash(place->key, place->key_length))];

  while (*link != slot) link = &store->next[*link];
  *link = store->next[slot];
  table_set(store, slot, "", 0, "", 0);
  store->next[slot] = store->empty;
  store->empty = slot;
  store->empty_count++;
}

// Makes the index anew from the slots.
EXO_API void
table_index(struct txn_store *store)
{
  store->empty = NO_SLOT;
  store->empty_count = 0;
  for (uint32_t i = 0; i < store->head_count; i++) store->heads[i] = NO_SLOT;
  for (uint32_t slot = store->table_sectors * SLOTS_PER_SECTOR; slot-- > 0;) {
    const struct slot *place = table_slot(store, slot);

    if (place->key_length > 0) {
      enter(store, slot, key_hash(place->key, place->key_length));
    } else {
      store->next[slot] = store->empty;
      store->empty = slot;
      store->empty_count++;
    }
  }
}

static uint32_t
table_start(const struct txn_store *store)
{
  return LOG_START + store->superblock.log_sectors;
}

static int
is_sound(const struct table_sector *sector, uint32_t number)
{
  if (!sector_is(sector, TABLE_MAGIC) || sector->number != number) return 0;
  for (unsigned i = 0; i < SLOTS_PER_SECTOR; i++) {
    const struct slot *slot = &sector->slots[i];

    if (slot->key_length > TXN_KEY_MAX || slot->value_length > TXN_VALUE_MAX) return 0;
  }
  return 1;
}

// How many sectors from `sector` on one request may move: those in the same page, up to `end`.
static uint32_t
sectors_together(const struct txn_store *store, uint32_t sector, uint32_t end)
{
  uint32_t offset = (uint32_t)&store->table[sector] % EXO_PAGE_SIZE;
  uint32_t count = (EXO_PAGE_SIZE - offset) / EXO_SECTOR_SIZE;

  return count < end - sector ? count : end - sector;
}

// Reads the whole table, as it is on the disk.
EXO_API int
table_load(struct txn_store *store)
{
  int error;

  for (uint32_t i = 0, count; i < store->table_sectors; i += count) {
    count = sectors_together(store, i, store->table_sectors);
    error = store->device->read(store->extent, table_start(store) + i, count, &store->table[i]);
    if (error < 0) return error;
  }
  error = store->device->settle(store->extent);
  if (error < 0) return error;
  for (uint32_t i = 0; i < store->table_sectors; i++)
    if (!is_sound(&store->table[i], i)) return TXN_E_DAMAGED;
  return 0;
}

// Starts to write what the disk does not have yet. The log must have it all: a sector that reaches
// the platter with a change that the log lacks could not be explained after a power failure.
EXO_API int
table_write_dirty(struct txn_store *store)
{
  for (uint32_t i = 0; i < store->table_sectors; i++) {
    uint32_t end = i;
    int error;

    while (end < store->table_sectors && store->is_dirty[end] &&
           end - i < sectors_together(store, i, store->table_sectors)) {
      sector_seal(&store->table[end]);
      store->is_dirty[end++] = 0;
    }
    if (end == i) continue;
    error = store->device->write(store->extent, table_start(store) + i, end - i, &store->table[i]);
    if (error < 0) return store_failed(store, error);
    i = end - 1;
  }
  return 0;
}
