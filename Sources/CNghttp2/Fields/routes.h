// The paths that a server answers.
#ifndef CNGHTTP2_ROUTES_H
#define CNGHTTP2_ROUTES_H

#include "cnghttp2.h"

#pragma clang assume_nonnull begin

// The index of the path's route, or -1, and whether the route is of streams.
int32_t routes_find(const cnghttp2_routes *routes, const uint8_t *path, size_t length, bool *streaming);

#pragma clang assume_nonnull end

#endif
