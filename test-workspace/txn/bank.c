// A bank that makes transfers, and makes them durable eight at a time.
//
//   bank DEVICE TRANSFERS
//
// DEVICE is what the store lies on: `raw`, the disk with many requests in flight; `synchronous`, one
// write at a time; `unordered`, a block cache without barriers, as UNIX version 6 has it. The program
// and the store are the same. Cut the power anywhere (`exo crash`), and see which of them keeps its
// promise.
#include "bank.h"

int
main(int argc, char **argv)
{
  const struct txn_device *device = txn_device_named(argc > 1 ? argv[1] : "raw");
  int last = argc > 2 ? atoi(argv[2]) : 100;
  int extent = must(extent_open(0, SECTORS), "the bank's extent");
  int found, made, reported, wrong = 0;
  struct txn_store *store;

  if (!device) {
    printf("there is no device '%s'\n", argv[1]);
    return 2;
  }
  must(txn_open(extent, device, &store), "the bank"); //@step open
  printf("found ");
  made = reported = found = look(store, &wrong);
  printf("\n");
  while (!wrong && made < last) {
    int durable;

    make_transfer(store, ++made);
    durable = found + txn_durable(store); //@step durable
    // What is said here is said to a customer.
    if (durable > reported) printf("durable %d\n", reported = durable);
  }
  must(txn_close(store), "the end");
  if (made > reported) printf("durable %d\n", made);
  return wrong;
}
