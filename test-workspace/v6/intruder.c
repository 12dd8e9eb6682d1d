// A process that does not keep to its library: it makes kernel calls itself, with guessed slots and ids, and calls the world with
// garbage, to write the memory of another process, or the world's. It may read all that it wants of the kernel's records. Prints what
// it tried and how often it was refused; whom it attacks looks at its own memory at the end.
#include <libos.h>
#include <kernel/types.h>
#include <kernel/stat.h>
#include <kernel/world.h>
#include <user/user.h>

#define WORLD    ((const volatile struct world_page *)WORLD_PAGE)
#define AT       0x60000000u // where something might come into the address space
#define RECORDS  0x61000000u // where the kernel's records are looked at
#define GUESS    1000        // a slot that we have nothing in
#define R        EXO_RIGHT_READ
#define RW       (EXO_RIGHT_READ | EXO_RIGHT_WRITE)
#define BYTES    (4 * EXO_PAGE_SIZE)

static const char *what;
static int tries, refused;

static void
begin(const char *text)
{
  what = text;
  tries = refused = 0;
}

static void
attempt(int got)
{
  tries++;
  if (got < 0) refused++;
}

// Says how it went. Returns whether all was refused.
static int
report(void)
{
  printf("%s: %d tries, %s\n", what, tries, tries == refused ? "all refused" : "NOT ALL REFUSED"); //@step report
  return tries > 0 && tries == refused;
}

// ---- what the kernel tells everybody ----

static const volatile void *
record(uint32_t page)
{
  exo_bind_state(0, RECORDS, EXO_SLOT_STATE, page);
  return (const volatile void *)RECORDS;
}

// The id of the environment with an index; 0 when there is none that could be attacked.
static exo_env
other(uint32_t index)
{
  const volatile struct exo_state_header *header = record(0);
  uint32_t at = header->environments_at + index / 4;
  const volatile struct exo_state_environment *environment = record(at);

  environment += index % 4;
  if (environment->state == EXO_STATE_FREE || environment->state == EXO_STATE_DESTROYED) return 0;
  return environment->id == boot_page->environment || environment->parent == 0 ? 0 : environment->id;
}

// ---- the attacks ----

// A page that has an owner is not allocated again, by whatever name.
static int
take_pages(void)
{
  const volatile struct exo_state_header *header = record(0);
  uint32_t count = header->page_count, pages_at = header->pages_at;

  begin("to allocate every page that is somebody else's");
  for (uint32_t frame = 0; frame < count; frame++) {
    const volatile struct exo_state_page *page = record(pages_at + frame / 256);

    page += frame % 256;
    if ((page->state & 0xff) != EXO_PAGE_OWNED) continue;
    attempt(exo_page_alloc(0, EXO_SLOT_MEMORY, frame, GUESS));
  }
  return report();
}

// What we may read we may not write: the world's page, the program's text, a page that we share with our parent.
static int
write_what_is_read(void)
{
  static int never_written[2 * EXO_PAGE_SIZE / sizeof(int)] = {1};
  int text = pager_slot((void *)write_what_is_read);
  int shared = pager_slot(never_written + EXO_PAGE_SIZE / sizeof(int));

  begin("to write pages that we may read");
  attempt(exo_bind(0, AT, SLOT_WORLD_PAGE, RW));
  attempt(exo_bind(0, AT, (exo_slot)text, RW));
  attempt(exo_bind(0, AT, (exo_slot)shared, RW));
  attempt(exo_bind_guaranteed(0, AT, SLOT_WORLD_PAGE, RW));
  attempt(exo_cap_derive(0, SLOT_WORLD_PAGE, 0, GUESS, RW));
  attempt(exo_cap_derive(0, (exo_slot)text, 0, GUESS, RW));
  attempt(exo_cap_derive(0, (exo_slot)shared, 0, GUESS, RW));
  attempt(exo_page_free(0, SLOT_WORLD_PAGE));
  attempt(exo_page_free(0, SLOT_WINDOW));
  return report();
}

// Offers are for whom they were made to.
static int
accept_offers(void)
{
  begin("to accept what others hold, from every slot of theirs");
  for (uint32_t index = 0; index < 256; index++) {
    exo_env id = other(index);

    for (exo_slot slot = 0; id != 0 && slot < 256; slot++) attempt(exo_cap_accept(id, slot, GUESS));
  }
  return report();
}

// To act on behalf of another environment needs a capability for it, and each number means a slot of our own table.
static int
act_for_others(void)
{
  begin("to act on others, by every slot of ours and by their ids");
  for (exo_slot slot = 1; slot < EXO_MAX_SLOTS; slot++) {
    attempt(exo_env_set_entry(slot, EXO_ENTRY_TRANSFER, (uintptr_t)act_for_others));
    attempt(exo_bind(slot, AT, SLOT_WINDOW, RW));
    attempt(exo_page_alloc(slot, EXO_SLOT_MEMORY, EXO_ANY, GUESS));
    attempt(exo_env_start(slot, (uintptr_t)act_for_others, 0));
  }
  for (uint32_t index = 0; index < 256; index++) {
    exo_env id = other(index);

    if (id == 0) continue;
    attempt(exo_env_destroy(id));
    attempt(exo_env_set_entry(id, EXO_ENTRY_TRANSFER, (uintptr_t)act_for_others));
    attempt(exo_bind(id, AT, SLOT_WINDOW, RW));
  }
  return report();
}

// Who is not serving is not entered, and who serves is entered where it wants to be.
static int
enter_others(void)
{
  begin("to enter processes that serve nothing");
  for (uint32_t index = 0; index < 256; index++) {
    exo_env id = other(index);

    if (id == 0 || id == WORLD->server) continue;
    attempt(exo_transfer_sync(id, 1, 2, 3, 4, 5, 6));
    attempt(exo_transfer_async(id, 1, 2, 3, 4, 5, 6));
  }
  return report();
}

static int
use_devices(void)
{
  begin("to have what the world has: disk, console, environments, time");
  attempt(exo_extent_alloc(0, EXO_SLOT_DISK, 0, 8, GUESS));
  for (exo_slot slot = 0; slot < EXO_MAX_SLOTS; slot++) {
    attempt(exo_disk_write(slot, 0, 1, SLOT_WINDOW, 0, 1));
    attempt(exo_console_write(slot, 4, 0x21212121, 0, 0, 0, 0));
    attempt(exo_env_create(slot, GUESS));
    attempt(exo_slice_alloc(0, slot, EXO_ANY, GUESS));
    attempt(exo_quota_set(0, slot, 0));
  }
  return report();
}

// ---- the world ----

static int
ask(uint32_t number, uint32_t a, uint32_t b, uint32_t c)
{
  uint32_t words[RPC_WORDS] = {number, a, b, c, b, a, c, a};
  int status;

  while ((status = rpc_try(WORLD->server, words)) == EXO_E_BUSY) exo_yield(WORLD->server);
  return status;
}

static const uint32_t garbage[] = {0, 1, 100, 4096, 4097, 0x7fffffff, 0x80000000, 0xffffffff};
#define GARBAGE (sizeof garbage / sizeof *garbage)

// Open files are the world's, by numbers. A number alone opens nothing.
static int
use_open_files(void)
{
  begin("to use the open files of others, by their numbers");
  for (uint32_t n = 3; n < 300; n++) {
    uint32_t file = n < 290 ? n : garbage[n % GARBAGE] + 1000;

    if (ask(WORLD_FSTAT, file, 0, 0) >= 0) continue; // ours
    attempt(ask(WORLD_READ, file, 1, 0));
    attempt(ask(WORLD_WRITE, file, 1, 0));
    attempt(ask(WORLD_SEEK, file, 0, 0));
    attempt(ask(WORLD_CLOSE, file, 0, 0));
  }
  return report();
}

// Calls with a window full of what is no path, and numbers that are none.
static int
ask_for_nonsense(void)
{
  static const uint32_t calls[] = {WORLD_OPEN,  WORLD_LINK,  WORLD_UNLINK,    WORLD_MKDIR,    WORLD_MKNOD,
                                   WORLD_CHDIR, WORLD_CHMOD, WORLD_CHOWN,     WORLD_EXEC_DONE, WORLD_FORK_DONE,
                                   0,           WORLD_CALLS, WORLD_CALLS + 7, 0xffffffff,     WORLD_NEW_CANCEL};

  begin("to ask the world for nonsense");
  for (uint i = 0; i < sizeof calls / sizeof *calls; i++)
    for (uint j = 0; j < GARBAGE; j++) {
      memset((char *)WINDOW, j % 2 ? 'x' : '/', EXO_PAGE_SIZE); // no end in sight
      attempt(ask(calls[i], garbage[j], garbage[(j + 3) % GARBAGE], garbage[(j + 5) % GARBAGE]));
    }
  for (uint j = 1; j < GARBAGE; j++) attempt(ask(WORLD_SETUID, garbage[j] == 7 ? 8 : garbage[j], 0, 0));
  attempt(ask(WORLD_SETUID, 0, 0, 0));
  return report();
}

// Begins a child, and fills it with nothing: it starts where it has no memory. That is its own misfortune.
static int
make_monsters(void)
{
  int made = 0;

  for (uint i = 0; i < 5; i++) {
    uint32_t words[RPC_WORDS] = {WORLD_FORK_BEGIN};

    while (rpc_try(WORLD->server, words) == EXO_E_BUSY);
    made += ask(WORLD_FORK_DONE, 0x10000 + 2 * garbage[i], 0, 0) > 0;
  }
  printf("to make children without memory: %d made, and each ends by itself\n", made);
  for (int i = 0; i < made; i++) wait(0);
  return made == 5;
}

static int
attack(void)
{
  int good;

  for (int fd = 3; fd < NOFILE_MAX; fd++) close(fd); // what is still open is of others
  setuid(7); // 0 may everything in its world, though not more outside of it
  good = take_pages() & write_what_is_read() & accept_offers() & act_for_others() & enter_others() &
         use_devices() & use_open_files() & ask_for_nonsense() & make_monsters();
  return !good;
}

// ---- whom it attacks ----

static int
bystander(int ready, int go)
{
  char *memory = sbrk(BYTES), c = 'r';
  int changed = 0;

  for (int i = 0; i < BYTES; i++) memory[i] = (char)(i * 7 + i / 256);
  write(ready, &c, 1);
  read(go, &c, 1); // until the attack is over
  for (int i = 0; i < BYTES; i++) changed += memory[i] != (char)(i * 7 + i / 256);
  printf("bystander: %d of my %d bytes have changed\n", changed, BYTES);
  return changed != 0;
}

int
main(void)
{
  int ready[2], go[2], status, wrong = 0;
  char c;

  pipe(ready);
  pipe(go);
  if (fork() == 0) {
    close(go[1]);
    exit(bystander(ready[1], go[0]));
  }
  read(ready[0], &c, 1);
  if (fork() == 0) {
    close(go[1]);
    exit(attack());
  }
  wait(&status);
  wrong |= status;
  close(go[1]);
  wait(&status);
  wrong |= status;
  printf("%s\n", wrong ? "intruder: WRONG" : "NOTHING WAS WRITTEN");
  exit(wrong != 0);
}
