// Calls the careless calculator, and looks what became of a value that a register kept meanwhile.
// Argument 1: trusting or distrusting.
#include <stdio.h>
#include <string.h>
#include <rpc.h>
#include "calculator.h"

typedef int stub(exo_env, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t);

// Adds 2 and 3 by a stub while s1 holds a value, as it does in code that a compiler made where a loop
// counts calls. Returns what s1 holds afterwards and, in the upper word, the stub's answer.
uint64_t keep_while_calling(stub *call, exo_env server, uint32_t value);
__asm__(".text\n"
        "keep_while_calling:\n"
        "  addi sp, sp, -16\n"
        "  sw ra, 12(sp)\n"
        "  sw s1, 8(sp)\n"
        "  mv s1, a2\n"
        "  mv t0, a0\n"
        "  mv a0, a1\n"
        "  li a1, 1\n" // ADD
        "  li a2, 2\n"
        "  li a3, 3\n"
        "  jalr t0\n"
        "  mv a1, a0\n"
        "  mv a0, s1\n"
        "  lw ra, 12(sp)\n"
        "  lw s1, 8(sp)\n"
        "  addi sp, sp, 16\n"
        "  ret\n");

int
main(int argc, char **argv)
{
  exo_env server = (exo_env)names_wait(NAME);
  int trusts = argc > 1 && strcmp(argv[1], "trusting") == 0;
  uint64_t result;

  do
    result = keep_while_calling(trusts ? rpc_trusting : rpc_distrusting, server, 0x1234); //@step call
  while (rpc_early(server, (int)(result >> 32)));
  printf("%s: s1 was 0x1234, now it is 0x%x\n", program_name(), (uint32_t)result); //@step print
  return 0;
}
