// The end of a program. The kernel knows no exit status: word 0 of the environment's own words
// holds it for whoever asks.
#include <stdlib.h>
#include "libos.h"

#define STATUS_WORD 0

// Ends the environment at once.
EXO_API EXO_RESIDENT void
_exit(int status)
{
  exo_env_set_word(0, STATUS_WORD, (uint32_t)status);
  exo_env_destroy(0);
  for (;;)
    ;
}

EXO_API void
exit(int status)
{
  console_flush();
  _exit(status);
}

EXO_LAST_WORDS(abort);

EXO_API void
abort(void)
{
  console_flush();
  _exit(128 + 6); // as a shell reports SIGABRT
}
