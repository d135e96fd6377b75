#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "cnghttp2.h"

static void *checked(void *memory) {
  if (memory == NULL) {
    fputs("cnghttp2: out of memory\n", stderr);
    abort();
  }
  return memory;
}

void *cnghttp2_allocate(size_t size) { return checked(calloc(1, size)); }

void *cnghttp2_reallocate(void *memory, size_t size) { return checked(realloc(memory, size)); }

void cnghttp2_release_free_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
