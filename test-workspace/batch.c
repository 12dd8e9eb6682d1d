// Protects 32 pages from writing and finds out which were written: one call a page, or one call for
// all of them. A batch is checked as a whole first: it is done, or nothing of it is.
#include <stdio.h>
#include <libos.h>

#define REGION 0x50300000u
#define COUNT  32
#define R      EXO_RIGHT_READ
#define RW     (EXO_RIGHT_READ | EXO_RIGHT_WRITE)
#define LIST   0x50100000u
#define STATE  0x50200000u

static int slots[COUNT], list_slot;
static volatile const struct exo_state_environment *me;

static uint32_t
address_of(int page)
{
  return REGION + (uint32_t)page * EXO_PAGE_SIZE;
}

// The kernel's records say how often we called it. Binds the page in which ours is.
static void
show_my_record(void)
{
  volatile const struct exo_state_header *header = (void *)STATE;
  uint32_t index = boot_page->environment % EXO_MAX_ENVIRONMENTS;
  uint32_t page;

  exo_bind_state(0, STATE, EXO_SLOT_STATE, 0);
  page = header->environments_at + index * sizeof *me / EXO_PAGE_SIZE;
  exo_bind_state(0, STATE + EXO_PAGE_SIZE, EXO_SLOT_STATE, page); //@step record
  me = (void *)(STATE + EXO_PAGE_SIZE + index * sizeof *me % EXO_PAGE_SIZE);
}

static void
protect_singly(void)
{
  for (int i = 0; i < COUNT; i++) exo_bind(0, address_of(i), slots[i], R); //@step singly
}

// The list lies in a page for which we show a capability: the kernel follows no address of ours.
static int
protect_at_once(int last_slot, exo_rights rights)
{
  struct exo_binding *list = (struct exo_binding *)LIST;

  for (int i = 0; i < COUNT; i++) list[i] = (struct exo_binding){address_of(i) | rights, slots[i]};
  list[COUNT - 1].slot = last_slot;
  return exo_bind_batch(0, list_slot, 0, COUNT); //@step batch
}

// Takes the mark of writing from every page, and says which had it.
static int
written(void)
{
  int count = 0;

  for (int i = 0; i < COUNT; i++) count += exo_page_bits(0, slots[i], 1) & 1; //@step bits
  return count;
}

int
main(void)
{
  uint32_t before;
  int error;

  for (int i = 0; i < COUNT; i++) {
    if (pager_alloc(address_of(i), RW) < 0) return 1;
    slots[i] = (int)PTE_SLOT(pager_lookup(address_of(i)));
  }
  pager_alloc(LIST, RW);
  list_slot = (int)PTE_SLOT(pager_lookup(LIST));
  show_my_record();

  before = me->calls;
  protect_singly();
  printf("singly: %u kernel calls\n", me->calls - before);
  before = me->calls;
  protect_at_once(slots[COUNT - 1], RW);
  printf("in one batch: %u\n", me->calls - before);

  printf("written at first: %d\n", written());
  for (int i = 0; i < COUNT; i += 5) *(volatile int *)address_of(i) = i; //@step write
  printf("written since: %d\n", written());

  error = protect_at_once(EXO_MAX_SLOTS - 1, R); //@step bad
  printf("with one bad entry: %s", exo_error_name(error));
  *(volatile int *)address_of(0) = 1; // would fault if any of it had been done
  printf(", and the first page can still be written: %d\n", written());
  return 0;
}
