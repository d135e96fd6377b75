// Bytes of a body that wait to be sent. Inline, since every call has one.
#ifndef CNGHTTP2_OUTGOING_BODY_H
#define CNGHTTP2_OUTGOING_BODY_H

#include <string.h>

#include "../Memory/byte_buffer.h"
#include "../Memory/bytes.h"

#pragma clang assume_nonnull begin

// Zeroed, it is empty. What is unsent counts in `held_memory` as well.
typedef struct {
  byte_buffer bytes;
  size_t sent;  // of them
} outgoing_body;

static inline size_t outgoing_body_unsent(const outgoing_body *body) { return body->bytes.length - body->sent; }

// Copies the bytes.
static inline void outgoing_body_append(outgoing_body *body, held_memory *held, const uint8_t *_Nullable bytes,
                                        size_t length) {
  if (body->sent > 0 && body->sent >= body->bytes.length / 2) {
    body->bytes.length -= body->sent;
    memmove(body->bytes.data, body->bytes.data + body->sent, body->bytes.length);
    body->sent = 0;
  }
  byte_buffer_append(&body->bytes, held, bytes, length);
  held_memory_add_unsent(held, length);
}

// Copies the next bytes to `buffer`, at most `length`, and returns how many.
static inline size_t outgoing_body_read(outgoing_body *body, held_memory *held, uint8_t *buffer, size_t length) {
  size_t left = outgoing_body_unsent(body);
  size_t part = left < length ? left : length;
  bytes_copy(buffer, body->bytes.data + body->sent, part);
  body->sent += part;
  held_memory_remove_unsent(held, part);
  if (part == left) body->bytes.length = body->sent = 0;
  return part;
}

// Empties it, for another body.
static inline void outgoing_body_recycle(outgoing_body *body, held_memory *held) {
  held_memory_remove_unsent(held, outgoing_body_unsent(body));
  byte_buffer_recycle(&body->bytes, held);
  body->sent = 0;
}

// Empties it, and frees its memory.
static inline void outgoing_body_release(outgoing_body *body, held_memory *held) {
  held_memory_remove_unsent(held, outgoing_body_unsent(body));
  byte_buffer_release(&body->bytes, held);
  body->sent = 0;
}

#pragma clang assume_nonnull end

#endif
