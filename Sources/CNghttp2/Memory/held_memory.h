// What one connection makes this target hold, in bytes. Buffers count by their capacity, header lists by their decoded
// size. The owner of the memory counts it.
#ifndef CNGHTTP2_HELD_MEMORY_H
#define CNGHTTP2_HELD_MEMORY_H

#include <stddef.h>

#pragma clang assume_nonnull begin

typedef struct {
  size_t size;
  size_t unsent;  // of bodies that wait to be sent, by their length
} held_memory;

static inline size_t held_memory_size(const held_memory *held) { return held->size; }

static inline void held_memory_add(held_memory *held, size_t size) { held->size += size; }

static inline void held_memory_remove(held_memory *held, size_t size) { held->size -= size; }

// What counted as `before` is `now` bytes.
static inline void held_memory_recount(held_memory *held, size_t before, size_t now) { held->size += now - before; }

static inline size_t held_memory_unsent(const held_memory *held) { return held->unsent; }

static inline void held_memory_add_unsent(held_memory *held, size_t size) { held->unsent += size; }

static inline void held_memory_remove_unsent(held_memory *held, size_t size) { held->unsent -= size; }

#pragma clang assume_nonnull end

#endif
