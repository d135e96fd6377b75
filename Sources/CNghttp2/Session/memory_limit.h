// How much memory one connection may make the process hold.
#ifndef CNGHTTP2_MEMORY_LIMIT_H
#define CNGHTTP2_MEMORY_LIMIT_H

#include "cnghttp2.h"

#pragma clang assume_nonnull begin

// Beside `held_memory`.
typedef struct {
  size_t by_application;
  size_t most;  // the largest `cnghttp2_session_held_bytes` that `memory_limit_check` saw
} memory_limit;

// Whether there is room for new streams.
bool memory_limit_allows_streams(const cnghttp2_session *session);
// Ends a server's session that holds too much.
void memory_limit_check(cnghttp2_session *session);

#pragma clang assume_nonnull end

#endif
