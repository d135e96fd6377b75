// Conversations through the shim's flat API, with every kind of end. Scripts/test runs them under valgrind, which sees
// what AddressSanitizer cannot: bytes that were never set, inside nghttp2 too.
#include <string.h>

#include "joined.h"

static void answers_unary_calls(void) {
  static const size_t portions[] = {1, 7, 100, 16384};
  for (size_t i = 0; i < sizeof portions / sizeof *portions; i++) {
    joined pair = joined_make(NULL, true);
    static uint8_t body[40000];
    for (int call = 1; call <= 20; call++) {
      int32_t id = request(&pair, "/unary");
      EXPECT(id > 0);
      EXPECT(cnghttp2_session_write_body(pair.client, id, body, sizeof body) == CNGHTTP2_OK);
      EXPECT(cnghttp2_session_end_body(pair.client, id, NULL, 0) == CNGHTTP2_OK);
      joined_run(&pair, portions[i]);
      EXPECT(pair.at_server.count[CNGHTTP2_EVENT_REQUEST] == call && pair.at_server.stream_id == id);
      EXPECT(pair.at_server.route == 0 && pair.at_server.body_length == sizeof body * (size_t)call);
      EXPECT(cnghttp2_session_respond(pair.server, id, HEAD, body, sizeof body, TRAILERS) == CNGHTTP2_OK);
      EXPECT(cnghttp2_session_respond(pair.server, id, HEAD, body, 1, TRAILERS) == CNGHTTP2_STREAM_GONE);
      joined_run(&pair, portions[i]);
      EXPECT(pair.at_client.count[CNGHTTP2_EVENT_END] == call && pair.at_client.header_count == 2);
      EXPECT(pair.at_client.body_length == sizeof body * (size_t)call);
      EXPECT(cnghttp2_session_open_streams(pair.server) == 0);
    }
    cnghttp2_session_shut_down(pair.server);
    joined_run(&pair, portions[i]);
    EXPECT(pair.at_client.count[CNGHTTP2_EVENT_GOAWAY] == 1);
    joined_free(&pair);
  }
}

static void streams_both_ways(void) {
  joined pair = joined_make(NULL, true);
  int32_t ids[30];
  for (int i = 0; i < 30; i++) EXPECT((ids[i] = request(&pair, "/stream")) > 0);
  joined_run(&pair, 500);
  EXPECT(pair.at_server.count[CNGHTTP2_EVENT_OPENED] == 30 && pair.at_server.route == 1);
  static uint8_t chunk[70000];
  for (int i = 0; i < 30; i++) {
    EXPECT(cnghttp2_session_start_response(pair.server, ids[i], HEAD) == CNGHTTP2_OK);
    EXPECT(cnghttp2_session_write_body(pair.server, ids[i], chunk, sizeof chunk) == CNGHTTP2_FULL);
    EXPECT(cnghttp2_session_write_body(pair.client, ids[i], chunk, 100) == CNGHTTP2_OK);
  }
  joined_run(&pair, 500);
  EXPECT(pair.at_server.count[CNGHTTP2_EVENT_WRITABLE] == 30);
  EXPECT(pair.at_server.body_length == 30 * 100 && pair.at_client.body_length == 30 * sizeof chunk);
  for (int i = 0; i < 10; i++) cnghttp2_session_reset(pair.client, ids[i], 8);
  for (int i = 10; i < 20; i++) cnghttp2_session_reset(pair.server, ids[i], 2);
  for (int i = 20; i < 25; i++) EXPECT(cnghttp2_session_end_body(pair.server, ids[i], TRAILERS) == CNGHTTP2_OK);
  joined_run(&pair, 500);
  EXPECT(pair.at_server.count[CNGHTTP2_EVENT_CLOSED] == 20);
  EXPECT(pair.at_client.count[CNGHTTP2_EVENT_END] == 5);
  EXPECT(cnghttp2_session_open_streams(pair.server) == 5);
  EXPECT(cnghttp2_session_write_body(pair.server, ids[0], chunk, 1) == CNGHTTP2_STREAM_GONE);
  joined_free(&pair);  // with five streams in the middle
}

static void shuts_down_in_two_steps(void) {
  static const size_t portions[] = {1, 7, 16384};
  for (size_t i = 0; i < sizeof portions / sizeof *portions; i++) {
    joined pair = joined_make(NULL, true);
    // Without a stream the client would be done with the first GOAWAY.
    int32_t id = request(&pair, "/unary");
    EXPECT(cnghttp2_session_end_body(pair.client, id, NULL, 0) == CNGHTTP2_OK);
    joined_run(&pair, portions[i]);
    cnghttp2_session_ping(pair.server);
    cnghttp2_session_announce_shutdown(pair.server);
    joined_run(&pair, portions[i]);
    EXPECT(pair.at_client.count[CNGHTTP2_EVENT_GOAWAY] == 1);
    EXPECT(pair.at_server.count[CNGHTTP2_EVENT_PONG] == 1);
    EXPECT(pair.at_server.count[CNGHTTP2_EVENT_NOTICE_ACKNOWLEDGED] == 1);
    cnghttp2_session_shut_down(pair.server);
    EXPECT(cnghttp2_session_wants_write(pair.server));
    joined_run(&pair, portions[i]);
    EXPECT(pair.at_client.count[CNGHTTP2_EVENT_GOAWAY] == 2);
    EXPECT(!cnghttp2_session_is_finished(pair.server));
    EXPECT(cnghttp2_session_respond(pair.server, id, HEAD, (const uint8_t *)"x", 1, TRAILERS) == CNGHTTP2_OK);
    joined_run(&pair, portions[i]);
    EXPECT(pair.at_client.count[CNGHTTP2_EVENT_END] == 1);
    EXPECT(cnghttp2_session_is_finished(pair.server));
    joined_free(&pair);
  }
}

static void frees_in_the_middle(void) {
  // A cut in every place: nothing that is half received or half sent may leak.
  uint8_t conversation[OPENING_LENGTH + 9 + 64 + 9 + 5 + 9 + 64];
  size_t block = sizeof unary_block - 1, length = OPENING_LENGTH;
  memcpy(conversation, opening, length);
  for (uint8_t id = 1; id <= 3; id += 2) {
    uint8_t headers[9] = {0, 0, (uint8_t)block, 1, 4, 0, 0, 0, id};
    memcpy(conversation + length, headers, 9);
    memcpy(conversation + length + 9, unary_block, block);
    length += 9 + block;
    if (id == 1) {
      memcpy(conversation + length, "\0\0\5\0\0\0\0\0\1hello", 14);
      length += 14;
    }
  }
  for (size_t cut = 0; cut <= length; cut++) {
    joined pair = joined_make(NULL, false);
    send_bytes(&pair, conversation, cut);
    if (cut % 2 == 0) {
      uint8_t small[20];
      (void)cnghttp2_session_write(pair.server, small, sizeof small);
    }
    if (cut == length) {
      EXPECT(pair.at_server.count[CNGHTTP2_EVENT_BODY_STARTED] == 1 && cnghttp2_session_open_streams(pair.server) == 2);
    }
    joined_free(&pair);
  }
}

static void ends_what_breaks_the_rules(void) {
  static const struct {
    uint8_t type, flags, id;
    const char *payload;
    size_t length;
    uint32_t code;
  } violations[] = {
      {0, 0, 0, "x", 1, 1},  // DATA on the connection
      {1, 5, 2, unary_block, sizeof unary_block - 1, 1},
      {1, 5, 3, "\xff\xff\xff\xff\x0f", 5, 9},  // HPACK: no such index
      {2, 0, 0, "\0\0\0\0\0", 5, 1},            // PRIORITY on the connection
      {3, 0, 9, "\0\0\0\0", 4, 1},              // RST_STREAM of an idle stream
      {4, 0, 0, "x", 1, 6},                     // SETTINGS of one byte
      {4, 0, 0, "\0\4\x80\0\0\0", 6, 3},        // a window above 2^31 − 1
      {5, 4, 1, "\0\0\0\2", 4, 1},              // PUSH_PROMISE of a client
      {6, 0, 0, "x", 1, 6},
      {8, 0, 0, "\0\0\0\0", 4, 1},
      {9, 4, 1, "x", 1, 1},  // CONTINUATION of nothing
  };
  for (size_t i = 0; i < sizeof violations / sizeof *violations; i++) {
    joined pair = speaking_frames(NULL);
    send_frame(&pair, 1, 4, 1, stream_block, sizeof stream_block - 1);
    send_frame(&pair, violations[i].type, violations[i].flags, violations[i].id, violations[i].payload,
               violations[i].length);
    EXPECT(drain(&pair) > 0);
    if (cnghttp2_session_error_code(pair.server) != violations[i].code) {
      fprintf(stderr, "violation %zu: code %u\n", i, cnghttp2_session_error_code(pair.server));
      exit(1);
    }
    EXPECT(cnghttp2_session_is_finished(pair.server));
    joined_free(&pair);
  }
  joined pair = joined_make(NULL, false);
  send_bytes(&pair, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27);
  EXPECT(cnghttp2_session_preface_failed(pair.server));
  drain(&pair);
  EXPECT(cnghttp2_session_is_finished(pair.server));
  joined_free(&pair);
}

static void keeps_limits(void) {
  cnghttp2_settings settings = usual_settings();
  settings.max_concurrent_streams = 2;
  settings.max_body = 10;
  settings.max_header_list = 200;
  joined pair = speaking_frames(&settings);
  for (uint32_t id = 1; id <= 5; id += 2) send_frame(&pair, 1, 4, id, unary_block, sizeof unary_block - 1);
  EXPECT(cnghttp2_session_open_streams(pair.server) == 2);
  send_frame(&pair, 0, 0, 1, "0123456789a", 11);
  EXPECT(pair.at_server.count[CNGHTTP2_EVENT_BODY_TOO_LARGE] == 1);
  EXPECT(cnghttp2_session_respond_headers_only(pair.server, 1, HEAD) == CNGHTTP2_OK);
  drain(&pair);
  EXPECT(cnghttp2_session_open_streams(pair.server) == 1);
  char large[300];
  memcpy(large, stream_block, sizeof stream_block - 1);
  memcpy(large + sizeof stream_block - 1, "\0\1a\x64", 4);
  memset(large + sizeof stream_block + 3, 'v', 100);
  send_frame(&pair, 1, 5, 7, large, sizeof stream_block + 103);
  EXPECT(pair.at_server.count[CNGHTTP2_EVENT_HEADERS_TOO_LARGE] == 1);
  joined_free(&pair);
}

static void ends_floods(void) {
  cnghttp2_settings settings = usual_settings();
  joined resets = speaking_frames(&settings);
  for (uint32_t id = 1; id < 2 * settings.max_quick_resets + 4; id += 2) {
    send_frame(&resets, 1, 4, id, stream_block, sizeof stream_block - 1);
    send_frame(&resets, 3, 0, id, "\0\0\0\x08", 4);
  }
  drain(&resets);
  EXPECT(cnghttp2_session_error_code(resets.server) == 11 && cnghttp2_session_is_finished(resets.server));
  EXPECT(cnghttp2_session_open_streams(resets.server) == 0);
  joined_free(&resets);

  joined pings = speaking_frames(NULL);
  for (int i = 0; i < 2000; i++) send_frame(&pings, 6, 0, 0, "12345678", 8);  // never read
  EXPECT(drain(&pings) < 64 * 1024);
  EXPECT(cnghttp2_session_error_code(pings.server) == 11);
  joined_free(&pings);

  joined continuations = speaking_frames(NULL);
  send_frame(&continuations, 1, 0, 1, stream_block, sizeof stream_block - 1);
  for (int i = 0; i < 100; i++) send_frame(&continuations, 9, 0, 1, "", 0);
  drain(&continuations);
  EXPECT(cnghttp2_session_error_code(continuations.server) == 11);
  joined_free(&continuations);
}

int main(void) {
  answers_unary_calls();
  shuts_down_in_two_steps();
  streams_both_ways();
  frees_in_the_middle();
  ends_what_breaks_the_rules();
  keeps_limits();
  ends_floods();
  keeps_limits_of_peers();
  judges_late_frames();
  judges_messages();
  return 0;
}
