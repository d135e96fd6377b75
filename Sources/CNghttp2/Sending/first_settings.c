#include "first_settings.h"

#include <string.h>

#include "../Session/session.h"

// nghttp2 ends the whole connection when a peer opens one stream too many. So nghttp2 is told that there is no limit,
// the peer reads the real one in its place, and received_headers.c refuses single streams.
static int announce_max_streams(cnghttp2_session *session) {
  uint8_t *announced = session->first_settings.frame;
  size_t announced_length = sizeof session->first_settings.frame;
  const uint8_t *frame;
  ssize_t length = nghttp2_session_mem_send(session->nghttp2, &frame);
  if (length != (ssize_t)announced_length) return NGHTTP2_ERR_INVALID_STATE;
  memcpy(announced, frame, announced_length);
  uint8_t *value = announced + announced_length - 4;
  for (int i = 0; i < 4; i++) value[i] = (uint8_t)(session->settings.max_concurrent_streams >> (24 - 8 * i));
  output_begin(&session->output, announced, announced_length);
  return 0;
}

int first_settings_submit(cnghttp2_session *session) {
  const cnghttp2_settings *settings = &session->settings;
  nghttp2_settings_entry entries[4] = {
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, settings->stream_window},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, settings->max_header_list},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  };
  entries[3] = session->is_server ? (nghttp2_settings_entry){NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, UINT32_MAX}
                                  : (nghttp2_settings_entry){NGHTTP2_SETTINGS_ENABLE_PUSH, 0};
  int result = nghttp2_submit_settings(session->nghttp2, NGHTTP2_FLAG_NONE, entries, 4);
  if (result == 0 && session->is_server) result = announce_max_streams(session);
  if (result != 0) return result;
  return nghttp2_session_set_local_window_size(session->nghttp2, NGHTTP2_FLAG_NONE, 0,
                                               (int32_t)settings->connection_window);
}
