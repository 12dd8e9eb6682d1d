// Process 1: the server loads it itself, from its own file system.
#include <image.h>
#include <string.h>
#include <world_server.h>

#define SEE_AT 0x4f000000u // two pages

static int
read_inode(void *context, uint32_t offset, void *to, unsigned count)
{
  return inode_read(context, offset, to, count);
}

// Its three first descriptors are the terminal; init opens them itself.
static void
open_terminal(struct process *process, struct unix_boot *boot)
{
  int console;

  memset(boot->file, -1, sizeof boot->file);
  if (strcmp(process->name, "init") == 0) return;
  console = file_console(process);
  for (int i = 0; i < 3; i++) boot->file[i] = (int8_t)console;
}

// Returns 0, or an error when there is no such program or it cannot be loaded.
EXO_API int
start_first(char *const argv[])
{
  struct process *process = process_new(0);
  struct inode *inode;
  struct image_start start;
  int error = EXO_E_NONE;

  first_process = process;
  process->directory = inode_get(ROOTINO);
  strncpy(process->name, image_name(argv[0]), sizeof process->name - 1);
  inode = path_find(process, argv[0]);
  if (!inode) return EXO_E_INVAL;
  process->space = space_new(process);
  if (process->space) {
    struct space *space = process->space;
    struct unix_boot boot = {.magic = WORLD_MAGIC,
                             .server = boot_page->environment,
                             .space = space_index(space),
                             .pid = (uint32_t)process->pid};
    struct exo_mapping given[] = {
        {WORLD_PAGE | EXO_RIGHT_READ, 0, SLOT_WORLD_PAGE},
        {WINDOW | EXO_RIGHT_READ | EXO_RIGHT_WRITE, 0, SLOT_WINDOW},
    };
    struct image_target target = {
        .environment = space->slot,
        .id = space->id,
        .see_at = SEE_AT,
        .given = given,
        .given_count = sizeof given / sizeof given[0],
        .trailer = &boot,
        .trailer_size = sizeof boot,
        .image = offsetof(struct unix_boot, image),
    };

    open_terminal(process, &boot);
    error = image_load(&target, read_inode, inode, argv[0], argv, &start);
    if (error >= 0) error = exo_env_start(space->slot, start.pc, start.argument);
  }
  inode_put(inode);
  return error;
}
