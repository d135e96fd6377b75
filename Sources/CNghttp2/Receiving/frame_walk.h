// The headers of received frames, read ahead of nghttp2.
//
// nghttp2 calls back neither for frames it does not know nor for DATA it ignores, so such frames, which cost work for
// no result, are counted here.
#ifndef CNGHTTP2_FRAME_WALK_H
#define CNGHTTP2_FRAME_WALK_H

#include "cnghttp2.h"

#pragma clang assume_nonnull begin

// Where in the received frames a server's session is. Zeroed, it is before the first byte.
typedef struct {
  size_t preface;    // bytes of the client's connection preface that came
  uint8_t head[10];  // a frame's header, with the pad length of padded DATA
  size_t length;
  size_t payload_left;
  bool over;  // nothing more is read
} frame_walk;

// What the session has to end for.
typedef struct {
  uint32_t error_code;
  const char *_Nullable reason;  // a constant
} frame_violation;

// How many of the bytes come before the frame that the session has to end for, which sets `violation`.
size_t frame_walk_over(cnghttp2_session *session, const uint8_t *bytes, size_t length, frame_violation *violation);

#pragma clang assume_nonnull end

#endif
