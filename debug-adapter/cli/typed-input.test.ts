import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { connectInput, type InputStream } from "./typed-input.ts";

class Stream extends EventEmitter implements InputStream {
  readonly isTTY: boolean;
  readonly modes: boolean[] = [];
  isPaused = false;

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  setRawMode(isRaw: boolean): void {
    this.modes.push(isRaw);
  }

  pause(): void {
    this.isPaused = true;
  }
}

function connected(isTTY: boolean, takesInput = true) {
  const stream = new Stream(isTTY);
  const seen = { typed: "", ended: 0, interrupts: 0, said: [] as string[] };
  const clock = { now: 0 };
  const close = connectInput(stream, {
    type: (bytes) => {
      seen.typed += Buffer.from(bytes).toString("latin1");
    },
    end: () => {
      seen.ended += 1;
    },
    takesInput: () => takesInput,
    interrupt: () => {
      seen.interrupts += 1;
    },
    say: (sentence) => seen.said.push(sentence),
    now: () => clock.now,
  });
  const press = (text: string) => stream.emit("data", Buffer.from(text, "latin1"));
  return { stream, seen, clock, close, press };
}

test("piped input reaches the guests as it is, and its end is told", () => {
  const { stream, seen, press, close } = connected(false);
  press("a\r\nb\x03\x1d\xff");
  stream.emit("end");
  expect(seen).toEqual({ typed: "a\r\nb\x03\x1d\xff", ended: 1, interrupts: 0, said: [] });
  close();
  expect(stream.modes).toEqual([]);
});

test("a terminal is raw until the run ends, and Enter is a newline", () => {
  const { stream, seen, press, close } = connected(true);
  expect(stream.modes).toEqual([true]);
  press("ls\r");
  press("a\r\nb\r");
  press("\nc\n\x04\x7f");
  expect(seen.typed).toBe("ls\na\nb\nc\n\x04\x7f");
  close();
  expect(stream.modes).toEqual([true, false]);
  expect(stream.isPaused).toBe(true);
  press("late");
  expect(seen.typed).not.toContain("late");
});

test("control-C is the guests', which is said once, and ends the run when it comes twice within a second", () => {
  const { seen, clock, press } = connected(true);
  press("x\x03y");
  clock.now = 1500;
  press("\x03");
  expect(seen).toMatchObject({ typed: "x\x03y\x03", interrupts: 0 });
  expect(seen.said).toEqual([
    "control-C went to the guests; twice within a second, or control-], it ends the run.",
  ]);
  clock.now = 2000;
  press("z\x03ignored");
  expect(seen).toMatchObject({ typed: "x\x03y\x03z", interrupts: 1 });
  expect(seen.said.length).toBe(1);
});

test("control-C ends a run whose guests take no input, and control-] ends any", () => {
  const busy = connected(true, false);
  busy.press("\x03");
  expect(busy.seen).toMatchObject({ typed: "", interrupts: 1, said: [] });
  const any = connected(true);
  any.press("ab\x1d");
  expect(any.seen).toMatchObject({ typed: "ab", interrupts: 1, said: [] });
});
