// puts is the libOS's: it gathers a line in a buffer, and calls the kernel for every twenty bytes of it.
#include "who.h"
