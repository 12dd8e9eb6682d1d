// A bank whose money lies in files, and that survives a power failure at any moment. The file system promises one thing: a call
// that changes something is done wholly or not at all, and when it has returned it stays. How far one comes with that:
//
//   /money/desk     all accounts in one block, changed by one write
//   /money/safe     the same, but a new file takes the place of the old one: two files, five calls
//   /money/ledger   the accounts are what all lines together say, and a transfer is one more line
//   /money/a/0      a coin: who has it in his folder owns it. It gets its new name before it loses its old one
//
//   bank [transfers]    does what is missing of so many, the four kinds in turn. One letter for each call that has returned.
#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "user/user.h"

#define ACCOUNTS 8    // and as many coins
#define START    1000 // on each account; the worth of each coin
#define FIELD    8    // bytes of a number
#define LINE     48   // bytes of a line in the ledger: some lie in two blocks
#define BOOK     ((ACCOUNTS + 1) * FIELD)

struct book {
  int number[ACCOUNTS + 1]; // the balances, and how many transfers made them so
};

struct order {
  int from, to, amount;
};

static char coin_path[] = "/money/a/0";

static void
fail(const char *what)
{
  printf("bank: %s\n", what);
  exit(1);
}

// A call has returned: what it did is there for good.
static void
returned(int result, char letter)
{
  if (result < 0) fail("a call failed");
  write(1, &letter, 1);
}

// The n-th transfer of a kind.
static struct order
order_of(int n)
{
  struct order order = {n % ACCOUNTS, (3 * n + 1) % ACCOUNTS, n % 13 + 1};

  return order;
}

static int
exists(const char *path)
{
  struct stat st;

  return stat(path, &st) == 0;
}

static void
put_number(char *to, int value)
{
  char digits[FIELD];
  int n = 0;

  do {
    digits[n++] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  while (n > 0) *to++ = digits[--n];
}

// ---- books: the desk, the safe ----

static void
read_book(const char *path, struct book *book)
{
  char text[BOOK + 1];
  int fd = open(path, O_RDONLY);

  if (read(fd, text, sizeof text) != BOOK) fail("a book is torn");
  close(fd);
  for (int i = 0; i <= ACCOUNTS; i++) book->number[i] = atoi(text + i * FIELD);
}

// One write, so one transaction.
static void
write_book(int fd, const struct book *book)
{
  char text[BOOK];

  memset(text, ' ', sizeof text);
  for (int i = 0; i <= ACCOUNTS; i++) {
    put_number(text + i * FIELD, book->number[i]);
    text[i * FIELD + FIELD - 1] = '\n';
  }
  returned(write(fd, text, sizeof text) == BOOK ? 0 : -1, 'w');
  close(fd);
}

static void
move(struct book *book, struct order order)
{
  book->number[order.from] -= order.amount;
  book->number[order.to] += order.amount;
  book->number[ACCOUNTS]++;
}

static void
transfer_at_desk(struct order order)
{
  struct book book;

  read_book("/money/desk", &book);
  move(&book, order);
  write_book(open("/money/desk", O_WRONLY), &book); //@step in-place
}

static void
finish_safe(void)
{
  if (!exists("/money/new")) return;
  // Without an old file the new one is whole: it was, when the old one went.
  if (!exists("/money/safe")) returned(link("/money/new", "/money/safe"), 'l'); //@step new-name
  returned(unlink("/money/new"), 'u');
}

static void
transfer_in_safe(struct order order)
{
  struct book book;
  int fd;

  read_book("/money/safe", &book);
  move(&book, order);
  fd = open("/money/new", O_CREATE | O_WRONLY); //@step new-file
  returned(fd, 'c');
  write_book(fd, &book);
  returned(unlink("/money/safe"), 'u'); //@step old-goes
  finish_safe();
}

// ---- the ledger ----

static int
ledger_lines(void)
{
  struct stat st;

  if (stat("/money/ledger", &st) < 0 || st.size % LINE != 0) fail("the ledger is torn");
  return (int)st.size / LINE;
}

static void
transfer_by_ledger(struct order order)
{
  char line[LINE];
  int fd = open("/money/ledger", O_WRONLY | O_APPEND);

  memset(line, '.', sizeof line);
  put_number(line, order.from);
  put_number(line + FIELD, order.to);
  put_number(line + 2 * FIELD, order.amount);
  line[LINE - 1] = '\n';
  returned(write(fd, line, sizeof line) == LINE ? 0 : -1, 'a'); //@step append
  close(fd);
}

static int
ledger_sum(void)
{
  int balance[ACCOUNTS], sum = 0;
  int fd = open("/money/ledger", O_RDONLY);
  char line[LINE];

  for (int i = 0; i < ACCOUNTS; i++) balance[i] = START;
  while (read(fd, line, LINE) == LINE) {
    int from = atoi(line), to = atoi(line + FIELD), amount = atoi(line + 2 * FIELD);

    if (from >= ACCOUNTS || to >= ACCOUNTS || line[LINE - 1] != '\n') fail("a line is torn");
    balance[from] -= amount;
    balance[to] += amount;
  }
  close(fd);
  for (int i = 0; i < ACCOUNTS; i++) sum += balance[i];
  return sum;
}

// ---- coins ----

static const char *
path_of(int coin, int owner)
{
  coin_path[7] = (char)('a' + owner);
  coin_path[9] = (char)('0' + coin);
  return coin_path;
}

// Coins go round: from a to b, c and a again.
static void
transfer_coin(int n)
{
  int coin = n % ACCOUNTS, owner = n / ACCOUNTS % 3;
  char old[sizeof coin_path];

  strcpy(old, path_of(coin, owner));
  returned(link(old, path_of(coin, (owner + 1) % 3)), 'l'); //@step second-name
  returned(unlink(old), 'u');                                //@step first-name
}

// A coin with two names is on its way: to the next one.
static void
finish_coins(void)
{
  for (int coin = 0; coin < ACCOUNTS; coin++)
    for (int owner = 0; owner < 3; owner++)
      if (exists(path_of(coin, owner)) && exists(path_of(coin, (owner + 1) % 3)))
        returned(unlink(path_of(coin, owner)), 'u');
}

static int
coin_sum(void)
{
  int sum = 0;

  for (int coin = 0; coin < ACCOUNTS; coin++)
    for (int owner = 0; owner < 3; owner++)
      if (exists(path_of(coin, owner))) sum += START;
  return sum;
}

// ---- all of it ----

static int
book_sum(const struct book *book)
{
  int sum = 0;

  for (int i = 0; i < ACCOUNTS; i++) sum += book->number[i];
  return sum;
}

// What there is. Returns how many transfers were made: each kind comes after the one before it.
static int
look(int *sum)
{
  struct book desk, safe;
  int lines = ledger_lines(), coins;

  read_book("/money/desk", &desk);
  read_book("/money/safe", &safe);
  *sum = book_sum(&desk) + book_sum(&safe) + ledger_sum() + coin_sum();
  // The coin of the last line has been moved, or not yet.
  coins = lines;
  if (lines > 0 && exists(path_of((lines - 1) % ACCOUNTS, (lines - 1) / ACCOUNTS % 3))) coins--;
  return desk.number[ACCOUNTS] + safe.number[ACCOUNTS] + lines + coins;
}

static void
transfer(int n)
{
  struct order order = order_of(n / 4);

  switch (n % 4) {
  case 0:
    transfer_at_desk(order);
    break;
  case 1:
    transfer_in_safe(order);
    break;
  case 2:
    transfer_by_ledger(order);
    break;
  default:
    transfer_coin(n / 4);
  }
}

int
main(int argc, char **argv)
{
  int transfers = argc > 1 ? atoi(argv[1]) : 8;
  int done, sum;

  finish_safe();
  finish_coins();
  done = look(&sum);
  printf(" found %d transfers, sum %d\n", done, sum);
  for (; done < transfers; done++) {
    transfer(done);
    printf(" %d\n", done + 1);
  }
  done = look(&sum);
  printf("%d transfers, sum %d\n", done, sum);
  exit(sum == 4 * ACCOUNTS * START ? 0 : 1);
}
