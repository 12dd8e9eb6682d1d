// Where a store can lie, by name: for programs that take it as an argument.
#include <string.h>
#include "store.h"

EXO_API struct txn_traffic txn_traffic;

EXO_API const struct txn_device *
txn_device_named(const char *name)
{
  static const struct txn_device *const devices[] = {&txn_raw, &txn_synchronous, &txn_unordered};

  for (unsigned i = 0; i < sizeof devices / sizeof *devices; i++)
    if (strcmp(devices[i]->name, name) == 0) return devices[i];
  return 0;
}
