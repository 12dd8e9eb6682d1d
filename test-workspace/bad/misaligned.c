// Loads and stores at odd addresses: the machine traps, the libOS completes them, and each costs an
// upcall.
#include <stdint.h>
#include <stdio.h>

static unsigned char bytes[16] = {1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0xfe, 0xfd, 0xfc};

int
main(void)
{
  volatile uint32_t *word = (volatile uint32_t *)(bytes + 1);
  volatile uint16_t *half = (volatile uint16_t *)(bytes + 7);
  volatile int16_t *negative = (volatile int16_t *)(bytes + 9);

  printf("word %08x, half %04x, signed %d\n", *word, *half, *negative); //@step load
  *word = 0xa1b2c3d4;                                                   //@step store
  *half = 0x5566;
  for (int i = 0; i < 12; i++) printf("%02x%s", bytes[i], i == 11 ? "\n" : " ");
  return 0;
}
