#include "joined.h"

#include <string.h>

const char opening[OPENING_LENGTH] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
const char unary_block[] =
    "\x83\x86\x04\x06/unary\x01\x01"
    "b";
const char stream_block[] =
    "\x83\x86\x04\x07/stream\x01\x01"
    "b";

cnghttp2_settings usual_settings(void) {
  return (cnghttp2_settings){.max_concurrent_streams = 1000,
                             .stream_window = 65535,
                             .connection_window = 1 << 20,
                             .max_header_list = 65536,
                             .max_undecided_streams = 1000,
                             .max_body = 1 << 20,
                             .high_water = 65536,
                             .max_quick_resets = 100,
                             .reset_age_ns = 10000000,
                             .max_memory = 64 << 20,
                             .max_unsent = 16 << 20,
                             .max_control_frames = 10000,
                             .max_window_updates = 10000};
}

cnghttp2_header header(const char *name, const char *value, bool permanent) {
  return (cnghttp2_header){(const uint8_t *)name, strlen(name), (const uint8_t *)value, strlen(value), permanent};
}

joined joined_make(const cnghttp2_settings *server_settings, bool with_client) {
  joined pair = {.routes = cnghttp2_routes_create(), .now = 1000000000000};
  EXPECT(cnghttp2_routes_add(pair.routes, "/unary", 6, false) == 0);
  EXPECT(cnghttp2_routes_add(pair.routes, "/stream", 7, true) == 1);
  cnghttp2_settings usual = usual_settings();
  pair.server = cnghttp2_session_create_server(pair.routes, server_settings != NULL ? server_settings : &usual);
  EXPECT(pair.server != NULL);
  if (with_client) {
    pair.client = cnghttp2_session_create_client(&usual);
    EXPECT(pair.client != NULL);
  }
  return pair;
}

void joined_free(joined *pair) {
  cnghttp2_session_free(pair->server);
  if (pair->client != NULL) cnghttp2_session_free(pair->client);
  cnghttp2_routes_free(pair->routes);
}

static void look_at(seen *seen, const uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) seen->checksum = seen->checksum * 31 + bytes[i];
}

static void take_events(cnghttp2_session *session, seen *seen, bool consumes) {
  cnghttp2_event event;
  while (cnghttp2_session_next_event(session, &event)) {
    EXPECT(event.kind > 0 && event.kind < 16);
    seen->count[event.kind]++;
    seen->stream_id = event.stream_id;
    seen->route = event.route;
    seen->error_code = event.error_code;
    seen->header_count = event.header_count;
    for (size_t i = 0; i < event.header_count; i++) {
      look_at(seen, event.headers[i].name, event.headers[i].name_length);
      look_at(seen, event.headers[i].value, event.headers[i].value_length);
    }
    look_at(seen, event.body, event.body_length);
    if (event.kind == CNGHTTP2_EVENT_REQUEST || event.kind == CNGHTTP2_EVENT_DATA) {
      seen->body_length += event.body_length;
    }
    if (event.kind == CNGHTTP2_EVENT_DATA && consumes) {
      cnghttp2_session_consume(session, event.stream_id, event.body_length);
    }
  }
}

static void receive(cnghttp2_session *session, seen *seen, const void *bytes, size_t length, uint64_t now) {
  if (length == 0) return;
  uint8_t *memory = malloc(length);
  EXPECT(memory != NULL);
  memcpy(memory, bytes, length);
  cnghttp2_session_receive(session, memory, length, now);
  take_events(session, seen, true);
  free(memory);
}

static bool carry(cnghttp2_session *from, seen *from_seen, cnghttp2_session *to, seen *to_seen, size_t portion,
                  uint64_t now) {
  uint8_t *buffer = malloc(portion);
  EXPECT(buffer != NULL);
  bool any = false;
  size_t count;
  while ((count = cnghttp2_session_write(from, buffer, portion)) > 0) {
    take_events(from, from_seen, true);
    receive(to, to_seen, buffer, count, now);
    any = true;
  }
  take_events(from, from_seen, true);
  free(buffer);
  return any;
}

void joined_run(joined *pair, size_t portion) {
  bool any = true;
  while (any) {
    any = carry(pair->client, &pair->at_client, pair->server, &pair->at_server, portion, pair->now);
    any |= carry(pair->server, &pair->at_server, pair->client, &pair->at_client, portion, pair->now);
  }
}

void send_bytes(joined *pair, const void *bytes, size_t length) {
  receive(pair->server, &pair->at_server, bytes, length, pair->now);
}

size_t drain(joined *pair) {
  uint8_t buffer[1000];
  size_t total = 0, count;
  do {
    count = drain_into(pair, buffer, sizeof buffer);
    total += count;
  } while (count == sizeof buffer);
  return total;
}

size_t drain_into(joined *pair, uint8_t *bytes, size_t capacity) {
  size_t count = cnghttp2_session_write(pair->server, bytes, capacity);
  take_events(pair->server, &pair->at_server, true);
  look_at(&pair->at_server, bytes, count);
  return count;
}

int32_t request(joined *pair, const char *path) {
  cnghttp2_header fields[] = {header(":method", "POST", true), header(":scheme", "http", true),
                              header(":path", path, false),    header(":authority", "backend", true),
                              header("te", "trailers", true),  header("x-name", "some value", false)};
  return cnghttp2_session_start_request(pair->client, fields, sizeof fields / sizeof *fields);
}

void send_frame(joined *pair, uint8_t type, uint8_t flags, uint32_t id, const void *payload, size_t length) {
  uint8_t frame[9 + 16384] = {0,          (uint8_t)(length >> 8), (uint8_t)length,     type,
                              flags,      (uint8_t)(id >> 24),    (uint8_t)(id >> 16), (uint8_t)(id >> 8),
                              (uint8_t)id};
  EXPECT(length <= 16384);
  if (length > 0) memcpy(frame + 9, payload, length);
  send_bytes(pair, frame, 9 + length);
}

joined speaking_frames(const cnghttp2_settings *settings) {
  joined pair = joined_make(settings, false);
  send_bytes(&pair, opening, OPENING_LENGTH);
  EXPECT(drain(&pair) > 0);
  EXPECT(pair.at_server.count[CNGHTTP2_EVENT_SETTINGS] == 1);
  return pair;
}
