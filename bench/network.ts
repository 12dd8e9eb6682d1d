/** What a datagram costs that is sent to another program and comes back: the network library at -O2 over the loopback, counted exactly. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ElfImage, parseElf } from "#emulator";
import { Kernel, KernelView, Launcher } from "#exokernel";
import { buildGuestFile } from "./build-guest.ts";
import { type Figure, figure } from "./figures.ts";

const SERVER = `#include <socket.h>
static uint8_t data[NET_DATAGRAM];
int main(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(7)};
  int s;
  net_up(inet_addr("10.0.0.7"), 0, 0);
  s = socket(AF_INET, SOCK_DGRAM, 0);
  bind(s, (struct sockaddr *)&at, sizeof at);
  for (;;) {
    socklen_t size = sizeof at;
    int length = recvfrom(s, data, sizeof data, 0, (struct sockaddr *)&at, &size);
    sendto(s, data, length, 0, (struct sockaddr *)&at, size);
  }
}`;

const client = (bytes: number): string => `#include <socket.h>
volatile unsigned turns;
static uint8_t data[NET_DATAGRAM];
int main(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(7)};
  int s;
  net_up(inet_addr("10.0.0.8"), 0, 0);
  s = socket(AF_INET, SOCK_DGRAM, 0);
  at.sin_addr.s_addr = inet_addr("10.0.0.7");
  connect(s, (struct sockaddr *)&at, sizeof at);
  socket_timeout(s, 1000000);
  for (;;) {
    send(s, data, ${bytes}, 0);
    if (recv(s, data, sizeof data, 0) == ${bytes}) turns++;
  }
}`;

const STEPS = 4_000_000;

export async function measureNetwork(root: string, folder: string): Promise<Figure[]> {
  const build = async (source: string): Promise<ElfImage> => {
    const path = join(folder, "network.c");
    writeFileSync(path, source);
    return parseElf((await buildGuestFile(root, path, folder, "2")).bytes);
  };
  const figures: Figure[] = [];
  const server = await build(SERVER);
  for (const bytes of [64, 1472]) {
    const image = await build(client(bytes));
    const kernel = new Kernel({ network: { loopback: true, latency: 0 } });
    new Launcher(kernel).launch([
      { name: "client", image },
      { name: "server", image: server },
    ]);
    const view = new KernelView(kernel);
    const address = image.symbol("turns")?.value ?? 0;
    const totals = () => {
      const guests = view.environments().slice(1);
      const word = view.read(guests[0]?.id ?? 0, address, 4);
      return {
        turns: new DataView(word.buffer, word.byteOffset).getUint32(0, true),
        retired: kernel.machine.retired,
        crossings: guests.reduce((sum, { counters }) => sum + counters.calls + counters.upcalls, 0),
      };
    };
    kernel.run(2_000_000);
    const before = totals();
    kernel.run(STEPS);
    const after = totals();
    const turns = after.turns - before.turns;
    // Each turn is two datagrams, there and back.
    const id = `network: a datagram of ${bytes} bytes`;
    figures.push(
      figure(`${id}, echoed`, "/million steps", [(1e6 * turns) / STEPS]),
      figure(`${id}, guest instructions`, "", [(after.retired - before.retired) / turns / 2]),
      figure(`${id}, kernel calls and upcalls`, "", [
        (after.crossings - before.crossings) / turns / 2,
      ]),
    );
  }
  return figures;
}
