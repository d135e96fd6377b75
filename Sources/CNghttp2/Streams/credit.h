// How many bytes of DATA the peer may still send, on one stream or on the connection.
//
// nghttp2 counts a window as returned when it queues the WINDOW_UPDATE, and lets a peer that ignores windows go half a
// window too far each time. Here credit is what was handed out to be sent, so a peer that keeps to RFC 9113 §6.9 never
// falls below zero.
#ifndef CNGHTTP2_CREDIT_H
#define CNGHTTP2_CREDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum { FIRST_WINDOW = 65535 };  // RFC 9113 §6.9.2

typedef struct {
  int64_t left;
} credit;

typedef enum {
  CREDIT_LEFT,
  CREDIT_EXCEEDED_NOW,     // by these bytes
  CREDIT_EXCEEDED_BEFORE,  // by earlier ones already
} credit_verdict;

static inline void credit_begin(credit *credit, int64_t window) { credit->left = window; }

static inline void credit_grant(credit *credit, int32_t increment) { credit->left += increment; }

static inline credit_verdict credit_spend(credit *credit, size_t length) {
  bool had_credit = credit->left >= 0;
  credit->left -= (int64_t)length;
  if (credit->left >= 0) return CREDIT_LEFT;
  return had_credit ? CREDIT_EXCEEDED_NOW : CREDIT_EXCEEDED_BEFORE;
}

#pragma clang assume_nonnull end

#endif
