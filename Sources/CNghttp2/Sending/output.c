#include "output.h"

#include <string.h>

#include "../Session/session.h"

void output_begin(output *output, const uint8_t *bytes, size_t length) {
  output->unsent = bytes;
  output->unsent_length = length;
}

static bool take_next_frame(cnghttp2_session *session) {
  output *output = &session->output;
  if (shutdown_wants_goaway(&session->shutdown)) shutdown_queue_last_goaway(session);
  const uint8_t *frame;
  ssize_t length = nghttp2_session_mem_send(session->nghttp2, &frame);
  // A negative length is shortage of memory inside nghttp2: nothing can be sent any more.
  if (length <= 0) return false;
  output->unsent_length = (size_t)length;
  bool is_goaway = frame[3] == NGHTTP2_GOAWAY;
  output->unsent = is_goaway ? goaway_explained(session, frame, &output->unsent_length) : frame;
  return true;
}

size_t cnghttp2_session_write(cnghttp2_session *session, uint8_t *buffer, size_t capacity) {
  output *output = &session->output;
  size_t written = 0;
  while (written < capacity) {
    if (output->unsent_length == 0 && !take_next_frame(session)) break;
    size_t part = output->unsent_length < capacity - written ? output->unsent_length : capacity - written;
    memcpy(buffer + written, output->unsent, part);
    output->unsent += part;
    output->unsent_length -= part;
    written += part;
  }
  return written;
}

bool cnghttp2_session_wants_write(const cnghttp2_session *session) {
  return session->output.unsent_length > 0 || shutdown_wants_goaway(&session->shutdown) ||
         nghttp2_session_want_write(session->nghttp2) != 0;
}
