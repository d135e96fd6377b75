#include "session.h"

enum {
  HEADER_BOMB_FACTOR = 8,
  // What a sane peer fills before it sends another CONTINUATION, and how many frames it may send beyond those.
  FULL_FRAME = 16384,
  SPARE_CONTINUATIONS = 8,
};

// What a peer may do in one second.

void limits_begin_receive(cnghttp2_session *session, uint64_t now) {
  session->now = now;
  if (now - session->second_began < 1000000000u) return;
  session->second_began = now;
  session->quick_resets = 0;
  session->control_frames = 0;
  session->window_updates = 0;
  session->expected_window_updates = 0;
}

// The reset rule: streams that end soon after their opening, other than by being answered, are counted by the second.
// It counts the peer's RST_STREAM and those the peer's violations provoke alike; closing an old stream costs nothing.
void limits_count_reset(cnghttp2_session *session, uint64_t opened_at) {
  if (session->now - opened_at >= session->settings.reset_age_ns) return;
  if (++session->quick_resets > session->settings.max_quick_resets) {
    goaway_end_session(session, NGHTTP2_ENHANCE_YOUR_CALM, "too many streams were reset as soon as they were opened");
  }
}

// A list above the limit is decoded to its end for HPACK's sake. One of many times that size is a bomb: fields in the
// table cost the peer a byte each, and this side the work on all of their bytes (RFC 9113 §10.5.1).
void limits_check_header_list(cnghttp2_session *session, const header_block *block) {
  if (block->list_size / HEADER_BOMB_FACTOR >= session->settings.max_header_list) {
    goaway_end_session(session, NGHTTP2_ENHANCE_YOUR_CALM, "a header list of many times the limit");
  }
}

bool limits_count_control(cnghttp2_session *session) {
  return ++session->control_frames <= session->settings.max_control_frames;
}

// nghttp2's own limit counts a frame again for every portion its header comes in, so that it is out of use.
bool limits_count_continuation(cnghttp2_session *session) {
  return ++session->continuations <= session->settings.max_header_list / FULL_FRAME + SPARE_CONTINUATIONS;
}

void limits_count_headers(cnghttp2_session *session) {
  session->continuations = 0;
  session->expected_resets++;
  session->expected_window_updates++;  // some clients raise each new stream's window
}

// A stream may be reset once, also when the answer crosses the reset; what goes beyond resets streams that are gone.
bool limits_count_reset_frame(cnghttp2_session *session) {
  if (session->expected_resets == 0) return limits_count_control(session);
  session->expected_resets--;
  return true;
}

// The most talkative of honest peers gives back both windows for each DATA frame.
void limits_count_sent_data(cnghttp2_session *session) { session->expected_window_updates += 2; }

bool limits_count_window_update(cnghttp2_session *session) {
  if (session->expected_window_updates == 0) return ++session->window_updates <= session->settings.max_window_updates;
  session->expected_window_updates--;
  return true;
}

// Whether a peer may send no more headers on the stream: it was skipped or has ended. Trailers that crossed this side's
// RST_STREAM on their way are no fault (RFC 9113 §5.1).
bool limits_is_used_up(const cnghttp2_session *session, int32_t id) {
  if (id % 2 == 0 || id > nghttp2_session_get_last_proc_stream_id(session->session)) return false;
  return nghttp2_session_find_stream(session->session, id) == NULL && !ended_has(session, id);
}
