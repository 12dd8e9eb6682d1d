// What to say when a program did something that nobody can mend, and with which status it ends: 128
// + the signal that UNIX names for it, as a shell reports it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libos.h"

#define SIGNAL_ILLEGAL 4
#define SIGNAL_TRAP    5
#define SIGNAL_BUS     7
#define SIGNAL_SEGMENT 11

static EXO_RESIDENT_BSS int ending;

static const char *
access_name(exo_rights access)
{
  if (access == EXO_RIGHT_EXECUTE) return "jump";
  return access == EXO_RIGHT_WRITE ? "store" : "load";
}

// Why a page fault could not be mended.
static const char *
page_fault_reason(const struct upcall_frame *frame)
{
  uint32_t address = frame->value;
  uint32_t stack_end = boot_page->stack_top - STACK_BYTES;
  pte entry = pager_lookup(address);
  struct pager_region *region = pager_region_at(address);

  if (region && region->trouble) return region->trouble;
  if (address < EXO_PAGE_SIZE) return "a null pointer: nothing is mapped there";
  if (address < stack_end && address >= stack_end - GUARD_BYTES)
    return "the stack is full (stack overflow)";
  if (entry & PTE_VALID) return "the page there does not allow that";
  if (entry & PTE_LOST) return "the page there was taken by force, and what it held is lost";
  if (address >= stack_end && address < PAGE_OF(frame->sp) && frame->sp < boot_page->stack_top)
    return "it lies below the stack pointer, and the stack has not come there";
  if (address >= stack_end && address < boot_page->stack_top)
    return "no page is left for the stack";
  if (address >= boot_page->heap_start && address < (uint32_t)sbrk(0))
    return "no page is left for the heap";
  return "nothing is mapped there";
}

// Writes the message into a buffer, and returns the signal.
static int
explain(char *text, size_t size, const struct upcall_frame *frame)
{
  const char *name = program_name();
  uint32_t pc = frame->pc, value = frame->value;

  switch (frame->cause) {
  case EXO_CAUSE_INSTRUCTION_PAGE:
  case EXO_CAUSE_LOAD_PAGE:
  case EXO_CAUSE_STORE_PAGE:
    snprintf(text, size, "%s: page fault: a %s to 0x%08x at pc 0x%08x: %s\n", name,
             access_name(fault_access(frame)), value, pc, page_fault_reason(frame));
    return SIGNAL_SEGMENT;
  case EXO_CAUSE_ILLEGAL_INSTRUCTION:
    snprintf(text, size, "%s: illegal instruction 0x%08x at pc 0x%08x\n", name, value, pc);
    return SIGNAL_ILLEGAL;
  case EXO_CAUSE_BREAKPOINT:
    snprintf(text, size, "%s: ebreak at pc 0x%08x, and no debugger\n", name, pc);
    return SIGNAL_TRAP;
  default:
    snprintf(text, size, "%s: upcall with cause 0x%x, value 0x%08x at pc 0x%08x\n", name,
             frame->cause, value, pc);
    return SIGNAL_BUS;
  }
}

EXO_LAST_WORDS(fault_end);
EXO_LAST_WORDS(fault_end_bare);

static EXO_RESIDENT_DATA char telling_failed[] =
    "a fault that cannot be told: what would tell it is gone too\n";

// Ends the program with a resident text. Nothing else is touched here, since anything else may be
// gone.
EXO_API EXO_RESIDENT void
fault_end_bare(const char *text)
{
  while (*text) {
    volatile uint32_t bytes[EXO_MAX_CONSOLE_BYTES / 4]; // volatile: no call of memset is made of it
    uint32_t count = 0;

    for (int i = 0; i < EXO_MAX_CONSOLE_BYTES / 4; i++) bytes[i] = 0;
    for (; count < EXO_MAX_CONSOLE_BYTES && *text; count++)
      bytes[count / 4] |= (uint32_t)(uint8_t)*text++ << 8 * (count % 4);
    if (exo_console_write(EXO_SLOT_CONSOLE, count, bytes[0], bytes[1], bytes[2], bytes[3],
                          bytes[4]) < 0)
      break;
  }
  _exit(fault_status(SIGNAL_SEGMENT));
}

// The status with which a program ends that a signal of UNIX would have ended.
EXO_API EXO_RESIDENT int
fault_status(int signal)
{
  return 128 + signal;
}

// Says what happened and ends the program. Runs on the exception stack.
EXO_API EXO_RESIDENT void
fault_end(struct upcall_frame *frame)
{
  char text[200];
  int signal;

  if (ending++) fault_end_bare(telling_failed);
  signal = explain(text, sizeof text, frame);
  console_flush();
  console_write(text, strlen(text));
  _exit(fault_status(signal));
}
