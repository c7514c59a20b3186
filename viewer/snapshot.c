#include "viewer/snapshot.h"

#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979f

void snapshot_finish(struct snapshot *s) {
  struct picture_robots *r = &s->p.robots;
  struct picture_stations *t = &s->p.stations;
  struct picture_parts *q = &s->p.parts;
  free(s->p.bodies.body);
  free(s->limbs);
  void *all[] = {r->id, r->fleet, r->cause, r->pose, r->pos, r->heading, r->speed, r->phase, r->charge, r->held, r->from, r->to, r->hand, r->step, r->waits, r->kept, r->legs, r->way,
                 t->cause, t->count, t->progress, t->made, q->id, q->type, q->pos, s->slot};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  memset(s, 0, sizeof *s);
}

#define GROW(field, n) (grow = realloc((field), (size_t)(n) * sizeof *(field)), grow ? ((field) = grow, true) : false)

static bool make_room(struct snapshot *s, const struct picture *p) {
  struct picture_robots *r = &s->p.robots;
  struct picture_stations *t = &s->p.stations;
  struct picture_parts *q = &s->p.parts;
  void *grow;
  if (p->robots.n > s->robot_capacity) {
    int n = p->robots.n + 16;
    if (!(GROW(r->id, n) && GROW(r->fleet, n) && GROW(r->cause, n) && GROW(r->pose, n) && GROW(r->pos, n) && GROW(r->heading, n) &&
          GROW(r->speed, n) && GROW(r->phase, n) && GROW(r->charge, n) && GROW(r->held, n) && GROW(r->from, n) && GROW(r->to, n) &&
          GROW(r->hand, n) && GROW(r->step, n) && GROW(r->waits, n) && GROW(r->kept, n) && GROW(r->legs, n) && GROW(r->way, n)))
      return false;
    s->robot_capacity = n;
  }
  if (p->stations.n > s->station_capacity) {
    int n = p->stations.n + 16;
    if (!(GROW(t->cause, n) && GROW(t->count, n) && GROW(t->progress, n) && GROW(t->made, n))) return false;
    s->station_capacity = n;
  }
  if (p->parts.n > s->part_capacity) {
    int n = p->parts.n + p->parts.n / 2 + 64, slots = 256;
    while (slots < 2 * n) slots *= 2;
    if (!(GROW(q->id, n) && GROW(q->type, n) && GROW(q->pos, n) && GROW(s->slot, slots))) return false;
    s->part_capacity = n;
    s->slots = slots;
  }
  return true;
}

static float number(float v) { return v > -1e7f && v < 1e7f ? v : 0; }

static void clean(struct snapshot *s) {
  struct picture_robots *r = &s->p.robots;
  for (int i = 0; i < r->n; i++) {
    r->heading[i] = number(r->heading[i]);
    r->speed[i] = number(r->speed[i]);
    r->phase[i] = number(r->phase[i]);
    r->charge[i] = number(r->charge[i]);
    for (int k = 0; k < 2; k++) {
      r->pos[i][k] = number(r->pos[i][k]);
      for (int n = 0; n < 2; n++) r->hand[i][n][k] = number(r->hand[i][n][k]);
    }
  }
  for (int i = 0; i < s->p.stations.n; i++) s->p.stations.progress[i] = number(s->p.stations.progress[i]);
  for (int i = 0; i < s->p.parts.n; i++)
    for (int k = 0; k < 2; k++) s->p.parts.pos[i][k] = number(s->p.parts.pos[i][k]);
}

#define COPY(to, from, n) memcpy((to), (from), (size_t)(n) * sizeof *(to))

static void copy_robots(struct picture_robots *to, const struct picture_robots *from) {
  int n = to->n = from->n;
  if (!n) return;
  COPY(to->id, from->id, n);
  COPY(to->fleet, from->fleet, n);
  COPY(to->cause, from->cause, n);
  COPY(to->pose, from->pose, n);
  COPY(to->pos, from->pos, n);
  COPY(to->heading, from->heading, n);
  COPY(to->speed, from->speed, n);
  COPY(to->phase, from->phase, n);
  COPY(to->charge, from->charge, n);
  COPY(to->held, from->held, n);
  COPY(to->from, from->from, n);
  COPY(to->to, from->to, n);
  COPY(to->hand, from->hand, n);
  if (from->step) COPY(to->step, from->step, n);
  else memset(to->step, 0xff, (size_t)n * sizeof *to->step);
  if (from->waits) COPY(to->waits, from->waits, n);
  else memset(to->waits, 0xff, (size_t)n * sizeof *to->waits);
  if (from->kept) COPY(to->kept, from->kept, n);
  else
    for (int i = 0; i < n; i++) to->kept[i][0] = to->kept[i][1] = -1;
  if (from->legs) {
    COPY(to->legs, from->legs, n);
    COPY(to->way, from->way, n);
  } else {
    memset(to->legs, 0, (size_t)n);
  }
}

static bool copy(struct snapshot *to, const struct picture *from) {
  if (!make_room(to, from)) return false;
  to->p.now = from->now;
  copy_robots(&to->p.robots, &from->robots);
  int n = to->p.stations.n = from->stations.n;
  if (n) {
    COPY(to->p.stations.cause, from->stations.cause, n);
    COPY(to->p.stations.count, from->stations.count, n);
    COPY(to->p.stations.progress, from->stations.progress, n);
    COPY(to->p.stations.made, from->stations.made, n);
  }
  if (from->bodies.n && !to->p.bodies.body) {
    to->p.bodies.body = malloc(FRAME_BODIES_MAX * sizeof *to->p.bodies.body);
    if (!to->p.bodies.body) return false;
  }
  if (from->bodies.n && from->bodies.limbs && !to->limbs) {
    to->limbs = malloc(FRAME_BODIES_MAX * sizeof *to->limbs);
    if (!to->limbs) return false;
  }
  to->p.bodies.n = from->bodies.n;
  to->p.bodies.limbs = from->bodies.limbs ? to->limbs : NULL;
  if (from->bodies.n) COPY(to->p.bodies.body, from->bodies.body, from->bodies.n);
  if (from->bodies.n && from->bodies.limbs) COPY(to->limbs, from->bodies.limbs, from->bodies.n);
  n = to->p.parts.n = from->parts.n;
  to->p.parts.total = from->parts.total;
  if (n) {
    COPY(to->p.parts.id, from->parts.id, n);
    COPY(to->p.parts.type, from->parts.type, n);
    COPY(to->p.parts.pos, from->parts.pos, n);
  }
  return true;
}

bool snapshot_copy(struct snapshot *to, const struct picture *from) {
  if (!copy(to, from)) return false;
  clean(to);
  if (!to->slots) return true;
  memset(to->slot, 0, (size_t)to->slots * sizeof *to->slot);
  for (int i = 0; i < to->p.parts.n; i++) {
    uint32_t h = to->p.parts.id[i] * 2654435761u;
    while (to->slot[h & (uint32_t)(to->slots - 1)]) h++;
    to->slot[h & (uint32_t)(to->slots - 1)] = (uint32_t)i + 1;
  }
  return true;
}

static int find_part(const struct snapshot *s, uint32_t id) {
  if (!s->slots) return -1;
  for (uint32_t h = id * 2654435761u;; h++) {
    uint32_t row = s->slot[h & (uint32_t)(s->slots - 1)];
    if (!row) return -1;
    if (s->p.parts.id[row - 1] == id) return (int)row - 1;
  }
}

// rows are stable; only after robots came or went is the id searched for
static int find_robot(const struct snapshot *s, uint32_t id, int hint) {
  if (hint < s->p.robots.n && s->p.robots.id[hint] == id) return hint;
  for (int i = 0; i < s->p.robots.n; i++)
    if (s->p.robots.id[i] == id) return i;
  return -1;
}

float angle_between(float a, float b, float k) {
  float d = b - a;
  if (!(d > -100 && d < 100)) return b;
  while (d > PI) d -= 2 * PI;
  while (d < -PI) d += 2 * PI;
  return a + d * k;
}

static float mix(float a, float b, float k) { return a + (b - a) * k; }

static void between_robots(struct snapshot *out, const struct snapshot *a, const struct snapshot *b, float k) {
  struct picture_robots *r = &out->p.robots;
  for (int i = 0; i < r->n; i++) {
    int x = find_robot(a, r->id[i], i), y = find_robot(b, r->id[i], i);
    if (x < 0 || y < 0) continue;
    const struct picture_robots *p = &a->p.robots, *q = &b->p.robots;
    for (int n = 0; n < 2; n++) {
      r->pos[i][n] = mix(p->pos[x][n], q->pos[y][n], k);
      for (int h = 0; h < 2; h++) r->hand[i][h][n] = mix(p->hand[x][h][n], q->hand[y][h][n], k);
    }
    r->heading[i] = angle_between(p->heading[x], q->heading[y], k);
    r->charge[i] = mix(p->charge[x], q->charge[y], k);
    float step = q->phase[y] - p->phase[x];
    if (step < 0) step += 1;
    float phase = p->phase[x] + step * k;
    r->phase[i] = phase - (float)(int)phase;
  }
}

static void between_bodies(struct snapshot *out, const struct snapshot *a, const struct snapshot *b, float k) {
  for (int i = 0; i < out->p.bodies.n; i++)
    for (int x = 0; x < a->p.bodies.n; x++)
      for (int y = 0; y < b->p.bodies.n && a->p.bodies.body[x].id == out->p.bodies.body[i].id; y++)
        if (b->p.bodies.body[y].id == a->p.bodies.body[x].id) {
          struct frame_body mixed;
          body_between(&mixed, &a->p.bodies.body[x], &b->p.bodies.body[y], k);
          out->p.bodies.body[i] = mixed;
        }
}

bool snapshot_between(struct snapshot *out, const struct snapshot *a, const struct snapshot *b, double at) {
  float k = (float)at;
  if (!copy(out, k < 0.5f ? &a->p : &b->p)) return false;
  out->p.now = a->p.now + (int64_t)((double)(b->p.now - a->p.now) * at);
  between_robots(out, a, b, k);
  between_bodies(out, a, b, k);
  struct picture_parts *q = &out->p.parts;
  for (int i = 0; i < q->n; i++) {
    int x = k < 0.5f ? i : find_part(a, q->id[i]), y = k < 0.5f ? find_part(b, q->id[i]) : i;
    if (x < 0 || y < 0) continue;
    const float *from = a->p.parts.pos[x], *to = b->p.parts.pos[y];
    float dx = to[0] - from[0], dy = to[1] - from[1];
    // a part that changed its place in one step was handed over: it does not fly
    if (dx * dx + dy * dy > 2.25f) continue;
    for (int n = 0; n < 2; n++) q->pos[i][n] = mix(from[n], to[n], k);
  }
  return true;
}
