// What RFC 9113 §8 asks of a request's fields.
#ifndef CNGHTTP2_MESSAGE_H
#define CNGHTTP2_MESSAGE_H

#include <nghttp2/nghttp2.h>

#include "cnghttp2.h"

#pragma clang assume_nonnull begin

// What a request's fields have said so far.
typedef struct {
  uint32_t seen;
  cnghttp2_fault fault : 8;  // the first one
  int64_t content_length;    // -1 without one
} message_state;

void message_begin(message_state *message);
// Whether the field may stand where it stands.
bool message_takes(message_state *message, nghttp2_vec name, nghttp2_vec value, bool is_trailer);
bool message_head_is_complete(message_state *message);
// Keeps what is wrong, unless something was before; always false.
bool message_fails(message_state *message, cnghttp2_fault fault);
static inline cnghttp2_fault message_fault(const message_state *message) { return message->fault; }
// Whether a body of this length is what content-length announced, and whether one may have come so far.
static inline bool message_announces(const message_state *message, uint64_t length) {
  return message->content_length == -1 || (uint64_t)message->content_length == length;
}
static inline bool message_allows(const message_state *message, uint64_t length) {
  return message->content_length == -1 || (uint64_t)message->content_length >= length;
}
// RFC 9113 §8.2.1: no control characters but tabs, and no blanks at either end.
bool message_value_is_valid(const uint8_t *value, size_t length);

#pragma clang assume_nonnull end

#endif
