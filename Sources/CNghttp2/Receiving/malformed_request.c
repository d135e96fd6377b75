#include "malformed_request.h"

#include "../Session/session.h"

void malformed_request_reset(cnghttp2_session *session, stream *stream, cnghttp2_fault fault) {
  stream->malformed = true;
  message_fails(&stream->message, fault);
  cnghttp2_fault *first = &session->malformed.fault;
  if (*first == CNGHTTP2_FAULT_NONE) *first = message_fault(&stream->message);
  stream_table_reset_provoked(&session->streams, stream, NGHTTP2_PROTOCOL_ERROR);
}

cnghttp2_fault cnghttp2_session_take_fault(cnghttp2_session *session) {
  cnghttp2_fault fault = session->malformed.fault;
  session->malformed.fault = CNGHTTP2_FAULT_NONE;
  return fault;
}
