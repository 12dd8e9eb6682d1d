// Processes: a call each, but for fork (fork.S), which must keep its registers.
#include "library.h"

int main(int argc, char **argv);
void exit(int status);

#define ARGUMENTS 32 // with the 0 at the end

// Called by _start on the process's own stack.
EXO_API void
libos_main(const struct exo_boot *boot)
{
  mono_slot = mono_call2(MONO_SLOT, (uint32_t)&mono_slot, 0);
  exit(main((int)boot->argument_count, (char **)boot->arguments));
}

EXO_API EXO_RESIDENT void
_exit(int status)
{
  exo_env_set_word(0, 0, (uint32_t)status); // for who started us without a server
  if (mono_server) mono_call2(WORLD_EXIT, (uint32_t)status, 0);
  exo_env_destroy(0);
  for (;;);
}

EXO_API void
exit(int status)
{
  _exit(status);
}

EXO_API int
wait(int *status)
{
  uint32_t words[RPC_WORDS] = {WORLD_WAIT};
  int pid;

  if (status && user_probe(status, sizeof *status, 1) < 0) return -1;
  pid = mono_call(words);
  if (pid > 0 && status) *status = (int)words[1];
  return pid < 0 ? -1 : pid;
}

// The path and the arguments go into the window one behind the other; the rest is done elsewhere.
EXO_API int
exec(const char *path, char **argv)
{
  uint32_t at = MONO_ARGUMENTS, count = 0;

  if (user_string(WINDOW_DATA, path, WORLD_PATH) < 0) return -1;
  for (;; count++) {
    char *argument;
    int length;

    if (count == ARGUMENTS || user_copy(&argument, &argv[count], sizeof argument) < 0) return -1;
    if (argument == 0) break;
    length = user_string(WINDOW_DATA + at, argument, EXO_PAGE_SIZE - at);
    if (length < 0) return -1;
    at += (uint32_t)length;
  }
  mono_call2(MONO_EXEC, count, 0); // does not return
  return -1;
}

EXO_API int
kill(int pid)
{
  return mono_call2(WORLD_KILL, (uint32_t)pid, 0);
}

EXO_API int
getpid(void)
{
  return mono_call0(MONO_GETPID);
}

EXO_API int
getuid(void)
{
  return mono_call0(WORLD_GETUID);
}

EXO_API int
setuid(int uid)
{
  return mono_call2(WORLD_SETUID, (uint32_t)uid, 0);
}

EXO_API int
interrupt(int ignore)
{
  return mono_call2(WORLD_INTERRUPT, (uint32_t)ignore, 0);
}

EXO_API int
uptime(void)
{
  return mono_call0(MONO_UPTIME);
}

EXO_API int
sleep(int ticks)
{
  return mono_call2(MONO_SLEEP, (uint32_t)ticks, 0);
}

EXO_API int
pause(int ticks)
{
  return sleep(ticks);
}
