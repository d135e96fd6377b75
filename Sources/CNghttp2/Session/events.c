#include "events.h"

#include <stdlib.h>

#include "../Memory/memory.h"
#include "session.h"

static queued_event *append(cnghttp2_session *session) {
  events *events = &session->events;
  if (events->count == events->capacity) {
    size_t capacity = events->capacity == 0 ? 128 : events->capacity * 2;
    held_memory_add(&session->held, (capacity - events->capacity) * sizeof *events->items);
    events->items = cnghttp2_reallocate(events->items, capacity * sizeof *events->items);
    events->capacity = capacity;
  }
  queued_event *event = &events->items[events->count++];
  *event = (queued_event){0};
  return event;
}

static queued_event *append_of_stream(cnghttp2_session *session, cnghttp2_event_kind kind, stream *stream) {
  queued_event *event = append(session);
  event->kind = kind;
  event->stream = stream;
  event->stream_id = stream->id;
  return event;
}

void events_queue(cnghttp2_session *session, cnghttp2_event_kind kind, stream *stream) {
  append_of_stream(session, kind, stream);
}

void events_queue_data(cnghttp2_session *session, stream *stream, const uint8_t *data, size_t length) {
  queued_event *event = append_of_stream(session, CNGHTTP2_EVENT_DATA, stream);
  event->data = data;
  event->length = length;
}

void events_queue_closed(cnghttp2_session *session, stream *stream, uint32_t error_code) {
  append_of_stream(session, CNGHTTP2_EVENT_CLOSED, stream)->error_code = error_code;
}

void events_queue_refusal(cnghttp2_session *session, cnghttp2_event_kind kind, stream *stream) {
  if (stream->refused_queued) return;
  stream->refused_queued = true;
  events_queue(session, kind, stream);
}

void events_queue_connection(cnghttp2_session *session, cnghttp2_event_kind kind, int32_t stream_id, uint32_t code) {
  queued_event *event = append(session);
  event->kind = kind;
  event->stream_id = stream_id;
  event->error_code = code;
}

static void fill(cnghttp2_session *session, const queued_event *queued, cnghttp2_event *event) {
  const stream *stream = queued->stream;
  *event = (cnghttp2_event){.kind = queued->kind,
                            .stream_id = queued->stream_id,
                            .route = -1,
                            .error_code = queued->error_code,
                            .body = queued->data,
                            .body_length = queued->length};
  if (stream == NULL) return;
  event->slot = stream->slot;
  event->route = stream->route;
  const header_block *block =
      !session->is_server && queued->kind == CNGHTTP2_EVENT_END ? stream->trailers : stream->head;
  if (block != NULL && queued->kind != CNGHTTP2_EVENT_DATA) {
    event->headers = block->fields;
    event->header_count = block->count;
    if (session->is_server) header_cache_fill(&session->cache, stream, event);
  }
  if (queued->kind == CNGHTTP2_EVENT_REQUEST || queued->kind == CNGHTTP2_EVENT_BODY_STARTED) {
    // One chunk is read where it lies; several were put together.
    event->body = received_body_bytes(&stream->body);
    event->body_length = received_body_length(&stream->body);
  }
}

static void release_taken(cnghttp2_session *session) {
  events *events = &session->events;
  for (size_t i = 0; i < events->count; i++) {
    stream *stream = events->items[i].stream;
    if (stream == NULL) continue;
    // The application has read the header list, and counts what it keeps of it.
    header_block_return(&session->blocks, stream->head);
    stream->head = NULL;
    // Nor does an answer that waits to be sent need its request.
    if (events->items[i].kind == CNGHTTP2_EVENT_REQUEST) received_body_recycle(&stream->body, &session->held);
  }
  events->count = 0;
  events->next = 0;
  stream_table_recycle_closed(&session->streams);
}

// Server: a stream that is gone again before the application saw it costs no more work, nor does what still arrives on
// one that the application has answered or reset. Of a stream it has seen, CLOSED is told nevertheless.
static bool is_stale(const cnghttp2_session *session, const queued_event *queued) {
  const stream *stream = queued->stream;
  if (!session->is_server || stream == NULL || queued->kind == CNGHTTP2_EVENT_CLOSED) return false;
  return stream->closed || stream->answer_ended || stream->reset_by_us;
}

bool cnghttp2_session_next_event(cnghttp2_session *session, cnghttp2_event *event) {
  events *events = &session->events;
  while (events->next < events->count) {
    const queued_event *queued = &events->items[events->next++];
    if (is_stale(session, queued)) continue;
    if (queued->stream != NULL) queued->stream->announced = true;
    fill(session, queued, event);
    return true;
  }
  release_taken(session);
  return false;
}

void events_release(events *events) { free(events->items); }
