#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "../Session/session.h"

static void *checked(void *memory) {
  if (memory == NULL) {
    fputs("cnghttp2: out of memory\n", stderr);
    abort();
  }
  return memory;
}

void *cnghttp2_allocate(size_t size) { return checked(calloc(1, size)); }

void *cnghttp2_reallocate(void *memory, size_t size) { return checked(realloc(memory, size)); }

void byte_buffer_append(size_t *held, byte_buffer *buffer, const uint8_t *bytes, size_t length) {
  if (length == 0) return;
  size_t needed = buffer->length + length;
  if (needed > buffer->capacity) {
    // Doubling keeps appending linear; the first allocation fits a small message exactly.
    size_t capacity = buffer->capacity * 2 > needed ? buffer->capacity * 2 : needed;
    buffer->data = cnghttp2_reallocate(buffer->data, capacity);
    *held += capacity - buffer->capacity;
    buffer->capacity = capacity;
  }
  memcpy(buffer->data + buffer->length, bytes, length);
  buffer->length = needed;
}

void byte_buffer_release(size_t *held, byte_buffer *buffer) {
  *held -= buffer->capacity;
  free(buffer->data);
  *buffer = (byte_buffer){NULL, 0, 0};
}

void cnghttp2_release_free_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
