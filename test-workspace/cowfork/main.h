// Parent and child write to the same addresses, again and again: on the stack, in static memory, on the heap. Each must find what it
// wrote itself.
#ifndef MAIN_H
#define MAIN_H

#include <stdio.h>
#include <stdlib.h>
#include "cowfork.h"

#define WORDS  3000 // of each kind of memory: some pages
#define ROUNDS 8

static volatile uint32_t words[WORDS];

static int
write_and_look(const char *who, volatile uint32_t *heap, uint32_t mine)
{
  volatile uint32_t local[WORDS];
  int wrong = 0;

  for (uint32_t round = 0; round < ROUNDS; round++) {
    for (int i = 0; i < WORDS; i++) words[i] = heap[i] = local[i] = mine + round;
    slice_yield(0);
    for (int i = 0; i < WORDS; i++)
      wrong += (words[i] != mine + round) + (heap[i] != mine + round) + (local[i] != mine + round);
  }
  printf("%s: %d words of another's\n", who, wrong);
  return wrong;
}

int
main(void)
{
  volatile uint32_t *heap = sbrk(WORDS * sizeof(uint32_t)), inherited = 42;
  int result, wrong;

  for (int i = 0; i < WORDS; i++) words[i] = heap[i] = 7;
  result = fork(); //@step fork
  if (result == 0) {
    inherited++; //@step child-first-write
    printf("child: fork returned 0, and what was 42 is %u\n", inherited);
    exit(write_and_look("child", heap, 1000) != 0);
  }
  inherited--; //@step parent-writes
  printf("parent: fork returned %s, and what was 42 is %u\n", result > 0 ? "a child" : "an error", inherited);
  wrong = write_and_look("parent", heap, 2000);
  wait_for_child();
  return wrong != 0;
}

#endif
