// Does printf print what the standard says?
#include "check.h"

static char text[200];

static void
same(const char *expected, int length)
{
  if (strcmp(text, expected) == 0 && length == (int)strlen(expected)) return;
  failures++;
  printf("FAILED: expected '%s' (%d), got '%s' (%d)\n", expected, (int)strlen(expected), text,
         length);
}

#define SAME(expected, ...) same(expected, snprintf(text, sizeof text, __VA_ARGS__))

int
main(void)
{
  SAME("0 1 -1", "%d %d %d", 0, 1, -1);
  SAME("-2147483648 4294967295", "%d %u", (int)0x80000000, 0xffffffffu);
  SAME("   42|42   |00042|+42| 42", "%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42);
  SAME("  -42|-0042", "%5d|%05d", -42, -42);
  SAME("  042|00042", "%5.3d|%.5d", 42, 42);
  SAME("|", "%.0d|", 0);
  SAME("ff FF 0xff 0XFF 0", "%x %X %#x %#X %#x", 255, 255, 255, 255, 0);
  SAME("0x0000beef 0x00001234", "%#010x 0x%08x", 0xbeef, 0x1234);
  SAME("17 017", "%o %#o", 15, 15);
  SAME("9223372036854775807 -9223372036854775808", "%lld %lld", 0x7fffffffffffffffll,
       (long long)0x8000000000000000ull);
  SAME("18446744073709551615 ffffffffffffffff", "%llu %llx", ~0ull, ~0ull);
  SAME("4294967296 100000000", "%llu %llx", 1ull << 32, 1ull << 32);
  SAME("7 8 9", "%ld %lu %zu", 7l, 8ul, (size_t)9);
  SAME("-1 255 -1 65535", "%hhd %hhu %hd %hu", 255, 255, 65535, 65535);
  SAME("abc|  abc|abc  |ab", "%s|%5s|%-5s|%.2s", "abc", "abc", "abc", "abc");
  SAME("(null)", "%s", (char *)0);
  SAME("x|  x|x  ", "%c|%3c|%-3c", 'x', 'x', 'x');
  SAME("0x10000", "%p", (void *)0x10000);
  SAME("100%", "%d%%", 100);
  SAME("   7|7   ", "%*d|%-*d", 4, 7, 4, 7);
  SAME("007", "%.*d", 3, 7);

  // What does not fit is counted, not written; the end is always marked.
  strcpy(text, "????????");
  CHECK(snprintf(text, 4, "%s", "abcdef") == 6 && strcmp(text, "abc") == 0 && text[4] == '?');
  strcpy(text, "??");
  CHECK(snprintf(text, 0, "abc") == 3 && text[0] == '?');
  CHECK(snprintf(0, 0, "%d", 12345) == 5);
  CHECK(sprintf(text, "%d", 5) == 1 && text[0] == '5');
  return failures;
}
