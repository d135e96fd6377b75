#ifndef SAMPLE_H
#define SAMPLE_H

#include <protobuf-c/protobuf-c.h>

/// Returns the path of the first field that is not set as proxy_oracle.h describes, in a static buffer of the calling
/// thread, or null.
const char *proxy_oracle_compare_with_sample(const ProtobufCMessage *message);

#endif
