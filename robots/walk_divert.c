#include "robots/walk_divert.h"

#include <assert.h>
#include <string.h>

#include "robots/walk_change.h"

#define BACK_MOST  4                // steps in which it is back on its route, and of the last these are none; a guess
#define BACK_LAST  2
#define ASIDE_MOST 0.95             // 1    of a step that goes ahead; a guess
#define STEP_LEAST 0.05             // m    shorter ones go nowhere
#define FOOT_MOST  1e-9             // rad  of a foot against the body

static double size_of(double x) { return x < 0 ? -x : x; }
static double length_of(struct v3 a, struct v3 b) { return m_sqrt((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)); }

// Does the body get on the way that it looks, if it gets on?
static bool goes_ahead(const struct step_target *a, const struct step_target *b) {
  double s, c, x = b->place.x - a->place.x, y = b->place.y - a->place.y;
  m_sincos(b->yaw, &s, &c);
  return x * c + y * s >= ASIDE_MOST * m_sqrt(x * x + y * y) || x * x + y * y < STEP_LEAST * STEP_LEAST;
}

bool walk_divert_find(struct walk_divert_at *at, const struct humanoid *h, const struct walk_targets *t, const struct step_plan *p, double clock, int later) {
  if (p->pace.speed > 0 || clock < p->hurried) return false;
  for (int first = walk_change_first(p, clock); first < p->count - 2; first++) {
    const struct step_target *over = &t->target[first - 2], *before = first > 2 ? over - 1 : &t->from;
    if (size_of(over->foot) > FOOT_MOST || over->slope != 0 || !goes_ahead(before, over)) continue;
    if (later-- > 0) continue;
    *at = (struct walk_divert_at){first, p->step[first].land - clock, over->place, over->yaw, way_lead(length_of(before->place, over->place), h->leg_length)};
    return true;
  }
  return false;
}

double walk_divert_gone(const struct walk_targets *t, const struct step_plan *p, double clock) {
  double sum = 0;
  for (int k = 1; k < p->marks && p->mark[k - 1].time < clock; k++) {
    double way = length_of((k > 1 ? t->target[k - 2] : t->from).place, t->target[k - 1].place), share = (clock - p->mark[k - 1].time) / (p->mark[k].time - p->mark[k - 1].time);
    sum += share < 1 ? share * way : way;
  }
  return sum;
}

enum status walk_divert_plan(struct walk_targets *t, struct step_plan *p, const struct walk_divert_at *at, const struct walk_targets *was_t, const struct step_plan *was_p,
                             const struct gait_library *l, const struct stand *stand, const struct walk_route *r, struct error *e) {
  memset(p, 0, sizeof *p);
  enum status status = walk_targets_on(t, was_t, at->step - 1, l->humanoid, gait_library_feet(l, r->load), r, e);
  if (!status) status = walk_footsteps(p, t, l, stand, r->speed, r->load, r->load_pose, was_p->ready[0], e);
  if (!status) walk_change_keep(p, was_p, at->step);
  else walk_targets_finish(t);
  return status;
}

// Whatever the status, *out is to be finished.
static enum status turn(struct walk *out, const struct walk *w, const struct walk_body *b, int from, int at, const struct walk_divert_at *where, const struct walk_route *r,
                        struct walk_order *o, struct error *e) {
  double clock = w->clock + at * w->tick;
  int first = walk_change_first(&w->plan, clock);
  enum status status = walk_change_may(w, clock, first, o->what, e);
  walk_change_begin(out, w);
  out->speed = r->speed;
  if (!status) status = walk_divert_plan(&out->targets, &out->plan, where, &w->targets, &w->plan, w->library, &b->stand, r, e);
  if (status) return status;
  int room = out->plan.count - first - BACK_LAST, back = room < BACK_MOST ? room : BACK_MOST;
  if (back < 1) return walk_change_range(w, o->what, "it would come to rest within its next steps", e);
  if (!walk_change_level(&out->targets, first, first + back + 2)) return walk_change_range(w, o->what, "it is on a ramp, or comes to one", e);
  status = walk_change_solve(out, w, b, at, first, back, o, e);
  out->cost.distance = out->targets.distance;
  if (!status) status = walk_change_before(out, w, from, at, o->what, e);
  return status;
}

enum status walk_divert(struct walk *out, const struct walk *w, double time, const struct walk_divert_at *where, const struct walk_route *r, struct error *e) {
  struct walk_body body;
  struct walk_order o = {.what = "turn off", .split = r->split};
  int at = time > 0 ? (int)m_floor(time / w->tick + 0.5) : 0, begun = (int)m_floor((w->plan.step[0].lift - w->clock) / w->tick) + 1;
  memset(out, 0, sizeof *out);
  assert(where->step >= 2);
  assert(where->step < w->plan.count - 2);
  assert(r->load == w->load);
  assert(r->load_pose == w->load_pose);
  enum status status = walk_body_find(&body, w->library, w->load, w->load_pose, e);
  if (status) return status;
  // before its first foot lifts nothing can be changed
  status = turn(out, w, &body, at, at > begun ? at : begun, where, r, &o, e);
  walk_body_finish(&body);
  if (status) walk_finish(out);
  return status;
}
