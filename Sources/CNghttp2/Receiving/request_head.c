#include "../Session/session.h"

void request_head_begin(cnghttp2_session *session, stream *stream) {
  recent_begin(session);
  if (session->likely == NULL) stream->head = header_block_take(session);
}

void request_head_take(cnghttp2_session *session, stream *stream, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  if (!recent_takes(session, stream, name, value)) request_head_add(session, stream, name, value);
}

void request_head_add(cnghttp2_session *session, stream *stream, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  nghttp2_vec name_bytes = nghttp2_rcbuf_get_buf(name);
  nghttp2_vec value_bytes = nghttp2_rcbuf_get_buf(value);
  if (!message_takes(&stream->message, name_bytes, value_bytes, false)) stream->malformed = true;
  if (bytes_are(name_bytes.base, name_bytes.len, ":path")) {
    stream->route = cnghttp2_routes_find(session->routes, value_bytes.base, value_bytes.len, &stream->streaming);
  }
  header_block_add(session, stream->head, name, value);
  limits_check_header_list(session, stream->head);
}

bool request_head_end(cnghttp2_session *session, stream *stream) {
  if (recent_ends(session, stream)) return true;
  if (stream->malformed) return false;
  if (stream->head->too_large) return true;
  if (!message_head_is_complete(&stream->message) || !request_is_sound(stream->head)) {
    return message_fails(&stream->message, CNGHTTP2_FAULT_PSEUDO_HEADER);
  }
  recent_remember(session, stream);
  return true;
}
