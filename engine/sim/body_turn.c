// Walks at body fidelity that go on by another plan.
#include "engine/sim/body_clear.h"
#include "engine/sim/body_state.h"
#include "engine/sim/walk.h"
#include "engine/sim/way.h"
#include "robots/walk_divert.h"

bool body_goes_over(struct twin *t, struct body_rows *k, int r, struct walk *other, int64_t began) {
  const struct walk *own = walks_keep(t->body->walks, other);
  if (!own) {
    walk_finish(other);
    return false;
  }
  walks_release(k->walk[r]);
  k->walk[r] = own;
  k->began[r] = began;
  clear_goes_over(t, k->robot[r]);
  return true;
}

// The way of the hall in the frame of a walk, from where that is left.
static void to_frame(struct way_route *way, struct v3 place, double turned) {
  double sn, cs;
  m_sincos(-turned, &sn, &cs);
  for (int p = 0; p < way->route.count; p++) {
    struct v3 d = way->point[p];
    way->point[p] = v3_add(place, v3(cs * d.x - sn * d.y, sn * d.x + cs * d.y, d.z));
  }
  way->route.heading_end -= turned;
}

bool body_turns_off(struct twin *t, int32_t i) {
  struct body *b = t->body;
  struct body_rows *k = rows_of(t, i);
  int r = b->row_of[i];
  struct upset *u = &k->upset[r];
  const struct walk *w = k->walk[r];
  struct robot *o = &t->robot[i];
  if (u->make || u->stop || u->halts || k->returns[r] || u->slide[0] != 0 || u->slide[1] != 0 || u->turning != 0) return false;
  int64_t began = (t->now + b->dt_ns - 1) / b->dt_ns;
  double time = (double)(began - k->began[r]) * b->dt, sn, cs;
  m_sincos(u->turned, &sn, &cs);
  for (int later = 1; later <= WALK_DIVERT_TRIES && time >= 0; later++) {
    struct walk_divert_at at;
    struct way_route way;
    struct walk other;
    struct error e = {0};
    if (!walk_divert_find(&at, &k->kind.humanoid, &w->targets, &w->plan, w->clock + time, later)) return false;
    struct v3 here = v3_add(k->origin[r], v3(cs * at.place.x - sn * at.place.y, sn * at.place.x + cs * at.place.y, at.place.z));
    if (!way_turn(t, i, here, at.heading + u->turned, at.lead, &way) || way.route.load != w->load) continue;
    to_frame(&way, at.place, u->turned);
    way.route.split = b->split;
    if (walk_divert(&other, w, time, &at, &way.route, &e) != STATUS_OK) continue;
    if (!clear_now(t, i, &other, began)) {
      walk_finish(&other);
      continue;
    }
    if (o->turned && o->act_start == t->now) walk_goes(t, i, other.targets.distance - walk_divert_gone(&w->targets, &w->plan, w->clock + time));
    if (!body_goes_over(t, k, r, &other, began)) return false;
    u->slid = 0;
    o->act_length = ns_from_seconds(k->walk[r]->time) + (began * b->dt_ns - o->act_start);
    return true;
  }
  return false;
}
