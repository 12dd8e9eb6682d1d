// Loading an ELF file into another environment.
#include <image.h>
#include <string.h>
#include "elf.h"
#include "libos.h"

#define SEGMENTS   16
#define BOOT_PAGES 4

struct loader {
  const struct image_target *target;
  image_read *read;
  void *context;
  uint32_t next_slot;       // of the target
  unsigned guaranteed;      // mappings so far
  struct exo_mapping *list; // of the boot page, as far as it has grown
  unsigned count, most;
  uint32_t end;             // of the highest segment
};

// The program will find a page there.
EXO_API void
image_entered(const struct image_target *target, const struct exo_mapping *mapping)
{
  (void)target;
  (void)mapping;
}

static int
note(struct loader *loader, uint32_t page, uint32_t frame, uint32_t slot)
{
  if (loader->count == loader->most) return EXO_E_NONE;
  loader->list[loader->count].page = page;
  loader->list[loader->count].frame = frame;
  loader->list[loader->count].slot = slot;
  image_entered(loader->target, &loader->list[loader->count]);
  loader->count++;
  return 0;
}

// Has the target's page where we can write it, or ends that (slot EXO_ANY). The second of our two pages is for this.
static int
see(struct loader *loader, uint32_t address, uint32_t target_slot)
{
  int slot = slot_alloc(), error;

  if (slot < 0) return slot;
  error = exo_cap_derive(loader->target->environment, target_slot, 0, slot,
                         EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  if (error >= 0) error = pager_map(address, 0, slot, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  if (error >= 0) return slot;
  exo_cap_delete(0, slot);
  slot_free(slot);
  return error;
}

static void
unsee(uint32_t address, int slot)
{
  pager_unmap(address);
  exo_cap_delete(0, slot);
  slot_free(slot);
}

// Reads all of it or fails.
static int
read_whole(struct loader *loader, uint32_t offset, void *to, unsigned count)
{
  int got = loader->read(loader->context, offset, to, count);

  if (got < 0) return got;
  return (unsigned)got == count ? 0 : EXO_E_INVAL;
}

// Whether so many pages may be taken: a libOS that looks before it asks says no while some are left.
EXO_API int
image_may_take(unsigned pages)
{
  (void)pages;
  return 1;
}

// A page in a slot of the target's: its own, unless somebody else keeps pages for it. Returns its frame or an error.
EXO_API int
image_take_page(const struct image_target *target, exo_slot slot)
{
  if (!image_may_take(1)) return EXO_E_NONE;
  return exo_page_alloc(target->environment, EXO_SLOT_MEMORY, EXO_ANY, slot);
}

// A page of the target's own, with `count` bytes of the file at `offset` in it. Returns its frame or an error.
static int
load_page(struct loader *loader, uint32_t slot, uint32_t offset, unsigned count)
{
  uint32_t at = loader->target->see_at + EXO_PAGE_SIZE;
  int frame = image_take_page(loader->target, slot);
  int seen, error;

  if (frame < 0 || count == 0) return frame;
  seen = see(loader, at, slot);
  if (seen < 0) return seen;
  error = read_whole(loader, offset, (void *)at, count);
  unsee(at, seen);
  return error < 0 ? error : frame;
}

static exo_rights
rights_of(const struct elf_segment *segment)
{
  return (segment->flags & (ELF_R | ELF_W) ? EXO_RIGHT_READ : 0) |
         (segment->flags & ELF_W ? EXO_RIGHT_WRITE : 0) |
         (segment->flags & ELF_X ? EXO_RIGHT_EXECUTE : 0);
}

// Binds a page of the target's if it is resident, and notes it in the list of the boot page.
static int
enter(struct loader *loader, uint32_t page, uint32_t frame, uint32_t slot, exo_rights rights,
      int resident)
{
  int error;

  if (resident) {
    if (loader->guaranteed++ == EXO_MAX_GUARANTEED) return EXO_E_NONE;
    error = exo_bind_guaranteed(loader->target->environment, page, slot, rights);
    if (error < 0) return error;
    rights |= EXO_MAPPING_GUARANTEED;
  }
  return note(loader, page | rights, frame, slot);
}

static int
load_segment(struct loader *loader, const struct elf_segment *segment)
{
  exo_rights rights = rights_of(segment);

  if (segment->vaddr % EXO_PAGE_SIZE != 0 || segment->filesz > segment->memsz) return EXO_E_INVAL;
  if (segment->vaddr < loader->end || segment->memsz > HEAP_END - segment->vaddr)
    return EXO_E_INVAL;
  if (rights == 0) return EXO_E_INVAL;
  for (uint32_t at = 0; at < segment->memsz; at += EXO_PAGE_SIZE) {
    uint32_t left = at < segment->filesz ? segment->filesz - at : 0;
    uint32_t slot = loader->next_slot++;
    int frame, error;

    if (slot >= EXO_MAX_SLOTS) return EXO_E_NONE;
    frame = load_page(loader, slot, segment->offset + at,
                      left < EXO_PAGE_SIZE ? left : EXO_PAGE_SIZE);
    if (frame < 0) return frame;
    error = enter(loader, segment->vaddr + at, frame, slot, rights,
                  (segment->flags & IMAGE_RESIDENT) != 0);
    if (error < 0) return error;
    loader->end = segment->vaddr + at + EXO_PAGE_SIZE;
  }
  return 0;
}

// The build id, for debuggers: the first twenty bytes of the note of that kind, or zeros.
static void
read_build_id(struct loader *loader, const struct elf_segment *segment, uint32_t id[5])
{
  struct {
    uint32_t name_size, size, type;
    char name[4];
    uint32_t id[5];
  } note;

  if (segment->filesz < sizeof note) return;
  if (read_whole(loader, segment->offset, &note, sizeof note) < 0) return;
  if (note.type != ELF_BUILD_ID || note.name_size != 4 || memcmp(note.name, "GNU", 4) != 0) return;
  memcpy(id, note.id, sizeof note.id);
}

static int
is_executable(const struct elf_header *header)
{
  static const uint8_t wanted[] = {0x7f, 'E', 'L', 'F', 1, 1};

  return memcmp(header->ident, wanted, sizeof wanted) == 0 && header->type == ELF_EXECUTABLE &&
         header->machine == ELF_RISCV && header->phentsize == sizeof(struct elf_segment) &&
         header->phnum <= SEGMENTS;
}

// The bytes that the arguments take, and how many there are.
static unsigned
measure(char *const argv[], unsigned *argc)
{
  unsigned bytes = 0;

  for (*argc = 0; argv[*argc]; ++*argc) bytes += strlen(argv[*argc]) + 1;
  return bytes;
}

// Maps the boot pages of the target, whose contents are in our own pages from see_at + 4096 on, one after the other.
struct boot_writer {
  struct loader *loader;
  unsigned pages;
  int frame[BOOT_PAGES];
  uint32_t slot[BOOT_PAGES];
};

static int
write_boot(struct boot_writer *writer, uint32_t offset, const void *from, unsigned count)
{
  const char *bytes = from;

  while (count > 0) {
    unsigned page = offset / EXO_PAGE_SIZE, within = offset % EXO_PAGE_SIZE;
    unsigned now = EXO_PAGE_SIZE - within < count ? EXO_PAGE_SIZE - within : count;
    uint32_t at = writer->loader->target->see_at + EXO_PAGE_SIZE;
    int seen = see(writer->loader, at, writer->slot[page]);

    if (seen < 0) return seen;
    memcpy((char *)at + within, bytes, now);
    unsee(at, seen);
    offset += now;
    bytes += now;
    count -= now;
  }
  return 0;
}

// Makes the boot pages: the structure, the list of pages, the arguments, and the trailer at the very end.
static int
load_boot(struct loader *loader, const char *path, char *const argv[], uint32_t id[5],
          struct image_start *start)
{
  const struct image_target *target = loader->target;
  struct boot_writer writer = {.loader = loader};
  unsigned argc, strings = measure(argv, &argc), path_size = strlen(path) + 1;
  uint32_t list_at = sizeof(struct exo_boot), argv_at, strings_at, size, trailer_at;
  struct exo_boot boot = {.magic = EXO_BOOT_MAGIC, .version = EXO_ABI_VERSION};
  uint32_t address[IMAGE_ARGUMENTS + 1];
  char trailer[256];
  int error;

  if (argc > IMAGE_ARGUMENTS || target->trailer_size > sizeof trailer) return EXO_E_INVAL;
  argv_at = list_at + (loader->count + BOOT_PAGES) * sizeof(struct exo_mapping);
  strings_at = argv_at + (argc + 1) * 4;
  size = strings_at + strings + path_size + target->trailer_size + 4;
  writer.pages = (size + EXO_PAGE_SIZE - 1) / EXO_PAGE_SIZE;
  if (writer.pages > BOOT_PAGES) return EXO_E_INVAL;

  for (unsigned i = 0; i < writer.pages; i++) {
    writer.slot[i] = loader->next_slot++;
    if (writer.slot[i] >= EXO_MAX_SLOTS) return EXO_E_NONE;
    writer.frame[i] = image_take_page(target, writer.slot[i]);
    if (writer.frame[i] < 0) return writer.frame[i];
    error = enter(loader, EXO_BOOT_PAGE + i * EXO_PAGE_SIZE, writer.frame[i], writer.slot[i],
                  EXO_RIGHT_READ, 1);
    if (error < 0) return error;
  }

  boot.environment = target->id;
  boot.launcher = boot_page->environment;
  boot.tick = boot_page->tick;
  boot.slice_count = 1;
  boot.argument_count = argc;
  boot.arguments = EXO_BOOT_PAGE + argv_at;
  boot.mapping_count = loader->count;
  boot.mappings = EXO_BOOT_PAGE + list_at;
  boot.first_free_slot = loader->next_slot;
  boot.heap_start = loader->end;
  boot.stack_top = EXO_STACK_TOP;
  boot.boot_pages = writer.pages;
  error = write_boot(&writer, 0, &boot, sizeof boot);
  if (error >= 0)
    error = write_boot(&writer, list_at, loader->list, loader->count * sizeof(struct exo_mapping));
  for (unsigned i = 0; i < argc && error >= 0; i++) {
    unsigned length = strlen(argv[i]) + 1;

    address[i] = EXO_BOOT_PAGE + strings_at;
    error = write_boot(&writer, strings_at, argv[i], length);
    strings_at += length;
  }
  address[argc] = 0;
  if (error >= 0) error = write_boot(&writer, argv_at, address, (argc + 1) * 4);
  if (error >= 0) error = write_boot(&writer, strings_at, path, path_size);
  if (error < 0) return error;

  memcpy(trailer, target->trailer, target->trailer_size);
  if (target->image != 0) {
    struct exo_image *image = (struct exo_image *)(trailer + target->image);

    memcpy(image->build_id, id, sizeof image->build_id);
    image->base = 0;
    image->path = EXO_BOOT_PAGE + strings_at;
  }
  trailer_at = writer.pages * EXO_PAGE_SIZE - target->trailer_size;
  error = write_boot(&writer, trailer_at, trailer, target->trailer_size);
  start->argument = EXO_BOOT_PAGE;
  if (error >= 0 && target->image != 0)
    error = exo_env_publish(target->environment, EXO_BOOT_PAGE + trailer_at + target->image);
  return error;
}

static int
load(struct loader *loader, const char *path, char *const argv[], struct image_start *start)
{
  struct elf_header header;
  struct elf_segment segment;
  uint32_t id[5] = {0};
  int error = read_whole(loader, 0, &header, sizeof header);

  if (error < 0) return error;
  if (!is_executable(&header)) return EXO_E_INVAL;
  for (unsigned i = 0; i < loader->target->given_count; i++) {
    const struct exo_mapping *given = &loader->target->given[i];

    error = note(loader, given->page, given->frame, given->slot);
    if (error < 0) return error;
  }
  for (unsigned i = 0; i < header.phnum; i++) {
    error = read_whole(loader, header.phoff + i * sizeof segment, &segment, sizeof segment);
    if (error >= 0 && segment.type == ELF_LOAD && segment.memsz > 0)
      error = load_segment(loader, &segment);
    else if (error >= 0 && segment.type == ELF_NOTE)
      read_build_id(loader, &segment, id);
    if (error < 0) return error;
  }
  start->pc = header.entry;
  return load_boot(loader, path, argv, id, start);
}

EXO_API int
image_load(const struct image_target *target, image_read *read, void *context, const char *path,
           char *const argv[], struct image_start *start)
{
  struct loader loader = {.target = target, .read = read, .context = context};
  int error = pager_alloc(target->see_at, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  int slot;

  if (error < 0) return error;
  slot = PTE_SLOT(pager_lookup(target->see_at));
  loader.list = (struct exo_mapping *)target->see_at;
  loader.most = EXO_PAGE_SIZE / sizeof(struct exo_mapping);
  loader.next_slot = EXO_SLOT_FIRST_PAGE;
  error = load(&loader, path, argv, start);
  pager_unmap(target->see_at);
  exo_page_free(0, slot);
  slot_free(slot);
  return error;
}

EXO_API const char *
image_name(const char *path)
{
  const char *name = path;

  for (; *path; path++)
    if (*path == '/') name = path + 1;
  return name;
}
