#include "memory_pool.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

// nghttp2 allocates eight small things for each call and frees them when it is sent. To keep them here costs less than
// to return them to malloc.

enum {
  // Of each chunk, a multiple of 16 bytes, glibc needs 8 for itself: these sizes waste nothing, and hundreds of
  // thousands of half-open calls cost no more than without this file.
  STEP = 16,
  USABLE = 8,
  // What a connection keeps: a hundred calls at the same time need as much.
  MAX_KEPT = 128 * 1024,
};

typedef struct kept {
  struct kept *next;
} kept;

static size_t size_of(size_t size_class) { return size_class * STEP + USABLE; }

// The smallest class that has room for so many bytes; 0 for what is not kept.
static size_t class_for(size_t size) {
  size_t size_class = size <= STEP + USABLE ? 1 : (size - USABLE - 1) / STEP + 1;
  return size_class < MEMORY_POOL_CLASSES ? size_class : 0;
}

static void *allocate(size_t size, void *user_data) {
  memory_pool *pool = user_data;
  size_t size_class = class_for(size);
  kept *found = pool->kept[size_class];
  if (found == NULL) return malloc(size_class > 0 ? size_of(size_class) : size);
  pool->kept[size_class] = found->next;
  pool->size -= size_of(size_class);
  return found;
}

static void release(void *memory, void *user_data) {
  if (memory == NULL) return;
  memory_pool *pool = user_data;
  size_t size_class = (malloc_usable_size(memory) - USABLE) / STEP;
  if (size_class >= MEMORY_POOL_CLASSES || pool->size + size_of(size_class) > MAX_KEPT) {
    free(memory);
    return;
  }
  kept *block = memory;
  block->next = pool->kept[size_class];
  pool->kept[size_class] = block;
  pool->size += size_of(size_class);
}

static void *allocate_zeroed(size_t count, size_t size, void *user_data) {
  if (size > 0 && count > SIZE_MAX / size) return NULL;
  void *memory = allocate(count * size, user_data);
  return memory == NULL ? NULL : memset(memory, 0, count * size);
}

static void *reallocate(void *memory, size_t size, void *user_data) {
  if (memory == NULL) return allocate(size, user_data);
  size_t room = malloc_usable_size(memory);
  if (size <= room) return memory;
  void *larger = allocate(size, user_data);
  if (larger == NULL) return NULL;
  memcpy(larger, memory, room);
  release(memory, user_data);
  return larger;
}

nghttp2_mem memory_pool_for_nghttp2(memory_pool *pool) {
  return (nghttp2_mem){pool, allocate, release, allocate_zeroed, reallocate};
}

void memory_pool_release(memory_pool *pool) {
  for (size_t size_class = 0; size_class < MEMORY_POOL_CLASSES; size_class++) {
    while (pool->kept[size_class] != NULL) {
      struct kept *next = pool->kept[size_class]->next;
      free(pool->kept[size_class]);
      pool->kept[size_class] = next;
    }
  }
}
