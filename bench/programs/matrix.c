// Loops over arrays of words: products of matrices of 48 x 48.
#include "work.h"

#define SIZE 48

static u32 a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

u32
work(u32 n)
{
  for (u32 i = 0; i < SIZE; i++)
    for (u32 j = 0; j < SIZE; j++) a[i][j] = i + 3 * j, b[i][j] = i ^ j;
  while (n-- > 0) {
    for (u32 i = 0; i < SIZE; i++)
      for (u32 j = 0; j < SIZE; j++) {
        u32 sum = 0;

        for (u32 k = 0; k < SIZE; k++) sum += a[i][k] * b[k][j];
        c[i][j] = sum;
      }
    a[n % SIZE][0] = c[0][n % SIZE];
  }
  return c[1][2];
}
