// The header blocks of Centrifugo's calls, as its gRPC client (grpc-go) encodes them (RFC 7541).
#ifndef HEADER_BLOCK_H
#define HEADER_BLOCK_H

#include <stddef.h>
#include <stdint.h>

// The most bytes that a block takes.
#define HEADER_BLOCK_SIZE 512

// One connection's encoder: which fields its dynamic table holds.
//
// All fields but the timeout are the same in each call, so that only their places in the table matter: each new timeout
// moves them by one, and at times pushes them out.
struct header_encoder {
  const char *path;
  const char *authority;
  // What each entry is, the newest first in turn: see header_block.c.
  struct header_entry {
    uint32_t value;
    uint8_t field;
    uint8_t size;
  } entries[128];
  unsigned newest;
  unsigned count;
  unsigned used;
};

// Makes an encoder with an empty table; the texts must stay.
void header_encoder_init(struct header_encoder *encoder, const char *path, const char *authority);

// Writes the block of one call; timeout is in microseconds, or 0 for none. Returns its length.
size_t header_block_write(struct header_encoder *encoder, uint32_t timeout, uint8_t out[HEADER_BLOCK_SIZE]);

#endif
