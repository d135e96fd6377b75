#include "memory_limit.h"

#include "session.h"

enum { FRAME_COST = 256 };  // of a frame that waits in nghttp2's queue

size_t cnghttp2_session_held_bytes(const cnghttp2_session *session) {
  return held_memory_size(&session->held) + session->memory_limit.by_application +
         nghttp2_session_get_outbound_queue_size(session->nghttp2) * FRAME_COST;
}

void cnghttp2_session_set_application_bytes(cnghttp2_session *session, size_t size) {
  session->memory_limit.by_application = size;
}

// Before the quarter that is left for what is open is touched, calls are refused one by one: their peers can tell why.
bool cnghttp2_session_allows_calls(const cnghttp2_session *session) {
  size_t most = session->settings.max_memory;
  return cnghttp2_session_held_bytes(session) <= most - most / 8 * 3;
}

size_t cnghttp2_session_unsent_bytes(const cnghttp2_session *session) { return held_memory_unsent(&session->held); }

size_t cnghttp2_session_most_held_bytes(const cnghttp2_session *session) { return session->memory_limit.most; }

// A quarter is left for what is already open, so that streams alone never end their connection.
bool memory_limit_allows_streams(const cnghttp2_session *session) {
  const cnghttp2_settings *settings = &session->settings;
  return held_memory_unsent(&session->held) <= settings->max_unsent &&
         cnghttp2_session_held_bytes(session) <= settings->max_memory - settings->max_memory / 4;
}

void memory_limit_check(cnghttp2_session *session) {
  size_t held = cnghttp2_session_held_bytes(session);
  if (held > session->memory_limit.most) session->memory_limit.most = held;
  if (!session->is_server || held <= session->settings.max_memory) return;
  goaway_end_session(session, NGHTTP2_ENHANCE_YOUR_CALM, "the connection holds too much memory");
}
