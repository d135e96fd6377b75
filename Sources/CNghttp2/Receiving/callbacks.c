#include "../Session/session.h"

// Whether the stream has credit for so many bytes; the first time that it has not, it is reset.
static bool spend_credit(cnghttp2_session *session, stream *stream, size_t length) {
  credit_verdict verdict = credit_spend(&stream->credit, length);
  if (verdict == CREDIT_EXCEEDED_NOW) stream_reset_provoked(session, stream, NGHTTP2_FLOW_CONTROL_ERROR);
  return verdict == CREDIT_LEFT;
}

// What nghttp2 would ignore, though RFC 9113 makes it an error of the connection.
static int on_begin_frame(nghttp2_session *nghttp2, const nghttp2_frame_hd *header, void *user_data) {
  (void)nghttp2;
  cnghttp2_session *session = user_data;
  if (!session->is_server) return 0;
  if (header->type == NGHTTP2_DATA) {
    late_data_pass(session, header->stream_id);
    if ((header->flags & NGHTTP2_FLAG_PADDED) == 0) return 0;
    // Padding counts (§6.1), and on_data_chunk sees none of it.
    stream *stream = stream_find(session, header->stream_id);
    if (stream != NULL) spend_credit(session, stream, header->length);
  } else if (header->type == NGHTTP2_HEADERS && limits_is_used_up(session, header->stream_id)) {
    goaway_end_session(session, NGHTTP2_STREAM_CLOSED, "HEADERS on a stream that is closed");  // §5.1, "closed"
  } else if (header->type == NGHTTP2_PRIORITY && header->stream_id == 0) {
    goaway_end_session(session, NGHTTP2_PROTOCOL_ERROR, "PRIORITY on stream 0");  // §6.3
  } else if (header->type == NGHTTP2_SETTINGS) {
    flow_note_queue(session);
  }
  return 0;
}

static int on_begin_headers(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *user_data) {
  cnghttp2_session *session = user_data;
  session->receiving_headers = NULL;
  session->keep_headers = false;
  if (frame->hd.type != NGHTTP2_HEADERS) return 0;
  if (session->is_server && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
    if (session->open_streams >= session->settings.max_concurrent_streams) {
      nghttp2_submit_rst_stream(nghttp2, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_REFUSED_STREAM);
      limits_count_reset(session, session->now);
      return 0;
    }
    if (!held_allows_streams(session) || session->undecided >= session->settings.max_undecided_streams) {
      // Not counted as a quick reset: an honest peer cannot know.
      nghttp2_submit_rst_stream(nghttp2, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_REFUSED_STREAM);
      return 0;
    }
    stream *opened = stream_open(session, frame->hd.stream_id);
    nghttp2_session_set_stream_user_data(nghttp2, opened->id, opened);
    request_head_begin(session, opened);
    session->receiving_headers = opened;
    session->keep_headers = true;
    return 0;
  }
  stream *known = stream_find(session, frame->hd.stream_id);
  session->receiving_headers = known;
  if (known == NULL || session->is_server) return 0;
  // A client's stream gets informational responses, the final one, then trailers; the last of each kind counts.
  header_block **place = known->opened_queued ? &known->trailers : &known->head;
  header_block_give_back(session, *place);
  *place = header_block_take(session);
  session->keep_headers = true;
  return 0;
}

// Out of line, so that `on_header` saves no registers for it.
__attribute__((noinline)) static void take_field(cnghttp2_session *session, stream *stream, nghttp2_rcbuf *name,
                                                 nghttp2_rcbuf *value) {
  if (!session->is_server) {
    header_block *block = stream->opened_queued ? stream->trailers : stream->head;
    header_block_add(session, block, name, value);
    limits_check_header_list(session, block);
  } else if (session->keep_headers) {
    request_head_take(session, stream, name, value);
  } else if (!message_takes(&stream->message, nghttp2_rcbuf_get_buf(name), nghttp2_rcbuf_get_buf(value), true)) {
    stream->malformed = true;
  }
}

static int on_header(nghttp2_session *nghttp2, const nghttp2_frame *frame, nghttp2_rcbuf *name, nghttp2_rcbuf *value,
                     uint8_t flags, void *user_data) {
  (void)nghttp2;
  (void)frame;
  (void)flags;
  cnghttp2_session *session = user_data;
  stream *stream = session->receiving_headers;
  if (stream == NULL || (session->keep_headers && recent_continues(session, name, value))) return 0;
  take_field(session, stream, name, value);
  return 0;
}

static void queue_once(cnghttp2_session *session, cnghttp2_event_kind kind, stream *stream) {
  if (stream->refused_queued) return;
  stream->refused_queued = true;
  event_queue(session, kind, stream);
}

// For `fault`, unless a field was malformed before.
static void reset_malformed(cnghttp2_session *session, stream *stream, cnghttp2_fault fault) {
  stream->malformed = true;
  message_fails(&stream->message, fault);
  if (session->fault == CNGHTTP2_FAULT_NONE) session->fault = stream->message.fault;
  stream_reset_provoked(session, stream, NGHTTP2_PROTOCOL_ERROR);
}

static bool has_announced_length(const stream *stream) {
  int64_t announced = stream->message.content_length;
  return announced == -1 || (uint64_t)announced == stream->received_length;
}

static void request_headers_done(cnghttp2_session *session, stream *stream, bool end) {
  if (stream->head->too_large) {
    queue_once(session, CNGHTTP2_EVENT_HEADERS_TOO_LARGE, stream);
  } else if (stream->streaming) {
    stream->opened_queued = true;
    event_queue(session, CNGHTTP2_EVENT_OPENED, stream);
    if (end) event_queue(session, CNGHTTP2_EVENT_END, stream);
  } else if (end) {
    event_queue(session, CNGHTTP2_EVENT_REQUEST, stream);
  } else {
    stream_touch(session, stream);
  }
}

static void response_headers_done(cnghttp2_session *session, stream *stream, bool informational, bool end) {
  if (!stream->opened_queued && !informational) {
    stream->opened_queued = true;
    event_queue(session, CNGHTTP2_EVENT_OPENED, stream);
  }
  if (end) event_queue(session, CNGHTTP2_EVENT_END, stream);
}

static bool is_informational(const header_block *block) {
  for (size_t i = 0; i < block->count; i++) {
    const cnghttp2_header *field = &block->fields[i];
    if (bytes_are(field->name, field->name_length, ":status")) {
      return field->value_length == 3 && field->value[0] == '1';
    }
  }
  return false;
}

static void note_received_end(cnghttp2_session *session, stream *stream) {
  stream->received_end = true;
  stream_forget_early_end(session, stream);
}

static void on_request_headers(cnghttp2_session *session, stream *stream, const nghttp2_frame *frame, bool end) {
  bool is_head = frame->headers.cat == NGHTTP2_HCAT_REQUEST;
  bool is_sound = is_head ? request_head_end(session, stream) : end;  // trailers end the request (RFC 9113 §8.1)
  if (!is_sound || stream->malformed || (end && !has_announced_length(stream))) {
    reset_malformed(session, stream, is_head || is_sound ? CNGHTTP2_FAULT_CONTENT_LENGTH : CNGHTTP2_FAULT_TRAILERS);
    return;
  }
  if (end) note_received_end(session, stream);
  if (is_head) {
    request_headers_done(session, stream, end);
  } else if (!stream->refused_queued) {
    // gRPC knows no request trailers, so they only end the request.
    event_queue(session, stream->streaming ? CNGHTTP2_EVENT_END : CNGHTTP2_EVENT_REQUEST, stream);
  }
}

static void on_headers(cnghttp2_session *session, const nghttp2_frame *frame, bool end) {
  stream *stream = session->receiving_headers;
  if (stream == NULL) return;
  if (session->is_server) {
    on_request_headers(session, stream, frame, end);
  } else {
    if (end) note_received_end(session, stream);
    response_headers_done(session, stream, !stream->opened_queued && is_informational(stream->head), end);
  }
}

static void on_data_end(cnghttp2_session *session, int32_t stream_id) {
  stream *stream = stream_find(session, stream_id);
  if (stream == NULL || stream->malformed) return;
  if (!has_announced_length(stream)) {
    reset_malformed(session, stream, CNGHTTP2_FAULT_CONTENT_LENGTH);
    return;
  }
  note_received_end(session, stream);
  if (stream->refused_queued) return;
  event_queue(session, stream->streaming ? CNGHTTP2_EVENT_END : CNGHTTP2_EVENT_REQUEST, stream);
}

static int on_frame_received(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *user_data) {
  (void)nghttp2;
  cnghttp2_session *session = user_data;
  bool end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
      on_headers(session, frame, end);
      break;
    case NGHTTP2_DATA:
      if (end) on_data_end(session, frame->hd.stream_id);
      break;
    case NGHTTP2_GOAWAY:
      event_queue_connection(session, CNGHTTP2_EVENT_GOAWAY, frame->goaway.last_stream_id, frame->goaway.error_code);
      break;
    case NGHTTP2_SETTINGS:
      if ((frame->hd.flags & NGHTTP2_FLAG_ACK) == 0) {
        if (session->is_server && flow_settings_overflow(session)) {
          goaway_end_session(session, NGHTTP2_FLOW_CONTROL_ERROR, "SETTINGS overflow the window of a stream");
        }
        event_queue_connection(session, CNGHTTP2_EVENT_SETTINGS, 0, 0);
      }
      break;
    case NGHTTP2_PING:
      if ((frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) {
        event_queue_connection(session, shutdown_pong_kind(session, frame->ping.opaque_data), 0, 0);
      }
      break;
    default:
      break;
  }
  return 0;
}

static void keep_chunk(cnghttp2_session *session, stream *stream, const uint8_t *data, size_t length) {
  if (stream->body.length == 0 && stream->borrowed_length == 0) {
    stream->borrowed = data;
    stream->borrowed_length = length;
    return;
  }
  byte_buffer_append(&session->held, &stream->body, stream->borrowed, stream->borrowed_length);
  stream->borrowed_length = 0;
  byte_buffer_append(&session->held, &stream->body, data, length);
}

static int on_data_chunk(nghttp2_session *nghttp2, uint8_t flags, int32_t stream_id, const uint8_t *data, size_t length,
                         void *user_data) {
  cnghttp2_session *session = user_data;
  stream *stream = stream_find(session, stream_id);
  // Connection credit returns at once: one stream that is not read must not stall the others (RFC 9113 §5.2.2).
  nghttp2_session_consume_connection(nghttp2, length);
  if (stream == NULL || stream->malformed) return 0;
  if (session->is_server) {
    stream->received_length += length;
    if (stream->message.content_length != -1 && stream->received_length > (uint64_t)stream->message.content_length) {
      reset_malformed(session, stream, CNGHTTP2_FAULT_CONTENT_LENGTH);
      return 0;
    }
    bool is_padded = (flags & NGHTTP2_FLAG_PADDED) != 0;  // then all of the frame is spent
    if (!spend_credit(session, stream, is_padded ? 0 : length) || stream->answer_ended) return 0;
  }
  if (stream->refused_queued) return 0;
  if (stream->streaming) {
    if (session->is_server) held_add(session, stream, length);  // until it is consumed
    event_queue_data(session, stream, data, length);
    return 0;
  }
  if (stream->body.length + stream->borrowed_length + length > session->settings.max_body) {
    queue_once(session, CNGHTTP2_EVENT_BODY_TOO_LARGE, stream);
    byte_buffer_release(&session->held, &stream->body);
    stream->borrowed_length = 0;
    return 0;
  }
  keep_chunk(session, stream, data, length);
  if ((flags & NGHTTP2_FLAG_END_STREAM) == 0) nghttp2_session_consume_stream(nghttp2, stream_id, length);
  // Also with END_STREAM: the flag is the frame's, and the rest of the frame may come with the next receive.
  stream_touch(session, stream);
  return 0;
}

static int on_stream_close(nghttp2_session *nghttp2, int32_t stream_id, uint32_t error_code, void *user_data) {
  cnghttp2_session *session = user_data;
  stream *stream = nghttp2_session_get_stream_user_data(nghttp2, stream_id);
  if (stream == NULL) return 0;
  nghttp2_session_set_stream_user_data(nghttp2, stream_id, NULL);
  if (session->receiving_headers == stream) session->receiving_headers = NULL;
  stream->closed = true;
  session->open_streams--;
  stream_decided(session, stream);
  stream_forget_early_end(session, stream);
  bool over = stream->received_end && (stream->answer_ended || !session->is_server);
  if (session->is_server && !over && !stream->reset_by_us) limits_count_reset(session, stream->opened_at);
  bool tell = session->is_server ? stream->announced && !stream->answer_ended : !over || error_code != 0;
  if (tell) {
    event_queue(session, CNGHTTP2_EVENT_CLOSED, stream);
    session->events[session->event_count - 1].error_code = error_code;
  }
  if (!stream->touched) {
    stream->next = session->closed;
    session->closed = stream;
  }
  return 0;
}

static int on_frame_sent(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *user_data) {
  cnghttp2_session *session = user_data;
  if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR) {
    // Most violations end the session inside nghttp2: this is where their code can be seen. Of several ends in one
    // `receive` it is the first one's, which the peer learns.
    goaway_note_sent(session, frame->goaway.error_code);
  }
  if (frame->hd.type == NGHTTP2_GOAWAY) {
    shutdown_goaway_sent(session, &frame->goaway);
  } else if (frame->hd.type == NGHTTP2_RST_STREAM) {
    // 0 also tells a stream that is still known from one that is not.
    bool may_send = nghttp2_session_get_stream_remote_close(nghttp2, frame->hd.stream_id) == 0;
    if (session->is_server && may_send) ended_note(session, frame->hd.stream_id);
  } else if (frame->hd.type == NGHTTP2_WINDOW_UPDATE) {
    flow_granted(session, frame->hd.stream_id, frame->window_update.window_size_increment);
  } else if (frame->hd.type == NGHTTP2_DATA) {
    limits_count_sent_data(session);
  }
  if (session->early_ends == 0 || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
  stream *stream = nghttp2_session_get_stream_user_data(nghttp2, frame->hd.stream_id);
  if (stream == NULL || !stream->early_end) return 0;
  // The answer is complete before the request: tell the peer to stop, without error (RFC 9113 §8.1).
  stream_reset(session, stream, NGHTTP2_NO_ERROR);
  return 0;
}

static int on_frame_not_sent(nghttp2_session *nghttp2, const nghttp2_frame *frame, int error, void *user_data) {
  (void)error;
  cnghttp2_session *session = user_data;
  if (!session->is_server || frame->hd.type != NGHTTP2_HEADERS) return 0;
  stream *stream = nghttp2_session_get_stream_user_data(nghttp2, frame->hd.stream_id);
  // Headers or trailers above nghttp2's 64 KiB: without them the peer would wait for ever.
  if (stream != NULL && !stream->reset_by_us) stream_reset(session, stream, NGHTTP2_INTERNAL_ERROR);
  return 0;
}

nghttp2_session_callbacks *cnghttp2_callbacks_create(void) {
  nghttp2_session_callbacks *callbacks;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) return NULL;
  nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback2(callbacks, on_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_received);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
  nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, on_frame_not_sent);
  return callbacks;
}
