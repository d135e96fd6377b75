// The streams that this side ended while the peer could still send: what was on its way then is allowed (RFC 9113
// §5.1). nghttp2 forgets each stream that is closed, so their identifiers are kept here for as long as frames may
// travel.
#ifndef CNGHTTP2_ENDED_STREAMS_H
#define CNGHTTP2_ENDED_STREAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct {
  int32_t *_Nullable ids;  // owned; a hash table
  size_t count;
  size_t capacity;
} id_set;

// Zeroed, it is empty.
typedef struct {
  id_set generations[2];  // this one and the one before
  uint64_t began;
} ended_streams;

void ended_streams_note(ended_streams *ended, int32_t id, uint64_t now);
bool ended_streams_has(const ended_streams *ended, int32_t id);
void ended_streams_release(ended_streams *ended);

#pragma clang assume_nonnull end

#endif
