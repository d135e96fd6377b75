// What the files of this target share. nghttp2.h is seen here and nowhere else in the project.
#ifndef CNGHTTP2_SESSION_STATE_H
#define CNGHTTP2_SESSION_STATE_H

#include <nghttp2/nghttp2.h>
#include <string.h>

#include "../Receiving/flow.h"
#include "../Sending/goaway.h"
#include "../Streams/credit.h"
#include "cnghttp2.h"

typedef struct {
  uint8_t *data;
  size_t length;
  size_t capacity;
} byte_buffer;

// What a request's fields said so far: see message.c.
typedef struct {
  uint32_t seen;
  cnghttp2_fault fault : 8;  // the first one
  int64_t content_length;    // -1 without one
} message_state;

// A received header list. nghttp2's reference-counted buffers are held, so that the fields need no copy. On a server,
// streams whose lists are the same share one.
typedef struct header_block {
  cnghttp2_header *fields;
  nghttp2_rcbuf **buffers;  // two for each field: name, value
  size_t count;
  size_t capacity;
  size_t list_size;  // RFC 9113 §6.5.2: name + value + 32 for each field
  size_t kept_size;  // the part of it that is in `fields`
  size_t counted;    // what of that `held` counts now
  bool too_large;
  uint32_t users;      // the streams that have it
  bool is_remembered;  // the session has it among its recent ones
  // Of a list that was remembered once, see recent.c:
  uint64_t number;  // among all that the session has remembered, from 1; 0 when it has not
  size_t timeout;   // which of the fields is grpc-timeout; `count` when none is
  message_state message;
  int32_t route;
  bool streaming;
  struct header_block *next_free;
} header_block;

typedef struct stream {
  int32_t id;
  uint32_t slot;
  int32_t route;
  uint64_t opened_at;
  bool streaming;       // the application takes DATA events; else the body is collected
  bool announced;       // the application has seen an event of this stream
  bool opened_queued;   // OPENED is queued or was taken
  bool started_queued;  // BODY_STARTED is queued or was taken
  bool refused_queued;  // HEADERS_TOO_LARGE or BODY_TOO_LARGE is queued or was taken
  bool received_end;    // END_STREAM came
  bool touched;         // on the session's list of streams to look at when a receive ends
  bool undecided;       // server only: the session's `undecided` counts it
  bool answer_started;  // headers are submitted
  bool answer_ended;    // no more is to be submitted
  bool early_end;       // the answer ended before the request did, and its end is not yet sent
  bool reset_by_us;
  bool full;                 // the application was told FULL and waits for WRITABLE
  bool closed;               // nghttp2 has let go of it
  bool malformed;            // server only: a field or the body's length breaks RFC 9113 §8
  message_state message;     // server only
  uint64_t received_length;  // server only: bytes of DATA without padding
  header_block *head;
  nghttp2_rcbuf *timeout;   // the value of grpc-timeout, when it is not the one in `head`
  header_block *trailers;   // client only
  const uint8_t *borrowed;  // one chunk of the body, still in the caller's input
  size_t borrowed_length;
  byte_buffer body;  // chunks that were copied
  byte_buffer out;
  size_t out_offset;
  credit credit;  // bytes of DATA that the peer may still send
  size_t held;    // the session's `held` counts this for the stream, beside its buffers and header lists
  nghttp2_nv trailer_fields[CNGHTTP2_MAX_TRAILERS];
  size_t trailer_count;
  uint8_t *trailer_memory;  // owned copies of what is not permanent in trailer_fields
  struct stream *next;      // in the touched list, else in the closed list or the pool
} stream;

typedef struct {
  cnghttp2_event_kind kind;
  stream *stream;
  uint32_t error_code;
  int32_t stream_id;
  const uint8_t *data;
  size_t length;
} queued_event;

// Where in the received frames a session is.
typedef struct {
  size_t preface;    // bytes of the client's connection preface that came
  uint8_t head[10];  // a frame's header, with the pad length of padded DATA
  size_t length;
  size_t payload_left;
  bool over;  // nothing more is looked at
} frame_walk;

// Identifiers of streams: see ended.c.
typedef struct {
  int32_t *ids;
  size_t count;
  size_t capacity;
} id_set;

// The streams of the DATA frames that came in this receive, in their order: see late_data.c.
typedef struct {
  int32_t *ids;
  size_t count;
  size_t capacity;
  size_t next;
} data_order;

// Freed memory of nghttp2's, by size: see pool.c.
enum { CNGHTTP2_POOL_CLASSES = 33 };
typedef struct {
  struct kept *kept[CNGHTTP2_POOL_CLASSES];
  size_t size;
} cnghttp2_pool;

// A pooled stream keeps buffers up to this many bytes, so that small messages need no allocation.
enum { MAX_POOLED_BUFFER = 4096 };

struct cnghttp2_session {
  nghttp2_session *session;
  cnghttp2_pool memory;
  const cnghttp2_routes *routes;  // NULL on a client
  cnghttp2_settings settings;
  uint64_t now;
  bool is_server;
  bool preface_failed;
  cnghttp2_fault fault;  // of the first malformed request since it was taken
  goaway goaway;
  // Of the GOAWAY that announces a shutdown: whether it waits, or the peer was asked whether it has come.
  enum { NOTICE_NONE, NOTICE_QUEUED, NOTICE_ASKED } notice;
  bool last_goaway_wanted;  // the shutdown's last GOAWAY is not queued yet

  stream *receiving_headers;                    // the stream whose header block is being decoded
  bool keep_headers;                            // false for header blocks nobody reads, such as a request's trailers
  header_block *recent[CNGHTTP2_RECENT_LISTS];  // a ring, by number
  uint64_t recent_count;
  header_block *likely;   // the remembered list that the one being decoded has been the same as; NULL when it differs
  size_t likely_fields;   // for how many fields
  cnghttp2_header *lent;  // a shared list with a timeout of its own, while its event is handled

  queued_event *events;
  size_t event_count;
  size_t event_capacity;
  size_t next_event;

  stream *touched;
  stream *closed;
  stream *pool;
  size_t pool_count;
  header_block *block_pool;
  size_t block_pool_count;
  stream **slots;  // by slot: the stream that has it, or NULL
  uint32_t *free_slots;
  uint32_t slot_count;
  uint32_t slot_capacity;
  uint32_t free_slot_count;

  size_t early_ends;  // streams with early_end
  size_t open_streams;
  size_t undecided;  // server only: open streams without any answer
  id_set ended[2];   // this generation and the one before
  uint64_t ended_began;

  frame_walk walk;
  data_order data_order;
  flow flow;
  size_t held;  // bytes, see held.c
  size_t held_by_application;
  size_t most_held;      // the largest `cnghttp2_session_held_bytes` that `held_check` saw
  size_t unsent_bodies;  // bytes in all streams' `out` that are not sent

  uint64_t second_began;
  uint32_t quick_resets;
  uint32_t control_frames;
  uint32_t window_updates;
  uint32_t continuations;            // of the header block that came last
  uint64_t expected_window_updates;  // for DATA sent and streams opened in this second
  uint64_t expected_resets;          // one for each HEADERS that came and each RST_STREAM that did not

  uint8_t first_settings[9 + 4 * 6];  // server only: the frame as the peer gets it
  const uint8_t *unsent;              // rest of the frame nghttp2 handed out last
  size_t unsent_length;
};

static inline bool bytes_are(const uint8_t *bytes, size_t length, const char *text) {
  return length == strlen(text) && memcmp(bytes, text, length) == 0;
}

// C forbids memcpy from or to NULL, also of no bytes.
static inline void copy_bytes(uint8_t *to, const uint8_t *from, size_t length) {
  if (length > 0) memcpy(to, from, length);
}

// request.c: the same but for the case of ASCII letters.
bool bytes_match(const uint8_t *left, size_t left_length, const uint8_t *right, size_t right_length);

// memory.c: allocation stops the process when memory is short, as Swift's does.
void *cnghttp2_allocate(size_t size);
void *cnghttp2_reallocate(void *memory, size_t size);
// `held` counts the capacity.
void byte_buffer_append(size_t *held, byte_buffer *buffer, const uint8_t *bytes, size_t length);
void byte_buffer_release(size_t *held, byte_buffer *buffer);

// pool.c
nghttp2_mem cnghttp2_pool_memory(cnghttp2_pool *pool);
void cnghttp2_pool_release(cnghttp2_pool *pool);

// header_block.c
header_block *header_block_take(cnghttp2_session *session);
// For one more stream.
void header_block_share(cnghttp2_session *session, header_block *block);
// A stream needs it no longer. NULL is allowed.
void header_block_give_back(cnghttp2_session *session, header_block *block);
// The session keeps it whatever streams do, until it is forgotten.
void header_block_remember(header_block *block);
void header_block_forget(cnghttp2_session *session, header_block *block);
void header_block_add(cnghttp2_session *session, header_block *block, nghttp2_rcbuf *name, nghttp2_rcbuf *value);
void header_block_free(header_block *block);

// stream.c
stream *stream_open(cnghttp2_session *session, int32_t id);
stream *stream_find(cnghttp2_session *session, int32_t id);
void stream_touch(cnghttp2_session *session, stream *stream);
// The answer has begun, or none will.
static inline void stream_decided(cnghttp2_session *session, stream *stream) {
  if (!stream->undecided) return;
  stream->undecided = false;
  session->undecided--;
}
void stream_note_early_end(cnghttp2_session *session, stream *stream);
void stream_forget_early_end(cnghttp2_session *session, stream *stream);
void stream_reset(cnghttp2_session *session, stream *stream, uint32_t error_code);
// For what the peer provokes: counts as a reset of its own, unlike `stream_reset`.
void stream_reset_provoked(cnghttp2_session *session, stream *stream, uint32_t error_code);
void stream_release_timeout(stream *stream);
void stream_recycle(cnghttp2_session *session, stream *stream);
void stream_free(cnghttp2_session *session, stream *stream);
void stream_set_trailers(cnghttp2_session *session, stream *stream, const cnghttp2_header *trailers, size_t count);

// events.c
void event_queue(cnghttp2_session *session, cnghttp2_event_kind kind, stream *stream);
void event_queue_data(cnghttp2_session *session, stream *stream, const uint8_t *data, size_t length);
void event_queue_connection(cnghttp2_session *session, cnghttp2_event_kind kind, int32_t stream_id, uint32_t code);

// frames.c: how many of the bytes come before the frame that the session has to end for, which sets `violation`.
typedef struct {
  uint32_t error_code;
  const char *reason;
} frame_violation;
size_t frames_look_at(cnghttp2_session *session, const uint8_t *bytes, size_t length, frame_violation *violation);

// held.c
void held_begin_stream(cnghttp2_session *session, stream *stream);
void held_add(cnghttp2_session *session, stream *stream, size_t size);
void held_remove(cnghttp2_session *session, stream *stream, size_t size);
bool held_allows_streams(const cnghttp2_session *session);
void held_check(cnghttp2_session *session);

// message.c
void message_begin(message_state *message);
// Whether the field may stand where it stands.
bool message_takes(message_state *message, nghttp2_vec name, nghttp2_vec value, bool is_trailer);
bool message_head_is_complete(message_state *message);
// Keeps what is wrong, unless something was before; always false.
bool message_fails(message_state *message, cnghttp2_fault fault);
// RFC 9113 §8.2.1: no control characters but tabs, and no blanks at either end.
bool message_value_is_valid(const uint8_t *value, size_t length);

// request.c
bool request_is_sound(const header_block *head);

// request_head.c
void request_head_begin(cnghttp2_session *session, stream *stream);
void request_head_take(cnghttp2_session *session, stream *stream, nghttp2_rcbuf *name, nghttp2_rcbuf *value);
// Whether the request is what RFC 9113 §8 allows.
bool request_head_end(cnghttp2_session *session, stream *stream);

// recent.c
void recent_begin(cnghttp2_session *session);
// `recent_takes` for nearly every field: it is the very memory of the likely list's, out of HPACK's table. Compiled
// into nghttp2's callback: 2 % of a call.
static inline bool recent_continues(cnghttp2_session *session, const nghttp2_rcbuf *name, const nghttp2_rcbuf *value) {
  const header_block *likely = session->likely;
  size_t at = session->likely_fields;
  if (likely == NULL || at >= likely->count) return false;
  if (likely->buffers[at * 2] != name || likely->buffers[at * 2 + 1] != value) return false;
  session->likely_fields++;
  return true;
}
typedef enum {
  RECENT_NONE,    // there is no remembered list to compare with
  RECENT_SAME,    // so far the list is the same as a remembered one
  RECENT_PARTED,  // it is not any more: see recent_part
} recent_verdict;
// Compares the next field.
recent_verdict recent_takes(cnghttp2_session *session, stream *stream, nghttp2_rcbuf *name, nghttp2_rcbuf *value);
// When the whole list was a remembered one, the stream shares it.
recent_verdict recent_ends(cnghttp2_session *session, stream *stream);
// The list with which the one being decoded parted, and in how many fields they were the same; there is none any more.
const header_block *recent_part(cnghttp2_session *session, size_t *count);
// The value of a field, which is the stream's own for grpc-timeout.
nghttp2_rcbuf *recent_value(const header_block *block, size_t at, const stream *stream);
void recent_remember(cnghttp2_session *session, stream *stream);
void recent_release(cnghttp2_session *session);
void recent_fill(cnghttp2_session *session, const stream *stream, cnghttp2_event *event);

// limits.c
void limits_begin_receive(cnghttp2_session *session, uint64_t now);
void limits_count_reset(cnghttp2_session *session, uint64_t opened_at);
void limits_check_header_list(cnghttp2_session *session, const header_block *block);
void limits_count_headers(cnghttp2_session *session);
void limits_count_sent_data(cnghttp2_session *session);
// False when the frame is one too many.
bool limits_count_control(cnghttp2_session *session);
bool limits_count_continuation(cnghttp2_session *session);
bool limits_count_reset_frame(cnghttp2_session *session);
bool limits_count_window_update(cnghttp2_session *session);
bool limits_is_used_up(const cnghttp2_session *session, int32_t id);

// ended.c
void ended_note(cnghttp2_session *session, int32_t id);
bool ended_has(const cnghttp2_session *session, int32_t id);
void ended_release(cnghttp2_session *session);

// late_data.c
void late_data_note(cnghttp2_session *session, int32_t id);
void late_data_judge_until(cnghttp2_session *session, int32_t id);
// nghttp2 takes a DATA frame of the stream: those noted before it were ignored.
static inline void late_data_pass(cnghttp2_session *session, int32_t id) {
  data_order *order = &session->data_order;
  if (order->next < order->count && order->ids[order->next] == id) {
    order->next++;
  } else {
    late_data_judge_until(session, id);
  }
}
// nghttp2 has taken all.
void late_data_finish(cnghttp2_session *session);

// shutdown.c
void shutdown_queue_last_goaway(cnghttp2_session *session);
void shutdown_goaway_sent(cnghttp2_session *session, const nghttp2_goaway *frame);
// Which event an acknowledged PING is.
cnghttp2_event_kind shutdown_pong_kind(cnghttp2_session *session, const uint8_t *opaque);

// callbacks.c
nghttp2_session_callbacks *cnghttp2_callbacks_create(void);

// response.c
ssize_t cnghttp2_read_body(nghttp2_session *session, int32_t stream_id, uint8_t *buffer, size_t length, uint32_t *flags,
                           nghttp2_data_source *source, void *user_data);

// routes.c
int32_t cnghttp2_routes_find(const cnghttp2_routes *routes, const uint8_t *path, size_t length, bool *streaming);

#endif
