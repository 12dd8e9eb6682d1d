// The default library operating system, as a program sees it.
//
// All of it is unprivileged code in the program's own address space, and every function is weak: a
// program that defines a function of the same name has replaced that part of its operating system.
#ifndef LIBOS_H
#define LIBOS_H

#include <stddef.h>
#include "exo.h"

// On the definition of every libOS function: a program's own definition wins.
#define EXO_API __attribute__((weak))

// In guaranteed memory: what must run, or be read, while anything else may have been evicted.
#define EXO_RESIDENT      __attribute__((section(".exo.text"), noinline))
#define EXO_RESIDENT_DATA __attribute__((section(".exo.data")))
#define EXO_RESIDENT_BSS  __attribute__((section(".exo.bss")))

// What a debugger should know of a function goes by name into a section that is not loaded.
#define EXO_TELL_DEBUGGER(section, function) \
  __asm__(".pushsection " section ",\"\",@progbits\n\t.asciz \"" #function "\"\n\t.popsection")

// Plumbing between two functions that a reader cares about: a step into passes through it to what
// it calls, and a step out passes through it to what called it. A breakpoint in it works as
// anywhere.
#define EXO_STEP_THROUGH(function) EXO_TELL_DEBUGGER(".exo_step_through", function)

// Where the library gives up and is about to end the program: a debugger stops there, and shows
// what led to it.
#define EXO_LAST_WORDS(function) EXO_TELL_DEBUGGER(".exo_last_words", function)

// A program that a user launches alone, though the part cannot do without others, is launched in a scenario of the part's: this is its
// path within the folder of the libOS.
#define EXO_LAUNCHED_IN(scenario) EXO_TELL_DEBUGGER(".exo_launched_in", scenario)

#define PAGE_OF(address) ((uint32_t)(address) & ~(EXO_PAGE_SIZE - 1u))

// ---- upcalls (upcall.S, upcall.c) ----

// What the upcall entry saves on the exception stack. The first 32 words are pc, x1..x31.
struct upcall_frame {
  uint32_t pc; // uepc: where the upcall goes back to
  uint32_t ra, sp, gp, tp, t0, t1, t2, s0, s1;
  uint32_t a0, a1, a2, a3, a4, a5, a6, a7;
  uint32_t s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6;
  uint32_t cause;             // ucause: an EXO_CAUSE_..., or EXO_INTERRUPT + an EXO_ENTRY_...
  uint32_t value;             // utval: the address that faulted, the caller's id, ...
  uint32_t status;            // ustatus to return with
  uint32_t scratch;           // uscratch to return with: the exception stack's top, 0 when nested
  struct upcall_frame *older; // the context saved before this one (slice.c)
  uint32_t unused[3];
#ifdef __riscv_flen
  double f[32]; // of a program that is built for F and D
  uint32_t fcsr, unused_too[3];
#endif
};

// Register x<n> of the interrupted code; x0 reads 0 and keeps nothing.
uint32_t frame_register(const struct upcall_frame *frame, int n);
void frame_set_register(struct upcall_frame *frame, int n, uint32_t value);

void upcall_entry(void); // assembly: where the kernel enters for every exception
void upcall_dispatch(struct upcall_frame *frame);

// One handler for each kind of upcall. Those that return int say whether the cause is mended
// (nonzero) or not (0: the program ends with a message). They run on the exception stack, with
// upcalls enabled.
int on_page_fault(struct upcall_frame *frame);
int on_misaligned(struct upcall_frame *frame);
int on_exception(struct upcall_frame *frame);
void on_revocation(struct upcall_frame *frame);
void on_repossession(struct upcall_frame *frame);
void on_console_input(struct upcall_frame *frame);
void on_transfer_async(struct upcall_frame *frame);
void on_interrupt(struct upcall_frame *frame);
void on_end_of_slice(struct upcall_frame *frame);
struct upcall_frame *on_begin_of_slice(struct upcall_frame *saved);

// Ends the program with a message about what it did and exit status 128 + the signal that UNIX
// would name.
__attribute__((noreturn)) void fault_end(struct upcall_frame *frame);

// The status for that: 128 + the signal.
int fault_status(int signal);

// The same with a text that is resident, when perhaps nothing else is there any more.
__attribute__((noreturn)) void fault_end_bare(const char *text);

// ---- memory (slots.c, page-table.c, pager.c, demand.c, regions.c) ----

// Capability slots: which of the environment's 1024 are in use is the libOS's to know.
int slot_alloc(void);
void slot_free(exo_slot slot);

// An entry of this libOS's page table, which only this libOS reads: the kernel has never heard of
// it.
//
//   31            15 14        5  4   3  2 1 0
//  +----------------+-----------+---+---+-----+
//  | physical page  |   slot    | G | V | XWR |
//  +----------------+-----------+---+---+-----+
typedef uint32_t pte;
#define PTE_READ              EXO_RIGHT_READ
#define PTE_WRITE             EXO_RIGHT_WRITE
#define PTE_EXECUTE           EXO_RIGHT_EXECUTE
#define PTE_RIGHTS            7u
#define PTE_VALID             8u
#define PTE_GUARANTEED        16u
#define PTE_LOST              16u // without V: a page that was here was taken, with what it held
#define PTE_SLOT(entry)       ((entry) >> 5 & 0x3ff)
#define PTE_FRAME(entry)      ((entry) >> 15)
#define PTE(frame, slot, low) ((uint32_t)(frame) << 15 | (uint32_t)(slot) << 5 | (low))

// Its format (page-table.c): six functions, and whoever defines these has another one.
pte pager_lookup(uint32_t address);
int pager_enter(uint32_t address, pte entry);
void pager_change(uint32_t address, pte entry);
int pager_next(uint32_t *place, uint32_t *address, pte *entry);
int pager_in_table(uint32_t address);
unsigned pager_table_pages(void);

// What is done with it, whatever the format (pager.c, demand.c).
void pager_start(const struct exo_boot *boot);
int pager_refill(uint32_t address, exo_rights access);
void pager_part(uint32_t pc, uint32_t address);
int pager_map(uint32_t address, uint32_t frame, exo_slot slot, exo_rights rights);
int pager_alloc(uint32_t address, exo_rights rights);
int pager_unmap(uint32_t address);
int pager_forget(exo_slot slot);
int pager_slot(const void *memory);
int pager_restrict(exo_slot slot);
int pager_demand(struct upcall_frame *frame);
int pager_await(struct upcall_frame *frame, int request, int (*finish)(void *page, int status),
                void *page);
exo_rights fault_access(const struct upcall_frame *frame);

// A region of the address space with functions of its own (regions.c): pager_demand, on_revocation
// and on_repossession ask it. What a function does not need it leaves 0.
struct pager_region {
  struct pager_region *next;
  uint32_t start, end; // of its pages
  // Mends a fault there as on_page_fault would.
  int (*fault)(struct pager_region *region, struct upcall_frame *frame);
  // Something was taken by force: any capability, of whatever kind (EXO_KIND_...); EXO_KIND_EMPTY
  // and no loss when that was all for now.
  void (*lost)(struct pager_region *region, int kind, const struct exo_repossession_next *loss);
  // Gives back up to so many pages, now. Returns how many.
  unsigned (*give)(struct pager_region *region, unsigned pages);
  const char *trouble; // why the last fault was not mended, or 0
};

extern struct pager_region *pager_regions;
struct pager_region *pager_region_at(uint32_t address);
void pager_region_add(struct pager_region *region);
void pager_region_remove(struct pager_region *region);
void pager_regions_lost(int kind, const struct exo_repossession_next *loss);
unsigned pager_regions_give(unsigned pages);

// The heap ends here at the latest: what is above is the program's to map as it likes, up to the
// page table's window.
#define HEAP_END           0x40000000u
#define PAGER_WINDOW       0x7f800000u
#define PAGER_WINDOW_BYTES 0x00400000u

// The stack may grow this far down from its top; below lies a region that nothing is ever put in.
#define STACK_BYTES (1024 * 1024)
#define GUARD_BYTES (64 * 1024)

void *sbrk(int bytes);

// Reads from where perhaps nothing is any more: a page that is another's and may be taken back at
// any moment. Addresses and count are multiples of 4. Returns 0, or EXO_E_CAP when the page is
// gone; what was copied by then stays.
int careful_copy(void *to, const volatile void *from, size_t bytes);
int careful_mend(struct upcall_frame *frame);

// ---- the clock (clock.c) ----

uint64_t steps_now(void); // how many steps the machine has made

// ---- time slices (slice.S, slice.c) ----

void exo_slices_enable(void);
void slice_suspend(struct upcall_frame *frame);
int slice_yield(exo_env target);
int slice_sleep(void);
int slice_sleep_until(exo_slot page, uint32_t offset, uint32_t count);
int slice_transfer(exo_env target);
void slice_enter_critical(void);
void slice_leave_critical(void);

// ---- procedure calls between environments (rpc.S, rpc.c) ----

#define RPC_WORDS 8
typedef int rpc_handler(exo_env client, uint32_t words[RPC_WORDS]);

void rpc_register(void);
int rpc_call(exo_env server, uint32_t words[RPC_WORDS]);
int rpc_try(exo_env server, uint32_t words[RPC_WORDS]);
__attribute__((noreturn)) void rpc_serve(rpc_handler *handler);

// ---- console, errors, end ----

void console_write(const char *bytes, size_t count);
void console_flush(void);
int console_wait(void);
int readline(char *buffer, int size);

const char *exo_error(int code);
const char *exo_error_name(int code);

// ---- the program ----

// What the launcher said at boot, and the name of the program.
extern const struct exo_boot *boot_page;
const char *program_name(void);
exo_env environment_id(void);

#endif
