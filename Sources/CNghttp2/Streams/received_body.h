// The body of a unary request, as far as it has come.
#ifndef CNGHTTP2_RECEIVED_BODY_H
#define CNGHTTP2_RECEIVED_BODY_H

#include "../Memory/byte_buffer.h"

#pragma clang assume_nonnull begin

// At most one chunk is borrowed, while nothing is copied. Zeroed, it is empty.
typedef struct {
  const uint8_t *_Nullable borrowed;  // still in the caller's input
  size_t borrowed_length;
  byte_buffer copied;
} received_body;

static inline size_t received_body_length(const received_body *body) {
  return body->copied.length + body->borrowed_length;
}

// All of it in one piece: the body's, or the caller's input. Valid until the body changes.
static inline const uint8_t *_Nullable received_body_bytes(const received_body *body) {
  return body->copied.length > 0 ? body->copied.data : body->borrowed;
}

// Copies the bytes.
void received_body_append(received_body *body, held_memory *held, const uint8_t *bytes, size_t length);
// Borrows the first chunk until the next one or `received_body_keep`; copies later ones.
static inline void received_body_add(received_body *body, held_memory *held, const uint8_t *bytes, size_t length) {
  if (received_body_length(body) > 0) {
    received_body_append(body, held, bytes, length);
    return;
  }
  body->borrowed = bytes;
  body->borrowed_length = length;
}
// Copies what is borrowed, since the input goes away.
void received_body_keep(received_body *body, held_memory *held);
// Empties it, for another request or because it is not read any more.
static inline void received_body_recycle(received_body *body, held_memory *held) {
  byte_buffer_recycle(&body->copied, held);
  body->borrowed_length = 0;
}
void received_body_release(received_body *body, held_memory *held);

#pragma clang assume_nonnull end

#endif
