// As in v6.
#include "../v6/printf.c"
