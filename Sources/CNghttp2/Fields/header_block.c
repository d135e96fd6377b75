#include "header_block.h"

#include <stdlib.h>

#include "../Memory/memory.h"

enum {
  MAX_POOLED_BLOCKS = 256,
  // A pooled block keeps room for this many fields; what a list of 64 KiB needed is released.
  MAX_POOLED_FIELDS = 64,
  // A list of at most this size that no stream has belongs to the session itself.
  SMALL_LIST = 4096,
};

// From what the block is now, and not from what happened to it, so that no way to here is forgotten.
static void recount(header_block_pool *pool, header_block *block) {
  bool counts = block->users > 0 || (block->is_remembered && block->kept_size > SMALL_LIST);
  size_t size = counts ? block->kept_size : 0;
  held_memory_recount(pool->held, block->counted, size);
  block->counted = size;
}

void header_block_pool_begin(header_block_pool *pool, size_t max_list_size, held_memory *held) {
  *pool = (header_block_pool){.max_list_size = max_list_size, .held = held};
}

header_block *header_block_take(header_block_pool *pool) {
  header_block *block = pool->free;
  if (block == NULL) {
    block = cnghttp2_allocate(sizeof(header_block));
  } else {
    pool->free = block->next_free;
    pool->free_count--;
  }
  block->users = 1;
  return block;
}

void header_block_share(header_block_pool *pool, header_block *block) {
  block->users++;
  recount(pool, block);
}

static void release_fields(header_block *block) {
  for (size_t i = 0; i < block->count * 2; i++) nghttp2_rcbuf_decref(block->buffers[i]);
  block->count = 0;
  block->list_size = 0;
  block->kept_size = 0;
  block->too_large = false;
  block->number = 0;
}

static void free_block(header_block *block) {
  release_fields(block);
  free(block->fields);
  free(block->buffers);
  free(block);
}

static void recycle_unless_used(header_block_pool *pool, header_block *block) {
  recount(pool, block);
  if (block->users > 0 || block->is_remembered) return;
  release_fields(block);
  if (pool->free_count >= MAX_POOLED_BLOCKS || block->capacity > MAX_POOLED_FIELDS) {
    free_block(block);
    return;
  }
  block->next_free = pool->free;
  pool->free = block;
  pool->free_count++;
}

void header_block_drop(header_block_pool *pool, header_block *block) {
  block->users--;
  recycle_unless_used(pool, block);
}

void header_block_remember(header_block *block) { block->is_remembered = true; }

void header_block_forget(header_block_pool *pool, header_block *block) {
  block->is_remembered = false;
  recycle_unless_used(pool, block);
}

void header_block_add(header_block_pool *pool, header_block *block, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  nghttp2_vec name_bytes = nghttp2_rcbuf_get_buf(name);
  nghttp2_vec value_bytes = nghttp2_rcbuf_get_buf(value);
  size_t size = name_bytes.len + value_bytes.len + 32;
  block->list_size += size;
  if (block->list_size > pool->max_list_size) {
    // Decoding goes on, since HPACK's table must stay in step with the peer's; nothing more is kept.
    block->too_large = true;
    return;
  }
  if (block->count == block->capacity) {
    size_t capacity = block->capacity == 0 ? 16 : block->capacity * 2;
    block->fields = cnghttp2_reallocate(block->fields, capacity * sizeof(cnghttp2_header));
    block->buffers = cnghttp2_reallocate(block->buffers, capacity * 2 * sizeof(nghttp2_rcbuf *));
    block->capacity = capacity;
  }
  block->kept_size += size;
  nghttp2_rcbuf_incref(name);
  nghttp2_rcbuf_incref(value);
  block->buffers[block->count * 2] = name;
  block->buffers[block->count * 2 + 1] = value;
  block->fields[block->count++] =
      (cnghttp2_header){name_bytes.base, name_bytes.len, value_bytes.base, value_bytes.len, false};
  recount(pool, block);
}

void header_block_pool_release(header_block_pool *pool) {
  while (pool->free != NULL) {
    header_block *next = pool->free->next_free;
    free_block(pool->free);
    pool->free = next;
  }
}
