// The head of a request: its header list, checked or known from the header cache, and the route that it names.
#ifndef CNGHTTP2_REQUEST_HEAD_H
#define CNGHTTP2_REQUEST_HEAD_H

#include <nghttp2/nghttp2.h>

#include "../Streams/stream.h"
#include "cnghttp2.h"

#pragma clang assume_nonnull begin

void request_head_begin(cnghttp2_session *session, stream *stream);
// The next field, unless `header_cache_continues` has taken it.
void request_head_take(cnghttp2_session *session, stream *stream, nghttp2_rcbuf *name, nghttp2_rcbuf *value);
// Whether the request is what RFC 9113 §8 allows.
bool request_head_end(cnghttp2_session *session, stream *stream);

#pragma clang assume_nonnull end

#endif
