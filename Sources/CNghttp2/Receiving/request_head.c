#include "request_head.h"

#include "../Fields/request_target.h"
#include "../Fields/routes.h"
#include "../Memory/bytes.h"
#include "../Session/session.h"

void request_head_begin(cnghttp2_session *session, stream *stream) {
  if (!header_cache_begin_list(&session->cache)) stream->head = header_block_take(&session->blocks);
}

static void add(cnghttp2_session *session, stream *stream, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  nghttp2_vec name_bytes = nghttp2_rcbuf_get_buf(name);
  nghttp2_vec value_bytes = nghttp2_rcbuf_get_buf(value);
  if (!message_takes(&stream->message, name_bytes, value_bytes, false)) stream->malformed = true;
  if (bytes_are(name_bytes.base, name_bytes.len, ":path")) {
    stream->route = routes_find(session->routes, value_bytes.base, value_bytes.len, &stream->streaming);
  }
  header_block_add(&session->blocks, stream->head, name, value);
  limits_check_header_list(session, stream->head);
}

// The list is not one of those remembered: it becomes a list of its own, with the fields that were the same so far.
static void part(cnghttp2_session *session, stream *stream) {
  size_t count;
  const header_block *likely = header_cache_part(&session->cache, &count);
  stream->head = header_block_take(&session->blocks);
  for (size_t at = 0; at < count; at++) {
    add(session, stream, likely->buffers[at * 2], header_cache_value(likely, at, stream));
  }
  stream_release_timeout(stream);
}

void request_head_take(cnghttp2_session *session, stream *stream, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  header_cache_verdict verdict = header_cache_take(&session->cache, stream, name, value);
  if (verdict == HEADER_CACHE_SAME) return;
  if (verdict == HEADER_CACHE_PARTED) part(session, stream);
  add(session, stream, name, value);
}

bool request_head_end(cnghttp2_session *session, stream *stream) {
  header_cache_verdict verdict = header_cache_end_list(&session->cache, stream);
  if (verdict == HEADER_CACHE_SAME) return true;
  if (verdict == HEADER_CACHE_PARTED) part(session, stream);
  if (stream->malformed) return false;
  if (stream->head->too_large) return true;
  if (!message_head_is_complete(&stream->message) || !request_target_is_sound(stream->head)) {
    return message_fails(&stream->message, CNGHTTP2_FAULT_PSEUDO_HEADER);
  }
  header_cache_remember(&session->cache, stream);
  return true;
}
