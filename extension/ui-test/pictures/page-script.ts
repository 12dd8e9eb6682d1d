/** What a picture's page finds in the plain Chromium: the end of the line to the extension, and a stopwatch for frames. */

const ARRAYS = { Uint8Array, Uint32Array, Int32Array } as const;

/** As JSON text; arrays of numbers as VS Code would hand them over. */
export const packed = (message: unknown): string =>
  JSON.stringify(message, (_, value: unknown) => {
    for (const [name, array] of Object.entries(ARRAYS)) {
      if (!(value instanceof array)) continue;
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      return { $array: name, bytes: bytes.toString("base64") };
    }
    return value;
  });

export const PAGE_SCRIPT = `
let kept;
globalThis.acquireVsCodeApi = () => ({
  postMessage: (message) =>
    void postToExtension(message).then((answer) => {
      if (answer !== undefined) window.postMessage(unpacked(answer), "*");
    }),
  getState: () => kept,
  setState: (state) => { kept = structuredClone(state); },
});

globalThis.unpacked = function unpacked(text) {
  return JSON.parse(text, (_, value) => {
    if (value === null || value.$array === undefined) return value;
    const bytes = Uint8Array.from(atob(value.bytes), (char) => char.charCodeAt(0));
    return new globalThis[value.$array](bytes.buffer);
  });
}

// All that the page does in a frame is in callbacks of these three, or in the steps of the measurement.
let spent = 0;
let depth = 0;
function timed(run) {
  return function (...args) {
    if (depth > 0) return run.apply(this, args);
    const began = performance.now();
    depth += 1;
    try {
      return run.apply(this, args);
    } finally {
      depth -= 1;
      spent += performance.now() - began;
    }
  };
}
const nextFrame = globalThis.nextFrame = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (run) => nextFrame(timed(run));
const later = window.setTimeout.bind(window);
window.setTimeout = (run, ms) => later(timed(run), ms);
const listen = window.addEventListener.bind(window);
window.addEventListener = (type, run, options) =>
  listen(type, type === "message" ? timed(run) : run, options);

const quantiles = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return { median: at(0.5), p95: at(0.95), most: sorted.at(-1) };
};

/** Takes a step in each frame; what the frame cost is known in the next one, after the page has painted. */
globalThis.measured = async function measured(steps) {
  const frame = () => new Promise((done) => nextFrame(done));
  const [script, work, interval] = [[], [], []];
  await frame();
  let last = performance.now();
  for (const step of steps) {
    spent = 0;
    timed(step)();
    // The page's own callback was asked for before this one, and has run when this one does.
    await frame();
    const began = performance.now();
    for (const canvas of document.querySelectorAll("canvas")) {
      if (canvas.width > 100) canvas.getContext("2d").getImageData(0, 0, 1, 1);
    }
    const now = performance.now();
    script.push(spent);
    work.push(spent + now - began);
    interval.push(now - last);
    last = now;
  }
  return { frames: steps.length, script: quantiles(script), work: quantiles(work), interval: quantiles(interval) };
}
`;
