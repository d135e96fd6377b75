#include "shutdown.h"

#include <string.h>

#include "../Session/session.h"

static const uint8_t notice_ping[8] = {'s', 'h', 'u', 't', 'd', 'o', 'w', 'n'};

enum { NOTICE_LAST_STREAM = 0x7FFFFFFF };  // RFC 9113 §6.8

static void ask_for_notice(cnghttp2_session *session) {
  session->shutdown.notice = NOTICE_ASKED;
  nghttp2_submit_ping(session->nghttp2, NGHTTP2_FLAG_NONE, notice_ping);
}

void cnghttp2_session_announce_shutdown(cnghttp2_session *session) {
  size_t queued = nghttp2_session_get_outbound_queue_size(session->nghttp2);
  nghttp2_submit_shutdown_notice(session->nghttp2);
  session->shutdown.notice = NOTICE_QUEUED;
  // nghttp2 sends no notice after a GOAWAY of the peer's, which may nevertheless have streams on their way.
  if (nghttp2_session_get_outbound_queue_size(session->nghttp2) == queued) ask_for_notice(session);
}

void cnghttp2_session_shut_down(cnghttp2_session *session) {
  // A session that reads no more is over without it.
  session->shutdown.last_goaway_wanted = nghttp2_session_want_read(session->nghttp2) != 0;
}

// A stream that came while the GOAWAY waits would be taken, and its peer told that it was not. With nothing ahead, the
// GOAWAY goes out before anything more is received.
void shutdown_queue_last_goaway(cnghttp2_session *session) {
  if (nghttp2_session_get_outbound_queue_size(session->nghttp2) > 0) return;
  session->shutdown.last_goaway_wanted = false;
  nghttp2_submit_goaway(session->nghttp2, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session->nghttp2),
                        NGHTTP2_NO_ERROR, NULL, 0);
}

void shutdown_goaway_sent(cnghttp2_session *session, const nghttp2_goaway *frame) {
  if (frame->last_stream_id != NOTICE_LAST_STREAM) {
    session->shutdown.last_goaway_wanted = false;  // the session may have been ended meanwhile
  } else if (session->shutdown.notice == NOTICE_QUEUED) {
    ask_for_notice(session);
  }
}

cnghttp2_event_kind shutdown_pong_kind(cnghttp2_session *session, const uint8_t *opaque) {
  if (session->shutdown.notice != NOTICE_ASKED || memcmp(opaque, notice_ping, sizeof notice_ping) != 0) {
    return CNGHTTP2_EVENT_PONG;
  }
  session->shutdown.notice = NOTICE_NONE;
  return CNGHTTP2_EVENT_NOTICE_ACKNOWLEDGED;
}
