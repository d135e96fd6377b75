#include "routes.h"

#include <stdlib.h>
#include <string.h>

#include "../Memory/memory.h"

struct route {
  char *path;
  size_t length;
  bool streaming;
};

struct cnghttp2_routes {
  struct route *items;
  size_t count;
};

cnghttp2_routes *cnghttp2_routes_create(void) { return cnghttp2_allocate(sizeof(cnghttp2_routes)); }

int32_t cnghttp2_routes_add(cnghttp2_routes *routes, const char *path, size_t length, bool streaming) {
  struct route route = {cnghttp2_allocate(length + 1), length, streaming};
  memcpy(route.path, path, length);
  routes->items = cnghttp2_reallocate(routes->items, (routes->count + 1) * sizeof(struct route));
  routes->items[routes->count] = route;
  return (int32_t)routes->count++;
}

void cnghttp2_routes_free(cnghttp2_routes *routes) {
  for (size_t i = 0; i < routes->count; i++) free(routes->items[i].path);
  free(routes->items);
  free(routes);
}

// A server has some twenty routes of mostly different lengths, and those of one service differ in their ends: a length
// check and a last-byte check leave about one memcmp per request, cheaper than hashing the path.
int32_t routes_find(const cnghttp2_routes *routes, const uint8_t *path, size_t length, bool *streaming) {
  for (size_t i = 0; i < routes->count; i++) {
    const struct route *route = &routes->items[i];
    if (route->length == length && length > 0 && (uint8_t)route->path[length - 1] == path[length - 1] &&
        memcmp(route->path, path, length) == 0) {
      *streaming = route->streaming;
      return (int32_t)i;
    }
  }
  *streaming = false;
  return -1;
}
