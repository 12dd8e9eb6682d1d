// Do the functions of string.h and stdlib.h do what the standard says?
#include "check.h"

int
main(void)
{
  char a[40], b[40];
  char *end;

  for (int offset = 0; offset < 4; offset++) {
    for (int length = 0; length < 20; length++) {
      for (int i = 0; i < 40; i++) {
        a[i] = (char)(i + 1);
        b[i] = 0;
      }
      memcpy(b + offset, a + 3, length);
      CHECK(memcmp(b + offset, a + 3, length) == 0 && b[offset + length] == 0);
      memset(b + offset, 0xa5, length);
      for (int i = 0; i < length; i++) CHECK(b[offset + i] == (char)0xa5);
      CHECK(b[offset + length] == 0 && (offset == 0 || b[offset - 1] == 0));
    }
  }
  strcpy(a, "0123456789");
  memmove(a + 2, a, 8);
  CHECK(strcmp(a, "0101234567") == 0);
  memmove(a, a + 2, 8);
  CHECK(strcmp(a, "0123456767") == 0);

  CHECK(strlen("") == 0 && strlen("abc") == 3 && strnlen("abc", 2) == 2);
  CHECK(strcmp("a", "b") < 0 && strcmp("b", "a") > 0 && strcmp("", "") == 0);
  CHECK(strcmp("\xff", "a") > 0); // compared as unsigned
  CHECK(strncmp("abc", "abd", 2) == 0 && strncmp("abc", "abd", 3) < 0);
  CHECK(strncmp("ab", "abc", 3) < 0 && strncmp("a", "b", 0) == 0);
  CHECK(strcmp(strncpy(a, "xy", 5), "xy") == 0 && a[4] == 0);
  CHECK(strcmp(strcat(strcpy(a, "ab"), "cd"), "abcd") == 0);
  CHECK(strchr(a, 'c') == a + 2 && strchr(a, 'z') == 0 && *strchr(a, 0) == 0);
  CHECK(strrchr("abab", 'a')[1] == 'b' && strrchr("abab", 'z') == 0);
  CHECK(strcmp(strstr("hello world", "o w"), "o world") == 0 && strstr("abc", "d") == 0);
  CHECK(strstr(a, "") == a);
  CHECK(memchr("abc", 'c', 3) != 0 && memchr("abc", 'c', 2) == 0);

  CHECK(atoi("42") == 42 && atoi(" -7x") == -7 && atoi("x") == 0);
  CHECK(strtol("0x1f", 0, 0) == 31 && strtol("017", 0, 0) == 15 && strtol("zz", 0, 36) == 1295);
  CHECK(strtoul("4294967295", &end, 10) == 0xffffffff && *end == 0);
  CHECK(strtol("12ab", &end, 10) == 12 && strcmp(end, "ab") == 0);
  CHECK(strtol("ab", &end, 10) == 0 && strcmp(end, "ab") == 0);
  CHECK(abs(-3) == 3);
  CHECK(strcmp(exo_error(EXO_E_DEAD), "the environment died before it replied") == 0);
  CHECK(strcmp(exo_error_name(EXO_E_CAP), "EXO_E_CAP") == 0);
  return failures;
}
