// Processes, but for fork and exec.
#include "library.h"

// Steps of a tick, UNIX's unit of time.
#define TICK_STEPS 100000u

EXO_API EXO_RESIDENT void
_exit(int status)
{
  exo_env_set_word(0, 0, (uint32_t)status); // for who started us without a world
  call2(WORLD_EXIT, (uint32_t)status, 0);
  // Our pages are lent to a child. Nobody gives us time any more.
  for (;;) exo_sleep();
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

  if (status && !range_allows(status, sizeof *status, EXO_RIGHT_READ | EXO_RIGHT_WRITE)) return -1;
  pid = world_call(words);
  if (pid > 0 && status) *status = (int)words[1];
  return pid < 0 ? -1 : pid;
}

EXO_API int
kill(int pid)
{
  return call2(WORLD_KILL, (uint32_t)pid, 0);
}

EXO_API int
getpid(void)
{
  return identity.pid;
}

// The boot page is the first process's: a child shares it.
EXO_API exo_env
environment_id(void)
{
  return identity.own;
}

EXO_API int
getuid(void)
{
  return call0(WORLD_GETUID);
}

EXO_API int
setuid(int uid)
{
  return call2(WORLD_SETUID, (uint32_t)uid, 0);
}

// 1: an interrupt from the terminal does not end this process, nor what it forks from now on. 0: it does.
EXO_API int
interrupt(int ignore)
{
  return call2(WORLD_INTERRUPT, (uint32_t)ignore, 0);
}

// Ticks since the machine began.
EXO_API int
uptime(void)
{
  return (int)(steps_now() / TICK_STEPS);
}

// Sleeps by a predicate over the clock: nobody else has to wake us.
EXO_API int
sleep(int ticks)
{
  static EXO_RESIDENT_BSS struct exo_term until __attribute__((aligned(16)));
  uint64_t end = steps_now() + (uint64_t)(ticks < 0 ? 0 : ticks) * TICK_STEPS;

  while (steps_now() < end) {
    until.slot = EXO_ANY;
    until.where = EXO_RELATION_AT_LEAST << 16;
    until.value = (uint32_t)end;
    until.high = (uint32_t)(end >> 32);
    exo_sleep_until((uint32_t)pager_slot(&until), (uint32_t)&until % EXO_PAGE_SIZE, 1);
  }
  return 0;
}

EXO_API int
pause(int ticks)
{
  return sleep(ticks);
}
