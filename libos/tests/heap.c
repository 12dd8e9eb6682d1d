// Does the heap keep what is put into it, give back what is freed, and join what lies side by side?
#include "check.h"

#define BLOCKS 60

static unsigned char *block[BLOCKS];
static unsigned size[BLOCKS];

static int
is_intact(int i)
{
  for (unsigned at = 0; at < size[i]; at++)
    if (block[i][at] != (unsigned char)i) return 0;
  return 1;
}

int
main(void)
{
  for (int round = 0; round < 1500; round++) {
    int i = rand() % BLOCKS;

    if (block[i]) {
      CHECK(is_intact(i));
      free(block[i]);
      block[i] = 0;
    } else {
      size[i] = (unsigned)rand() % 300;
      block[i] = malloc(size[i]);
      CHECK(block[i] != 0 && (uintptr_t)block[i] % 8 == 0);
      memset(block[i], i, size[i]);
    }
  }
  for (int i = 0; i < BLOCKS; i++) {
    if (block[i]) CHECK(is_intact(i));
    free(block[i]);
  }
  // All is free again, so one block as large as the heap fits where many were.
  char *before = sbrk(0);
  void *all = malloc(8000);
  CHECK(all != 0 && sbrk(0) == before);
  free(all);

  int *zero = calloc(100, sizeof *zero);
  for (int i = 0; i < 100; i++) CHECK(zero[i] == 0);
  zero = realloc(zero, 4000);
  for (int i = 0; i < 100; i++) CHECK(zero[i] == 0);
  CHECK(calloc(0x10000, 0x10000) == 0); // the product is more than there are addresses
  CHECK(malloc(0x7fffffff) == 0);
  CHECK(sbrk(0x7f000000) == (void *)-1);
  return failures;
}
