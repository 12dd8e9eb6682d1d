// The parts of an ELF file that a loader reads (System V ABI, chapters 4 and 5; RISC-V psABI 1.0).
#ifndef ELF_H
#define ELF_H

#include <stdint.h>

struct elf_header {
  uint8_t ident[16];
  uint16_t type, machine;
  uint32_t version, entry, phoff, shoff, flags;
  uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_segment {
  uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

#define ELF_EXECUTABLE 2
#define ELF_RISCV      243
#define ELF_LOAD       1
#define ELF_NOTE       4
#define ELF_X          1u
#define ELF_W          2u
#define ELF_R          4u
#define ELF_BUILD_ID   3

#endif
