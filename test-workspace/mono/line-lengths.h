// A module with a bug, as modules are: it counts how many lines of each length were written. Whoever includes it has it in his
// operating system: the server of all in server-with-module.c, one program's library in lines-with-module.c.
#ifndef LINE_LENGTHS_H
#define LINE_LENGTHS_H

#define LONGEST 40

static struct length {
  unsigned lines;
} lengths[LONGEST];

static struct length *of_length[LONGEST + 1];
static unsigned length;

static void
note_lines(const char *text, unsigned count)
{
  // The lengths 0 to 39 get their counter. The bug: a line of 40 is possible, and nobody has set its pointer.
  for (unsigned i = 0; i < LONGEST; i++) of_length[i] = &lengths[i];
  for (unsigned i = 0; i < count; i++) {
    if (text[i] != '\n') {
      if (length < LONGEST) length++;
      continue;
    }
    of_length[length]->lines++; //@step wild-store
    length = 0;
  }
}

#endif
