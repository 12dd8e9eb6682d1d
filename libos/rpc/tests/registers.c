// What does C find in its registers after a call? Arguments: the server's id; trusting or distrusting;
// how often.
#include "check.h"

typedef int caller(exo_env, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t);

// Calls with s1..s11 and tp full of what a seed makes; returns which of them, sp, gp and s0 differ after.
uint32_t call_with_patterns(caller *call, exo_env server, uint32_t seed, int *status);

__asm__(".text\n"
        "call_with_patterns:\n"
        "  addi sp, sp, -80\n"
        "  sw ra, 76(sp)\n"
        "  sw s0, 72(sp)\n"
        "  sw s1, 68(sp)\n"
        "  sw s2, 64(sp)\n"
        "  sw s3, 60(sp)\n"
        "  sw s4, 56(sp)\n"
        "  sw s5, 52(sp)\n"
        "  sw s6, 48(sp)\n"
        "  sw s7, 44(sp)\n"
        "  sw s8, 40(sp)\n"
        "  sw s9, 36(sp)\n"
        "  sw s10, 32(sp)\n"
        "  sw s11, 28(sp)\n"
        "  sw a2, 24(sp)\n"
        "  sw a3, 20(sp)\n"
        "  sw gp, 16(sp)\n"
        "  la t0, kept_sp\n"
        "  sw sp, 0(t0)\n"
        "  mv t1, a0\n"
        "  mv a0, a1\n"
        "  mv s0, a2\n"
        "  addi s1, s0, 1\n"
        "  addi s2, s0, 2\n"
        "  addi s3, s0, 3\n"
        "  addi s4, s0, 4\n"
        "  addi s5, s0, 5\n"
        "  addi s6, s0, 6\n"
        "  addi s7, s0, 7\n"
        "  addi s8, s0, 8\n"
        "  addi s9, s0, 9\n"
        "  addi s10, s0, 10\n"
        "  addi s11, s0, 11\n"
        "  addi tp, s0, 12\n"
        "  li a1, 1\n"
        "  li a2, 2\n"
        "  li a3, 3\n"
        "  li a4, 4\n"
        "  li a5, 5\n"
        "  li a6, 6\n"
        "  jalr t1\n"
        "  mv t2, sp\n"
        "  la t0, kept_sp\n"
        "  lw sp, 0(t0)\n"
        "  lw t1, 20(sp)\n"
        "  sw a0, 0(t1)\n"
        "  sub t2, t2, sp\n"
        "  lw t3, 16(sp)\n"
        "  sub t3, t3, gp\n"
        "  or a0, t2, t3\n"
        "  lw t0, 24(sp)\n"
        "  .macro differs r n\n"
        "  addi t1, t0, \\n\n"
        "  sub t1, t1, \\r\n"
        "  or a0, a0, t1\n"
        "  .endm\n"
        "  differs s0 0\n"
        "  differs s1 1\n"
        "  differs s2 2\n"
        "  differs s3 3\n"
        "  differs s4 4\n"
        "  differs s5 5\n"
        "  differs s6 6\n"
        "  differs s7 7\n"
        "  differs s8 8\n"
        "  differs s9 9\n"
        "  differs s10 10\n"
        "  differs s11 11\n"
        "  differs tp 12\n"
        "  .option push\n"
        "  .option norelax\n"
        "  la gp, __global_pointer$\n"
        "  .option pop\n"
        "  li tp, 0\n"
        "  lw ra, 76(sp)\n"
        "  lw s0, 72(sp)\n"
        "  lw s1, 68(sp)\n"
        "  lw s2, 64(sp)\n"
        "  lw s3, 60(sp)\n"
        "  lw s4, 56(sp)\n"
        "  lw s5, 52(sp)\n"
        "  lw s6, 48(sp)\n"
        "  lw s7, 44(sp)\n"
        "  lw s8, 40(sp)\n"
        "  lw s9, 36(sp)\n"
        "  lw s10, 32(sp)\n"
        "  lw s11, 28(sp)\n"
        "  addi sp, sp, 80\n"
        "  ret\n"
        ".data\n"
        "kept_sp: .word 0\n"
        ".text\n");

int
main(int argc, char **argv)
{
  exo_env server = (exo_env)atoi(argv[1]);
  caller *how = argument_is(argc, argv, 2, "trusting") ? rpc_trusting : rpc_distrusting;
  int count = argc > 3 ? atoi(argv[3]) : 20, status, changed, odd = 0;

  for (int i = 0; i < count; i++) {
    do
      changed = call_with_patterns(how, server, random_word(), &status) != 0;
    while (rpc_early(server, status));
    odd += changed;
  }
  printf("%s: %d of %d calls changed registers\n", program_name(), odd, count);
  return failures;
}
