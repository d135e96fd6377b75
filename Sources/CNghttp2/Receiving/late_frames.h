// Frames on streams that are closed, which nghttp2 ignores, though RFC 9113 §5.1 has more to say.
//
// Of DATA that it ignores nghttp2 says nothing, but it calls back for all other DATA: so what comes is noted in its
// order, and what nghttp2 passes over was ignored.
#ifndef CNGHTTP2_LATE_FRAMES_H
#define CNGHTTP2_LATE_FRAMES_H

#include "cnghttp2.h"

#pragma clang assume_nonnull begin

// The streams of the DATA frames that came in this receive, in their order. Zeroed, there are none.
typedef struct {
  int32_t *_Nullable ids;  // owned
  size_t count;
  size_t capacity;
  size_t next;
} late_frames;

void late_frames_note_data(cnghttp2_session *session, int32_t id);
// nghttp2 takes a DATA frame of the stream. False when it is not the next one noted: see `late_frames_judge_until`.
static inline bool late_frames_is_next(late_frames *frames, int32_t id) {
  if (frames->next >= frames->count || frames->ids[frames->next] != id) return false;
  frames->next++;
  return true;
}
// Those noted before the stream's were ignored.
void late_frames_judge_until(cnghttp2_session *session, int32_t id);
// nghttp2 has taken all.
void late_frames_finish(cnghttp2_session *session);
void late_frames_release(late_frames *frames);

// Whether HEADERS on the stream are a fault: it was skipped or has ended.
bool late_frames_are_headers_late(const cnghttp2_session *session, int32_t id);

#pragma clang assume_nonnull end

#endif
