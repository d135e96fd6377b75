// The SETTINGS with which a session begins.
#ifndef CNGHTTP2_FIRST_SETTINGS_H
#define CNGHTTP2_FIRST_SETTINGS_H

#include "cnghttp2.h"

#pragma clang assume_nonnull begin

typedef struct {
  uint8_t frame[9 + 4 * 6];  // server only: as the peer gets it
} first_settings;

// Submits them, and the connection's window. Returns 0, or what nghttp2 returned.
int first_settings_submit(cnghttp2_session *session);

#pragma clang assume_nonnull end

#endif
