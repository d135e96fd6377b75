#include "ended_streams.h"

#include <stdlib.h>

#include "../Memory/memory.h"

enum {
  FIRST_CAPACITY = 64,
  // Of one generation; with more, the older generation goes sooner. A mebibyte for both at most, which `held_memory`
  // does not count: streams that are refused would end the connection.
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

void ended_streams_note(ended_streams *ended, int32_t id, uint64_t now) {
  if (now - ended->began >= GENERATION_NS || ended->generations[0].count >= MOST_IDS) {
    release(&ended->generations[1]);
    ended->generations[1] = ended->generations[0];
    ended->generations[0] = (id_set){0};
    ended->began = now;
  }
  id_set *set = &ended->generations[0];
  if (set->count >= set->capacity / 2) grow(set);
  size_t place = place_of(set, id);
  if (set->ids[place] == id) return;
  set->ids[place] = id;
  set->count++;
}

bool ended_streams_has(const ended_streams *ended, int32_t id) {
  return has(&ended->generations[0], id) || has(&ended->generations[1], id);
}

void ended_streams_release(ended_streams *ended) {
  release(&ended->generations[0]);
  release(&ended->generations[1]);
}
