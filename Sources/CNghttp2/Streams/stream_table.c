#include "stream_table.h"

#include <stdlib.h>

#include "../Memory/memory.h"

enum {
  MAX_UNUSED = 256,
  // This target's stream and nghttp2's, their places in tables, and the events they wait for.
  STREAM_COST = 1024,
};

void stream_table_begin(stream_table *table, nghttp2_session *nghttp2, bool is_server, header_block_pool *blocks,
                        held_memory *held) {
  *table = (stream_table){.nghttp2 = nghttp2, .blocks = blocks, .held = held, .is_server = is_server};
}

void stream_table_release(stream_table *table) {
  // nghttp2 reports no closing of the streams it is deleted with: all that still have a slot are freed here.
  for (uint32_t slot = 0; slot < table->slot_count; slot++) {
    if (table->slots[slot] != NULL) stream_free(table->slots[slot], table->blocks, table->held);
  }
  while (table->unused != NULL) {
    stream *next = table->unused->next;
    stream_free(table->unused, table->blocks, table->held);
    table->unused = next;
  }
  free(table->slots);
  free(table->free_slots);
}

static void take_slot(stream_table *table, stream *stream) {
  if (table->free_slot_count > 0) {
    stream->slot = table->free_slots[--table->free_slot_count];
  } else {
    if (table->slot_count == table->slot_capacity) {
      table->slot_capacity = table->slot_capacity == 0 ? 64 : table->slot_capacity * 2;
      table->slots = cnghttp2_reallocate(table->slots, table->slot_capacity * sizeof *table->slots);
      // As many as there are slots, so that returning one never allocates.
      table->free_slots = cnghttp2_reallocate(table->free_slots, table->slot_capacity * sizeof *table->free_slots);
    }
    stream->slot = table->slot_count++;
  }
  table->slots[stream->slot] = stream;
}

static void return_slot(stream_table *table, uint32_t slot) {
  table->slots[slot] = NULL;
  table->free_slots[table->free_slot_count++] = slot;
}

stream *stream_table_open(stream_table *table, int32_t id, uint64_t now, uint32_t window) {
  stream *opened = table->unused;
  if (opened != NULL) {
    table->unused = opened->next;
    table->unused_count--;
    opened->next = NULL;
  } else {
    opened = cnghttp2_allocate(sizeof(stream));
  }
  opened->id = id;
  take_slot(table, opened);
  opened->route = -1;
  opened->opened_at = now;
  message_begin(&opened->message);
  // The peer may not know our SETTINGS yet: then the larger of both windows is what it may use at most.
  credit_begin(&opened->credit, window > FIRST_WINDOW ? window : FIRST_WINDOW);
  stream_hold(opened, table->held, STREAM_COST);
  table->open_count++;
  if (table->is_server) {
    opened->undecided = true;
    table->undecided_count++;
  }
  return opened;
}

stream *stream_table_find(stream_table *table, int32_t id) {
  stream *found = nghttp2_session_get_stream_user_data(table->nghttp2, id);
  if (found != NULL || table->is_server) return found;
  // nghttp2 does not know a client's stream before its HEADERS are written.
  for (uint32_t slot = 0; slot < table->slot_count; slot++) {
    stream *pending = table->slots[slot];
    if (pending != NULL && pending->id == id && !pending->closed) return pending;
  }
  return NULL;
}

static void recycle(stream_table *table, stream *stream) {
  return_slot(table, stream->slot);
  stream_recycle(stream, table->blocks, table->held);
  if (table->unused_count >= MAX_UNUSED) {
    stream_free(stream, table->blocks, table->held);
    return;
  }
  stream->next = table->unused;
  table->unused = stream;
  table->unused_count++;
}

// A touched stream is on that list until the receive ends.
static void list_as_closed(stream_table *table, stream *stream) {
  if (stream->touched) return;
  stream->next = table->closed;
  table->closed = stream;
}

void stream_table_close(stream_table *table, stream *stream) {
  stream->closed = true;
  table->open_count--;
  stream_table_decide(table, stream);
  stream_table_forget_early_end(table, stream);
  list_as_closed(table, stream);
}

void stream_table_end_receiving(stream_table *table, stream *stream) {
  stream->received_end = true;
  stream_table_forget_early_end(table, stream);
}

void stream_table_discard(stream_table *table, stream *stream) {
  table->open_count--;
  recycle(table, stream);
}

void stream_table_recycle_closed(stream_table *table) {
  while (table->closed != NULL) {
    stream *stream = table->closed;
    table->closed = stream->next;
    recycle(table, stream);
  }
}

stream *stream_table_take_touched(stream_table *table) {
  while (table->touched != NULL) {
    stream *stream = table->touched;
    table->touched = stream->next;
    stream->touched = false;
    stream->next = NULL;
    if (!stream->closed) return stream;
    list_as_closed(table, stream);
  }
  return NULL;
}

void stream_table_reset(stream_table *table, stream *stream, uint32_t error_code) {
  stream_table_forget_early_end(table, stream);
  stream_table_decide(table, stream);
  stream->reset_by_us = true;
  nghttp2_submit_rst_stream(table->nghttp2, NGHTTP2_FLAG_NONE, stream->id, error_code);
}

void stream_table_reset_provoked(stream_table *table, stream *stream, uint32_t error_code) {
  nghttp2_submit_rst_stream(table->nghttp2, NGHTTP2_FLAG_NONE, stream->id, error_code);
}

void stream_table_note_early_end(stream_table *table, stream *stream) {
  stream->early_end = true;
  table->early_end_count++;
}

void stream_table_forget_early_end(stream_table *table, stream *stream) {
  if (!stream->early_end) return;
  stream->early_end = false;
  table->early_end_count--;
}
