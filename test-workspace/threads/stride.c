// Another policy in one function: a stride scheduler (Waldspurger and Weihl). Each thread has a
// share of the processor, and goes ahead by a stride that is shorter the larger its share is.
// Whoever is furthest behind runs next. The arguments are the three shares.
#include <stdio.h>
#include <stdlib.h>
#include <threads.h>

#define STRIDE 6 // every share divides it
#define BLOCKS 12

static volatile int over;
static char blocks[BLOCKS + 1];
static int count;

struct thread *
pick_next(struct thread *ready)
{
  struct thread *behind = ready;

  for (struct thread *thread = ready; thread; thread = thread->next)
    if (thread->pass < behind->pass) behind = thread;
  behind->pass += STRIDE / behind->share; //@step pick-next
  if (behind->argument && count < BLOCKS) blocks[count++] = behind->name[0];
  over = count == BLOCKS;
  return behind;
}

static int
computes(void *argument)
{
  volatile uint32_t *rounds = argument;

  while (!over) (*rounds)++; //@step compute
  return 0;
}

int
main(int argc, char **argv)
{
  static uint32_t shares[3] = {3, 2, 1};
  static uint32_t rounds[3];
  struct thread *threads[3];

  for (int i = 0; i < 3; i++) {
    if (argc > 3) shares[i] = (uint32_t)atoi(argv[i + 1]);
    threads[i] = thread_create(i == 0 ? "anna" : i == 1 ? "bert" : "carl", computes, &rounds[i]);
    threads[i]->share = shares[i];
  }
  for (int i = 0; i < 3; i++) thread_join(threads[i]);
  printf("%s\n", blocks);
  for (int i = 0; i < 3; i++) {
    int had = 0;

    for (int k = 0; k < BLOCKS; k++) had += blocks[k] == "abc"[i];
    printf("%c: share %u, %d of %d blocks\n", "abc"[i], shares[i], had, BLOCKS);
  }
  return 0;
}
