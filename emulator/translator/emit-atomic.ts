/** LR, SC and the AMOs, as the interpreter does them (Unpriv ch. 8). */
import { DISCARD, nameOf, type Operation } from "../isa/instruction.ts";
import { RAM_BASE, STATE } from "../state-layout.ts";
import { type Addresses, accessOf } from "./addresses.ts";
import { type Code, OP } from "./module-builder.ts";
import { ATOMIC, WORD } from "./operations.ts";

export interface AtomicPlace {
  readonly code: Code;
  readonly addresses: Addresses;
  /** Puts a register's value on the stack. */
  readonly get: (register: number) => void;
  /** The local of the destination, where there is one, and two that are free. */
  readonly local: number;
  readonly scratch: readonly [number, number];
}

export function emitAtomic(op: Operation, undone: number, place: AtomicPlace): void {
  const { code, addresses, get, local, scratch } = place;
  const [address, before] = scratch;
  const name = nameOf(op);
  const access = { ...accessOf(op, WORD, undone), offset: 0 };
  const give = () => {
    if (op.rd === DISCARD) code.op(OP.drop);
    else code.set(local);
  };
  if (name === "lr.w") {
    addresses.load(access);
    code.set(address).const(0).get(address).memory(OP.i32Store, 2, STATE.reservation);
    code.get(address).memory(OP.i32Load, 2, RAM_BASE);
    give();
    return;
  }
  if (name === "sc.w") {
    addresses.store(access);
    code.tee(address).const(0).memory(OP.i32Load, 2, STATE.reservation).op(OP.i32Ne);
    code.set(before);
    code.const(0).const(-1).memory(OP.i32Store, 2, STATE.reservation);
    code.get(before).op(OP.i32Eqz).begin(OP.if).get(address);
    get(op.rs2);
    code.memory(OP.i32Store, 2, RAM_BASE).op(OP.end).get(before);
    give();
    return;
  }
  // It reads what it writes: both must be allowed.
  addresses.load(access);
  code.op(OP.drop);
  addresses.store(access);
  code.tee(address).memory(OP.i32Load, 2, RAM_BASE).set(before);
  const [kind, opcode] = ATOMIC[name]!;
  code.get(address);
  if (kind !== "swap") code.get(before);
  get(op.rs2);
  if (kind === "binary") code.op(opcode);
  else if (kind === "select") {
    code.get(before);
    get(op.rs2);
    code.op(opcode).op(OP.select);
  }
  code.memory(OP.i32Store, 2, RAM_BASE).get(before);
  give();
}
