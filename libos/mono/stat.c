// As in v6.
#include "../v6/stat.c"
