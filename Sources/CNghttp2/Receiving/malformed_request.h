// Requests that break RFC 9113 §8.
#ifndef CNGHTTP2_MALFORMED_REQUEST_H
#define CNGHTTP2_MALFORMED_REQUEST_H

#include "../Streams/stream.h"
#include "cnghttp2.h"

#pragma clang assume_nonnull begin

typedef struct {
  cnghttp2_fault fault;  // the first one since it was taken
} malformed_request;

// Resets the request's stream for `fault`, unless one of its fields was malformed before.
void malformed_request_reset(cnghttp2_session *session, stream *stream, cnghttp2_fault fault);

#pragma clang assume_nonnull end

#endif
