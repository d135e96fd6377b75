#include "frame_walk.h"

#include <string.h>

#include "../Session/session.h"

enum {
  FRAME_HEAD = 9,
  // What RFC 9113 §4.2 allows every peer, and no setting of ours raises.
  LARGEST_PAYLOAD = 16384,
};

static size_t payload_length(const uint8_t *head) { return (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2]; }

static int32_t stream_id(const uint8_t *head) {
  return (int32_t)((uint32_t)(head[5] & 0x7f) << 24 | (uint32_t)head[6] << 16 | (uint32_t)head[7] << 8 | head[8]);
}

static bool has_pad_length(const uint8_t *head) {
  return head[3] == NGHTTP2_DATA && (head[4] & NGHTTP2_FLAG_PADDED) != 0 && payload_length(head) > 0;
}

static bool brings_nothing(const uint8_t *head, size_t length) {
  if ((head[4] & NGHTTP2_FLAG_END_STREAM) != 0) return false;
  return has_pad_length(head) ? length == 1u + head[FRAME_HEAD] : length == 0;
}

static bool is_within_limits(cnghttp2_session *session, const uint8_t *head) {
  size_t length = payload_length(head);
  switch (head[3]) {
    case NGHTTP2_DATA:
      return !brings_nothing(head, length) || limits_count_control(session);
    case NGHTTP2_HEADERS:
      limits_count_headers(session);
      return true;
    case NGHTTP2_RST_STREAM:
      return limits_count_reset_frame(session);
    case NGHTTP2_WINDOW_UPDATE:
      return limits_count_window_update(session);
    case NGHTTP2_CONTINUATION:
      return limits_count_continuation(session) && (length > 0 || limits_count_control(session));
    default:
      return limits_count_control(session);
  }
}

static frame_violation violation_of(cnghttp2_session *session, const uint8_t *head) {
  size_t length = payload_length(head);
  if (head[3] == NGHTTP2_DATA && !flow_spend_connection(session, length)) {
    return (frame_violation){NGHTTP2_FLOW_CONTROL_ERROR, "DATA beyond the window of the connection"};
  }
  // nghttp2 does not check the padding of what it ignores (RFC 9113 §6.1).
  if (has_pad_length(head) && head[FRAME_HEAD] >= length) {
    return (frame_violation){NGHTTP2_PROTOCOL_ERROR, "a frame has more padding than payload"};
  }
  if (is_within_limits(session, head)) return (frame_violation){NGHTTP2_NO_ERROR, NULL};
  return (frame_violation){NGHTTP2_ENHANCE_YOUR_CALM, "too many control frames"};
}

// False when what comes is not HTTP/2: nghttp2 says so then.
static bool skip_preface(frame_walk *walk, const uint8_t **bytes, const uint8_t *end) {
  while (walk->preface < NGHTTP2_CLIENT_MAGIC_LEN && *bytes < end) {
    if (*(*bytes)++ != (uint8_t)NGHTTP2_CLIENT_MAGIC[walk->preface++]) return false;
  }
  return true;
}

size_t frame_walk_over(cnghttp2_session *session, const uint8_t *bytes, size_t length, frame_violation *violation) {
  frame_walk *walk = &session->walk;
  const uint8_t *start = bytes, *end = bytes + length;
  const uint8_t *frame = bytes;  // where its header begins, or goes on in this portion
  if (!walk->over) walk->over = !skip_preface(walk, &bytes, end);
  while (bytes < end && !walk->over) {
    size_t left = (size_t)(end - bytes);
    if (walk->payload_left > 0) {
      size_t part = walk->payload_left < left ? walk->payload_left : left;
      walk->payload_left -= part;
      bytes += part;
      continue;
    }
    // Of padded DATA nghttp2 gets the header in any case, so that it does not matter in which portions bytes come.
    if (walk->length == 0 || walk->length == FRAME_HEAD) frame = bytes;
    size_t needed = walk->length < FRAME_HEAD ? FRAME_HEAD : FRAME_HEAD + 1;
    size_t part = needed - walk->length < left ? needed - walk->length : left;
    memcpy(walk->head + walk->length, bytes, part);
    walk->length += part;
    bytes += part;
    // nghttp2 takes a frame when these bytes are there.
    if (walk->length == FRAME_HEAD && walk->head[3] == NGHTTP2_DATA) {
      late_frames_note_data(session, stream_id(walk->head));
    }
    if (walk->length < needed || (needed == FRAME_HEAD && has_pad_length(walk->head))) continue;
    size_t payload = payload_length(walk->head);
    if (payload > LARGEST_PAYLOAD) {
      walk->over = true;  // nghttp2 ends the session for it
      break;
    }
    *violation = violation_of(session, walk->head);
    if (violation->error_code != NGHTTP2_NO_ERROR) {
      walk->over = true;
      return (size_t)(frame - start);
    }
    walk->payload_left = payload - (walk->length - FRAME_HEAD);
    walk->length = 0;
  }
  return length;
}
