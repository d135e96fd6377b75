#include "goaway.h"

#include <string.h>

#include "../Session/session.h"

void goaway_end_session(cnghttp2_session *session, uint32_t error_code, const char *reason) {
  goaway *goaway = &session->goaway;
  if (goaway->error_code == 0) {
    goaway->error_code = error_code;
    goaway->reason = reason;
  }
  nghttp2_session_terminate_session(session->nghttp2, error_code);
}

static const char *reason_for(const goaway *goaway, uint32_t error_code) {
  if (error_code == goaway->error_code && goaway->reason != NULL) return goaway->reason;
  if (error_code != NGHTTP2_COMPRESSION_ERROR) return NULL;
  return "a header block that HPACK cannot decode, or a field above 65536 bytes";
}

void goaway_note_sent(cnghttp2_session *session, uint32_t error_code) {
  session->goaway.reason = reason_for(&session->goaway, error_code);
  session->goaway.error_code = error_code;
}

// nghttp2 puts no debug data into the GOAWAY frames that it makes by itself.
const uint8_t *goaway_explained(cnghttp2_session *session, const uint8_t *frame, size_t *length) {
  goaway *goaway = &session->goaway;
  const uint8_t *code = frame + GOAWAY_LENGTH - 4;
  const char *reason =
      reason_for(goaway, (uint32_t)code[0] << 24 | (uint32_t)code[1] << 16 | (uint32_t)code[2] << 8 | code[3]);
  if (*length != GOAWAY_LENGTH || reason == NULL) return frame;
  size_t reason_length = strlen(reason);
  if (reason_length > LONGEST_REASON) reason_length = LONGEST_REASON;
  memcpy(goaway->frame, frame, GOAWAY_LENGTH);
  memcpy(goaway->frame + GOAWAY_LENGTH, reason, reason_length);
  goaway->frame[2] = (uint8_t)(8 + reason_length);
  *length = GOAWAY_LENGTH + reason_length;
  return goaway->frame;
}

void cnghttp2_session_terminate(cnghttp2_session *session, uint32_t error_code) {
  goaway_end_session(session, error_code, NULL);
}

uint32_t cnghttp2_session_error_code(const cnghttp2_session *session) { return session->goaway.error_code; }

const char *cnghttp2_session_end_reason(const cnghttp2_session *session) { return session->goaway.reason; }
