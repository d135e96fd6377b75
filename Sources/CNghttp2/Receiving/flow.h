// Flow control of what a server receives (RFC 9113 §6.9). It tells when the peer goes too far; the caller resets the
// stream or ends the session.
#ifndef CNGHTTP2_FLOW_H
#define CNGHTTP2_FLOW_H

#include "../Streams/credit.h"
#include "cnghttp2.h"

#pragma clang assume_nonnull begin

typedef struct {
  credit connection;
  size_t queued_before_settings;  // frames in nghttp2's queue
} flow;

void flow_begin(cnghttp2_session *session);
// False when the connection's credit is exceeded.
bool flow_spend_connection(cnghttp2_session *session, size_t length);
// A WINDOW_UPDATE was sent, for the connection when `stream_id` is 0.
void flow_granted(cnghttp2_session *session, int32_t stream_id, int32_t increment);
// Before nghttp2 takes SETTINGS.
void flow_note_queue(cnghttp2_session *session);
// Whether the SETTINGS that nghttp2 took overflow the window of a stream.
bool flow_settings_overflow(const cnghttp2_session *session);

#pragma clang assume_nonnull end

#endif
