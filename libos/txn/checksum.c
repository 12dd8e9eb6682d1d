// Checksums of sectors. They have to tell a sector that was written from one that was not, and to
// find bits that fell over; nobody forges them. So a word at a time is mixed in by steps that can be
// undone: two sectors that differ in one word never have the same sum, others do once in 2^32.
#include "store.h"

#define CHECKSUM_WORD 1u // where in a sector it lies; it is not part of what is summed

EXO_API uint32_t
sector_checksum(const void *sector)
{
  const uint32_t *words = sector;
  uint32_t sum = 0x811c9dc5u;

  for (unsigned i = 0; i < EXO_SECTOR_SIZE / sizeof *words; i++) {
    if (i == CHECKSUM_WORD) continue;
    sum = (sum ^ words[i]) * 0x9e3779b1u;
    sum ^= sum >> 15;
  }
  return sum;
}

EXO_API void
sector_seal(void *sector)
{
  ((uint32_t *)sector)[CHECKSUM_WORD] = sector_checksum(sector);
}

// Whether a sector is of this kind and as it was sealed.
EXO_API int
sector_is(const void *sector, uint32_t magic)
{
  const uint32_t *words = sector;

  return words[0] == magic && words[CHECKSUM_WORD] == sector_checksum(sector);
}
