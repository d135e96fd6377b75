#include "flow.h"

#include "../Session/session.h"

void flow_begin(cnghttp2_session *session) { credit_begin(&session->flow.connection, FIRST_WINDOW); }

void flow_granted(cnghttp2_session *session, int32_t stream_id, int32_t increment) {
  if (!session->is_server) return;
  if (stream_id == 0) {
    credit_grant(&session->flow.connection, increment);
    return;
  }
  stream *stream = stream_table_find(&session->streams, stream_id);
  if (stream != NULL) credit_grant(&stream->credit, increment);
}

bool flow_spend_connection(cnghttp2_session *session, size_t length) {
  return credit_spend(&session->flow.connection, length) == CREDIT_LEFT;
}

// nghttp2 answers SETTINGS with one ACK, and resets each stream whose window they overflow; RFC 9113 §6.9.2 makes that
// an error of the connection. It does not tell which frames it queues, only how many are queued.
void flow_note_queue(cnghttp2_session *session) {
  session->flow.queued_before_settings = nghttp2_session_get_outbound_queue_size(session->nghttp2);
}

bool flow_settings_overflow(const cnghttp2_session *session) {
  return nghttp2_session_get_outbound_queue_size(session->nghttp2) > session->flow.queued_before_settings + 1;
}
