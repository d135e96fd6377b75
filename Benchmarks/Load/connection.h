// One connection that makes calls as Centrifugo does, as fast as the server answers them.
#ifndef CONNECTION_H
#define CONNECTION_H

#include <stdint.h>

#include "header_block.h"

enum {
  READ_SIZE = 256 * 1024,
  WRITE_SIZE = 1024 * 1024,
  // The most calls at a time; a power of two, since a call's place follows from its stream.
  MOST_CALLS = 4096,
  MOST_FRAME = 16384,
};

// What all connections share.
struct load {
  // The body of each request, after gRPC's prefix.
  uint8_t message[MOST_FRAME];
  uint32_t message_length;
  // The bytes of an answer's body; another number ends the program.
  uint32_t answer_length;
  // How many calls there are on a connection at a time.
  unsigned calls_at_once;
  uint64_t calls;
  uint64_t begun;
  uint64_t ended;
  // How long each call took, in tenths of a microsecond.
  uint32_t *durations;
  // The state of the generator of timeouts.
  uint64_t random;
};

struct connection {
  int socket;
  unsigned open;
  uint32_t next_stream;
  // How many bytes the server still takes on the connection.
  int64_t window;
  int waits_for_room;
  struct header_encoder encoder;
  struct {
    uint64_t begun;
    uint32_t length;
  } places[MOST_CALLS];
  uint32_t in_length;
  uint32_t out_begin;
  uint32_t out_end;
  uint8_t in[READ_SIZE];
  uint8_t out[WRITE_SIZE];
};

// Prints a line and ends the program.
__attribute__((noreturn)) void fail(const char *why);

// Nanoseconds since some moment.
uint64_t now(void);

// Connects to 127.0.0.1 and writes the preface and the settings; path and authority must stay.
struct connection *connection_open(uint16_t port, const char *path, const char *authority);

// Begins as many calls as there may be at a time.
void connection_fill(struct connection *connection, struct load *load);

// Takes what the server has sent.
void connection_receive(struct connection *connection, struct load *load);

// Sends what there is to send. Returns whether the socket has to be waited for.
int connection_send(struct connection *connection);

#endif
