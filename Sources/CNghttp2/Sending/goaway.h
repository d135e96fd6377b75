// How this side ends a session: the code of its GOAWAY (RFC 9113 §6.8), and why, for the peer and for operators.
#ifndef CNGHTTP2_GOAWAY_H
#define CNGHTTP2_GOAWAY_H

#include "cnghttp2.h"

#pragma clang assume_nonnull begin

// A GOAWAY without its debug data, and the most of that.
enum { GOAWAY_LENGTH = 9 + 8, LONGEST_REASON = 100 };

typedef struct {
  uint32_t error_code;           // 0 while this side has not ended the session
  const char *_Nullable reason;  // a constant; NULL where the code has to do
  uint8_t frame[GOAWAY_LENGTH + LONGEST_REASON];
} goaway;

// Ends the session by GOAWAY. `reason` is a constant, or NULL. Of several ends the first one's code and reason stay.
void goaway_end_session(cnghttp2_session *session, uint32_t error_code, const char *_Nullable reason);
// The GOAWAY that the peer gets has this code.
void goaway_note_sent(cnghttp2_session *session, uint32_t error_code);
// The frame to send in place of nghttp2's GOAWAY, and its length: with the reason, when there is one. The session's,
// until the next GOAWAY.
const uint8_t *goaway_explained(cnghttp2_session *session, const uint8_t *frame, size_t *length);

#pragma clang assume_nonnull end

#endif
