// Procedures of other environments, called in registers. A transfer overwrites no register: a1..a6 are the arguments on both
// sides, the server's entry puts the caller's id into a0, and the result comes back there.
#include "exo_abi.h"
#include "rpc_state.h"
#include "patience.h"
#include "saved_registers.h"

  .cfi_sections .debug_frame
  .section .exo.text, "ax", @progbits

  .macro load_gp
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  .endm

// int rpc_trusting(exo_env server, uint32_t a, ..., uint32_t f)
//
// What a procedure need not preserve the server may change; the rest, sp and gp too, it is trusted to give back.
  .weak rpc_trusting
  .type rpc_trusting, @function
rpc_trusting:
  .cfi_startproc
  la t0, rpc_waiting
  lw t1, RPC_REGISTERED(t0)
  beqz t1, 4f
1:
  addi sp, sp, -16
  .cfi_def_cfa_offset 16
  sw ra, 12(sp)
  .cfi_offset ra, -4
  mv t6, a0
  la t1, 2f
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE // see rpc.S
  sw t1, RPC_RESUME(t0)
  li a7, EXO_CALL_TRANSFER_SYNC
  ecall
  sw zero, RPC_RESUME(t0)    // refused: a0 is the error
  j 3f
2:                           // here rpc_entry and rpc_died go on
  bltz a7, trusted_died
3:
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  lw ra, 12(sp)
  addi sp, sp, 16
  ret
4:
  la t5, 1b
  j register_first
  .cfi_endproc
  .size rpc_trusting, . - rpc_trusting

// Registers the entries before the first call, then goes on at t5 with the arguments as they were.
  .type register_first, @function
register_first:
  .cfi_startproc
  addi sp, sp, -48
  .cfi_def_cfa_offset 48
  sw ra, 44(sp)
  .cfi_offset ra, -4
  sw t5, 40(sp)
  sw a0, 36(sp)
  sw a1, 32(sp)
  sw a2, 28(sp)
  sw a3, 24(sp)
  sw a4, 20(sp)
  sw a5, 16(sp)
  sw a6, 12(sp)
  call rpc_register
  la t0, rpc_waiting
  lw ra, 44(sp)
  lw t5, 40(sp)
  lw a0, 36(sp)
  lw a1, 32(sp)
  lw a2, 28(sp)
  lw a3, 24(sp)
  lw a4, 20(sp)
  lw a5, 16(sp)
  lw a6, 12(sp)
  addi sp, sp, 48
  jr t5
  .cfi_endproc
  .size register_first, . - register_first

// The registers that the server was trusted with died with it. All of them are 0 now.
  .type trusted_died, @function
trusted_died:
  .cfi_startproc
  .cfi_undefined ra
  load_gp
  la sp, exception_stack_top
  csrw EXO_CSR_USCRATCH, zero
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  la a0, rpc_last_words
  call fault_end_bare
  .cfi_endproc
  .size trusted_died, . - trusted_died

// int rpc_distrusting(exo_env server, uint32_t a, ..., uint32_t f)
//
// What C wants back is on our stack, and where that is in guaranteed memory. The server gets the arguments; every other
// register is 0, but for sp: an address is no secret, and it leads a debugger from the server to here.
  .weak rpc_distrusting
  .type rpc_distrusting, @function
rpc_distrusting:
  .cfi_startproc
  la t0, rpc_waiting
  lw t1, RPC_REGISTERED(t0)
  beqz t1, 4f
1:
  push_saved t1
  sw tp, 8(sp)
  mv t6, a0
  la t1, 2f
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE // see rpc.S
  sw t1, RPC_RESUME(t0)
  sw sp, RPC_SP(t0)
  clear_unsaved_floats
  clear_saved_floats
  li ra, 0
  li gp, 0
  li tp, 0
  li t0, 0
  li t1, 0
  li t2, 0
  li t3, 0
  li t4, 0
  li t5, 0
  li s0, 0
  li s1, 0
  li s2, 0
  li s3, 0
  li s4, 0
  li s5, 0
  li s6, 0
  li s7, 0
  li s8, 0
  li s9, 0
  li s10, 0
  li s11, 0
  li a0, 0
  li a7, EXO_CALL_TRANSFER_SYNC
  ecall
  la t0, rpc_waiting
  sw zero, RPC_RESUME(t0)    // refused: a0 is the error
  j 3f
2:                           // here rpc_entry and rpc_died go on
  la t0, rpc_waiting
  lw sp, RPC_SP(t0)
  bgez a7, 3f
  mv a0, a7
3:
  load_gp
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  lw tp, 8(sp)
  pop_saved t0
  ret
4:
  la t5, 1b
  j register_first
  .cfi_endproc
  .size rpc_distrusting, . - rpc_distrusting

// Clears what a server's work may have left, but for a0, the result. s0..s11, fs0..fs11, sp and gp are the caller's own.
  .macro clear_rest
  clear_unsaved_floats
  li ra, 0
  li t0, 0
  li t1, 0
  li t2, 0
  li t3, 0
  li t4, 0
  li t5, 0
  li a1, 0
  li a2, 0
  li a3, 0
  li a4, 0
  li a5, 0
  li a6, 0
  .endm

// Runs the procedure between two halves of an entry: t6 is the record below, where the caller's registers are kept.
  .macro run_procedure
  li a7, 1
  sw a7, SERVING_NOW(t6)
  sw sp, SERVING_SP(t6)
  sw gp, SERVING_GP(t6)
  sw s0, SERVING_S0(t6)
  csrr s0, EXO_CSR_UTVAL     // who calls: the kernel's word, not the caller's
  load_gp
  la sp, rpc_procedure_stack_top
  .cfi_def_cfa sp, 0
  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  mv a0, s0
  lw t0, rpc_exported
  jalr t0                    // int procedure(exo_env client, uint32_t a, ..., uint32_t f)
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  la t5, rpc_procedure_serving
  sw zero, SERVING_NOW(t5)
  mv t6, s0
  lw s0, SERVING_S0(t5)
  lw gp, SERVING_GP(t5)
  lw sp, SERVING_SP(t5)
  .endm

// Where rpc_entry sends somebody's call. Whatever its registers hold, nothing of it is used but a1..a6 and, by
// the kernel's word, who called.
  .macro answer name, clears
  .balign 4
  .globl \name
  .type \name, @function
\name:
  .cfi_startproc
  .cfi_undefined ra          // who called is in another environment
  la t6, rpc_procedure_serving
  lw a7, SERVING_NOW(t6)
  bnez a7, 1f                // only where a slice ended in the procedure
  run_procedure
  .if \clears
  clear_rest
  .endif
  li a7, EXO_CALL_TRANSFER_SYNC
  ecall                      // the reply: a transfer back to the one that waits
  j slice_begin_entry        // it is gone: go on, or rest, as after a reply
1:
  csrr t6, EXO_CSR_UTVAL
  li a0, EXO_E_BUSY
  li a7, EXO_CALL_TRANSFER_SYNC
  ecall
  j slice_begin_entry
  .cfi_endproc
  .size \name, . - \name
  .endm

  answer rpc_answer_preserving, 0
  answer rpc_answer_clearing, 1

// int rpc_send(exo_env server, const uint32_t words[6], uint32_t number)
//
// Calls by an asynchronous transfer, as a later slice of ours will find out: returns 0 when we run again, or an error.
  .globl rpc_send
  .type rpc_send, @function
rpc_send:
  .cfi_startproc
  mv a7, a2
  lw a2, 4(a1)
  lw a3, 8(a1)
  lw a4, 12(a1)
  lw a5, 16(a1)
  lw a6, 20(a1)
  lw a1, 0(a1)
  li t1, 0
  jal t6, slice_push
  .cfi_def_cfa t0, 0
  mv t6, a0
  mv t0, a7
  .cfi_undefined ra
  li t1, ASYNC_CALL
  clear_unsaved_floats
  clear_saved_floats
  li ra, 0
  li sp, 0
  li gp, 0
  li tp, 0
  li t2, 0
  li t3, 0
  li t4, 0
  li t5, 0
  li s0, 0
  li s1, 0
  li s2, 0
  li s3, 0
  li s4, 0
  li s5, 0
  li s6, 0
  li s7, 0
  li s8, 0
  li s9, 0
  li s10, 0
  li s11, 0
  li a0, 0
  li a7, EXO_CALL_TRANSFER_ASYNC
  ecall
  csrr sp, EXO_CSR_USCRATCH  // refused: the frame is there
  j slice_pop
  .cfi_endproc
  .size rpc_send, . - rpc_send

// Where the kernel enters for an asynchronous transfer: the reply that rpc_call_by waits for, a call, or something that
// is not ours. t0 is the call's number, t1 says what it is.
  .balign 4
  .globl rpc_async_entry
  .type rpc_async_entry, @function
rpc_async_entry:
  .cfi_startproc
  .cfi_undefined ra
  la a7, rpc_patience
  lw t6, PATIENCE_AWAITED(a7)
  beqz t6, 1f
  csrr a7, EXO_CSR_UTVAL
  bne t6, a7, 1f
  la a7, rpc_patience
  lw t6, PATIENCE_NUMBER(a7)
  bne t6, t0, 1f
  li t6, ASYNC_REPLY
  bne t6, t1, 1f
  sw a0, PATIENCE_RESULT(a7)
  sw zero, PATIENCE_AWAITED(a7)
  j slice_begin_entry        // on with what we were doing
1:
  lw t6, rpc_exported
  beqz t6, 2f
  li t6, ASYNC_CALL
  beq t6, t1, 3f
2:
  j upcall_entry
3:
  la t6, rpc_procedure_serving
  lw a7, SERVING_NOW(t6)
  bnez a7, 4f
  sw t0, SERVING_NUMBER(t6)
  run_procedure
  clear_rest
  la t0, rpc_procedure_serving
  lw t0, SERVING_NUMBER(t0)
  li t1, ASYNC_REPLY
  li a7, EXO_CALL_TRANSFER_ASYNC
  ecall
  j slice_begin_entry        // it does not want it any more, or we run again: rest
4:
  csrr t6, EXO_CSR_UTVAL
  li a0, EXO_E_BUSY
  li t1, ASYNC_REPLY
  li a7, EXO_CALL_TRANSFER_ASYNC
  ecall
  j slice_begin_entry
  .cfi_endproc
  .size rpc_async_entry, . - rpc_async_entry

  .section .exo.data, "aw", @progbits
rpc_last_words:
  .asciz "a server that was trusted with the registers died and took them along\n"

  .section .exo.bss, "aw", @nobits
  .balign 4
rpc_procedure_serving:
  .space SERVING_SIZE
  .globl rpc_exported
rpc_exported:                // rpc_procedure *
  .space 4
  .globl rpc_patience
rpc_patience:                // struct patience
  .space PATIENCE_SIZE

  .section .bss.rpc_procedure_stack, "aw", @nobits
  .balign 4096
rpc_procedure_stack:
  .space 16384
rpc_procedure_stack_top:
