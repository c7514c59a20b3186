// What a walk takes, without its samples: solved coarsely, like strides once.
#include <stdlib.h>
#include <string.h>

#include "robots/walk_body.h"
#include "robots/walk_check.h"

#define TICK    0.02                // s    between samples, at most
#define PASSES  2                   // corrections; a load takes one more
#define KEPT    8                   // steps of a row of like ones that are solved: what a change of steps does fades as e^(-w t), to a hundredth in three
#define ROWS    16                  // of like steps that are shortened in one walk; the other ones are solved whole
#define ALIKE   1e-9                // m, rad

// Like steps, targets from .. from + KEPT + left_out - 1 of the whole walk; in the shortened one it begins at target `at`.
struct like { int from, at, left_out; };

static bool near(double a, double b) { return a - b < ALIKE && b - a < ALIKE; }

// Are steps i and i + 1 straight on and the same? Step i leads to target i.
static bool alike(const struct walk_targets *t, int i) {
  const struct step_target *a = &t->target[i - 1], *b = &t->target[i], *c = &t->target[i + 1];
  return near(b->place.x - a->place.x, c->place.x - b->place.x) && near(b->place.y - a->place.y, c->place.y - b->place.y) && near(b->place.z - a->place.z, c->place.z - b->place.z) &&
         near(a->yaw, b->yaw) && near(b->yaw, c->yaw) && near(a->slope, b->slope) && near(b->slope, c->slope) && near(b->foot, 0) && near(c->foot, 0);
}

// Leave out whole strides of long rows of like steps; what follows moves back. Returns how many rows were shortened.
static int shorten(struct walk_targets *t, struct like row[ROWS]) {
  int rows = 0, n = 0;
  struct v3 back = v3(0, 0, 0);
  for (int i = 0; i < t->count;) {
    int length = 1;
    if (i > 0)
      while (i + length < t->count && alike(t, i + length - 1)) length++;
    int left_out = length > KEPT && rows < ROWS ? (length - KEPT) / 2 * 2 : 0;
    if (left_out > 0) row[rows++] = (struct like){i, n, left_out};
    struct v3 step = i > 0 ? v3_sub(t->target[i].place, t->target[i - 1].place) : v3(0, 0, 0);
    for (int k = 0; k < length - left_out; k++) {
      struct step_target target = t->target[i + k];
      target.place = v3_sub(target.place, back);
      t->target[n++] = target;
    }
    back = v3_mul_add(back, step, left_out);
    i += length;
  }
  t->count = n;
  return rows;
}

// Samples fall on the same places of each step of the longest row.
static double tick_for(const struct step_plan *p, const struct like *row, int rows) {
  int longest = 0;
  for (int i = 1; i < rows; i++)
    if (row[i].left_out > row[longest].left_out) longest = i;
  if (!rows) return TICK;
  double period = p->step[row[longest].at + KEPT / 2 + 1].lift - p->step[row[longest].at + KEPT / 2].lift;
  return period / m_floor(period / TICK + 1);
}

// J from time a to b, power held over each sample.
static double energy_between(const double *power, double tick, double a, double b) {
  int from = (int)(a / tick), to = (int)(b / tick);
  double sum = -power[from] * (a - from * tick) + power[to] * (b - to * tick);
  for (int k = from; k < to; k++) sum += power[k] * tick;
  return sum;
}

// Energy of the targets, which are shortened on the way; time: s of the whole walk.
static enum status solve(double *energy, const struct gait_library *l, struct walk_targets *t, const struct walk_route *r, double time, struct error *e) {
  struct walk_body body;
  struct step_plan plan = {0};
  struct like row[ROWS];
  enum status status = walk_body_find(&body, l, r->load, r->load_pose, e);
  if (status) return status;
  int rows = shorten(t, row);
  struct trajectory motion;
  struct motion_result result;
  status = walk_footsteps(&plan, t, l, &body.stand, r->speed, r->load, r->load_pose, 0, e);
  if (!status) {
    struct motion_wish wish = {.humanoid = l->humanoid, .model = &body.model, .posture = &body.posture, .stand = &body.stand, .plan = &plan,
                               .passes = PASSES + (r->load > 0), .rough = true, .tick = tick_for(&plan, row, rows)};
    status = motion_solve(&motion, &result, &wish, e);
  }
  if (!status) {
    double *power = malloc(sizeof *power * (size_t)motion.n), left_out = 0;
    if (power) {
      walk_power(power, &motion, l->spec);
      *energy = 0;
      for (int k = 0; k + 1 < motion.n; k++) *energy += power[k] * motion.dt;
      for (int i = 0; i < rows; i++) {
        // the stride in the middle of the row
        double a = plan.step[row[i].at + KEPT / 2 - 1].lift, b = plan.step[row[i].at + KEPT / 2 + 1].lift, strides = row[i].left_out / 2;
        *energy += strides * energy_between(power, motion.dt, a, b);
        left_out += strides * (b - a);
      }
      // both end standing, each at a sample of its own
      *energy += power[motion.n - 1] * (time - left_out - (motion.n - 1) * motion.dt);
    } else status = error_at(e, STATUS_MEMORY, l->humanoid->model->name, 0, 0, "the power of %d samples", motion.n);
    free(power);
    trajectory_finish(&motion);
  }
  step_plan_finish(&plan);
  walk_body_finish(&body);
  return status;
}

// Targets of a route, and the plan's time with their number.
static enum status plan(struct walk_cost *c, struct walk_targets *t, struct step_plan *p, const struct gait_library *l, const struct walk_route *r, struct error *e) {
  memset(c, 0, sizeof *c);
  memset(p, 0, sizeof *p);
  enum status status = walk_targets_make(t, l->humanoid, gait_library_feet(l, r->load), r, e);
  if (status) return status;
  c->steps = t->count;
  c->distance = t->distance;
  if (t->count) status = walk_footsteps(p, t, l, &l->standing, r->speed, r->load, r->load_pose, 0, e);
  if (!status && t->count) c->time = motion_time(p, r->tick);
  if (status) walk_targets_finish(t);
  return status;
}

enum status walk_cost(struct walk_cost *c, const struct gait_library *l, const struct walk_route *r, struct error *e) {
  struct walk_targets targets;
  struct step_plan steps;
  enum status status = plan(c, &targets, &steps, l, r, e);
  if (status) return status;
  step_plan_finish(&steps);
  if (targets.count) status = solve(&c->energy, l, &targets, r, c->time, e);
  walk_targets_finish(&targets);
  return status;
}

enum status walk_estimate(struct walk_cost *c, const struct gait_library *l, const struct walk_route *r, struct error *e) {
  struct walk_targets targets;
  struct step_plan steps;
  enum status status = plan(c, &targets, &steps, l, r, e);
  if (status) return status;
  if (targets.count) c->energy = gait_library_energy(l, &steps, targets.from, targets.target, c->time, r->load);
  step_plan_finish(&steps);
  walk_targets_finish(&targets);
  return status;
}
