#include "engine/world/scene.h"

bool scene_make(struct scene *s, const struct layout *l, struct arena *a) {
  *s = (struct scene){0};
  int robots = 0;
  for (int f = 0; f < l->fleet_count; f++) robots += l->fleets[f].count_max > l->fleets[f].count ? l->fleets[f].count_max : l->fleets[f].count;
  struct scene_robots *r = &s->robots;
  size_t n = (size_t)robots + 1;
  r->id = ARENA_NEW(a, uint32_t, n);
  r->fleet = ARENA_NEW(a, uint8_t, n);
  r->pos = arena_alloc(a, n * sizeof *r->pos, 8);
  r->heading = ARENA_NEW(a, float, n);
  r->speed = ARENA_NEW(a, float, n);
  r->phase = ARENA_NEW(a, float, n);
  r->cause = ARENA_NEW(a, uint8_t, n);
  r->pose = ARENA_NEW(a, uint8_t, n);
  r->charge = ARENA_NEW(a, float, n);
  r->held = ARENA_NEW(a, int16_t, n);
  r->hand = arena_alloc(a, n * sizeof *r->hand, 8);
  r->from = ARENA_NEW(a, int16_t, n);
  r->to = ARENA_NEW(a, int16_t, n);
  r->step = ARENA_NEW(a, int32_t, n);
  r->waits = ARENA_NEW(a, int32_t, n);
  r->kept = arena_alloc(a, n * sizeof *r->kept, 8);
  r->legs = ARENA_NEW(a, uint8_t, n);
  r->way = arena_alloc(a, n * sizeof *r->way, 8);
  size_t m = (size_t)l->station_count + 1;
  s->stations.cause = ARENA_NEW(a, uint8_t, m);
  s->stations.count = ARENA_NEW(a, uint16_t, m);
  s->stations.progress = ARENA_NEW(a, float, m);
  s->stations.made = ARENA_NEW(a, int64_t, m);
  s->parts.id = ARENA_NEW(a, part_id, SCENE_PARTS_MAX);
  s->parts.type = ARENA_NEW(a, uint8_t, SCENE_PARTS_MAX);
  s->parts.pos = arena_alloc(a, SCENE_PARTS_MAX * sizeof *s->parts.pos, 8);
  return r->to && r->step && r->waits && r->kept && r->legs && r->way && r->hand && s->stations.made && s->parts.pos && s->parts.type;
}
