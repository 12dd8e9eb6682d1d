import { expect, test } from "vitest";
import { ConsoleFeed } from "./console-feed.ts";

function fed(room: number) {
  const queue: number[] = [];
  const feed = new ConsoleFeed({
    room: () => room - queue.length,
    type: (bytes) => {
      expect(bytes.length).toBeLessThanOrEqual(room - queue.length);
      queue.push(...bytes);
    },
  });
  return { feed, queue };
}

test("input longer than the queue waits for room, and nothing of it is lost or out of order", () => {
  const { feed, queue } = fed(5);
  const read: number[] = [];
  feed.type(Uint8Array.from([1, 2, 3]));
  feed.type(Uint8Array.from([4, 5, 6, 7]));
  feed.type(Uint8Array.from([8]));
  while (queue.length > 0) {
    read.push(...queue.splice(0, 2));
    feed.pump();
  }
  expect(read).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(feed.pump()).toBe(false);
});

test("what is to follow the input waits until all of it has gone", () => {
  const { feed, queue } = fed(2);
  feed.type(Uint8Array.from([1, 2, 3]));
  feed.afterAll(() => feed.type(Uint8Array.from([0])));
  expect(queue).toEqual([1, 2]);
  queue.splice(0, 2);
  expect(feed.pump()).toBe(true);
  expect(queue).toEqual([3, 0]);
});

test("a sender of much is asked to wait, and then to go on", () => {
  const { feed, queue } = fed(1 << 14);
  const asked: boolean[] = [];
  feed.onFull = (isFull) => asked.push(isFull);
  feed.type(new Uint8Array(50_000));
  expect(asked).toEqual([]);
  feed.type(new Uint8Array(50_000));
  expect(asked).toEqual([true]);
  while (queue.length > 0) {
    queue.length = 0;
    feed.pump();
  }
  expect(asked).toEqual([true, false]);
});
