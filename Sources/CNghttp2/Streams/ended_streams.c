#include <stdlib.h>
#include <string.h>

#include "../Session/session.h"

// The streams that this side ended while the peer could still send: what was on its way then is no fault (RFC 9113
// §5.1). nghttp2 forgets each stream that is closed, so their identifiers are kept here for as long as frames may
// travel.

enum {
  FIRST_CAPACITY = 64,
  // Of one generation; with more, the older generation goes sooner. A mebibyte for both at most, which `held` does not
  // count: streams that are refused would end the connection.
  MOST_IDS = 65536,
};

static const uint64_t GENERATION_NS = 30000000000u;

// Open addressing; no stream has the identifier 0.
static size_t place_of(const id_set *set, int32_t id) {
  size_t place = ((uint32_t)id * 2654435761u) & (set->capacity - 1);
  while (set->ids[place] != 0 && set->ids[place] != id) place = (place + 1) & (set->capacity - 1);
  return place;
}

static bool has(const id_set *set, int32_t id) { return set->count > 0 && set->ids[place_of(set, id)] == id; }

static void release(id_set *set) {
  free(set->ids);
  *set = (id_set){0};
}

static void grow(id_set *set) {
  id_set larger = {.count = set->count, .capacity = set->capacity == 0 ? FIRST_CAPACITY : set->capacity * 2};
  larger.ids = cnghttp2_allocate(larger.capacity * sizeof *larger.ids);
  for (size_t i = 0; i < set->capacity; i++) {
    if (set->ids[i] != 0) larger.ids[place_of(&larger, set->ids[i])] = set->ids[i];
  }
  release(set);
  *set = larger;
}

void ended_note(cnghttp2_session *session, int32_t id) {
  if (session->now - session->ended_began >= GENERATION_NS || session->ended[0].count >= MOST_IDS) {
    release(&session->ended[1]);
    session->ended[1] = session->ended[0];
    session->ended[0] = (id_set){0};
    session->ended_began = session->now;
  }
  id_set *set = &session->ended[0];
  if (set->count >= set->capacity / 2) grow(set);
  size_t place = place_of(set, id);
  if (set->ids[place] == id) return;
  set->ids[place] = id;
  set->count++;
}

bool ended_has(const cnghttp2_session *session, int32_t id) {
  return has(&session->ended[0], id) || has(&session->ended[1], id);
}

void ended_release(cnghttp2_session *session) {
  release(&session->ended[0]);
  release(&session->ended[1]);
}
