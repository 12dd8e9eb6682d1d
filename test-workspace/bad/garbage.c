// Executes bytes that are not instructions.
#include <stdio.h>

__attribute__((section(".text.garbage"))) static const unsigned garbage[] = {
    0x00000000,
    0xffffffff,
    0xdeadbeef,
    0x12345678,
};

int
main(void)
{
  printf("into the garbage\n");
  ((void (*)(void))garbage)(); //@step jump
  return 0;
}
