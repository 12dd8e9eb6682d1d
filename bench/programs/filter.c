// Singles: a filter of 16 taps over a signal, and integers to singles and back.
#include "work.h"

#define TAPS 16
#define LENGTH 512

static float taps[TAPS], signal[LENGTH + TAPS];
static short out[LENGTH];

u32
work(u32 n)
{
  u32 x = 1;

  for (u32 i = 0; i < TAPS; i++) taps[i] = 1.0f / (float)(3 + i);
  for (u32 i = 0; i < LENGTH + TAPS; i++) {
    x = x * 1103515245u + 12345u;
    signal[i] = (float)(i32)(x >> 16) - 32768.0f;
  }
  while (n-- > 0) {
    for (u32 i = 0; i < LENGTH; i++) {
      float sum = 0;

      for (u32 k = 0; k < TAPS; k++) sum += taps[k] * signal[i + k];
      out[i] = (short)(i32)(sum * 0.25f);
    }
    signal[n % LENGTH] = (float)out[(n * 7) % LENGTH];
  }
  return (u32)out[1];
}
