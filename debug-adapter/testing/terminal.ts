/** A terminal before a machine, and somebody who types when what he waits for is there. */

/** What is typed, and what the terminal's text ends with when it has been answered. */
export interface Keys {
  readonly keys: string;
  readonly until: string;
}

/** The text that a terminal shows for these bytes: a backspace goes back, and what follows is written over. */
export function shownText(output: string): string {
  return output
    .split("\n")
    .map((line) => {
      const cells: string[] = [];
      let column = 0;
      for (const character of line) {
        if (character === "\b") column = Math.max(0, column - 1);
        else cells[column++] = character;
      }
      return cells.join("").trimEnd();
    })
    .join("\n")
    .trimEnd();
}

const PROMPT = "\n$";
const line = (text: string): Keys => ({ keys: `${text}\n`, until: PROMPT });
/** A line whose program says that it has begun, and then a control-C. */
const interrupted = (text: string): readonly Keys[] => [
  { keys: `${text}\n`, until: "\nbegun" },
  { keys: "\u0003", until: PROMPT },
];

/** Pipelines, redirection, lists, background, line editing and interrupts at a shell of v6. */
export const SHELL_KEYS: readonly Keys[] = [
  line("echo one two three | wc"),
  line("echo first > f; echo second >> f; cat < f | grep s | wc; cat f"),
  line("(sleep 50; echo in the background) & echo at once; wait"),
  line("(echo a; echo b) | grep -n b && echo found || echo none"),
  line("grep z f || echo none; echo status $?"),
  line("cat nothing; nothing"),
  line("echo 'quoted  text' > g; wc g; rm f g; cat f"),
  { keys: "ecko\u007f\u007fho erased one by one\n", until: PROMPT },
  { keys: "rm everything\u0015echo the line was taken back\n", until: PROMPT },
  { keys: "echo the word WRONG\u0017was taken back\n", until: PROMPT },
  { keys: "echo half a line\u0003", until: PROMPT },
  ...interrupted("(echo begun; yes) | grep b; echo never"),
  line("echo status $?"),
  ...interrupted("(echo begun; cat) | cat && echo never || echo never; echo never"),
  ...interrupted("(echo begun; cat; echo never); echo never"),
  { keys: "cat > typed\ntwo lines\nof text\n\u0004", until: PROMPT },
  line("cat typed; rm typed"),
];

/** Everything is used up, one after the other, and the shell goes on. */
export const exhaustionKeys = (forks: number): readonly Keys[] => [
  line(`manyforks ${forks}`),
  line("hog memory"),
  line("echo on | wc"),
  line("hog processes"),
  line("echo on | wc"),
  line("hog disk"),
  line("echo more > more; wc more; cat sh > copy; rm copy more; echo the shell goes on"),
  line("hog clean"),
  line("echo more > more; cat more; rm more"),
];
