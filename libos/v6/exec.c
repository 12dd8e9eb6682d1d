// Exec: a new environment for the same process. The program is loaded there, and the old environment goes only when that has
// succeeded; whatever fails before leaves this program as it was.
#include <image.h>
#include <kernel/fcntl.h>
#include <string.h>
#include "library.h"

#define LOAD_AT   (COPY_AT + COPY_DEPTH * EXO_PAGE_SIZE)
#define ARGUMENTS 32   // with the 0 at the end
#define BYTES     4096 // of all of them, as in xv6, where they must fit into the stack's page

int open(const char *path, int how);
int close(int fd);

struct source {
  int file;
  uint32_t at;
};

// Reads bytes of the program's file by way of the window.
static int
read_file(void *context, uint32_t offset, void *to, unsigned count)
{
  struct source *source = context;
  int got;

  if (count > EXO_PAGE_SIZE) return -1;
  if (source->at != offset && call2(WORLD_SEEK, (uint32_t)source->file, offset) < 0) return -1;
  got = call2(WORLD_READ, (uint32_t)source->file, count);
  if (got < 0) return -1;
  memcpy(to, WINDOW_DATA, (unsigned)got);
  source->at = offset + (unsigned)got;
  return got;
}

static int
arguments_allow(char **argv)
{
  uint32_t room = BYTES;

  for (int i = 0; i < ARGUMENTS; i++) {
    if (!range_allows(&argv[i], sizeof argv[i], EXO_RIGHT_READ)) return 0;
    if (argv[i] == 0) return 1;
    if (!string_allows(argv[i], room)) return 0;
    room -= strlen(argv[i]) + 1;
  }
  return 0;
}

static int
load(struct source *source, const char *path, char **argv)
{
  uint32_t words[RPC_WORDS] = {WORLD_EXEC_BEGIN};
  static const struct exo_mapping given[] = {
      {WORLD_PAGE | EXO_RIGHT_READ, 0, SLOT_WORLD_PAGE},
      {WINDOW | EXO_RIGHT_READ | EXO_RIGHT_WRITE, 0, SLOT_WINDOW},
  };
  struct unix_boot boot = {.magic = WORLD_MAGIC, .server = identity.server, .pid = (uint32_t)identity.pid};
  struct image_target target = {.see_at = LOAD_AT,
                                .given = given,
                                .given_count = sizeof given / sizeof given[0],
                                .trailer = &boot,
                                .trailer_size = sizeof boot,
                                .image = offsetof(struct unix_boot, image)};
  struct image_start start;
  int offered = world_call(words), slot = slot_alloc(), error = -1;

  if (offered >= 0 && slot >= 0 &&
      exo_cap_accept(identity.server, (uint32_t)offered, (uint32_t)slot) >= 0) {
    target.environment = (uint32_t)slot;
    target.id = words[1];
    boot.space = words[2];
    memcpy(boot.file, descriptors, sizeof boot.file);
    error = image_load(&target, read_file, source, path, argv, &start);
    exo_cap_delete(0, (uint32_t)slot);
  }
  if (slot >= 0) slot_free((uint32_t)slot);
  if (error >= 0) {
    call2(WORLD_CLOSE, (uint32_t)source->file, 0);
    call_path(WORLD_EXEC_DONE, image_name(path), start.pc, start.argument); // does not return
    for (;;) exo_sleep();                                                  // but where our pages are lent
  }
  if (offered >= 0) call0(WORLD_NEW_CANCEL);
  return -1;
}

EXO_API int
exec(const char *path, char **argv)
{
  struct source source = {.at = 0};

  if (!string_allows(path, WORLD_PATH) || !arguments_allow(argv)) return -1;
  source.file = call_path(WORLD_OPEN, path, O_RDONLY | WORLD_TO_EXECUTE, 0);
  if (source.file < 0) return -1;
  load(&source, path, argv);
  call2(WORLD_CLOSE, (uint32_t)source.file, 0);
  return -1;
}

// image.c asks before it takes a page.
EXO_API int
image_may_take(unsigned pages)
{
  return memory_left(pages);
}
