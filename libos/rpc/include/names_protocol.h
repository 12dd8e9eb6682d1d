// What a program and the name server say to each other: an operation and a name in five words.
#ifndef NAMES_PROTOCOL_H
#define NAMES_PROTOCOL_H

#include <rpc.h>

#define NAMES_REGISTER 1
#define NAMES_FIND     2
#define NAMES_WITHDRAW 3

#define NAME_WORDS (NAMES_BYTES / 4)

struct name {
  uint32_t words[NAME_WORDS]; // its bytes, then zeros
};

int name_from(struct name *name, const char *text);

#endif
