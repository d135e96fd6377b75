// Bytes that grow.
#ifndef CNGHTTP2_BYTE_BUFFER_H
#define CNGHTTP2_BYTE_BUFFER_H

#include <stdint.h>

#include "held_memory.h"

#pragma clang assume_nonnull begin

// Owns `data`, which `held` counts by `capacity`. Zeroed, it is empty.
typedef struct {
  uint8_t *_Nullable data;
  size_t length;
  size_t capacity;
} byte_buffer;

// Copies the bytes.
void byte_buffer_append(byte_buffer *buffer, held_memory *held, const uint8_t *_Nullable bytes, size_t length);
void byte_buffer_release(byte_buffer *buffer, held_memory *held);
// Empties it. Memory for small messages stays, so that the next one needs no allocation.
static inline void byte_buffer_recycle(byte_buffer *buffer, held_memory *held) {
  enum { MAX_RECYCLED = 4096 };
  if (buffer->capacity > MAX_RECYCLED) byte_buffer_release(buffer, held);
  buffer->length = 0;
}

#pragma clang assume_nonnull end

#endif
