#include "late_frames.h"

#include <stdlib.h>

#include "../Memory/memory.h"
#include "../Session/session.h"

void late_frames_note_data(cnghttp2_session *session, int32_t id) {
  late_frames *frames = &session->late;
  if (frames->count == frames->capacity) {
    frames->capacity = frames->capacity == 0 ? 64 : frames->capacity * 2;
    frames->ids = cnghttp2_reallocate(frames->ids, frames->capacity * sizeof *frames->ids);
  }
  frames->ids[frames->count++] = id;
}

// RFC 9113 §6.1 makes it an error of the stream, and §5.1 allows it on a stream that this side has ended.
static void judge_data(cnghttp2_session *session, int32_t id) {
  nghttp2_session *nghttp2 = session->nghttp2;
  if (id > nghttp2_session_get_last_proc_stream_id(nghttp2) || nghttp2_session_find_stream(nghttp2, id) != NULL) return;
  if (ended_streams_has(&session->ended, id)) return;
  nghttp2_submit_rst_stream(nghttp2, NGHTTP2_FLAG_NONE, id, NGHTTP2_STREAM_CLOSED);
  // Like a stream that is reset as soon as it is opened: both cost this side an answer for no result.
  limits_count_reset(session, session->now);
}

void late_frames_judge_until(cnghttp2_session *session, int32_t id) {
  late_frames *frames = &session->late;
  while (frames->next < frames->count) {
    int32_t noted = frames->ids[frames->next++];
    if (noted == id) return;
    judge_data(session, noted);
  }
}

void late_frames_finish(cnghttp2_session *session) {
  late_frames *frames = &session->late;
  // A session that is ending reads nothing any more.
  while (frames->next < frames->count && nghttp2_session_want_read(session->nghttp2) != 0) {
    judge_data(session, frames->ids[frames->next++]);
  }
  frames->next = frames->count = 0;
}

void late_frames_release(late_frames *frames) { free(frames->ids); }

// Trailers that crossed this side's RST_STREAM on their way are allowed (RFC 9113 §5.1).
bool late_frames_are_headers_late(const cnghttp2_session *session, int32_t id) {
  if (id % 2 == 0 || id > nghttp2_session_get_last_proc_stream_id(session->nghttp2)) return false;
  return nghttp2_session_find_stream(session->nghttp2, id) == NULL && !ended_streams_has(&session->ended, id);
}
