// A hostile process: it makes kernel calls itself, with slots and ids that it guesses, and sends its world nonsense. A victim has a
// pattern in its memory the while, and looks at it afterwards.
#include <libos.h>
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/world.h"
#include "user/user.h"

#define PAGES 4

static uint pattern[PAGES * 1024];
static uint seed = 12345;

static uint
chance(void)
{
  seed ^= seed << 13;
  seed ^= seed >> 17;
  return seed ^= seed << 5;
}

static uint
pattern_at(int i)
{
  return 0x5eed0000u + (uint)i * 7;
}

// Waits for a byte that never comes but as the end of the pipe, then looks.
static void
victim(int in)
{
  char byte;

  for (int i = 0; i < PAGES * 1024; i++) pattern[i] = pattern_at(i);
  read(in, &byte, 1);
  for (int i = 0; i < PAGES * 1024; i++)
    if (pattern[i] != pattern_at(i)) exit(1);
  exit(0);
}

// Counts what the kernel and the world let it do that it should not be able to do.
static int
attack(void)
{
  int allowed = 0;

  // Everyone else's memory, page by page, and capabilities that others may have offered.
  for (uint frame = 0; frame < 4096; frame += 3)
    if (exo_page_alloc(0, EXO_SLOT_MEMORY, frame, 900) >= 0) exo_page_free(0, 900);
  for (uint slot = 11; slot < 1024; slot += 5)
    for (uint env = 257; env < 264; env++)
      if (exo_cap_accept(env, slot, 901) >= 0) allowed++; //@step accept
  // What a process has not got: the disk, the console, environments, slices.
  allowed += exo_extent_alloc(0, EXO_SLOT_DISK, 0, 8, 902) >= 0;
  allowed += exo_disk_write(EXO_SLOT_DISK, 0, 1, SLOT_WINDOW, 0, 0) >= 0; //@step disk
  allowed += exo_console_write(EXO_SLOT_CONSOLE, 1, '!', 0, 0, 0, 0) >= 0;
  allowed += exo_env_create(EXO_SLOT_ENVIRONMENTS, 903) >= 0;
  allowed += exo_slice_alloc(0, EXO_SLOT_PROCESSOR, EXO_ANY, 904) >= 0; //@step slice
  // The world's page and window are the world's.
  allowed += exo_page_free(0, SLOT_WORLD_PAGE) >= 0;
  allowed += exo_page_free(0, SLOT_WINDOW) >= 0;
  allowed += exo_bind(0, 0x60000000u, SLOT_WORLD_PAGE, EXO_RIGHT_READ | EXO_RIGHT_WRITE) >= 0;
  return allowed;
}

// Calls with any words. What could end us, or sleep, is left out.
static void
nonsense(exo_env world)
{
  for (int i = 0; i < 2000; i++) {
    uint32_t words[RPC_WORDS];

    for (int j = 0; j < RPC_WORDS; j++) words[j] = chance() % 3 ? chance() % 200 : chance();
    words[0] = chance() % 40;
    if (words[0] == WORLD_EXIT || words[0] == WORLD_KILL || words[0] == WORLD_SETUID) continue;
    for (int j = 0; j < 64; j++) ((uint32_t *)WINDOW)[chance() % 1024] = chance();
    rpc_try(world, words); //@step nonsense
  }
}

int
main(void)
{
  int fds[2], status, pid, allowed;
  const struct world_page *page = (const void *)WORLD_PAGE;

  if (pipe(fds) < 0) return 2;
  pid = fork();
  if (pid == 0) {
    close(fds[1]);
    victim(fds[0]);
  }
  allowed = attack();
  printf("hostile: %d attacks succeeded\n", allowed);
  if (fork() == 0) {
    close(fds[0]);
    close(fds[1]);
    nonsense(page->server);
    exit(0);
  }
  wait(&status);
  close(fds[0]);
  close(fds[1]);
  wait(&status);
  printf("hostile: the victim's memory %s\n", status == 0 ? "is as it was" : "was CHANGED");
  return status != 0 || allowed != 0;
}
