#include "message.h"

#include "../Memory/bytes.h"

// nghttp2 would check every field of every request; here only those of lists that are not remembered are checked.
// Names, methods and the like by nghttp2's tables of characters; values, which can be long, as fast as memory is read.

enum {
  SEEN_METHOD = 1,
  SEEN_SCHEME = 2,
  SEEN_PATH = 4,
  SEEN_AUTHORITY = 8,
  SEEN_HOST = 16,
  SEEN_REGULAR = 32,  // pseudo-header fields come before all others (§8.3)
  IS_CONNECT = 64,
  IS_OPTIONS = 128,
  PATH_IS_ASTERISK = 256,
};

void message_begin(message_state *message) { *message = (message_state){.content_length = -1}; }

static bool is(nghttp2_vec bytes, const char *text) { return bytes_are(bytes.base, bytes.len, text); }

// -1 when it is not a number that fits.
static int64_t number(nghttp2_vec digits) {
  int64_t result = 0;
  for (size_t i = 0; i < digits.len; i++) {
    int64_t digit = digits.base[i] - '0';
    if (digit < 0 || digit > 9 || result > (INT64_MAX - digit) / 10) return -1;
    result = result * 10 + digit;
  }
  return digits.len > 0 ? result : -1;
}

// A field that may come once, and not without a value.
static bool note(message_state *message, uint32_t flag, nghttp2_vec value) {
  if ((message->seen & flag) != 0 || value.len == 0) return false;
  message->seen |= flag;
  return true;
}

static bool check_pseudo(message_state *message, nghttp2_vec name, nghttp2_vec value) {
  if ((message->seen & SEEN_REGULAR) != 0) return false;
  if (is(name, ":method")) {
    if (is(value, "CONNECT")) message->seen |= IS_CONNECT;
    if (is(value, "OPTIONS")) message->seen |= IS_OPTIONS;
    return nghttp2_check_method(value.base, value.len) != 0 && note(message, SEEN_METHOD, value);
  }
  if (is(name, ":path")) {
    if (is(value, "*")) message->seen |= PATH_IS_ASTERISK;
    bool is_path = (value.len > 0 && value.base[0] == '/') || is(value, "*");
    return is_path && nghttp2_check_path(value.base, value.len) != 0 && note(message, SEEN_PATH, value);
  }
  if (is(name, ":authority")) {
    return nghttp2_check_authority(value.base, value.len) != 0 && note(message, SEEN_AUTHORITY, value);
  }
  // Which schemes there are is request_target_is_sound's to know. Others are for responses or for what SETTINGS do not
  // offer.
  return is(name, ":scheme") && note(message, SEEN_SCHEME, value);
}

bool message_fails(message_state *message, cnghttp2_fault fault) {
  if (message->fault == CNGHTTP2_FAULT_NONE) message->fault = fault;
  return false;
}

// The fault that a field of a connection is.
static cnghttp2_fault fault_of_connection_field(nghttp2_vec name) {
  if (is(name, "connection")) return CNGHTTP2_FAULT_CONNECTION;
  if (is(name, "keep-alive")) return CNGHTTP2_FAULT_KEEP_ALIVE;
  if (is(name, "proxy-connection")) return CNGHTTP2_FAULT_PROXY_CONNECTION;
  if (is(name, "transfer-encoding")) return CNGHTTP2_FAULT_TRANSFER_ENCODING;
  if (is(name, "upgrade")) return CNGHTTP2_FAULT_UPGRADE;
  return CNGHTTP2_FAULT_NONE;
}

static bool check_regular(message_state *message, nghttp2_vec name, nghttp2_vec value) {
  if (is(name, "host")) return note(message, SEEN_HOST, value) || message_fails(message, CNGHTTP2_FAULT_HOST);
  if (is(name, "te")) {
    return bytes_match(value.base, value.len, (const uint8_t *)"trailers", 8) ||
           message_fails(message, CNGHTTP2_FAULT_TE);
  }
  if (is(name, "content-length")) {
    if (message->content_length != -1) return message_fails(message, CNGHTTP2_FAULT_CONTENT_LENGTH);
    message->content_length = number(value);
    return message->content_length != -1 || message_fails(message, CNGHTTP2_FAULT_CONTENT_LENGTH);
  }
  cnghttp2_fault fault = fault_of_connection_field(name);
  return fault == CNGHTTP2_FAULT_NONE || message_fails(message, fault);
}

static bool is_blank(uint8_t byte) { return byte == ' ' || byte == '\t'; }

bool message_value_is_valid(const uint8_t *value, size_t length) {
  if (length > 0 && (is_blank(value[0]) || is_blank(value[length - 1]))) return false;
  uint8_t invalid = 0;
  // In bytes and without a way out, so that the compiler checks many at once: one by one takes five times as long.
  for (size_t i = 0; i < length; i++) {
    uint8_t byte = value[i];
    invalid |= ((byte < ' ') & (byte != '\t')) | (byte == 0x7f);
  }
  return invalid == 0;
}

static bool has_allowed_characters(nghttp2_vec name, nghttp2_vec value) {
  if (is(name, "host")) return nghttp2_check_authority(value.base, value.len) != 0;
  return message_value_is_valid(value.base, value.len);
}

bool message_takes(message_state *message, nghttp2_vec name, nghttp2_vec value, bool is_trailer) {
  bool is_pseudo = name.len > 0 && name.base[0] == ':';
  if (is_pseudo) {
    return (!is_trailer && check_pseudo(message, name, value)) || message_fails(message, CNGHTTP2_FAULT_PSEUDO_HEADER);
  }
  message->seen |= SEEN_REGULAR;
  if (nghttp2_check_header_name(name.base, name.len) == 0) return message_fails(message, CNGHTTP2_FAULT_NAME);
  // Checked before its value, which then does not matter.
  return check_regular(message, name, value) &&
         (has_allowed_characters(name, value) || message_fails(message, CNGHTTP2_FAULT_VALUE));
}

bool message_head_is_complete(message_state *message) {
  uint32_t seen = message->seen;
  if ((seen & IS_CONNECT) != 0) {
    message->content_length = -1;  // what follows is not the content of a message (§8.5)
    return (seen & SEEN_AUTHORITY) != 0 && (seen & (SEEN_SCHEME | SEEN_PATH)) == 0;
  }
  uint32_t needed = SEEN_METHOD | SEEN_SCHEME | SEEN_PATH;
  if ((seen & needed) != needed || (seen & (SEEN_AUTHORITY | SEEN_HOST)) == 0) return false;
  return (seen & PATH_IS_ASTERISK) == 0 || (seen & IS_OPTIONS) != 0;
}
