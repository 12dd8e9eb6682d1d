/**
 * One table, long since it has every instruction. How each is written as bits: assembly, bits, and the operands in decimal; of a compressed one the operands of the instruction that
 * it expands to. Each operand is there with alternating bits, with the opposite ones, and at an end of its range. Targets are those of
 * an instruction at 0x10000.
 *
 * The bits were put together from the manual's listings (Unpriv ch. 24, Table 24.2; §16.8, Tables 16.5 to 16.7; §8.2, §8.4; Bitmanip 1.0, ch. 2; N 1.1),
 * and LLVM's assembler gives the same; it takes no rounding mode for conversions that are exact.
 */
export const ENCODINGS = `
lui ra, 0x55555              | 555550b7 | rd=1 imm=1431654400
lui t5, 0xaaaaa              | aaaaaf37 | rd=30 imm=-1431658496
lui zero, 0x80000            | 80000037 | rd=0 imm=-2147483648
auipc ra, 0x55555            | 55555097 | rd=1 imm=1431654400
auipc t5, 0xaaaaa            | aaaaaf17 | rd=30 imm=-1431658496
auipc zero, 0x80000          | 80000017 | rd=0 imm=-2147483648
jal ra, 0x65554              | 554550ef | rd=1 imm=349524
jal t5, 0xfffbaaaa           | aabaaf6f | rd=30 imm=-349526
jal zero, 0xfff10000         | 8000006f | rd=0 imm=-1048576
jalr ra, 1365(t5)            | 555f00e7 | rd=1 rs1=30 imm=1365
jalr t5, -1366(ra)           | aaa08f67 | rd=30 rs1=1 imm=-1366
jalr zero, -2048(t6)         | 800f8067 | rd=0 rs1=31 imm=-2048
beq t5, ra, 0x10aaa          | 2a1f05e3 | rs1=30 rs2=1 imm=2730
beq ra, t5, 0xf554           | d5e08a63 | rs1=1 rs2=30 imm=-2732
beq t6, zero, 0xf000         | 800f8063 | rs1=31 rs2=0 imm=-4096
bne t5, ra, 0x10aaa          | 2a1f15e3 | rs1=30 rs2=1 imm=2730
bne ra, t5, 0xf554           | d5e09a63 | rs1=1 rs2=30 imm=-2732
bne t6, zero, 0xf000         | 800f9063 | rs1=31 rs2=0 imm=-4096
blt t5, ra, 0x10aaa          | 2a1f45e3 | rs1=30 rs2=1 imm=2730
blt ra, t5, 0xf554           | d5e0ca63 | rs1=1 rs2=30 imm=-2732
blt t6, zero, 0xf000         | 800fc063 | rs1=31 rs2=0 imm=-4096
bge t5, ra, 0x10aaa          | 2a1f55e3 | rs1=30 rs2=1 imm=2730
bge ra, t5, 0xf554           | d5e0da63 | rs1=1 rs2=30 imm=-2732
bge t6, zero, 0xf000         | 800fd063 | rs1=31 rs2=0 imm=-4096
bltu t5, ra, 0x10aaa         | 2a1f65e3 | rs1=30 rs2=1 imm=2730
bltu ra, t5, 0xf554          | d5e0ea63 | rs1=1 rs2=30 imm=-2732
bltu t6, zero, 0xf000        | 800fe063 | rs1=31 rs2=0 imm=-4096
bgeu t5, ra, 0x10aaa         | 2a1f75e3 | rs1=30 rs2=1 imm=2730
bgeu ra, t5, 0xf554          | d5e0fa63 | rs1=1 rs2=30 imm=-2732
bgeu t6, zero, 0xf000        | 800ff063 | rs1=31 rs2=0 imm=-4096
lb ra, 1365(t5)              | 555f0083 | rd=1 rs1=30 imm=1365
lb t5, -1366(ra)             | aaa08f03 | rd=30 rs1=1 imm=-1366
lb zero, -2048(t6)           | 800f8003 | rd=0 rs1=31 imm=-2048
lh ra, 1365(t5)              | 555f1083 | rd=1 rs1=30 imm=1365
lh t5, -1366(ra)             | aaa09f03 | rd=30 rs1=1 imm=-1366
lh zero, -2048(t6)           | 800f9003 | rd=0 rs1=31 imm=-2048
lw ra, 1365(t5)              | 555f2083 | rd=1 rs1=30 imm=1365
lw t5, -1366(ra)             | aaa0af03 | rd=30 rs1=1 imm=-1366
lw zero, -2048(t6)           | 800fa003 | rd=0 rs1=31 imm=-2048
lbu ra, 1365(t5)             | 555f4083 | rd=1 rs1=30 imm=1365
lbu t5, -1366(ra)            | aaa0cf03 | rd=30 rs1=1 imm=-1366
lbu zero, -2048(t6)          | 800fc003 | rd=0 rs1=31 imm=-2048
lhu ra, 1365(t5)             | 555f5083 | rd=1 rs1=30 imm=1365
lhu t5, -1366(ra)            | aaa0df03 | rd=30 rs1=1 imm=-1366
lhu zero, -2048(t6)          | 800fd003 | rd=0 rs1=31 imm=-2048
sb ra, 1365(t5)              | 541f0aa3 | rs1=30 rs2=1 imm=1365
sb t5, -1366(ra)             | abe08523 | rs1=1 rs2=30 imm=-1366
sb zero, -2048(t6)           | 800f8023 | rs1=31 rs2=0 imm=-2048
sh ra, 1365(t5)              | 541f1aa3 | rs1=30 rs2=1 imm=1365
sh t5, -1366(ra)             | abe09523 | rs1=1 rs2=30 imm=-1366
sh zero, -2048(t6)           | 800f9023 | rs1=31 rs2=0 imm=-2048
sw ra, 1365(t5)              | 541f2aa3 | rs1=30 rs2=1 imm=1365
sw t5, -1366(ra)             | abe0a523 | rs1=1 rs2=30 imm=-1366
sw zero, -2048(t6)           | 800fa023 | rs1=31 rs2=0 imm=-2048
addi ra, t5, 1365            | 555f0093 | rd=1 rs1=30 imm=1365
addi t5, ra, -1366           | aaa08f13 | rd=30 rs1=1 imm=-1366
addi zero, t6, -2048         | 800f8013 | rd=0 rs1=31 imm=-2048
slti ra, t5, 1365            | 555f2093 | rd=1 rs1=30 imm=1365
slti t5, ra, -1366           | aaa0af13 | rd=30 rs1=1 imm=-1366
slti zero, t6, -2048         | 800fa013 | rd=0 rs1=31 imm=-2048
sltiu ra, t5, 1365           | 555f3093 | rd=1 rs1=30 imm=1365
sltiu t5, ra, -1366          | aaa0bf13 | rd=30 rs1=1 imm=-1366
sltiu zero, t6, -2048        | 800fb013 | rd=0 rs1=31 imm=-2048
xori ra, t5, 1365            | 555f4093 | rd=1 rs1=30 imm=1365
xori t5, ra, -1366           | aaa0cf13 | rd=30 rs1=1 imm=-1366
xori zero, t6, -2048         | 800fc013 | rd=0 rs1=31 imm=-2048
ori ra, t5, 1365             | 555f6093 | rd=1 rs1=30 imm=1365
ori t5, ra, -1366            | aaa0ef13 | rd=30 rs1=1 imm=-1366
ori zero, t6, -2048          | 800fe013 | rd=0 rs1=31 imm=-2048
andi ra, t5, 1365            | 555f7093 | rd=1 rs1=30 imm=1365
andi t5, ra, -1366           | aaa0ff13 | rd=30 rs1=1 imm=-1366
andi zero, t6, -2048         | 800ff013 | rd=0 rs1=31 imm=-2048
slli ra, t5, 21              | 015f1093 | rd=1 rs1=30 imm=21
slli t5, ra, 10              | 00a09f13 | rd=30 rs1=1 imm=10
slli zero, t6, 31            | 01ff9013 | rd=0 rs1=31 imm=31
srli ra, t5, 21              | 015f5093 | rd=1 rs1=30 imm=21
srli t5, ra, 10              | 00a0df13 | rd=30 rs1=1 imm=10
srli zero, t6, 31            | 01ffd013 | rd=0 rs1=31 imm=31
srai ra, t5, 21              | 415f5093 | rd=1 rs1=30 imm=21
srai t5, ra, 10              | 40a0df13 | rd=30 rs1=1 imm=10
srai zero, t6, 31            | 41ffd013 | rd=0 rs1=31 imm=31
add ra, t5, s5               | 015f00b3 | rd=1 rs1=30 rs2=21
add t5, ra, a0               | 00a08f33 | rd=30 rs1=1 rs2=10
add zero, t6, t6             | 01ff8033 | rd=0 rs1=31 rs2=31
sub ra, t5, s5               | 415f00b3 | rd=1 rs1=30 rs2=21
sub t5, ra, a0               | 40a08f33 | rd=30 rs1=1 rs2=10
sub zero, t6, t6             | 41ff8033 | rd=0 rs1=31 rs2=31
sll ra, t5, s5               | 015f10b3 | rd=1 rs1=30 rs2=21
sll t5, ra, a0               | 00a09f33 | rd=30 rs1=1 rs2=10
sll zero, t6, t6             | 01ff9033 | rd=0 rs1=31 rs2=31
slt ra, t5, s5               | 015f20b3 | rd=1 rs1=30 rs2=21
slt t5, ra, a0               | 00a0af33 | rd=30 rs1=1 rs2=10
slt zero, t6, t6             | 01ffa033 | rd=0 rs1=31 rs2=31
sltu ra, t5, s5              | 015f30b3 | rd=1 rs1=30 rs2=21
sltu t5, ra, a0              | 00a0bf33 | rd=30 rs1=1 rs2=10
sltu zero, t6, t6            | 01ffb033 | rd=0 rs1=31 rs2=31
xor ra, t5, s5               | 015f40b3 | rd=1 rs1=30 rs2=21
xor t5, ra, a0               | 00a0cf33 | rd=30 rs1=1 rs2=10
xor zero, t6, t6             | 01ffc033 | rd=0 rs1=31 rs2=31
srl ra, t5, s5               | 015f50b3 | rd=1 rs1=30 rs2=21
srl t5, ra, a0               | 00a0df33 | rd=30 rs1=1 rs2=10
srl zero, t6, t6             | 01ffd033 | rd=0 rs1=31 rs2=31
sra ra, t5, s5               | 415f50b3 | rd=1 rs1=30 rs2=21
sra t5, ra, a0               | 40a0df33 | rd=30 rs1=1 rs2=10
sra zero, t6, t6             | 41ffd033 | rd=0 rs1=31 rs2=31
or ra, t5, s5                | 015f60b3 | rd=1 rs1=30 rs2=21
or t5, ra, a0                | 00a0ef33 | rd=30 rs1=1 rs2=10
or zero, t6, t6              | 01ffe033 | rd=0 rs1=31 rs2=31
and ra, t5, s5               | 015f70b3 | rd=1 rs1=30 rs2=21
and t5, ra, a0               | 00a0ff33 | rd=30 rs1=1 rs2=10
and zero, t6, t6             | 01fff033 | rd=0 rs1=31 rs2=31
fence iorw, iorw             | 0ff0000f | imm=255
fence rw, w                  | 0310000f | imm=49
fence i, o                   | 0840000f | imm=132
fence.i                      | 0000100f |
ecall                        | 00000073 |
ebreak                       | 00100073 |
uret                         | 00200073 |
mul ra, t5, s5               | 035f00b3 | rd=1 rs1=30 rs2=21
mul t5, ra, a0               | 02a08f33 | rd=30 rs1=1 rs2=10
mul zero, t6, t6             | 03ff8033 | rd=0 rs1=31 rs2=31
mulh ra, t5, s5              | 035f10b3 | rd=1 rs1=30 rs2=21
mulh t5, ra, a0              | 02a09f33 | rd=30 rs1=1 rs2=10
mulh zero, t6, t6            | 03ff9033 | rd=0 rs1=31 rs2=31
mulhsu ra, t5, s5            | 035f20b3 | rd=1 rs1=30 rs2=21
mulhsu t5, ra, a0            | 02a0af33 | rd=30 rs1=1 rs2=10
mulhsu zero, t6, t6          | 03ffa033 | rd=0 rs1=31 rs2=31
mulhu ra, t5, s5             | 035f30b3 | rd=1 rs1=30 rs2=21
mulhu t5, ra, a0             | 02a0bf33 | rd=30 rs1=1 rs2=10
mulhu zero, t6, t6           | 03ffb033 | rd=0 rs1=31 rs2=31
div ra, t5, s5               | 035f40b3 | rd=1 rs1=30 rs2=21
div t5, ra, a0               | 02a0cf33 | rd=30 rs1=1 rs2=10
div zero, t6, t6             | 03ffc033 | rd=0 rs1=31 rs2=31
divu ra, t5, s5              | 035f50b3 | rd=1 rs1=30 rs2=21
divu t5, ra, a0              | 02a0df33 | rd=30 rs1=1 rs2=10
divu zero, t6, t6            | 03ffd033 | rd=0 rs1=31 rs2=31
rem ra, t5, s5               | 035f60b3 | rd=1 rs1=30 rs2=21
rem t5, ra, a0               | 02a0ef33 | rd=30 rs1=1 rs2=10
rem zero, t6, t6             | 03ffe033 | rd=0 rs1=31 rs2=31
remu ra, t5, s5              | 035f70b3 | rd=1 rs1=30 rs2=21
remu t5, ra, a0              | 02a0ff33 | rd=30 rs1=1 rs2=10
remu zero, t6, t6            | 03fff033 | rd=0 rs1=31 rs2=31
lr.w ra, (t5)                | 100f20af | rd=1 rs1=30 imm=0
lr.w.rl t5, (ra)             | 1200af2f | rd=30 rs1=1 imm=1
lr.w.aq zero, (t6)           | 140fa02f | rd=0 rs1=31 imm=2
lr.w.aqrl ra, (t5)           | 160f20af | rd=1 rs1=30 imm=3
sc.w ra, s5, (t5)            | 195f20af | rd=1 rs1=30 rs2=21 imm=0
sc.w.rl t5, a0, (ra)         | 1aa0af2f | rd=30 rs1=1 rs2=10 imm=1
sc.w.aq zero, t6, (t6)       | 1dffa02f | rd=0 rs1=31 rs2=31 imm=2
sc.w.aqrl ra, s5, (t5)       | 1f5f20af | rd=1 rs1=30 rs2=21 imm=3
amoswap.w ra, s5, (t5)       | 095f20af | rd=1 rs1=30 rs2=21 imm=0
amoswap.w.rl t5, a0, (ra)    | 0aa0af2f | rd=30 rs1=1 rs2=10 imm=1
amoswap.w.aq zero, t6, (t6)  | 0dffa02f | rd=0 rs1=31 rs2=31 imm=2
amoswap.w.aqrl ra, s5, (t5)  | 0f5f20af | rd=1 rs1=30 rs2=21 imm=3
amoadd.w ra, s5, (t5)        | 015f20af | rd=1 rs1=30 rs2=21 imm=0
amoadd.w.rl t5, a0, (ra)     | 02a0af2f | rd=30 rs1=1 rs2=10 imm=1
amoadd.w.aq zero, t6, (t6)   | 05ffa02f | rd=0 rs1=31 rs2=31 imm=2
amoadd.w.aqrl ra, s5, (t5)   | 075f20af | rd=1 rs1=30 rs2=21 imm=3
amoxor.w ra, s5, (t5)        | 215f20af | rd=1 rs1=30 rs2=21 imm=0
amoxor.w.rl t5, a0, (ra)     | 22a0af2f | rd=30 rs1=1 rs2=10 imm=1
amoxor.w.aq zero, t6, (t6)   | 25ffa02f | rd=0 rs1=31 rs2=31 imm=2
amoxor.w.aqrl ra, s5, (t5)   | 275f20af | rd=1 rs1=30 rs2=21 imm=3
amoand.w ra, s5, (t5)        | 615f20af | rd=1 rs1=30 rs2=21 imm=0
amoand.w.rl t5, a0, (ra)     | 62a0af2f | rd=30 rs1=1 rs2=10 imm=1
amoand.w.aq zero, t6, (t6)   | 65ffa02f | rd=0 rs1=31 rs2=31 imm=2
amoand.w.aqrl ra, s5, (t5)   | 675f20af | rd=1 rs1=30 rs2=21 imm=3
amoor.w ra, s5, (t5)         | 415f20af | rd=1 rs1=30 rs2=21 imm=0
amoor.w.rl t5, a0, (ra)      | 42a0af2f | rd=30 rs1=1 rs2=10 imm=1
amoor.w.aq zero, t6, (t6)    | 45ffa02f | rd=0 rs1=31 rs2=31 imm=2
amoor.w.aqrl ra, s5, (t5)    | 475f20af | rd=1 rs1=30 rs2=21 imm=3
amomin.w ra, s5, (t5)        | 815f20af | rd=1 rs1=30 rs2=21 imm=0
amomin.w.rl t5, a0, (ra)     | 82a0af2f | rd=30 rs1=1 rs2=10 imm=1
amomin.w.aq zero, t6, (t6)   | 85ffa02f | rd=0 rs1=31 rs2=31 imm=2
amomin.w.aqrl ra, s5, (t5)   | 875f20af | rd=1 rs1=30 rs2=21 imm=3
amomax.w ra, s5, (t5)        | a15f20af | rd=1 rs1=30 rs2=21 imm=0
amomax.w.rl t5, a0, (ra)     | a2a0af2f | rd=30 rs1=1 rs2=10 imm=1
amomax.w.aq zero, t6, (t6)   | a5ffa02f | rd=0 rs1=31 rs2=31 imm=2
amomax.w.aqrl ra, s5, (t5)   | a75f20af | rd=1 rs1=30 rs2=21 imm=3
amominu.w ra, s5, (t5)       | c15f20af | rd=1 rs1=30 rs2=21 imm=0
amominu.w.rl t5, a0, (ra)    | c2a0af2f | rd=30 rs1=1 rs2=10 imm=1
amominu.w.aq zero, t6, (t6)  | c5ffa02f | rd=0 rs1=31 rs2=31 imm=2
amominu.w.aqrl ra, s5, (t5)  | c75f20af | rd=1 rs1=30 rs2=21 imm=3
amomaxu.w ra, s5, (t5)       | e15f20af | rd=1 rs1=30 rs2=21 imm=0
amomaxu.w.rl t5, a0, (ra)    | e2a0af2f | rd=30 rs1=1 rs2=10 imm=1
amomaxu.w.aq zero, t6, (t6)  | e5ffa02f | rd=0 rs1=31 rs2=31 imm=2
amomaxu.w.aqrl ra, s5, (t5)  | e75f20af | rd=1 rs1=30 rs2=21 imm=3
flw ft1, 1365(t5)            | 555f2087 | rd=1 rs1=30 imm=1365
flw ft10, -1366(ra)          | aaa0af07 | rd=30 rs1=1 imm=-1366
flw ft0, -2048(t6)           | 800fa007 | rd=0 rs1=31 imm=-2048
fsw ft1, 1365(t5)            | 541f2aa7 | rs1=30 rs2=1 imm=1365
fsw ft10, -1366(ra)          | abe0a527 | rs1=1 rs2=30 imm=-1366
fsw ft0, -2048(t6)           | 800fa027 | rs1=31 rs2=0 imm=-2048
fmadd.s ft1, ft10, fs5, fa0  | 515f70c3 | rd=1 rs1=30 rs2=21 imm=87
fmadd.s ft10, ft1, fa0, fs5, rtz | a8a09f43 | rd=30 rs1=1 rs2=10 imm=169
fmadd.s ft0, ft11, ft11, ft11, rmm | f9ffc043 | rd=0 rs1=31 rs2=31 imm=252
fmsub.s ft1, ft10, fs5, fa0  | 515f70c7 | rd=1 rs1=30 rs2=21 imm=87
fmsub.s ft10, ft1, fa0, fs5, rtz | a8a09f47 | rd=30 rs1=1 rs2=10 imm=169
fmsub.s ft0, ft11, ft11, ft11, rmm | f9ffc047 | rd=0 rs1=31 rs2=31 imm=252
fnmsub.s ft1, ft10, fs5, fa0 | 515f70cb | rd=1 rs1=30 rs2=21 imm=87
fnmsub.s ft10, ft1, fa0, fs5, rtz | a8a09f4b | rd=30 rs1=1 rs2=10 imm=169
fnmsub.s ft0, ft11, ft11, ft11, rmm | f9ffc04b | rd=0 rs1=31 rs2=31 imm=252
fnmadd.s ft1, ft10, fs5, fa0 | 515f70cf | rd=1 rs1=30 rs2=21 imm=87
fnmadd.s ft10, ft1, fa0, fs5, rtz | a8a09f4f | rd=30 rs1=1 rs2=10 imm=169
fnmadd.s ft0, ft11, ft11, ft11, rmm | f9ffc04f | rd=0 rs1=31 rs2=31 imm=252
fadd.s ft1, ft10, fs5        | 015f70d3 | rd=1 rs1=30 rs2=21 imm=7
fadd.s ft10, ft1, fa0, rdn   | 00a0af53 | rd=30 rs1=1 rs2=10 imm=2
fadd.s ft0, ft11, ft11, rne  | 01ff8053 | rd=0 rs1=31 rs2=31 imm=0
fsub.s ft1, ft10, fs5        | 095f70d3 | rd=1 rs1=30 rs2=21 imm=7
fsub.s ft10, ft1, fa0, rdn   | 08a0af53 | rd=30 rs1=1 rs2=10 imm=2
fsub.s ft0, ft11, ft11, rne  | 09ff8053 | rd=0 rs1=31 rs2=31 imm=0
fmul.s ft1, ft10, fs5        | 115f70d3 | rd=1 rs1=30 rs2=21 imm=7
fmul.s ft10, ft1, fa0, rdn   | 10a0af53 | rd=30 rs1=1 rs2=10 imm=2
fmul.s ft0, ft11, ft11, rne  | 11ff8053 | rd=0 rs1=31 rs2=31 imm=0
fdiv.s ft1, ft10, fs5        | 195f70d3 | rd=1 rs1=30 rs2=21 imm=7
fdiv.s ft10, ft1, fa0, rdn   | 18a0af53 | rd=30 rs1=1 rs2=10 imm=2
fdiv.s ft0, ft11, ft11, rne  | 19ff8053 | rd=0 rs1=31 rs2=31 imm=0
fsqrt.s ft1, ft10            | 580f70d3 | rd=1 rs1=30 imm=7
fsqrt.s ft10, ft1, rup       | 5800bf53 | rd=30 rs1=1 imm=3
fsqrt.s ft0, ft11, rtz       | 580f9053 | rd=0 rs1=31 imm=1
fsgnj.s ft1, ft10, fs5       | 215f00d3 | rd=1 rs1=30 rs2=21
fsgnj.s ft10, ft1, fa0       | 20a08f53 | rd=30 rs1=1 rs2=10
fsgnj.s ft0, ft11, ft11      | 21ff8053 | rd=0 rs1=31 rs2=31
fsgnjn.s ft1, ft10, fs5      | 215f10d3 | rd=1 rs1=30 rs2=21
fsgnjn.s ft10, ft1, fa0      | 20a09f53 | rd=30 rs1=1 rs2=10
fsgnjn.s ft0, ft11, ft11     | 21ff9053 | rd=0 rs1=31 rs2=31
fsgnjx.s ft1, ft10, fs5      | 215f20d3 | rd=1 rs1=30 rs2=21
fsgnjx.s ft10, ft1, fa0      | 20a0af53 | rd=30 rs1=1 rs2=10
fsgnjx.s ft0, ft11, ft11     | 21ffa053 | rd=0 rs1=31 rs2=31
fmin.s ft1, ft10, fs5        | 295f00d3 | rd=1 rs1=30 rs2=21
fmin.s ft10, ft1, fa0        | 28a08f53 | rd=30 rs1=1 rs2=10
fmin.s ft0, ft11, ft11       | 29ff8053 | rd=0 rs1=31 rs2=31
fmax.s ft1, ft10, fs5        | 295f10d3 | rd=1 rs1=30 rs2=21
fmax.s ft10, ft1, fa0        | 28a09f53 | rd=30 rs1=1 rs2=10
fmax.s ft0, ft11, ft11       | 29ff9053 | rd=0 rs1=31 rs2=31
fcvt.w.s ra, ft10            | c00f70d3 | rd=1 rs1=30 imm=7
fcvt.w.s t5, ft1, rtz        | c0009f53 | rd=30 rs1=1 imm=1
fcvt.w.s zero, ft11, rdn     | c00fa053 | rd=0 rs1=31 imm=2
fcvt.wu.s ra, ft10           | c01f70d3 | rd=1 rs1=30 imm=7
fcvt.wu.s t5, ft1, rtz       | c0109f53 | rd=30 rs1=1 imm=1
fcvt.wu.s zero, ft11, rdn    | c01fa053 | rd=0 rs1=31 imm=2
fmv.x.w ra, ft10             | e00f00d3 | rd=1 rs1=30
fmv.x.w t5, ft1              | e0008f53 | rd=30 rs1=1
fmv.x.w zero, ft11           | e00f8053 | rd=0 rs1=31
feq.s ra, ft10, fs5          | a15f20d3 | rd=1 rs1=30 rs2=21
feq.s t5, ft1, fa0           | a0a0af53 | rd=30 rs1=1 rs2=10
feq.s zero, ft11, ft11       | a1ffa053 | rd=0 rs1=31 rs2=31
flt.s ra, ft10, fs5          | a15f10d3 | rd=1 rs1=30 rs2=21
flt.s t5, ft1, fa0           | a0a09f53 | rd=30 rs1=1 rs2=10
flt.s zero, ft11, ft11       | a1ff9053 | rd=0 rs1=31 rs2=31
fle.s ra, ft10, fs5          | a15f00d3 | rd=1 rs1=30 rs2=21
fle.s t5, ft1, fa0           | a0a08f53 | rd=30 rs1=1 rs2=10
fle.s zero, ft11, ft11       | a1ff8053 | rd=0 rs1=31 rs2=31
fclass.s ra, ft10            | e00f10d3 | rd=1 rs1=30
fclass.s t5, ft1             | e0009f53 | rd=30 rs1=1
fclass.s zero, ft11          | e00f9053 | rd=0 rs1=31
fcvt.s.w ft1, t5             | d00f70d3 | rd=1 rs1=30 imm=7
fcvt.s.w ft10, ra, rtz       | d0009f53 | rd=30 rs1=1 imm=1
fcvt.s.w ft0, t6, rup        | d00fb053 | rd=0 rs1=31 imm=3
fcvt.s.wu ft1, t5            | d01f70d3 | rd=1 rs1=30 imm=7
fcvt.s.wu ft10, ra, rtz      | d0109f53 | rd=30 rs1=1 imm=1
fcvt.s.wu ft0, t6, rup       | d01fb053 | rd=0 rs1=31 imm=3
fmv.w.x ft1, t5              | f00f00d3 | rd=1 rs1=30
fmv.w.x ft10, ra             | f0008f53 | rd=30 rs1=1
fmv.w.x ft0, t6              | f00f8053 | rd=0 rs1=31
fld ft1, 1365(t5)            | 555f3087 | rd=1 rs1=30 imm=1365
fld ft10, -1366(ra)          | aaa0bf07 | rd=30 rs1=1 imm=-1366
fld ft0, -2048(t6)           | 800fb007 | rd=0 rs1=31 imm=-2048
fsd ft1, 1365(t5)            | 541f3aa7 | rs1=30 rs2=1 imm=1365
fsd ft10, -1366(ra)          | abe0b527 | rs1=1 rs2=30 imm=-1366
fsd ft0, -2048(t6)           | 800fb027 | rs1=31 rs2=0 imm=-2048
fmadd.d ft1, ft10, fs5, fa0  | 535f70c3 | rd=1 rs1=30 rs2=21 imm=87
fmadd.d ft10, ft1, fa0, fs5, rtz | aaa09f43 | rd=30 rs1=1 rs2=10 imm=169
fmadd.d ft0, ft11, ft11, ft11, rmm | fbffc043 | rd=0 rs1=31 rs2=31 imm=252
fmsub.d ft1, ft10, fs5, fa0  | 535f70c7 | rd=1 rs1=30 rs2=21 imm=87
fmsub.d ft10, ft1, fa0, fs5, rtz | aaa09f47 | rd=30 rs1=1 rs2=10 imm=169
fmsub.d ft0, ft11, ft11, ft11, rmm | fbffc047 | rd=0 rs1=31 rs2=31 imm=252
fnmsub.d ft1, ft10, fs5, fa0 | 535f70cb | rd=1 rs1=30 rs2=21 imm=87
fnmsub.d ft10, ft1, fa0, fs5, rtz | aaa09f4b | rd=30 rs1=1 rs2=10 imm=169
fnmsub.d ft0, ft11, ft11, ft11, rmm | fbffc04b | rd=0 rs1=31 rs2=31 imm=252
fnmadd.d ft1, ft10, fs5, fa0 | 535f70cf | rd=1 rs1=30 rs2=21 imm=87
fnmadd.d ft10, ft1, fa0, fs5, rtz | aaa09f4f | rd=30 rs1=1 rs2=10 imm=169
fnmadd.d ft0, ft11, ft11, ft11, rmm | fbffc04f | rd=0 rs1=31 rs2=31 imm=252
fadd.d ft1, ft10, fs5        | 035f70d3 | rd=1 rs1=30 rs2=21 imm=7
fadd.d ft10, ft1, fa0, rdn   | 02a0af53 | rd=30 rs1=1 rs2=10 imm=2
fadd.d ft0, ft11, ft11, rne  | 03ff8053 | rd=0 rs1=31 rs2=31 imm=0
fsub.d ft1, ft10, fs5        | 0b5f70d3 | rd=1 rs1=30 rs2=21 imm=7
fsub.d ft10, ft1, fa0, rdn   | 0aa0af53 | rd=30 rs1=1 rs2=10 imm=2
fsub.d ft0, ft11, ft11, rne  | 0bff8053 | rd=0 rs1=31 rs2=31 imm=0
fmul.d ft1, ft10, fs5        | 135f70d3 | rd=1 rs1=30 rs2=21 imm=7
fmul.d ft10, ft1, fa0, rdn   | 12a0af53 | rd=30 rs1=1 rs2=10 imm=2
fmul.d ft0, ft11, ft11, rne  | 13ff8053 | rd=0 rs1=31 rs2=31 imm=0
fdiv.d ft1, ft10, fs5        | 1b5f70d3 | rd=1 rs1=30 rs2=21 imm=7
fdiv.d ft10, ft1, fa0, rdn   | 1aa0af53 | rd=30 rs1=1 rs2=10 imm=2
fdiv.d ft0, ft11, ft11, rne  | 1bff8053 | rd=0 rs1=31 rs2=31 imm=0
fsqrt.d ft1, ft10            | 5a0f70d3 | rd=1 rs1=30 imm=7
fsqrt.d ft10, ft1, rup       | 5a00bf53 | rd=30 rs1=1 imm=3
fsqrt.d ft0, ft11, rtz       | 5a0f9053 | rd=0 rs1=31 imm=1
fsgnj.d ft1, ft10, fs5       | 235f00d3 | rd=1 rs1=30 rs2=21
fsgnj.d ft10, ft1, fa0       | 22a08f53 | rd=30 rs1=1 rs2=10
fsgnj.d ft0, ft11, ft11      | 23ff8053 | rd=0 rs1=31 rs2=31
fsgnjn.d ft1, ft10, fs5      | 235f10d3 | rd=1 rs1=30 rs2=21
fsgnjn.d ft10, ft1, fa0      | 22a09f53 | rd=30 rs1=1 rs2=10
fsgnjn.d ft0, ft11, ft11     | 23ff9053 | rd=0 rs1=31 rs2=31
fsgnjx.d ft1, ft10, fs5      | 235f20d3 | rd=1 rs1=30 rs2=21
fsgnjx.d ft10, ft1, fa0      | 22a0af53 | rd=30 rs1=1 rs2=10
fsgnjx.d ft0, ft11, ft11     | 23ffa053 | rd=0 rs1=31 rs2=31
fmin.d ft1, ft10, fs5        | 2b5f00d3 | rd=1 rs1=30 rs2=21
fmin.d ft10, ft1, fa0        | 2aa08f53 | rd=30 rs1=1 rs2=10
fmin.d ft0, ft11, ft11       | 2bff8053 | rd=0 rs1=31 rs2=31
fmax.d ft1, ft10, fs5        | 2b5f10d3 | rd=1 rs1=30 rs2=21
fmax.d ft10, ft1, fa0        | 2aa09f53 | rd=30 rs1=1 rs2=10
fmax.d ft0, ft11, ft11       | 2bff9053 | rd=0 rs1=31 rs2=31
fcvt.s.d ft1, ft10           | 401f70d3 | rd=1 rs1=30 imm=7
fcvt.s.d ft10, ft1, rdn      | 4010af53 | rd=30 rs1=1 imm=2
fcvt.s.d ft0, ft11, rmm      | 401fc053 | rd=0 rs1=31 imm=4
fcvt.d.s ft1, ft10           | 420f00d3 | rd=1 rs1=30 imm=0
fcvt.d.s ft10, ft1, rdn      | 4200af53 | rd=30 rs1=1 imm=2
fcvt.d.s ft0, ft11, rmm      | 420fc053 | rd=0 rs1=31 imm=4
fcvt.w.d ra, ft10            | c20f70d3 | rd=1 rs1=30 imm=7
fcvt.w.d t5, ft1, rtz        | c2009f53 | rd=30 rs1=1 imm=1
fcvt.w.d zero, ft11, rdn     | c20fa053 | rd=0 rs1=31 imm=2
fcvt.wu.d ra, ft10           | c21f70d3 | rd=1 rs1=30 imm=7
fcvt.wu.d t5, ft1, rtz       | c2109f53 | rd=30 rs1=1 imm=1
fcvt.wu.d zero, ft11, rdn    | c21fa053 | rd=0 rs1=31 imm=2
feq.d ra, ft10, fs5          | a35f20d3 | rd=1 rs1=30 rs2=21
feq.d t5, ft1, fa0           | a2a0af53 | rd=30 rs1=1 rs2=10
feq.d zero, ft11, ft11       | a3ffa053 | rd=0 rs1=31 rs2=31
flt.d ra, ft10, fs5          | a35f10d3 | rd=1 rs1=30 rs2=21
flt.d t5, ft1, fa0           | a2a09f53 | rd=30 rs1=1 rs2=10
flt.d zero, ft11, ft11       | a3ff9053 | rd=0 rs1=31 rs2=31
fle.d ra, ft10, fs5          | a35f00d3 | rd=1 rs1=30 rs2=21
fle.d t5, ft1, fa0           | a2a08f53 | rd=30 rs1=1 rs2=10
fle.d zero, ft11, ft11       | a3ff8053 | rd=0 rs1=31 rs2=31
fclass.d ra, ft10            | e20f10d3 | rd=1 rs1=30
fclass.d t5, ft1             | e2009f53 | rd=30 rs1=1
fclass.d zero, ft11          | e20f9053 | rd=0 rs1=31
fcvt.d.w ft1, t5             | d20f00d3 | rd=1 rs1=30 imm=0
fcvt.d.w ft10, ra, rtz       | d2009f53 | rd=30 rs1=1 imm=1
fcvt.d.w ft0, t6, rup        | d20fb053 | rd=0 rs1=31 imm=3
fcvt.d.wu ft1, t5            | d21f00d3 | rd=1 rs1=30 imm=0
fcvt.d.wu ft10, ra, rtz      | d2109f53 | rd=30 rs1=1 imm=1
fcvt.d.wu ft0, t6, rup       | d21fb053 | rd=0 rs1=31 imm=3
csrrw ra, uscratch, t5       | 040f10f3 | rd=1 rs1=30 imm=64
csrrw t5, 0x555, ra          | 55509f73 | rd=30 rs1=1 imm=1365
csrrw zero, 0xaaa, t6        | aaaf9073 | rd=0 rs1=31 imm=2730
csrrs ra, uscratch, t5       | 040f20f3 | rd=1 rs1=30 imm=64
csrrs t5, 0x555, ra          | 5550af73 | rd=30 rs1=1 imm=1365
csrrs zero, 0xaaa, t6        | aaafa073 | rd=0 rs1=31 imm=2730
csrrc ra, uscratch, t5       | 040f30f3 | rd=1 rs1=30 imm=64
csrrc t5, 0x555, ra          | 5550bf73 | rd=30 rs1=1 imm=1365
csrrc zero, 0xaaa, t6        | aaafb073 | rd=0 rs1=31 imm=2730
csrrwi ra, uscratch, 30      | 040f50f3 | rd=1 rs1=30 imm=64
csrrwi t5, 0x555, 1          | 5550df73 | rd=30 rs1=1 imm=1365
csrrwi zero, 0xaaa, 31       | aaafd073 | rd=0 rs1=31 imm=2730
csrrsi ra, uscratch, 30      | 040f60f3 | rd=1 rs1=30 imm=64
csrrsi t5, 0x555, 1          | 5550ef73 | rd=30 rs1=1 imm=1365
csrrsi zero, 0xaaa, 31       | aaafe073 | rd=0 rs1=31 imm=2730
csrrci ra, uscratch, 30      | 040f70f3 | rd=1 rs1=30 imm=64
csrrci t5, 0x555, 1          | 5550ff73 | rd=30 rs1=1 imm=1365
csrrci zero, 0xaaa, 31       | aaaff073 | rd=0 rs1=31 imm=2730
sh1add ra, t5, s5            | 215f20b3 | rd=1 rs1=30 rs2=21
sh1add t5, ra, a0            | 20a0af33 | rd=30 rs1=1 rs2=10
sh1add zero, t6, t6          | 21ffa033 | rd=0 rs1=31 rs2=31
sh2add ra, t5, s5            | 215f40b3 | rd=1 rs1=30 rs2=21
sh2add t5, ra, a0            | 20a0cf33 | rd=30 rs1=1 rs2=10
sh2add zero, t6, t6          | 21ffc033 | rd=0 rs1=31 rs2=31
sh3add ra, t5, s5            | 215f60b3 | rd=1 rs1=30 rs2=21
sh3add t5, ra, a0            | 20a0ef33 | rd=30 rs1=1 rs2=10
sh3add zero, t6, t6          | 21ffe033 | rd=0 rs1=31 rs2=31
andn ra, t5, s5              | 415f70b3 | rd=1 rs1=30 rs2=21
andn t5, ra, a0              | 40a0ff33 | rd=30 rs1=1 rs2=10
andn zero, t6, t6            | 41fff033 | rd=0 rs1=31 rs2=31
orn ra, t5, s5               | 415f60b3 | rd=1 rs1=30 rs2=21
orn t5, ra, a0               | 40a0ef33 | rd=30 rs1=1 rs2=10
orn zero, t6, t6             | 41ffe033 | rd=0 rs1=31 rs2=31
xnor ra, t5, s5              | 415f40b3 | rd=1 rs1=30 rs2=21
xnor t5, ra, a0              | 40a0cf33 | rd=30 rs1=1 rs2=10
xnor zero, t6, t6            | 41ffc033 | rd=0 rs1=31 rs2=31
clz ra, t5                   | 600f1093 | rd=1 rs1=30
clz t5, ra                   | 60009f13 | rd=30 rs1=1
clz zero, t6                 | 600f9013 | rd=0 rs1=31
ctz ra, t5                   | 601f1093 | rd=1 rs1=30
ctz t5, ra                   | 60109f13 | rd=30 rs1=1
ctz zero, t6                 | 601f9013 | rd=0 rs1=31
cpop ra, t5                  | 602f1093 | rd=1 rs1=30
cpop t5, ra                  | 60209f13 | rd=30 rs1=1
cpop zero, t6                | 602f9013 | rd=0 rs1=31
max ra, t5, s5               | 0b5f60b3 | rd=1 rs1=30 rs2=21
max t5, ra, a0               | 0aa0ef33 | rd=30 rs1=1 rs2=10
max zero, t6, t6             | 0bffe033 | rd=0 rs1=31 rs2=31
maxu ra, t5, s5              | 0b5f70b3 | rd=1 rs1=30 rs2=21
maxu t5, ra, a0              | 0aa0ff33 | rd=30 rs1=1 rs2=10
maxu zero, t6, t6            | 0bfff033 | rd=0 rs1=31 rs2=31
min ra, t5, s5               | 0b5f40b3 | rd=1 rs1=30 rs2=21
min t5, ra, a0               | 0aa0cf33 | rd=30 rs1=1 rs2=10
min zero, t6, t6             | 0bffc033 | rd=0 rs1=31 rs2=31
minu ra, t5, s5              | 0b5f50b3 | rd=1 rs1=30 rs2=21
minu t5, ra, a0              | 0aa0df33 | rd=30 rs1=1 rs2=10
minu zero, t6, t6            | 0bffd033 | rd=0 rs1=31 rs2=31
sext.b ra, t5                | 604f1093 | rd=1 rs1=30
sext.b t5, ra                | 60409f13 | rd=30 rs1=1
sext.b zero, t6              | 604f9013 | rd=0 rs1=31
sext.h ra, t5                | 605f1093 | rd=1 rs1=30
sext.h t5, ra                | 60509f13 | rd=30 rs1=1
sext.h zero, t6              | 605f9013 | rd=0 rs1=31
zext.h ra, t5                | 080f40b3 | rd=1 rs1=30
zext.h t5, ra                | 0800cf33 | rd=30 rs1=1
zext.h zero, t6              | 080fc033 | rd=0 rs1=31
rol ra, t5, s5               | 615f10b3 | rd=1 rs1=30 rs2=21
rol t5, ra, a0               | 60a09f33 | rd=30 rs1=1 rs2=10
rol zero, t6, t6             | 61ff9033 | rd=0 rs1=31 rs2=31
ror ra, t5, s5               | 615f50b3 | rd=1 rs1=30 rs2=21
ror t5, ra, a0               | 60a0df33 | rd=30 rs1=1 rs2=10
ror zero, t6, t6             | 61ffd033 | rd=0 rs1=31 rs2=31
rori ra, t5, 21              | 615f5093 | rd=1 rs1=30 imm=21
rori t5, ra, 10              | 60a0df13 | rd=30 rs1=1 imm=10
rori zero, t6, 31            | 61ffd013 | rd=0 rs1=31 imm=31
orc.b ra, t5                 | 287f5093 | rd=1 rs1=30
orc.b t5, ra                 | 2870df13 | rd=30 rs1=1
orc.b zero, t6               | 287fd013 | rd=0 rs1=31
rev8 ra, t5                  | 698f5093 | rd=1 rs1=30
rev8 t5, ra                  | 6980df13 | rd=30 rs1=1
rev8 zero, t6                | 698fd013 | rd=0 rs1=31
c.addi4spn s0, sp, 340       | 0ac0     | rd=8 rs1=2 imm=340
c.addi4spn a5, sp, 680       | 153c     | rd=15 rs1=2 imm=680
c.addi4spn a3, sp, 1020      | 1ff4     | rd=13 rs1=2 imm=1020
c.lw s0, 84(a5)              | 4be0     | rd=8 rs1=15 imm=84
c.lw a5, 40(s0)              | 541c     | rd=15 rs1=8 imm=40
c.lw a0, 124(a3)             | 5ee8     | rd=10 rs1=13 imm=124
c.sw s0, 84(a5)              | cbe0     | rs1=15 rs2=8 imm=84
c.sw a5, 40(s0)              | d41c     | rs1=8 rs2=15 imm=40
c.sw a0, 124(a3)             | dee8     | rs1=13 rs2=10 imm=124
c.nop                        | 0001     | rd=0 rs1=0 imm=0
c.nop -32                    | 1001     | rd=0 rs1=0 imm=-32
c.nop 21                     | 0055     | rd=0 rs1=0 imm=21
c.nop -22                    | 1029     | rd=0 rs1=0 imm=-22
c.addi ra, 21                | 00d5     | rd=1 rs1=1 imm=21
c.addi t5, -22               | 1f29     | rd=30 rs1=30 imm=-22
c.addi t6, -32               | 1f81     | rd=31 rs1=31 imm=-32
c.jal 0x10554                | 2b91     | rd=1 imm=1364
c.jal 0xfaaa                 | 346d     | rd=1 imm=-1366
c.jal 0xf800                 | 3001     | rd=1 imm=-2048
c.j 0x10554                  | ab91     | rd=0 imm=1364
c.j 0xfaaa                   | b46d     | rd=0 imm=-1366
c.j 0xf800                   | b001     | rd=0 imm=-2048
c.li ra, 21                  | 40d5     | rd=1 rs1=0 imm=21
c.li t5, -22                 | 5f29     | rd=30 rs1=0 imm=-22
c.li zero, -32               | 5001     | rd=0 rs1=0 imm=-32
c.addi16sp sp, 336           | 6171     | rd=2 rs1=2 imm=336
c.addi16sp sp, -352          | 710d     | rd=2 rs1=2 imm=-352
c.addi16sp sp, -512          | 7101     | rd=2 rs1=2 imm=-512
c.lui ra, 0x15               | 60d5     | rd=1 imm=86016
c.lui t5, 0xfffea            | 7f29     | rd=30 imm=-90112
c.lui zero, 0xfffe0          | 7001     | rd=0 imm=-131072
c.srli s0, 21                | 8055     | rd=8 rs1=8 imm=21
c.srli a5, 10                | 83a9     | rd=15 rs1=15 imm=10
c.srli a3, 31                | 82fd     | rd=13 rs1=13 imm=31
c.srai s0, 21                | 8455     | rd=8 rs1=8 imm=21
c.srai a5, 10                | 87a9     | rd=15 rs1=15 imm=10
c.srai a3, 31                | 86fd     | rd=13 rs1=13 imm=31
c.andi s0, 21                | 8855     | rd=8 rs1=8 imm=21
c.andi a5, -22               | 9ba9     | rd=15 rs1=15 imm=-22
c.andi a3, -32               | 9a81     | rd=13 rs1=13 imm=-32
c.sub s0, a5                 | 8c1d     | rd=8 rs1=8 rs2=15
c.sub a5, s0                 | 8f81     | rd=15 rs1=15 rs2=8
c.sub a3, a0                 | 8e89     | rd=13 rs1=13 rs2=10
c.xor s0, a5                 | 8c3d     | rd=8 rs1=8 rs2=15
c.xor a5, s0                 | 8fa1     | rd=15 rs1=15 rs2=8
c.xor a3, a0                 | 8ea9     | rd=13 rs1=13 rs2=10
c.or s0, a5                  | 8c5d     | rd=8 rs1=8 rs2=15
c.or a5, s0                  | 8fc1     | rd=15 rs1=15 rs2=8
c.or a3, a0                  | 8ec9     | rd=13 rs1=13 rs2=10
c.and s0, a5                 | 8c7d     | rd=8 rs1=8 rs2=15
c.and a5, s0                 | 8fe1     | rd=15 rs1=15 rs2=8
c.and a3, a0                 | 8ee9     | rd=13 rs1=13 rs2=10
c.beqz s0, 0x100aa           | c44d     | rs1=8 rs2=0 imm=170
c.beqz a5, 0xff54            | dbb1     | rs1=15 rs2=0 imm=-172
c.beqz a3, 0xff00            | d281     | rs1=13 rs2=0 imm=-256
c.bnez s0, 0x100aa           | e44d     | rs1=8 rs2=0 imm=170
c.bnez a5, 0xff54            | fbb1     | rs1=15 rs2=0 imm=-172
c.bnez a3, 0xff00            | f281     | rs1=13 rs2=0 imm=-256
c.slli ra, 21                | 00d6     | rd=1 rs1=1 imm=21
c.slli t5, 10                | 0f2a     | rd=30 rs1=30 imm=10
c.slli zero, 31              | 007e     | rd=0 rs1=0 imm=31
c.lwsp ra, 84(sp)            | 40d6     | rd=1 rs1=2 imm=84
c.lwsp t5, 168(sp)           | 5f2a     | rd=30 rs1=2 imm=168
c.lwsp t6, 252(sp)           | 5ffe     | rd=31 rs1=2 imm=252
c.jr ra                      | 8082     | rd=0 rs1=1 imm=0
c.jr t5                      | 8f02     | rd=0 rs1=30 imm=0
c.jr t6                      | 8f82     | rd=0 rs1=31 imm=0
c.mv ra, t5                  | 80fa     | rd=1 rs1=0 rs2=30
c.mv t5, ra                  | 8f06     | rd=30 rs1=0 rs2=1
c.mv zero, t6                | 807e     | rd=0 rs1=0 rs2=31
c.ebreak                     | 9002     |
c.jalr ra                    | 9082     | rd=1 rs1=1 imm=0
c.jalr t5                    | 9f02     | rd=1 rs1=30 imm=0
c.jalr t6                    | 9f82     | rd=1 rs1=31 imm=0
c.add ra, t5                 | 90fa     | rd=1 rs1=1 rs2=30
c.add t5, ra                 | 9f06     | rd=30 rs1=30 rs2=1
c.add zero, t6               | 907e     | rd=0 rs1=0 rs2=31
c.swsp ra, 84(sp)            | ca86     | rs1=2 rs2=1 imm=84
c.swsp t5, 168(sp)           | d57a     | rs1=2 rs2=30 imm=168
c.swsp zero, 252(sp)         | df82     | rs1=2 rs2=0 imm=252
c.fld fs0, 168(a5)           | 37c0     | rd=8 rs1=15 imm=168
c.fld fa5, 80(s0)            | 283c     | rd=15 rs1=8 imm=80
c.fld fa0, 248(a3)           | 3ee8     | rd=10 rs1=13 imm=248
c.flw fs0, 84(a5)            | 6be0     | rd=8 rs1=15 imm=84
c.flw fa5, 40(s0)            | 741c     | rd=15 rs1=8 imm=40
c.flw fa0, 124(a3)           | 7ee8     | rd=10 rs1=13 imm=124
c.fsd fs0, 168(a5)           | b7c0     | rs1=15 rs2=8 imm=168
c.fsd fa5, 80(s0)            | a83c     | rs1=8 rs2=15 imm=80
c.fsd fa0, 248(a3)           | bee8     | rs1=13 rs2=10 imm=248
c.fsw fs0, 84(a5)            | ebe0     | rs1=15 rs2=8 imm=84
c.fsw fa5, 40(s0)            | f41c     | rs1=8 rs2=15 imm=40
c.fsw fa0, 124(a3)           | fee8     | rs1=13 rs2=10 imm=124
c.fldsp ft1, 168(sp)         | 30aa     | rd=1 rs1=2 imm=168
c.fldsp ft10, 336(sp)        | 2f56     | rd=30 rs1=2 imm=336
c.fldsp ft0, 504(sp)         | 307e     | rd=0 rs1=2 imm=504
c.flwsp ft1, 84(sp)          | 60d6     | rd=1 rs1=2 imm=84
c.flwsp ft10, 168(sp)        | 7f2a     | rd=30 rs1=2 imm=168
c.flwsp ft0, 252(sp)         | 707e     | rd=0 rs1=2 imm=252
c.fsdsp ft1, 168(sp)         | b506     | rs1=2 rs2=1 imm=168
c.fsdsp ft10, 336(sp)        | aafa     | rs1=2 rs2=30 imm=336
c.fsdsp ft0, 504(sp)         | bf82     | rs1=2 rs2=0 imm=504
c.fswsp ft1, 84(sp)          | ea86     | rs1=2 rs2=1 imm=84
c.fswsp ft10, 168(sp)        | f57a     | rs1=2 rs2=30 imm=168
c.fswsp ft0, 252(sp)         | ff82     | rs1=2 rs2=0 imm=252
`;
