// What nghttp2 calls back for.
#ifndef CNGHTTP2_CALLBACKS_H
#define CNGHTTP2_CALLBACKS_H

#include <nghttp2/nghttp2.h>

#pragma clang assume_nonnull begin

// The caller's, for `nghttp2_session_callbacks_del`; their `user_data` is the session. NULL when memory is short.
nghttp2_session_callbacks *_Nullable callbacks_create(void);

#pragma clang assume_nonnull end

#endif
