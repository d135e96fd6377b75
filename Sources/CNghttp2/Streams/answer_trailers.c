#include "answer_trailers.h"

#include "../Memory/bytes.h"
#include "../Memory/memory.h"

size_t answer_trailers_set(answer_trailers *trailers, const cnghttp2_header *fields, size_t count) {
  if (count > CNGHTTP2_MAX_TRAILERS) count = CNGHTTP2_MAX_TRAILERS;
  size_t owned = 0;
  for (size_t i = 0; i < count; i++) {
    if (!fields[i].permanent) owned += fields[i].name_length + fields[i].value_length;
  }
  uint8_t *memory = owned > 0 ? cnghttp2_allocate(owned) : NULL;
  trailers->memory = memory;
  for (size_t i = 0; i < count; i++) {
    cnghttp2_header field = fields[i];
    if (!field.permanent) {
      bytes_copy(memory, field.name, field.name_length);
      field.name = memory;
      memory += field.name_length;
      bytes_copy(memory, field.value, field.value_length);
      field.value = memory;
      memory += field.value_length;
    }
    // Both kinds outlive the frame: what is owned here goes with the stream, which nghttp2 closes after sending.
    trailers->fields[i] =
        (nghttp2_nv){(uint8_t *)field.name, (uint8_t *)field.value, field.name_length, field.value_length,
                     NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
  }
  trailers->count = count;
  return owned;
}
