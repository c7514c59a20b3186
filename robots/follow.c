#include "robots/follow.h"

#include <math.h>

#include "robots/move_table.h"
#include "robots/quintic.h"
#include "robots/reach_move.h"

static double size_of(double x) { return x < 0 ? -x : x; }

// Way by which speed rises from 0 to 1 in a second of x, and its derivatives.
static double risen(double x) { return x * x * x * (1 - x / 2); }

void follow_at(const struct follow *f, double t, double *u, double *rate, double *second) {
  double v = f->speed, first = -v * (f->touch - f->run / 2);            // where it begins
  *rate = *second = 0;
  if (t <= 0) {
    *u = first;
    return;
  }
  if (t < f->run) {
    double x = t / f->run;
    *u = first + v * f->run * risen(x);
    *rate = v * x * x * (3 - 2 * x);
    *second = v * 6 * x * (1 - x) / f->run;
    return;
  }
  if (t <= f->run + f->level) {
    *u = v * (t - f->touch);
    *rate = v;
    return;
  }
  double end = f->run + f->level, x = f->stop > 0 ? (t - end) / f->stop : 1;
  if (x > 1) x = 1;
  *u = v * (end - f->touch) + v * f->stop * (x - risen(x));
  *rate = x < 1 ? v * (1 - x * x * (3 - 2 * x)) : 0;
  *second = x < 1 ? -v * 6 * x * (1 - x) / f->stop : 0;
}

void follow_back_at(const struct follow *f, double t, double *u, double *rate, double *second) {
  double v = f->speed, first = -v * (f->touch - f->run / 2);
  const struct quintic q = quintic_between((struct jet){v * (f->run + f->level - f->touch), v, 0}, (struct jet){first, 0, 0}, f->back);
  struct jet at = t < f->back ? quintic_at(&q, t > 0 ? t : 0) : (struct jet){first, 0, 0};
  *u = at.x, *rate = at.v, *second = at.a;
}

// s that each sample stands for.
static void look_at_drives(const struct reacher *r, const struct move_table *t, const double *time, struct follow_strain *out, double (*hot)[2]) {
  double joints[MOVE_SAMPLES_MAX] = {0};
  for (int i = 0; i < t->joints; i++) {
    int j = r->lump.joint[i], row = i * t->n;
    const struct actuator *a = &r->spec->actuator[j];
    const struct robot_joint *joint = &r->humanoid->model->joint[j];
    if (r->spec->drive[j] < 0) continue;
    for (int k = 0; k < t->n; k++) {
      double q = t->q[row + k], qd = t->along[row + k], over = q > joint->upper ? q - joint->upper : joint->lower - q;
      struct actuator_power e = actuator_power(a, t->rest[row + k], qd, t->bend[row + k], 1);
      double torque = size_of(e.motor_torque) / a->torque_peak, speed = size_of(qd) / a->speed_max;
      double lost = e.gear + e.friction + e.inverter;
      joints[k] += e.electrical;
      if (hot) hot[j][0] += e.copper * time[k], hot[j][1] += lost > 0 ? lost * time[k] : 0;
      if (over > out->beyond && joint->mimic < 0) out->beyond = over;
      if (torque > out->torque) out->torque = torque, out->torque_joint = j;
      if (speed > out->speed) out->speed = speed, out->speed_joint = j;
    }
  }
  for (int k = 0; k < t->n; k++) out->energy += bus_power(&r->spec->bus, joints[k], r->spec->enabled) * time[k];
}

static void look_at_floor(const struct reacher *r, const struct move_table *t, double friction, struct follow_strain *out) {
  const struct sole *sole = &r->humanoid->sole;
  double h = sole->height, side = r->standing.half_width + sole->outer;
  for (int k = 0; k < t->n; k++) {
    const struct wrench *w = &t->floor[0][k];
    double x = (-w->moment.y - w->force.x * h) / w->force.z, y = (w->moment.x - w->force.y * h) / w->force.z;
    double in = fmin(fmin(sole->ball - x, x - sole->heel), side - size_of(y));
    double slide = (m_sqrt(w->force.x * w->force.x + w->force.y * w->force.y) + size_of(w->moment.z) / r->standing.half_width) / (friction * w->force.z);
    if (in < out->margin) out->margin = in;
    if (slide > out->slide) out->slide = slide;
  }
}

// Middles of the samples' stretches: half of them while it speeds up, however short that is.
static void lay_times(const struct follow *f, const struct follow_phase *p, int n, double *at, double *time) {
  double bend = p->back || f->run <= p->begin || f->run >= p->begin + p->time ? p->time / 2 : f->run - p->begin;
  for (int k = 0; k < n; k++) {
    bool early = k < n / 2;
    time[k] = (early ? bend : p->time - bend) / (n / 2);
    at[k] = early ? (k + 0.5) * time[k] : bend + (k - n / 2 + 0.5) * time[k];
  }
}

struct follow_strain follow_check(const struct reacher *r, const struct follow *f, const struct follow_phase *p, double distance, double (*hot)[2]) {
  _Alignas(64) struct move_table t;
  double at[MOVE_SAMPLES_MAX], time[MOVE_SAMPLES_MAX], end = f->run + f->level, pace = end / p->time;
  struct move_timing m = {.side = f->side};
  struct follow_strain out = {.torque_joint = -1, .speed_joint = -1, .margin = 1e9};
  struct move_wish w = {.from = p->from, .to = p->to, .foot = {p->foot[0], p->foot[1]}, .load = {p->load[0], p->load[1]}, .friction = p->friction};
  t.n = t.used = MOVE_SAMPLES_MAX;
  lay_times(f, p, t.n, at, time);
  for (int k = 0; k < t.n; k++) {
    t.s[k] = m.rate[k] = m.second[k] = 0;
    if (p->law) move_law_at(p->law, p->back ? end - at[k] * pace : at[k], &t.s[k], &m.rate[k], &m.second[k]);
    if (p->back) m.rate[k] *= -pace, m.second[k] *= pace * pace;
    if (p->back) follow_back_at(f, at[k], &m.u[k], &m.u_rate[k], &m.u_second[k]);
    else follow_at(f, p->begin + at[k], &m.u[k], &m.u_rate[k], &m.u_second[k]);
    double hand = m_sqrt(m.u_rate[k] * m.u_rate[k] + distance * distance * m.rate[k] * m.rate[k]);
    if (hand > out.hand) out.hand = hand;
  }
  move_table_time(&t, r, &w, &m);
  look_at_drives(r, &t, time, &out, hot);
  look_at_floor(r, &t, p->friction, &out);
  return out;
}
