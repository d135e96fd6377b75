#include "../Session/session.h"

// nghttp2 counts a window as given back when it queues the WINDOW_UPDATE, and lets a peer that ignores windows go half
// a window too far in every tick. Here credit is what was handed out to be sent, so a peer that keeps to RFC 9113 §6.9
// never falls below zero.

enum { FIRST_WINDOW = 65535 };  // RFC 9113 §6.9.2

void flow_begin_connection(cnghttp2_session *session) { session->credit = FIRST_WINDOW; }

// The peer may not know our SETTINGS yet: then the larger of both windows is what it may use at most.
void flow_begin_stream(const cnghttp2_session *session, stream *stream) {
  uint32_t window = session->settings.stream_window;
  stream->credit = window > FIRST_WINDOW ? window : FIRST_WINDOW;
}

void flow_granted(cnghttp2_session *session, int32_t stream_id, int32_t increment) {
  if (!session->is_server) return;
  if (stream_id == 0) {
    session->credit += increment;
    return;
  }
  stream *stream = stream_find(session, stream_id);
  if (stream != NULL) stream->credit += increment;
}

bool flow_spend_connection(cnghttp2_session *session, size_t length) {
  session->credit -= (int64_t)length;
  return session->credit >= 0;
}

bool flow_spend_stream(cnghttp2_session *session, stream *stream, size_t length) {
  bool had_credit = stream->credit >= 0;
  stream->credit -= (int64_t)length;
  if (stream->credit >= 0) return true;
  if (had_credit) stream_reset_provoked(session, stream, NGHTTP2_FLOW_CONTROL_ERROR);
  return false;
}

// nghttp2 answers SETTINGS with one ACK, and resets each stream whose window they overflow; RFC 9113 §6.9.2 makes that
// an error of the connection. It does not tell which frames it queues, only how many are queued.
void flow_note_queue(cnghttp2_session *session) {
  session->queued_before_settings = nghttp2_session_get_outbound_queue_size(session->session);
}

void flow_check_settings(cnghttp2_session *session) {
  if (nghttp2_session_get_outbound_queue_size(session->session) > session->queued_before_settings + 1) {
    goaway_end_session(session, NGHTTP2_FLOW_CONTROL_ERROR, "SETTINGS overflow the window of a stream");
  }
}
