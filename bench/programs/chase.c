// Memory-bound: a chain of pointers through 1.5 MiB in no order, and sums along the way.
#include "work.h"

#define NODES (1 << 16)

struct node {
  struct node *next;
  u32 value[5];
};

static struct node nodes[NODES];

u32
work(u32 n)
{
  struct node *at = nodes;
  u32 sum = 0;

  // An odd multiplier visits all of a power of two.
  for (u32 i = 0; i < NODES; i++) {
    nodes[(i * 40503u) % NODES].next = &nodes[((i + 1) * 40503u) % NODES];
    nodes[i].value[i % 5] = i;
  }
  for (u32 i = 0; i < n * 4096; i++) {
    sum += at->value[i & 3];
    at->value[4] = sum;
    at = at->next;
  }
  return sum;
}
