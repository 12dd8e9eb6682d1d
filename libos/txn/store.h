// What the files of the library know of each other: the sectors of a store, and the store in
// memory.
//
//   sector 0     +------------------------+
//                | superblock             |  where the log begins that still matters
//          1     +------------------------+
//                | log                    |  a ring of sectors, each with a running number
//                |                        |
//   1 + log      +------------------------+
//                | table                  |  four slots a sector, each empty or a key with its value
//                |                        |
//                +------------------------+
//
// Every sector begins with a magic number that says what it is, and a checksum. Sectors are what the
// disk writes as a whole, so nothing larger is ever taken to be there because a part of it is.
#ifndef STORE_H
#define STORE_H

#include <txn.h>
#include "libos.h"

#define SUPERBLOCK_MAGIC 0x31535854u // "TXS1"
#define LOG_MAGIC        0x314c5854u // "TXL1"
#define TABLE_MAGIC      0x31545854u // "TXT1"

#define SUPERBLOCK  0u
#define LOG_START   1u
#define LOG_MINIMUM 2u

struct superblock {
  uint32_t magic, checksum;
  uint32_t sectors;        // of the extent
  uint32_t log_sectors;    // of them
  uint64_t first_sequence; // the oldest sector of the log that the table may lack
  uint8_t unused[488];
};

// Sector s of the log, counted from the first that was ever written, lies at place s mod log_sectors.
// The bytes of all sectors, one after the other, are records:
//
//    0      1           2             3        4            8
//   +------+-----------+-------------+--------+------------+-----------+-------------+
//   | kind | key bytes | value bytes | unused | slot       | key       | value       |
//   +------+-----------+-------------+--------+------------+-----------+-------------+
//
// A transaction is records of kind PUT and DELETE, and a COMMIT whose slot field counts them. Without
// its COMMIT it has not happened.
#define LOG_BYTES 488u

struct log_sector {
  uint32_t magic, checksum;
  uint64_t sequence;
  uint32_t used; // bytes; a sector that was flushed early has fewer than LOG_BYTES
  uint32_t unused;
  uint8_t bytes[LOG_BYTES];
};

enum record_kind { RECORD_PUT = 1, RECORD_DELETE, RECORD_COMMIT };

struct record {
  uint8_t kind, key_length, value_length, unused;
  uint32_t slot;
};

struct slot {
  uint8_t key_length; // 0: the slot is empty
  uint8_t value_length;
  char key[TXN_KEY_MAX];
  uint8_t value[TXN_VALUE_MAX];
};

#define SLOTS_PER_SECTOR 4u

struct table_sector {
  uint32_t magic, checksum;
  uint32_t number; // of the table's sectors this one
  uint32_t unused;
  struct slot slots[SLOTS_PER_SECTOR];
};

_Static_assert(sizeof(struct superblock) == EXO_SECTOR_SIZE, "a superblock is a sector");
_Static_assert(sizeof(struct log_sector) == EXO_SECTOR_SIZE, "a sector of the log is a sector");
_Static_assert(sizeof(struct table_sector) == EXO_SECTOR_SIZE, "a sector of the table is a sector");
_Static_assert(sizeof(struct record) == 8, "a record is packed");

// What a transaction has done with a key. It is its lock on the key as well.
enum access_kind { ACCESS_READ, ACCESS_PUT, ACCESS_DELETE };

struct access {
  uint32_t hash;
  uint8_t kind;
  uint8_t reserves; // a slot of those that are empty
  uint8_t key_length, value_length;
  char key[TXN_KEY_MAX];
  uint8_t value[TXN_VALUE_MAX];
};

struct transaction {
  int is_open;
  unsigned count, room;
  struct access *accesses;
};

// Commits up to `place` are durable when the barrier has passed.
struct batch {
  int barrier, place;
};

#define BATCHES 16
#define NO_SLOT 0xffffffffu

struct txn_store {
  exo_slot extent;
  const struct txn_device *device;
  int error; // of the disk, once there was one
  struct superblock superblock;

  // The log: the sector that is being filled, its running number, and who waits for it.
  struct log_sector *tail;
  uint64_t sequence;
  int submitted, flushed, durable; // places in the order of commits
  struct batch batches[BATCHES];   // flushed and not yet known to be durable, oldest first
  unsigned first_batch, batch_count;

  // The table. All of it is in memory, with what was committed and nothing else.
  struct table_sector *table;
  uint32_t table_sectors;
  uint8_t *is_dirty; // by sector: not yet on the disk as it is here
  uint32_t *heads;   // of the chains of slots by hash; their number is a power of two
  uint32_t head_count;
  uint32_t *next; // by slot: the next in its chain, or in the list of empty ones
  uint32_t empty; // the list of empty slots
  uint32_t empty_count, reserved;

  struct transaction transactions[TXN_OPEN_MAX];
  void *memory[5]; // what to give back
};

// checksum.c
uint32_t sector_checksum(const void *sector);
void sector_seal(void *sector);
int sector_is(const void *sector, uint32_t magic);

// table.c
uint32_t key_hash(const char *key, unsigned length);
struct slot *table_slot(struct txn_store *store, uint32_t slot);
uint32_t table_find(const struct txn_store *store, uint32_t hash, const char *key, unsigned length);
void table_set(struct txn_store *store, uint32_t slot, const char *key, unsigned key_length,
               const void *value, unsigned value_length);
uint32_t table_insert(struct txn_store *store, uint32_t hash);
void table_remove(struct txn_store *store, uint32_t slot);
void table_index(struct txn_store *store);
int table_load(struct txn_store *store);
int table_write_dirty(struct txn_store *store);

// log.c
uint32_t log_sectors_used(const struct txn_store *store);
int log_make_room(struct txn_store *store, uint32_t bytes);
void log_append(struct txn_store *store, const void *bytes, unsigned count);
void log_append_record(struct txn_store *store, const struct record *record, const char *key,
                       const void *value);

// recovery.c
int log_recover(struct txn_store *store);

// checkpoint.c
int checkpoint_finish(struct txn_store *store, uint64_t sequence);

// store.c
int store_failed(struct txn_store *store, int error);
int store_barrier(struct txn_store *store);

#endif
