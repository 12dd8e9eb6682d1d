/** What scopes and variables unfold to. A handle lives until the debuggee runs again. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { stripped, typeName } from "../dwarf/debug-info.ts";
import { setValue } from "../values/assign.ts";
import { childCounts, childrenOf } from "../values/children.ts";
import { formatValue } from "../values/format.ts";
import type { FrameAccess } from "../values/frame-access.ts";
import { numberOf, type Value } from "../values/value.ts";

/** A value where it was found. */
export interface Located {
  readonly value: Value;
  readonly frame: FrameAccess;
  readonly environment: number;
}

export interface Node {
  children(args: Dap.VariablesArguments): Dap.Variable[];
  /** Sets the child of that name; a sentence when that can't be done. */
  set?(name: string, text: string): Dap.Variable | string;
  /** The child of that name, if it is a value of the program. */
  find?(name: string): Located | undefined;
}

export class VariableTree {
  readonly #nodes: Node[] = [];

  /** Forgets all handles. */
  clear(): void {
    this.#nodes.length = 0;
  }

  add(node: Node): number {
    this.#nodes.push(node);
    return this.#nodes.length;
  }

  get(reference: number): Node | undefined {
    return this.#nodes[reference - 1];
  }
}

/** Names of memory in a client: the environment, then the address. */
export function memoryReference(environment: number, address: number): string {
  return `${environment}:0x${(address >>> 0).toString(16)}`;
}

/** Turns values of one frame into variables. */
export class ValueNodes {
  readonly #tree: VariableTree;
  readonly #frame: FrameAccess;
  readonly #environment: number;

  constructor(tree: VariableTree, frame: FrameAccess, environment: number) {
    this.#tree = tree;
    this.#frame = frame;
    this.#environment = environment;
  }

  variable(name: string, value: Value, isHex: boolean): Dap.Variable {
    const counts = childCounts(value, this.#frame);
    const hasChildren = counts.named + counts.indexed > 0;
    const memory = this.#memoryOf(value);
    return {
      name,
      value: formatValue(value, this.#frame, { hex: isHex }),
      type: typeName(value.type),
      variablesReference: hasChildren ? this.#tree.add(this.#childrenNode(value)) : 0,
      ...(value.evaluateName === undefined ? {} : { evaluateName: value.evaluateName }),
      ...(counts.indexed > 0 ? { indexedVariables: counts.indexed } : {}),
      ...(counts.indexed > 0 && counts.named > 0 ? { namedVariables: counts.named } : {}),
      ...(memory === undefined
        ? {}
        : { memoryReference: memoryReference(this.#environment, memory) }),
    };
  }

  /** A node whose children are these, made anew each time since a value may have been set. */
  listNode(list: () => readonly { readonly name: string; readonly value: Value }[]): Node {
    return {
      children: ({ format }) =>
        list().map(({ name, value }) => this.variable(name, value, format?.hex === true)),
      set: (name, text) => this.#set(list().find((item) => item.name === name)?.value, name, text),
      find: (name) => this.#located(list().find((item) => item.name === name)),
    };
  }

  /** Sets a value from text and returns what it is now. */
  assign(value: Value, name: string, text: string): Dap.Variable | string {
    return this.#set(value, name, text);
  }

  #childrenNode(value: Value): Node {
    return {
      children: ({ start, count, format }) =>
        childrenOf(value, this.#frame, {
          ...(start === undefined ? {} : { start }),
          ...(count === undefined ? {} : { count }),
        }).map((child) =>
          this.variable(
            child.name,
            { ...child.value, evaluateName: child.evaluateName },
            format?.hex === true,
          ),
        ),
      set: (name, text) => {
        const child = childrenOf(value, this.#frame).find((candidate) => candidate.name === name);
        return this.#set(child?.value, name, text);
      },
      find: (name) => {
        const child = childrenOf(value, this.#frame).find((candidate) => candidate.name === name);
        return this.#located(
          child && { value: { ...child.value, evaluateName: child.evaluateName } },
        );
      },
    };
  }

  #located(item: { readonly value: Value } | undefined): Located | undefined {
    return item && { value: item.value, frame: this.#frame, environment: this.#environment };
  }

  #set(value: Value | undefined, name: string, text: string): Dap.Variable | string {
    if (value === undefined) return `There is no '${name}' here.`;
    const result = setValue(value, text, this.#frame);
    if (!result.ok) return result.message;
    return this.variable(name, value, false);
  }

  /** Where a memory view of the value begins: a pointer's target, else the object itself. */
  #memoryOf(value: Value): number | undefined {
    if (stripped(value.type).kind === "pointer") {
      const target = numberOf(value, this.#frame);
      return typeof target === "bigint" ? Number(target & 0xffff_ffffn) : undefined;
    }
    return value.place.kind === "memory" ? value.place.address : undefined;
  }
}
