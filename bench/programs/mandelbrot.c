// Doubles: how long each point of a grid stays near 0; short chains of products and sums, and a comparison each.
#include "work.h"

#define SIZE 32
#define ROUNDS 100

u32
work(u32 n)
{
  u32 sum = 0;

  while (n-- > 0)
    for (u32 row = 0; row < SIZE; row++)
      for (u32 column = 0; column < SIZE; column++) {
        double cx = (double)column * (3.0 / SIZE) - 2.1 + (double)(n & 7) * 0.001;
        double cy = (double)row * (2.4 / SIZE) - 1.2;
        double x = 0, y = 0;
        u32 rounds = 0;

        while (rounds < ROUNDS && x * x + y * y < 4) {
          double next = x * x - y * y + cx;

          y = 2 * x * y + cy;
          x = next;
          rounds++;
        }
        sum = sum * 31 + rounds;
      }
  return sum;
}
