// A server's graceful shutdown (RFC 9113 §6.8): a GOAWAY as a notice, then one with the last stream.
//
// A GOAWAY says what it says at the moment at which it is written, but nghttp2 sends SETTINGS and PING ahead of all
// that waits, and sends a GOAWAY with the last stream of the moment at which it was queued. So what belongs to a
// shutdown is queued when it is its turn.
#ifndef CNGHTTP2_SHUTDOWN_H
#define CNGHTTP2_SHUTDOWN_H

#include <nghttp2/nghttp2.h>

#include "cnghttp2.h"

#pragma clang assume_nonnull begin

// Of the GOAWAY that is the notice. Zeroed, there is none.
typedef enum {
  NOTICE_NONE,    // then QUEUED, or ASKED
  NOTICE_QUEUED,  // it waits to be sent; then ASKED
  NOTICE_ASKED,   // a PING asks the peer whether it has come; then NONE
} shutdown_notice;

typedef struct {
  shutdown_notice notice;
  bool last_goaway_wanted;  // it is not queued yet
} shutdown_state;

static inline bool shutdown_wants_goaway(const shutdown_state *shutdown) { return shutdown->last_goaway_wanted; }
// Unless frames wait before it.
void shutdown_queue_last_goaway(cnghttp2_session *session);
void shutdown_goaway_sent(cnghttp2_session *session, const nghttp2_goaway *frame);
// Which event an acknowledged PING is.
cnghttp2_event_kind shutdown_pong_kind(cnghttp2_session *session, const uint8_t *opaque);

#pragma clang assume_nonnull end

#endif
