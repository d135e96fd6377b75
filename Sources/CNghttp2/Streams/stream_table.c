#include <stdlib.h>
#include <string.h>

#include "../Session/session.h"

enum { MAX_POOLED_STREAMS = 256 };

static void take_slot(cnghttp2_session *session, stream *stream) {
  if (session->free_slot_count > 0) {
    stream->slot = session->free_slots[--session->free_slot_count];
  } else {
    if (session->slot_count == session->slot_capacity) {
      session->slot_capacity = session->slot_capacity == 0 ? 64 : session->slot_capacity * 2;
      session->slots = cnghttp2_reallocate(session->slots, session->slot_capacity * sizeof(*session->slots));
      // As many as there are slots, so that giving one back never allocates.
      session->free_slots =
          cnghttp2_reallocate(session->free_slots, session->slot_capacity * sizeof(*session->free_slots));
    }
    stream->slot = session->slot_count++;
  }
  session->slots[stream->slot] = stream;
}

static void give_back_slot(cnghttp2_session *session, uint32_t slot) {
  session->slots[slot] = NULL;
  session->free_slots[session->free_slot_count++] = slot;
}

stream *stream_open(cnghttp2_session *session, int32_t id) {
  stream *opened = session->pool;
  if (opened != NULL) {
    session->pool = opened->next;
    session->pool_count--;
    opened->next = NULL;
  } else {
    opened = cnghttp2_allocate(sizeof(stream));
  }
  opened->id = id;
  take_slot(session, opened);
  opened->route = -1;
  opened->opened_at = session->now;
  message_begin(&opened->message);
  // The peer may not know our SETTINGS yet: then the larger of both windows is what it may use at most.
  uint32_t window = session->settings.stream_window;
  credit_begin(&opened->credit, window > FIRST_WINDOW ? window : FIRST_WINDOW);
  held_begin_stream(session, opened);
  session->open_streams++;
  if (session->is_server) {
    opened->undecided = true;
    session->undecided++;
  }
  return opened;
}

stream *stream_find(cnghttp2_session *session, int32_t id) {
  stream *found = nghttp2_session_get_stream_user_data(session->session, id);
  if (found != NULL || session->is_server) return found;
  // nghttp2 does not know a client's stream before its HEADERS are written.
  for (uint32_t slot = 0; slot < session->slot_count; slot++) {
    stream *pending = session->slots[slot];
    if (pending != NULL && pending->id == id && !pending->closed) return pending;
  }
  return NULL;
}

void stream_touch(cnghttp2_session *session, stream *stream) {
  if (stream->touched) return;
  stream->touched = true;
  stream->next = session->touched;
  session->touched = stream;
}

void stream_note_early_end(cnghttp2_session *session, stream *stream) {
  stream->early_end = true;
  session->early_ends++;
}

void stream_forget_early_end(cnghttp2_session *session, stream *stream) {
  if (!stream->early_end) return;
  stream->early_end = false;
  session->early_ends--;
}

void stream_reset(cnghttp2_session *session, stream *stream, uint32_t error_code) {
  stream_forget_early_end(session, stream);
  stream_decided(session, stream);
  stream->reset_by_us = true;
  nghttp2_submit_rst_stream(session->session, NGHTTP2_FLAG_NONE, stream->id, error_code);
}

void stream_reset_provoked(cnghttp2_session *session, stream *stream, uint32_t error_code) {
  nghttp2_submit_rst_stream(session->session, NGHTTP2_FLAG_NONE, stream->id, error_code);
}

static byte_buffer reusable(cnghttp2_session *session, byte_buffer buffer) {
  if (buffer.capacity > MAX_POOLED_BUFFER) byte_buffer_release(&session->held, &buffer);
  buffer.length = 0;
  return buffer;
}

void stream_release_timeout(stream *stream) {
  if (stream->timeout != NULL) nghttp2_rcbuf_decref(stream->timeout);
  stream->timeout = NULL;
}

static void release_headers(cnghttp2_session *session, stream *stream) {
  header_block_give_back(session, stream->head);
  header_block_give_back(session, stream->trailers);
  stream->head = stream->trailers = NULL;
  stream_release_timeout(stream);
  free(stream->trailer_memory);
  stream->trailer_memory = NULL;
}

void stream_recycle(cnghttp2_session *session, stream *stream) {
  give_back_slot(session, stream->slot);
  release_headers(session, stream);
  session->unsent_bodies -= stream->out.length - stream->out_offset;
  session->held -= stream->held;
  if (session->pool_count >= MAX_POOLED_STREAMS) {
    stream_free(session, stream);
    return;
  }
  byte_buffer body = reusable(session, stream->body);
  byte_buffer out = reusable(session, stream->out);
  memset(stream, 0, sizeof(*stream));
  stream->body = body;
  stream->out = out;
  stream->next = session->pool;
  session->pool = stream;
  session->pool_count++;
}

void stream_free(cnghttp2_session *session, stream *stream) {
  release_headers(session, stream);
  byte_buffer_release(&session->held, &stream->body);
  byte_buffer_release(&session->held, &stream->out);
  free(stream);
}

void stream_set_trailers(cnghttp2_session *session, stream *stream, const cnghttp2_header *trailers, size_t count) {
  if (count > CNGHTTP2_MAX_TRAILERS) count = CNGHTTP2_MAX_TRAILERS;
  size_t owned = 0;
  for (size_t i = 0; i < count; i++) {
    if (!trailers[i].permanent) owned += trailers[i].name_length + trailers[i].value_length;
  }
  uint8_t *memory = owned > 0 ? cnghttp2_allocate(owned) : NULL;
  stream->trailer_memory = memory;
  held_add(session, stream, owned);
  for (size_t i = 0; i < count; i++) {
    cnghttp2_header field = trailers[i];
    if (!field.permanent) {
      copy_bytes(memory, field.name, field.name_length);
      field.name = memory;
      memory += field.name_length;
      copy_bytes(memory, field.value, field.value_length);
      field.value = memory;
      memory += field.value_length;
    }
    // Both kinds outlive the frame: what is owned here goes with the stream, which nghttp2 closes after sending.
    stream->trailer_fields[i] =
        (nghttp2_nv){(uint8_t *)field.name, (uint8_t *)field.value, field.name_length, field.value_length,
                     NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
  }
  stream->trailer_count = count;
}
