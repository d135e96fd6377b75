#include "request_target.h"

#include <string.h>

#include "../Memory/bytes.h"

// What RFC 9113 §8.3.1 asks of a request's target and nghttp2 does not check.

static bool is_named(const cnghttp2_header *field, const char *name) {
  return bytes_are(field->name, field->name_length, name);
}

static bool is_value(const cnghttp2_header *field, const char *value) {
  return bytes_match(field->value, field->value_length, (const uint8_t *)value, strlen(value));
}

// A port that is empty or the scheme's own says nothing (RFC 3986 §6.2.3).
static size_t length_without_port(const cnghttp2_header *field, const char *port) {
  size_t length = field->value_length;
  size_t port_length = strlen(port);
  if (length > port_length && memcmp(field->value + length - port_length, port, port_length) == 0) {
    if (field->value[length - port_length - 1] == ':') return length - port_length - 1;
  }
  return length > 0 && field->value[length - 1] == ':' ? length - 1 : length;
}

bool request_target_is_sound(const header_block *head) {
  const cnghttp2_header *authority = NULL;
  const cnghttp2_header *host = NULL;
  const char *port = "80";
  for (size_t i = 0; i < head->count; i++) {
    const cnghttp2_header *field = &head->fields[i];
    if (is_named(field, ":scheme")) {
      bool is_https = is_value(field, "https");
      if (!is_https && !is_value(field, "http")) return false;
      if (is_https) port = "443";
    } else if (is_named(field, ":authority")) {
      authority = field;
    } else if (is_named(field, "host")) {
      host = field;
    }
  }
  if (authority == NULL || host == NULL) return authority != NULL || host != NULL;
  return bytes_match(authority->value, length_without_port(authority, port), host->value,
                     length_without_port(host, port));
}
