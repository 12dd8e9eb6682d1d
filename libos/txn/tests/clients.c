// Four clients of one store, each with a transaction of its own open, in a random order of their
// steps: transfers between shared accounts, receipts that come and go, conflicts and aborts. At each
// boot it says how many transactions of each client it found, and ends with 1 unless everything else
// in the store is what these make of it.
//
//   clients DEVICE TRANSACTIONS [how]
//
// `how` is `submit` (the default) or `commit`, which waits for each.
#include <disk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <txn.h>
#include <libos.h>

#define CLIENTS  4
#define ACCOUNTS 8
#define DEPOSIT  1000
#define RECEIPTS 3 // that a client keeps
#define SECTORS  32
#define PLACES   4096

static struct txn_store *store;
static int counts[CLIENTS];           // of transactions that were committed
static int told[CLIENTS];             // of them, those that were reported to be durable
static unsigned char client_of[PLACES]; // by place in the order of commits

static int
must(int result, const char *what)
{
  if (result >= 0) return result;
  printf("%s: %s\n", what, txn_error(result));
  exit(2);
}

static uint32_t
mix(uint32_t n)
{
  n *= 2654435761u;
  n ^= n >> 15;
  n *= 2246822519u;
  return n ^ n >> 13;
}

static uint32_t
order(void)
{
  static uint32_t n;

  return mix(++n);
}

static const char *
name(const char *what, int a, int b)
{
  static char text[TXN_KEY_MAX + 1];

  sprintf(text, "%s %d.%d", what, a, b);
  return text;
}

// ---- what transaction `n` of a client does ----

struct work {
  int from, to, amount;
  unsigned receipt_bytes;
  char receipt[TXN_VALUE_MAX];
};

static struct work
work_of(int client, int n)
{
  uint32_t random = mix((uint32_t)(client * 100000 + n));
  struct work work;

  work.from = random % ACCOUNTS;
  work.to = (work.from + 1 + random / 8 % (ACCOUNTS - 1)) % ACCOUNTS;
  work.amount = 1 + random / 256 % 50;
  work.receipt_bytes = random / 65536 % (TXN_VALUE_MAX + 1);
  memset(work.receipt, (int)random, sizeof work.receipt);
  return work;
}

// ---- a client ----

static struct client {
  int t, step;
} clients[CLIENTS];

static int
add(int t, int account, int amount)
{
  int balance, error = txn_get(store, t, name("account", account, 0), &balance, sizeof balance);

  if (error < 0) return error;
  balance += amount;
  return txn_put(store, t, name("account", account, 0), &balance, sizeof balance);
}

static int
write_receipt(int t, int client, int n, const struct work *work)
{
  int error = txn_put(store, t, name("receipt", client, n), work->receipt, work->receipt_bytes);

  if (error == 0 && n > RECEIPTS) error = txn_delete(store, t, name("receipt", client, n - RECEIPTS));
  return error < 0 ? error : txn_put(store, t, name("count", client, 0), &n, sizeof n);
}

static void
tell(int durable)
{
  static int last;

  if (durable == last) return;
  while (last < durable) told[client_of[++last]]++;
  printf("durable %d %d %d %d\n", told[0], told[1], told[2], told[3]);
}

static void
turn(int number, int waits)
{
  struct client *client = &clients[number];
  int n = counts[number] + 1, result = 0;
  struct work work = work_of(number, n);

  switch (client->step++) {
  case 0:
    client->t = must(txn_begin(store), "begin");
    return;
  case 1:
    result = add(client->t, work.from, -work.amount);
    break;
  case 2:
    result = add(client->t, work.to, work.amount);
    break;
  case 3:
    result = write_receipt(client->t, number, n, &work);
    break;
  case 4:
    client->step = 0;
    if (order() % 8 == 0) { // changes its mind
      must(txn_abort(store, client->t), "abort");
      return;
    }
    client_of[must(txn_submit(store, client->t), "submit") % PLACES] = (unsigned char)number;
    counts[number] = n;
    if (waits) must(txn_wait(store, counts[0] + counts[1] + counts[2] + counts[3]), "wait");
    return;
  }
  if (result != TXN_E_CONFLICT) {
    must(result, "work");
    return;
  }
  must(txn_abort(store, client->t), "abort");
  client->step = 0;
}

// ---- what must be there ----

static int
has(int t, const char *key, const void *expected, int length)
{
  char found[TXN_VALUE_MAX];

  if (txn_get(store, t, key, found, sizeof found) != length) return 0;
  return length < 0 || memcmp(found, expected, length) == 0;
}

static int
is_right(void)
{
  int balances[ACCOUNTS], right = 1, t = must(txn_begin(store), "begin");

  for (int i = 0; i < ACCOUNTS; i++) balances[i] = DEPOSIT;
  for (int client = 0; client < CLIENTS; client++) {
    for (int n = 1; n <= counts[client] + 1; n++) {
      struct work work = work_of(client, n);
      int is_there = n > counts[client] - RECEIPTS && n <= counts[client];

      if (n <= counts[client]) {
        balances[work.from] -= work.amount;
        balances[work.to] += work.amount;
      }
      right &= has(t, name("receipt", client, n), work.receipt,
                   is_there ? (int)work.receipt_bytes : TXN_E_NOT_FOUND);
    }
    // The keys that were looked at are locks, one each: not too many of them.
    must(txn_abort(store, t), "abort");
    t = must(txn_begin(store), "begin");
  }
  for (int i = 0; i < ACCOUNTS; i++)
    right &= has(t, name("account", i, 0), &balances[i], sizeof balances[i]);
  must(txn_abort(store, t), "abort");
  return right;
}

static void
set_up(int extent, const struct txn_device *device)
{
  int deposit = DEPOSIT, none = 0, t;

  must(txn_format(extent, device, 9), "format");
  must(txn_open(extent, device, &store), "open");
  t = must(txn_begin(store), "begin");
  for (int i = 0; i < ACCOUNTS; i++)
    must(txn_put(store, t, name("account", i, 0), &deposit, sizeof deposit), "deposit");
  for (int i = 0; i < CLIENTS; i++)
    must(txn_put(store, t, name("count", i, 0), &none, sizeof none), "count");
  must(txn_commit(store, t), "commit");
  must(txn_close(store), "close");
}

int
main(int argc, char **argv)
{
  const struct txn_device *device = txn_device_named(argv[1]);
  int extent = must(extent_open(0, SECTORS), "extent"), transactions = atoi(argv[2]), t, done;
  int waits = argc > 3 && strcmp(argv[3], "commit") == 0, found = 0;

  if (argc > 3 && strcmp(argv[3], "format") == 0) set_up(extent, device);
  must(txn_open(extent, device, &store), "open");
  t = must(txn_begin(store), "begin");
  for (int i = 0; i < CLIENTS; i++) {
    must(txn_get(store, t, name("count", i, 0), &counts[i], sizeof counts[i]), "count");
    told[i] = counts[i];
    found += counts[i];
  }
  must(txn_commit(store, t), "commit");
  printf("found %d %d %d %d\n", counts[0], counts[1], counts[2], counts[3]);
  if (!is_right()) return 1;
  for (done = 0; done < transactions;) {
    turn(order() % CLIENTS, waits);
    done = counts[0] + counts[1] + counts[2] + counts[3] - found;
    tell(txn_durable(store));
  }
  for (int i = 0; i < CLIENTS; i++)
    if (clients[i].step > 0) must(txn_abort(store, clients[i].t), "abort");
  must(txn_wait(store, done), "wait");
  tell(done);
  if (!is_right()) return 1;
  must(txn_close(store), "close");
  return 0;
}
