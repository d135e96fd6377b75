// Comparing and copying bytes, which stay their owner's.
#ifndef CNGHTTP2_BYTES_H
#define CNGHTTP2_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang assume_nonnull begin

static inline bool bytes_are(const uint8_t *bytes, size_t length, const char *text) {
  return length == strlen(text) && memcmp(bytes, text, length) == 0;
}

// Whether they are the same but for the case of ASCII letters.
bool bytes_match(const uint8_t *left, size_t left_length, const uint8_t *right, size_t right_length);

// C forbids memcpy from or to NULL, also of no bytes.
static inline void bytes_copy(uint8_t *_Nullable to, const uint8_t *_Nullable from, size_t length) {
  if (length > 0) memcpy(to, from, length);
}

#pragma clang assume_nonnull end

#endif
