# Operations of F and D for qemu-floats.property.test.ts: a program of its own, under Linux.
#
# Reads sections from standard input until it ends: a header (the operation's place in the table below, fcsr, a count, 0), then as many records: three
# operands of 8 bytes. Of each, writes 16 bytes to standard output: what the operation gives, and the flags.

        .equ    SYS_READ, 63
        .equ    SYS_WRITE, 64
        .equ    SYS_EXIT, 93
        .equ    RECORD_BYTES, 24
        .equ    RESULT_BYTES, 16
        .equ    CHUNK_RECORDS, 2048

# Each row of the table is an address and the routine at it: operands in f1, f2, f3 and a0, a place for the result in s5.
        .macro  row
        .pushsection .rodata
        .word   routine\@
        .popsection
routine\@:
        .endm

        .macro  FLOAT mnemonic:req, operands:vararg
        row
        \mnemonic f4, \operands
        fsd     f4, 0(s5)
        ret
        .endm

        .macro  WORD mnemonic:req, operands:vararg
        row
        \mnemonic a1, \operands
        sw      a1, 0(s5)
        sw      zero, 4(s5)
        ret
        .endm

        .section .rodata
        .balign 4
table:
        .text
        FLOAT   fadd.s, f1, f2
        FLOAT   fsub.s, f1, f2
        FLOAT   fmul.s, f1, f2
        FLOAT   fdiv.s, f1, f2
        FLOAT   fsqrt.s, f1
        FLOAT   fmadd.s, f1, f2, f3
        FLOAT   fmsub.s, f1, f2, f3
        FLOAT   fnmsub.s, f1, f2, f3
        FLOAT   fnmadd.s, f1, f2, f3
        FLOAT   fmin.s, f1, f2
        FLOAT   fmax.s, f1, f2
        FLOAT   fsgnj.s, f1, f2
        FLOAT   fsgnjn.s, f1, f2
        FLOAT   fsgnjx.s, f1, f2
        WORD    feq.s, f1, f2
        WORD    flt.s, f1, f2
        WORD    fle.s, f1, f2
        WORD    fclass.s, f1
        WORD    fcvt.w.s, f1, dyn
        WORD    fcvt.wu.s, f1, dyn
        FLOAT   fcvt.s.w, a0, dyn
        FLOAT   fcvt.s.wu, a0, dyn
        FLOAT   fadd.d, f1, f2
        FLOAT   fsub.d, f1, f2
        FLOAT   fmul.d, f1, f2
        FLOAT   fdiv.d, f1, f2
        FLOAT   fsqrt.d, f1
        FLOAT   fmadd.d, f1, f2, f3
        FLOAT   fmsub.d, f1, f2, f3
        FLOAT   fnmsub.d, f1, f2, f3
        FLOAT   fnmadd.d, f1, f2, f3
        FLOAT   fmin.d, f1, f2
        FLOAT   fmax.d, f1, f2
        FLOAT   fsgnj.d, f1, f2
        FLOAT   fsgnjn.d, f1, f2
        FLOAT   fsgnjx.d, f1, f2
        WORD    feq.d, f1, f2
        WORD    flt.d, f1, f2
        WORD    fle.d, f1, f2
        WORD    fclass.d, f1
        WORD    fcvt.w.d, f1, dyn
        WORD    fcvt.wu.d, f1, dyn
        FLOAT   fcvt.d.w, a0
        FLOAT   fcvt.d.wu, a0
        FLOAT   fcvt.s.d, f1, dyn
        FLOAT   fcvt.d.s, f1
        WORD    fmv.x.w, f1
        FLOAT   fmv.w.x, a0

# s1: fcsr before each operation, s2: records of the section that are left, s3: the operation's routine, s4: the next record, s5: the next result, s6: records of
# the chunk that are left, s7: where the results end.
        .globl  _start
_start:
next_section:
        la      a1, header
        li      a2, 16
        call    read_all
        la      t0, header
        lw      t1, 0(t0)
        lw      s1, 4(t0)
        lw      s2, 8(t0)
        slli    t1, t1, 2
        la      t0, table
        add     t1, t1, t0
        lw      s3, 0(t1)
next_chunk:
        beqz    s2, next_section
        li      s6, CHUNK_RECORDS
        bgeu    s2, s6, 1f
        mv      s6, s2
1:      sub     s2, s2, s6
        la      a1, records
        li      a2, RECORD_BYTES
        mul     a2, a2, s6
        call    read_all
        la      s4, records
        la      s5, results
next_record:
        fld     f1, 0(s4)
        fld     f2, 8(s4)
        fld     f3, 16(s4)
        lw      a0, 0(s4)
        fscsr   s1
        jalr    s3
        frflags t0
        sw      t0, 8(s5)
        sw      zero, 12(s5)
        addi    s4, s4, RECORD_BYTES
        addi    s5, s5, RESULT_BYTES
        addi    s6, s6, -1
        bnez    s6, next_record
        la      a1, results
        mv      s7, s5
1:      li      a0, 1
        sub     a2, s7, a1
        li      a7, SYS_WRITE
        ecall
        blez    a0, failed
        add     a1, a1, a0
        bltu    a1, s7, 1b
        j       next_chunk

# Reads a2 bytes to a1. Input ends only before a header.
read_all:
        add     t0, a1, a2
        mv      t1, a1
1:      li      a0, 0
        sub     a2, t0, a1
        li      a7, SYS_READ
        ecall
        bltz    a0, failed
        beqz    a0, 2f
        add     a1, a1, a0
        bltu    a1, t0, 1b
        ret
2:      la      t2, header
        bne     t1, t2, failed
        bne     a1, t2, failed
        li      a0, 0
        j       exit
failed:
        li      a0, 1
exit:
        li      a7, SYS_EXIT
        ecall

        .bss
        .balign 16
header: .skip   16
records:
        .skip   RECORD_BYTES * CHUNK_RECORDS
        .balign 16
results:
        .skip   RESULT_BYTES * CHUNK_RECORDS
