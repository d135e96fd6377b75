#include "session.h"

// What one connection makes the process hold. Buffers count by their capacity, header lists by their decoded size.

enum {
  // This target's stream and nghttp2's, their places in tables, and the events they wait for.
  STREAM_COST = 1024,
  // A frame that waits in nghttp2's queue.
  FRAME_COST = 256,
};

void held_begin_stream(cnghttp2_session *session, stream *stream) { held_add(session, stream, STREAM_COST); }

void held_add(cnghttp2_session *session, stream *stream, size_t size) {
  stream->held += size;
  session->held += size;
}

void held_remove(cnghttp2_session *session, stream *stream, size_t size) {
  if (size > stream->held) size = stream->held;
  stream->held -= size;
  session->held -= size;
}

size_t cnghttp2_session_held_bytes(const cnghttp2_session *session) {
  return session->held + session->held_by_application +
         nghttp2_session_get_outbound_queue_size(session->session) * FRAME_COST;
}

void cnghttp2_session_set_application_bytes(cnghttp2_session *session, size_t size) {
  session->held_by_application = size;
}

// Before the quarter that is left for what is open is touched, calls are refused one by one: their peers can tell why.
bool cnghttp2_session_allows_calls(const cnghttp2_session *session) {
  size_t most = session->settings.max_memory;
  return cnghttp2_session_held_bytes(session) <= most - most / 8 * 3;
}

size_t cnghttp2_session_unsent_bytes(const cnghttp2_session *session) { return session->unsent_bodies; }

// A quarter is left for what is already open, so that streams alone never end their connection.
bool held_allows_streams(const cnghttp2_session *session) {
  const cnghttp2_settings *settings = &session->settings;
  return session->unsent_bodies <= settings->max_unsent &&
         cnghttp2_session_held_bytes(session) <= settings->max_memory - settings->max_memory / 4;
}

size_t cnghttp2_session_most_held_bytes(const cnghttp2_session *session) { return session->most_held; }

void held_check(cnghttp2_session *session) {
  size_t held = cnghttp2_session_held_bytes(session);
  if (held > session->most_held) session->most_held = held;
  if (!session->is_server || held <= session->settings.max_memory) return;
  goaway_end_session(session, NGHTTP2_ENHANCE_YOUR_CALM, "the connection holds too much memory");
}
