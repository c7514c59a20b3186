#include "app/figure_way.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/figure.h"

#define SAMPLES 1200                // of the curves

struct work {
  struct figure        figure;
  struct body_motion   bodies[ROBOT_JOINTS_MAX + 1];
  struct skeleton_pose moment[2][PLATE_ROW];
  char                 words[2][PLATE_ROW][40];
  float                speed[SAMPLES], force[SAMPLES], power[SAMPLES];
  struct plate_fact    fact[12];
};

static void fact(struct work *w, int *n, const char *name, const char *format, ...) __attribute__((format(printf, 4, 5)));
static void fact(struct work *w, int *n, const char *name, const char *format, ...) {
  va_list list;
  va_start(list, format);
  snprintf(w->fact[*n].name, sizeof w->fact[*n].name, "%s", name);
  vsnprintf(w->fact[*n].value, sizeof w->fact[*n].value, format, list);
  va_end(list);
  ++*n;
}

static void pose_at(struct work *o, const struct humanoid *h, const struct walk *w, double time, struct skeleton_pose *p) {
  double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX];
  struct walk_sample s;
  walk_at(w, time, &s, q, qd, qdd, 1);
  robot_forward(h->model, &s.base, q, NULL, o->bodies);
  figure_pose(&o->figure, o->bodies, v3(0, 0, 0), 0, p);
  double up = 0, x = 0, y = 0;
  for (int f = 0; f < 2; f++) {
    p->contact[f] = s.contact[f];
    up += s.wrench[f].force.z, x += s.wrench[f].force.z * s.cop[f].x, y += s.wrench[f].force.z * s.cop[f].y;
  }
  p->pressed = up > 1;
  if (p->pressed) p->cop[0] = (float)(x / up), p->cop[1] = (float)(y / up);
}

// The middle of each stance, or of the flight before it, from rest on (or back from the end), as many as a row takes.
static int fill_row(struct work *o, const struct humanoid *h, const struct walk *w, int row, double *height) {
  int count = w->targets.count, n = count + 1 < PLATE_ROW ? count + 1 : PLATE_ROW, first = row ? count + 1 - n : 0;
  for (int k = 0; k < n; k++) {
    int i = first + k;                                                 // 0: at rest; else half way through the step onto target i - 1
    const struct footstep *s = &w->plan.step[i + 1];
    bool flies = i > 0 && w->plan.step[i].lift < s->land;
    double time = i == 0 ? 0 : i == count ? w->time : flies ? 0.5 * (w->plan.step[i].lift + s->land) : 0.5 * (w->plan.step[i - 1].lift + s->land);
    struct skeleton_pose *p = &o->moment[row][k];
    pose_at(o, h, w, time, p);
    snprintf(o->words[row][k], sizeof o->words[row][k], "%.2f s%s", time, flies ? ", flight" : "");
    for (int m = 0; m < o->figure.shape.points; m++) *height = fmax(*height, (double)p->point[m][2]);
  }
  return n;
}

static void fill_curves(struct work *o, const struct walk *w) {
  for (int i = 0; i < SAMPLES; i++) {
    const struct walk_sample *s = &w->sample[(long)i * (w->samples - 1) / (SAMPLES - 1)];
    o->speed[i] = (float)hypot(s->base.velocity.x, s->base.velocity.y);
    o->force[i] = (float)(s->wrench[0].force.z + s->wrench[1].force.z);
    o->power[i] = (float)s->power;
  }
}

enum status figure_way_png(const struct humanoid *h, const struct robot_spec *spec, const struct walk *w, double jog, const char *path, struct error *e) {
  struct work *o = calloc(1, sizeof *o);
  struct plate_print *print = calloc((size_t)w->targets.count + 2, sizeof *print);
  if (!o || !print) {
    free(o), free(print);
    return error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for a picture");
  }
  figure_make(&o->figure, h, spec, true);
  double height = 0;
  int n[2], facts = 0, jogging = 0;
  for (int row = 0; row < 2; row++) n[row] = fill_row(o, h, w, row, &height);
  fill_curves(o, w);
  for (int i = 0; i < w->plan.count; i++) {
    const struct footstep *s = &w->plan.step[i];
    bool jogs = i >= 2 && w->targets.target[i - 2].run > 0;
    print[i] = (struct plate_print){(float)s->position.x, (float)s->position.y, (float)s->yaw, jogs};
    jogging += jogs;
  }
  const struct walk_faults *f = &w->faults;
  fact(o, &facts, "time", "%.2f s", w->time);
  fact(o, &facts, "energy", "%.0f J", w->cost.energy);
  fact(o, &facts, "mean power", "%.0f W", w->cost.energy / w->time);
  fact(o, &facts, "steps, jogging", "%d, %d", w->targets.count, jogging);
  fact(o, &facts, "walking speed", "%.2f m/s", w->speed);
  fact(o, &facts, "friction needed", "%.2f", w->friction);
  fact(o, &facts, "centre of pressure, error", "%.2f mm", 1000 * w->zmp_error);
  fact(o, &facts, "inside flat soles", "%.0f mm", 1000 * w->zmp_margin);
  fact(o, &facts, "samples over a limit", "%d of %d", f->lift + f->sole + f->friction + f->yaw + f->torque + f->speed + f->joint, w->samples);
  char title[120], below[120];
  snprintf(title, sizeof title, "%s %s %.3g m", h->model->name, jogging ? "jogs" : "walks", w->targets.distance);
  if (jogging) snprintf(below, sizeof below, "at %.2f m/s, from standing to standing  \xc2\xb7  load %.3g kg  \xc2\xb7  floor friction %.2f", jog, w->load, w->floor);
  else snprintf(below, sizeof below, "from standing to standing  \xc2\xb7  load %.3g kg  \xc2\xb7  floor friction %.2f", w->load, w->floor);
  struct plate_way p = {.plate = {title, below, facts, o->fact, NULL}, .shape = &o->figure.shape, .moments = {n[0], n[1]}, .moment = {o->moment[0], o->moment[1]},
                        .words = {(const char (*)[40])o->words[0], (const char (*)[40])o->words[1]}, .height = height + .06, .length = w->targets.distance,
                        .heel = (float)h->sole.heel, .toe = (float)h->sole.toe, .half_width = (float)(h->sole.inner + h->sole.outer) / 2, .prints = w->plan.count, .samples = SAMPLES,
                        .print = print, .speed = o->speed, .force = o->force, .power = o->power, .time = w->time};
  enum status s = plate_way_write(&p, path, e);
  free(print);
  free(o);
  return s;
}
