// HEADERS as nghttp2 decodes them: requests and their trailers on a server, responses and theirs on a client.
#ifndef CNGHTTP2_RECEIVED_HEADERS_H
#define CNGHTTP2_RECEIVED_HEADERS_H

#include <nghttp2/nghttp2.h>

#include "../Streams/stream.h"
#include "cnghttp2.h"

#pragma clang assume_nonnull begin

// The header block that is being decoded.
typedef struct {
  stream *_Nullable stream;  // borrowed; NULL when its fields are not needed
  bool kept;                 // false for what is only checked, such as a request's trailers
} received_headers;

// Callbacks of nghttp2.
int received_headers_on_begin(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *user_data);
int received_headers_on_field(nghttp2_session *nghttp2, const nghttp2_frame *frame, nghttp2_rcbuf *name,
                              nghttp2_rcbuf *value, uint8_t flags, void *user_data);

// The block is complete; `end` says that it ends the stream.
void received_headers_end(cnghttp2_session *session, const nghttp2_frame *frame, bool end);
// The stream is closed.
void received_headers_forget(cnghttp2_session *session, const stream *stream);

#pragma clang assume_nonnull end

#endif
