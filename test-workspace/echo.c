// Input: waits for lines on the console and answers. Ends at control-D.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libos.h>

int
main(void)
{
  char line[80];
  int lines = 0;

  printf("What is your name?\n");
  while (readline(line, sizeof line) >= 0) { //@step line
    lines++;
    if (strcmp(line, "quit") == 0) break;
    printf("Hello, %s.\n", line);
  }
  printf("%d lines\n", lines);
  return 0;
}
