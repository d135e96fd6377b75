// A session and its parts. Each part's file alone reads and writes the part's fields, and session.c alone writes what
// is the session's own: Scripts/check-c-layers checks both.
#ifndef CNGHTTP2_SESSION_H
#define CNGHTTP2_SESSION_H

#include <nghttp2/nghttp2.h>

#include "../Fields/header_block.h"
#include "../Memory/held_memory.h"
#include "../Memory/memory_pool.h"
#include "../Receiving/flow.h"
#include "../Receiving/frame_walk.h"
#include "../Receiving/late_frames.h"
#include "../Receiving/malformed_request.h"
#include "../Receiving/received_headers.h"
#include "../Sending/first_settings.h"
#include "../Sending/goaway.h"
#include "../Sending/output.h"
#include "../Sending/shutdown.h"
#include "../Streams/ended_streams.h"
#include "../Streams/header_cache.h"
#include "../Streams/stream_table.h"
#include "cnghttp2.h"
#include "events.h"
#include "limits.h"
#include "memory_limit.h"

#pragma clang assume_nonnull begin

struct cnghttp2_session {
  nghttp2_session *nghttp2;                 // owned
  const cnghttp2_routes *_Nullable routes;  // borrowed; NULL on a client
  cnghttp2_settings settings;
  uint64_t now;  // of the last receive
  bool is_server;
  bool preface_failed;

  memory_pool memory;
  held_memory held;
  memory_limit memory_limit;
  limits limits;

  header_block_pool blocks;
  header_cache cache;
  stream_table streams;
  ended_streams ended;

  frame_walk walk;
  flow flow;
  late_frames late;
  received_headers headers;
  malformed_request malformed;
  events events;

  first_settings first_settings;
  goaway goaway;
  shutdown_state shutdown;
  output output;
};

#pragma clang assume_nonnull end

#endif
