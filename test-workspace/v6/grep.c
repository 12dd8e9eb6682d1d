// Prints the lines that match a pattern. Exit status: 0 when there were any, 1 when there were none, 2 when it did not work.
//
//   grep [-v] [-n] [-c] pattern [file...]     -v those that do not match; -n with their numbers; -c only how many
//
// In the pattern ^ is the begin of the line and $ its end, . any character, [a-z] and [^a-z] one of these or one of the others, * any
// number, also none, of what stands before it, + at least one, ? one or none; after \ a character stands for itself.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/user.h"

// ---- matching ----

// How many characters of the pattern make up its first item.
static int
item_length(const char *item)
{
  int n;

  if (item[0] == '\\' && item[1]) return 2;
  if (item[0] != '[') return 1;
  // A ] in the first place is one of the set.
  n = item[1] == '^' ? 3 : 2;
  while (item[n - 1] && item[n] && item[n] != ']') n++;
  return item[n - 1] && item[n] ? n + 1 : 1; // [ that nobody closes stands for itself
}

static int
in_set(const char *set, const char *end, char c)
{
  for (; set < end; set++) {
    if (set + 2 < end && set[1] == '-') {
      if (c >= set[0] && c <= set[2]) return 1;
      set += 2;
    } else if (*set == c) {
      return 1;
    }
  }
  return 0;
}

// Whether a character is what the item asks for.
static int
is_item(const char *item, int length, char c)
{
  if (c == 0) return 0;
  if (item[0] == '\\' && length == 2) return c == item[1];
  if (item[0] == '.') return 1;
  if (length > 2 && item[1] == '^') return !in_set(item + 2, item + length - 1, c);
  if (length > 2) return in_set(item + 1, item + length - 1, c);
  return c == item[0];
}

static int match_here(const char *pattern, const char *text);

// As many of the item as there are, then fewer, until the rest of the pattern matches too.
static int
match_many(const char *item, int length, int least, int most, const char *text)
{
  const char *rest = item + length + 1;
  int n = 0;

  while (n != most && is_item(item, length, text[n])) n++;
  for (; n >= least; n--)
    if (match_here(rest, text + n)) return 1;
  return 0;
}

// Whether the text begins with what the pattern asks for.
static int
match_here(const char *pattern, const char *text)
{
  while (*pattern) {
    int length = item_length(pattern);

    switch (pattern[length]) {
    case '*':
      return match_many(pattern, length, 0, -1, text);
    case '+':
      return match_many(pattern, length, 1, -1, text);
    case '?':
      return match_many(pattern, length, 0, 1, text);
    }
    if (pattern[0] == '$' && pattern[1] == 0) return *text == 0;
    if (!is_item(pattern, length, *text)) return 0;
    pattern += length;
    text++;
  }
  return 1;
}

static int
match(const char *pattern, const char *text)
{
  if (*pattern == '^') return match_here(pattern + 1, text);
  for (;; text++) {
    if (match_here(pattern, text)) return 1; //@step match
    if (*text == 0) return 0;
  }
}

// ---- lines ----

static int inverted, numbered, counting;
static char line[4096]; // one line and what follows it; a longer line is taken in pieces

struct search {
  const char *pattern;
  const char *name; // of the file, to print it; 0 where there is only one
  int number;       // of the line
  int found;
};

static void
look_at(struct search *search, const char *text)
{
  search->number++;
  if (match(search->pattern, text) == inverted) return;
  search->found++;
  if (counting) return;
  if (search->name) printf("%s:", search->name);
  if (numbered) printf("%d:", search->number);
  write(1, text, strlen(text));
  write(1, "\n", 1);
}

static int
grep(const char *pattern, int fd, const char *name)
{
  struct search search = {pattern, name, 0, 0};
  int filled = 0, count;

  while ((count = read(fd, line + filled, sizeof line - 1 - filled)) > 0) {
    char *begin = line, *end;

    filled += count;
    line[filled] = 0;
    while ((end = strchr(begin, '\n')) != 0) {
      *end = 0;
      look_at(&search, begin);
      begin = end + 1;
    }
    filled -= begin - line;
    if (filled == sizeof line - 1) {
      look_at(&search, line);
      filled = 0;
    }
    memmove(line, begin, filled);
  }
  line[filled] = 0;
  if (filled > 0) look_at(&search, line); // the last line has no newline
  if (counting && name) printf("%s:", name);
  if (counting) printf("%d\n", search.found);
  return search.found;
}

static void
options(const char *letters)
{
  for (; *letters; letters++) {
    if (*letters == 'v') inverted = 1;
    if (*letters == 'n') numbered = 1;
    if (*letters == 'c') counting = 1;
  }
}

int
main(int argc, char **argv)
{
  int first = 1, found = 0, failed = 0;

  for (; first < argc && argv[first][0] == '-' && argv[first][1]; first++) options(argv[first] + 1);
  if (first >= argc) {
    fprintf(2, "usage: grep [-v] [-n] [-c] pattern [file...]\n");
    exit(2);
  }
  if (first + 1 == argc) found = grep(argv[first], 0, 0);
  for (int i = first + 1; i < argc; i++) {
    int fd = open(argv[i], O_RDONLY);

    if (fd < 0) {
      fprintf(2, "grep: cannot open %s\n", argv[i]);
      failed = 1;
      continue;
    }
    found += grep(argv[first], fd, argc - first > 2 ? argv[i] : 0);
    close(fd);
  }
  exit(failed ? 2 : found == 0);
}
