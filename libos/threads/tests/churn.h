// Shared by tests that are to be interrupted everywhere.
#ifndef CHURN_H
#define CHURN_H

// Keeps 27 registers busy for a while, and returns 0 when one of them changed. It is written down
// whole, since a compiler would want some of them for itself.
int churn(int rounds);
__asm__(
    "  .text\n"
    "churn:\n"
    "  addi sp, sp, -64\n"
    "  sw ra, 60(sp); sw s0, 56(sp); sw s1, 52(sp); sw s2, 48(sp); sw s3, 44(sp); sw s4, 40(sp)\n"
    "  sw s5, 36(sp); sw s6, 32(sp); sw s7, 28(sp); sw s8, 24(sp); sw s9, 20(sp); sw s10, 16(sp)\n"
    "  sw s11, 12(sp)\n"
    "1:\n"
    "  li ra, 0x1001; li t0, 0x1005; li t1, 0x1006; li t2, 0x1007; li s0, 0x1008\n"
    "  li s1, 0x1009; li a1, 0x100b; li a2, 0x100c; li a3, 0x100d; li a4, 0x100e\n"
    "  li a5, 0x100f; li a6, 0x1010; li a7, 0x1011; li s2, 0x1012; li s3, 0x1013\n"
    "  li s4, 0x1014; li s5, 0x1015; li s6, 0x1016; li s7, 0x1017; li s8, 0x1018\n"
    "  li s9, 0x1019; li s10, 0x101a; li s11, 0x101b; li t3, 0x101c; li t4, 0x101d\n"
    "  li t5, 0x101e; li t6, 0x101f\n"
    "  add ra, ra, t0; add ra, ra, t1; add ra, ra, t2; add ra, ra, s0; add ra, ra, s1\n"
    "  add ra, ra, a1; add ra, ra, a2; add ra, ra, a3; add ra, ra, a4; add ra, ra, a5\n"
    "  add ra, ra, a6; add ra, ra, a7; add ra, ra, s2; add ra, ra, s3; add ra, ra, s4\n"
    "  add ra, ra, s5; add ra, ra, s6; add ra, ra, s7; add ra, ra, s8; add ra, ra, s9\n"
    "  add ra, ra, s10; add ra, ra, s11; add ra, ra, t3; add ra, ra, t4; add ra, ra, t5\n"
    "  add ra, ra, t6\n"
    "  li t0, 0x1b1dd\n" // 27 * 0x1000 and the numbers of the registers
    "  bne ra, t0, 2f\n"
    "  addi a0, a0, -1\n"
    "  bnez a0, 1b\n"
    "2:\n"
    "  seqz a0, a0\n"
    "  lw ra, 60(sp); lw s0, 56(sp); lw s1, 52(sp); lw s2, 48(sp); lw s3, 44(sp); lw s4, 40(sp)\n"
    "  lw s5, 36(sp); lw s6, 32(sp); lw s7, 28(sp); lw s8, 24(sp); lw s9, 20(sp); lw s10, 16(sp)\n"
    "  lw s11, 12(sp)\n"
    "  addi sp, sp, 64\n"
    "  ret\n");

#endif
