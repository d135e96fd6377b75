// The streams of a session: those that are open, those that wait for something, and those to be used again.
#ifndef CNGHTTP2_STREAM_TABLE_H
#define CNGHTTP2_STREAM_TABLE_H

#include "stream.h"

#pragma clang assume_nonnull begin

typedef struct {
  nghttp2_session *nghttp2;   // borrowed
  header_block_pool *blocks;  // borrowed
  held_memory *held;          // borrowed
  bool is_server;
  stream *_Nullable *_Nullable slots;  // owned, as are the streams; by slot: the stream that has it, or NULL
  uint32_t *_Nullable free_slots;
  uint32_t slot_count;
  uint32_t slot_capacity;
  uint32_t free_slot_count;
  // Lists by `next`.
  stream *_Nullable touched;
  stream *_Nullable closed;
  stream *_Nullable unused;  // owned
  size_t unused_count;
  size_t open_count;
  size_t undecided_count;
  size_t early_end_count;
} stream_table;

void stream_table_begin(stream_table *table, nghttp2_session *nghttp2, bool is_server, header_block_pool *blocks,
                        held_memory *held);
// Frees all streams, once nghttp2's session is gone.
void stream_table_release(stream_table *table);

// The table's, like every other: until it is closed and `stream_table_recycle_closed` is called.
stream *stream_table_open(stream_table *table, int32_t id, uint64_t now, uint32_t window);
// NULL when it is closed or was never open.
stream *_Nullable stream_table_find(stream_table *table, int32_t id);
// END_STREAM came.
void stream_table_end_receiving(stream_table *table, stream *stream);
// nghttp2 has closed it.
void stream_table_close(stream_table *table, stream *stream);
// A stream that nghttp2 did not take.
void stream_table_discard(stream_table *table, stream *stream);
// Once no event tells of closed streams.
void stream_table_recycle_closed(stream_table *table);

// To be checked when the receive ends: `stream_table_take_touched` returns one after the other, then NULL.
static inline void stream_table_touch(stream_table *table, stream *stream) {
  if (stream->touched) return;
  stream->touched = true;
  stream->next = table->touched;
  table->touched = stream;
}
stream *_Nullable stream_table_take_touched(stream_table *table);

// RST_STREAM.
void stream_table_reset(stream_table *table, stream *stream, uint32_t error_code);
// For what the peer provokes: counts as a reset of its own, unlike `stream_table_reset`.
void stream_table_reset_provoked(stream_table *table, stream *stream, uint32_t error_code);

// The answer ends before the request, until that ends too.
void stream_table_note_early_end(stream_table *table, stream *stream);
void stream_table_forget_early_end(stream_table *table, stream *stream);
static inline bool stream_table_has_early_ends(const stream_table *table) { return table->early_end_count > 0; }

// The answer has begun, or none will.
static inline void stream_table_decide(stream_table *table, stream *stream) {
  if (!stream->undecided) return;
  stream->undecided = false;
  table->undecided_count--;
}
// Server only: open streams without any answer.
static inline size_t stream_table_undecided(const stream_table *table) { return table->undecided_count; }
static inline size_t stream_table_count(const stream_table *table) { return table->open_count; }

#pragma clang assume_nonnull end

#endif
