// The kernel: its calls, as C functions, and the numbers and structures that go with them.
#ifndef EXO_H
#define EXO_H

#include "exo_abi.h"
#include "exo_calls.h"

#endif
