/** Lines of assembly that the kernel's tests share. */
/** Stores a register into word `index` of the data page, by way of s11. */
export const put = (index: number, register: string): string =>
  `li s11, DATA + ${4 * index}\nsw ${register}, 0(s11)`;

/** Registers a label as the caller's own entry. */
export const setEntry = (entry: string | number, label: string): string =>
  `li a0, 0\nli a1, ${entry}\nla a2, ${label}\nkcall ENV_SET_ENTRY`;

/** A kernel call with constant arguments, whose result goes into word `index` of the data page when one is given. */
export const call = (name: string, args: readonly (number | string)[], index?: number): string =>
  [
    ...args.map((argument, i) => `li a${i}, ${argument}`),
    `kcall ${name}`,
    ...(index === undefined ? [] : [put(index, "a0")]),
  ].join("\n");

/** Writes a filter's term to the data page, from word `index` on. */
export const term = (
  index: number,
  offset: number,
  size: number,
  mask: number,
  value: number,
): string =>
  [offset, size, mask, value]
    .map((word, i) => `li s0, ${word}\n${put(index + i, "s0")}`)
    .join("\n");

/** A transfer (or any call that names its target in t6) whose refusal goes into word `index`. */
export const transferTo = (name: string, target: string, index?: number): string =>
  `mv t6, ${target}\nkcall ${name}\n${index === undefined ? "" : put(index, "a0")}`;

/** The ids of the first three guests: uniquifier 1, and the launcher has index 1. */
export const [A, B, C] = [0x102, 0x103, 0x104];

export const done = "1: j 1b";

/** Lets the others run first: gives up `slices` slices. */
export const wait = (slices = 1): string =>
  Array.from({ length: slices }, () => "li a0, 0\nkcall YIELD").join("\n");

/** What the launcher replaces by the id of the environment of that name. */
export const envArgument = (name: string): string => `\${env:${name}}`;

/** Reads argument `which` (decimal text in the boot page) into a register; at entry, while a0 is the boot page. */
export const readArgument = (which: number, register: string): string => `
    li t2, BOOT
    lw t0, 28(t2)
    lw t0, ${4 * which}(t0)
    li ${register}, 0
    li t3, 10
  1: lbu t1, 0(t0)
    beqz t1, 2f
    mul ${register}, ${register}, t3
    addi t1, t1, -48
    add ${register}, ${register}, t1
    addi t0, t0, 1
    j 1b
  2:`;

/** Counts in word `index` for ever. */
export const counting = (index = 0): string =>
  `li s0, 0\n1: addi s0, s0, 1\n${put(index, "s0")}\nj 1b`;
