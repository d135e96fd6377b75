// DATA: bodies of unary requests, and what streams carry.
#ifndef CNGHTTP2_RECEIVED_DATA_H
#define CNGHTTP2_RECEIVED_DATA_H

#include <nghttp2/nghttp2.h>

#include "cnghttp2.h"

#pragma clang assume_nonnull begin

// A callback of nghttp2.
int received_data_on_chunk(nghttp2_session *nghttp2, uint8_t flags, int32_t stream_id, const uint8_t *data,
                           size_t length, void *user_data);

// Server: a padded frame of this length begins. Padding counts (RFC 9113 §6.1), and chunks have none of it.
void received_data_begin_padded(cnghttp2_session *session, int32_t stream_id, size_t length);
// A frame ended the stream.
void received_data_end(cnghttp2_session *session, int32_t stream_id);
// The receive ends: copies what unary bodies borrow of the input, and queues the events of those that are not complete.
void received_data_keep(cnghttp2_session *session);

#pragma clang assume_nonnull end

#endif
