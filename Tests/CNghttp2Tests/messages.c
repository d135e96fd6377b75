// Requests of good and bad fields, some of them again and again. The shim looks at fields by itself and remembers
// lists; nghttp2's own rules on the same bytes say what has to come of each.
#include <nghttp2/nghttp2.h>
#include <string.h>

#include "joined.h"

enum { REQUESTS = 8000, MAX_FIELDS = 24, LISTS = 24 };

typedef struct {
  const char *name, *value;
} field;

// clang-format off
static const field usual[] = {{":method", "POST"}, {":scheme", "http"}, {":path", "/unary"},
                              {":authority", "b"}, {"content-type", "application/grpc"},
                              {"te", "trailers"},  {"grpc-timeout", "5S"}};
static const field connecting[] = {{":method", "CONNECT"}, {":authority", "b"}, {"content-length", "1"}};
static const field others[] = {
    {":method", "CONNECT"}, {":method", "OPTIONS"}, {":method", "PO ST"}, {":method", ""}, {":path", "*"},
    {":path", "unary"}, {":path", "/un ary"}, {":path", ""}, {":path", "/stream"}, {":path", "/none"},
    {":scheme", "HTTPS"}, {":scheme", "h ttp"}, {":scheme", ""}, {":authority", ""}, {":authority", "b c"},
    {":status", "200"}, {":protocol", "x"}, {":odd", "x"}, {":", "x"}, {"host", "b"}, {"host", "B"}, {"host", ""},
    {"host", "b c"}, {"connection", "close"}, {"keep-alive", "1"}, {"proxy-connection", "1"}, {"upgrade", "h2c"},
    {"transfer-encoding", "chunked"}, {"te", "Trailers"}, {"te", "gzip"}, {"te", ""}, {"content-length", "0"},
    {"content-length", "1"}, {"content-length", "2"}, {"content-length", "+1"}, {"content-length", ""},
    {"content-length", "9223372036854775807"}, {"content-length", "9223372036854775808"}, {"X-Upper", "x"},
    {"x y", "x"}, {"", "x"}, {"x", " x"}, {"x", "x\t"}, {"x", "\x01"}, {"x", "\xff"}, {"x", ""}, {"x", "1"},
    {"x-long", "0123456789012345678901234567890123456789"},
    {"x-long", "0123456789\t01234567 \x80" "01234567890123456789"},
    {"x-long", "0123456789012345678\x7f" "01234567890123456789"},
    {"x-long", "01234567890123456789012345678901234567\x1f"},
    {"grpc-timeout", "1m"}, {"grpc-timeout", "2m"}, {"grpc-timeout", "\x7f"},
    {"grpc-timeout", "0123456789"}, {"priority", "u=1"}};
// clang-format on

/// What came of one request.
typedef struct {
  char fields[2048];
  bool has_head, is_complete, is_reset;
  int32_t route;
} outcome;

typedef struct {
  nghttp2_session *session;
  outcome now;
} judge;

static uint32_t state = 20261128;
static uint32_t random_below(uint32_t limit) {
  state = state * 1664525 + 1013904223;
  return (uint32_t)(((uint64_t)state * limit) >> 32);
}

static void note(outcome *outcome, const uint8_t *name, size_t name_length, const uint8_t *value, size_t value_length) {
  size_t used = strlen(outcome->fields);
  snprintf(outcome->fields + used, sizeof outcome->fields - used, "%.*s: %.*s\n", (int)name_length, (const char *)name,
           (int)value_length, (const char *)value);
}

static int judge_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_length,
                        const uint8_t *value, size_t value_length, uint8_t flags, void *user_data) {
  (void)session, (void)flags;
  judge *judge = user_data;
  if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) note(&judge->now, name, name_length, value, value_length);
  return 0;
}

static int judge_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user_data) {
  (void)session;
  judge *judge = user_data;
  if (frame->hd.type > NGHTTP2_HEADERS) return 0;
  judge->now.has_head = true;
  judge->now.is_complete = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  return 0;
}

static int judge_sent(nghttp2_session *session, const nghttp2_frame *frame, void *user_data) {
  (void)session;
  judge *judge = user_data;
  if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code == NGHTTP2_PROTOCOL_ERROR)
    judge->now.is_reset = true;
  return 0;
}

static void judge_drain(judge *judge) {
  const uint8_t *bytes;
  while (nghttp2_session_mem_send(judge->session, &bytes) > 0) {}
}

static void judge_make(judge *judge) {
  nghttp2_session_callbacks *callbacks;
  nghttp2_option *option;
  EXPECT(nghttp2_session_callbacks_new(&callbacks) == 0 && nghttp2_option_new(&option) == 0);
  nghttp2_option_set_no_closed_streams(option, 1);
  nghttp2_option_set_stream_reset_rate_limit(option, UINT64_MAX, UINT64_MAX);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, judge_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, judge_frame);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, judge_sent);
  EXPECT(nghttp2_session_server_new2(&judge->session, callbacks, judge, option) == 0);
  EXPECT(nghttp2_submit_settings(judge->session, 0, NULL, 0) == 0);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_option_del(option);
  EXPECT(nghttp2_session_mem_recv(judge->session, (const uint8_t *)opening, OPENING_LENGTH) == OPENING_LENGTH);
  judge_drain(judge);
}

/// A numbered list says which is its one timeout.
static void expect_timeout(const cnghttp2_event *event) {
  const cnghttp2_header *found = NULL;
  int count = 0;
  for (size_t i = 0; i < event->header_count; i++) {
    const cnghttp2_header *it = &event->headers[i];
    if (it->name_length != 12 || memcmp(it->name, "grpc-timeout", 12) != 0) continue;
    found = it;
    count++;
  }
  EXPECT((event->timeout != NULL) == (event->list_number != 0 && count == 1));
  if (event->timeout == NULL) return;
  EXPECT(event->timeout_length == found->value_length);
  EXPECT(memcmp(event->timeout, found->value, found->value_length) == 0);
}

static void take_own(joined *pair, outcome *outcome) {
  cnghttp2_event event;
  while (cnghttp2_session_next_event(pair->server, &event)) {
    if (event.kind == CNGHTTP2_EVENT_OPENED || event.kind == CNGHTTP2_EVENT_REQUEST) {
      for (size_t i = 0; i < event.header_count && !outcome->has_head; i++) {
        const cnghttp2_header *it = &event.headers[i];
        note(outcome, it->name, it->name_length, it->value, it->value_length);
      }
      expect_timeout(&event);
      outcome->has_head = true;
      outcome->route = event.route;
    }
    if (event.kind == CNGHTTP2_EVENT_REQUEST || event.kind == CNGHTTP2_EVENT_END) outcome->is_complete = true;
  }
}

static void write_own(joined *pair, outcome *outcome) {
  static uint8_t bytes[65536];
  size_t length = cnghttp2_session_write(pair->server, bytes, sizeof bytes);
  take_own(pair, outcome);
  EXPECT(length < sizeof bytes);
  for (size_t at = 0; at < length; at += 9 + ((size_t)bytes[at + 1] << 8 | bytes[at + 2])) {
    if (bytes[at + 3] == NGHTTP2_RST_STREAM && bytes[at + 12] == NGHTTP2_PROTOCOL_ERROR) outcome->is_reset = true;
  }
}

/// Both get the frame, in memory of its own.
static void both_get(joined *pair, outcome *own, judge *judge, uint8_t type, bool ends, uint32_t id,
                     const uint8_t *payload, size_t length) {
  uint8_t *frame = malloc(9 + length);
  EXPECT(frame != NULL);
  uint8_t flags = (type == NGHTTP2_HEADERS ? NGHTTP2_FLAG_END_HEADERS : 0) | (ends ? NGHTTP2_FLAG_END_STREAM : 0);
  uint8_t head[9] = {0, (uint8_t)(length >> 8), (uint8_t)length, type, flags, 0, 0, (uint8_t)(id >> 8), (uint8_t)id};
  memcpy(frame, head, 9);
  memcpy(frame + 9, payload, length);
  EXPECT(nghttp2_session_mem_recv(judge->session, frame, 9 + length) == (ssize_t)(9 + length));
  judge_drain(judge);
  cnghttp2_session_receive(pair->server, frame, 9 + length, pair->now);
  take_own(pair, own);
  free(frame);
  write_own(pair, own);
}

static size_t deflate(nghttp2_hd_deflater *deflater, const field *fields, size_t count, uint8_t *block, size_t room) {
  nghttp2_nv pairs[MAX_FIELDS];
  for (size_t i = 0; i < count; i++) {
    uint8_t flags = random_below(20) == 0 ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
    pairs[i] = (nghttp2_nv){(uint8_t *)fields[i].name, (uint8_t *)fields[i].value, strlen(fields[i].name),
                            strlen(fields[i].value), flags};
  }
  ssize_t length = nghttp2_hd_deflate_hd(deflater, block, room, pairs, count);
  EXPECT(length >= 0);
  return (size_t)length;
}

static size_t make_list(field *fields) {
  bool connects = random_below(16) == 0;
  size_t count = connects ? sizeof connecting / sizeof *connecting : sizeof usual / sizeof *usual;
  memcpy(fields, connects ? connecting : usual, count * sizeof *fields);
  for (uint32_t changes = random_below(4); changes > 0; changes--) {
    size_t at = random_below((uint32_t)count + 1);
    const field *other = &others[random_below(sizeof others / sizeof *others)];
    switch (random_below(5)) {
      case 0:  // out
        if (at < count) memmove(&fields[at], &fields[at + 1], (--count - at) * sizeof *fields);
        break;
      case 1:  // changed
        for (size_t i = 0; i < count; i++) {
          if (strcmp(fields[i].name, other->name) == 0) fields[i] = *other;
        }
        break;
      case 2:  // twice
        if (at < count) fields[count++] = fields[at];
        break;
      case 3:
        fields[count++] = *other;
        break;
      default:
        memmove(&fields[at + 1], &fields[at], (count++ - at) * sizeof *fields);
        fields[at] = *other;
    }
  }
  return count;
}

/// One of a few lists, so that most come again and again; the time that is left is another one mostly.
static size_t choose(field *fields) {
  static const char *const times[] = {"1m", "2m", "5S", "123456u", "\x7f", "0123456789"};
  static field lists[LISTS][MAX_FIELDS];
  static size_t counts[LISTS];
  uint32_t list = random_below(LISTS);
  if (counts[list] == 0 || random_below(10) == 0) counts[list] = make_list(lists[list]);
  size_t count = counts[list];
  memcpy(fields, lists[list], count * sizeof *fields);
  for (size_t i = 0; i < count; i++) {
    bool is_timeout = strcmp(fields[i].name, "grpc-timeout") == 0;
    if (is_timeout && random_below(2) == 0) fields[i].value = times[random_below(sizeof times / sizeof *times)];
  }
  if (random_below(10) == 0) count -= random_below(3);
  return count;
}

static int32_t route_of(const outcome *outcome) {
  if (strstr(outcome->fields, ":path: /unary\n") != NULL) return 0;
  return strstr(outcome->fields, ":path: /stream\n") != NULL ? 1 : -1;
}

void judges_messages(void) {
  joined pair = joined_make(NULL, false);
  send_bytes(&pair, opening, OPENING_LENGTH);
  outcome own = {0};
  write_own(&pair, &own);
  judge judge = {0};
  judge_make(&judge);
  nghttp2_hd_deflater *deflater;
  EXPECT(nghttp2_hd_deflate_new(&deflater, 4096) == 0);
  int accepted = 0, complete = 0;
  for (uint32_t id = 1; id < 2 * REQUESTS; id += 2) {
    field fields[MAX_FIELDS];
    uint8_t block[4096];
    size_t count = choose(fields), length = deflate(deflater, fields, count, block, sizeof block);
    size_t data = random_below(4), trailers = random_below(8) == 0 ? 1 + random_below(2) : 0;
    judge.now = own = (outcome){0};
    pair.now += 2000000000;
    both_get(&pair, &own, &judge, NGHTTP2_HEADERS, data == 0 && trailers == 0, id, block, length);
    for (size_t i = data; i > 0 && !own.is_reset && !judge.now.is_reset; i--) {
      both_get(&pair, &own, &judge, NGHTTP2_DATA, i == 1 && trailers == 0, id, (const uint8_t *)"x", 1);
    }
    if (trailers > 0 && !own.is_reset && !judge.now.is_reset) {
      field ending[2] = {{"x-end", "1"}, others[random_below(sizeof others / sizeof *others)]};
      length = deflate(deflater, ending, trailers, block, sizeof block);
      both_get(&pair, &own, &judge, NGHTTP2_HEADERS, random_below(8) > 0, id, block, length);
    }
    bool is_same = own.is_reset == judge.now.is_reset && own.has_head == judge.now.has_head &&
                   own.is_complete == (judge.now.is_complete && !judge.now.is_reset) &&
                   (!own.has_head || strcmp(own.fields, judge.now.fields) == 0) &&
                   (!own.has_head || own.route == route_of(&own));
    if (!is_same) {
      fprintf(stderr, "stream %u: reset %d, %d by nghttp2; head %d, %d; complete %d, %d\n%s---\n%s", id, own.is_reset,
              judge.now.is_reset, own.has_head, judge.now.has_head, own.is_complete, judge.now.is_complete, own.fields,
              judge.now.fields);
      for (size_t i = 0; i < count; i++) fprintf(stderr, "sent %s: %s\n", fields[i].name, fields[i].value);
      exit(1);
    }
    accepted += own.has_head;
    complete += own.is_complete;
    cnghttp2_session_reset(pair.server, (int32_t)id, 8);
    nghttp2_submit_rst_stream(judge.session, 0, (int32_t)id, 8);
    judge_drain(&judge);
    write_own(&pair, &own);
  }
  // Neither side may have it easy.
  EXPECT(accepted > REQUESTS / 4 && accepted < REQUESTS * 3 / 4 && complete > REQUESTS / 8);
  EXPECT(cnghttp2_session_error_code(pair.server) == 0 && cnghttp2_session_open_streams(pair.server) == 0);
  nghttp2_hd_deflate_del(deflater);
  nghttp2_session_del(judge.session);
  joined_free(&pair);
}
