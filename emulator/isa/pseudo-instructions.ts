/**
 * Instructions that only the assembler knows (Unpriv ch. 25, Tables 25.2 and 25.3): each stands for one real instruction,
 * in which $1, $2, $3 are its operands. The key is the mnemonic and the number of operands. `li`, `la`, `call` and `tail`,
 * whose length depends on what they are given, are the assembler's own.
 */
export const PSEUDO_INSTRUCTIONS: Readonly<Record<string, string>> = {
  "nop/0": "addi zero, zero, 0",
  "mv/2": "addi $1, $2, 0",
  "not/2": "xori $1, $2, -1",
  "neg/2": "sub $1, zero, $2",
  "zext.b/2": "andi $1, $2, 255",
  "seqz/2": "sltiu $1, $2, 1",
  "snez/2": "sltu $1, zero, $2",
  "sltz/2": "slt $1, $2, zero",
  "sgtz/2": "slt $1, zero, $2",

  "beqz/2": "beq $1, zero, $2",
  "bnez/2": "bne $1, zero, $2",
  "blez/2": "bge zero, $1, $2",
  "bgez/2": "bge $1, zero, $2",
  "bltz/2": "blt $1, zero, $2",
  "bgtz/2": "blt zero, $1, $2",
  "bgt/3": "blt $2, $1, $3",
  "ble/3": "bge $2, $1, $3",
  "bgtu/3": "bltu $2, $1, $3",
  "bleu/3": "bgeu $2, $1, $3",

  "j/1": "jal zero, $1",
  "jal/1": "jal ra, $1",
  "jr/1": "jalr zero, 0($1)",
  "jalr/1": "jalr ra, 0($1)",
  "jalr/2": "jalr $1, 0($2)",
  "jalr/3": "jalr $1, $3($2)",
  "ret/0": "jalr zero, 0(ra)",

  "csrr/2": "csrrs $1, $2, zero",
  "csrw/2": "csrrw zero, $1, $2",
  "csrs/2": "csrrs zero, $1, $2",
  "csrc/2": "csrrc zero, $1, $2",
  "csrwi/2": "csrrwi zero, $1, $2",
  "csrsi/2": "csrrsi zero, $1, $2",
  "csrci/2": "csrrci zero, $1, $2",
  "rdcycle/1": "csrrs $1, cycle, zero",
  "rdcycleh/1": "csrrs $1, cycleh, zero",
  "rdtime/1": "csrrs $1, time, zero",
  "rdtimeh/1": "csrrs $1, timeh, zero",
  "rdinstret/1": "csrrs $1, instret, zero",
  "rdinstreth/1": "csrrs $1, instreth, zero",
  // A write to a read-only register: the instruction that is defined to be illegal (Unpriv §2.8 leaves the choice to us;
  // this one is GNU's).
  "unimp/0": "csrrw zero, cycle, zero",

  "fence/0": "fence iorw, iorw",

  // GNU takes a number as last operand of these, too.
  "add/3": "addi $1, $2, $3",
  "and/3": "andi $1, $2, $3",
  "or/3": "ori $1, $2, $3",
  "xor/3": "xori $1, $2, $3",
  "sll/3": "slli $1, $2, $3",
  "srl/3": "srli $1, $2, $3",
  "sra/3": "srai $1, $2, $3",
  "ror/3": "rori $1, $2, $3",
  "slt/3": "slti $1, $2, $3",
  "sltu/3": "sltiu $1, $2, $3",
};
