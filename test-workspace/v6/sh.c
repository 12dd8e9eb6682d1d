// The shell: an ordinary program, which anybody may write anew. It is long because it is in one file, as all programs here are.
//
//   sh             commands from standard input; with a prompt where that is a console
//   sh file        commands from a file
//   sh -c text     commands from an argument
//
//   a; b      b after a               a < file     input from a file
//   a & b     b at once               a > file     output to a file that is emptied
//   a && b    b when a went well      a >> file    output to the end of a file
//   a || b    b when it did not       (a; b)       in a process of its own, as one command
//   a | b     a's output is b's input
//
// 'text' and "text" and \ take the meaning from characters; # begins a comment; $? is the last exit status. The shell itself does cd,
// exit and wait: a child could not do them for it. A program without a slash in its name is looked for here and in the root.
// Control-C ends what runs in the foreground, and the rest of its line; at the prompt, the line that is being typed.
//
// A line is read, then parsed to a list, then the list is run: the three parts of this file.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/param.h"
#include "user/user.h"

#define LONGEST_LINE 65536
#define DEEPEST      20 // parentheses in parentheses
#define STATUS_MARK  1  // in a word: $?, which is known only when the word is used
#define NOT_FOUND    127
#define INTERRUPTED  130 // the exit status of what control-C has ended

static int last_status;
static int is_interactive;  // control-C ends what we started in the foreground, and not us
static int was_interrupted; // it has: the rest of the line is not run

// ---- what a line becomes ----

struct redirection {
  int fd;  // 0 or 1
  int how; // as open has it
  char *path;
  struct redirection *next; // done in the order in which they stand
};

struct command {
  char *words[MAXARG];
  int count;
  struct list *group; // instead of words: ( list )
  struct redirection *redirections;
  struct command *next; // its input is this one's output
};

struct pipeline {
  struct command *first;
  int run_after;         // 'a': only when the last one went well (&&); 'o': only when it did not (||); 0: in any case
  struct pipeline *next; // of the same item of the list
};

struct list {
  struct pipeline *first;
  int background;
  struct list *next;
};

// ---- memory for one line ----

struct allocation {
  struct allocation *next;
};

static struct allocation *allocations;

static void *
allocate(uint size)
{
  struct allocation *allocation = malloc(sizeof *allocation + size);

  if (allocation == 0) {
    fprintf(2, "sh: out of memory\n");
    exit(1);
  }
  allocation->next = allocations;
  allocations = allocation;
  return memset(allocation + 1, 0, size);
}

static void
free_line(void)
{
  while (allocations) {
    struct allocation *next = allocations->next;

    free(allocations);
    allocations = next;
  }
}

// ---- reading lines ----

struct input {
  int fd;           // -1: there is only the text
  int byte_by_byte; // what follows a line may be for another process
  const char *text; // what was read and not used yet, or the argument of -c
  int count;
  int line; // its number
  int interrupted; // control-C came instead of the rest of the line
};

static int
next_byte(struct input *input)
{
  static char buffer[512];

  if (input->count == 0) {
    if (input->fd < 0) return -1;
    input->count = read(input->fd, buffer, input->byte_by_byte ? 1 : sizeof buffer);
    input->text = buffer;
    if (input->count <= 0) {
      input->interrupted = input->count < 0 && is_interactive;
      input->count = 0;
      return -1;
    }
  }
  input->count--;
  return (uchar)*input->text++;
}

// Returns the next line without its newline, or 0 at the end. A line that is too long is read to its end, and is nothing.
static char *
read_line(struct input *input)
{
  static char *line;
  static int room;
  int length = 0, c;

  while ((c = next_byte(input)) >= 0 && c != '\n') {
    if (length + 1 >= room && room < LONGEST_LINE) {
      char *larger = malloc(room ? 2 * room : 128);

      if (larger) {
        if (length > 0) memmove(larger, line, length);
        free(line);
        line = larger;
        room = room ? 2 * room : 128;
      }
    }
    if (length + 1 < room) line[length] = (char)c;
    length++;
  }
  if (c < 0 && length == 0) return 0;
  input->line++;
  if (length >= room) {
    if (length > 0) fprintf(2, "sh: there is no room for a line of %d characters\n", length);
    return "";
  }
  line[length] = 0;
  return line;
}

// ---- parsing ----

struct parser {
  const char *at;
  int depth;         // of parentheses
  const char *error; // the first thing that is wrong; 0: nothing
};

static void
syntax_error(struct parser *parser, const char *what)
{
  if (parser->error == 0) parser->error = what;
}

// Passes blanks and comments. Returns the next character.
static char
peek(struct parser *parser)
{
  while (*parser->at == ' ' || *parser->at == '\t' || *parser->at == '\r') parser->at++;
  if (*parser->at == '#')
    while (*parser->at) parser->at++;
  return *parser->at;
}

// Passes the text if it is next.
static int
take(struct parser *parser, const char *text)
{
  peek(parser);
  for (int i = 0; text[i]; i++)
    if (parser->at[i] != text[i]) return 0;
  parser->at += strlen(text);
  return 1;
}

static int
ends_word(char c)
{
  return c == 0 || strchr(" \t\r;&|<>()", c) != 0;
}

// A word without its quotes, or 0 where none is.
static char *
parse_word(struct parser *parser)
{
  const char *at;
  char *word, *end, quote = 0;

  if (ends_word(peek(parser))) return 0;
  word = end = allocate(strlen(parser->at) + 1);
  for (at = parser->at; *at && (quote || !ends_word(*at)); at++) {
    if (*at == quote) {
      quote = 0;
    } else if (!quote && (*at == '\'' || *at == '"')) {
      quote = *at;
    } else if (quote != '\'' && at[0] == '$' && at[1] == '?') {
      *end++ = STATUS_MARK;
      at++;
    } else {
      if (*at == '\\' && at[1] && quote != '\'') at++;
      *end++ = *at;
    }
  }
  if (quote) syntax_error(parser, "a quote is not closed");
  parser->at = at;
  return word;
}

// Parses < path, > path, >> path. Returns 0 where none is.
static int
parse_redirection(struct parser *parser, struct command *command)
{
  struct redirection made = {0}, **last = &command->redirections;

  if (take(parser, ">>")) {
    made.fd = 1;
    made.how = O_WRONLY | O_CREATE | O_APPEND;
  } else if (take(parser, ">")) {
    made.fd = 1;
    made.how = O_WRONLY | O_CREATE | O_TRUNC;
  } else if (!take(parser, "<")) {
    return 0;
  }
  made.path = parse_word(parser);
  if (made.path == 0) syntax_error(parser, "a redirection names no file");
  while (*last) last = &(*last)->next;
  *last = allocate(sizeof made);
  **last = made;
  return 1;
}

static struct list *parse_list(struct parser *parser);

static struct list *
parse_group(struct parser *parser)
{
  struct list *list;

  if (++parser->depth > DEEPEST) {
    syntax_error(parser, "there are too many parentheses in each other");
    return 0;
  }
  list = parse_list(parser);
  parser->depth--;
  if (!take(parser, ")")) syntax_error(parser, "a ( is not closed");
  if (list == 0) syntax_error(parser, "there is no command between ( and )");
  return list;
}

static struct command *
parse_command(struct parser *parser)
{
  struct command *command = allocate(sizeof *command);
  char *word;

  if (take(parser, "(")) command->group = parse_group(parser);
  while (parser->error == 0) {
    if (parse_redirection(parser, command)) continue;
    word = parse_word(parser);
    if (word == 0) break;
    if (command->group) syntax_error(parser, "a word follows )");
    if (command->count == MAXARG - 1) {
      syntax_error(parser, "a command has too many words");
      break;
    }
    command->words[command->count++] = word;
  }
  if (command->count == 0 && command->group == 0) syntax_error(parser, "a command is missing");
  return command;
}

static struct pipeline *
parse_pipeline(struct parser *parser)
{
  struct pipeline *pipeline = allocate(sizeof *pipeline);
  struct command **last = &pipeline->first;

  do {
    *last = parse_command(parser);
    last = &(*last)->next;
    // || is not two |.
  } while (parser->error == 0 && peek(parser) == '|' && parser->at[1] != '|' && take(parser, "|"));
  return pipeline;
}

// Parses up to the end of the line, or to the ) of a group. Returns 0 for an empty list.
static struct list *
parse_list(struct parser *parser)
{
  struct list *first = 0, **last = &first;

  while (parser->error == 0 && peek(parser) != 0 && *parser->at != ')') {
    struct list *item = *last = allocate(sizeof *item);
    struct pipeline **chain = &item->first;
    int run_after = 0;

    do {
      *chain = parse_pipeline(parser);
      (*chain)->run_after = run_after;
      chain = &(*chain)->next;
      run_after = take(parser, "&&") ? 'a' : take(parser, "||") ? 'o' : 0;
    } while (parser->error == 0 && run_after);
    last = &item->next;
    item->background = take(parser, "&");
    if (!item->background && !take(parser, ";")) break;
  }
  return first;
}

// Returns the list that a line says, or 0, also when something is wrong, which is said.
static struct list *
parse_line(const char *line, const char *where, int number)
{
  struct parser parser = {line, 0, 0};
  struct list *list = parse_list(&parser);

  if (parser.error == 0 && peek(&parser) == ')') syntax_error(&parser, "a ) was not opened");
  if (parser.error == 0 && *parser.at) syntax_error(&parser, "a ( stands where no command can begin");
  if (parser.error == 0) return list;
  if (where) fprintf(2, "%s:%d: ", where, number);
  fprintf(2, "sh: syntax error: %s\n", parser.error);
  if (where) exit(2); // who knows what the rest of the script counts on
  last_status = 2;
  return 0;
}

// ---- running ----

static int to_close = -1;    // the script's descriptor: it is the shell's only
static int in_background;    // nor what we started in the background

static int run_list(struct list *list);

// A new process, or -1 after having said that there is none.
static int
fork_or_say(void)
{
  int pid = fork(); //@step fork

  if (pid < 0) fprintf(2, "sh: there is no process left\n");
  return pid;
}

// Writes the last exit status where $? stood.
static char *
expand(const char *word)
{
  char digits[12], *expanded, *end;
  int marks = 0;

  for (const char *s = word; *s; s++) marks += *s == STATUS_MARK;
  end = expanded = allocate(strlen(word) + marks * sizeof digits + 1);
  for (; *word; word++) {
    uint rest = last_status < 0 ? -(uint)last_status : (uint)last_status;
    int n = 0;

    if (*word != STATUS_MARK) {
      *end++ = *word;
      continue;
    }
    if (last_status < 0) *end++ = '-';
    do digits[n++] = '0' + rest % 10;
    while (rest /= 10);
    while (n > 0) *end++ = digits[--n];
  }
  return expanded;
}

// Opens files in the place of descriptors 0 and 1. Returns 0 when one cannot be opened.
static int
redirect(const struct redirection *redirection)
{
  for (; redirection; redirection = redirection->next) {
    char *path = expand(redirection->path);

    close(redirection->fd); // now it is the lowest that is free
    if (open(path, redirection->how) != redirection->fd) { //@step redirect
      fprintf(2, "sh: cannot open %s\n", path);
      return 0;
    }
  }
  return 1;
}

// Runs a program in the place of this process.
static void
execute(char **words)
{
  char path[MAXPATH];
  struct stat st;

  exec(words[0], words); //@step exec
  if (!strchr(words[0], '/') && strlen(words[0]) + 2 <= sizeof path) {
    path[0] = '/';
    strcpy(path + 1, words[0]);
    exec(path, words);
  }
  if (stat(words[0], &st) < 0)
    fprintf(2, "sh: there is no program %s\n", words[0]);
  else
    fprintf(2, "sh: cannot run %s\n", words[0]);
  exit(NOT_FOUND);
}

// What the shell does itself. Returns 0 for a command that is none of these.
static int
run_builtin(const struct command *command)
{
  char *const *words = command->words;

  if (command->count == 0) return 0;
  if (strcmp(words[0], "cd") == 0) {
    const char *to = command->count > 1 ? words[1] : "/";

    last_status = chdir(to) < 0;
    if (last_status) fprintf(2, "sh: cannot go to %s\n", to);
  } else if (strcmp(words[0], "exit") == 0) {
    exit(command->count > 1 ? atoi(words[1]) : last_status);
  } else if (strcmp(words[0], "wait") == 0) {
    while (wait(0) >= 0);
    last_status = 0;
  } else {
    return 0;
  }
  return 1;
}

// In a child: runs one command of a pipeline, and ends.
static void
run_child(struct command *command)
{
  if (to_close >= 0) close(to_close);
  to_close = -1;
  if (!redirect(command->redirections)) exit(1);
  if (command->group) exit(run_list(command->group));
  for (int i = 0; i < command->count; i++) command->words[i] = expand(command->words[i]);
  if (run_builtin(command)) exit(last_status);
  execute(command->words);
}

// Waits for so many children, the last of which is `last`; who ends in the background meanwhile is buried too. Returns the last one's
// exit status.
static int
wait_for(const int *pids, int count)
{
  int left = count, status = 0;

  while (left > 0) {
    int ended, pid = wait(&ended); //@step wait

    if (pid < 0) break;
    for (int i = 0; i < count; i++)
      if (pids[i] == pid) {
        left--;
        if (ended == INTERRUPTED && is_interactive) was_interrupted = 1;
        if (i == count - 1) status = ended;
      }
  }
  return status;
}

// Starts one command of a pipeline: its input is from `in` unless that is 0, its output goes to `out[1]` unless that is 1. Whoever
// holds the end of a pipe keeps it open, so each is closed where it is not needed.
static int
start(struct command *command, int in, const int out[2])
{
  int pid = fork_or_say();

  if (pid != 0) return pid;
  if (is_interactive && !in_background) interrupt(0);
  if (in != 0) {
    close(0);
    dup(in);
    close(in);
  }
  if (out[1] != 1) {
    close(1);
    dup(out[1]);
    close(out[0]);
    close(out[1]);
  }
  run_child(command);
  return 0;
}

// Runs the commands side by side. Returns the exit status of the last.
static int
run_pipeline(struct pipeline *pipeline)
{
  int *pids, most = 0, count = 0, in = 0, failed = 0, status;
  struct command *command = pipeline->first;

  if (command->next == 0 && command->redirections == 0 && run_builtin(command)) return last_status;
  for (struct command *each = command; each; each = each->next) most++;
  pids = allocate(most * sizeof *pids);
  for (; command && !failed; command = command->next) {
    int out[2] = {0, 1};

    if (command->next && pipe(out) < 0) { //@step pipe
      fprintf(2, "sh: there is no pipe left\n");
      failed = 1;
      break;
    }
    pids[count] = start(command, in, out);
    failed = pids[count] < 0;
    if (!failed) count++;
    if (in != 0) close(in);
    in = out[0];
    if (out[1] != 1) close(out[1]);
  }
  if (in != 0) close(in);
  status = wait_for(pids, count);
  return failed ? 1 : status;
}

static int
run_chain(struct pipeline *pipeline)
{
  for (; pipeline && !was_interrupted; pipeline = pipeline->next) {
    if (pipeline->run_after == 'a' && last_status != 0) continue;
    if (pipeline->run_after == 'o' && last_status == 0) continue;
    last_status = run_pipeline(pipeline);
  }
  return last_status;
}

// Nobody waits for what is in the background. It is buried when the shell waits for something else.
static int
run_in_background(struct list *item)
{
  int pid = fork_or_say();

  if (pid == 0) {
    in_background = 1;
    if (to_close >= 0) close(to_close);
    to_close = -1;
    exit(run_chain(item->first));
  }
  return pid < 0;
}

static int
run_list(struct list *list)
{
  for (; list && !was_interrupted; list = list->next)
    last_status = list->background ? run_in_background(list) : run_chain(list->first);
  return last_status;
}

// ---- the shell ----

static int
is_console(int fd)
{
  struct stat st;

  return fstat(fd, &st) == 0 && st.type == T_DEVICE;
}

static void
run(struct input *input, const char *name)
{
  int prompt = input->fd == 0 && is_console(0);
  char *line;

  is_interactive = prompt && interrupt(1) == 0;
  input->byte_by_byte = input->fd == 0 && !prompt;
  for (;;) {
    if (prompt) write(2, "$ ", 2);
    line = read_line(input); //@step line
    if (input->interrupted) {
      input->interrupted = 0;
      continue;
    }
    if (line == 0) break;
    was_interrupted = 0;
    run_list(parse_line(line, name, input->line));
    free_line();
  }
}

int
main(int argc, char **argv)
{
  struct input input = {0};
  const char *name = 0;

  if (argc > 2 && strcmp(argv[1], "-c") == 0) {
    input.fd = -1;
    input.text = argv[2];
    input.count = strlen(argv[2]);
  } else if (argc > 1) {
    name = argv[1];
    input.fd = to_close = open(name, O_RDONLY);
    if (input.fd < 0) {
      fprintf(2, "sh: cannot open %s\n", name);
      exit(NOT_FOUND);
    }
  }
  run(&input, name);
  exit(last_status);
}
