// Doubles: five bodies that attract each other; products that are added, roots and quotients.
#include "work.h"

#define BODIES 5

static struct body {
  double x[3], v[3], mass;
} bodies[BODIES];

static void
advance(double dt)
{
  for (u32 i = 0; i < BODIES; i++)
    for (u32 j = i + 1; j < BODIES; j++) {
      struct body *a = &bodies[i], *b = &bodies[j];
      double between[3], square = 0;

      for (u32 k = 0; k < 3; k++) {
        between[k] = a->x[k] - b->x[k];
        square += between[k] * between[k];
      }
      double distance;
      __asm__("fsqrt.d %0, %1" : "=f"(distance) : "f"(square));
      double pull = dt / (square * distance);
      for (u32 k = 0; k < 3; k++) {
        a->v[k] -= between[k] * b->mass * pull;
        b->v[k] += between[k] * a->mass * pull;
      }
    }
  for (u32 i = 0; i < BODIES; i++)
    for (u32 k = 0; k < 3; k++) bodies[i].x[k] += dt * bodies[i].v[k];
}

u32
work(u32 n)
{
  for (u32 i = 0; i < BODIES; i++)
    for (u32 k = 0; k < 3; k++) {
      bodies[i].x[k] = (double)(i * i + k) * 1.7 - i;
      bodies[i].v[k] = 0.01 * (double)(i ^ k);
      bodies[i].mass = 1.0 / (double)(i + 1);
    }
  while (n-- > 0) advance(0.001);
  return (u32)(i32)(bodies[0].x[0] * 1000000);
}
