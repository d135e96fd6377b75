#include "session.h"

static queued_event *append(cnghttp2_session *session) {
  if (session->event_count == session->event_capacity) {
    size_t capacity = session->event_capacity == 0 ? 128 : session->event_capacity * 2;
    session->held += (capacity - session->event_capacity) * sizeof(queued_event);
    session->event_capacity = capacity;
    session->events = cnghttp2_reallocate(session->events, session->event_capacity * sizeof(queued_event));
  }
  queued_event *event = &session->events[session->event_count++];
  *event = (queued_event){0};
  return event;
}

void event_queue(cnghttp2_session *session, cnghttp2_event_kind kind, stream *stream) {
  queued_event *event = append(session);
  event->kind = kind;
  event->stream = stream;
  event->stream_id = stream->id;
}

void event_queue_data(cnghttp2_session *session, stream *stream, const uint8_t *data, size_t length) {
  event_queue(session, CNGHTTP2_EVENT_DATA, stream);
  queued_event *event = &session->events[session->event_count - 1];
  event->data = data;
  event->length = length;
}

void event_queue_connection(cnghttp2_session *session, cnghttp2_event_kind kind, int32_t stream_id, uint32_t code) {
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
    if (session->is_server) recent_fill(session, stream, event);
  }
  if (queued->kind == CNGHTTP2_EVENT_REQUEST || queued->kind == CNGHTTP2_EVENT_BODY_STARTED) {
    // One chunk is read where it lies; several were put together.
    event->body = stream->body.length > 0 ? stream->body.data : stream->borrowed;
    event->body_length = stream->body.length > 0 ? stream->body.length : stream->borrowed_length;
  }
}

static void release_taken(cnghttp2_session *session) {
  for (size_t i = 0; i < session->event_count; i++) {
    stream *stream = session->events[i].stream;
    if (stream == NULL) continue;
    // The application has read the header list, and counts what it keeps of it.
    header_block_give_back(session, stream->head);
    stream->head = NULL;
    // Nor does an answer that waits to be sent need its request; a small buffer stays for the pool.
    if (session->events[i].kind == CNGHTTP2_EVENT_REQUEST && stream->body.capacity > MAX_POOLED_BUFFER) {
      byte_buffer_release(&session->held, &stream->body);
    }
  }
  session->event_count = 0;
  session->next_event = 0;
  while (session->closed != NULL) {
    stream *stream = session->closed;
    session->closed = stream->next;
    stream_recycle(session, stream);
  }
}

// Server: a stream that is gone again before the application saw it costs no more work, nor does what still arrives on
// one that the application has answered or reset. Of a stream it has seen, CLOSED counts all the same.
static bool is_stale(const cnghttp2_session *session, const queued_event *queued) {
  const stream *stream = queued->stream;
  if (!session->is_server || stream == NULL || queued->kind == CNGHTTP2_EVENT_CLOSED) return false;
  return stream->closed || stream->answer_ended || stream->reset_by_us;
}

bool cnghttp2_session_next_event(cnghttp2_session *session, cnghttp2_event *event) {
  while (session->next_event < session->event_count) {
    const queued_event *queued = &session->events[session->next_event++];
    if (is_stale(session, queued)) continue;
    if (queued->stream != NULL) queued->stream->announced = true;
    fill(session, queued, event);
    return true;
  }
  release_taken(session);
  return false;
}
