// After Dhrystone: records that are assigned and linked, strings that are compared and copied, small procedures.
#include "work.h"

struct record {
  struct record *link;
  i32 discriminant, component;
  i32 number;
  char text[31];
};

static struct record first, second;
static i32 global;
static char array[50];

static NOINLINE void
copy(char *to, const char *from)
{
  while ((*to++ = *from++) != 0) continue;
}

static NOINLINE i32
compare(const char *a, const char *b)
{
  while (*a != 0 && *a == *b) a++, b++;
  return (u8)*a - (u8)*b;
}

static NOINLINE i32
function(char a, char b)
{
  if (a != b) return 0;
  global = a;
  return 1;
}

static NOINLINE i32
later(const char *a, const char *b)
{
  i32 at = 1;

  while (at <= 1)
    if (function(a[at], b[at + 1]) == 0) at++;
  if (compare(a, b) > 0) {
    global = at + 7;
    return 1;
  }
  return 0;
}

static NOINLINE void
sum(i32 a, i32 b, i32 *to)
{
  *to = a + 2 + b;
}

static NOINLINE void
enumeration(i32 value, i32 *to)
{
  switch (value) {
  case 0: *to = 0; break;
  case 1: *to = global > 100 ? 0 : 3; break;
  case 2: *to = 1; break;
  case 4: *to = 2; break;
  default: *to = value;
  }
}

static NOINLINE void
assign(struct record *from)
{
  struct record *next = from->link;

  *next = first;
  from->number = 5;
  next->number = from->number;
  next->link = from->link;
  if (next->discriminant == 0) {
    next->number = 6;
    enumeration(from->component, &next->component);
    sum(next->number, 10, &next->number);
  } else {
    *from = *next;
  }
}

u32
work(u32 n)
{
  char one[31], two[31];
  i32 a = 0, b = 0, c = 0;

  first.link = &second;
  first.component = 2;
  copy(first.text, "DHRYSTONE PROGRAM, SOME STRING");
  copy(one, "DHRYSTONE PROGRAM, 1'ST STRING");
  for (u32 i = 0; i < n * 100; i++) {
    copy(two, "DHRYSTONE PROGRAM, 2'ND STRING");
    a = 2;
    b = !later(one, two);
    while (a < 3) {
      c = 5 * a - 3;
      sum(a, 3, &c);
      a++;
    }
    array[a + 5] = (char)b;
    assign(&first);
    b = c * a;
    a = b / 3;
    b = 7 * (b - c) - a;
  }
  return (u32)(a + b + c + second.number + global);
}
