#ifndef PROXY_ORACLE_H
#define PROXY_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// A second opinion on Protos/proxy.proto: protobuf-c's generated code, walked by its descriptors, so that no list of
// fields is kept here. Messages are named by an index below proxy_oracle_message_count(). All buffers belong to the
// caller, and nothing is kept after a call.

/// How many messages the proto has, map entries not counted. 0 if protobuf-c's code was not generated.
size_t proxy_oracle_message_count(void);

/// The message's name in the proto; the string is static.
const char *proxy_oracle_message_name(size_t message);

/// Packs a random message that depends on the seed alone; the keys of its maps are unique and in the order of their
/// bytes. Returns its length, which may be above the capacity; then nothing is written.
size_t proxy_oracle_pack_random(size_t message, uint64_t seed, uint8_t *buffer, size_t capacity);

/// Unpacks a message and packs it again. Returns the length as above, or -1 if protobuf-c refuses the bytes.
ptrdiff_t proxy_oracle_repack(size_t message, const uint8_t *_Nullable bytes, size_t length, uint8_t *buffer,
                              size_t capacity);

/// Tells whether in a message every field is set to what follows from its declaration: a string or bytes to the field's
/// name, a number to the field's number, a flag to true, a list to one such element, a nested message likewise. Returns
/// the path of the first field that is not, in a static buffer of the calling thread, or null if all are.
const char *_Nullable proxy_oracle_first_field_unlike_sample(size_t message, const uint8_t *_Nullable bytes,
                                                             size_t length);

#pragma clang assume_nonnull end

#endif
