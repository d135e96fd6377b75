#include <stdlib.h>

#include "../Session/session.h"

// DATA of streams that are closed. nghttp2 ignores it without a word, but calls back for all other DATA: so what comes
// is noted in its order, and what nghttp2 passes over was ignored.

void late_data_note(cnghttp2_session *session, int32_t id) {
  data_order *order = &session->data_order;
  if (order->count == order->capacity) {
    order->capacity = order->capacity == 0 ? 64 : order->capacity * 2;
    order->ids = cnghttp2_reallocate(order->ids, order->capacity * sizeof *order->ids);
  }
  order->ids[order->count++] = id;
}

// RFC 9113 §6.1 makes it an error of the stream, and §5.1 allows it on a stream that this side has ended.
static void judge(cnghttp2_session *session, int32_t id) {
  if (id > nghttp2_session_get_last_proc_stream_id(session->session) ||
      nghttp2_session_find_stream(session->session, id) != NULL)
    return;
  if (ended_has(session, id)) return;
  nghttp2_submit_rst_stream(session->session, NGHTTP2_FLAG_NONE, id, NGHTTP2_STREAM_CLOSED);
  // Like a stream that is reset as soon as it is opened: both cost this side an answer and bring nothing.
  limits_count_reset(session, session->now);
}

void late_data_judge_until(cnghttp2_session *session, int32_t id) {
  data_order *order = &session->data_order;
  while (order->next < order->count) {
    int32_t noted = order->ids[order->next++];
    if (noted == id) return;
    judge(session, noted);
  }
}

void late_data_finish(cnghttp2_session *session) {
  data_order *order = &session->data_order;
  // A session that is ending looks at nothing any more.
  while (order->next < order->count && nghttp2_session_want_read(session->session) != 0) {
    judge(session, order->ids[order->next++]);
  }
  order->next = order->count = 0;
}
