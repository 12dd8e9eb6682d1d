// Division by zero does not trap on RISC-V: the quotient is all ones, the remainder the dividend
// (Unpriv, "M" extension).
#include <stdio.h>

int
main(void)
{
  volatile int zero = 0, seven = 7;
  volatile long long wide = 7;

  printf("7 / 0 = %d, 7 %% 0 = %d\n", seven / zero, seven % zero); //@step divide
  printf("64 bits: %lld\n", wide / zero);
  return 0;
}
