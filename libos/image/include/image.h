// Loading an ELF file into another environment, as the launcher does it for the first ones: pages in its own name, the boot page
// with the list of them, guaranteed mappings for what must be resident.
#ifndef IMAGE_H
#define IMAGE_H

#include <stddef.h>
#include <exo.h>

// Reads bytes of the file. Returns how many there were, or an error < 0.
typedef int image_read(void *context, uint32_t offset, void *to, unsigned count);

struct image_target {
  exo_slot environment; // its capability, with CONTROL
  exo_env id;
  uint32_t see_at;      // two unused pages of our own address space, where its pages are seen while they are filled
  // Pages that are there already and that the program is to know of.
  const struct exo_mapping *given;
  unsigned given_count;
  // What is put at the end of the boot pages. `image.path` in it is filled in, if `image` is its offset (0: there is none).
  const void *trailer;
  unsigned trailer_size;
  unsigned image;
};

struct image_start {
  uint32_t pc;
  uint32_t argument;
};

// Loads a program with its arguments (at most IMAGE_ARGUMENTS; `argv` ends with 0) and says where it starts. Returns 0 or an error;
// then some pages are in the environment, which is to be destroyed.
#define IMAGE_ARGUMENTS 64
int image_load(const struct image_target *target, image_read *read, void *context, const char *path,
               char *const argv[], struct image_start *start);

// The last part of a path, after which what runs it is called.
const char *image_name(const char *path);

// Asked before each page; a program may define it to refuse.
int image_may_take(unsigned pages);

// Where the pages come from, and who is told of each: whoever keeps pages and page tables of others defines these.
int image_take_page(const struct image_target *target, exo_slot slot);
void image_entered(const struct image_target *target, const struct exo_mapping *mapping);

// Of a segment in an ELF file: it is guaranteed to be there (exo.ld).
#define IMAGE_RESIDENT 0x00100000u

#endif
