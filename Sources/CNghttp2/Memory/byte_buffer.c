#include "byte_buffer.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

void byte_buffer_append(byte_buffer *buffer, held_memory *held, const uint8_t *bytes, size_t length) {
  if (length == 0) return;
  size_t needed = buffer->length + length;
  if (needed > buffer->capacity) {
    // Doubling keeps appending linear; the first allocation fits a small message exactly.
    size_t capacity = buffer->capacity * 2 > needed ? buffer->capacity * 2 : needed;
    buffer->data = cnghttp2_reallocate(buffer->data, capacity);
    held_memory_add(held, capacity - buffer->capacity);
    buffer->capacity = capacity;
  }
  memcpy(buffer->data + buffer->length, bytes, length);
  buffer->length = needed;
}

void byte_buffer_release(byte_buffer *buffer, held_memory *held) {
  held_memory_remove(held, buffer->capacity);
  free(buffer->data);
  *buffer = (byte_buffer){NULL, 0, 0};
}
