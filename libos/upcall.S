// Where the kernel enters for an exception or an upcall: save everything, call C, restore everything, go back.
//
// The kernel wrote uepc, ucause and utval and changed no register, so there is not one register to spare here. uscratch
// makes room: it holds the top of the exception stack while the program runs, and 0 while we are on that stack already.
// Until `csrsi` below upcalls are disabled (UIE = 0) and a fault would be a double upcall; so everything touched up to
// there is guaranteed memory. After it a handler may fault like any other code, and the stub nests.
#include "exo_abi.h"
#include "frame.h"
#include "float_registers.h"

  .cfi_sections .debug_frame
  .section .exo.text, "ax", @progbits

// Saves x\n, and tells the debugger where.
  .macro save n
  sw x\n, FRAME_X(\n)(sp)
  .cfi_offset \n, FRAME_X(\n) - FRAME_SIZE
  .endm

  .balign 4
  .weak upcall_entry
  .type upcall_entry, @function
upcall_entry:
  .cfi_startproc
  .cfi_undefined ra          // the interrupted code did not call: a stack ends here, and goes on in the kernel's record
  csrrw sp, EXO_CSR_USCRATCH, sp
  bnez sp, 1f
  csrrw sp, EXO_CSR_USCRATCH, sp // nested: go on below what is on the exception stack
1:
  addi sp, sp, -FRAME_SIZE
  .cfi_def_cfa_offset FRAME_SIZE
  sw ra, FRAME_X(1)(sp)
  save 3
  save 4
  save 5
  save 6
  save 7
  save 8
  save 9
  save 10
  save 11
  save 12
  save 13
  save 14
  save 15
  save 16
  save 17
  save 18
  save 19
  save 20
  save 21
  save 22
  save 23
  save 24
  save 25
  save 26
  save 27
  save 28
  save 29
  save 30
  save 31
  save_all_floats FRAME_F, sp, t0
  all_floats_are FRAME_F - FRAME_SIZE

  // The interrupted stack pointer, and what uscratch must be again.
  addi t1, sp, FRAME_SIZE
  csrrw t0, EXO_CSR_USCRATCH, zero
  beqz t0, 2f
  sw t0, FRAME_X(2)(sp)
  sw t1, FRAME_SCRATCH(sp)
  j 3f
2:
  sw t1, FRAME_X(2)(sp)
  sw zero, FRAME_SCRATCH(sp)
3:
  csrr t0, EXO_CSR_UEPC
  csrr t1, EXO_CSR_UCAUSE
  csrr t2, EXO_CSR_UTVAL
  csrr t3, EXO_CSR_USTATUS
  sw t0, FRAME_PC(sp)
  sw t1, FRAME_CAUSE(sp)
  sw t2, FRAME_VALUE(sp)
  sw t3, FRAME_STATUS(sp)
  sw zero, FRAME_OLDER(sp)

  // gp may be another environment's: registers travel through a protected control transfer.
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop

  csrsi EXO_CSR_USTATUS, EXO_USTATUS_UIE
  mv a0, sp
  call upcall_dispatch
  .globl upcall_resume       // sp = the frame to resume; also reached from slice.S
upcall_resume:
  csrci EXO_CSR_USTATUS, EXO_USTATUS_UIE
  lw t0, FRAME_PC(sp)
  lw t1, FRAME_STATUS(sp)
  lw t2, FRAME_SCRATCH(sp)
  csrw EXO_CSR_UEPC, t0
  csrw EXO_CSR_USTATUS, t1
  csrw EXO_CSR_USCRATCH, t2
  load_all_floats FRAME_F, sp, t0
  lw x1, FRAME_X(1)(sp)
  lw x3, FRAME_X(3)(sp)
  lw x4, FRAME_X(4)(sp)
  lw x5, FRAME_X(5)(sp)
  lw x6, FRAME_X(6)(sp)
  lw x7, FRAME_X(7)(sp)
  lw x8, FRAME_X(8)(sp)
  lw x9, FRAME_X(9)(sp)
  lw x10, FRAME_X(10)(sp)
  lw x11, FRAME_X(11)(sp)
  lw x12, FRAME_X(12)(sp)
  lw x13, FRAME_X(13)(sp)
  lw x14, FRAME_X(14)(sp)
  lw x15, FRAME_X(15)(sp)
  lw x16, FRAME_X(16)(sp)
  lw x17, FRAME_X(17)(sp)
  lw x18, FRAME_X(18)(sp)
  lw x19, FRAME_X(19)(sp)
  lw x20, FRAME_X(20)(sp)
  lw x21, FRAME_X(21)(sp)
  lw x22, FRAME_X(22)(sp)
  lw x23, FRAME_X(23)(sp)
  lw x24, FRAME_X(24)(sp)
  lw x25, FRAME_X(25)(sp)
  lw x26, FRAME_X(26)(sp)
  lw x27, FRAME_X(27)(sp)
  lw x28, FRAME_X(28)(sp)
  lw x29, FRAME_X(29)(sp)
  lw x30, FRAME_X(30)(sp)
  lw x31, FRAME_X(31)(sp)
  lw sp, FRAME_X(2)(sp)
  EXO_URET                   // to uepc, without the kernel
  .cfi_endproc
  .size upcall_entry, . - upcall_entry
