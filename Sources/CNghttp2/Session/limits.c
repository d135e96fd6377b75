#include "limits.h"

#include "session.h"

enum {
  HEADER_BOMB_FACTOR = 8,
  // What a sane peer fills before it sends another CONTINUATION, and how many frames it may send beyond those.
  FULL_FRAME = 16384,
  SPARE_CONTINUATIONS = 8,
};

void limits_begin_receive(cnghttp2_session *session) {
  limits *limits = &session->limits;
  if (session->now - limits->second_began < 1000000000u) return;
  limits->second_began = session->now;
  limits->quick_resets = 0;
  limits->control_frames = 0;
  limits->window_updates = 0;
  limits->expected_window_updates = 0;
}

// The reset rule: streams that end soon after their opening, other than by being answered, are counted by the second.
// It counts the peer's RST_STREAM and those the peer's violations provoke alike; closing an old stream costs nothing.
void limits_count_reset(cnghttp2_session *session, uint64_t opened_at) {
  if (session->now - opened_at >= session->settings.reset_age_ns) return;
  if (++session->limits.quick_resets > session->settings.max_quick_resets) {
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
  return ++session->limits.control_frames <= session->settings.max_control_frames;
}

// nghttp2's own limit counts a frame again for every portion its header comes in, so it is switched off.
bool limits_count_continuation(cnghttp2_session *session) {
  return ++session->limits.continuations <= session->settings.max_header_list / FULL_FRAME + SPARE_CONTINUATIONS;
}

void limits_count_headers(cnghttp2_session *session) {
  session->limits.continuations = 0;
  session->limits.expected_resets++;
  session->limits.expected_window_updates++;  // some clients raise each new stream's window
}

// A stream may be reset once, also when the answer crosses the reset; any more reset streams that are gone.
bool limits_count_reset_frame(cnghttp2_session *session) {
  if (session->limits.expected_resets == 0) return limits_count_control(session);
  session->limits.expected_resets--;
  return true;
}

// The most talkative of honest peers returns both windows for each DATA frame.
void limits_count_sent_data(cnghttp2_session *session) { session->limits.expected_window_updates += 2; }

bool limits_count_window_update(cnghttp2_session *session) {
  if (session->limits.expected_window_updates == 0) {
    return ++session->limits.window_updates <= session->settings.max_window_updates;
  }
  session->limits.expected_window_updates--;
  return true;
}
