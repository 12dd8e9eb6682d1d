// Loads and stores that their size does not divide. The machine traps; the libOS does them byte by
// byte and goes on behind the instruction, so that a program which needs them gets them, and one
// that counts can see what they cost.
#include "libos.h"

// One load or store, decoded.
struct access {
  int is_store;
  int bytes;       // 2 or 4
  int is_signed;   // for loads of 2
  int reg;         // the register to load, or to store
  uint32_t length; // of the instruction
};

// Unpriv, RV32I: LOAD and STORE. funct3 is the size, with 4 for "unsigned".
static int
decode_32(uint32_t word, struct access *access)
{
  uint32_t opcode = word & 0x7f, funct3 = word >> 12 & 7;

  access->length = 4;
  access->is_signed = funct3 == 1;
  access->bytes = (funct3 & 3) == 1 ? 2 : 4;
  access->is_store = opcode == 0x23;
  access->reg = access->is_store ? word >> 20 & 31 : word >> 7 & 31;
  if (opcode == 0x03) return funct3 == 1 || funct3 == 2 || funct3 == 5;
  return opcode == 0x23 && (funct3 == 1 || funct3 == 2);
}

// Unpriv, "C": c.lw, c.sw, c.lwsp and c.swsp, the only ones of RV32IMAC that access memory.
static int
decode_16(uint32_t half, struct access *access)
{
  uint32_t quadrant = half & 3, funct3 = half >> 13;

  access->length = 2;
  access->bytes = 4;
  access->is_signed = 0;
  access->is_store = funct3 == 6;
  if (funct3 != 2 && funct3 != 6) return 0;
  if (quadrant == 0) {
    access->reg = 8 + (half >> 2 & 7);
    return 1;
  }
  access->reg = access->is_store ? half >> 2 & 31 : half >> 7 & 31;
  return quadrant == 2;
}

// Reads the instruction at pc, which may itself lie at an odd half word.
static int
decode(uint32_t pc, struct access *access)
{
  const uint16_t *half = (const uint16_t *)pc;

  if ((half[0] & 3) != 3) return decode_16(half[0], access);
  return decode_32(half[0] | (uint32_t)half[1] << 16, access);
}

// Completes the access. Returns 0 for what cannot be: an atomic operation must be aligned.
EXO_API int
on_misaligned(struct upcall_frame *frame)
{
  volatile uint8_t *at = (volatile uint8_t *)frame->value;
  struct access access;
  uint32_t value = 0;

  if (!decode(frame->pc, &access)) return 0;
  // Each of these may fault on its own; that upcall nests in this one.
  if (access.is_store) {
    value = frame_register(frame, access.reg);
    for (int i = 0; i < access.bytes; i++) at[i] = (uint8_t)(value >> 8 * i);
  } else {
    for (int i = 0; i < access.bytes; i++) value |= (uint32_t)at[i] << 8 * i;
    if (access.is_signed) value = (uint32_t)(int32_t)(int16_t)value;
    frame_set_register(frame, access.reg, value);
  }
  frame->pc += access.length;
  return 1;
}
