// One stream (RFC 9113 §5): a call on a server, a request on a client.
#ifndef CNGHTTP2_STREAM_H
#define CNGHTTP2_STREAM_H

#include <nghttp2/nghttp2.h>

#include "../Fields/header_block.h"
#include "../Fields/message.h"
#include "../Memory/held_memory.h"
#include "answer_trailers.h"
#include "cnghttp2.h"
#include "credit.h"
#include "outgoing_body.h"
#include "received_body.h"

#pragma clang assume_nonnull begin

typedef struct stream {
  int32_t id;
  uint32_t slot;
  int32_t route;
  uint64_t opened_at;
  bool streaming;       // the application takes DATA events; else the body is collected
  bool announced;       // the application has seen an event of this stream
  bool opened_queued;   // OPENED is queued or was taken
  bool started_queued;  // BODY_STARTED is queued or was taken
  bool refused_queued;  // HEADERS_TOO_LARGE or BODY_TOO_LARGE is queued or was taken
  bool received_end;    // END_STREAM came
  bool touched;         // on the table's list of streams to check when a receive ends
  bool undecided;       // server only: the table counts it as open without any answer
  bool answer_started;  // headers are submitted
  bool answer_ended;    // no more is to be submitted
  bool early_end;       // the answer ended before the request did, and its end is not yet sent
  bool reset_by_us;
  bool full;                         // the application was told FULL and waits for WRITABLE
  bool closed;                       // nghttp2 has closed it
  bool malformed;                    // server only: a field or the body's length breaks RFC 9113 §8
  message_state message;             // server only
  uint64_t received_length;          // server only: bytes of DATA without padding
  header_block *_Nullable head;      // taken or shared: to be returned to the pool
  nghttp2_rcbuf *_Nullable timeout;  // a reference to the value of grpc-timeout, when it is not the one in `head`
  header_block *_Nullable trailers;  // client only; like `head`
  received_body body;
  outgoing_body out;
  answer_trailers answer_trailers;
  credit credit;
  size_t held;                    // `held_memory` counts this for the stream, beside its buffers and header lists
  struct stream *_Nullable next;  // in one of the table's lists
} stream;

// Memory that goes with the stream, if it is not released before.
static inline void stream_hold(stream *stream, held_memory *held, size_t size) {
  stream->held += size;
  held_memory_add(held, size);
}

static inline void stream_release_held(stream *stream, held_memory *held, size_t size) {
  if (size > stream->held) size = stream->held;
  stream->held -= size;
  held_memory_remove(held, size);
}

void stream_release_timeout(stream *stream);
// Releases all that it has but small buffers, and makes it as good as new.
void stream_recycle(stream *stream, header_block_pool *blocks, held_memory *held);
void stream_free(stream *stream, header_block_pool *blocks, held_memory *held);

#pragma clang assume_nonnull end

#endif
