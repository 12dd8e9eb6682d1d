// The three jobs of threads.c and blocking.c, and what is counted meanwhile.
#ifndef JOBS_H
#define JOBS_H

#include <disk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libos.h>

#define SECTOR 0 // what `reads` waits for
#define PAGE   8 // the first of the sectors of the page that `touches` faults on

static int extent;
static _Alignas(EXO_SECTOR_SIZE) char sector[EXO_SECTOR_SIZE];
static volatile uint32_t rounds; // of `computes`

// Puts on the disk what is to be found there.
static void
prepare(void)
{
  extent = extent_open(0, 16);
  if (extent < 0) exit(1);
  strcpy(sector, "a word from the disk");
  disk_write(extent, SECTOR, 1, sector);
  strcpy(sector, "a page from the disk");
  disk_write(extent, PAGE, 1, sector);
  disk_barrier(extent);
}

// Instructions that this environment has executed, whichever of its threads.
static inline uint32_t
instructions(void)
{
  uint32_t retired;

  __asm__ volatile("csrr %0, instret" : "=r"(retired));
  return retired;
}

#endif
