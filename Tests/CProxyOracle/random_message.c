#if __has_include(<protobuf-c/protobuf-c.h>)

#include "random_message.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  uint64_t state;
} source;

enum { DEEPEST = 4 };

// SplitMix64: small, and every seed is good.
static uint64_t next(source *random) {
  uint64_t bits = random->state += 0x9E3779B97F4A7C15u;
  bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9u;
  bits = (bits ^ bits >> 27) * 0x94D049BB133111EBu;
  return bits ^ bits >> 31;
}

static size_t below(source *random, size_t limit) { return (size_t)(next(random) % limit); }

static void *allocate(size_t size) {
  void *memory = calloc(1, size);
  if (memory == NULL) abort();
  return memory;
}

static size_t random_length(source *random) {
  switch (below(random, 512)) {
    case 0:
      return 16380 + below(random, 10);  // around the step to a length of three bytes
    case 1 ... 15:
      return 120 + below(random, 16);  // around the step to a length of two bytes
    case 16 ... 63:
      return 36;
    default:
      return below(random, 20);
  }
}

static uint32_t random_scalar(source *random) {
  // The first and last of each length in UTF-8, and some in between. No NUL, which ends a string for protobuf-c; no
  // combining marks, which Swift could take for a part of another key.
  static const uint32_t edges[] = {0x1,    0x7F,   0x80,   0x7FF,   0x800,   0xD7FF,
                                   0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF};
  switch (below(random, 4)) {
    case 0:
      return edges[below(random, sizeof edges / sizeof *edges)];
    case 1:
      return 0x430 + (uint32_t)below(random, 32);
    case 2:
      return 0x4E00 + (uint32_t)below(random, 0x5000);
    default:
      return 0x20 + (uint32_t)below(random, 0x5F);
  }
}

static size_t put_scalar(uint32_t scalar, char *text) {
  if (scalar < 0x80) return text[0] = (char)scalar, 1;
  size_t length = scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
  for (size_t i = length - 1; i > 0; i--, scalar >>= 6) text[i] = (char)(0x80 | (scalar & 0x3F));
  text[0] = (char)((0xF00 >> length & 0xFF) | scalar);
  return length;
}

static char *random_text(source *random) {
  size_t length = random_length(random), used = 0;
  char *text = allocate(length + 5);
  bool ascii = below(random, 4) != 0;
  while (used < length) {
    used += put_scalar(ascii ? 0x20 + (uint32_t)below(random, 0x5F) : random_scalar(random), text + used);
  }
  return text;
}

// The n-th key of a map: the first bytes grow with n, so that keys are unique and in order.
static char *random_key(source *random, size_t n) {
  if (n == 0 && below(random, 4) == 0) return allocate(1);
  char *tail = random_text(random), *key = allocate(strlen(tail) + 5);
  size_t used = put_scalar(n < 3 ? 'a' + (uint32_t)n : 0x4E00 + (uint32_t)n, key);
  strcpy(key + used, tail);
  free(tail);
  return key;
}

static uint64_t random_number(source *random) {
  switch (below(random, 4)) {
    case 0:
      return below(random, 300);
    case 1:
      return (uint64_t)1 << below(random, 64);
    case 2:
      return ((uint64_t)1 << below(random, 64)) - 1;
    default:
      return next(random);
  }
}

static ProtobufCMessage *random_message(source *random, const ProtobufCMessageDescriptor *type, size_t depth);

static void set_value(source *random, const ProtobufCFieldDescriptor *field, void *place, size_t depth, size_t n) {
  switch (field->type) {
    case PROTOBUF_C_TYPE_BOOL:
      *(protobuf_c_boolean *)place = 1;
      break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_UINT32:
      *(uint32_t *)place = (uint32_t)random_number(random);
      break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
      *(uint64_t *)place = random_number(random);
      break;
    case PROTOBUF_C_TYPE_STRING:
      *(char **)place = random_text(random);
      break;
    case PROTOBUF_C_TYPE_BYTES: {
      ProtobufCBinaryData *bytes = place;
      bytes->len = random_length(random);
      bytes->data = allocate(bytes->len + 1);
      for (size_t i = 0; i < bytes->len; i++) bytes->data[i] = (uint8_t)next(random);
      break;
    }
    case PROTOBUF_C_TYPE_MESSAGE: {
      const ProtobufCMessageDescriptor *type = field->descriptor;
      ProtobufCMessage *value = random_message(random, type, depth + 1);
      if (proxy_oracle_is_map_entry(type)) {
        const ProtobufCFieldDescriptor *key = protobuf_c_message_descriptor_get_field(type, 1);
        char **place_of_key = (char **)((char *)value + key->offset);
        if (*place_of_key != key->default_value) free(*place_of_key);
        *place_of_key = random_key(random, n);
      }
      *(ProtobufCMessage **)place = value;
      break;
    }
    default:
      abort();  // the proto has no other types
  }
}

static size_t size_of_value(const ProtobufCFieldDescriptor *field) {
  switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
      return sizeof(void *);
    default:
      abort();  // the proto has no other lists
  }
}

static void set_list(source *random, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, size_t depth) {
  size_t count = 1 + below(random, 4), size = size_of_value(field);
  char *values = allocate(count * size);
  for (size_t i = 0; i < count; i++) set_value(random, field, values + i * size, depth, i);
  *(size_t *)((char *)message + field->quantifier_offset) = count;
  *(void **)((char *)message + field->offset) = values;
}

static ProtobufCMessage *random_message(source *random, const ProtobufCMessageDescriptor *type, size_t depth) {
  ProtobufCMessage *message = allocate(type->sizeof_message);
  protobuf_c_message_init(type, message);
  size_t density = 1 + below(random, 4);
  for (unsigned i = 0; i < type->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &type->fields[i];
    // The value of a map's entry is always set: writers differ in whether an empty one is left out.
    bool nested = field->type == PROTOBUF_C_TYPE_MESSAGE && !proxy_oracle_is_map_entry(type);
    if (nested && (depth >= DEEPEST || below(random, depth + 1) != 0)) continue;
    bool entry_value = field->type == PROTOBUF_C_TYPE_MESSAGE && !nested;
    if (!entry_value && below(random, 5) >= density) continue;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
      set_list(random, message, field, depth);
    } else {
      set_value(random, field, (char *)message + field->offset, depth, 0);
    }
  }
  return message;
}

bool proxy_oracle_is_map_entry(const ProtobufCMessageDescriptor *type) {
  // Map entries are the only messages that the proto declares inside others.
  return strchr(type->name + strlen(type->package_name) + 1, '.') != NULL;
}

ProtobufCMessage *proxy_oracle_make_random(const ProtobufCMessageDescriptor *type, uint64_t seed) {
  source random = {seed};
  return random_message(&random, type, 0);
}

#endif
