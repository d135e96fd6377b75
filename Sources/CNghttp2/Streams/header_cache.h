// The header lists that a server's peer has sent last.
//
// A peer asks with the same few header lists again and again. One that is the same as an earlier one needs neither to
// be checked nor to be kept a second time, and the application knows it by its number. Fields out of HPACK's table are
// the same memory each time, so that few bytes are compared. grpc-timeout may differ, since most peers send the time
// that is left. What can be learned from how long a comparison takes is no more than HPACK's own table gives away (RFC
// 7541 §7.1): lists of one connection are compared with each other only.
#ifndef CNGHTTP2_HEADER_CACHE_H
#define CNGHTTP2_HEADER_CACHE_H

#include "../Fields/header_block.h"
#include "cnghttp2.h"
#include "stream.h"

#pragma clang assume_nonnull begin

typedef struct {
  header_block_pool *blocks;                             // borrowed
  header_block *_Nullable lists[CNGHTTP2_RECENT_LISTS];  // each remembered; a ring, by number
  uint64_t count;                                        // of all that were remembered
  header_block
      *_Nullable likely;  // the one that the list being decoded has been the same as; NULL when it differs from all
  size_t likely_fields;   // for how many fields
  cnghttp2_header *_Nullable lent;  // owned: a shared list with a timeout of its own, while its event is handled
} header_cache;

typedef enum {
  HEADER_CACHE_NONE,    // there is no remembered list to compare with
  HEADER_CACHE_SAME,    // so far the list is the same as a remembered one
  HEADER_CACHE_PARTED,  // it is not any more: see `header_cache_part`
} header_cache_verdict;

void header_cache_begin(header_cache *cache, header_block_pool *blocks);
void header_cache_release(header_cache *cache);

// A list is going to be decoded. False when there is none to compare it with.
bool header_cache_begin_list(header_cache *cache);
// `header_cache_take` for nearly every field: it is the very memory of the likely list's, out of HPACK's table. Inline
// in nghttp2's callback, which is called for every field.
static inline bool header_cache_continues(header_cache *cache, const nghttp2_rcbuf *name, const nghttp2_rcbuf *value) {
  const header_block *likely = cache->likely;
  size_t at = cache->likely_fields;
  if (likely == NULL || at >= likely->count) return false;
  if (likely->buffers[at * 2] != name || likely->buffers[at * 2 + 1] != value) return false;
  cache->likely_fields++;
  return true;
}
// Compares the stream's next field. A timeout that differs becomes the stream's.
header_cache_verdict header_cache_take(header_cache *cache, stream *stream, nghttp2_rcbuf *name, nghttp2_rcbuf *value);
// When the whole list was a remembered one, the stream shares it.
header_cache_verdict header_cache_end_list(header_cache *cache, stream *stream);
// The list with which the one being decoded parted, and in how many fields they were the same. The cache's still.
const header_block *header_cache_part(header_cache *cache, size_t *count);
// The value of a field in the stream's list, which for grpc-timeout may be the stream's own.
nghttp2_rcbuf *header_cache_value(const header_block *block, size_t at, const stream *stream);

// Remembers the stream's list.
void header_cache_remember(header_cache *cache, stream *stream);
// The number and the timeout of the stream's list. What the event points to is the cache's, until the next event.
void header_cache_fill(header_cache *cache, const stream *stream, cnghttp2_event *event);

#pragma clang assume_nonnull end

#endif
