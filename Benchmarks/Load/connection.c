#define _GNU_SOURCE
#include "connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// RFC 9113 §6.
enum { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PING = 6, GOAWAY = 7, WINDOW_UPDATE = 8 };
enum { ACK = 1, END_STREAM = 1, END_HEADERS = 4, MAX_CONCURRENT_STREAMS = 3, FRAME_HEADER = 9 };

static const uint8_t preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

void fail(const char *why) {
  fprintf(stderr, "load: %s\n", why);
  exit(1);
}

uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint32_t number(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put_number(uint8_t *out, uint32_t value) {
  for (int at = 0; at < 4; at++) out[at] = (uint8_t)(value >> (24 - 8 * at));
}

static void put_frame_header(uint8_t *out, uint32_t length, uint8_t type, uint8_t flags, uint32_t stream) {
  // The length has three bytes, and what follows overwrites the fourth.
  put_number(out, length << 8);
  out[3] = type;
  out[4] = flags;
  put_number(out + 5, stream);
}

static void append_frame(struct connection *connection, uint8_t type, uint8_t flags, uint32_t stream,
                         const uint8_t *payload, uint32_t length) {
  if (connection->out_end + FRAME_HEADER + length > WRITE_SIZE) fail("the server does not read");
  uint8_t *out = connection->out + connection->out_end;
  put_frame_header(out, length, type, flags, stream);
  if (length > 0) memcpy(out + FRAME_HEADER, payload, length);
  connection->out_end += FRAME_HEADER + length;
}

struct connection *connection_open(uint16_t port, const char *path, const char *authority) {
  struct connection *connection = calloc(1, sizeof *connection);
  if (!connection) fail("no memory");
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int on = 1;
  connection->socket = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(connection->socket, (struct sockaddr *)&address, sizeof address)) fail("cannot connect");
  setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connection->next_stream = 1;
  connection->window = 65535;
  header_encoder_init(&connection->encoder, path, authority);
  connection->out_end = sizeof preface - 1;
  memcpy(connection->out, preface, connection->out_end);
  append_frame(connection, SETTINGS, 0, 0, NULL, 0);
  // So that answers never wait for the connection's window.
  uint8_t more[4];
  put_number(more, 0x7fffffff - 65535);
  append_frame(connection, WINDOW_UPDATE, 0, 0, more, sizeof more);
  return connection;
}

static void begin_call(struct connection *connection, struct load *load) {
  uint32_t stream = connection->next_stream;
  connection->next_stream += 2;
  // As each call's timeout, which is what is left of the time of the proxy's configuration.
  load->random = load->random * 6364136223846793005u + 1442695040888963407u;
  uint32_t timeout = 999999 - (uint32_t)(load->random >> 58);
  uint8_t block[HEADER_BLOCK_SIZE];
  size_t length = header_block_write(&connection->encoder, timeout, block);
  append_frame(connection, HEADERS, END_HEADERS, stream, block, (uint32_t)length);
  append_frame(connection, DATA, END_STREAM, stream, load->message, load->message_length);
  connection->window -= load->message_length;
  connection->places[stream / 2 % MOST_CALLS].begun = now();
  connection->places[stream / 2 % MOST_CALLS].length = 0;
  connection->open += 1;
  load->begun += 1;
}

void connection_fill(struct connection *connection, struct load *load) {
  uint32_t most = FRAME_HEADER + HEADER_BLOCK_SIZE + FRAME_HEADER + load->message_length;
  while (connection->open < load->calls_at_once && load->begun < load->calls &&
         connection->window >= load->message_length && connection->out_end + most <= WRITE_SIZE) {
    begin_call(connection, load);
  }
}

static void read_settings(const uint8_t *payload, uint32_t length, const struct load *load) {
  for (uint32_t at = 0; at + 6 <= length; at += 6) {
    int is_limit = payload[at] == 0 && payload[at + 1] == MAX_CONCURRENT_STREAMS;
    if (is_limit && number(payload + at + 2) < load->calls_at_once) fail("the server allows fewer calls at a time");
  }
}

static void read_frame(struct connection *connection, struct load *load, const uint8_t *frame, uint64_t time) {
  uint32_t length = number(frame) >> 8;
  uint8_t type = frame[3];
  uint8_t flags = frame[4];
  uint32_t stream = number(frame + 5) & 0x7fffffff;
  const uint8_t *payload = frame + FRAME_HEADER;
  uint32_t place = stream / 2 % MOST_CALLS;
  switch (type) {
    case DATA:
      connection->places[place].length += length;
      break;
    case RST_STREAM:
      fail("the server reset a stream");
    case GOAWAY:
      fail("the server ended the connection");
    case SETTINGS:
      if (flags & ACK) break;
      read_settings(payload, length, load);
      append_frame(connection, SETTINGS, ACK, 0, NULL, 0);
      break;
    case PING:
      if (!(flags & ACK)) append_frame(connection, PING, ACK, 0, payload, length);
      break;
    case WINDOW_UPDATE:
      if (stream == 0) connection->window += number(payload);
      break;
    default:
      break;
  }
  if ((type == DATA || type == HEADERS) && flags & END_STREAM) {
    if (connection->places[place].length != load->answer_length) fail("an answer has another size than the first");
    load->durations[load->ended] = (uint32_t)((time - connection->places[place].begun) / 100);
    load->ended += 1;
    connection->open -= 1;
  }
}

void connection_receive(struct connection *connection, struct load *load) {
  ssize_t count =
      recv(connection->socket, connection->in + connection->in_length, READ_SIZE - connection->in_length, MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) fail("the server closed a connection");
  connection->in_length += (uint32_t)count;
  uint64_t time = now();
  uint32_t at = 0;
  while (connection->in_length - at >= FRAME_HEADER) {
    uint32_t length = number(connection->in + at) >> 8;
    if (length > MOST_FRAME) fail("the server sent a frame that is too large");
    if (connection->in_length - at < FRAME_HEADER + length) break;
    read_frame(connection, load, connection->in + at, time);
    at += FRAME_HEADER + length;
  }
  connection->in_length -= at;
  memmove(connection->in, connection->in + at, connection->in_length);
}

int connection_send(struct connection *connection) {
  while (connection->out_begin < connection->out_end) {
    ssize_t count = send(connection->socket, connection->out + connection->out_begin,
                         connection->out_end - connection->out_begin, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return 1;
    if (count < 0) fail("cannot send");
    connection->out_begin += (uint32_t)count;
  }
  connection->out_begin = connection->out_end = 0;
  return 0;
}
