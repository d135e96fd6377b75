// Memory that nghttp2 has freed and will need again.
#ifndef CNGHTTP2_MEMORY_POOL_H
#define CNGHTTP2_MEMORY_POOL_H

#include <nghttp2/nghttp2.h>

#pragma clang assume_nonnull begin

enum { MEMORY_POOL_CLASSES = 33 };

// Owns what it keeps. Zeroed, it is empty.
typedef struct {
  struct kept *_Nullable kept[MEMORY_POOL_CLASSES];  // by size
  size_t size;
} memory_pool;

// What nghttp2 allocates by. `pool` must stay in place for as long as nghttp2's session.
nghttp2_mem memory_pool_for_nghttp2(memory_pool *pool);
// Once nghttp2 uses nothing of it.
void memory_pool_release(memory_pool *pool);

#pragma clang assume_nonnull end

#endif
