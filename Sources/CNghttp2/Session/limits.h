// What a peer may do in one second, and how large a header list it may send.
#ifndef CNGHTTP2_LIMITS_H
#define CNGHTTP2_LIMITS_H

#include "../Fields/header_block.h"
#include "cnghttp2.h"

#pragma clang assume_nonnull begin

// Counts since a second began, or since what their comments say. Zeroed, nothing has come.
typedef struct {
  uint64_t second_began;
  uint32_t quick_resets;
  uint32_t control_frames;
  uint32_t window_updates;
  uint64_t expected_window_updates;  // for DATA sent and streams opened
  uint32_t continuations;            // of the header block that came last
  uint64_t expected_resets;          // in all: one for each HEADERS that came and each RST_STREAM that did not
} limits;

void limits_begin_receive(cnghttp2_session *session);

// These end the session at the limit.
void limits_count_reset(cnghttp2_session *session, uint64_t opened_at);
void limits_check_header_list(cnghttp2_session *session, const header_block *block);

void limits_count_headers(cnghttp2_session *session);
void limits_count_sent_data(cnghttp2_session *session);
// False when the frame is one too many.
bool limits_count_control(cnghttp2_session *session);
bool limits_count_continuation(cnghttp2_session *session);
bool limits_count_reset_frame(cnghttp2_session *session);
bool limits_count_window_update(cnghttp2_session *session);

#pragma clang assume_nonnull end

#endif
