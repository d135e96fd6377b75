#include "stream.h"

#include <stdlib.h>
#include <string.h>

void stream_release_timeout(stream *stream) {
  if (stream->timeout != NULL) nghttp2_rcbuf_decref(stream->timeout);
  stream->timeout = NULL;
}

static void release_headers(stream *stream, header_block_pool *blocks) {
  header_block_return(blocks, stream->head);
  header_block_return(blocks, stream->trailers);
  stream->head = stream->trailers = NULL;
  stream_release_timeout(stream);
  answer_trailers_release(&stream->answer_trailers);
}

void stream_recycle(stream *stream, header_block_pool *blocks, held_memory *held) {
  release_headers(stream, blocks);
  stream_release_held(stream, held, stream->held);
  received_body_recycle(&stream->body, held);
  outgoing_body_recycle(&stream->out, held);
  received_body body = stream->body;
  outgoing_body out = stream->out;
  memset(stream, 0, sizeof *stream);
  stream->body = body;
  stream->out = out;
}

void stream_free(stream *stream, header_block_pool *blocks, held_memory *held) {
  release_headers(stream, blocks);
  received_body_release(&stream->body, held);
  outgoing_body_release(&stream->out, held);
  free(stream);
}
