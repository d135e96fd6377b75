#include "callbacks.h"

#include "../Session/session.h"
#include "received_data.h"
#include "received_headers.h"

// What nghttp2 would ignore, though RFC 9113 makes it an error of the connection.
static int on_begin_frame(nghttp2_session *nghttp2, const nghttp2_frame_hd *header, void *user_data) {
  (void)nghttp2;
  cnghttp2_session *session = user_data;
  int32_t id = header->stream_id;
  if (!session->is_server) return 0;
  if (header->type == NGHTTP2_DATA) {
    if (!late_frames_is_next(&session->late, id)) late_frames_judge_until(session, id);
    if ((header->flags & NGHTTP2_FLAG_PADDED) != 0) received_data_begin_padded(session, id, header->length);
  } else if (header->type == NGHTTP2_HEADERS && late_frames_are_headers_late(session, id)) {
    goaway_end_session(session, NGHTTP2_STREAM_CLOSED, "HEADERS on a stream that is closed");  // §5.1, "closed"
  } else if (header->type == NGHTTP2_PRIORITY && id == 0) {
    goaway_end_session(session, NGHTTP2_PROTOCOL_ERROR, "PRIORITY on stream 0");  // §6.3
  } else if (header->type == NGHTTP2_SETTINGS) {
    flow_note_queue(session);
  }
  return 0;
}

static void on_settings(cnghttp2_session *session) {
  if (session->is_server && flow_settings_overflow(session)) {
    goaway_end_session(session, NGHTTP2_FLOW_CONTROL_ERROR, "SETTINGS overflow the window of a stream");
  }
  events_queue_connection(session, CNGHTTP2_EVENT_SETTINGS, 0, 0);
}

static int on_frame_received(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *user_data) {
  (void)nghttp2;
  cnghttp2_session *session = user_data;
  bool end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  bool ack = (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0;
  switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
      received_headers_end(session, frame, end);
      break;
    case NGHTTP2_DATA:
      if (end) received_data_end(session, frame->hd.stream_id);
      break;
    case NGHTTP2_GOAWAY:
      events_queue_connection(session, CNGHTTP2_EVENT_GOAWAY, frame->goaway.last_stream_id, frame->goaway.error_code);
      break;
    case NGHTTP2_SETTINGS:
      if (!ack) on_settings(session);
      break;
    case NGHTTP2_PING:
      if (ack) events_queue_connection(session, shutdown_pong_kind(session, frame->ping.opaque_data), 0, 0);
      break;
    default:
      break;
  }
  return 0;
}

static int on_stream_close(nghttp2_session *nghttp2, int32_t stream_id, uint32_t error_code, void *user_data) {
  cnghttp2_session *session = user_data;
  stream *stream = nghttp2_session_get_stream_user_data(nghttp2, stream_id);
  if (stream == NULL) return 0;
  nghttp2_session_set_stream_user_data(nghttp2, stream_id, NULL);
  received_headers_forget(session, stream);
  stream_table_close(&session->streams, stream);
  bool over = stream->received_end && (stream->answer_ended || !session->is_server);
  if (session->is_server && !over && !stream->reset_by_us) limits_count_reset(session, stream->opened_at);
  bool tell = session->is_server ? stream->announced && !stream->answer_ended : !over || error_code != 0;
  if (tell) events_queue_closed(session, stream, error_code);
  return 0;
}

static void on_goaway_sent(cnghttp2_session *session, const nghttp2_goaway *frame) {
  // Most violations end the session inside nghttp2: this is where their code can be seen. Of several ends in one
  // `receive` it is the first one's, which the peer learns.
  if (frame->error_code != NGHTTP2_NO_ERROR) goaway_note_sent(session, frame->error_code);
  shutdown_goaway_sent(session, frame);
}

static void on_reset_sent(cnghttp2_session *session, int32_t stream_id) {
  // 0 also tells a stream that is still known from one that is not.
  bool may_send = nghttp2_session_get_stream_remote_close(session->nghttp2, stream_id) == 0;
  if (session->is_server && may_send) ended_streams_note(&session->ended, stream_id, session->now);
}

static int on_frame_sent(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *user_data) {
  cnghttp2_session *session = user_data;
  if (frame->hd.type == NGHTTP2_GOAWAY) {
    on_goaway_sent(session, &frame->goaway);
  } else if (frame->hd.type == NGHTTP2_RST_STREAM) {
    on_reset_sent(session, frame->hd.stream_id);
  } else if (frame->hd.type == NGHTTP2_WINDOW_UPDATE) {
    flow_granted(session, frame->hd.stream_id, frame->window_update.window_size_increment);
  } else if (frame->hd.type == NGHTTP2_DATA) {
    limits_count_sent_data(session);
  }
  if (!stream_table_has_early_ends(&session->streams) || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
  stream *stream = nghttp2_session_get_stream_user_data(nghttp2, frame->hd.stream_id);
  if (stream == NULL || !stream->early_end) return 0;
  // The answer is complete before the request: tell the peer to stop, without error (RFC 9113 §8.1).
  stream_table_reset(&session->streams, stream, NGHTTP2_NO_ERROR);
  return 0;
}

static int on_frame_not_sent(nghttp2_session *nghttp2, const nghttp2_frame *frame, int error, void *user_data) {
  (void)error;
  cnghttp2_session *session = user_data;
  if (!session->is_server || frame->hd.type != NGHTTP2_HEADERS) return 0;
  stream *stream = nghttp2_session_get_stream_user_data(nghttp2, frame->hd.stream_id);
  // Headers or trailers above nghttp2's 64 KiB: without them the peer would wait for ever.
  if (stream != NULL && !stream->reset_by_us) {
    stream_table_reset(&session->streams, stream, NGHTTP2_INTERNAL_ERROR);
  }
  return 0;
}

nghttp2_session_callbacks *callbacks_create(void) {
  nghttp2_session_callbacks *callbacks;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) return NULL;
  nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, received_headers_on_begin);
  nghttp2_session_callbacks_set_on_header_callback2(callbacks, received_headers_on_field);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_received);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, received_data_on_chunk);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
  nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, on_frame_not_sent);
  return callbacks;
}
