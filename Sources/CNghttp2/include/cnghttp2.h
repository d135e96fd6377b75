/// A flat C API over one nghttp2 session: bytes in, events out, one call per response.
///
/// nghttp2 speaks through callbacks; all of them stay in this target. The caller feeds received bytes, takes events
/// until there are none, submits answers and takes the bytes to send. A session belongs to one thread at a time.
#ifndef CNGHTTP2_H
#define CNGHTTP2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#else
#define _Nullable
#endif

/// One HTTP/2 connection, as server or as client. Made by `cnghttp2_session_create…`, freed by `cnghttp2_session_free`.
typedef struct cnghttp2_session cnghttp2_session;

/// The paths a server answers, shared by its sessions. Must outlive them; not changed once a session uses it.
typedef struct cnghttp2_routes cnghttp2_routes;

/// One header field. The memory is the giver's: the session's for events, the caller's for submissions.
typedef struct {
  const uint8_t *name;
  size_t name_length;
  const uint8_t *value;
  size_t value_length;
  /// For submissions: name and value live as long as the process, so that they need no copy.
  bool permanent;
} cnghttp2_header;

/// What an event tells. Its pointers stay valid until the events of the next `receive` or `write` are taken, but
/// `headers` only until the next event is.
///
/// Server: nothing more is told of a stream whose answer has ended, and only CLOSED of one that was reset.
typedef enum __attribute__((enum_extensibility(closed))) {
  /// Server: a request of a unary route is complete: `headers` and the whole `body`.
  CNGHTTP2_EVENT_REQUEST = 1,
  /// Server: a request's `headers` are there, its body is still to come. Unary routes get it only when the body did not
  /// arrive in the same `receive`; streaming routes always. Client: the final response's `headers`.
  CNGHTTP2_EVENT_OPENED = 2,
  /// More bytes of a streaming `body`. Return the stream's credit by `cnghttp2_session_consume`.
  CNGHTTP2_EVENT_DATA = 3,
  /// The peer has ended its side of a streaming exchange. Client: `headers` are the trailers, if any came.
  CNGHTTP2_EVENT_END = 4,
  /// The stream is gone before its exchange was over; `error_code` is RFC 9113 §7's.
  CNGHTTP2_EVENT_CLOSED = 5,
  /// A streaming body's unsent bytes fell to the low-water mark, after they had been above the high-water mark.
  CNGHTTP2_EVENT_WRITABLE = 6,
  /// The request's header list is above the limit; `headers` holds only what came before that.
  CNGHTTP2_EVENT_HEADERS_TOO_LARGE = 7,
  /// The request's body is above the limit; no more of it is kept. `headers` are there, unless OPENED gave them.
  CNGHTTP2_EVENT_BODY_TOO_LARGE = 8,
  /// The first bytes of an incomplete unary body, once, as soon as there are five or more.
  CNGHTTP2_EVENT_BODY_STARTED = 9,
  /// The peer sent GOAWAY; `error_code`, and `stream_id` is its last stream identifier.
  CNGHTTP2_EVENT_GOAWAY = 10,
  /// The peer's SETTINGS took effect.
  CNGHTTP2_EVENT_SETTINGS = 11,
  /// The peer acknowledged a PING of `cnghttp2_session_ping`, or one that was never sent.
  CNGHTTP2_EVENT_PONG = 12,
  /// Server: the peer has read the notice of `cnghttp2_session_announce_shutdown`; all that it opened before has come.
  CNGHTTP2_EVENT_NOTICE_ACKNOWLEDGED = 13,
} cnghttp2_event_kind;

typedef struct {
  cnghttp2_event_kind kind;
  int32_t stream_id;
  /// A small number that stays the stream's own while it lives; reused afterwards.
  uint32_t slot;
  /// The index that `cnghttp2_routes_add` gave for the request's path, or −1 when no route matches.
  int32_t route;
  uint32_t error_code;
  const cnghttp2_header *_Nullable headers;
  size_t header_count;
  /// Server: two requests of a session with the same number have the same header list, but for the value of
  /// grpc-timeout. 0 says nothing.
  uint64_t list_number;
  /// The value of grpc-timeout in a numbered list, NULL when it has none.
  const uint8_t *_Nullable timeout;
  size_t timeout_length;
  const uint8_t *_Nullable body;
  size_t body_length;
} cnghttp2_event;

/// What makes a request malformed (RFC 9113 §8): its stream is reset with PROTOCOL_ERROR.
typedef enum __attribute__((enum_extensibility(closed))) {
  CNGHTTP2_FAULT_NONE = 0,
  /// Fields that belong to a connection of HTTP/1 (§8.2.2), by their names.
  CNGHTTP2_FAULT_CONNECTION = 1,
  CNGHTTP2_FAULT_KEEP_ALIVE = 2,
  CNGHTTP2_FAULT_PROXY_CONNECTION = 3,
  CNGHTTP2_FAULT_TRANSFER_ENCODING = 4,
  CNGHTTP2_FAULT_UPGRADE = 5,
  /// A te that is not `trailers`.
  CNGHTTP2_FAULT_TE = 6,
  /// A field's name with characters that names do not have (§8.2.1).
  CNGHTTP2_FAULT_NAME = 7,
  /// A field's value with characters that values do not have (§8.2.1).
  CNGHTTP2_FAULT_VALUE = 8,
  /// A host that is repeated or empty.
  CNGHTTP2_FAULT_HOST = 9,
  /// A content-length that is not a number, is repeated, or is not the body's (§8.1.1).
  CNGHTTP2_FAULT_CONTENT_LENGTH = 10,
  /// Pseudo-header fields that are missing, repeated or late, or have a value that is not allowed (§8.3).
  CNGHTTP2_FAULT_PSEUDO_HEADER = 11,
  /// Trailers that do not end the request (§8.1).
  CNGHTTP2_FAULT_TRAILERS = 12,
} cnghttp2_fault;

/// Limits and first SETTINGS of a session.
typedef struct {
  /// SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113 §6.5.2).
  uint32_t max_concurrent_streams;
  /// Bytes of a stream's receive window (SETTINGS_INITIAL_WINDOW_SIZE).
  uint32_t stream_window;
  /// Bytes of the connection's receive window.
  uint32_t connection_window;
  /// Bytes of a header list, each field counted as name + value + 32 (SETTINGS_MAX_HEADER_LIST_SIZE).
  uint32_t max_header_list;
  /// Streams of a server's session that may be open without any answer; above it, new ones are refused.
  size_t max_undecided_streams;
  /// Bytes of a unary request's body that are kept at most.
  size_t max_body;
  /// Unsent bytes of a streaming body above which the stream counts as full.
  size_t high_water;
  /// Streams reset by the peer within `reset_age_ns` of their opening that one second may hold.
  uint32_t max_quick_resets;
  uint64_t reset_age_ns;
  /// Bytes that a server's session may hold for its peer, see `cnghttp2_session_held_bytes`. Above it, it ends with
  /// ENHANCE_YOUR_CALM; above three quarters of it, new streams are refused.
  size_t max_memory;
  /// Bytes of bodies that wait to be sent, of all streams together. Above it a server refuses new streams, and every
  /// streaming body counts as full.
  size_t max_unsent;
  /// Control frames in one second: PING, SETTINGS, PRIORITY, unknown ones, empty DATA and CONTINUATION,
  /// RST_STREAM of no stream. Above it a server's session ends with ENHANCE_YOUR_CALM.
  uint32_t max_control_frames;
  /// WINDOW_UPDATE in one second beyond two for each DATA frame sent and one for each stream opened. Above it a
  /// server's session ends with ENHANCE_YOUR_CALM.
  uint32_t max_window_updates;
} cnghttp2_settings;

/// What submitting came to.
typedef enum __attribute__((enum_extensibility(closed))) {
  CNGHTTP2_OK = 0,
  /// The stream is gone, or its answer has ended. Nothing was sent.
  CNGHTTP2_STREAM_GONE = 1,
  /// Accepted, and the stream's unsent bytes are above the high-water mark: wait for WRITABLE.
  CNGHTTP2_FULL = 2,
} cnghttp2_result;

// Routes.

cnghttp2_routes *cnghttp2_routes_create(void);
/// Copies `path`. Returns the route's index, counting from 0.
int32_t cnghttp2_routes_add(cnghttp2_routes *routes, const char *path, size_t length, bool streaming);
void cnghttp2_routes_free(cnghttp2_routes *routes);

// A session's life.

/// Borrows `routes` for the session's life; copies `settings`. NULL when memory is short.
cnghttp2_session *_Nullable cnghttp2_session_create_server(const cnghttp2_routes *routes,
                                                           const cnghttp2_settings *settings);
cnghttp2_session *_Nullable cnghttp2_session_create_client(const cnghttp2_settings *settings);
void cnghttp2_session_free(cnghttp2_session *session);

// Bytes and events.

/// Takes all of `bytes`; `now_ns` is a monotonic clock. `bytes` must stay in place until the events are taken, then a
/// call of `cnghttp2_session_next_event` that returns false releases them. A violation of the protocol ends the
/// session by GOAWAY: see `cnghttp2_session_is_finished`.
void cnghttp2_session_receive(cnghttp2_session *session, const uint8_t *bytes, size_t length, uint64_t now_ns);
/// Fills `event` with the next one. False when there is none; what earlier events pointed to is then released.
bool cnghttp2_session_next_event(cnghttp2_session *session, cnghttp2_event *event);
/// Server: what was wrong with a request that was reset as malformed, the first since this was asked last.
cnghttp2_fault cnghttp2_session_take_fault(cnghttp2_session *session);
/// Copies bytes to send into `buffer` and returns how many. Fewer than `capacity` means that there are no more now.
size_t cnghttp2_session_write(cnghttp2_session *session, uint8_t *buffer, size_t capacity);
bool cnghttp2_session_wants_write(const cnghttp2_session *session);
/// True when nothing more can be received nor is there anything left to send: close the connection.
bool cnghttp2_session_is_finished(const cnghttp2_session *session);
/// True when what arrived first is not HTTP/2 (RFC 9113 §3.4).
bool cnghttp2_session_preface_failed(const cnghttp2_session *session);
/// RFC 9113 §7's code with which this side ended the session, 0 while it has not. One that nghttp2 chose is known when
/// its GOAWAY is written.
uint32_t cnghttp2_session_error_code(const cnghttp2_session *session);
/// Why this side ended the session, as its GOAWAY tells the peer; NULL where the code has to do. A constant.
const char *_Nullable cnghttp2_session_end_reason(const cnghttp2_session *session);

// Answers (server) and requests (client). Headers and bytes are copied, except permanent headers' names and values.

/// A whole response: headers, body, trailers (at most CNGHTTP2_MAX_TRAILERS).
cnghttp2_result cnghttp2_session_respond(cnghttp2_session *session, int32_t stream_id,
                                         const cnghttp2_header *_Nullable headers, size_t header_count,
                                         const uint8_t *_Nullable body, size_t body_length,
                                         const cnghttp2_header *_Nullable trailers, size_t trailer_count);
/// A response that is one HEADERS frame with END_STREAM (gRPC: Trailers-Only).
cnghttp2_result cnghttp2_session_respond_headers_only(cnghttp2_session *session, int32_t stream_id,
                                                      const cnghttp2_header *_Nullable headers, size_t header_count);
/// The headers of a response whose body follows by `write_body` and ends with `end_body`.
cnghttp2_result cnghttp2_session_start_response(cnghttp2_session *session, int32_t stream_id,
                                                const cnghttp2_header *_Nullable headers, size_t header_count);
/// Client: opens a stream. Its body follows by `write_body` and ends with `end_body` and no trailers.
/// Returns the stream identifier, or a negative number when no stream can be opened.
int32_t cnghttp2_session_start_request(cnghttp2_session *session, const cnghttp2_header *_Nullable headers,
                                       size_t header_count);
cnghttp2_result cnghttp2_session_write_body(cnghttp2_session *session, int32_t stream_id, const uint8_t *bytes,
                                            size_t length);
cnghttp2_result cnghttp2_session_end_body(cnghttp2_session *session, int32_t stream_id,
                                          const cnghttp2_header *_Nullable trailers, size_t trailer_count);
/// RST_STREAM. Does nothing when the stream is gone.
void cnghttp2_session_reset(cnghttp2_session *session, int32_t stream_id, uint32_t error_code);
/// Returns flow-control credit for `length` bytes of DATA events that the application has taken.
void cnghttp2_session_consume(cnghttp2_session *session, int32_t stream_id, size_t length);

// The connection.

/// GOAWAY with the highest possible last stream identifier: a notice that no new streams will be taken soon. A PING
/// goes out after it, whose acknowledgement is NOTICE_ACKNOWLEDGED.
void cnghttp2_session_announce_shutdown(cnghttp2_session *session);
/// GOAWAY NO_ERROR with the identifier of the last stream that is taken when it is written: later streams are refused,
/// earlier ones go on.
void cnghttp2_session_shut_down(cnghttp2_session *session);
/// GOAWAY with `error_code`; the session is finished when that is written.
void cnghttp2_session_terminate(cnghttp2_session *session, uint32_t error_code);
void cnghttp2_session_ping(cnghttp2_session *session);
/// Streams that are open in either direction.
size_t cnghttp2_session_open_streams(const cnghttp2_session *session);
/// Client: how many streams the server allows at a time (RFC 9113 §6.5.2); before its SETTINGS, no limit is known.
uint32_t cnghttp2_session_allowed_streams(const cnghttp2_session *session);
/// Bytes held for the peer: received bodies and header lists, DATA events that were not consumed, answers that are not
/// sent, frames that wait, a fixed number for each open stream, and what the application holds.
size_t cnghttp2_session_held_bytes(const cnghttp2_session *session);
/// Tells how many bytes the application holds for the peer now; told anew before each `receive`.
void cnghttp2_session_set_application_bytes(cnghttp2_session *session, size_t size);
/// Whether all that is held leaves room for more calls: at most five eighths of the limit are held.
bool cnghttp2_session_allows_calls(const cnghttp2_session *session);
/// The largest `cnghttp2_session_held_bytes` after a receive or an answer.
size_t cnghttp2_session_most_held_bytes(const cnghttp2_session *session);
/// Bytes of bodies that are not sent.
size_t cnghttp2_session_unsent_bytes(const cnghttp2_session *session);
/// The highest stream identifier the peer opened.
int32_t cnghttp2_session_last_stream_id(const cnghttp2_session *session);

// The process.

/// Gives the pages of freed memory back to the system, of all threads; where the C library cannot, does nothing.
void cnghttp2_release_free_memory(void);

#define CNGHTTP2_MAX_TRAILERS 4
/// How many header lists a server's session remembers. A node of Centrifugo has one for each event.
#define CNGHTTP2_RECENT_LISTS 16

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
