// Writing both words of an entry as one act.
#include "exo_abi.h"
#include "entry.h"

  .cfi_sections .debug_frame
  .section .exo.text, "ax", @progbits

// int pt_hash_write(struct entry *entry, uint32_t key, pte value, exo_slot slot, uint32_t writes)
//
// Writes an entry and returns 1, unless anything was written since `writes` was read: then an upcall came in between, the entry
// may be another address's by now, and it returns 0. Upcalls are off meanwhile, so nothing here may fault: the table's page, which
// `slot` is for, is bound first. Returns an error when that cannot be: the table was taken.
  .globl pt_hash_write
  .type pt_hash_write, @function
pt_hash_write:
  .cfi_startproc
  csrrci t6, EXO_CSR_USTATUS, EXO_USTATUS_UIE
  mv t0, a0
  mv t1, a1
  mv t2, a2
  la t3, pt_hash_writes
  lw t4, 0(t3)
  li a0, 0
  bne t4, a4, 1f
  li t5, -4096
  and a1, t0, t5
  mv a2, a3
  li a3, EXO_RIGHT_READ | EXO_RIGHT_WRITE
  li a7, EXO_CALL_BIND       // (0: ourselves, the table's page, slot, rights)
  ecall
  bltz a0, 1f
  sw t1, HASH_KEY(t0)
  sw t2, HASH_VALUE(t0)
  addi t4, t4, 1
  sw t4, 0(t3)
  li a0, 1
1:
  andi t6, t6, EXO_USTATUS_UIE
  csrs EXO_CSR_USTATUS, t6
  ret
  .cfi_endproc
  .size pt_hash_write, . - pt_hash_write
