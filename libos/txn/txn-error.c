// Errors of the store, for people.
#include "store.h"

EXO_API const char *
txn_error(int code)
{
#define TEXT(name, number, text)                                                                   \
  if (code == (number)) return text;
  TXN_ERRORS(TEXT)
  return exo_error(code);
}
