// Doors that take time to open: each walk through one waits for it, as the layout language has it.
//
// A door sees who comes when that one has to begin to brake before it, and is open `time` later; it shuts behind it. Who stands still before it is then later by
// `time`, as at event: what braking takes is what the door has seen it earlier. Who has less to wait than it brakes only slows. A door that is shut is a wall, for
// walkers that are led or step aside too.
#include "base/maths.h"
#include "engine/sim/motion_state.h"

#define LEAVES 2.0                  // m    farther from it than where it began to brake: it does not go through after all; a guess
#define TOUCH  0.01                 // m    that rounding may take a footprint into it

static bool takes_time(const struct floor *f, const struct gate *g) { return f->layout->doors[g->door].time > 0; }

static bool side_of(const struct gate *g, const double p[2]) { return geo_cross(g->a, g->b, p) < 0; }

void door_init(struct twin *t) {
  for (int d = 0; d < t->layout->door_count; d++) t->motion->doors = t->motion->doors || t->layout->doors[d].time > 0;
}

static double brake_of(const struct mover *m) { return m->cruise * m->cruise / (2 * m->accel); }

static bool is_its(const struct mover *m, const struct floor *f, const struct gate *g) { return m->gate != NONE && f->gates[m->gate].door == g->door; }

static bool open_for(const struct twin *t, const struct mover *m, const struct floor *f, const struct gate *g) { return is_its(m, f, g) && t->now >= m->door_open; }

// m of its way to where that meets the line of the door; DOOR_NONE: it does not.
static double way_to(const struct twin *t, int32_t i, const struct gate *g) {
  const struct motion *o = t->motion;
  const struct mover *m = &o->mover[i];
  const double *a = m->at;
  double way = 0;
  for (int k = m->leg; k < m->legs; k++) {
    const double *b = o->path[i][k];
    double u = geo_cross(g->a, g->b, a), v = geo_cross(g->a, g->b, b), length = geo_distance(a, b);
    if (side_of(g, a) != side_of(g, b) && geo_crossing(g->a, g->b, a, b) >= 0) return way + length * (u / (u - v));
    way += length;
    a = b;
  }
  return DOOR_NONE;
}

// One at a time: the next one sees it when it is through the one before.
static void sees(struct twin *t, int32_t i, const struct floor *f, const struct gate *g) {
  struct mover *m = &t->motion->mover[i];
  if (is_its(m, f, g)) return;
  const struct gate *its = m->gate == NONE ? NULL : &f->gates[m->gate];
  if (its && side_of(its, m->at) == m->door_side && way_to(t, i, its) < way_to(t, i, g)) return;
  m->gate = (int32_t)(g - f->gates);
  m->door_side = side_of(g, m->at);
  m->door_open = t->now + t->layout->doors[g->door].time;
}

// It is through, or has turned away.
static void shut_behind(struct mover *m, const struct floor *f) {
  if (m->gate == NONE) return;
  const struct gate *g = &f->gates[m->gate];
  double d = geo_segment_distance(m->at, g->a, g->b);
  if (d > (side_of(g, m->at) == m->door_side ? brake_of(m) + m->radius + LEAVES : m->radius)) m->gate = NONE;
}

double door_ahead(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const struct floor *f = floor_of(t, i);
  double way = 0, brake = brake_of(m);
  if (!o->doors) return DOOR_NONE;
  shut_behind(m, f);
  const double *a = m->at;
  for (int k = m->leg; k < m->legs && way < brake + m->radius; k++) {
    const double *b = o->path[i][k];
    double length = geo_distance(a, b), least = DOOR_NONE;
    const struct gate *first = NULL;
    for (int n = 0; n < f->gate_count; n++) {
      const struct gate *g = &f->gates[n];
      if (!takes_time(f, g) || open_for(t, m, f, g) || side_of(g, a) == side_of(g, b) || geo_crossing(g->a, g->b, a, b) < 0) continue;
      // where the way meets the line of the door
      double u = geo_cross(g->a, g->b, a), v = geo_cross(g->a, g->b, b), at = length * (u / (u - v));
      if (at >= least) continue;
      least = at;
      first = g;
    }
    if (first) {
      double left = way + least - m->radius;
      if (left > brake) return DOOR_NONE;
      sees(t, i, f, first);
      return left > 0 ? left : 0;
    }
    way += length;
    a = b;
  }
  return DOOR_NONE;
}

bool door_allows(struct twin *t, int32_t i, const double to[2]) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const struct floor *f = floor_of(t, i);
  for (int k = 0; k < f->gate_count && o->doors; k++) {
    const struct gate *g = &f->gates[k];
    double d = geo_segment_distance(to, g->a, g->b);
    if (d > m->radius - TOUCH || !takes_time(f, g) || open_for(t, m, f, g) || d >= geo_segment_distance(m->at, g->a, g->b)) continue;
    sees(t, i, f, g);
    return false;
  }
  return true;
}

bool door_waits(const struct twin *t, int32_t i) {
  const struct mover *m = &t->motion->mover[i];
  return m->gate != NONE && t->now < m->door_open;
}
