// Frames that arrive when their stream is closed, by whom ever, and the last words of a session.
#include <string.h>

#include "joined.h"

enum { NO_ERROR = 0, PROTOCOL_ERROR = 1, STREAM_CLOSED = 5, COMPRESSION_ERROR = 9, ENHANCE_YOUR_CALM = 11 };
enum {
  DATA = 0,
  HEADERS = 1,
  RST_STREAM = 3,
  GOAWAY = 7,
  CONTINUATION = 9,
  END_STREAM = 1,
  END_HEADERS = 4,
  PADDED = 8,
};

static const char bytes[16384];

static void open_unary(joined *pair, uint32_t id, uint8_t flags) {
  send_frame(pair, HEADERS, END_HEADERS | flags, id, unary_block, sizeof unary_block - 1);
}

static void reset_by_peer(joined *pair, uint32_t id) {
  open_unary(pair, id, 0);
  send_frame(pair, RST_STREAM, 0, id, "\0\0\0\x08", 4);
}

static void finished(joined *pair, uint32_t id) {
  open_unary(pair, id, END_STREAM);
  EXPECT(cnghttp2_session_respond(pair->server, (int32_t)id, HEAD, NULL, 0, TRAILERS) == CNGHTTP2_OK);
}

static void answered_early(joined *pair, uint32_t id) {
  open_unary(pair, id, 0);
  EXPECT(cnghttp2_session_respond(pair->server, (int32_t)id, HEAD, NULL, 0, TRAILERS) == CNGHTTP2_OK);
}

static void reset_by_us(joined *pair, uint32_t id) {
  open_unary(pair, id, 0);
  cnghttp2_session_reset(pair->server, (int32_t)id, 2);
}

static void malformed(joined *pair, uint32_t id) {
  send_frame(pair, HEADERS, END_HEADERS, id, unary_block, sizeof unary_block - 4);  // no :authority
}

typedef void make_stream(joined *pair, uint32_t id);
static make_stream *const ended_by_peer[] = {reset_by_peer, finished};
static make_stream *const ended_by_us[] = {answered_early, reset_by_us, malformed};

static joined calm_server(uint32_t max_quick_resets) {
  cnghttp2_settings settings = usual_settings();
  settings.max_quick_resets = max_quick_resets;
  return speaking_frames(&settings);
}

// Whether all that the server says is one RST_STREAM of the stream, with that code.
static bool says_reset(joined *pair, uint32_t id, uint32_t code) {
  uint8_t said[1000];
  const uint8_t expected[13] = {0, 0, 4, RST_STREAM, 0, 0, 0, 0, (uint8_t)id, 0, 0, 0, (uint8_t)code};
  return drain_into(pair, said, sizeof said) == sizeof expected && memcmp(said, expected, sizeof expected) == 0;
}

// RFC 9113 §6.1: a stream error, however the bytes come and whatever else is open.
static void refuses_data_of_closed_streams(void) {
  for (size_t kind = 0; kind < 2; kind++) {
    for (size_t portion = 1; portion < 400; portion = portion * 3 + 1) {
      joined pair = calm_server(100);
      open_unary(&pair, 1, 0);
      ended_by_peer[kind](&pair, 3);
      drain(&pair);
      // On 1 all is well; between its frames 3 gets some.
      uint8_t frames[3 * (9 + 100) + 9 + 60];
      uint8_t *at = frames;
      static const struct {
        uint8_t id, flags, length;
      } sent[] = {{1, 0, 100}, {3, PADDED, 100}, {1, 0, 60}, {3, END_STREAM, 100}};
      for (size_t i = 0; i < 4; i++) {
        memcpy(at, (uint8_t[9]){0, 0, sent[i].length, DATA, sent[i].flags, 0, 0, 0, sent[i].id}, 9);
        memset(at + 9, 2, sent[i].length);
        at += 9 + sent[i].length;
      }
      for (size_t done = 0; done < sizeof frames; done += portion) {
        send_bytes(&pair, frames + done, sizeof frames - done < portion ? sizeof frames - done : portion);
      }
      uint8_t said[1000];
      size_t length = drain_into(&pair, said, sizeof said);
      EXPECT(length >= 26 && said[3] == RST_STREAM && said[8] == 3 && said[12] == STREAM_CLOSED);
      EXPECT(said[13 + 3] == RST_STREAM && said[13 + 8] == 3 && said[13 + 12] == STREAM_CLOSED);
      EXPECT(cnghttp2_session_error_code(pair.server) == 0 && cnghttp2_session_open_streams(pair.server) == 1);
      send_frame(&pair, DATA, END_STREAM, 1, bytes, 40);
      EXPECT(pair.at_server.count[CNGHTTP2_EVENT_REQUEST] == 1 + (int)kind && pair.at_server.body_length == 200);
      joined_free(&pair);
    }
  }
}

static void counts_data_of_closed_streams(void) {
  for (size_t kind = 0; kind < 2; kind++) {
    joined pair = calm_server(20);
    ended_by_peer[kind](&pair, 1);
    for (int second = 0; second < 3; second++) {
      pair.now += 1000000000;
      for (int i = 0; i < 20; i++) {
        drain(&pair);
        send_frame(&pair, DATA, 0, 1, bytes, 1);
        EXPECT(says_reset(&pair, 1, STREAM_CLOSED));
      }
    }
    send_frame(&pair, DATA, 0, 1, bytes, 1);
    EXPECT(drain(&pair) > 0 && cnghttp2_session_error_code(pair.server) == ENHANCE_YOUR_CALM);
    EXPECT(cnghttp2_session_is_finished(pair.server));
    joined_free(&pair);
  }
}

// What was on its way when this side ended the stream: no limit counts it, and its credit comes back.
static void takes_data_in_flight(void) {
  enum { STREAMS = 3000 };
  for (size_t kind = 0; kind < 3; kind++) {
    joined pair = calm_server(100);
    for (uint32_t i = 0; i < STREAMS; i++) {
      if (i % 50 == 0) pair.now += 1000000000;  // a malformed request is the peer's own reset
      ended_by_us[kind](&pair, 2 * i + 1);
      drain(&pair);
    }
    EXPECT(cnghttp2_session_open_streams(pair.server) == 0);
    for (uint32_t i = 0; i < STREAMS; i++) {
      send_frame(&pair, DATA, PADDED, 2 * i + 1, bytes, 1000);
      send_frame(&pair, DATA, END_STREAM, 2 * i + 1, bytes, 1000);
      drain(&pair);
    }
    // 6 MB through a window of 1 MiB.
    EXPECT(cnghttp2_session_error_code(pair.server) == 0);
    open_unary(&pair, 2 * STREAMS + 1, END_STREAM);
    EXPECT(pair.at_server.count[CNGHTTP2_EVENT_REQUEST] == 1);
    joined_free(&pair);
  }
}

// Trailers that crossed an RST_STREAM are allowed as well, thousands of streams later; those of any other closed stream
// are.
static void tells_headers_in_flight(void) {
  joined pair = calm_server(100);
  for (uint32_t i = 0; i < 3000; i++) {
    answered_early(&pair, 2 * i + 1);
    drain(&pair);
  }
  send_frame(&pair, HEADERS, END_HEADERS | END_STREAM, 1, "\0\1t\1t", 5);
  EXPECT(cnghttp2_session_error_code(pair.server) == 0);
  finished(&pair, 6001);
  drain(&pair);
  send_frame(&pair, HEADERS, END_HEADERS | END_STREAM, 6001, "\0\1t\1t", 5);
  EXPECT(drain(&pair) > 0 && cnghttp2_session_error_code(pair.server) == STREAM_CLOSED);
  joined_free(&pair);
}

// Also on streams whose DATA is ignored.
static void looks_at_padding(void) {
  make_stream *const streams[] = {reset_by_peer, finished, answered_early, reset_by_us};
  for (size_t i = 0; i < 4; i++) {
    for (int is_split = 0; is_split < 2; is_split++) {
      joined pair = calm_server(100);
      streams[i](&pair, 1);
      drain(&pair);
      const uint8_t frame[] = {0, 0, 5, DATA, PADDED, 0, 0, 0, 1, 5, 0, 0, 0, 0};
      send_bytes(&pair, frame, is_split ? 9 : sizeof frame);
      if (is_split) send_bytes(&pair, frame + 9, 5);
      EXPECT(drain(&pair) > 0 && cnghttp2_session_error_code(pair.server) == PROTOCOL_ERROR);
      joined_free(&pair);
    }
  }
}

static void expect_goaway(joined *pair, uint32_t code, const char *text) {
  uint8_t said[1000];
  size_t length = drain_into(pair, said, sizeof said);
  size_t expected = strlen(text);
  EXPECT(length == 17 + expected && said[2] == 8 + expected && said[3] == GOAWAY && said[16] == code);
  EXPECT(memcmp(said + 17, text, expected) == 0);
  const char *reason = cnghttp2_session_end_reason(pair->server);
  EXPECT(expected == 0 ? reason == NULL : reason != NULL && strcmp(reason, text) == 0);
  EXPECT(cnghttp2_session_is_finished(pair->server));
  joined_free(pair);
}

static void says_why_it_ends(void) {
  // A field of 65,537 bytes, as a literal, over five frames.
  joined field = calm_server(100);
  send_frame(&field, HEADERS, 0, 1, unary_block, sizeof unary_block - 1);
  send_frame(&field, CONTINUATION, 0, 1, "\0\1x\x7f\x82\xff\3", 7);
  for (int i = 0; i < 4; i++) send_frame(&field, CONTINUATION, 0, 1, bytes, 16384);
  send_frame(&field, CONTINUATION, END_HEADERS, 1, bytes, 1);
  expect_goaway(&field, COMPRESSION_ERROR, "a header block that HPACK cannot decode, or a field above 65536 bytes");

  joined resets = calm_server(5);
  for (uint32_t i = 0; i < 6; i++) reset_by_peer(&resets, 2 * i + 1);
  expect_goaway(&resets, ENHANCE_YOUR_CALM, "too many streams were reset as soon as they were opened");

  joined priority = calm_server(100);
  send_frame(&priority, 2, 0, 0, "\0\0\0\0\0", 5);
  expect_goaway(&priority, PROTOCOL_ERROR, "PRIORITY on stream 0");

  joined friendly = calm_server(100);
  cnghttp2_session_terminate(friendly.server, NO_ERROR);
  expect_goaway(&friendly, NO_ERROR, "");
}

void judges_late_frames(void) {
  refuses_data_of_closed_streams();
  counts_data_of_closed_streams();
  takes_data_in_flight();
  tells_headers_in_flight();
  looks_at_padding();
  says_why_it_ends();
}
