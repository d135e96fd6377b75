#include <string.h>

#include "../Session/session.h"

enum { MAX_SUBMITTED_HEADERS = 128 };

ssize_t cnghttp2_read_body(nghttp2_session *nghttp2, int32_t stream_id, uint8_t *buffer, size_t length, uint32_t *flags,
                           nghttp2_data_source *source, void *user_data) {
  cnghttp2_session *session = user_data;
  stream *stream = source->ptr;
  size_t left = stream->out.length - stream->out_offset;
  size_t part = left < length ? left : length;
  copy_bytes(buffer, stream->out.data + stream->out_offset, part);
  stream->out_offset += part;
  session->unsent_bodies -= part;
  left -= part;
  if (left == 0) {
    if (stream->streaming) {
      byte_buffer_release(&session->held, &stream->out);  // an idle subscription keeps no buffer
    }
    stream->out.length = 0;
    stream->out_offset = 0;
    if (stream->answer_ended) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (stream->trailer_count > 0) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        nghttp2_submit_trailer(nghttp2, stream_id, stream->trailer_fields, stream->trailer_count);
      }
    } else if (part == 0) {
      return NGHTTP2_ERR_DEFERRED;
    }
  }
  if (stream->full && left <= session->settings.high_water / 2) {
    stream->full = false;
    event_queue(session, CNGHTTP2_EVENT_WRITABLE, stream);
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

static void append_out(cnghttp2_session *session, stream *stream, const uint8_t *bytes, size_t length) {
  if (stream->out_offset > 0 && stream->out_offset >= stream->out.length / 2) {
    stream->out.length -= stream->out_offset;
    memmove(stream->out.data, stream->out.data + stream->out_offset, stream->out.length);
    stream->out_offset = 0;
  }
  byte_buffer_append(&session->held, &stream->out, bytes, length);
  session->unsent_bodies += length;
}

static cnghttp2_result submit(cnghttp2_session *session, stream *stream, const cnghttp2_header *headers,
                              size_t header_count, bool with_body) {
  nghttp2_nv fields[MAX_SUBMITTED_HEADERS];
  size_t count = make_fields(fields, headers, header_count);
  nghttp2_data_provider provider = {{.ptr = stream}, cnghttp2_read_body};
  stream->answer_started = true;
  stream_decided(session, stream);
  // Until the stream goes: an answer of one HEADERS frame is gone with it, and others have small headers.
  held_add(session, stream, owned_size(headers, count));
  int result = nghttp2_submit_response(session->session, stream->id, fields, count, with_body ? &provider : NULL);
  held_check(session);
  return result == 0 ? CNGHTTP2_OK : CNGHTTP2_STREAM_GONE;
}

// Answers larger than one frame take turns with others; without this the first one submitted would go out whole.
static void take_turns(cnghttp2_session *session, int32_t stream_id) {
  nghttp2_extpri priority = {NGHTTP2_EXTPRI_DEFAULT_URGENCY, 1};
  nghttp2_session_change_extpri_stream_priority(session->session, stream_id, &priority, 1);
}

static void note_end(cnghttp2_session *session, stream *stream) {
  stream->answer_ended = true;
  if (session->is_server && !stream->received_end) stream_note_early_end(session, stream);
}

static stream *answerable(cnghttp2_session *session, int32_t stream_id) {
  stream *stream = stream_find(session, stream_id);
  return stream == NULL || stream->answer_started || stream->reset_by_us ? NULL : stream;
}

cnghttp2_result cnghttp2_session_respond(cnghttp2_session *session, int32_t stream_id, const cnghttp2_header *headers,
                                         size_t header_count, const uint8_t *body, size_t body_length,
                                         const cnghttp2_header *trailers, size_t trailer_count) {
  stream *stream = answerable(session, stream_id);
  if (stream == NULL) return CNGHTTP2_STREAM_GONE;
  if (body_length > 16384) take_turns(session, stream_id);
  append_out(session, stream, body, body_length);
  stream_set_trailers(session, stream, trailers, trailer_count);
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
  stream *opened = stream_open(session, -1);
  opened->streaming = true;
  opened->answer_started = true;
  nghttp2_data_provider provider = {{.ptr = opened}, cnghttp2_read_body};
  opened->id = nghttp2_submit_request(session->session, NULL, fields, count, &provider, opened);
  if (opened->id < 0) {
    int32_t error = opened->id;
    session->open_streams--;
    stream_recycle(session, opened);
    return error;
  }
  return opened->id;
}

cnghttp2_result cnghttp2_session_write_body(cnghttp2_session *session, int32_t stream_id, const uint8_t *bytes,
                                            size_t length) {
  stream *stream = stream_find(session, stream_id);
  if (stream == NULL || !stream->answer_started || stream->answer_ended) return CNGHTTP2_STREAM_GONE;
  append_out(session, stream, bytes, length);
  // Harmless where the body is not deferred: nghttp2 then reads it anyway.
  nghttp2_session_resume_data(session->session, stream_id);
  size_t unsent = stream->out.length - stream->out_offset;
  // Of a connection that holds too much, every stream waits for its own turn.
  if (unsent > session->settings.high_water || session->unsent_bodies > session->settings.max_unsent) {
    stream->full = true;
  }
  held_check(session);
  return stream->full ? CNGHTTP2_FULL : CNGHTTP2_OK;
}

cnghttp2_result cnghttp2_session_end_body(cnghttp2_session *session, int32_t stream_id, const cnghttp2_header *trailers,
                                          size_t trailer_count) {
  stream *stream = stream_find(session, stream_id);
  if (stream == NULL || !stream->answer_started || stream->answer_ended) return CNGHTTP2_STREAM_GONE;
  stream_set_trailers(session, stream, trailers, trailer_count);
  note_end(session, stream);
  nghttp2_session_resume_data(session->session, stream_id);
  return CNGHTTP2_OK;
}

void cnghttp2_session_reset(cnghttp2_session *session, int32_t stream_id, uint32_t error_code) {
  stream *stream = stream_find(session, stream_id);
  // A stream that is gone needs no reset, and an idle one must not get any (RFC 9113 §6.4).
  if (stream != NULL) stream_reset(session, stream, error_code);
}

void cnghttp2_session_consume(cnghttp2_session *session, int32_t stream_id, size_t length) {
  stream *stream = session->is_server ? stream_find(session, stream_id) : NULL;
  if (stream != NULL) held_remove(session, stream, length);
  // The stream may be gone: then only its window is, and nothing is owed.
  nghttp2_session_consume_stream(session->session, stream_id, length);
}
