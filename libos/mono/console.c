// The end of a process that nobody can help, as in v6.
#include "../v6/fault.c"
