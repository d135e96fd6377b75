// Loads a server with one call, again and again, as Centrifugo's gRPC client sends it.
//
// h2load sends the same header block each time. Centrifugo's has a timeout that differs in each call, which moves all
// other fields in the server's table (RFC 7541 §2.3.2). The generator itself takes less time than h2load, so that it is
// the server that is measured. A call counts when its stream ends with as many bytes as the first answer had.
//
// Usage: load PORT PATH MESSAGE-FILE CONNECTIONS CALLS-AT-ONCE CALLS ANSWER-LENGTH
// Prints: seconds, and the median, 99th percentile and longest of the calls' durations in microseconds.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "connection.h"

enum { MOST_CONNECTIONS = 1024, LONGEST_SILENCE = 20000 };

static uint64_t argument(const char *text, uint64_t most, const char *what) {
  char *end;
  unsigned long long value = strtoull(text, &end, 10);
  if (*text == '\0' || *end != '\0' || value > most) fail(what);
  return value;
}

static void read_message(struct load *load, const char *file) {
  FILE *open = fopen(file, "rb");
  if (!open) fail("cannot read the message");
  load->message_length = (uint32_t)fread(load->message, 1, sizeof load->message, open);
  if (load->message_length == 0 || !feof(open)) fail("the message is empty, or longer than a frame");
  fclose(open);
}

static int is_longer(const void *left, const void *right) {
  uint32_t first = *(const uint32_t *)left;
  uint32_t second = *(const uint32_t *)right;
  return first < second ? -1 : first > second;
}

static void wait_for(int loop, int operation, struct connection *connection) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  if (connection->waits_for_room) event.events |= EPOLLOUT;
  epoll_ctl(loop, operation, connection->socket, &event);
}

static void go_on(int loop, struct connection *connection, struct load *load) {
  connection_fill(connection, load);
  int waits = connection_send(connection);
  if (waits == connection->waits_for_room) return;
  connection->waits_for_room = waits;
  wait_for(loop, EPOLL_CTL_MOD, connection);
}

int main(int count, char **arguments) {
  if (count != 8) fail("usage: load PORT PATH MESSAGE-FILE CONNECTIONS CALLS-AT-ONCE CALLS ANSWER-LENGTH");
  static struct load load = {.random = 88172645463325252u};
  uint16_t port = (uint16_t)argument(arguments[1], UINT16_MAX, "the port is not one");
  read_message(&load, arguments[3]);
  unsigned connections = (unsigned)argument(arguments[4], MOST_CONNECTIONS, "too many connections");
  load.calls_at_once = (unsigned)argument(arguments[5], MOST_CALLS / 2, "too many calls at a time");
  load.calls = argument(arguments[6], UINT32_MAX, "too many calls");
  load.answer_length = (uint32_t)argument(arguments[7], UINT32_MAX, "the length of answers is not one");
  load.durations = calloc(load.calls + 1, sizeof *load.durations);
  if (!load.durations || connections == 0 || load.calls == 0) fail("there must be connections and calls");

  char authority[32];
  snprintf(authority, sizeof authority, "127.0.0.1:%u", port);
  int loop = epoll_create1(0);
  uint64_t begin = now();
  for (unsigned number = 0; number < connections; number++) {
    struct connection *connection = connection_open(port, arguments[2], authority);
    wait_for(loop, EPOLL_CTL_ADD, connection);
    go_on(loop, connection, &load);
  }
  struct epoll_event events[64];
  while (load.ended < load.calls) {
    int ready = epoll_wait(loop, events, sizeof events / sizeof *events, LONGEST_SILENCE);
    if (ready == 0) fail("the server does not answer");
    for (int next = 0; next < ready; next++) {
      struct connection *connection = events[next].data.ptr;
      if (events[next].events & ~(uint32_t)EPOLLOUT) connection_receive(connection, &load);
      go_on(loop, connection, &load);
    }
  }
  double seconds = (double)(now() - begin) / 1e9;
  qsort(load.durations, load.calls, sizeof *load.durations, is_longer);
  printf("%.6f %.1f %.1f %.1f\n", seconds, load.durations[load.calls / 2] / 10.0,
         load.durations[load.calls * 99 / 100] / 10.0, load.durations[load.calls - 1] / 10.0);
}
