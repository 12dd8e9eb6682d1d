/**
 * Ways to have a procedure run in another environment: programs that do nothing else. To compare another one, add a row: the first
 * program counts the calls that were answered in `turns`.
 */

export interface Mechanism {
  readonly name: string;
  /** Rows with the same payload are compared. */
  readonly payload: "null call" | "4096 bytes";
  readonly programs: readonly MeasuredProgram[];
  /** Kernel entries for each call that this row would have elsewhere, and where: a row that is computed and not measured. */
  readonly elsewhere?: { readonly entries: number; readonly because: string };
}

export interface MeasuredProgram {
  readonly name: string;
  readonly source: string;
  readonly arguments?: readonly string[];
}

const id = (name: string) => `\${env:${name}}`;

const HEAD = `#include <stdlib.h>
#include <string.h>
#include <rpc.h>
volatile unsigned turns;
static char page[EXO_PAGE_SIZE] __attribute__((aligned(EXO_PAGE_SIZE)));
`;

/** A client whose loop body sets \`status\`; a negative one is no turn, and is tried again. */
const client = (body: string, before = ""): MeasuredProgram => ({
  name: "client",
  arguments: [id("server")],
  source: `${HEAD}
int main(int argc, char **argv) {
  exo_env server = (exo_env)atoi(argv[1]);
  int status = 0;
  (void)argc, (void)page;
  ${before}
  for (;;) {
    ${body}
    if (status >= 0) turns++;
    else rpc_early(server, status);
  }
}`,
});

const server = (body: string, how: "RPC_PRESERVE" | "RPC_CLEAR"): MeasuredProgram => ({
  name: "server",
  source: `${HEAD}
#define AT 0x50000000u
static int serve(exo_env client, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f) {
  (void)client, (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)page;
  ${body}
}
int main(void) { rpc_serve_procedure(serve, ${how}); }`,
});

const NULL_SERVER = "return (int)(a & 0xffff);";

/** Two ends of a ring that sleep on predicates; `batch` messages go out before the client waits for their answers. */
const ringPair = (batch: number, wakes: boolean): readonly MeasuredProgram[] => [
  {
    name: "client",
    arguments: [id("server")],
    source: `${HEAD}
static struct ring ring;
int main(int argc, char **argv) {
  uint32_t words[RING_WORDS] = {0};
  (void)argc, (void)page;
  if (ring_meet(&ring, 0x50000000u, (exo_env)atoi(argv[1]), RPC_NEVER) < 0) return 1;
  slice_yield(0);
  for (;;) {
    for (int i = 0; i < ${batch}; i++) ring_put(&ring, words);
    ${wakes ? "while (ring_wake(&ring) == EXO_E_BUSY) slice_yield(0);" : ""}
    for (int i = 0; i < ${batch}; i++) {
      int status;
      while ((status = ring_get(&ring, words)) == EXO_E_AGAIN) ring_wait_get(&ring, RPC_NEVER);
      if (status == 0) turns++;
    }
  }
}`,
  },
  {
    name: "server",
    arguments: [id("client")],
    source: `${HEAD}
static struct ring ring;
static void drain(void) {
  uint32_t words[RING_WORDS];
  while (ring_get(&ring, words) == 0) ring_put(&ring, words);
}
void on_transfer_async(struct upcall_frame *frame) { (void)frame; drain(); }
int main(int argc, char **argv) {
  (void)argc, (void)page;
  if (ring_meet(&ring, 0x50000000u, (exo_env)atoi(argv[1]), RPC_NEVER) < 0) return 1;
  ${wakes ? "rpc_register_async(); exo_rest();" : "for (;;) { ring_wait_get(&ring, RPC_NEVER); drain(); }"}
}`,
  },
];

/**
 * Pipes as a conventional system has them, kept by an environment in the kernel's place: a write copies from the caller's memory
 * into the pipe's, a read copies out again, and who finds nothing gives the processor to the other end. The callers trust it as
 * they would a kernel, so each operation is as cheap as a transfer gets.
 */
const PIPE_OPERATIONS = "enum { OPEN, WRITE, READ };";
const PIPES: MeasuredProgram = {
  name: "pipes",
  source: `${HEAD}
${PIPE_OPERATIONS}
#define SIZE 8192u
static struct { uint32_t head, tail; char bytes[SIZE]; } pipes[2];
static exo_env users[4];
static uint32_t buffer_of(exo_env user) {
  for (uint32_t i = 0; i < 4; i++) if (users[i] == user) return 0x50000000u + i * EXO_PAGE_SIZE;
  return 0;
}
static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }
static int serve(exo_env user, uint32_t what, uint32_t which, uint32_t count, uint32_t d, uint32_t e, uint32_t f) {
  uint32_t buffer = buffer_of(user), now, done = 0, at;
  (void)d, (void)e, (void)f, (void)page;
  if (what == OPEN) {
    for (int i = 0; i < 4; i++) {
      if (users[i]) continue;
      users[i] = user;
      return bulk_accept(user, which, buffer_of(user), EXO_RIGHT_READ | EXO_RIGHT_WRITE);
    }
    return EXO_E_NONE;
  }
  if (buffer == 0 || which > 1 || count > EXO_PAGE_SIZE) return EXO_E_INVAL;
  now = pipes[which].head - pipes[which].tail;
  if (what == WRITE) now = SIZE - now;
  if (now == 0) return EXO_E_AGAIN;
  count = least(count, now);
  while (done < count) {
    at = (what == WRITE ? pipes[which].head : pipes[which].tail) % SIZE;
    now = least(count - done, SIZE - at);
    if (what == WRITE) memcpy(pipes[which].bytes + at, (char *)buffer + done, now), pipes[which].head += now;
    else memcpy((char *)buffer + done, pipes[which].bytes + at, now), pipes[which].tail += now;
    done += now;
  }
  return (int)count;
}
int main(void) { rpc_serve_procedure(serve, RPC_PRESERVE); }`,
};

const PIPE_USER = `${PIPE_OPERATIONS}
static exo_env pipes;
static int pipe_do(int what, uint32_t which, uint32_t count) {
  return rpc_trusting(pipes, (uint32_t)what, which, count, 0, 0, 0);
}
static void pipe_all(int what, uint32_t which, uint32_t count, exo_env other) {
  while (count > 0) {
    int now = pipe_do(what, which, count);
    if (now > 0) count -= (uint32_t)now;
    else slice_yield(other);
  }
}
static void pipe_open(exo_env keeper) {
  int slot;
  pipes = keeper;
  memset(page, 1, sizeof page);
  slot = bulk_offer(page, keeper, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  while (rpc_early(keeper, pipe_do(OPEN, (uint32_t)slot, 0)));
}`;

const pipePair = (request: number, reply: number): readonly MeasuredProgram[] => [
  {
    name: "client",
    arguments: [id("server"), id("pipes")],
    source: `${HEAD}${PIPE_USER}
int main(int argc, char **argv) {
  exo_env server = (exo_env)atoi(argv[1]);
  (void)argc;
  pipe_open((exo_env)atoi(argv[2]));
  for (;;) {
    pipe_all(WRITE, 0, ${request}, server);
    slice_yield(server);
    pipe_all(READ, 1, ${reply}, server);
    turns++;
  }
}`,
  },
  {
    name: "server",
    arguments: [id("client"), id("pipes")],
    source: `${HEAD}${PIPE_USER}
int main(int argc, char **argv) {
  exo_env client = (exo_env)atoi(argv[1]);
  (void)argc;
  pipe_open((exo_env)atoi(argv[2]));
  for (;;) {
    pipe_all(READ, 0, ${request}, client);
    pipe_all(WRITE, 1, ${reply}, client);
    slice_yield(client);
  }
}`,
  },
  PIPES,
];

const IN_KERNEL = {
  entries: 4,
  because: "as measured, but entering the kernel for write, read, write and read only",
};

export const MECHANISMS: readonly Mechanism[] = [
  {
    name: "trusting",
    payload: "null call",
    programs: [
      client("status = rpc_trusting(server, turns, 0, 0, 0, 0, 0);"),
      server(NULL_SERVER, "RPC_PRESERVE"),
    ],
  },
  {
    name: "distrusting, server preserves",
    payload: "null call",
    programs: [
      client("status = rpc_distrusting(server, turns, 0, 0, 0, 0, 0);"),
      server(NULL_SERVER, "RPC_PRESERVE"),
    ],
  },
  {
    name: "distrusting, server clears",
    payload: "null call",
    programs: [
      client("status = rpc_distrusting(server, turns, 0, 0, 0, 0, 0);"),
      server(NULL_SERVER, "RPC_CLEAR"),
    ],
  },
  {
    name: "rpc_call of the default libOS",
    payload: "null call",
    programs: [
      client("status = rpc_call(server, words); words[0]++;", "uint32_t words[RPC_WORDS] = {0};"),
      {
        name: "server",
        source: `#include <libos.h>
static int serve(exo_env client, uint32_t words[RPC_WORDS]) { (void)client; return (int)(words[0] & 0xffff); }
int main(void) { rpc_serve(serve); }`,
      },
    ],
  },
  {
    name: "with a deadline (asynchronous)",
    payload: "null call",
    programs: [
      client(
        "status = rpc_call_by(server, words, rpc_clock() + 1000000); words[0]++;",
        "uint32_t words[RPC_ARGUMENTS] = {0};",
      ),
      server(NULL_SERVER, "RPC_PRESERVE"),
    ],
  },
  { name: "ring, 1 at a time", payload: "null call", programs: ringPair(1, false) },
  { name: "ring, 1 at a time, woken", payload: "null call", programs: ringPair(1, true) },
  { name: "ring, 16 at a time", payload: "null call", programs: ringPair(16, false) },
  { name: "ring, 64 at a time", payload: "null call", programs: ringPair(64, false) },
  { name: "pipes of a server", payload: "null call", programs: pipePair(32, 32) },
  {
    name: "pipes in a kernel (computed)",
    payload: "null call",
    programs: pipePair(32, 32),
    elsewhere: IN_KERNEL,
  },
  {
    name: "page by capability, each call",
    payload: "4096 bytes",
    programs: [
      client(`page[0]++;
    status = bulk_offer(page, server, EXO_RIGHT_READ);
    if (status >= 0) status = rpc_distrusting(server, (uint32_t)status, 0, 0, 0, 0, 0);`),
      server(
        `int word = bulk_accept(client, a, AT, EXO_RIGHT_READ);
  if (word < 0) return word;
  word = *(volatile char *)AT;
  bulk_release(AT);
  return word & 0x7f;`,
        "RPC_CLEAR",
      ),
    ],
  },
  {
    name: "page by capability, kept",
    payload: "4096 bytes",
    programs: [
      client(
        "page[0]++; status = rpc_distrusting(server, 0, 0, 0, 0, 0, 0);",
        `int slot = bulk_offer(page, server, EXO_RIGHT_READ);
  while (rpc_early(server, rpc_distrusting(server, (uint32_t)slot, 1, 0, 0, 0, 0)));`,
      ),
      server(
        `if (b) return bulk_accept(client, a, AT, EXO_RIGHT_READ);
  return *(volatile char *)AT & 0x7f;`,
        "RPC_CLEAR",
      ),
    ],
  },
  { name: "pipes of a server", payload: "4096 bytes", programs: pipePair(4096, 32) },
  {
    name: "pipes in a kernel (computed)",
    payload: "4096 bytes",
    programs: pipePair(4096, 32),
    elsewhere: IN_KERNEL,
  },
];
