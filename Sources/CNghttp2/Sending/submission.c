// Answers of a server and requests of a client, as the application submits them.

#include "../Session/session.h"

enum { MAX_SUBMITTED_HEADERS = 128 };

static ssize_t read_body(nghttp2_session *nghttp2, int32_t stream_id, uint8_t *buffer, size_t length, uint32_t *flags,
                         nghttp2_data_source *source, void *user_data) {
  cnghttp2_session *session = user_data;
  stream *stream = source->ptr;
  size_t part = outgoing_body_read(&stream->out, &session->held, buffer, length);
  size_t left = outgoing_body_unsent(&stream->out);
  if (left == 0) {
    if (stream->streaming) outgoing_body_release(&stream->out, &session->held);  // an idle subscription keeps no buffer
    if (stream->answer_ended) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (answer_trailers_submit(&stream->answer_trailers, nghttp2, stream_id)) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      }
    } else if (part == 0) {
      return NGHTTP2_ERR_DEFERRED;
    }
  }
  if (stream->full && left <= session->settings.high_water / 2) {
    stream->full = false;
    events_queue(session, CNGHTTP2_EVENT_WRITABLE, stream);
  }
  return (ssize_t)part;
}

static size_t owned_size(const cnghttp2_header *headers, size_t count) {
  size_t size = 0;
  for (size_t i = 0; i < count; i++) {
    if (!headers[i].permanent) size += headers[i].name_length + headers[i].value_length;
  }
  return size;
}

static size_t make_fields(nghttp2_nv *fields, const cnghttp2_header *headers, size_t count) {
  if (count > MAX_SUBMITTED_HEADERS) count = MAX_SUBMITTED_HEADERS;
  for (size_t i = 0; i < count; i++) {
    uint8_t flags = headers[i].permanent ? NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE : 0;
    fields[i] = (nghttp2_nv){(uint8_t *)headers[i].name, (uint8_t *)headers[i].value, headers[i].name_length,
                             headers[i].value_length, flags};
  }
  return count;
}

static cnghttp2_result submit(cnghttp2_session *session, stream *stream, const cnghttp2_header *headers,
                              size_t header_count, bool with_body) {
  nghttp2_nv fields[MAX_SUBMITTED_HEADERS];
  size_t count = make_fields(fields, headers, header_count);
  nghttp2_data_provider provider = {{.ptr = stream}, read_body};
  stream->answer_started = true;
  stream_table_decide(&session->streams, stream);
  // Until the stream is closed: an answer of one HEADERS frame closes it, and others have small headers.
  stream_hold(stream, &session->held, owned_size(headers, count));
  int result = nghttp2_submit_response(session->nghttp2, stream->id, fields, count, with_body ? &provider : NULL);
  memory_limit_check(session);
  return result == 0 ? CNGHTTP2_OK : CNGHTTP2_STREAM_GONE;
}

// Answers larger than one frame take turns with others; without this the first one submitted would go out whole.
static void take_turns(cnghttp2_session *session, int32_t stream_id) {
  nghttp2_extpri priority = {NGHTTP2_EXTPRI_DEFAULT_URGENCY, 1};
  nghttp2_session_change_extpri_stream_priority(session->nghttp2, stream_id, &priority, 1);
}

static void set_trailers(cnghttp2_session *session, stream *stream, const cnghttp2_header *trailers, size_t count) {
  stream_hold(stream, &session->held, answer_trailers_set(&stream->answer_trailers, trailers, count));
}

static void note_end(cnghttp2_session *session, stream *stream) {
  stream->answer_ended = true;
  if (session->is_server && !stream->received_end) stream_table_note_early_end(&session->streams, stream);
}

static stream *answerable(cnghttp2_session *session, int32_t stream_id) {
  stream *stream = stream_table_find(&session->streams, stream_id);
  return stream == NULL || stream->answer_started || stream->reset_by_us ? NULL : stream;
}

cnghttp2_result cnghttp2_session_respond(cnghttp2_session *session, int32_t stream_id, const cnghttp2_header *headers,
                                         size_t header_count, const uint8_t *body, size_t body_length,
                                         const cnghttp2_header *trailers, size_t trailer_count) {
  stream *stream = answerable(session, stream_id);
  if (stream == NULL) return CNGHTTP2_STREAM_GONE;
  if (body_length > 16384) take_turns(session, stream_id);
  outgoing_body_append(&stream->out, &session->held, body, body_length);
  set_trailers(session, stream, trailers, trailer_count);
  note_end(session, stream);
  return submit(session, stream, headers, header_count, true);
}

cnghttp2_result cnghttp2_session_respond_headers_only(cnghttp2_session *session, int32_t stream_id,
                                                      const cnghttp2_header *headers, size_t header_count) {
  stream *stream = answerable(session, stream_id);
  if (stream == NULL) return CNGHTTP2_STREAM_GONE;
  note_end(session, stream);
  return submit(session, stream, headers, header_count, false);
}

cnghttp2_result cnghttp2_session_start_response(cnghttp2_session *session, int32_t stream_id,
                                                const cnghttp2_header *headers, size_t header_count) {
  stream *stream = answerable(session, stream_id);
  if (stream == NULL) return CNGHTTP2_STREAM_GONE;
  take_turns(session, stream_id);
  return submit(session, stream, headers, header_count, true);
}

int32_t cnghttp2_session_start_request(cnghttp2_session *session, const cnghttp2_header *headers, size_t header_count) {
  nghttp2_nv fields[MAX_SUBMITTED_HEADERS];
  size_t count = make_fields(fields, headers, header_count);
  stream *opened = stream_table_open(&session->streams, -1, session->now, session->settings.stream_window);
  opened->streaming = true;
  opened->answer_started = true;
  nghttp2_data_provider provider = {{.ptr = opened}, read_body};
  opened->id = nghttp2_submit_request(session->nghttp2, NULL, fields, count, &provider, opened);
  if (opened->id < 0) {
    int32_t error = opened->id;
    stream_table_discard(&session->streams, opened);
    return error;
  }
  return opened->id;
}

cnghttp2_result cnghttp2_session_write_body(cnghttp2_session *session, int32_t stream_id, const uint8_t *bytes,
                                            size_t length) {
  stream *stream = stream_table_find(&session->streams, stream_id);
  if (stream == NULL || !stream->answer_started || stream->answer_ended) return CNGHTTP2_STREAM_GONE;
  outgoing_body_append(&stream->out, &session->held, bytes, length);
  // Harmless where the body is not deferred: nghttp2 then reads it anyway.
  nghttp2_session_resume_data(session->nghttp2, stream_id);
  // Of a connection that holds too much, every stream waits for its own turn.
  if (outgoing_body_unsent(&stream->out) > session->settings.high_water ||
      held_memory_unsent(&session->held) > session->settings.max_unsent) {
    stream->full = true;
  }
  memory_limit_check(session);
  return stream->full ? CNGHTTP2_FULL : CNGHTTP2_OK;
}

cnghttp2_result cnghttp2_session_end_body(cnghttp2_session *session, int32_t stream_id, const cnghttp2_header *trailers,
                                          size_t trailer_count) {
  stream *stream = stream_table_find(&session->streams, stream_id);
  if (stream == NULL || !stream->answer_started || stream->answer_ended) return CNGHTTP2_STREAM_GONE;
  set_trailers(session, stream, trailers, trailer_count);
  note_end(session, stream);
  nghttp2_session_resume_data(session->nghttp2, stream_id);
  return CNGHTTP2_OK;
}

void cnghttp2_session_reset(cnghttp2_session *session, int32_t stream_id, uint32_t error_code) {
  stream *stream = stream_table_find(&session->streams, stream_id);
  // A stream that is gone needs no reset, and an idle one must not get any (RFC 9113 §6.4).
  if (stream != NULL) stream_table_reset(&session->streams, stream, error_code);
}

void cnghttp2_session_consume(cnghttp2_session *session, int32_t stream_id, size_t length) {
  stream *stream = session->is_server ? stream_table_find(&session->streams, stream_id) : NULL;
  if (stream != NULL) stream_release_held(stream, &session->held, length);
  // The stream may be gone: then only its window is, and nothing is owed.
  nghttp2_session_consume_stream(session->nghttp2, stream_id, length);
}
