#include "app/robot_way.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/figure_way.h"
#include "app/output.h"
#include "app/workers.h"
#include "base/json.h"
#include "robots/dynamics.h"
#include "robots/walker.h"

// What a way was, from its samples.
struct way_seen {
  double wrench, flying, fastest;   // N + N m largest at the root in flight; s in flight; m/s
  int    jogging;                   // steps
};

static struct way_seen seen_of(const struct walk *w, const struct robot_model *m) {
  struct way_seen o = {0};
  for (int k = 0; k < w->samples; k++) {
    double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], tau[ROBOT_JOINTS_MAX];
    struct walk_sample s;
    struct wrench root;
    walk_at(w, k * w->tick, &s, q, qd, qdd, 1);
    o.fastest = fmax(o.fastest, hypot(s.base.velocity.x, s.base.velocity.y));
    if (s.contact[LEFT] || s.contact[RIGHT]) continue;
    robot_inverse_dynamics(m, &s.base, q, qd, qdd, 0, NULL, NULL, tau, &root);
    o.wrench = fmax(o.wrench, v3_norm(root.force) + v3_norm(root.moment));
    o.flying += w->tick;
  }
  for (int i = 0; i < w->targets.count; i++) o.jogging += w->targets.target[i].run > 0;
  return o;
}

static const char *const fault_names[] = {"lift", "sole", "friction", "yaw", "torque", "speed", "joint", "reach"};

static void faults_of(const struct walk *w, int out[8]) {
  const struct walk_faults *f = &w->faults;
  const int all[8] = {f->lift, f->sole, f->friction, f->yaw, f->torque, f->speed, f->joint, f->reach};
  for (int i = 0; i < 8; i++) out[i] = all[i];
}

static void put(struct json *j, const char *key, double value) {
  json_key(j, key);
  json_number(j, value);
}

static void answer(const struct walk *w, const struct way_seen *o, const struct walk_cost *cost, const struct gait_library *l, const struct gait_wish *wish, const struct way_choice *c) {
  struct json j;
  int faults[8];
  faults_of(w, faults);
  json_init(&j, false);
  json_object(&j);
  put(&j, "way_m", c->length);
  put(&j, "walk_m_s", c->walk);
  put(&j, "jog_m_s", o->jogging ? wish->speed : 0);
  put(&j, "change_m_s", l->jog.change);
  put(&j, "time_s", w->time);
  put(&j, "energy_j", w->cost.energy);
  put(&j, "table_time_s", cost->time);
  put(&j, "table_energy_j", cost->energy);
  put(&j, "fastest_m_s", o->fastest);
  put(&j, "flying_s", o->flying);
  put(&j, "flight_wrench", o->wrench);
  put(&j, "zmp_error_m", w->zmp_error);
  put(&j, "zmp_margin_m", w->zmp_margin);
  put(&j, "friction_demand", w->friction);
  json_key(&j, "steps");
  json_list(&j);
  for (int i = 0; i < w->targets.count; i++) {
    const struct footstep *s = &w->plan.step[i + 2];
    json_object(&j);
    json_key(&j, "jogs");
    json_bool(&j, w->targets.target[i].run > 0);
    put(&j, "land_s", s->land);
    put(&j, "x_m", s->position.x);
    put(&j, "y_m", s->position.y);
    put(&j, "flight_s", fmax(0, s->land - w->plan.step[i + 1].lift));
    json_object_end(&j);
  }
  json_list_end(&j);
  json_key(&j, "broken");
  json_object(&j);
  for (int i = 0; i < 8; i++) {
    json_key(&j, fault_names[i]);
    json_integer(&j, faults[i]);
  }
  json_object_end(&j);
  json_object_end(&j);
  printf("%s\n", j.text);
  json_finish(&j);
}

static void print(const struct walk *w, const struct way_seen *o, const struct walk_cost *cost, const struct gait_library *l, const struct gait_wish *wish, const struct way_choice *c) {
  int faults[8], broken = 0;
  faults_of(w, faults);
  printf("%s, %.1f kg, %g m from standing to standing", l->humanoid->model->name, l->humanoid->model->mass, c->length);
  if (o->jogging) printf(", walking at %g m/s, jogging at %g\n", c->walk, wish->speed);
  else printf(", walking at %g m/s: too short for a jog\n", c->walk);
  printf("takes    %.2f s, %.0f J, %d steps, %d of them jogging, %.2f s in flight, %.2f m/s at most\n", w->time, w->cost.energy, w->targets.count, o->jogging, o->flying, o->fastest);
  printf("table    %.2f s, %.0f J (%+.2f %%); jogging takes less than walking from %.2f m/s on\n", cost->time, cost->energy, 100 * (cost->energy / w->cost.energy - 1), l->jog.change);
  printf("contact  friction %.2f; centre of pressure %.2f mm from the plan, %.0f mm inside flat soles at least; in flight the root has %.1e N and N m\n", w->friction, 1e3 * w->zmp_error,
         1e3 * w->zmp_margin, o->wrench);
  for (int i = 0; i < 8; i++) {
    if (!faults[i]) continue;
    printf("limit    %s, in %d of %d samples\n", fault_names[i], faults[i], w->samples);
    broken++;
  }
  if (!broken) printf("limits   all held\n");
}

int robot_way(struct robot_case *c, const struct gait_wish *wish, const struct way_choice *o) {
  struct gait_library *l = malloc(sizeof *l);
  struct error e = {0};
  struct walk w = {0};
  struct walk_cost cost = {0};
  int code = 0;
  enum status s = l ? gait_library_make(l, &c->humanoid, &c->spec, cores(), &e) : error_at(&e, STATUS_MEMORY, c->model.name, 0, 0, "a library of walks");
  if (s == STATUS_OK) s = gait_library_jog(l, o->walk, c->spec.run_speed > wish->speed ? c->spec.run_speed : wish->speed, cores(), &e);
  struct v3 point[2] = {v3(0, 0, 0), v3(o->length, 0, 0)};
  struct walk_route r = walk_route_defaults(point, 2);
  r.speed = o->walk, r.jog = wish->speed, r.friction = wish->friction, r.load = wish->load;
  r.load_pose = wish->load > 0 ? wish->load_pose : LOAD_NONE;
  if (s == STATUS_OK) s = walk_make(&w, l, &r, &e);
  if (s == STATUS_OK && w.faults.friction)
    s = error_at(&e, STATUS_RANGE, c->model.name, 0, 0, "no jog at %g m/s: with its start and stop it needs a friction of %.2f, the floor has %.2f", wish->speed, w.friction, wish->friction);
  if (s == STATUS_OK) s = walk_cost(&cost, l, &r, &e);
  if (s == STATUS_OK) {
    struct way_seen out = seen_of(&w, &c->model);
    if (o->json) answer(&w, &out, &cost, l, wish, o);
    else print(&w, &out, &cost, l, wish, o);
    if (o->png && figure_way_png(&c->humanoid, &c->spec, &w, wish->speed, o->png, &e) != STATUS_OK) code = output_error("robot", &e);
  } else {
    fprintf(stderr, "takt robot: %s: %s\n", c->model.name, e.text);
    code = status_exit_code(s);
  }
  walk_finish(&w);
  free(l);
  return code;
}
