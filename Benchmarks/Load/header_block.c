#include "header_block.h"

#include <stdio.h>
#include <string.h>

// The fields of a call, in their order after :method and :scheme.
enum { PATH, AUTHORITY, CONTENT_TYPE, USER_AGENT, TE, ACCEPT_ENCODING, TIMEOUT, FIELDS };

#define ENTRIES (sizeof((struct header_encoder *)0)->entries / sizeof(struct header_entry))

// The size of the table that the peer allows unless it says otherwise, and what an entry counts beside its texts
// (RFC 7541 §4.1 and §4.2).
static const unsigned table_size = 4096;
static const unsigned entry_overhead = 32;
static const unsigned static_entries = 61;

// Each field's name, and its place in the static table (RFC 7541 Appendix A), if it has one.
static const struct {
  const char *name;
  unsigned index;
} fields[FIELDS] = {
    [PATH] = {":path", 4},
    [AUTHORITY] = {":authority", 1},
    [CONTENT_TYPE] = {"content-type", 31},
    [USER_AGENT] = {"user-agent", 58},
    [TE] = {"te", 0},
    [ACCEPT_ENCODING] = {"grpc-accept-encoding", 0},
    [TIMEOUT] = {"grpc-timeout", 0},
};

void header_encoder_init(struct header_encoder *encoder, const char *path, const char *authority) {
  memset(encoder, 0, sizeof *encoder);
  encoder->path = path;
  encoder->authority = authority;
}

static struct header_entry *entry_at(struct header_encoder *encoder, unsigned age) {
  return &encoder->entries[(encoder->newest + age) % ENTRIES];
}

// An integer with a prefix of so many bits (RFC 7541 §5.1).
static uint8_t *put_integer(uint8_t *out, uint8_t pattern, unsigned bits, unsigned value) {
  unsigned most = (1u << bits) - 1;
  if (value < most) {
    *out++ = (uint8_t)(pattern | value);
    return out;
  }
  *out++ = (uint8_t)(pattern | most);
  for (value -= most; value >= 128; value /= 128) *out++ = (uint8_t)(value % 128 + 128);
  *out++ = (uint8_t)value;
  return out;
}

static uint8_t *put_text(uint8_t *out, const char *text) {
  size_t length = strlen(text);
  out = put_integer(out, 0, 7, (unsigned)length);
  memcpy(out, text, length);
  return out + length;
}

// A timeout in Huffman's code, which has 5 or 6 bits for these characters (RFC 7541 Appendix B).
static uint8_t *put_timeout(uint8_t *out, const char *text) {
  uint64_t bits = 0;
  unsigned count = 0;
  for (const char *next = text; *next; next++) {
    unsigned short_code = *next >= '0' && *next <= '2';
    unsigned code = *next == 'u' ? 0x2d : short_code ? (unsigned)(*next - '0') : 0x19 + (unsigned)(*next - '3');
    bits = bits << (short_code ? 5 : 6) | code;
    count += short_code ? 5 : 6;
  }
  // Filled up with ones.
  unsigned length = (count + 7) / 8;
  unsigned padding = length * 8 - count;
  bits = bits << padding | ((1u << padding) - 1);
  out = put_integer(out, 0x80, 7, length);
  for (unsigned at = length; at-- > 0;) *out++ = (uint8_t)(bits >> (8 * at));
  return out;
}

static void add_entry(struct header_encoder *encoder, uint8_t field, uint32_t value, size_t text_size) {
  unsigned size = (unsigned)text_size + entry_overhead;
  while (encoder->used + size > table_size || encoder->count == ENTRIES) {
    encoder->count -= 1;
    encoder->used -= entry_at(encoder, encoder->count)->size;
  }
  encoder->newest = (encoder->newest + ENTRIES - 1) % ENTRIES;
  encoder->entries[encoder->newest] = (struct header_entry){value, field, (uint8_t)size};
  encoder->count += 1;
  encoder->used += size;
}

// A field by its place in the table, or else as text that is added to the table (RFC 7541 §6.1 and §6.2.1).
static uint8_t *put_field(struct header_encoder *encoder, uint8_t *out, uint8_t field, uint32_t value,
                          const char *text) {
  unsigned name = fields[field].index;
  for (unsigned age = 0; age < encoder->count; age++) {
    const struct header_entry *entry = entry_at(encoder, age);
    if (entry->field != field) continue;
    if (entry->value == value) return put_integer(out, 0x80, 7, static_entries + 1 + age);
    if (name == 0) name = static_entries + 1 + age;
  }
  out = put_integer(out, 0x40, 6, name);
  if (name == 0) out = put_text(out, fields[field].name);
  out = field == TIMEOUT ? put_timeout(out, text) : put_text(out, text);
  add_entry(encoder, field, value, strlen(fields[field].name) + strlen(text));
  return out;
}

size_t header_block_write(struct header_encoder *encoder, uint32_t timeout, uint8_t out[HEADER_BLOCK_SIZE]) {
  uint8_t *end = out;
  *end++ = 0x83;  // :method POST
  *end++ = 0x86;  // :scheme http
  end = put_field(encoder, end, PATH, 0, encoder->path);
  end = put_field(encoder, end, AUTHORITY, 0, encoder->authority);
  end = put_field(encoder, end, CONTENT_TYPE, 0, "application/grpc");
  end = put_field(encoder, end, USER_AGENT, 0, "grpc-go/1.82.0");
  end = put_field(encoder, end, TE, 0, "trailers");
  end = put_field(encoder, end, ACCEPT_ENCODING, 0, "gzip");
  if (timeout != 0) {
    char text[16];
    snprintf(text, sizeof text, "%uu", timeout);
    end = put_field(encoder, end, TIMEOUT, timeout, text);
  }
  return (size_t)(end - out);
}
