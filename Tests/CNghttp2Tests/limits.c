// Conversations with peers that go to each limit, and one step beyond it.
#include <string.h>

#include "joined.h"

enum { PROTOCOL_ERROR = 1, FLOW_CONTROL_ERROR = 3, ENHANCE_YOUR_CALM = 11, SECOND = 1000000000 };

static const char zeros[1000];

static void open_stream(joined *pair, uint32_t id, const char *block, size_t length) {
  send_frame(pair, 1, 4, id, block, length);
}

#define OPEN_UNARY(pair, id) open_stream(pair, id, unary_block, sizeof unary_block - 1)
#define OPEN_STREAM(pair, id) open_stream(pair, id, stream_block, sizeof stream_block - 1)

static void expect_end(joined *pair, uint32_t code) {
  EXPECT(drain(pair) > 0);
  EXPECT(cnghttp2_session_error_code(pair->server) == code && cnghttp2_session_is_finished(pair->server));
  send_frame(pair, 6, 0, 0, "12345678", 8);
  EXPECT(drain(pair) == 0);
  joined_free(pair);
}

static void of_memory(void) {
  cnghttp2_settings settings = usual_settings();
  settings.max_memory = 40000;
  joined pair = speaking_frames(&settings);
  size_t before = cnghttp2_session_held_bytes(pair.server);
  for (uint32_t id = 1; id < 200; id += 2) {
    OPEN_UNARY(&pair, id);
    drain(&pair);  // what waits to be sent counts as well
  }
  uint32_t opened = (uint32_t)cnghttp2_session_open_streams(pair.server);
  EXPECT(opened > 5 && opened < 40);
  for (uint32_t i = 0; i < opened; i++) send_frame(&pair, 3, 0, 1 + 2 * i, "\0\0\0\x08", 4);
  EXPECT(drain(&pair) == 0 && cnghttp2_session_open_streams(pair.server) == 0);
  // Places for events stay, and buffers of pooled streams.
  EXPECT(cnghttp2_session_held_bytes(pair.server) < before + settings.max_memory / 2);
  OPEN_UNARY(&pair, 201);
  for (int i = 0; i < 60; i++) send_frame(&pair, 0, 0, 201, zeros, sizeof zeros);
  expect_end(&pair, ENHANCE_YOUR_CALM);
}

// Lists that the session has forgotten again are held for their streams all the same.
static void of_evicted_lists(void) {
  enum { VALUE = 100, STREAMS = 4 * CNGHTTP2_RECENT_LISTS };
  joined pair = speaking_frames(NULL);
  uint8_t frames[STREAMS][9 + sizeof unary_block - 1 + 4 + VALUE];
  for (uint32_t i = 0; i < STREAMS; i++) {
    uint8_t *at = frames[i];
    memcpy(at, (uint8_t[9]){0, 0, sizeof frames[i] - 9, 1, 4, 0, 0, 0, (uint8_t)(2 * i + 1)}, 9);
    memcpy(at + 9, unary_block, sizeof unary_block - 1);
    at += 9 + sizeof unary_block - 1;
    memcpy(at, (uint8_t[4]){0, 1, 'x', VALUE}, 4);
    memset(at + 4, (int)('!' + i), VALUE);
  }
  size_t before = cnghttp2_session_held_bytes(pair.server);
  send_bytes(&pair, frames, sizeof frames);
  EXPECT(cnghttp2_session_open_streams(pair.server) == STREAMS);
  EXPECT(cnghttp2_session_most_held_bytes(pair.server) - before > STREAMS * (1024 + VALUE));
  // The application has read them: what it keeps is its own to tell.
  EXPECT(cnghttp2_session_held_bytes(pair.server) - before < STREAMS * (1024 + VALUE / 2) + 8192);
  joined_free(&pair);
}

static void of_what_the_application_holds(void) {
  cnghttp2_settings settings = usual_settings();
  settings.max_memory = 1 << 20;
  joined pair = speaking_frames(&settings);
  EXPECT(cnghttp2_session_allows_calls(pair.server));
  cnghttp2_session_set_application_bytes(pair.server, settings.max_memory / 8 * 5);
  EXPECT(!cnghttp2_session_allows_calls(pair.server));
  OPEN_UNARY(&pair, 1);
  EXPECT(cnghttp2_session_open_streams(pair.server) == 1 && drain(&pair) == 0);
  cnghttp2_session_set_application_bytes(pair.server, settings.max_memory / 4 * 3);
  OPEN_UNARY(&pair, 3);
  EXPECT(cnghttp2_session_open_streams(pair.server) == 1 && drain(&pair) > 0);
  cnghttp2_session_set_application_bytes(pair.server, 0);
  OPEN_UNARY(&pair, 5);
  EXPECT(cnghttp2_session_open_streams(pair.server) == 2 && cnghttp2_session_allows_calls(pair.server));
  cnghttp2_session_set_application_bytes(pair.server, settings.max_memory);
  send_frame(&pair, 0, 0, 5, zeros, 1);
  expect_end(&pair, ENHANCE_YOUR_CALM);
}

// However they are decided, there is room again; refusing them is not a reset of the peer's.
static void of_undecided_streams(void) {
  cnghttp2_settings settings = usual_settings();
  settings.max_undecided_streams = 10;
  settings.max_quick_resets = 15;
  joined pair = speaking_frames(&settings);
  for (uint32_t id = 1; id < 21; id += 2) OPEN_STREAM(&pair, id);
  EXPECT(drain(&pair) == 0);
  for (uint32_t id = 21; id < 121; id += 2) OPEN_STREAM(&pair, id);
  EXPECT(drain(&pair) == 50 * 13 && cnghttp2_session_open_streams(pair.server) == 10);
  EXPECT(cnghttp2_session_start_response(pair.server, 1, HEAD) == CNGHTTP2_OK);
  EXPECT(cnghttp2_session_respond_headers_only(pair.server, 3, HEAD) == CNGHTTP2_OK);
  cnghttp2_session_reset(pair.server, 5, 8);
  send_frame(&pair, 3, 0, 7, "\0\0\0\x08", 4);
  drain(&pair);
  for (uint32_t id = 121; id < 131; id += 2) OPEN_STREAM(&pair, id);
  EXPECT(cnghttp2_session_open_streams(pair.server) == 11);  // 1 is answered and open
  EXPECT(drain(&pair) == 13 && cnghttp2_session_error_code(pair.server) == 0);
  joined_free(&pair);
}

static void of_unsent_bytes(void) {
  static const uint8_t body[60000];
  cnghttp2_settings settings = usual_settings();
  settings.max_unsent = 50000;
  joined pair = speaking_frames(&settings);
  OPEN_STREAM(&pair, 1);
  OPEN_STREAM(&pair, 3);
  EXPECT(cnghttp2_session_start_response(pair.server, 1, HEAD) == CNGHTTP2_OK);
  EXPECT(cnghttp2_session_start_response(pair.server, 3, HEAD) == CNGHTTP2_OK);
  EXPECT(cnghttp2_session_write_body(pair.server, 1, body, sizeof body) == CNGHTTP2_FULL);
  EXPECT(cnghttp2_session_write_body(pair.server, 3, body, 1) == CNGHTTP2_FULL);
  EXPECT(cnghttp2_session_unsent_bytes(pair.server) == sizeof body + 1);
  OPEN_UNARY(&pair, 5);
  EXPECT(cnghttp2_session_open_streams(pair.server) == 2);
  EXPECT(drain(&pair) > sizeof body && cnghttp2_session_unsent_bytes(pair.server) == 0);
  EXPECT(pair.at_server.count[CNGHTTP2_EVENT_WRITABLE] == 2);
  OPEN_UNARY(&pair, 7);
  EXPECT(cnghttp2_session_open_streams(pair.server) == 3);
  EXPECT(cnghttp2_session_write_body(pair.server, 1, body, sizeof body) == CNGHTTP2_FULL);
  send_frame(&pair, 3, 0, 1, "\0\0\0\x08", 4);  // what waits goes with its stream
  EXPECT(cnghttp2_session_unsent_bytes(pair.server) == 0);
  joined_free(&pair);
}

static void of_frames_that_bring_nothing(void) {
  static const struct {
    uint8_t type, flags, id;
    const char *payload;
    size_t length;
  } frames[] = {
      // clang-format off
      {0, 0, 1, "", 0},  // empty DATA
      {0, 8, 1, "\0", 1},
      {0, 8, 1, "\2\0\0", 3},  // padding alone
      {2, 0, 1, "\0\0\0\0\0", 5},
      {3, 0, 3, "\0\0\0\x08", 4},
      {6, 1, 0, "12345678", 8},
      {8, 0, 0, "\0\0\0\1", 4},
      {0xEE, 0xFF, 9, "?", 1},  // nobody knows what
      // clang-format on
  };
  cnghttp2_settings settings = usual_settings();
  settings.max_control_frames = settings.max_window_updates = 30;
  for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
    joined pair = speaking_frames(&settings);
    OPEN_UNARY(&pair, 1);
    OPEN_UNARY(&pair, 3);
    for (int second = 0; second < 3; second++) {
      pair.now += SECOND;
      int expected = second == 0 && frames[i].type == 3 ? 2 : 0;  // one reset of each stream
      for (int count = 0; count < 30 + expected; count++) {
        send_frame(&pair, frames[i].type, frames[i].flags, frames[i].id, frames[i].payload, frames[i].length);
      }
      drain(&pair);
      EXPECT(cnghttp2_session_error_code(pair.server) == 0);
    }
    send_frame(&pair, frames[i].type, frames[i].flags, frames[i].id, frames[i].payload, frames[i].length);
    expect_end(&pair, ENHANCE_YOUR_CALM);
  }
}

static void of_continuations(void) {
  // As many as a header list of 64 KiB may need, twice, then one more; nearly all are empty.
  joined pair = speaking_frames(NULL);
  for (int block = 0; block < 3; block++) {
    int most = block < 2 ? 12 : 13;
    uint8_t frames[14 * 9 + sizeof stream_block];
    size_t length = 0, left = sizeof stream_block - 1;
    for (int i = 0; i <= most; i++) {
      size_t part = i < most ? left > 0 : left;
      uint8_t head[9] = {0, 0, (uint8_t)part, i == 0 ? 1 : 9, i == most ? 4 : 0, 0, 0, 0, (uint8_t)(block * 2 + 1)};
      memcpy(frames + length, head, 9);
      memcpy(frames + length + 9, stream_block + sizeof stream_block - 1 - left, part);
      length += 9 + part;
      left -= part;
    }
    for (size_t i = 0; i < length; i++) send_bytes(&pair, frames + i, 1);
  }
  EXPECT(pair.at_server.count[CNGHTTP2_EVENT_OPENED] == 2);
  expect_end(&pair, ENHANCE_YOUR_CALM);
}

static void of_windows(void) {
  cnghttp2_settings settings = usual_settings();
  settings.stream_window = settings.connection_window = 65535;
  joined stream = speaking_frames(NULL);
  OPEN_STREAM(&stream, 1);
  // Taken at once by the application, but no WINDOW_UPDATE is on its way yet.
  for (int i = 0; i < 66; i++) send_frame(&stream, 0, 0, 1, zeros, sizeof zeros);
  EXPECT(stream.at_server.body_length == 65000 && drain(&stream) > 0);
  EXPECT(stream.at_server.count[CNGHTTP2_EVENT_CLOSED] == 1 && stream.at_server.error_code == FLOW_CONTROL_ERROR);
  EXPECT(cnghttp2_session_error_code(stream.server) == 0);
  joined_free(&stream);

  joined connection = speaking_frames(&settings);
  OPEN_STREAM(&connection, 1);
  OPEN_STREAM(&connection, 3);
  for (uint32_t i = 0; i < 66; i++) send_frame(&connection, 0, 0, 1 + i % 2 * 2, zeros, sizeof zeros);
  EXPECT(connection.at_server.body_length == 65000);
  expect_end(&connection, FLOW_CONTROL_ERROR);

  joined overflow = speaking_frames(NULL);
  OPEN_STREAM(&overflow, 1);
  OPEN_STREAM(&overflow, 3);
  send_frame(&overflow, 8, 0, 3, "\x7f\xff\0\0", 4);  // 2^31 − 1 bytes now
  drain(&overflow);
  EXPECT(cnghttp2_session_error_code(overflow.server) == 0);
  send_frame(&overflow, 4, 0, 0, "\0\4\0\1\0\0", 6);
  expect_end(&overflow, FLOW_CONTROL_ERROR);
}

static void of_targets(void) {
  static const struct {
    const char *host;  // literals without indexing; 38 is the static table's host
    bool sound;
  } targets[] = {{"\x0f\x17\1b", true},  {"\x0f\x17\1B", true},    {"\x0f\x17\4b:80", true}, {"\x0f\x17\2b:", true},
                 {"\x0f\x17\1c", false}, {"\x0f\x17\3b:1", false}, {"\x0f\x17\0", false}};
  joined pair = speaking_frames(NULL);
  for (uint32_t i = 0; i < sizeof targets / sizeof *targets; i++) {
    char block[64];
    size_t length = sizeof stream_block - 1, host = targets[i].host[2] == 0 ? 3 : strlen(targets[i].host);
    memcpy(block, stream_block, length);
    memcpy(block + length, targets[i].host, host);
    int opened = pair.at_server.count[CNGHTTP2_EVENT_OPENED];
    send_frame(&pair, 1, 4, 1 + 2 * i, block, length + host);
    EXPECT(pair.at_server.count[CNGHTTP2_EVENT_OPENED] == opened + targets[i].sound);
    EXPECT((drain(&pair) > 0) != targets[i].sound);
  }
  EXPECT(cnghttp2_session_open_streams(pair.server) == 4 && cnghttp2_session_error_code(pair.server) == 0);
  joined_free(&pair);
}

void keeps_limits_of_peers(void) {
  of_memory();
  of_evicted_lists();
  of_what_the_application_holds();
  of_undecided_streams();
  of_unsent_bytes();
  of_frames_that_bring_nothing();
  of_continuations();
  of_windows();
  of_targets();
}
