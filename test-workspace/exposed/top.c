// Who has what, as the kernel itself knows it: these are its own records, bound to be read, and no
// copy. Once they are bound, looking at them takes no kernel call.
#include <stdio.h>
#include <libos.h>

#define STATE 0x50200000u // page n of the kernel's goes to the n-th page from here on

#define RECORDS(type, page) ((volatile const struct type *)(STATE + (page) * EXO_PAGE_SIZE))

static volatile const struct exo_state_header *const header = RECORDS(exo_state_header, 0);

// The kernel's pages are bound when they are looked at. The libOS's page table does not know them.
int
on_page_fault(struct upcall_frame *frame)
{
  uint32_t page = (frame->value - STATE) / EXO_PAGE_SIZE;

  if (frame->value < STATE || fault_access(frame) != EXO_RIGHT_READ) return pager_demand(frame);
  if (page > 1024) return pager_demand(frame);
  return exo_bind_state(0, PAGE_OF(frame->value), EXO_SLOT_STATE, page) == 0; //@step bind
}

struct row {
  exo_env id;
  unsigned pages, tables, guaranteed, slices, refusals;
};

// Copies what is of interest of everyone who lives. Returns how many they are.
static int
look(struct row rows[], int most)
{
  volatile const struct exo_state_environment *all =
      RECORDS(exo_state_environment, header->environments_at);
  int count = 0;

  for (int i = 1; i < EXO_MAX_ENVIRONMENTS && count < most; i++) {
    if (all[i].state == EXO_STATE_FREE || all[i].state == EXO_STATE_DESTROYED) continue;
    rows[count++] = (struct row){all[i].id,      all[i].pages,  all[i].kernel_pages,
                                 all[i].minimum, all[i].slices, all[i].refusals}; //@step look
  }
  return count;
}

// The same by another way: who is the owner of each page?
static unsigned
owned_by(exo_env id)
{
  volatile const struct exo_state_page *pages = RECORDS(exo_state_page, header->pages_at);
  unsigned count = 0;

  for (uint32_t page = 0; page < header->page_count; page++)
    count += (pages[page].state & 0xff) == EXO_PAGE_OWNED && pages[page].owner == id;
  return count;
}

int
main(void)
{
  uint32_t me = boot_page->environment % EXO_MAX_ENVIRONMENTS;
  struct row rows[8];
  uint32_t before;
  int count;

  look(rows, 8);                                                              // binds
  before = RECORDS(exo_state_environment, header->environments_at)[me].calls; //@step before
  count = look(rows, 8);
  printf("looking again took %u kernel calls\n",
         RECORDS(exo_state_environment, header->environments_at)[me].calls - before);
  printf("%u pages, %u free, %u at the lowest\n", header->page_count, header->free_count,
         header->free_low_water);
  printf("environment  pages  counted  tables  guaranteed  slices  refusals\n");
  for (int i = 0; i < count; i++)
    printf("%-11s  %5u  %7u  %6u  %10u  %6u  %8u\n",
           rows[i].id == boot_page->environment ? "this one"
           : rows[i].id == boot_page->launcher  ? "launcher"
                                                : "other",
           rows[i].pages, owned_by(rows[i].id), rows[i].tables, rows[i].guaranteed, rows[i].slices,
           rows[i].refusals); //@step print
  return 0;
}
