// Where a request goes: its scheme and authority (RFC 9113 §8.3.1).
#ifndef CNGHTTP2_REQUEST_TARGET_H
#define CNGHTTP2_REQUEST_TARGET_H

#include "header_block.h"

#pragma clang assume_nonnull begin

// Whether the scheme is one of HTTP's, and :authority and host do not contradict each other.
bool request_target_is_sound(const header_block *head);

#pragma clang assume_nonnull end

#endif
