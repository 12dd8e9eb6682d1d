// As in v6.
#include "../v6/malloc.c"
