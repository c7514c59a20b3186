#include "robots/walk_stop.h"

#include <stdlib.h>
#include <string.h>

#include "robots/walker_state.h"

// All of these are guesses that have done, but for LEVEL.
#define LEFT_LEAST  0.12            // s    before touch-down a foot in the air is not sent elsewhere any more (as robots/walk_push.h)
#define TRIES       3               // of a last step before the feet come together
#define LATER       3               // steps that it goes on as it was, at most
#define WAITS       3               // times that WAIT is waited at most: just before a lift-off nothing of it can be changed any more
#define WAIT        0.05            // s
#define SOLVES      8               // of a try, after its first
#define SOLVES_ALL  72              // of an order: no try is begun after that. Of 237 orders that a test robot could keep the most took 51
#define SPEED_LEAST 3e-4            // m/s  of the wanted velocity: nearer solving on makes it no better
#define SPEED_CLOSE 4e-3            // m/s  the same, which a quintic takes off
#define PRESS_CLOSE 4e-3            // m    of the centre of pressure
#define LEVEL       1e-9            // m    of rounding in a floor's height
#define SHIFT_MOST  0.30            // m    of the footsteps: legs do not reach much farther
#define GAIN_OFF    2.5             // 1    that the body's gain may be more or less than the pendulum's

static double size_of(double x) { return x < 0 ? -x : x; }
static double larger(double a, double b) { return a > b ? a : b; }
static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

static enum status range(const struct walk *w, const char *why, struct error *e) {
  return error_at(e, STATUS_RANGE, w->library->humanoid->model->name, 0, 0, "a walk cannot be stopped: %s", why);
}

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

// Is the floor level from footstep `first` on, for as far as `count` targets go and one step more?
static bool level_ahead(const struct walk *w, int first, int count) {
  const struct step_target *t = w->targets.target;
  for (int j = first - 2; j <= count && j < w->targets.count; j++)
    if (t[j].slope != 0 || size_of(t[j].place.z - t[first - 2].place.z) > LEVEL) return false;
  return true;
}

// ---- plan -----------------------------------------------------------------------------------------------------

static void later(struct step_plan *p, int first, double by) {
  for (int j = 0; j < p->count; j++) p->step[j].land += by, p->step[j].lift += by, p->step[j].flat += by, p->step[j].heel_off += by;
  for (int k = first - 1; k < p->marks; k++) p->mark[k].time += by, p->mark[k].turn_time += by;
  p->time += by;
}

// What has been stepped is as it was.
static void keep_past(struct step_plan *p, const struct walk *w, int first) {
  double by = w->plan.step[first].land - p->step[first].land;
  later(p, first, by);
  // the standing foot leaves as the next step asks, which has changed for later ones only
  for (int j = 0; j < first; j++) p->step[j] = w->plan.step[j];
  for (int k = 0; k < first - 1; k++) p->mark[k] = w->plan.mark[k];
  p->ready[0] = w->plan.ready[0];
}

// The steps from `first` on go along by a shift; feet in the air from now on.
static void shift_plan(struct step_plan *p, struct walk_targets *t, const struct step_plan *plain, const struct walk_targets *there, const struct walk *w, int first, double clock,
                       const double shift[2]) {
  struct v3 by = v3(shift[0], shift[1], 0);
  for (int j = first; j < p->count; j++) {
    struct footstep *s = &p->step[j];
    *s = plain->step[j];
    s->position = v3_add(s->position, by);
    p->mark[j - 1].place = v3_add(plain->mark[j - 1].place, by);
    t->target[j - 2].place = v3_add(there->target[j - 2].place, by);
    if (j > first + 1) continue;
    if (p->step[j - 2].lift >= clock) {
      s->aside = footsteps_aside(w->library->humanoid, &p->step[j - 2], &p->step[j - 1], s);
      continue;
    }
    const struct footstep *was = &w->plan.step[j];
    s->moved_at = clock;
    s->moved[0] = s->position.x - was->position.x, s->moved[1] = s->position.y - was->position.y;
  }
}

// ---- the whole ------------------------------------------------------------------------------------------------

static enum status solve(struct walk *out, const struct walk *w, const struct walk_body *b, const struct motion_join *join, int first, int *solved, struct error *e) {
  double rate = m_sqrt(GRAVITY / b->stand.com_height), clock = join->time, shift[2] = {0, 0}, went[2] = {0, 0}, was[2] = {0, 0};
  double load = 0.5 * (out->plan.step[first].land + out->plan.step[first - 1].lift) - clock, plain_gain = rate * m_exp(-rate * larger(load, 0)), gain[2] = {plain_gain, plain_gain};
  struct step_plan plain = out->plan;
  struct walk_targets there = out->targets;
  enum status status = STATUS_OK;
  plain.step = malloc(sizeof *plain.step * (size_t)plain.count);
  plain.mark = malloc(sizeof *plain.mark * (size_t)plain.marks);
  there.target = malloc(sizeof *there.target * (size_t)there.count);
  if (!plain.step || !plain.mark || !there.target) {
    status = error_at(e, STATUS_MEMORY, w->library->humanoid->model->name, 0, 0, "a walk of %d steps", plain.count);
  } else {
    memcpy(plain.step, out->plan.step, sizeof *plain.step * (size_t)plain.count);
    memcpy(plain.mark, out->plan.mark, sizeof *plain.mark * (size_t)plain.marks);
    memcpy(there.target, out->targets.target, sizeof *there.target * (size_t)there.count);
  }
  for (int solves = 0; !status; solves++) {
    struct motion_result result;
    shift_plan(&out->plan, &out->targets, &plain, &there, w, first, clock, shift);
    if (!footsteps_all_clear(w->library->humanoid, &out->plan.footsteps, first, first + 1)) {
      status = range(w, "its soles would meet", e);
      break;
    }
    walker_forget(out);
    status = walker_solve(out, b, join, NULL, &result, e);
    ++*solved;
    if (status) break;
    double off[2] = {join->pelvis.velocity.x - result.speed[0], join->pelvis.velocity.y - result.speed[1]}, error = m_sqrt(off[0] * off[0] + off[1] * off[1]);
    bool good = walker_keeps(&out->faults, &w->faults) && out->zmp_error < larger(w->zmp_error, PRESS_CLOSE);
    if (error < SPEED_CLOSE && good) break;
    if (solves == SOLVES || error < SPEED_LEAST) {
      status = range(w, error < SPEED_CLOSE ? "its limits do not hold" : "no footsteps take its speed", e);
      break;
    }
    for (int k = 0; k < 2; k++) {
      double shown = size_of(went[k]) > 1e-4 ? (was[k] - off[k]) / went[k] : gain[k];
      gain[k] = clamp(shown, plain_gain / GAIN_OFF, plain_gain * GAIN_OFF);
      went[k] = off[k] / gain[k];
      was[k] = off[k];
      shift[k] += went[k];
    }
    if (!(size_of(shift[0]) + size_of(shift[1]) < SHIFT_MOST)) status = range(w, "no leg steps that far", e);
  }
  free(plain.step), free(plain.mark), free(there.target);
  return status;
}

static enum status try_stop(struct walk *out, const struct walk *w, const struct walk_body *b, int at, int first, double last, int *solved, struct error *e) {
  double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], clock = w->clock + at * w->tick;
  struct walk_sample now;
  struct motion_past past = {0};
  memset(out, 0, sizeof *out);
  out->library = w->library;
  out->tick = w->tick;
  out->speed = w->speed, out->load = w->load, out->floor = w->floor, out->load_pose = w->load_pose;
  enum status status = stop_targets(&out->targets, w, first, last, e);
  if (!status && !level_ahead(w, first, out->targets.count)) status = range(w, "it is on a ramp, or comes to one", e);
  if (!status) status = walk_footsteps(&out->plan, &out->targets, w->library, &b->stand, w->speed, w->load, w->load_pose, w->plan.ready[0], e);
  if (!status) status = walker_past(&past, w, at, w->plan.step[first].land, e);
  if (status) return status;
  keep_past(&out->plan, w, first);
  out->plan.pace = w->plan.pace;
  walk_at(w, at * w->tick, &now, q, qd, qdd, 1);
  struct motion_join join = {clock, walker_frame_of(&now.base), q, qd, qdd, w->plan.pace.speed > 0 ? &past : NULL, NULL};
  status = solve(out, w, b, &join, first, solved, e);
  free((void *)past.pelvis);
  if (status) return status;
  const struct step_target *end = &out->targets.target[out->targets.count - 1];
  out->end = end->place, out->end_heading = end->yaw;
  out->cost.steps = out->targets.count;
  out->cost.distance = w->cost.distance - way_from(&w->targets, first) + way_from(&out->targets, first);
  return STATUS_OK;
}

// Samples at .. to-1 of w before those of out, which begins at `to`, and what they cost. STATUS_RANGE: other joints move.
static enum status put_before(struct walk *out, const struct walk *w, int at, int to, struct error *e) {
  size_t more = (size_t)(to - at), n = (size_t)out->samples + more, m = (size_t)w->moving_count;
  if (!more) return STATUS_OK;
  if (out->moving_count != w->moving_count || memcmp(out->moving, w->moving, m * sizeof *w->moving) != 0) return range(w, "other joints move", e);
  struct walk_sample *s = malloc(n * sizeof *s);
  double *row[3] = {malloc(n * m * sizeof(double)), malloc(n * m * sizeof(double)), malloc(n * m * sizeof(double))};
  if (!s || !row[0] || !row[1] || !row[2]) {
    free(s), free(row[0]), free(row[1]), free(row[2]);
    return error_at(e, STATUS_MEMORY, w->library->humanoid->model->name, 0, 0, "a walk of %d samples", (int)n);
  }
  double **now[3] = {&out->q, &out->qd, &out->qdd}, *was[3] = {w->q, w->qd, w->qdd};
  for (int i = 0; i < 3; i++) {
    memcpy(row[i], was[i] + (size_t)at * m, more * m * sizeof(double));
    memcpy(row[i] + more * m, *now[i], (size_t)out->samples * m * sizeof(double));
    free(*now[i]);
    *now[i] = row[i];
  }
  memcpy(s, w->sample + at, more * sizeof *s);
  memcpy(s + more, out->sample, (size_t)out->samples * sizeof *s);
  free(out->sample);
  out->sample = s;
  out->samples = (int)n;
  out->clock -= (double)more * w->tick;
  out->time += (double)more * w->tick;
  out->cost.time = out->time;
  for (int k = at; k < to; k++) out->cost.energy += w->sample[k].power * w->tick;
  return STATUS_OK;
}

// One order: the reason that is told is that of the first try. A stop whose feet turn on the floor waits for a better one.
struct order {
  int  solved;                      //      motions so far
  bool told;
  struct error *e;
  struct walk turns;                //      samples 0: none
};

// Do its feet stand as those of w? Else it is kept if it is the first, and gone. In a jog they hardly carry at the ends of a stance, and turn by nothing.
static bool holds(struct order *o, struct walk *out, const struct walk *w) {
  if (out->faults.yaw <= w->faults.yaw || w->plan.pace.speed > 0) return true;
  if (o->turns.samples) walk_finish(out);
  else o->turns = *out;
  memset(out, 0, sizeof *out);
  return false;
}

static enum status told(struct order *o, enum status status, const struct error *why) {
  if (status && (!o->told || status != STATUS_RANGE) && o->e) *o->e = *why;
  o->told = o->told || status;
  return status;
}

static enum status from_sample(struct walk *out, const struct walk *w, const struct walk_body *body, int from, int at, struct order *o) {
  double clock = w->clock + at * w->tick;
  int first = 2;
  struct error e = {0};
  while (first < w->plan.count && w->plan.step[first].land - LEFT_LEAST < clock) first++;
  if (at > w->samples - 2 || first >= w->plan.count - 2) return told(o, range(w, "it comes to rest already", &e), &e);
  if (clock < w->plan.hurried) return told(o, range(w, "its foot has been sent elsewhere in this step already", &e), &e);
  if (clock <= w->plan.step[0].lift) return told(o, range(w, "it has not begun", &e), &e);
  for (int j = first; j <= first + 1 && j < w->plan.count; j++)
    if ((w->plan.step[j].moved[0] != 0 || w->plan.step[j].moved[1] != 0) && w->plan.step[j - 2].lift < clock)
      return told(o, range(w, "its foot has been sent elsewhere in this step already", &e), &e);
  enum status status = STATUS_RANGE;
  static const double last[TRIES] = {0, 0.5, 0.9};
  for (int later = 0; later <= LATER && status == STATUS_RANGE && first + later < w->plan.count - 2; later++)
    for (int k = 0; k < TRIES && status == STATUS_RANGE && o->solved < SOLVES_ALL; k++) {
      status = told(o, try_stop(out, w, body, at, first + later, last[k], &o->solved, &e), &e);
      if (!status) status = told(o, put_before(out, w, from, at, &e), &e);
      if (!status && !holds(o, out, w)) status = STATUS_RANGE;
      if (status) walk_finish(out);
    }
  return status;
}

enum status walk_stop(struct walk *out, const struct walk *w, double time, struct error *e) {
  struct walk_body body;
  struct order o = {.e = e};
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
