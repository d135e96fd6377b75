#include "received_data.h"

#include "../Session/session.h"
#include "malformed_request.h"

// What every gRPC message begins with: a flag and its length.
enum { MESSAGE_PREFIX = 5 };

// Whether the stream has credit for so many bytes; the first time that it has not, it is reset.
static bool spend_credit(cnghttp2_session *session, stream *stream, size_t length) {
  credit_verdict verdict = credit_spend(&stream->credit, length);
  if (verdict == CREDIT_EXCEEDED_NOW) {
    stream_table_reset_provoked(&session->streams, stream, NGHTTP2_FLOW_CONTROL_ERROR);
  }
  return verdict == CREDIT_LEFT;
}

void received_data_begin_padded(cnghttp2_session *session, int32_t stream_id, size_t length) {
  stream *stream = stream_table_find(&session->streams, stream_id);
  if (stream != NULL) spend_credit(session, stream, length);
}

// Server: whether the request may have the chunk. If not, its stream may be reset.
static bool may_have(cnghttp2_session *session, stream *stream, uint8_t flags, size_t length) {
  stream->received_length += length;
  if (!message_allows(&stream->message, stream->received_length)) {
    malformed_request_reset(session, stream, CNGHTTP2_FAULT_CONTENT_LENGTH);
    return false;
  }
  bool is_padded = (flags & NGHTTP2_FLAG_PADDED) != 0;  // then all of the frame is spent
  return spend_credit(session, stream, is_padded ? 0 : length) && !stream->answer_ended;
}

int received_data_on_chunk(nghttp2_session *nghttp2, uint8_t flags, int32_t stream_id, const uint8_t *data,
                           size_t length, void *user_data) {
  cnghttp2_session *session = user_data;
  stream *stream = stream_table_find(&session->streams, stream_id);
  // Connection credit returns at once: one stream that is not read must not stall the others (RFC 9113 §5.2.2).
  nghttp2_session_consume_connection(nghttp2, length);
  if (stream == NULL || stream->malformed) return 0;
  if (session->is_server && !may_have(session, stream, flags, length)) return 0;
  if (stream->refused_queued) return 0;
  if (stream->streaming) {
    if (session->is_server) stream_hold(stream, &session->held, length);  // until it is consumed
    events_queue_data(session, stream, data, length);
    return 0;
  }
  if (received_body_length(&stream->body) + length > session->settings.max_body) {
    events_queue_refusal(session, CNGHTTP2_EVENT_BODY_TOO_LARGE, stream);
    received_body_release(&stream->body, &session->held);
    return 0;
  }
  received_body_add(&stream->body, &session->held, data, length);
  if ((flags & NGHTTP2_FLAG_END_STREAM) == 0) nghttp2_session_consume_stream(nghttp2, stream_id, length);
  // Also with END_STREAM: the flag is the frame's, and the rest of the frame may come with the next receive.
  stream_table_touch(&session->streams, stream);
  return 0;
}

void received_data_end(cnghttp2_session *session, int32_t stream_id) {
  stream *stream = stream_table_find(&session->streams, stream_id);
  if (stream == NULL || stream->malformed) return;
  if (!message_announces(&stream->message, stream->received_length)) {
    malformed_request_reset(session, stream, CNGHTTP2_FAULT_CONTENT_LENGTH);
    return;
  }
  stream_table_end_receiving(&session->streams, stream);
  if (stream->refused_queued) return;
  events_queue(session, stream->streaming ? CNGHTTP2_EVENT_END : CNGHTTP2_EVENT_REQUEST, stream);
}

void received_data_keep(cnghttp2_session *session) {
  stream *stream;
  while ((stream = stream_table_take_touched(&session->streams)) != NULL) {
    if (stream->received_end || stream->refused_queued || stream->malformed) continue;
    received_body_keep(&stream->body, &session->held);
    if (!stream->opened_queued) {
      stream->opened_queued = true;
      events_queue(session, CNGHTTP2_EVENT_OPENED, stream);
    }
    if (!stream->started_queued && received_body_length(&stream->body) >= MESSAGE_PREFIX) {
      stream->started_queued = true;
      events_queue(session, CNGHTTP2_EVENT_BODY_STARTED, stream);
    }
  }
}
