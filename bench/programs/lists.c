// After CoreMark: a matrix, lists that are reversed and searched, a state machine over text, and a CRC of the results.
#include "work.h"

struct node {
  struct node *next;
  i32 value;
};

#define SIZE 20

static struct node pool[200];
static i32 a[SIZE * SIZE], b[SIZE * SIZE], c[SIZE * SIZE];

static NOINLINE u16
crc_byte(u8 data, u16 crc)
{
  for (int i = 0; i < 8; i++) {
    u32 carry = (data ^ crc) & 1;

    data >>= 1;
    crc >>= 1;
    if (carry) crc = (crc ^ 0x2001) | 0x8000;
  }
  return crc;
}

static NOINLINE u16
crc_word(u32 word, u16 crc)
{
  for (int i = 0; i < 4; i++) crc = crc_byte((u8)(word >> 8 * i), crc);
  return crc;
}

static NOINLINE void
multiply(void)
{
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIZE; j++) {
      i32 sum = 0;

      for (int k = 0; k < SIZE; k++) sum += a[i * SIZE + k] * b[k * SIZE + j];
      c[i * SIZE + j] = sum;
    }
}

static NOINLINE struct node *
reversed(struct node *list)
{
  struct node *done = 0;

  while (list != 0) {
    struct node *next = list->next;

    list->next = done;
    done = list;
    list = next;
  }
  return done;
}

static NOINLINE i32
search(struct node *list, i32 value)
{
  while (list != 0 && list->value != value) list = list->next;
  return list == 0 ? -1 : list->value;
}

static NOINLINE u32
numbers(const char *text)
{
  enum { START, SIGN, INTEGER, FRACTION, EXPONENT, WRONG } state = START;
  u32 count = 0;

  for (; *text != 0; text++) {
    int is_digit = *text >= '0' && *text <= '9';

    if (*text == ',') {
      count += state == INTEGER || state == FRACTION ? 1 : 256;
      state = START;
      continue;
    }
    switch (state) {
    case START: state = is_digit ? INTEGER : *text == '+' || *text == '-' ? SIGN : *text == '.' ? FRACTION : WRONG; break;
    case SIGN: state = is_digit ? INTEGER : WRONG; break;
    case INTEGER: state = is_digit ? INTEGER : *text == '.' ? FRACTION : WRONG; break;
    case FRACTION: state = is_digit ? FRACTION : *text == 'e' ? EXPONENT : WRONG; break;
    case EXPONENT: state = is_digit ? INTEGER : *text == '-' ? SIGN : WRONG; break;
    default: break;
    }
  }
  return count;
}

u32
work(u32 n)
{
  struct node *list = 0;
  u16 crc = 0;

  for (int i = 0; i < 200; i++) {
    pool[i].value = i * 7 % 200;
    pool[i].next = list;
    list = &pool[i];
  }
  for (int i = 0; i < SIZE * SIZE; i++) a[i] = i % 13, b[i] = i % 7;
  while (n-- > 0) {
    multiply();
    list = reversed(list);
    crc = crc_word((u32)search(list, (i32)(n % 200)), crc);
    crc = crc_word(numbers("12,+3.4e-5,-2,hello,1.5,77,5012,1874,.1332,-110,+1.3e4,x,"), crc);
    a[n % (SIZE * SIZE)] = crc & 15;
    for (int i = 0; i < 40; i++) crc = crc_word((u32)c[i], crc);
  }
  return crc;
}
