/** Pieces of guest assembly that allocate a page, bind it and touch it, and what is the same in tests of them. */
import { call, put } from "./snippets.ts";

export const LOAD_FAULT = 13;
export const VA = 0x40000;
/** Far enough from `VA` to fall on the same entry of the software TLB. */
export const CONFLICT = VA + 4096 * 4096;
export const PAGE = 100;
export const RW = "RIGHT_READ | RIGHT_WRITE";
export const alloc = (slot: number, index?: number) =>
  call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", slot], index);
export const bind = (address: number, slot: number | string, rights = RW, index?: number) =>
  call("BIND", [0, address, slot, rights], index);
export const store = (address: number, value: number) =>
  `li t0, ${address}\nli t1, ${value}\nsw t1, 0(t0)`;
export const load = (address: number, index: number) =>
  `li t0, ${address}\nlw t1, 0(t0)\n${put(index, "t1")}`;
/** Notes utval in word `index`, counts in the next, and goes on behind the instruction. */
export const skipFault = (label: string, index: number) => `
  ${label}:
    csrr t2, utval
    ${put(index, "t2")}
    lw t2, 4(s11)
    addi t2, t2, 1
    sw t2, 4(s11)
    csrr t2, uepc
    addi t2, t2, 4
    csrw uepc, t2
    uret`;
export const quick = { policy: { tick: 2000 } };
