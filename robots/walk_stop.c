#include "robots/walk_stop.h"

#include <stdlib.h>
#include <string.h>

#include "robots/walk_change.h"

// All of these are guesses that have done.
#define TRIES       3               // of a last step before the feet come together
#define LATER       3               // steps that it goes on as it was, at most
#define WAITS       3               // times that WAIT is waited at most: just before a lift-off nothing of it can be changed any more
#define WAIT        0.05            // s
#define SOLVES_ALL  72              // of an order: no try is begun after that. Of 237 orders that a test robot could keep the most took 51

// ---- targets --------------------------------------------------------------------------------------------------

// The next target of a row, `way` m on.
static void add(struct walk_targets *t, double way, double run) {
  struct step_target *n = &t->target[t->count], *last = n - 1;
  double s, c;
  m_sincos(last->yaw, &s, &c);
  *n = *last;
  n->place = v3_add(last->place, v3(c * way, s * way, 0));
  n->run = run, n->foot = 0;
  t->count++;
}

// Those of w up to footstep `first`, then slower ones, one of `last` of a full step (0: none), and the feet together.
static enum status stop_targets(struct walk_targets *t, const struct walk *w, int first, double last, struct error *e) {
  const struct humanoid *h = w->library->humanoid;
  const struct jog_pace *pace = &w->targets.pace;
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, w->speed);
  wish.load = w->load, wish.load_pose = w->load_pose;
  int kept = first - 1;
  double v = w->targets.target[kept - 1].run, walk = w->speed, full = step_length_at(h, &wish, walk), single = step_single(h, &wish);
  int n = v > walk ? (int)((v - walk) / JOG_GAIN + 1 - 1e-9) : v > 0;
  *t = w->targets;
  t->count = kept;
  t->target = malloc(sizeof *t->target * (size_t)(kept + n + 2));      // one of a share of a step, and the feet together
  if (!t->target) return error_at(e, STATUS_MEMORY, h->model->name, 0, 0, "a walk of %d steps", kept);
  memcpy(t->target, w->targets.target, sizeof *t->target * (size_t)kept);
  for (int k = 1; k <= n; k++) {
    double a = v + (walk - v) * (k - 1) / n, b = v + (walk - v) * k / n;
    double time = jog_flight(pace, h, (a + b) / 2) + jog_contact(pace, a) / 2 + (k < n ? jog_contact(pace, b) : single) / 2;
    add(t, time * (a + b) / 2, k < n ? b : 0);
  }
  // a foot that is turned out or in has to step once more: the walk after this one begins with both side by side
  if (last > 0) add(t, last * full, 0);
  else if (t->target[t->count - 1].foot != 0) add(t, 0, 0);
  add(t, 0, 0);
  return STATUS_OK;
}

// From target to target, to the end: m.
static double way_from(const struct walk_targets *t, int first) {
  double sum = 0;
  for (int j = first - 2; j < t->count; j++) sum += v3_norm(v3_sub(t->target[j].place, (j ? t->target[j - 1] : t->from).place));
  return sum;
}

// ---- tries ----------------------------------------------------------------------------------------------------

// The reason that is told is that of the first try; a plan by which feet turn on the floor waits for a better one.
struct tries {
  struct walk_order order;
  struct error *e;
  bool          told;
  struct walk   turns;              //      samples 0: none
};

// Do its feet stand as those of w? Else *out is kept if it is the first, and gone. In a jog they hardly carry at the ends of a stance: always.
static bool holds(struct tries *o, struct walk *out, const struct walk *w) {
  if (out->faults.yaw <= w->faults.yaw || w->plan.pace.speed > 0) return true;
  if (o->turns.samples) walk_finish(out);
  else o->turns = *out;
  memset(out, 0, sizeof *out);
  return false;
}

// Says why, for the first try, or when it is no refusal.
static enum status told(struct tries *o, enum status status, const struct error *why) {
  if (status && (!o->told || status != STATUS_RANGE) && o->e) *o->e = *why;
  o->told = o->told || status;
  return status;
}

// ---- the whole ------------------------------------------------------------------------------------------------

static enum status try_stop(struct walk *out, const struct walk *w, const struct walk_body *b, int at, int first, double last, struct walk_order *o, struct error *e) {
  walk_change_begin(out, w);
  enum status status = stop_targets(&out->targets, w, first, last, e);
  if (!status && !walk_change_level(&w->targets, first, out->targets.count + 2)) status = walk_change_range(w, o->what, "it is on a ramp, or comes to one", e);
  if (!status) status = walk_footsteps(&out->plan, &out->targets, w->library, &b->stand, w->speed, w->load, w->load_pose, w->plan.ready[0], e);
  if (status) return status;
  walk_change_keep(&out->plan, &w->plan, first);
  out->plan.pace = w->plan.pace;
  status = walk_change_solve(out, w, b, at, first, 0, o, e);
  if (!status) out->cost.distance = w->cost.distance - way_from(&w->targets, first) + way_from(&out->targets, first);
  return status;
}

static enum status from_sample(struct walk *out, const struct walk *w, const struct walk_body *body, int from, int at, struct tries *o) {
  double clock = w->clock + at * w->tick;
  struct error e = {0};
  int first = walk_change_first(&w->plan, clock);
  enum status status = told(o, at > w->samples - 2 ? walk_change_range(w, o->order.what, "it comes to rest already", &e) : walk_change_may(w, clock, first, o->order.what, &e), &e);
  if (status) return status;
  status = STATUS_RANGE;
  static const double last[TRIES] = {0, 0.5, 0.9};
  for (int later = 0; later <= LATER && status == STATUS_RANGE && first + later < w->plan.count - 2; later++)
    for (int k = 0; k < TRIES && status == STATUS_RANGE && o->order.solved < SOLVES_ALL; k++) {
      status = told(o, try_stop(out, w, body, at, first + later, last[k], &o->order, &e), &e);
      if (!status) status = told(o, walk_change_before(out, w, from, at, o->order.what, &e), &e);
      if (!status && !holds(o, out, w)) status = STATUS_RANGE;
      if (status) walk_finish(out);
    }
  return status;
}

enum status walk_stop(struct walk *out, const struct walk *w, double time, struct error *e) {
  struct walk_body body;
  struct tries o = {.order.what = "be stopped", .e = e};
  int at = time > 0 ? (int)m_floor(time / w->tick + 0.5) : 0, wait = (int)(WAIT / w->tick + 0.5);
  memset(out, 0, sizeof *out);
  enum status status = walk_body_find(&body, w->library, w->load, w->load_pose, e);
  if (status) return status;
  status = STATUS_RANGE;
  for (int k = 0; k <= WAITS && status == STATUS_RANGE; k++) status = from_sample(out, w, &body, at, at + k * wait, &o);
  if (status == STATUS_RANGE && o.turns.samples) *out = o.turns, o.turns = (struct walk){0}, status = STATUS_OK;
  walk_finish(&o.turns);
  walk_body_finish(&body);
  return status;
}
