// Memory from the C library. Running out of it stops the process, as it does in Swift.
#ifndef CNGHTTP2_MEMORY_H
#define CNGHTTP2_MEMORY_H

#include <stddef.h>

#pragma clang assume_nonnull begin

// Zeroed. The caller's, to be freed by `free`; so is what `cnghttp2_reallocate` returns in place of `memory`.
void *cnghttp2_allocate(size_t size);
void *cnghttp2_reallocate(void *_Nullable memory, size_t size);

#pragma clang assume_nonnull end

#endif
