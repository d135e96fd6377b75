#include <stdlib.h>

#include "../Session/session.h"

enum {
  MAX_POOLED_BLOCKS = 256,
  // A pooled block keeps room for this many fields; what a list of 64 KiB needed goes back.
  MAX_POOLED_FIELDS = 64,
  // A list of at most this size that no stream has belongs to the session itself.
  SMALL_LIST = 4096,
};

// From what the block is now, and never from what happened to it: so nothing is forgotten on any way.
static void recount(cnghttp2_session *session, header_block *block) {
  bool counts = block->users > 0 || (block->is_remembered && block->kept_size > SMALL_LIST);
  size_t size = counts ? block->kept_size : 0;
  session->held += size - block->counted;
  block->counted = size;
}

header_block *header_block_take(cnghttp2_session *session) {
  header_block *block = session->block_pool;
  if (block == NULL) {
    block = cnghttp2_allocate(sizeof(header_block));
  } else {
    session->block_pool = block->next_free;
    session->block_pool_count--;
  }
  block->users = 1;
  return block;
}

void header_block_share(cnghttp2_session *session, header_block *block) {
  block->users++;
  recount(session, block);
}

static void release_fields(header_block *block) {
  for (size_t i = 0; i < block->count * 2; i++) nghttp2_rcbuf_decref(block->buffers[i]);
  block->count = 0;
  block->list_size = 0;
  block->kept_size = 0;
  block->too_large = false;
  block->number = 0;
}

static void recycle_unless_used(cnghttp2_session *session, header_block *block) {
  recount(session, block);
  if (block->users > 0 || block->is_remembered) return;
  release_fields(block);
  if (session->block_pool_count >= MAX_POOLED_BLOCKS || block->capacity > MAX_POOLED_FIELDS) {
    header_block_free(block);
    return;
  }
  block->next_free = session->block_pool;
  session->block_pool = block;
  session->block_pool_count++;
}

void header_block_give_back(cnghttp2_session *session, header_block *block) {
  if (block == NULL) return;
  block->users--;
  recycle_unless_used(session, block);
}

void header_block_remember(header_block *block) { block->is_remembered = true; }

void header_block_forget(cnghttp2_session *session, header_block *block) {
  block->is_remembered = false;
  recycle_unless_used(session, block);
}

void header_block_free(header_block *block) {
  release_fields(block);
  free(block->fields);
  free(block->buffers);
  free(block);
}

void header_block_add(cnghttp2_session *session, header_block *block, nghttp2_rcbuf *name, nghttp2_rcbuf *value) {
  nghttp2_vec name_bytes = nghttp2_rcbuf_get_buf(name);
  nghttp2_vec value_bytes = nghttp2_rcbuf_get_buf(value);
  size_t size = name_bytes.len + value_bytes.len + 32;
  block->list_size += size;
  if (block->list_size > session->settings.max_header_list) {
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
  recount(session, block);
}
