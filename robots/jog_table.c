#include "robots/jog_table.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "robots/jog_way.h"
#include "robots/walk_body.h"
#include "robots/walker.h"

#define FROUDE_LEAST 0.31           // of the slowest jog
#define STEADY       8              // steps at the pace in a reference walk
#define WALKED       7.0            // walking steps of it, as long as the speed says
#define TICK         0.005          // s
#define HALVINGS     40

struct task { struct jog_table *j; const struct gait_library *l; int speed, step; enum status status; struct error error; };

// W of a steady gait; infinite where there is none.
static double steady(const struct gait_library *l, enum gait_kind kind, double speed) {
  struct gait_wish wish = gait_wish_defaults(kind, speed);
  struct gait g;
  struct gait_report r;
  struct error e;
  wish.friction = 10;
  if (gait_solve(&g, &r, l->humanoid, l->spec, &wish, &e) != STATUS_OK) return INFINITY;
  double power = r.power;
  gait_finish(&g, &r);
  return power;
}

static enum status solve(struct jog_table *j, const struct gait_library *l, int i, struct error *e) {
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, j->walk);
  struct jog_pace pace;
  struct walk w;
  enum status s = jog_pace_of(&pace, l->humanoid, j->speed[i], e);
  if (s) return s;
  int n = 2 * jog_ramp(&pace, j->walk) + STEADY;
  struct v3 point[2] = {{0, 0, 0}, {WALKED * step_length_at(l->humanoid, &wish, j->walk) + jog_way_length(l->humanoid, &wish, &pace, n), 0, 0}};
  struct walk_route r = walk_route_defaults(point, 2);
  r.speed = j->walk, r.jog = j->speed[i], r.tick = TICK, r.friction = 10;     // what it needs is what is asked
  s = walk_make(&w, l, &r, e);
  if (s) return s;
  j->power[i] = steady(l, GAIT_JOG, j->speed[i]);
  if (!w.plan.pace.speed || !(j->power[i] < 1e9)) {
    walk_finish(&w);
    return error_at(e, STATUS_RANGE, l->humanoid->model->name, 0, 0, "no jog at %g m/s from a walk of %g m/s", j->speed[i], j->walk);
  }
  struct walk_cost walked;
  s = walk_cost_walked(&walked, l, &r, e);
  if (s) {
    walk_finish(&w);
    return s;
  }
  j->ends[i] = w.cost.energy - walked.energy - j->power[i] * walked.jogged;
  j->friction[i] = w.friction;
  const struct walk_faults *f = &w.faults;
  j->limit[i] = (double)(f->lift + f->sole + f->yaw + f->torque + f->speed + f->joint + f->reach) / w.samples;
  walk_finish(&w);
  j->walking[i] = steady(l, GAIT_WALK, j->speed[i]);
  return STATUS_OK;
}

static void *run(void *context) {
  struct task *t = context;
  for (int i = t->speed; i < JOG_SPEEDS && !t->status; i += t->step) t->status = solve(t->j, t->l, i, &t->error);
  return NULL;
}

// The parabola through a row.
static double at(const struct jog_table *j, const double *row, double speed) {
  const double *v = j->speed;
  double x = speed < v[0] ? v[0] : speed > v[JOG_SPEEDS - 1] ? v[JOG_SPEEDS - 1] : speed, sum = 0;
  for (int i = 0; i < JOG_SPEEDS; i++) {
    double weight = 1;
    for (int k = 0; k < JOG_SPEEDS; k++)
      if (k != i) weight *= (x - v[k]) / (v[i] - v[k]);
    sum += weight * row[i];
  }
  return sum;
}

static double gain_at(const struct jog_table *j, double speed) {
  for (int i = 0; i < JOG_SPEEDS; i++)
    if (!(j->walking[i] < 1e9)) return speed < j->speed[i] ? -1 : 1;   // no walk from there on
  return at(j, j->walking, speed) - at(j, j->power, speed);
}

enum status jog_table_make(struct jog_table *j, const struct gait_library *l, double walk, double most, int threads, struct error *e) {
  double least = m_sqrt(FROUDE_LEAST * GRAVITY * l->humanoid->leg_length);
  const char *name = l->humanoid->model->name;
  struct task task[JOG_SPEEDS];
  pthread_t thread[JOG_SPEEDS];
  bool started[JOG_SPEEDS] = {false};
  memset(j, 0, sizeof *j);
  if (!(most > 1.05 * least) || !(walk > 0.3 * least && walk < least))
    return error_at(e, STATUS_RANGE, name, 0, 0, "a jog of up to %g m/s from a walk of %g: a body of its size jogs from %.2f m/s on", most, walk, least);
  j->walk = walk;
  for (int i = 0; i < JOG_SPEEDS; i++) j->speed[i] = least + (most - least) * i / (JOG_SPEEDS - 1);
  threads = threads < 1 ? 1 : threads > JOG_SPEEDS ? JOG_SPEEDS : threads;
  for (int i = threads - 1; i >= 0; i--) {
    task[i] = (struct task){.j = j, .l = l, .speed = i, .step = threads};
    if (i) started[i] = pthread_create(&thread[i], NULL, run, &task[i]) == 0;
    if (!started[i]) run(&task[i]);
  }
  enum status s = STATUS_OK;
  for (int i = 0; i < threads; i++) {
    if (started[i]) pthread_join(thread[i], NULL);
    if (task[i].status && !s) {
      s = task[i].status;
      if (e) *e = task[i].error;
    }
  }
  if (s) return s;
  if (!(gain_at(j, most) > 0)) return error_at(e, STATUS_RANGE, name, 0, 0, "up to %g m/s its walk takes less than its jog", most);
  double low = least, high = most;
  for (int k = 0; k < HALVINGS; k++) {
    double middle = 0.5 * (low + high);
    if (gain_at(j, middle) > 0) high = middle;
    else low = middle;
  }
  j->change = high;
  j->count = JOG_SPEEDS;
  return STATUS_OK;
}

double jog_table_power(const struct jog_table *j, double speed) { return at(j, j->power, speed); }
double jog_table_ends(const struct jog_table *j, double speed) { return at(j, j->ends, speed); }
double jog_table_friction(const struct jog_table *j, double speed) { return at(j, j->friction, speed); }
