// Loading programs: the server reads them from its own file system and fills the new environment itself.
#include <image.h>
#include <string.h>
#include <kernel/param.h>
#include "server.h"

#define SEE_AT 0x4f000000u // two pages

static struct space *loading;

static int
read_inode(void *context, uint32_t offset, void *to, unsigned count)
{
  return inode_read(context, offset, to, count);
}

// A page for the program comes from our own memory. What image.c takes for its frame is our number of it.
EXO_API int
image_take_page(const struct image_target *target, exo_slot slot)
{
  int page = page_take(), error;

  (void)target;
  if (page < 0) return page;
  // With all rights until it is full (memory_seal).
  error = page_give(page, loading, slot,
                    EXO_RIGHT_READ | EXO_RIGHT_WRITE | EXO_RIGHT_EXECUTE | EXO_RIGHT_GRANT);
  if (error < 0) {
    page_drop(page);
    return error;
  }
  memory_of(loading)->page[slot] = (uint16_t)(page + 1);
  return page;
}

EXO_API void
image_entered(const struct image_target *target, const struct exo_mapping *mapping)
{
  struct memory *memory = memory_of(loading);
  uint32_t address = PAGE_OF(mapping->page), flags = mapping->page & ENTRY_RIGHTS;

  (void)target;
  if (mapping->page & EXO_MAPPING_GUARANTEED) flags |= ENTRY_GUARANTEED;
  memory_enter(memory, mapping->slot, address, flags);
  if (address < HEAP_END && address + EXO_PAGE_SIZE > memory->heap_start)
    memory->heap_start = memory->heap_end = address + EXO_PAGE_SIZE;
}

// Loads a program into a new environment of a process and starts it. Returns 0 or an error.
EXO_API int
program_load(struct process *process, struct space *space, const char *path, char *const argv[])
{
  struct unix_boot boot = {.magic = WORLD_MAGIC,
                           .server = boot_page->environment,
                           .space = space_index(space),
                           .pid = (uint32_t)process->pid};
  struct image_target target = {.environment = space->slot,
                                .id = space->id,
                                .see_at = SEE_AT,
                                .trailer = &boot,
                                .trailer_size = sizeof boot,
                                .image = offsetof(struct unix_boot, image)};
  struct inode *inode = path_find(process, path);
  struct image_start start;
  int error = EXO_E_INVAL;

  if (!inode) return error;
  memset(boot.file, -1, sizeof boot.file);
  loading = space;
  if (inode->d.type == T_FILE && may(process, inode, MAY_EXECUTE))
    error = image_load(&target, read_inode, inode, path, argv, &start);
  inode_put(inode);
  if (error < 0) return error;
  memory_seal(space);
  error = exo_env_start(space->slot, start.pc, start.argument);
  if (error >= 0) {
    memset(process->name, 0, sizeof process->name);
    strncpy(process->name, image_name(path), sizeof process->name - 1);
  }
  return error;
}

// The arguments of exec, which lie one behind the other. Returns 0 when they do not.
static int
split(char *text, uint32_t room, uint32_t count, char *argv[MAXARG])
{
  if (count >= MAXARG) return 0;
  for (uint32_t i = 0; i < count; i++) {
    char *end = memchr(text, 0, room);

    if (!end) return 0;
    argv[i] = text;
    room -= (uint32_t)(end + 1 - text);
    text = end + 1;
  }
  argv[count] = 0;
  return 1;
}

// Path and arguments are in the window: copied, since the caller could change them meanwhile.
EXO_API int
program_exec(struct process *process, uint32_t count)
{
  static char text[EXO_PAGE_SIZE];
  char *argv[MAXARG];
  struct space *old = process->space, *new;

  memcpy(text, space_window(old), sizeof text);
  if (!memchr(text, 0, WORLD_PATH)) return -1;
  if (!split(text + MONO_ARGUMENTS, EXO_PAGE_SIZE - MONO_ARGUMENTS, count, argv)) return -1;
  new = space_new(process);
  if (!new) return -1;
  if (program_load(process, new, text, argv) < 0) {
    space_destroy(new);
    return -1;
  }
  process->space = new;
  space_leave(old);
  return 0;
}

// Process 1. Its three first descriptors are the terminal; init opens them itself.
EXO_API int
start_first(char *const argv[])
{
  struct process *process = process_new(0);
  int error;

  first_process = process;
  process->directory = inode_get(ROOTINO);
  memset(descriptors_of(process), -1, NOFILE_MAX);
  process->space = space_new(process);
  if (!process->space) return EXO_E_NONE;
  error = program_load(process, process->space, argv[0], argv);
  if (error >= 0 && strcmp(process->name, "init") != 0)
    memset(descriptors_of(process), file_console(process), 3);
  return error;
}
