#include "received_body.h"

void received_body_append(received_body *body, held_memory *held, const uint8_t *bytes, size_t length) {
  received_body_keep(body, held);
  byte_buffer_append(&body->copied, held, bytes, length);
}

void received_body_keep(received_body *body, held_memory *held) {
  byte_buffer_append(&body->copied, held, body->borrowed, body->borrowed_length);
  body->borrowed_length = 0;
}

void received_body_release(received_body *body, held_memory *held) {
  byte_buffer_release(&body->copied, held);
  body->borrowed_length = 0;
}
