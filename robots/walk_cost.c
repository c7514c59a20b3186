// What a walk takes, without its samples: solved coarsely, long rows of like steps only at their ends.
#include <stdlib.h>
#include <string.h>

#include "robots/jog_way.h"
#include "robots/walk_body.h"
#include "robots/walk_check.h"

#define TICK    0.02                // s    between samples, at most
#define PASSES  2                   // corrections; a load takes one more
#define KEPT    8                   // steps of a row of like ones that are solved: what a change of steps does fades as e^(-w t), to a hundredth in three
#define GOLDEN  0.381966            // 1    (3 - sqrt 5) / 2: multiples of it spread most evenly over a step
#define ROWS    16                  // of like steps that are shortened in one walk; the other ones are solved whole
#define ALIKE   1e-9                // m, rad
#define SPEED_SAME 1e-6             // m/s

// Like steps: the first leads to target `at` of the shortened walk; length: m, of one.
struct like { int at, left_out; double length; };

static bool near(double a, double b) { return a - b < ALIKE && b - a < ALIKE; }

// Does step i, which leads to target i, go straight ahead on the level, and the next one the same way as far?
static bool alike(const struct walk_targets *t, int i) {
  const struct step_target *a = &t->target[i - 1], *b = &t->target[i], *c = &t->target[i + 1];
  double sn, cs, x = b->place.x - a->place.x, y = b->place.y - a->place.y;
  m_sincos(b->yaw, &sn, &cs);
  return near(x, c->place.x - b->place.x) && near(y, c->place.y - b->place.y) && near(a->place.z, b->place.z) && near(b->place.z, c->place.z) && near(cs * y, sn * x) &&
         near(a->yaw, b->yaw) && near(b->yaw, c->yaw) && b->slope == 0 && c->slope == 0 && near(b->foot, 0) && near(c->foot, 0);
}

// Leave out whole strides of long rows of like steps; what follows moves back. Returns how many rows were shortened.
static int shorten(struct walk_targets *t, struct like row[ROWS]) {
  int rows = 0, n = 0;
  struct v3 back = v3(0, 0, 0);
  for (int i = 0; i < t->count;) {
    int length = 1;
    if (i > 0)
      while (i + length < t->count && alike(t, i + length - 1)) length++;
    struct v3 step = i > 0 ? v3_sub(t->target[i].place, t->target[i - 1].place) : v3(0, 0, 0);
    int left_out = length > KEPT && rows < ROWS ? (length - KEPT) / 2 * 2 : 0;
    if (left_out > 0) row[rows++] = (struct like){n, left_out, v3_norm(step)};
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

// Samples that fall on other places of each step in turn: power has peaks, and what always falls beside one is missed.
static double tick_for(const struct step_plan *p) {
  int middle = (p->count - 2) / 2;
  double period = p->step[middle + 1].lift - p->step[middle].lift;
  return middle && period < 1 ? period / (m_floor(period / TICK + 1) + GOLDEN) : TICK;
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
                               .passes = PASSES + (r->load > 0), .rough = true, .tick = tick_for(&plan)};
    status = motion_solve(&motion, &result, &wish, e);
  }
  if (!status) {
    double *power = malloc(sizeof *power * (size_t)motion.n), left_out = 0;
    if (power) {
      walk_power(power, &motion, l->spec);
      *energy = 0;
      for (int k = 0; k + 1 < motion.n; k++) *energy += power[k] * motion.dt;
      for (int i = 0; i < rows; i++) {
        double step = plan.step[row[i].at + KEPT / 2].lift - plan.step[row[i].at + KEPT / 2 - 1].lift, all = row[i].left_out * step;
        *energy += all * gait_library_power(l, row[i].length / step, r->load);
        left_out += all;
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

// Targets of a route, the plan's time with their number, and footsteps; jogs are taken out of both then.
static enum status plan(struct walk_cost *c, struct walk_targets *t, struct step_plan *p, const struct gait_library *l, const struct walk_route *r, struct error *e) {
  memset(c, 0, sizeof *c);
  memset(p, 0, sizeof *p);
  enum status status = walk_targets_make(t, l->humanoid, gait_library_feet(l, r->load), r, e);
  if (status) return status;
  c->steps = t->count;
  c->distance = t->distance;
  if (t->count) status = walk_footsteps(p, t, l, &l->standing, r->speed, r->load, r->load_pose, 0, e);
  if (!status && t->count) c->time = motion_time(p, r->tick);
  if (!status && t->pace.speed > 0) {
    step_plan_finish(p);
    c->jogs = jog_way_take_out(t->target, &t->count);
    t->pace.speed = 0;
    status = walk_footsteps(p, t, l, &l->standing, r->speed, r->load, r->load_pose, 0, e);
    if (!status) c->jogged = c->time - motion_time(p, r->tick);
  }
  if (status) walk_targets_finish(t);
  return status;
}

// What jogs take.
static enum status add_jogs(struct walk_cost *c, const struct gait_library *l, double speed, struct error *e) {
  if (!c->jogs) return STATUS_OK;
  if (!l->jog.count) return error_at(e, STATUS_CONFLICT, l->humanoid->model->name, 0, 0, "route: a jog at %g m/s, of which nothing is known", speed);
  const struct jog_table *j = &l->jog;
  double least = j->speed[0], most = j->speed[j->count - 1];
  if (!(speed > least - SPEED_SAME && speed < most + SPEED_SAME))
    return error_at(e, STATUS_CONFLICT, l->humanoid->model->name, 0, 0, "route: a jog at %g m/s, its table goes from %.3g to %.3g m/s", speed, least, most);
  c->energy += jog_table_power(&l->jog, speed) * c->jogged + c->jogs * jog_table_ends(&l->jog, speed);
  return STATUS_OK;
}

enum status walk_cost_walked(struct walk_cost *c, const struct gait_library *l, const struct walk_route *r, struct error *e) {
  struct walk_targets targets;
  struct step_plan steps;
  enum status status = plan(c, &targets, &steps, l, r, e);
  if (status) return status;
  step_plan_finish(&steps);
  if (targets.count) status = solve(&c->energy, l, &targets, r, c->time - c->jogged, e);
  walk_targets_finish(&targets);
  return status;
}

enum status walk_steps_energy(double *energy, const struct gait_library *l, struct walk_targets *t, const struct step_plan *p, const struct walk_route *r, struct error *e) {
  if (!l->fitted) return solve(energy, l, t, r, motion_time(p, r->tick), e);
  *energy = gait_library_energy(l, p, t->from, t->target, motion_time(p, r->tick), r->load);
  return STATUS_OK;
}

enum status walk_cost(struct walk_cost *c, const struct gait_library *l, const struct walk_route *r, struct error *e) {
  enum status status = walk_cost_walked(c, l, r, e);
  return status ? status : add_jogs(c, l, r->jog, e);
}

enum status walk_estimate(struct walk_cost *c, const struct gait_library *l, const struct walk_route *r, struct error *e) {
  if (!l->fitted) return error_at(e, STATUS_CONFLICT, l->humanoid->model->name, 0, 0, "no walks of it were fitted to estimate others by");
  struct walk_targets targets;
  struct step_plan steps;
  enum status status = plan(c, &targets, &steps, l, r, e);
  if (status) return status;
  if (targets.count) c->energy = gait_library_energy(l, &steps, targets.from, targets.target, c->time - c->jogged, r->load);
  step_plan_finish(&steps);
  walk_targets_finish(&targets);
  return add_jogs(c, l, r->jog, e);
}
