#if __has_include(<protobuf-c/protobuf-c.h>)

#include "sample.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_like_sample(const ProtobufCFieldDescriptor *field, const void *place) {
  switch (field->type) {
    case PROTOBUF_C_TYPE_BOOL:
      return *(const protobuf_c_boolean *)place == 1;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_UINT32:
      return *(const uint32_t *)place == field->id;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
      return *(const uint64_t *)place == field->id;
    case PROTOBUF_C_TYPE_STRING:
      return strcmp(*(char *const *)place, field->name) == 0;
    case PROTOBUF_C_TYPE_BYTES: {
      const ProtobufCBinaryData *bytes = place;
      return bytes->len == strlen(field->name) && memcmp(bytes->data, field->name, bytes->len) == 0;
    }
    default:
      abort();  // the proto has no other types
  }
}

// Appends the path of the first field that differs; `inner` is whether a message of the same type is around this one,
// where the recursion may end.
static bool compare(const ProtobufCMessage *message, bool inner, char *path, size_t room) {
  const ProtobufCMessageDescriptor *type = message->descriptor;
  for (unsigned i = 0; i < type->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &type->fields[i];
    const void *place = (const char *)message + field->offset;
    int used = snprintf(path, room, ".%s", field->name);
    if (used < 0 || (size_t)used >= room) abort();
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
      size_t count = *(const size_t *)((const char *)message + field->quantifier_offset);
      if (count == 0 && inner && field->descriptor == type) continue;
      if (count != 1) return false;
      place = *(void *const *)place;
    }
    if (field->type != PROTOBUF_C_TYPE_MESSAGE) {
      if (!is_like_sample(field, place)) return false;
      continue;
    }
    const ProtobufCMessage *nested = *(ProtobufCMessage *const *)place;
    if (nested == NULL) return false;
    if (!compare(nested, nested->descriptor == type, path + used, room - (size_t)used)) return false;
  }
  path[0] = '\0';
  return message->n_unknown_fields == 0;
}

const char *proxy_oracle_compare_with_sample(const ProtobufCMessage *message) {
  static _Thread_local char path[512];
  return compare(message, false, path, sizeof path) ? NULL : path;
}

#endif
