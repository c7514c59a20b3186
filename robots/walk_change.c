#include "robots/walk_change.h"

#include <stdlib.h>
#include <string.h>

#include "robots/walk_push.h"

// All of these are guesses that have done, but for LEVEL.
#define SOLVES      8               // of a try, after its first
#define SPEED_LEAST 3e-4            // m/s  of the wanted velocity: nearer solving on makes it no better
#define SPEED_CLOSE 4e-3            // m/s  the same, which a quintic takes off
#define PRESS_CLOSE 4e-3            // m    of the centre of pressure
#define SHIFT_MOST  0.30            // m    of the footsteps: legs do not reach much farther
#define GAIN_OFF    2.5             // 1    that the body's gain may be more or less than the pendulum's
#define LEVEL       1e-9            // m    of rounding in a floor's height

static double size_of(double x) { return x < 0 ? -x : x; }
static double larger(double a, double b) { return a > b ? a : b; }
static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

enum status walk_change_range(const struct walk *w, const char *what, const char *why, struct error *e) {
  return error_at(e, STATUS_RANGE, w->library->humanoid->model->name, 0, 0, "a walk cannot %s: %s", what, why);
}

int walk_change_first(const struct step_plan *p, double clock) {
  int first = 2;
  while (first < p->count && p->step[first].land - WALK_PUSH_LEFT < clock) first++;
  return first;
}

enum status walk_change_may(const struct walk *w, double clock, int first, const char *what, struct error *e) {
  if (first >= w->plan.count - 2) return walk_change_range(w, what, "it comes to rest already", e);
  if (clock < w->plan.hurried) return walk_change_range(w, what, "its foot has been sent elsewhere in this step already", e);
  if (clock <= w->plan.step[0].lift) return walk_change_range(w, what, "it has not begun", e);
  for (int j = first; j <= first + 1 && j < w->plan.count; j++)
    if ((w->plan.step[j].moved[0] != 0 || w->plan.step[j].moved[1] != 0) && w->plan.step[j - 2].lift < clock)
      return walk_change_range(w, what, "its foot has been sent elsewhere in this step already", e);
  return STATUS_OK;
}

bool walk_change_level(const struct walk_targets *t, int first, int last) {
  for (int j = first - 2; j <= last - 2 && j < t->count; j++)
    if (t->target[j].slope != 0 || size_of(t->target[j].place.z - t->target[first - 2].place.z) > LEVEL) return false;
  return true;
}

void walk_change_begin(struct walk *out, const struct walk *w) {
  memset(out, 0, sizeof *out);
  out->library = w->library;
  out->tick = w->tick;
  out->speed = w->speed, out->load = w->load, out->floor = w->floor, out->load_pose = w->load_pose;
}

// ---- plan -----------------------------------------------------------------------------------------------------

static void later(struct step_plan *p, int first, double by) {
  for (int j = 0; j < p->count; j++) p->step[j].land += by, p->step[j].lift += by, p->step[j].flat += by, p->step[j].heel_off += by;
  for (int k = first - 1; k < p->marks; k++) p->mark[k].time += by, p->mark[k].turn_time += by;
  p->time += by;
}

void walk_change_keep(struct step_plan *p, const struct step_plan *was, int first) {
  double by = was->step[first].land - p->step[first].land;
  later(p, first, by);
  // the standing foot leaves as the next step asks, which has changed for later ones only
  for (int j = 0; j < first; j++) p->step[j] = was->step[j];
  for (int k = 0; k < first - 1; k++) p->mark[k] = was->mark[k];
  p->ready[0] = was->ready[0];
}

// What is shifted, from what.
struct change {
  int first, back;
  struct step_plan    plain;
  struct walk_targets there;
};

// Of it footstep j takes that share.
static double share_of(const struct change *c, int j) {
  int since = j - c->first;
  return !c->back ? 1 : since < c->back ? 1 - (double)since / c->back : 0;
}

// Velocity at `clock` for a metre of the shift: w times the integral of w e^(-w t) over the pressure's way.
static double gain_of(const struct step_plan *p, const struct change *c, double clock, double rate) {
  double sum = 0;
  for (int j = c->first; j == c->first || share_of(c, j - 1) > 0; j++) {
    double at = 0.5 * (p->step[j].land + p->step[j - 1].lift) - clock;
    sum += (share_of(c, j) - (j > c->first ? share_of(c, j - 1) : 0)) * m_exp(-rate * larger(at, 0));
    if (!c->back) break;
  }
  return rate * sum;
}

// The new steps go along by a shift; feet in the air from now on.
static void shift_plan(struct walk *out, const struct change *c, const struct walk *w, double clock, const double shift[2]) {
  struct step_plan *p = &out->plan;
  for (int j = c->first; j < p->count; j++) {
    struct footstep *s = &p->step[j];
    double share = share_of(c, j);
    struct v3 by = v3(share * shift[0], share * shift[1], 0);
    *s = c->plain.step[j];
    s->position = v3_add(s->position, by);
    p->mark[j - 1].place = v3_add(c->plain.mark[j - 1].place, by);
    out->targets.target[j - 2].place = v3_add(c->there.target[j - 2].place, by);
    if (j > c->first + 1 + c->back) continue;
    if (p->step[j - 2].lift >= clock) {
      s->aside = footsteps_aside(w->library->humanoid, &p->step[j - 2], &p->step[j - 1], s);
      continue;
    }
    const struct footstep *was = &w->plan.step[j];
    s->moved_at = clock;
    s->moved[0] = s->position.x - was->position.x, s->moved[1] = s->position.y - was->position.y;
  }
}

static enum status copy(struct change *c, const struct walk *out, struct error *e) {
  c->plain = out->plan, c->there = out->targets;
  c->plain.step = malloc(sizeof *c->plain.step * (size_t)c->plain.count);
  c->plain.mark = malloc(sizeof *c->plain.mark * (size_t)c->plain.marks);
  c->there.target = malloc(sizeof *c->there.target * (size_t)c->there.count);
  if (!c->plain.step || !c->plain.mark || !c->there.target)
    return error_at(e, STATUS_MEMORY, out->library->humanoid->model->name, 0, 0, "a walk of %d steps", c->plain.count);
  memcpy(c->plain.step, out->plan.step, sizeof *c->plain.step * (size_t)c->plain.count);
  memcpy(c->plain.mark, out->plan.mark, sizeof *c->plain.mark * (size_t)c->plain.marks);
  memcpy(c->there.target, out->targets.target, sizeof *c->there.target * (size_t)c->there.count);
  return STATUS_OK;
}

// ---- the whole ------------------------------------------------------------------------------------------------

static enum status solve(struct walk *out, const struct change *c, const struct walk *w, const struct walk_body *b, const struct motion_join *join, struct walk_order *o, struct error *e) {
  double rate = m_sqrt(GRAVITY / b->stand.com_height), clock = join->time, shift[2] = {0, 0}, went[2] = {0, 0}, was[2] = {0, 0};
  double plain_gain = gain_of(&out->plan, c, clock, rate), gain[2] = {plain_gain, plain_gain};
  for (int solves = 0;; solves++) {
    struct motion_result result;
    shift_plan(out, c, w, clock, shift);
    if (!footsteps_all_clear(w->library->humanoid, &out->plan.footsteps, c->first, c->first + 1 + c->back)) return walk_change_range(w, o->what, "its soles would meet", e);
    walker_forget(out);
    enum status status = walker_solve(out, b, join, o->split, &result, e);
    ++o->solved;
    if (status) return status;
    double off[2] = {join->pelvis.velocity.x - result.speed[0], join->pelvis.velocity.y - result.speed[1]}, error = m_sqrt(off[0] * off[0] + off[1] * off[1]);
    bool good = walker_keeps(&out->faults, &w->faults) && out->zmp_error < larger(w->zmp_error, PRESS_CLOSE);
    if (error < SPEED_CLOSE && good) return STATUS_OK;
    if (solves == SOLVES || error < SPEED_LEAST) return walk_change_range(w, o->what, error < SPEED_CLOSE ? "its limits do not hold" : "no footsteps take its speed", e);
    for (int k = 0; k < 2; k++) {
      double shown = size_of(went[k]) > 1e-4 ? (was[k] - off[k]) / went[k] : gain[k];
      gain[k] = clamp(shown, plain_gain / GAIN_OFF, plain_gain * GAIN_OFF);
      went[k] = off[k] / gain[k];
      was[k] = off[k];
      shift[k] += went[k];
    }
    if (!(size_of(shift[0]) + size_of(shift[1]) < SHIFT_MOST)) return walk_change_range(w, o->what, "no leg steps that far", e);
  }
}

enum status walk_change_solve(struct walk *out, const struct walk *w, const struct walk_body *b, int at, int first, int back, struct walk_order *o, struct error *e) {
  double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], clock = w->clock + at * w->tick;
  struct walk_sample now;
  struct motion_past past = {0};
  struct change c = {.first = first, .back = back};
  enum status status = copy(&c, out, e);
  if (!status) status = walker_past(&past, w, at, w->plan.step[first].land, e);
  if (!status) {
    walk_at(w, at * w->tick, &now, q, qd, qdd, 1);
    struct motion_join join = {clock, walker_frame_of(&now.base), q, qd, qdd, out->plan.pace.speed > 0 ? &past : NULL, NULL};
    status = solve(out, &c, w, b, &join, o, e);
  }
  free((void *)past.pelvis);
  free(c.plain.step), free(c.plain.mark), free(c.there.target);
  if (status) return status;
  const struct step_target *end = &out->targets.target[out->targets.count - 1];
  out->end = end->place, out->end_heading = end->yaw;
  out->cost.steps = out->targets.count;
  return STATUS_OK;
}

enum status walk_change_before(struct walk *out, const struct walk *w, int at, int to, const char *what, struct error *e) {
  size_t more = (size_t)(to - at), n = (size_t)out->samples + more, m = (size_t)w->moving_count;
  if (!more) return STATUS_OK;
  if (out->moving_count != w->moving_count || memcmp(out->moving, w->moving, m * sizeof *w->moving) != 0) return walk_change_range(w, what, "other joints move", e);
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
