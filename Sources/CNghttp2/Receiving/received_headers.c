#include "received_headers.h"

#include "../Memory/bytes.h"
#include "../Session/session.h"
#include "malformed_request.h"
#include "request_head.h"

// Whether a server takes another stream. If not, the stream is refused.
static bool takes_stream(cnghttp2_session *session, int32_t id) {
  bool is_one_too_many = stream_table_count(&session->streams) >= session->settings.max_concurrent_streams;
  if (!is_one_too_many && memory_limit_allows_streams(session) &&
      stream_table_undecided(&session->streams) < session->settings.max_undecided_streams) {
    return true;
  }
  nghttp2_submit_rst_stream(session->nghttp2, NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
  // Others are not counted as quick resets: an honest peer cannot know.
  if (is_one_too_many) limits_count_reset(session, session->now);
  return false;
}

int received_headers_on_begin(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *user_data) {
  cnghttp2_session *session = user_data;
  int32_t id = frame->hd.stream_id;
  session->headers.stream = NULL;
  session->headers.kept = false;
  if (frame->hd.type != NGHTTP2_HEADERS) return 0;
  if (session->is_server && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
    if (!takes_stream(session, id)) return 0;
    stream *opened = stream_table_open(&session->streams, id, session->now, session->settings.stream_window);
    nghttp2_session_set_stream_user_data(nghttp2, id, opened);
    request_head_begin(session, opened);
    session->headers.stream = opened;
    session->headers.kept = true;
    return 0;
  }
  stream *known = stream_table_find(&session->streams, id);
  session->headers.stream = known;
  if (known == NULL || session->is_server) return 0;
  // A client's stream gets informational responses, the final one, then trailers; the last of each kind counts.
  header_block **place = known->opened_queued ? &known->trailers : &known->head;
  header_block_return(&session->blocks, *place);
  *place = header_block_take(&session->blocks);
  session->headers.kept = true;
  return 0;
}

// Out of line, so that the callback saves no registers for it.
__attribute__((noinline)) static void take_field(cnghttp2_session *session, stream *stream, nghttp2_rcbuf *name,
                                                 nghttp2_rcbuf *value) {
  if (!session->is_server) {
    header_block *block = stream->opened_queued ? stream->trailers : stream->head;
    header_block_add(&session->blocks, block, name, value);
    limits_check_header_list(session, block);
  } else if (session->headers.kept) {
    request_head_take(session, stream, name, value);
  } else if (!message_takes(&stream->message, nghttp2_rcbuf_get_buf(name), nghttp2_rcbuf_get_buf(value), true)) {
    stream->malformed = true;
  }
}

int received_headers_on_field(nghttp2_session *nghttp2, const nghttp2_frame *frame, nghttp2_rcbuf *name,
                              nghttp2_rcbuf *value, uint8_t flags, void *user_data) {
  (void)nghttp2;
  (void)frame;
  (void)flags;
  cnghttp2_session *session = user_data;
  stream *stream = session->headers.stream;
  if (stream == NULL || (session->headers.kept && header_cache_continues(&session->cache, name, value))) return 0;
  take_field(session, stream, name, value);
  return 0;
}

static void queue_opened(cnghttp2_session *session, stream *stream) {
  stream->opened_queued = true;
  events_queue(session, CNGHTTP2_EVENT_OPENED, stream);
}

static void end_head(cnghttp2_session *session, stream *stream, bool end) {
  if (stream->head->too_large) {
    events_queue_refusal(session, CNGHTTP2_EVENT_HEADERS_TOO_LARGE, stream);
  } else if (stream->streaming) {
    queue_opened(session, stream);
    if (end) events_queue(session, CNGHTTP2_EVENT_END, stream);
  } else if (end) {
    events_queue(session, CNGHTTP2_EVENT_REQUEST, stream);
  } else {
    stream_table_touch(&session->streams, stream);
  }
}

static void end_request_headers(cnghttp2_session *session, stream *stream, const nghttp2_frame *frame, bool end) {
  bool is_head = frame->headers.cat == NGHTTP2_HCAT_REQUEST;
  bool is_sound = is_head ? request_head_end(session, stream) : end;  // trailers end the request (RFC 9113 §8.1)
  if (!is_sound || stream->malformed || (end && !message_announces(&stream->message, stream->received_length))) {
    cnghttp2_fault fault = is_head || is_sound ? CNGHTTP2_FAULT_CONTENT_LENGTH : CNGHTTP2_FAULT_TRAILERS;
    malformed_request_reset(session, stream, fault);
    return;
  }
  if (end) stream_table_end_receiving(&session->streams, stream);
  if (is_head) {
    end_head(session, stream, end);
  } else if (!stream->refused_queued) {
    // gRPC knows no request trailers, so they only end the request.
    events_queue(session, stream->streaming ? CNGHTTP2_EVENT_END : CNGHTTP2_EVENT_REQUEST, stream);
  }
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

static void end_response_headers(cnghttp2_session *session, stream *stream, bool end) {
  if (end) stream_table_end_receiving(&session->streams, stream);
  if (!stream->opened_queued && !is_informational(stream->head)) queue_opened(session, stream);
  if (end) events_queue(session, CNGHTTP2_EVENT_END, stream);
}

void received_headers_end(cnghttp2_session *session, const nghttp2_frame *frame, bool end) {
  stream *stream = session->headers.stream;
  if (stream == NULL) return;
  if (session->is_server) {
    end_request_headers(session, stream, frame, end);
  } else {
    end_response_headers(session, stream, end);
  }
}

void received_headers_forget(cnghttp2_session *session, const stream *stream) {
  if (session->headers.stream == stream) session->headers.stream = NULL;
}
