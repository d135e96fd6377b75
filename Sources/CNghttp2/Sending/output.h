// Bytes to send.
#ifndef CNGHTTP2_OUTPUT_H
#define CNGHTTP2_OUTPUT_H

#include "cnghttp2.h"

#pragma clang assume_nonnull begin

typedef struct {
  const uint8_t *_Nullable unsent;  // borrowed: the rest of the frame that comes next
  size_t unsent_length;
} output;

// Sends these bytes first. They must stay in place until they are sent.
void output_begin(output *output, const uint8_t *bytes, size_t length);

#pragma clang assume_nonnull end

#endif
