/// A client and a server of the shim joined in memory, for the program that valgrind watches.
#ifndef JOINED_H
#define JOINED_H

#include <stdio.h>
#include <stdlib.h>

#include "cnghttp2.h"

/// Ends the program unless `condition` holds, whatever NDEBUG says.
#define EXPECT(condition)                                                      \
  do {                                                                         \
    if (!(condition)) {                                                        \
      fprintf(stderr, "%s:%d: expected %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                 \
    }                                                                          \
  } while (0)

/// How often each kind of event came, and what the last of some kinds held.
typedef struct {
  int count[16];
  int32_t stream_id;
  int32_t route;
  uint32_t error_code;
  size_t header_count;
  size_t body_length;  // of all REQUEST and DATA events
  unsigned checksum;   // reads every byte that an event lends
} seen;

typedef struct {
  cnghttp2_routes *routes;
  cnghttp2_session *server;
  cnghttp2_session *client;  // NULL where the test speaks frames itself
  seen at_server;
  seen at_client;
  uint64_t now;
} joined;

cnghttp2_settings usual_settings(void);
joined joined_make(const cnghttp2_settings *server_settings, bool with_client);
void joined_free(joined *pair);
/// Carries bytes both ways, in portions of `portion` bytes, until neither side has any.
void joined_run(joined *pair, size_t portion);
/// Hands bytes to the server in memory that is freed as soon as the shim may not look at it.
void send_bytes(joined *pair, const void *bytes, size_t length);
/// Writes all the server has to say; returns how many bytes.
size_t drain(joined *pair);
/// Writes so much at most into `bytes`; returns how many there were.
size_t drain_into(joined *pair, uint8_t *bytes, size_t capacity);
int32_t request(joined *pair, const char *path);
/// A server whose peer has sent its preface and SETTINGS; the test speaks frames from here on.
joined speaking_frames(const cnghttp2_settings *settings);
void send_frame(joined *pair, uint8_t type, uint8_t flags, uint32_t id, const void *payload, size_t length);
/// What one connection can make the server hold or do (limits.c, memory_limit.c).
void keeps_limits_of_peers(void);
/// What arrives on streams that are closed (late_frames.c, ended_streams.c), and what the last GOAWAY tells
/// (shutdown.c).
void judges_late_frames(void);
/// What is said of requests that nghttp2 would judge itself (message.c, header_cache.c).
void judges_messages(void);
cnghttp2_header header(const char *name, const char *value, bool permanent);

enum { OPENING_LENGTH = 24 + 9 };
/// The client's preface and its empty SETTINGS.
extern const char opening[OPENING_LENGTH];
/// :method POST, :scheme http, :path /unary or /stream, :authority b
extern const char unary_block[3 + 1 + 6 + 3 + 1];
extern const char stream_block[3 + 1 + 7 + 3 + 1];

#define HEAD (cnghttp2_header[]){header(":status", "200", true), header("content-type", "application/grpc", false)}, 2
#define TRAILERS (cnghttp2_header[]){header("grpc-status", "0", true), header("grpc-message", "fine", false)}, 2

#endif
