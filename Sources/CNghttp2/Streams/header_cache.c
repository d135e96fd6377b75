#include <string.h>

#include "../Session/session.h"

// A peer asks with the same few header lists again and again. One that is the same as an earlier one needs neither to
// be checked nor to be kept a second time, and the application knows it by its number: 11 % of a call's instructions
// less. Fields out of HPACK's table are the same memory each time, so that few bytes are compared. grpc-timeout may
// differ, since most peers send the time that is left. What can be learned from how long a comparison takes is no more
// than HPACK's own table gives away (RFC 7541 §7.1): lists of one connection are compared with each other only.

// gRPC over HTTP/2: eight digits and a unit.
enum { LONGEST_TIMEOUT = 9 };

static bool is_timeout(nghttp2_rcbuf *name) {
  nghttp2_vec bytes = nghttp2_rcbuf_get_buf(name);
  return bytes_are(bytes.base, bytes.len, "grpc-timeout");
}

// `count` when there is none, or more than one.
static size_t find_timeout(const header_block *block) {
  size_t found = block->count;
  for (size_t at = 0; at < block->count; at++) {
    if (!is_timeout(block->buffers[at * 2])) continue;
    if (found < block->count) return block->count;
    found = at;
  }
  return found;
}

static bool is_same(nghttp2_rcbuf *left, nghttp2_rcbuf *right) {
  if (left == right) return true;
  nghttp2_vec bytes = nghttp2_rcbuf_get_buf(left), others = nghttp2_rcbuf_get_buf(right);
  return bytes.len == others.len && memcmp(bytes.base, others.base, bytes.len) == 0;
}

static bool has_field(const header_block *block, size_t at, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  return at < block->count && is_same(name, block->buffers[at * 2]) && is_same(value, block->buffers[at * 2 + 1]);
}

static bool begins_alike(const header_block *left, const header_block *right, size_t count) {
  for (size_t at = 0; at < count; at++) {
    if (!has_field(left, at, right->buffers[at * 2], right->buffers[at * 2 + 1])) return false;
  }
  return true;
}

// Whether it differs from the likely list in the time only, and is sure to be kept in its place.
static bool takes_timeout(const cnghttp2_session *session, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  const header_block *likely = session->likely;
  if (session->likely_fields != likely->timeout || likely->timeout == likely->count || !is_timeout(name)) return false;
  nghttp2_vec bytes = nghttp2_rcbuf_get_buf(value);
  return bytes.len <= LONGEST_TIMEOUT && message_value_is_valid(bytes.base, bytes.len) &&
         likely->list_size + LONGEST_TIMEOUT <= session->settings.max_header_list;
}

nghttp2_rcbuf *recent_value(const header_block *block, size_t at, const stream *stream) {
  return at == block->timeout && stream->timeout != NULL ? stream->timeout : block->buffers[at * 2 + 1];
}

const header_block *recent_part(cnghttp2_session *session, size_t *count) {
  const header_block *likely = session->likely;
  session->likely = NULL;
  *count = session->likely_fields;
  return likely;
}

void recent_begin(cnghttp2_session *session) {
  session->likely_fields = 0;
  if (session->likely == NULL && session->recent_count > 0) {
    session->likely = session->recent[session->recent_count % CNGHTTP2_RECENT_LISTS];
  }
}

recent_verdict recent_takes(cnghttp2_session *session, stream *stream, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  if (session->likely == NULL) return RECENT_NONE;
  size_t at = session->likely_fields;
  if (has_field(session->likely, at, name, value)) {
    session->likely_fields++;
    return RECENT_SAME;
  }
  if (takes_timeout(session, name, value)) {
    nghttp2_rcbuf_incref(value);
    stream->timeout = value;
    session->likely_fields++;
    return RECENT_SAME;
  }
  for (size_t i = 0; i < CNGHTTP2_RECENT_LISTS && stream->timeout == NULL; i++) {
    header_block *other = session->recent[i];
    if (other == NULL || !has_field(other, at, name, value) || !begins_alike(other, session->likely, at)) continue;
    session->likely = other;
    session->likely_fields++;
    return RECENT_SAME;
  }
  return RECENT_PARTED;
}

static header_block *whole(const cnghttp2_session *session, const stream *stream) {
  header_block *likely = session->likely;
  if (session->likely_fields == likely->count) return likely;
  for (size_t i = 0; i < CNGHTTP2_RECENT_LISTS && stream->timeout == NULL; i++) {
    header_block *other = session->recent[i];
    if (other != NULL && other->count == session->likely_fields && begins_alike(other, likely, other->count)) {
      return other;
    }
  }
  return NULL;
}

recent_verdict recent_ends(cnghttp2_session *session, stream *stream) {
  if (session->likely == NULL) return RECENT_NONE;
  header_block *same = whole(session, stream);
  if (same == NULL) return RECENT_PARTED;
  session->likely = same;
  header_block_share(session, same);
  stream->head = same;
  stream->message = same->message;
  stream->route = same->route;
  stream->streaming = same->streaming;
  return RECENT_SAME;
}

void recent_remember(cnghttp2_session *session, stream *stream) {
  header_block *block = stream->head;
  block->number = ++session->recent_count;
  block->timeout = find_timeout(block);
  block->message = stream->message;
  block->route = stream->route;
  block->streaming = stream->streaming;
  header_block **place = &session->recent[block->number % CNGHTTP2_RECENT_LISTS];
  if (*place != NULL) header_block_forget(session, *place);
  *place = block;
  header_block_remember(block);
  session->likely = block;
}

void recent_release(cnghttp2_session *session) {
  for (size_t i = 0; i < CNGHTTP2_RECENT_LISTS; i++) {
    if (session->recent[i] != NULL) header_block_forget(session, session->recent[i]);
  }
}

void recent_fill(cnghttp2_session *session, const stream *stream, cnghttp2_event *event) {
  const header_block *block = stream->head;
  event->list_number = block->number;
  if (block->number == 0 || block->timeout == block->count) return;
  nghttp2_vec value = nghttp2_rcbuf_get_buf(recent_value(block, block->timeout, stream));
  event->timeout = value.base;
  event->timeout_length = value.len;
  if (stream->timeout == NULL) return;
  session->lent = cnghttp2_reallocate(session->lent, block->count * sizeof *session->lent);
  memcpy(session->lent, block->fields, block->count * sizeof *session->lent);
  session->lent[block->timeout].value = value.base;
  session->lent[block->timeout].value_length = value.len;
  event->headers = session->lent;
}
