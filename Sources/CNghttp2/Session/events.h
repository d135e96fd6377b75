// Events that wait for the application to take them.
#ifndef CNGHTTP2_EVENTS_H
#define CNGHTTP2_EVENTS_H

#include "../Streams/stream.h"
#include "cnghttp2.h"

#pragma clang assume_nonnull begin

typedef struct {
  cnghttp2_event_kind kind;
  stream *_Nullable stream;  // borrowed: closed streams stay until their events are taken; NULL for the connection's
  uint32_t error_code;
  int32_t stream_id;
  const uint8_t *_Nullable data;  // borrowed, of the caller's input
  size_t length;
} queued_event;

// Zeroed, there are none.
typedef struct {
  queued_event *_Nullable items;  // owned
  size_t count;
  size_t capacity;
  size_t next;  // to be taken
} events;

void events_queue(cnghttp2_session *session, cnghttp2_event_kind kind, stream *stream);
void events_queue_data(cnghttp2_session *session, stream *stream, const uint8_t *data, size_t length);
void events_queue_closed(cnghttp2_session *session, stream *stream, uint32_t error_code);
// HEADERS_TOO_LARGE or BODY_TOO_LARGE: one of them, once for each stream.
void events_queue_refusal(cnghttp2_session *session, cnghttp2_event_kind kind, stream *stream);
void events_queue_connection(cnghttp2_session *session, cnghttp2_event_kind kind, int32_t stream_id, uint32_t code);
void events_release(events *events);

#pragma clang assume_nonnull end

#endif
