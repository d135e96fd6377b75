// The trailers of an answer, from their submission until they are sent.
#ifndef CNGHTTP2_ANSWER_TRAILERS_H
#define CNGHTTP2_ANSWER_TRAILERS_H

#include <nghttp2/nghttp2.h>
#include <stdlib.h>

#include "cnghttp2.h"

#pragma clang assume_nonnull begin

// Zeroed, there are none. nghttp2 reads the fields while it sends them, after which it closes the stream.
typedef struct {
  nghttp2_nv fields[CNGHTTP2_MAX_TRAILERS];
  size_t count;
  uint8_t *_Nullable memory;  // owned; copies of what is not permanent in `fields`
} answer_trailers;

// Copies what is not permanent, and returns how many bytes that are.
size_t answer_trailers_set(answer_trailers *trailers, const cnghttp2_header *_Nullable fields, size_t count);
// Submits them to nghttp2 after the body. False when there are none.
static inline bool answer_trailers_submit(const answer_trailers *trailers, nghttp2_session *nghttp2,
                                          int32_t stream_id) {
  if (trailers->count == 0) return false;
  nghttp2_submit_trailer(nghttp2, stream_id, trailers->fields, trailers->count);
  return true;
}
static inline void answer_trailers_release(answer_trailers *trailers) {
  free(trailers->memory);
  trailers->memory = NULL;
}

#pragma clang assume_nonnull end

#endif
