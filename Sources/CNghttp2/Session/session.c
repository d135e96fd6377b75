#include "session.h"

#include <stdlib.h>

#include "../Memory/memory.h"
#include "../Receiving/callbacks.h"
#include "../Receiving/received_data.h"

static nghttp2_option *make_options(bool is_server) {
  nghttp2_option *option;
  if (nghttp2_option_new(&option) != 0) return NULL;
  nghttp2_option_set_no_auto_window_update(option, 1);
  // Without this nghttp2 keeps finished streams for RFC 7540's priority tree, which nobody uses any more.
  nghttp2_option_set_no_closed_streams(option, 1);
  // nghttp2's own limiter cannot tell leaving users from an attack; limits_count_reset can.
  nghttp2_option_set_stream_reset_rate_limit(option, UINT64_MAX, UINT64_MAX);
  if (is_server) nghttp2_option_set_max_continuations(option, SIZE_MAX);  // limits_count_continuation does it
  nghttp2_option_set_peer_max_concurrent_streams(option, UINT32_MAX / 2);
  nghttp2_option_set_no_http_messaging(option, is_server);  // message.c does it for requests
  return option;
}

static cnghttp2_session *create(const cnghttp2_routes *routes, const cnghttp2_settings *settings) {
  cnghttp2_session *session = cnghttp2_allocate(sizeof(cnghttp2_session));
  session->is_server = routes != NULL;
  session->routes = routes;
  session->settings = *settings;
  flow_begin(session);
  header_block_pool_begin(&session->blocks, settings->max_header_list, &session->held);
  header_cache_begin(&session->cache, &session->blocks);
  nghttp2_session_callbacks *callbacks = callbacks_create();
  nghttp2_option *option = make_options(session->is_server);
  nghttp2_mem memory = memory_pool_for_nghttp2(&session->memory);
  int result = NGHTTP2_ERR_NOMEM;
  if (callbacks != NULL && option != NULL) {
    result = session->is_server ? nghttp2_session_server_new3(&session->nghttp2, callbacks, session, option, &memory)
                                : nghttp2_session_client_new3(&session->nghttp2, callbacks, session, option, &memory);
  }
  if (result == 0) {
    stream_table_begin(&session->streams, session->nghttp2, session->is_server, &session->blocks, &session->held);
    result = first_settings_submit(session);
  }
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_option_del(option);
  if (result != 0) {
    cnghttp2_session_free(session);
    return NULL;
  }
  return session;
}

cnghttp2_session *cnghttp2_session_create_server(const cnghttp2_routes *routes, const cnghttp2_settings *settings) {
  return create(routes, settings);
}

cnghttp2_session *cnghttp2_session_create_client(const cnghttp2_settings *settings) { return create(NULL, settings); }

void cnghttp2_session_free(cnghttp2_session *session) {
  if (session->nghttp2 != NULL) nghttp2_session_del(session->nghttp2);
  stream_table_release(&session->streams);
  header_cache_release(&session->cache);
  header_block_pool_release(&session->blocks);
  memory_pool_release(&session->memory);  // after the header lists, which are nghttp2's memory
  ended_streams_release(&session->ended);
  late_frames_release(&session->late);
  events_release(&session->events);
  free(session);
}

static uint32_t code_for(ssize_t fatal) {
  switch (fatal) {
    case NGHTTP2_ERR_BAD_CLIENT_MAGIC:
      return NGHTTP2_PROTOCOL_ERROR;
    case NGHTTP2_ERR_FLOODED:
      return NGHTTP2_ENHANCE_YOUR_CALM;
    default:
      return NGHTTP2_INTERNAL_ERROR;
  }
}

void cnghttp2_session_receive(cnghttp2_session *session, const uint8_t *bytes, size_t length, uint64_t now_ns) {
  session->now = now_ns;
  limits_begin_receive(session);
  frame_violation violation = {NGHTTP2_NO_ERROR, NULL};
  if (session->is_server) {
    length = frame_walk_over(session, bytes, length, &violation);
    flow_note_queue(session);
  }
  ssize_t result = nghttp2_session_mem_recv(session->nghttp2, bytes, length);
  if (result < 0) {
    if (result == NGHTTP2_ERR_BAD_CLIENT_MAGIC) session->preface_failed = true;
    // After these nghttp2 queues no GOAWAY of its own (RFC 9113 §5.4.1 asks for one).
    goaway_end_session(session, code_for(result), NULL);
  } else if (violation.error_code != NGHTTP2_NO_ERROR) {
    goaway_end_session(session, violation.error_code, violation.reason);
  }
  late_frames_finish(session);
  received_data_keep(session);
  memory_limit_check(session);
}

bool cnghttp2_session_is_finished(const cnghttp2_session *session) {
  return nghttp2_session_want_read(session->nghttp2) == 0 && !cnghttp2_session_wants_write(session);
}

bool cnghttp2_session_preface_failed(const cnghttp2_session *session) { return session->preface_failed; }

void cnghttp2_session_ping(cnghttp2_session *session) {
  nghttp2_submit_ping(session->nghttp2, NGHTTP2_FLAG_NONE, NULL);
}

size_t cnghttp2_session_open_streams(const cnghttp2_session *session) { return stream_table_count(&session->streams); }

uint32_t cnghttp2_session_allowed_streams(const cnghttp2_session *session) {
  return nghttp2_session_get_remote_settings(session->nghttp2, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

int32_t cnghttp2_session_last_stream_id(const cnghttp2_session *session) {
  return nghttp2_session_get_last_proc_stream_id(session->nghttp2);
}
