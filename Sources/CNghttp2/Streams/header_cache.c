#include "header_cache.h"

#include <stdlib.h>
#include <string.h>

#include "../Memory/bytes.h"
#include "../Memory/memory.h"

// gRPC over HTTP/2: eight digits and a unit.
enum { LONGEST_TIMEOUT = 9 };

static bool is_timeout(nghttp2_rcbuf *name) {
  nghttp2_vec bytes = nghttp2_rcbuf_get_buf(name);
  return bytes_are(bytes.base, bytes.len, "grpc-timeout");
}

// `count` when there is none, or more than one.
static size_t find_timeout(const header_block *block) {
  size_t found = block->count;
  for (size_t at = 0; at < block->count; at++) {
    if (!is_timeout(block->buffers[at * 2])) continue;
    if (found < block->count) return block->count;
    found = at;
  }
  return found;
}

static bool is_same(nghttp2_rcbuf *left, nghttp2_rcbuf *right) {
  if (left == right) return true;
  nghttp2_vec bytes = nghttp2_rcbuf_get_buf(left), others = nghttp2_rcbuf_get_buf(right);
  return bytes.len == others.len && memcmp(bytes.base, others.base, bytes.len) == 0;
}

static bool has_field(const header_block *block, size_t at, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  return at < block->count && is_same(name, block->buffers[at * 2]) && is_same(value, block->buffers[at * 2 + 1]);
}

static bool begins_alike(const header_block *left, const header_block *right, size_t count) {
  for (size_t at = 0; at < count; at++) {
    if (!has_field(left, at, right->buffers[at * 2], right->buffers[at * 2 + 1])) return false;
  }
  return true;
}

// Whether it differs from the likely list in the time only, and is sure to be kept in its place.
static bool takes_timeout(const header_cache *cache, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  const header_block *likely = cache->likely;
  if (cache->likely_fields != likely->timeout || likely->timeout == likely->count || !is_timeout(name)) return false;
  nghttp2_vec bytes = nghttp2_rcbuf_get_buf(value);
  return bytes.len <= LONGEST_TIMEOUT && message_value_is_valid(bytes.base, bytes.len) &&
         likely->list_size + LONGEST_TIMEOUT <= header_block_pool_max_list_size(cache->blocks);
}

nghttp2_rcbuf *header_cache_value(const header_block *block, size_t at, const stream *stream) {
  return at == block->timeout && stream->timeout != NULL ? stream->timeout : block->buffers[at * 2 + 1];
}

const header_block *header_cache_part(header_cache *cache, size_t *count) {
  const header_block *likely = cache->likely;
  cache->likely = NULL;
  *count = cache->likely_fields;
  return likely;
}

void header_cache_begin(header_cache *cache, header_block_pool *blocks) { *cache = (header_cache){.blocks = blocks}; }

bool header_cache_begin_list(header_cache *cache) {
  cache->likely_fields = 0;
  if (cache->likely == NULL && cache->count > 0) {
    cache->likely = cache->lists[cache->count % CNGHTTP2_RECENT_LISTS];
  }
  return cache->likely != NULL;
}

header_cache_verdict header_cache_take(header_cache *cache, stream *stream, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  if (cache->likely == NULL) return HEADER_CACHE_NONE;
  size_t at = cache->likely_fields;
  if (has_field(cache->likely, at, name, value)) {
    cache->likely_fields++;
    return HEADER_CACHE_SAME;
  }
  if (takes_timeout(cache, name, value)) {
    nghttp2_rcbuf_incref(value);
    stream->timeout = value;
    cache->likely_fields++;
    return HEADER_CACHE_SAME;
  }
  for (size_t i = 0; i < CNGHTTP2_RECENT_LISTS && stream->timeout == NULL; i++) {
    header_block *other = cache->lists[i];
    if (other == NULL || !has_field(other, at, name, value) || !begins_alike(other, cache->likely, at)) continue;
    cache->likely = other;
    cache->likely_fields++;
    return HEADER_CACHE_SAME;
  }
  return HEADER_CACHE_PARTED;
}

static header_block *whole(const header_cache *cache, const stream *stream) {
  header_block *likely = cache->likely;
  if (cache->likely_fields == likely->count) return likely;
  for (size_t i = 0; i < CNGHTTP2_RECENT_LISTS && stream->timeout == NULL; i++) {
    header_block *other = cache->lists[i];
    if (other != NULL && other->count == cache->likely_fields && begins_alike(other, likely, other->count)) {
      return other;
    }
  }
  return NULL;
}

header_cache_verdict header_cache_end_list(header_cache *cache, stream *stream) {
  if (cache->likely == NULL) return HEADER_CACHE_NONE;
  header_block *same = whole(cache, stream);
  if (same == NULL) return HEADER_CACHE_PARTED;
  cache->likely = same;
  header_block_share(cache->blocks, same);
  stream->head = same;
  stream->message = same->message;
  stream->route = same->route;
  stream->streaming = same->streaming;
  return HEADER_CACHE_SAME;
}

void header_cache_remember(header_cache *cache, stream *stream) {
  header_block *block = stream->head;
  block->number = ++cache->count;
  block->timeout = find_timeout(block);
  block->message = stream->message;
  block->route = stream->route;
  block->streaming = stream->streaming;
  header_block **place = &cache->lists[block->number % CNGHTTP2_RECENT_LISTS];
  if (*place != NULL) header_block_forget(cache->blocks, *place);
  *place = block;
  header_block_remember(block);
  cache->likely = block;
}

void header_cache_release(header_cache *cache) {
  for (size_t i = 0; i < CNGHTTP2_RECENT_LISTS; i++) {
    if (cache->lists[i] != NULL) header_block_forget(cache->blocks, cache->lists[i]);
  }
  free(cache->lent);
}

void header_cache_fill(header_cache *cache, const stream *stream, cnghttp2_event *event) {
  const header_block *block = stream->head;
  event->list_number = block->number;
  if (block->number == 0 || block->timeout == block->count) return;
  nghttp2_vec value = nghttp2_rcbuf_get_buf(header_cache_value(block, block->timeout, stream));
  event->timeout = value.base;
  event->timeout_length = value.len;
  if (stream->timeout == NULL) return;
  cache->lent = cnghttp2_reallocate(cache->lent, block->count * sizeof *cache->lent);
  memcpy(cache->lent, block->fields, block->count * sizeof *cache->lent);
  cache->lent[block->timeout].value = value.base;
  cache->lent[block->timeout].value_length = value.len;
  event->headers = cache->lent;
}
