// Answers what comes to port 7: as many messages as argument 1 says.
#include "../../tests/check.h"
#include <threads.h>

static struct channel questions = {.name = "questions"};

int
main(int argc, char **argv)
{
  int left = argc > 1 ? atoi(argv[1]) : 1;

  channel_open(&questions, 7);
  while (left-- > 0) {
    struct message question;
    uint32_t *words = question.words;

    channel_receive(&questions, &question);
    CHECK(words[1] == 2 && words[2] == 3 && words[3] == 4 && words[4] == words[0] * words[0]);
    words[1] = words[0];
    words[0] = words[4];
    CHECK(channel_send_to(question.from, 9, words) == 0);
  }
  CHECK(questions.lost == 0);
  return failures;
}
