/** The C program that the tests of values look at: one of every kind of type, in the locals of `inner` at the line marked "// stop". */
export const FIXTURE = `
typedef unsigned char uint8_t;
typedef signed char int8_t;
typedef unsigned short uint16_t;
typedef short int16_t;
typedef unsigned int uint32_t;

enum color { RED, GREEN = 5, BLUE };
enum flag { READ = 1, WRITE = 2, EXECUTE = 4 };
enum { LIMIT = 40 };
enum level { LOW = -1, HIGH = 1 };

struct node {
  int value;
  char name[8];
  struct node *next;
};

struct fields {
  unsigned low : 3;
  int middle : 5;
  unsigned wide : 20;
  _Bool flag : 1;
  enum color color : 3;
};

struct anonymous {
  int kind;
  union {
    int number;
    float fraction;
    struct { uint8_t red, green; };
  };
};

union both { uint32_t word; uint8_t bytes[4]; };

struct opaque;
struct outer { struct node node; int numbers[2]; };

typedef int (*handler_t)(int);

int counter = 7;
static const char *const words[3] = {"zero", "one", "two"};
uint8_t octets[4] = {1, 2, 3, 254};
volatile int sink;
struct opaque *opaque = (struct opaque *)0x20;

__attribute__((noinline)) int handler(int x) {
  return x + 1;
}

static int twice(int x) {
  static int counted = 3;
  counted += x;
  return counted * 2;
}

__attribute__((noinline)) int inner(int argument, struct node *node) {
  char letter = 'A';
  signed char small = -5;
  uint8_t byte = 200;
  int16_t half = -300;
  uint16_t unsigned_half = 65000;
  int number = -42;
  unsigned natural = 4000000000u;
  long long big = -5000000000ll;
  unsigned long long huge = 0xfedcba9876543210ull;
  float single = 1.1f;
  double ratio = -2.5;
  _Bool yes = 1;
  _Bool no = 0;
  enum color color = GREEN;
  enum flag flags = READ | EXECUTE;
  enum level level = LOW;
  int numbers[5] = {10, 20, 30, 40, 50};
  int grid[2][3] = {{1, 2, 3}, {4, 5, 6}};
  char word[8] = "hello";
  char full[4] = {'a', 'b', 'c', '\\n'};
  const char *text = "say \\"hi\\"\\n";
  const char *wild = (const char *)0x40000000;
  const char *none = 0;
  const char *const *table = words;
  void *vague = &counter;
  int *wild_number = (int *)0x40000000;
  handler_t handler_pointer = handler;
  int vla[argument];
  union both both = {.word = 0x04030201};
  struct fields fields = {5, -3, 0x12345, 1, BLUE};
  struct anonymous anonymous = {1, {2}};
  struct outer outer = {{1, "in", node}, {7, 8}};
  struct outer *outer_pointer = &outer;
  int **double_pointer = &wild_number;
  for (int i = 0; i < argument; i++) vla[i] = i * i;
  {
    int number = 99;
    int shadow = number;
    sink = shadow + letter + small + byte + half + unsigned_half + natural + big + huge + single + ratio; // stop
  }
  sink = LIMIT + yes + no + color + flags + level + numbers[0] + grid[0][0] + word[0] + full[0] + *text + (int)wild + (int)none;
  sink = (int)table + (int)vague + both.word + fields.low + anonymous.kind + outer_pointer->numbers[0] + (int)double_pointer;
  return handler_pointer(number) + twice(number) + vla[1];
}

int main(void) {
  struct node second = {2, "second", 0};
  struct node first = {1, "first", &second};
  int local = 12;
  local += inner(4, &first); // call
  return local;
}

void _start(void) {
  sink = main();
  for (;;) {}
}
`;
