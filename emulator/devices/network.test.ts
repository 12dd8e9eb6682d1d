import { expect, test } from "vitest";
import { Machine } from "../machine.ts";
import { Snapshots } from "../snapshots.ts";
import { type FrameWay, type NetworkConfiguration, NetworkDevice } from "./network.ts";
import { FRAME_BYTES_MAX, NETWORK_BYTES, NETWORK_QUEUE } from "./network-layout.ts";

const RAM = 4096;

function network(
  configuration: NetworkConfiguration = { latency: 100 },
  touched?: (offset: number, length: number) => void,
): NetworkDevice {
  return new NetworkDevice(
    new ArrayBuffer(RAM + NETWORK_BYTES),
    0,
    RAM,
    { latency: 100, ...configuration },
    touched,
  );
}

const frame = (value: number, length = 60): Uint8Array => new Uint8Array(length).fill(value);

test("frames are on the line one after the other, each for the latency", () => {
  const device = network();
  expect(device.transmit(1000, frame(1))).toBe(1);
  expect(device.transmit(1010, frame(2))).toBe(2);
  expect(device.nextDeparture).toBe(1100);
  expect(device.leave(1099)).toBeUndefined();
  expect(device.leave(1150)?.bytes).toEqual(frame(1));
  // How late it is fetched does not change when the next one has left.
  expect(device.nextDeparture).toBe(1200);
  expect(device.leave(1200)).toEqual({ number: 2, bytes: frame(2), isLooped: false });
  expect(device.nextDeparture).toBe(Number.POSITIVE_INFINITY);
});

test("a latency of 0 is one step: what is sent never leaves at the same step", () => {
  const device = network({ latency: 0 });
  device.transmit(7, frame(1));
  expect(device.leave(7)).toBeUndefined();
  expect(device.leave(8)?.bytes).toEqual(frame(1));
});

test("the bytes of a frame are taken when it is accepted", () => {
  const device = network({ loopback: true });
  const bytes = frame(1);
  device.transmit(0, bytes);
  bytes.fill(9);
  expect(device.leave(100)).toEqual({ number: 1, bytes: frame(1), isLooped: true });
});

test("the queue has room for a number of frames, and refuses what is no frame", () => {
  const device = network();
  for (let i = 0; i < NETWORK_QUEUE; i++) device.transmit(0, frame(i, FRAME_BYTES_MAX));
  expect(device.isFull).toBe(true);
  expect(() => device.transmit(0, frame(1))).toThrow(/has room/);
  expect(() => network().transmit(0, frame(1, 0))).toThrow(/1 to 1514 bytes/);
  expect(() => network().transmit(0, frame(1, FRAME_BYTES_MAX + 1))).toThrow(/1 to 1514 bytes/);
  expect(() => network().receive(frame(1, 0), "received")).toThrow(/1 to 1514 bytes/);
  expect(() => network({ latency: -1 })).toThrow(/steps/);
});

test("whoever listens hears of each frame once, when it has left or arrived, and which way it went", () => {
  const device = network({ loopback: true });
  const heard: [number, FrameWay][] = [];
  device.onFrame = (bytes, way) => heard.push([bytes[0], way]);
  device.transmit(0, frame(1));
  expect(heard).toEqual([]);
  const left = device.leave(100);
  expect(device.receive(left?.bytes ?? frame(0), "looped")).toBe(1);
  expect(device.receive(frame(2), "received")).toBe(2);
  expect(heard).toEqual([
    [1, "sent"],
    [1, "looped"],
    [2, "received"],
  ]);
  expect([device.sent, device.received]).toEqual([1, 2]);
});

test("every write is told by its distance from the begin of RAM", () => {
  const pages = new Set<number>();
  const device = network({}, (offset, length) => {
    for (let at = offset; at < offset + length; at++) pages.add(at >>> 12);
  });
  pages.clear();
  device.transmit(0, frame(1));
  expect([...pages].sort()).toEqual([1, 2]);
});

test("a snapshot and a hash of the machine have the frames in flight", () => {
  const machine = new Machine({ pages: 4, disk: { sectors: 8 }, network: { latency: 5 } });
  const bare = machine.hash();
  const snapshots = new Snapshots(machine);
  machine.network?.transmit(0, frame(7));
  const full = machine.hash();
  expect(full).not.toBe(bare);
  const moment = snapshots.take();
  expect(machine.network?.leave(5)?.bytes).toEqual(frame(7));
  snapshots.restore(moment);
  expect(machine.hash()).toBe(full);
  expect(machine.network?.leave(5)?.bytes).toEqual(frame(7));
  snapshots.restore(snapshots.base);
});

test("a power failure loses what waits for the line; latency and counts go on", () => {
  const machine = new Machine({ pages: 4, network: { latency: 5, loopback: true } });
  machine.network?.transmit(0, frame(7));
  machine.network?.receive(frame(8), "received");
  machine.failPower();
  machine.powerOn();
  const device = machine.network;
  expect(device?.waiting).toBe(0);
  expect([device?.sent, device?.received, device?.isLoopback]).toEqual([1, 1, true]);
  device?.transmit(10, frame(1));
  expect(device?.nextDeparture).toBe(15);
  expect(device?.leave(15)?.number).toBe(2);
});
