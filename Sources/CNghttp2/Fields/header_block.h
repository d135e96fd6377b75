// Received header lists.
#ifndef CNGHTTP2_HEADER_BLOCK_H
#define CNGHTTP2_HEADER_BLOCK_H

#include <nghttp2/nghttp2.h>

#include "../Memory/held_memory.h"
#include "cnghttp2.h"
#include "message.h"

#pragma clang assume_nonnull begin

// A received header list. It holds references to nghttp2's buffers, so that the fields need no copy. On a server,
// streams whose lists are the same share one: it lives for as long as a stream or the header cache has it, and belongs
// to its pool, which uses it again.
typedef struct header_block {
  cnghttp2_header *_Nullable fields;           // owned; what they point to is in `buffers`
  nghttp2_rcbuf *_Nonnull *_Nullable buffers;  // owned, a reference each; two for each field: name, value
  size_t count;
  size_t capacity;
  size_t list_size;  // RFC 9113 §6.5.2: name + value + 32 for each field
  size_t kept_size;  // the part of it that is in `fields`
  size_t counted;    // the part of that which `held_memory` counts now
  bool too_large;
  uint32_t users;      // the streams that have it
  bool is_remembered;  // the header cache has it
  // What the header cache knows of it once it was remembered:
  uint64_t number;  // among all that the session has remembered, from 1; 0 when it was not
  size_t timeout;   // which of the fields is grpc-timeout; `count` when none is
  message_state message;
  int32_t route;
  bool streaming;
  struct header_block *_Nullable next_free;
} header_block;

typedef struct {
  header_block *_Nullable free;  // owned
  size_t free_count;
  size_t max_list_size;
  held_memory *held;  // borrowed
} header_block_pool;

void header_block_pool_begin(header_block_pool *pool, size_t max_list_size, held_memory *held);
// Once no stream has a header list.
void header_block_pool_release(header_block_pool *pool);
static inline size_t header_block_pool_max_list_size(const header_block_pool *pool) { return pool->max_list_size; }

// An empty one, for one stream.
header_block *header_block_take(header_block_pool *pool);
// For one more stream.
void header_block_share(header_block_pool *pool, header_block *block);
// A stream needs it no longer.
void header_block_drop(header_block_pool *pool, header_block *block);
// The same, if there is one.
static inline void header_block_return(header_block_pool *pool, header_block *_Nullable block) {
  if (block != NULL) header_block_drop(pool, block);
}
// The header cache keeps it whatever streams do, until it is forgotten.
void header_block_remember(header_block *block);
void header_block_forget(header_block_pool *pool, header_block *block);
// Takes references of its own. Beyond the largest size of a list nothing more is kept.
void header_block_add(header_block_pool *pool, header_block *block, nghttp2_rcbuf *name, nghttp2_rcbuf *value);

#pragma clang assume_nonnull end

#endif
