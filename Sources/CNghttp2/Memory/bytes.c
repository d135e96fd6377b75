#include "bytes.h"

static uint8_t lower(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte | 0x20) : byte; }

bool bytes_match(const uint8_t *left, size_t left_length, const uint8_t *right, size_t right_length) {
  if (left_length != right_length) return false;
  for (size_t i = 0; i < left_length; i++) {
    if (lower(left[i]) != lower(right[i])) return false;
  }
  return true;
}
