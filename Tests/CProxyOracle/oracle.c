#include "proxy_oracle.h"

#if __has_include("Generated/proxy.pb-c.h") && __has_include(<protobuf-c/protobuf-c.h>)

#include "Generated/proxy.pb-c.h"
#include "random_message.h"
#include "sample.h"

#include <stdlib.h>

enum { MAX_MESSAGES = 128 };

static const ProtobufCMessageDescriptor *messages[MAX_MESSAGES];
static size_t message_count;

static void add_message(const ProtobufCMessageDescriptor *type) {
  if (!proxy_oracle_is_map_entry(type)) {
    for (size_t i = 0; i < message_count; i++) {
      if (messages[i] == type) return;
    }
    if (message_count == MAX_MESSAGES) abort();
    messages[message_count++] = type;
  }
  for (unsigned i = 0; i < type->n_fields; i++) {
    if (type->fields[i].type == PROTOBUF_C_TYPE_MESSAGE) add_message(type->fields[i].descriptor);
  }
}

// Runs before main, so that tests on several threads find the list finished.
__attribute__((constructor)) static void find_messages(void) {
  const ProtobufCServiceDescriptor *service = &centrifugal__centrifugo__proxy__centrifugo_proxy__descriptor;
  for (unsigned i = 0; i < service->n_methods; i++) {
    add_message(service->methods[i].input);
    add_message(service->methods[i].output);
  }
  // The one message that no call leads to.
  add_message(&centrifugal__centrifugo__proxy__int32_value__descriptor);
}

size_t proxy_oracle_message_count(void) { return message_count; }

const char *proxy_oracle_message_name(size_t message) { return messages[message]->short_name; }

static size_t pack(const ProtobufCMessage *message, uint8_t *buffer, size_t capacity) {
  size_t length = protobuf_c_message_get_packed_size(message);
  if (length <= capacity) protobuf_c_message_pack(message, buffer);
  return length;
}

size_t proxy_oracle_pack_random(size_t message, uint64_t seed, uint8_t *buffer, size_t capacity) {
  ProtobufCMessage *value = proxy_oracle_make_random(messages[message], seed);
  size_t length = pack(value, buffer, capacity);
  protobuf_c_message_free_unpacked(value, NULL);
  return length;
}

ptrdiff_t proxy_oracle_repack(size_t message, const uint8_t *bytes, size_t length, uint8_t *buffer, size_t capacity) {
  ProtobufCMessage *value = protobuf_c_message_unpack(messages[message], NULL, length, bytes);
  if (value == NULL) return -1;
  size_t packed = pack(value, buffer, capacity);
  protobuf_c_message_free_unpacked(value, NULL);
  return (ptrdiff_t)packed;
}

const char *proxy_oracle_first_field_unlike_sample(size_t message, const uint8_t *bytes, size_t length) {
  ProtobufCMessage *value = protobuf_c_message_unpack(messages[message], NULL, length, bytes);
  if (value == NULL) return "the whole message: protobuf-c refuses it";
  const char *path = proxy_oracle_compare_with_sample(value);
  protobuf_c_message_free_unpacked(value, NULL);
  return path;
}

#else

// Without the generated code there are no messages, and the tests say how to generate it.

size_t proxy_oracle_message_count(void) { return 0; }

const char *proxy_oracle_message_name(size_t message) {
  (void)message;
  return "";
}

size_t proxy_oracle_pack_random(size_t message, uint64_t seed, uint8_t *buffer, size_t capacity) {
  (void)message, (void)seed, (void)buffer, (void)capacity;
  return 0;
}

ptrdiff_t proxy_oracle_repack(size_t message, const uint8_t *bytes, size_t length, uint8_t *buffer, size_t capacity) {
  (void)message, (void)bytes, (void)length, (void)buffer, (void)capacity;
  return -1;
}

const char *proxy_oracle_first_field_unlike_sample(size_t message, const uint8_t *bytes, size_t length) {
  (void)message, (void)bytes, (void)length;
  return "the whole message: protobuf-c's code was not generated";
}

#endif
