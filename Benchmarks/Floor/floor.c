// The least that a server on nghttp2 can do for a unary gRPC call: one thread, epoll, a canned answer. It looks for the
// end of each request and at nothing in it, and it has no limits, no timeouts and no way to stop but a signal.
//
// What it has in common with the server it is the measure of: the same libnghttp2 and options, the same windows, one
// write for each connection and wake-up, headers that nghttp2 does not copy.
#define _GNU_SOURCE  // accept4
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 64 * 1024, STREAM_WINDOW = 256 * 1024, CONNECTION_WINDOW = 4 * 1024 * 1024, MAX_EVENTS = 64 };

typedef struct {
  int socket;
  nghttp2_session *session;
  // What nghttp2 wants to send, and how much of it the socket has taken.
  uint8_t *out;
  size_t out_length, out_capacity, out_offset;
  uint32_t waits_for;
} connection;

// RPCResponse { result = 1 { data = 1 } } after gRPC's prefix.
#define JSON "{\"pong\":1784030400}"
static const uint8_t answer[] = "\0\0\0\0\x17\x0a\x15\x0a\x13" JSON;
enum { ANSWER_LENGTH = sizeof answer - 1 };
_Static_assert(sizeof JSON - 1 == 0x13, "the lengths in the answer are its own");

#define FIELD(name, value)                                                      \
  {                                                                             \
    (uint8_t *)(name), (uint8_t *)(value), sizeof(name) - 1, sizeof(value) - 1, \
        NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE            \
  }
static const nghttp2_nv headers[] = {FIELD(":status", "200"), FIELD("content-type", "application/grpc")};
static const nghttp2_nv trailers[] = {FIELD("grpc-status", "0")};

static _Noreturn void fail(const char *what) {
  perror(what);
  exit(1);
}

static ssize_t read_answer(nghttp2_session *session, int32_t stream_id, uint8_t *buffer, size_t length, uint32_t *flags,
                           nghttp2_data_source *source, void *user_data) {
  (void)source;
  (void)user_data;
  // A frame has room for all of it; only a peer with a tiny window would ask for less.
  if (length < ANSWER_LENGTH) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  memcpy(buffer, answer, ANSWER_LENGTH);
  *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
  nghttp2_submit_trailer(session, stream_id, trailers, 1);
  return ANSWER_LENGTH;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user_data) {
  (void)user_data;
  if (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) return 0;
  if (!(frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) return 0;
  nghttp2_data_provider provider = {.read_callback = read_answer};
  return nghttp2_submit_response(session, frame->hd.stream_id, headers, 2, &provider);
}

static nghttp2_session *make_session(connection *connection) {
  nghttp2_session *session;
  nghttp2_session_callbacks *callbacks;
  nghttp2_option *option;
  if (nghttp2_session_callbacks_new(&callbacks) != 0 || nghttp2_option_new(&option) != 0) fail("nghttp2");
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_option_set_no_closed_streams(option, 1);
  if (nghttp2_session_server_new2(&session, callbacks, connection, option) != 0) fail("nghttp2");
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_option_del(option);
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1000000},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  };
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, 3);
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, CONNECTION_WINDOW);
  return session;
}

static void wait_for(int epoll, connection *connection, uint32_t events) {
  if (events == connection->waits_for) return;
  struct epoll_event event = {.events = events, .data.ptr = connection};
  int operation = connection->waits_for ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (epoll_ctl(epoll, operation, connection->socket, &event) != 0) fail("epoll_ctl");
  connection->waits_for = events;
}

static void end(connection *connection) {
  close(connection->socket);
  nghttp2_session_del(connection->session);
  free(connection->out);
  free(connection);
}

static void collect(connection *connection) {
  const uint8_t *frames;
  ssize_t length;
  while ((length = nghttp2_session_mem_send(connection->session, &frames)) > 0) {
    size_t needed = connection->out_length + (size_t)length;
    if (needed > connection->out_capacity) {
      connection->out_capacity = needed * 2;
      connection->out = realloc(connection->out, connection->out_capacity);
      if (connection->out == NULL) fail("realloc");
    }
    memcpy(connection->out + connection->out_length, frames, (size_t)length);
    connection->out_length = needed;
  }
}

// Sends what there is; false when the connection is broken.
static int flush(int epoll, connection *connection) {
  size_t left = connection->out_length - connection->out_offset;
  if (left > 0) {
    ssize_t sent = send(connection->socket, connection->out + connection->out_offset, left, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return 0;
    if (sent > 0) connection->out_offset += (size_t)sent;
    left = connection->out_length - connection->out_offset;
  }
  if (left == 0) connection->out_length = connection->out_offset = 0;
  // It reads on only when everything is sent, so what is unsent stays small.
  wait_for(epoll, connection, left == 0 ? EPOLLIN : EPOLLOUT);
  return 1;
}

static int serve(int epoll, connection *connection, uint32_t events) {
  static uint8_t input[READ_SIZE];
  if (events & EPOLLOUT) return flush(epoll, connection);
  ssize_t length = recv(connection->socket, input, sizeof input, 0);
  if (length < 0) return errno == EAGAIN;
  if (length == 0) return 0;
  if (nghttp2_session_mem_recv(connection->session, input, (size_t)length) < 0) return 0;
  collect(connection);
  return flush(epoll, connection);
}

static void welcome(int epoll, int listener) {
  int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (socket < 0) return;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  connection *connection = calloc(1, sizeof *connection);
  if (connection == NULL) fail("calloc");
  connection->socket = socket;
  connection->session = make_session(connection);
  collect(connection);
  if (!flush(epoll, connection)) end(connection);
}

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "Usage: %s PORT\n", arguments[0]);
    return 2;
  }
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)atoi(arguments[1])),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1024) != 0) fail("listen");
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event ready[MAX_EVENTS] = {{.events = EPOLLIN}};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &ready[0]) != 0) fail("epoll_ctl");
  for (;;) {
    int events = epoll_wait(epoll, ready, MAX_EVENTS, -1);
    for (int i = 0; i < events; i++) {
      connection *connection = ready[i].data.ptr;
      if (connection == NULL) {
        welcome(epoll, listener);
      } else if (!serve(epoll, connection, ready[i].events)) {
        end(connection);
      }
    }
  }
}
