// The generator against the value that its authors give: from 1, the ten thousandth is 1043618065
// [Park and Miller 1988]. And the stride's passes wrap round.
#include <stdio.h>
#include <sched.h>

static struct sched sched = {.choose = sched_stride, .pass = 0xfffff000u};

int
main(void)
{
  uint32_t state = 1, counts[2] = {0};

  for (int i = 0; i < 10000; i++) sched_random(&state);
  printf("%u\n", state);
  sched_add(&sched, 1000, 3);
  sched_add(&sched, 1001, 1);
  for (int i = 0; i < 40000; i++) counts[sched_stride(&sched)->id - 1000]++;
  printf("%u %u\n", counts[0], counts[1]);
  printf("%d %d %d\n", sched_add(&sched, 1000, 3), sched_add(&sched, 5, 0),
         sched_add(&sched, 5, SCHED_TICKETS + 1));
  return 0;
}
