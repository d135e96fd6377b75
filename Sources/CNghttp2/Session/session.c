#include <stdlib.h>
#include <string.h>

#include "session.h"

static nghttp2_option *make_options(bool is_server) {
  nghttp2_option *option;
  if (nghttp2_option_new(&option) != 0) return NULL;
  nghttp2_option_set_no_auto_window_update(option, 1);
  // Without this nghttp2 keeps finished streams for RFC 7540's priority tree, which nobody uses any more.
  nghttp2_option_set_no_closed_streams(option, 1);
  // nghttp2's own limiter cannot tell leaving users from an attack; limits_count_reset can.
  nghttp2_option_set_stream_reset_rate_limit(option, UINT64_MAX, UINT64_MAX);
  nghttp2_option_set_max_continuations(option, SIZE_MAX);  // limits_count_continuation does it
  nghttp2_option_set_peer_max_concurrent_streams(option, UINT32_MAX / 2);
  nghttp2_option_set_no_http_messaging(option, is_server);  // message.c does it for requests
  return option;
}

// nghttp2 ends the whole connection when a peer opens one stream too many. So nghttp2 is told that there is no limit,
// the peer reads the real one in its place, and on_begin_headers refuses single streams.
static int announce_max_streams(cnghttp2_session *session) {
  const uint8_t *frame;
  ssize_t length = nghttp2_session_mem_send(session->session, &frame);
  if (length != sizeof session->first_settings) return NGHTTP2_ERR_INVALID_STATE;
  memcpy(session->first_settings, frame, sizeof session->first_settings);
  uint8_t *value = session->first_settings + sizeof session->first_settings - 4;
  for (int i = 0; i < 4; i++) value[i] = (uint8_t)(session->settings.max_concurrent_streams >> (24 - 8 * i));
  session->unsent = session->first_settings;
  session->unsent_length = sizeof session->first_settings;
  return 0;
}

static int submit_first_settings(cnghttp2_session *session) {
  const cnghttp2_settings *settings = &session->settings;
  nghttp2_settings_entry entries[4] = {
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, settings->stream_window},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, settings->max_header_list},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  };
  entries[3] = session->is_server ? (nghttp2_settings_entry){NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, UINT32_MAX}
                                  : (nghttp2_settings_entry){NGHTTP2_SETTINGS_ENABLE_PUSH, 0};
  int result = nghttp2_submit_settings(session->session, NGHTTP2_FLAG_NONE, entries, 4);
  if (result == 0 && session->is_server) result = announce_max_streams(session);
  if (result != 0) return result;
  return nghttp2_session_set_local_window_size(session->session, NGHTTP2_FLAG_NONE, 0,
                                               (int32_t)settings->connection_window);
}

static cnghttp2_session *create(const cnghttp2_routes *routes, const cnghttp2_settings *settings) {
  cnghttp2_session *session = cnghttp2_allocate(sizeof(cnghttp2_session));
  session->is_server = routes != NULL;
  session->routes = routes;
  session->settings = *settings;
  session->walk.preface = session->is_server ? 0 : NGHTTP2_CLIENT_MAGIC_LEN;
  flow_begin(session);
  nghttp2_session_callbacks *callbacks = cnghttp2_callbacks_create();
  nghttp2_option *option = make_options(session->is_server);
  nghttp2_mem memory = cnghttp2_pool_memory(&session->memory);
  int result = NGHTTP2_ERR_NOMEM;
  if (callbacks != NULL && option != NULL) {
    result = session->is_server ? nghttp2_session_server_new3(&session->session, callbacks, session, option, &memory)
                                : nghttp2_session_client_new3(&session->session, callbacks, session, option, &memory);
  }
  if (result == 0) result = submit_first_settings(session);
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

static void free_streams(cnghttp2_session *session, stream *list) {
  while (list != NULL) {
    stream *next = list->next;
    stream_free(session, list);
    list = next;
  }
}

void cnghttp2_session_free(cnghttp2_session *session) {
  if (session->session != NULL) nghttp2_session_del(session->session);
  // nghttp2 reports no closing of the streams it is deleted with: all that still have a slot go here.
  for (uint32_t slot = 0; slot < session->slot_count; slot++) {
    if (session->slots[slot] != NULL) stream_free(session, session->slots[slot]);
  }
  free_streams(session, session->pool);
  recent_release(session);
  while (session->block_pool != NULL) {
    header_block *next = session->block_pool->next_free;
    header_block_free(session->block_pool);
    session->block_pool = next;
  }
  cnghttp2_pool_release(&session->memory);  // last: header lists are nghttp2's memory
  ended_release(session);
  free(session->data_order.ids);
  free(session->events);
  free(session->lent);
  free(session->slots);
  free(session->free_slots);
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

static void look_at_touched(cnghttp2_session *session) {
  while (session->touched != NULL) {
    stream *stream = session->touched;
    session->touched = stream->next;
    stream->touched = false;
    stream->next = NULL;
    if (stream->closed) {
      stream->next = session->closed;
      session->closed = stream;
      continue;
    }
    if (stream->received_end || stream->refused_queued || stream->malformed) continue;
    // The input goes away after the events are taken; what the stream has so far has to stay.
    byte_buffer_append(&session->held, &stream->body, stream->borrowed, stream->borrowed_length);
    stream->borrowed_length = 0;
    if (!stream->opened_queued) {
      stream->opened_queued = true;
      event_queue(session, CNGHTTP2_EVENT_OPENED, stream);
    }
    if (!stream->started_queued && stream->body.length >= 5) {
      stream->started_queued = true;
      event_queue(session, CNGHTTP2_EVENT_BODY_STARTED, stream);
    }
  }
}

void cnghttp2_session_receive(cnghttp2_session *session, const uint8_t *bytes, size_t length, uint64_t now_ns) {
  limits_begin_receive(session, now_ns);
  frame_violation violation = {NGHTTP2_NO_ERROR, NULL};
  if (session->is_server) {
    length = frames_look_at(session, bytes, length, &violation);
    flow_note_queue(session);
  }
  ssize_t result = nghttp2_session_mem_recv(session->session, bytes, length);
  if (result < 0) {
    if (result == NGHTTP2_ERR_BAD_CLIENT_MAGIC) session->preface_failed = true;
    // After these nghttp2 queues no GOAWAY of its own (RFC 9113 §5.4.1 asks for one).
    goaway_end_session(session, code_for(result), NULL);
  } else if (violation.error_code != NGHTTP2_NO_ERROR) {
    goaway_end_session(session, violation.error_code, violation.reason);
  }
  late_data_finish(session);
  look_at_touched(session);
  held_check(session);
}

size_t cnghttp2_session_write(cnghttp2_session *session, uint8_t *buffer, size_t capacity) {
  size_t written = 0;
  while (written < capacity) {
    if (session->unsent_length == 0) {
      if (session->last_goaway_wanted) shutdown_queue_last_goaway(session);
      const uint8_t *frame;
      ssize_t length = nghttp2_session_mem_send(session->session, &frame);
      // A negative length is shortage of memory inside nghttp2: nothing can be sent any more.
      if (length <= 0) break;
      session->unsent_length = (size_t)length;
      bool is_goaway = frame[3] == NGHTTP2_GOAWAY;
      session->unsent = is_goaway ? goaway_explained(session, frame, &session->unsent_length) : frame;
    }
    size_t part = session->unsent_length < capacity - written ? session->unsent_length : capacity - written;
    memcpy(buffer + written, session->unsent, part);
    session->unsent += part;
    session->unsent_length -= part;
    written += part;
  }
  return written;
}

bool cnghttp2_session_wants_write(const cnghttp2_session *session) {
  return session->unsent_length > 0 || session->last_goaway_wanted || nghttp2_session_want_write(session->session) != 0;
}

bool cnghttp2_session_is_finished(const cnghttp2_session *session) {
  return nghttp2_session_want_read(session->session) == 0 && !cnghttp2_session_wants_write(session);
}

bool cnghttp2_session_preface_failed(const cnghttp2_session *session) { return session->preface_failed; }

cnghttp2_fault cnghttp2_session_take_fault(cnghttp2_session *session) {
  cnghttp2_fault fault = session->fault;
  session->fault = CNGHTTP2_FAULT_NONE;
  return fault;
}

void cnghttp2_session_ping(cnghttp2_session *session) {
  nghttp2_submit_ping(session->session, NGHTTP2_FLAG_NONE, NULL);
}

size_t cnghttp2_session_open_streams(const cnghttp2_session *session) { return session->open_streams; }

int32_t cnghttp2_session_last_stream_id(const cnghttp2_session *session) {
  return nghttp2_session_get_last_proc_stream_id(session->session);
}
