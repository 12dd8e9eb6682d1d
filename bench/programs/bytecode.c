// Jump tables and calls through pointers: an interpreter of a small bytecode whose operators are functions.
#include "work.h"

enum { PUSH, ADD, SUB, MUL, DUP, SWAP, JNZ, LOAD, STORE, CALL, XOR, SHR, DEC, END };

static const u8 program[] = {
  PUSH, 50, STORE, 0, PUSH, 1, STORE, 1,
  // 8: the loop
  LOAD, 1, PUSH, 13, MUL, PUSH, 7, ADD, DUP, PUSH, 3, SHR, XOR, CALL, 0, CALL, 1, PUSH, 5, SWAP, SUB, CALL, 2, STORE, 1,
  LOAD, 0, DEC, DUP, STORE, 0, JNZ, 8, END,
};

static NOINLINE u32 twice(u32 x) { return x * 2 + 1; }
static NOINLINE u32 mixed(u32 x) { return x ^ x >> 5; }
static NOINLINE u32 turned(u32 x) { return x << 7 | x >> 25; }
static u32 (*volatile functions[])(u32) = { twice, mixed, turned };

static NOINLINE u32
run(u32 seed)
{
  u32 stack[16], *top = stack, variables[4] = { 0 };
  const u8 *pc = program;

  *top = seed;
  for (;;) {
    switch (*pc++) {
    case PUSH: *++top = *pc++; break;
    case ADD: top--; top[0] += top[1]; break;
    case SUB: top--; top[0] -= top[1]; break;
    case MUL: top--; top[0] *= top[1]; break;
    case XOR: top--; top[0] ^= top[1]; break;
    case SHR: top--; top[0] >>= top[1]; break;
    case DUP: top++; top[0] = top[-1]; break;
    case DEC: top[0]--; break;
    case SWAP: { u32 t = top[0]; top[0] = top[-1]; top[-1] = t; break; }
    case JNZ: pc = *top-- != 0 ? program + *pc : pc + 1; break;
    case LOAD: *++top = variables[*pc++]; break;
    case STORE: variables[*pc++] = *top--; break;
    case CALL: top[0] = functions[*pc++](top[0]); break;
    case END: return variables[1] + top[0];
    }
  }
}

u32
work(u32 n)
{
  u32 sum = 0;

  while (n-- > 0) sum += run(sum);
  return sum;
}
