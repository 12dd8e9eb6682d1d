// Channels: messages between threads, and from other environments by asynchronous transfers.
#include <string.h>
#include "threads-state.h"

#define ARRIVED 16
#define TRIES   1000

// Messages that transfers brought and that are in no channel yet. A transfer may come while the
// library is busy, so one writes the head and the other the tail.
static struct arrival {
  uint32_t port;
  struct message message;
} arrived[ARRIVED];
static volatile uint32_t arrived_head, arrived_tail;

static struct channel *open_channels;

static void
put(struct channel *channel, const struct message *message)
{
  channel->messages[(channel->first + channel->count++) % CHANNEL_MESSAGES] = *message;
  thread_wake_first(&channel->receivers);
}

static void
take(struct channel *channel, struct message *message)
{
  *message = channel->messages[channel->first];
  channel->first = (channel->first + 1) % CHANNEL_MESSAGES;
  channel->count--;
  thread_wake_first(&channel->senders);
}

EXO_API void
channel_send(struct channel *channel, const uint32_t words[CHANNEL_WORDS])
{
  struct message message = {0};

  memcpy(message.words, words, sizeof message.words);
  slice_enter_critical();
  while (channel->count == CHANNEL_MESSAGES)
    thread_block(THREAD_WAITS_TO_SEND, channel, &channel->senders);
  put(channel, &message);
  slice_leave_critical();
}

EXO_API void
channel_receive(struct channel *channel, struct message *message)
{
  slice_enter_critical();
  while (channel->count == 0) thread_block(THREAD_WAITS_TO_RECEIVE, channel, &channel->receivers);
  take(channel, message);
  slice_leave_critical();
}

EXO_API int
channel_try_receive(struct channel *channel, struct message *message)
{
  int is_there;

  slice_enter_critical();
  is_there = channel->count > 0;
  if (is_there) take(channel, message);
  slice_leave_critical();
  return is_there;
}

// ---- other environments ----

EXO_API void
channel_open(struct channel *channel, uint32_t port)
{
  thread_start_switching();
  slice_enter_critical();
  channel->port = port;
  channel->next_open = open_channels;
  open_channels = channel;
  exo_env_set_entry(0, EXO_ENTRY_TRANSFER_ASYNC, (uintptr_t)upcall_entry);
  slice_leave_critical();
}

// Moves what arrived into the channels of its ports.
void
thread_take_messages(void)
{
  while (arrived_tail != arrived_head) {
    struct arrival *arrival = &arrived[arrived_tail % ARRIVED];
    struct channel *channel = open_channels;

    while (channel && channel->port != arrival->port) channel = channel->next_open;
    if (channel && channel->count < CHANNEL_MESSAGES)
      put(channel, &arrival->message);
    else if (channel)
      channel->lost++;
    arrived_tail++;
  }
}

// The registers of another environment are the message, and the rest of its slice is ours.
EXO_API void
on_transfer_async(struct upcall_frame *frame)
{
  thread_critical++; // the slice that was given does not end in here
  if (arrived_head - arrived_tail < ARRIVED) {
    struct arrival *arrival = &arrived[arrived_head % ARRIVED];

    *arrival = (struct arrival){
        frame->a0,
        {frame->value, {frame->a1, frame->a2, frame->a3, frame->a4, frame->a5}},
    };
    arrived_head++;
  }
  thread_critical--;
  thread_go_on();
}

EXO_API int
channel_send_to(exo_env environment, uint32_t port, const uint32_t words[CHANNEL_WORDS])
{
  int error = EXO_E_BUSY;

  thread_start_switching();
  for (int i = 0; i < TRIES; i++) {
    slice_enter_critical();
    error = thread_transfer(environment, port, words); // leaves the section
    if (error != EXO_E_BUSY && error != EXO_E_ENTRY) break;
    if (slice_yield(environment) < 0) slice_yield(0);
  }
  return error;
}
