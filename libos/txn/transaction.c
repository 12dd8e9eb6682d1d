// Transactions: what each has seen and changed, kept apart until it commits.
//
// The list of keys that a transaction has touched is also the list of its locks: shared for keys that
// it has read, exclusive for those that it has changed, all held until it ends.
#include <stdlib.h>
#include <string.h>
#include "store.h"

static struct transaction *
find_open(struct txn_store *store, int transaction)
{
  if (transaction < 0 || transaction >= TXN_OPEN_MAX) return 0;
  if (!store->transactions[transaction].is_open) return 0;
  return &store->transactions[transaction];
}

EXO_API int
txn_begin(struct txn_store *store)
{
  for (int i = 0; i < TXN_OPEN_MAX; i++) {
    if (store->transactions[i].is_open) continue;
    store->transactions[i].is_open = 1;
    store->transactions[i].count = 0;
    return i;
  }
  return TXN_E_MANY;
}

// ---- keys that were touched ----

struct key {
  const char *text;
  unsigned length;
  uint32_t hash;
};

static int
read_key(struct key *key, const char *text)
{
  key->text = text;
  key->length = strnlen(text, TXN_KEY_MAX + 1);
  if (key->length == 0 || key->length > TXN_KEY_MAX) return TXN_E_KEY;
  key->hash = key_hash(text, key->length);
  return 0;
}

static struct access *
find_access(const struct transaction *transaction, const struct key *key)
{
  struct access *access = transaction->accesses;

  for (unsigned i = 0; i < transaction->count; i++, access++)
    if (access->hash == key->hash && access->key_length == key->length &&
        memcmp(access->key, key->text, key->length) == 0)
      return access;
  return 0;
}

// Whether another transaction has touched the key so that this one may not.
static int
is_locked(const struct txn_store *store, const struct transaction *own, const struct key *key,
          int to_change)
{
  for (int i = 0; i < TXN_OPEN_MAX; i++) {
    const struct transaction *other = &store->transactions[i];
    const struct access *access;

    if (other == own || !other->is_open || !(access = find_access(other, key))) continue;
    if (to_change || access->kind != ACCESS_READ) return 1;
  }
  return 0;
}

static struct access *
add_access(struct transaction *transaction, const struct key *key)
{
  struct access *access;

  if (transaction->count == transaction->room) {
    unsigned room = transaction->room ? 2 * transaction->room : 8;
    void *more = realloc(transaction->accesses, room * sizeof *access);

    if (!more) return 0;
    transaction->accesses = more;
    transaction->room = room;
  }
  access = &transaction->accesses[transaction->count++];
  memset(access, 0, sizeof *access);
  access->hash = key->hash;
  access->key_length = (uint8_t)key->length;
  memcpy(access->key, key->text, key->length);
  return access;
}

// The transaction's entry for a key, made if need be, as a reader of it. An error as 0, in `error`.
static struct access *
touch(struct txn_store *store, struct transaction *transaction, const struct key *key,
      int to_change, int *error)
{
  struct access *access = find_access(transaction, key);

  *error = 0;
  // Whoever has changed it has it alone.
  if (access && (access->kind != ACCESS_READ || !to_change)) return access;
  if (is_locked(store, transaction, key, to_change)) {
    *error = TXN_E_CONFLICT;
    return 0;
  }
  if (!access) access = add_access(transaction, key);
  if (!access) *error = TXN_E_MEMORY;
  return access;
}

static void
give_back_reservation(struct txn_store *store, struct access *access)
{
  store->reserved -= access->reserves;
  access->reserves = 0;
}

// ---- reading and changing ----

static int
copy_value(void *to, size_t size, const void *value, unsigned length)
{
  memcpy(to, value, length < size ? length : size);
  return (int)length;
}

EXO_API int
txn_get(struct txn_store *store, int number, const char *text, void *value, size_t size)
{
  struct transaction *transaction = find_open(store, number);
  struct access *access;
  const struct slot *slot;
  struct key key;
  uint32_t found;
  int error;

  if (!transaction) return TXN_E_ENDED;
  error = read_key(&key, text);
  if (error < 0) return error;
  access = touch(store, transaction, &key, 0, &error);
  if (!access) return error;
  if (access->kind == ACCESS_DELETE) return TXN_E_NOT_FOUND;
  if (access->kind == ACCESS_PUT)
    return copy_value(value, size, access->value, access->value_length);
  found = table_find(store, key.hash, key.text, key.length);
  if (found == NO_SLOT) return TXN_E_NOT_FOUND;
  slot = table_slot(store, found);
  return copy_value(value, size, slot->value, slot->value_length);
}

EXO_API int
txn_put(struct txn_store *store, int number, const char *text, const void *value, size_t size)
{
  struct transaction *transaction = find_open(store, number);
  struct access *access;
  struct key key;
  int error, is_new;

  if (!transaction) return TXN_E_ENDED;
  if (store->error) return store->error;
  if (size > TXN_VALUE_MAX) return TXN_E_VALUE;
  error = read_key(&key, text);
  if (error < 0) return error;
  is_new = table_find(store, key.hash, key.text, key.length) == NO_SLOT;
  access = find_access(transaction, &key);
  if (is_new && !(access && access->reserves) && store->reserved >= store->empty_count)
    return is_locked(store, transaction, &key, 1) ? TXN_E_CONFLICT : TXN_E_FULL;
  access = touch(store, transaction, &key, 1, &error);
  if (!access) return error;
  if (is_new && !access->reserves) {
    access->reserves = 1;
    store->reserved++;
  }
  access->kind = ACCESS_PUT;
  access->value_length = (uint8_t)size;
  memcpy(access->value, value, size);
  return 0;
}

EXO_API int
txn_delete(struct txn_store *store, int number, const char *text)
{
  struct transaction *transaction = find_open(store, number);
  struct access *access;
  struct key key;
  int error, is_there;

  if (!transaction) return TXN_E_ENDED;
  if (store->error) return store->error;
  error = read_key(&key, text);
  if (error < 0) return error;
  access = touch(store, transaction, &key, 1, &error);
  if (!access) return error;
  is_there = access->kind == ACCESS_PUT ||
             (access->kind == ACCESS_READ &&
              table_find(store, key.hash, key.text, key.length) != NO_SLOT);
  give_back_reservation(store, access);
  access->kind = ACCESS_DELETE;
  return is_there ? 0 : TXN_E_NOT_FOUND;
}

// ---- the end ----

static void
end(struct txn_store *store, struct transaction *transaction)
{
  for (unsigned i = 0; i < transaction->count; i++)
    give_back_reservation(store, &transaction->accesses[i]);
  transaction->is_open = 0;
  transaction->count = 0;
}

EXO_API int
txn_abort(struct txn_store *store, int number)
{
  struct transaction *transaction = find_open(store, number);

  if (!transaction) return TXN_E_ENDED;
  end(store, transaction);
  return 0;
}

// How many bytes of log the changes take; 0 when nothing changes.
static uint32_t
log_size(const struct txn_store *store, const struct transaction *transaction)
{
  uint32_t bytes = 0;

  for (unsigned i = 0; i < transaction->count; i++) {
    const struct access *access = &transaction->accesses[i];

    if (access->kind == ACCESS_PUT)
      bytes += sizeof(struct record) + access->key_length + access->value_length;
    else if (access->kind == ACCESS_DELETE &&
             table_find(store, access->hash, access->key, access->key_length) != NO_SLOT)
      bytes += sizeof(struct record);
  }
  return bytes ? bytes + sizeof(struct record) : 0;
}

// Makes one change in the table and in the log. Returns how many records that took.
static unsigned
carry_out(struct txn_store *store, struct access *access)
{
  uint32_t slot = table_find(store, access->hash, access->key, access->key_length);
  struct record record = {RECORD_PUT, access->key_length, access->value_length, 0, slot};

  if (access->kind == ACCESS_READ) return 0;
  if (access->kind == ACCESS_DELETE) {
    if (slot == NO_SLOT) return 0;
    record = (struct record){RECORD_DELETE, 0, 0, 0, slot};
    table_remove(store, slot);
  } else {
    if (slot == NO_SLOT) {
      give_back_reservation(store, access);
      record.slot = table_insert(store, access->hash);
    }
    table_set(store, record.slot, access->key, access->key_length, access->value,
              access->value_length);
  }
  log_append_record(store, &record, access->key, access->value);
  return 1;
}

EXO_API int
txn_submit(struct txn_store *store, int number)
{
  struct transaction *transaction = find_open(store, number);
  struct record commit = {RECORD_COMMIT, 0, 0, 0, 0};
  uint32_t bytes;
  int error;

  if (!transaction) return TXN_E_ENDED;
  bytes = log_size(store, transaction);
  if (bytes == 0) {
    end(store, transaction);
    return store->submitted;
  }
  error = store->error ? store->error : log_make_room(store, bytes);
  if (error < 0) return error;
  for (unsigned i = 0; i < transaction->count; i++)
    commit.slot += carry_out(store, &transaction->accesses[i]);
  log_append_record(store, &commit, "", ""); //@step commit
  end(store, transaction);
  store->submitted++;
  if (store->error == 0 && txn_should_flush(store, store->submitted - store->flushed))
    txn_flush(store);
  return store->error ? store->error : store->submitted;
}

EXO_API int
txn_commit(struct txn_store *store, int number)
{
  int place = txn_submit(store, number);

  return place < 0 ? place : txn_wait(store, place);
}
