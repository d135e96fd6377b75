#ifndef RANDOM_MESSAGE_H
#define RANDOM_MESSAGE_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

/// Makes a random message; the caller frees it with protobuf_c_message_free_unpacked.
ProtobufCMessage *proxy_oracle_make_random(const ProtobufCMessageDescriptor *type, uint64_t seed);

/// Whether the type is an entry of a map.
bool proxy_oracle_is_map_entry(const ProtobufCMessageDescriptor *type);

#endif
