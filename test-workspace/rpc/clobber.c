// A calculator with an entry of its own, which forgets that s1 is its caller's. The kernel
// carries every register as it is: it neither saves nor checks. Who is harmed? Argument 1 is what it
// has in that register.
#include <stdio.h>
#include <stdlib.h>
#include <rpc.h>
#include "calculator.h"

// a1: what; a2, a3: the numbers. The answer goes back in a0.
static volatile uint32_t counter __attribute__((used)) = 0x777;

void careless(void);
__asm__(".section .exo.text,\"ax\",@progbits\n"
        "  .balign 4\n"
        "  .globl careless\n"
        "careless:\n"
        "  add a0, a2, a3\n"
        "  la s1, counter\n" // which it counts in
        "  lw s1, 0(s1)\n"
        "  csrr t6, 0x43\n" // utval: who called
        "  li a7, 0x40\n"   // transfer_sync: the reply
        "  ecall\n"
        "1: li a7, 0x34\n" // rest
        "  ecall\n"
        "  j 1b\n");

int
main(int argc, char **argv)
{
  if (argc > 1) counter = strtoul(argv[1], 0, 0);
  while (names_register(NAME) == EXO_E_NONE) slice_yield(0);
  exo_env_set_entry(0, EXO_ENTRY_TRANSFER, (uintptr_t)careless); //@step entry
  exo_rest();
}
