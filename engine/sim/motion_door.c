// Doors that take time to open: each walk through one waits for it, as the layout language has it.
//
// A door sees who comes when that one has to begin to brake before it, and is open `time` later; it shuts behind it. Who stands still before it is then later by
// `time`, as at event: what braking takes is what the door has seen it earlier. Who has less to wait than it brakes only slows. A door that is shut is a wall, for
// walkers that are led or step aside too.
#include "base/maths.h"
#include "engine/sim/motion_state.h"

#define LEAVES 2.0                  // m    from it, on the side where it came from: it does not go through after all; a guess
#define TOUCH  0.01                 // m    that rounding may take a footprint into it

static bool takes_time(const struct floor *f, const struct gate *g) { return f->layout->doors[g->door].time > 0; }

static bool side_of(const struct gate *g, const double p[2]) { return geo_cross(g->a, g->b, p) < 0; }

void door_init(struct twin *t) {
  for (int d = 0; d < t->layout->door_count; d++) t->motion->doors = t->motion->doors || t->layout->doors[d].time > 0;
}

static bool open_for(const struct twin *t, const struct mover *m, const struct gate *g) { return m->door == g->door && t->now >= m->door_open; }

static void sees(struct twin *t, struct mover *m, const struct gate *g) {
  if (m->door == g->door) return;
  m->door = g->door;
  m->door_side = side_of(g, m->at);
  m->door_open = t->now + t->layout->doors[g->door].time;
}

// It is through, or has turned away.
static void shut_behind(struct mover *m, const struct floor *f) {
  for (int k = 0; k < f->gate_count && m->door != NONE; k++) {
    const struct gate *g = &f->gates[k];
    if (g->door != m->door) continue;
    double d = geo_segment_distance(m->at, g->a, g->b);
    if (side_of(g, m->at) == m->door_side ? d > LEAVES : d > m->radius) m->door = NONE;
  }
}

double door_ahead(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const struct floor *f = floor_of(t, i);
  double way = 0, brake = m->cruise * m->cruise / (2 * m->accel);
  if (!o->doors) return DOOR_NONE;
  shut_behind(m, f);
  const double *a = m->at;
  for (int k = m->leg; k < m->legs && way < brake + m->radius; k++) {
    const double *b = o->path[i][k];
    double length = geo_distance(a, b), least = DOOR_NONE;
    const struct gate *first = NULL;
    for (int n = 0; n < f->gate_count; n++) {
      const struct gate *g = &f->gates[n];
      if (!takes_time(f, g) || open_for(t, m, g) || side_of(g, a) == side_of(g, b) || geo_crossing(g->a, g->b, a, b) < 0) continue;
      // where the way meets the line of the door
      double u = geo_cross(g->a, g->b, a), v = geo_cross(g->a, g->b, b), at = length * (u / (u - v));
      if (at >= least) continue;
      least = at;
      first = g;
    }
    if (first) {
      double left = way + least - m->radius;
      if (left > brake) return DOOR_NONE;
      sees(t, m, first);
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
    if (d > m->radius - TOUCH || !takes_time(f, g) || open_for(t, m, g) || d >= geo_segment_distance(m->at, g->a, g->b)) continue;
    sees(t, m, g);
    return false;
  }
  return true;
}

bool door_waits(const struct twin *t, int32_t i) {
  const struct mover *m = &t->motion->mover[i];
  return m->door != NONE && t->now < m->door_open;
}
