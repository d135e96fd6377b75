#include "../Session/session.h"

void request_head_begin(cnghttp2_session *session, stream *stream) {
  recent_begin(session);
  if (session->likely == NULL) stream->head = header_block_take(session);
}

static void add(cnghttp2_session *session, stream *stream, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  nghttp2_vec name_bytes = nghttp2_rcbuf_get_buf(name);
  nghttp2_vec value_bytes = nghttp2_rcbuf_get_buf(value);
  if (!message_takes(&stream->message, name_bytes, value_bytes, false)) stream->malformed = true;
  if (bytes_are(name_bytes.base, name_bytes.len, ":path")) {
    stream->route = cnghttp2_routes_find(session->routes, value_bytes.base, value_bytes.len, &stream->streaming);
  }
  header_block_add(session, stream->head, name, value);
  limits_check_header_list(session, stream->head);
}

// The list is none of those remembered: it becomes one of its own, with what was the same so far.
static void part(cnghttp2_session *session, stream *stream) {
  size_t count;
  const header_block *likely = recent_part(session, &count);
  stream->head = header_block_take(session);
  for (size_t at = 0; at < count; at++) {
    add(session, stream, likely->buffers[at * 2], recent_value(likely, at, stream));
  }
  stream_release_timeout(stream);
}

void request_head_take(cnghttp2_session *session, stream *stream, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  recent_verdict verdict = recent_takes(session, stream, name, value);
  if (verdict == RECENT_SAME) return;
  if (verdict == RECENT_PARTED) part(session, stream);
  add(session, stream, name, value);
}

bool request_head_end(cnghttp2_session *session, stream *stream) {
  recent_verdict verdict = recent_ends(session, stream);
  if (verdict == RECENT_SAME) return true;
  if (verdict == RECENT_PARTED) part(session, stream);
  if (stream->malformed) return false;
  if (stream->head->too_large) return true;
  if (!message_head_is_complete(&stream->message) || !request_is_sound(stream->head)) {
    return message_fails(&stream->message, CNGHTTP2_FAULT_PSEUDO_HEADER);
  }
  recent_remember(session, stream);
  return true;
}
