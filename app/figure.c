#include "app/figure.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "robots/leg.h"
#include "robots/posture.h"

// ---- the shape ------------------------------------------------------------------------------------------

static bool in_limb(const struct limb *l, int joint) {
  for (int k = 0; k < l->count; k++)
    if (l->joint[k] == joint) return true;
  return false;
}

// Whose joint it is: a leg's, an arm's, or what hangs on one (fingers).
static int side_of(const struct humanoid *h, int joint, bool *finger) {
  bool first = true;
  *finger = false;
  for (int j = joint; j >= 0; j = h->model->joint[j].parent - 1, first = false)
    for (int s = 0; s < 2; s++)
      if (in_limb(&h->leg[s], j) || in_limb(&h->arm[s], j)) {
        *finger = !first;
        return s == LEFT ? SKELETON_LEFT : SKELETON_RIGHT;
      }
  return SKELETON_MIDDLE;
}

// "left_hip_pitch_joint" -> "hip pitch"
static void plain_name(const char *name, char out[28]) {
  char word[ROBOT_NAME_SIZE], text[ROBOT_NAME_SIZE * 2] = "";
  for (const char *p = name; *p;) {
    size_t n = 0;
    while (*p && *p != '_' && *p != '-' && *p != ' ') word[n++] = (char)tolower((unsigned char)*p++);
    word[n] = 0;
    while (*p == '_' || *p == '-' || *p == ' ') p++;
    static const char *const drop[] = {"left", "right", "l", "r", "joint", ""};
    bool dropped = false;
    for (size_t k = 0; k < sizeof drop / sizeof *drop; k++) dropped |= strcmp(word, drop[k]) == 0;
    if (dropped) continue;
    if (text[0]) strcat(text, " ");
    strcat(text, word);
  }
  snprintf(out, 28, "%.27s", text[0] ? text : name);
}

static int add_point(struct figure *f, int body, struct v3 offset, int side, const char *name) {
  struct skeleton *s = &f->shape;
  if (s->points == SKELETON_POINTS) return s->points - 1;
  s->point[s->points].side = (uint8_t)side;
  snprintf(s->point[s->points].name, sizeof s->point->name, "%s", name);
  f->body[s->points] = body;
  f->offset[s->points] = offset;
  return s->points++;
}

static void add_bone(struct figure *f, int a, int b, int side, enum skeleton_bone_kind kind) {
  struct skeleton *s = &f->shape;
  if (s->bones < SKELETON_POINTS && a != b) s->bone[s->bones++] = (struct skeleton_bone){(uint8_t)a, (uint8_t)b, (uint8_t)side, (uint8_t)kind};
}

// Shoulders hang on the trunk at one height; the trunk goes up to the middle between them.
static int shoulders(struct figure *f, int *carrier) {
  const struct humanoid *h = f->humanoid;
  *carrier = -1;
  if (!h->arm[LEFT].count || !h->arm[RIGHT].count) return -1;
  const struct robot_joint *a = &h->model->joint[h->arm[LEFT].joint[0]], *b = &h->model->joint[h->arm[RIGHT].joint[0]];
  if (a->parent != b->parent) return -1;
  *carrier = a->parent;
  return add_point(f, a->parent, v3_scale(v3_add(a->origin, b->origin), 0.5), SKELETON_MIDDLE, "shoulders");
}

static void ends(struct figure *f, const int *point_of, const bool *has_child, int carrier, int top) {
  const struct robot_model *m = f->humanoid->model;
  for (int i = 0; i < m->joint_count; i++) {
    bool finger;
    int side = side_of(f->humanoid, i, &finger);
    if (has_child[i + 1] || point_of[i + 1] < 0) continue;
    bool foot = f->humanoid->leg[LEFT].body == i + 1 || f->humanoid->leg[RIGHT].body == i + 1;
    if (foot) continue;
    struct v3 com = m->body[i + 1].com;
    int end = add_point(f, i + 1, v3_scale(com, side == SKELETON_MIDDLE ? 1 : 2), side, "");
    add_bone(f, point_of[i + 1], end, side, finger ? BONE_FINGER : side == SKELETON_MIDDLE ? BONE_TRUNK : BONE_LIMB);
    // the head is what ends the middle chain above the shoulders
    if (side == SKELETON_MIDDLE && i + 1 != carrier) f->shape.head = end;
  }
  if (f->shape.head >= 0 || top < 0) return;
  // no neck: a head of a person's size on the trunk, along the way from the trunk's origin to the shoulders
  struct v3 up = f->offset[top];
  double n = v3_norm(up);
  if (!(n > 1e-3)) return;
  f->shape.head = add_point(f, f->body[top], v3_add(up, v3_scale(up, 0.24 * f->humanoid->leg_length / n)), SKELETON_MIDDLE, "");
  add_bone(f, top, f->shape.head, SKELETON_MIDDLE, BONE_TRUNK);
}

void figure_make(struct figure *f, const struct humanoid *h, const struct robot_spec *spec, bool fingers) {
  const struct robot_model *m = h->model;
  bool has_child[ROBOT_JOINTS_MAX + 1] = {false}, finger;
  int point_of[ROBOT_JOINTS_MAX + 1], joints = 0;
  *f = (struct figure){.humanoid = h};
  struct skeleton *s = &f->shape;
  s->head = -1;
  s->head_radius = (float)(0.125 * h->leg_length);
  for (int k = 0; k < SKELETON_POINTS; k++) f->joint[k] = -1;
  point_of[0] = add_point(f, 0, v3(0, 0, 0), SKELETON_MIDDLE, "root");
  for (int i = 0; i < m->joint_count; i++) {
    int side = side_of(h, i, &finger);
    point_of[i + 1] = -1;
    // room is left for what is made below
    if ((finger && !fingers) || joints == SKELETON_POINTS - 24 || point_of[m->joint[i].parent] < 0) continue;
    char name[28];
    joints++;
    plain_name(m->joint[i].name, name);
    int k = point_of[i + 1] = add_point(f, i + 1, v3(0, 0, 0), side, name);
    f->joint[k] = i;
    s->point[k].driven = spec ? spec->drive[i] >= 0 && !finger : m->joint[i].mimic < 0 && !finger;
    has_child[m->joint[i].parent] = true;
  }
  int carrier, top = shoulders(f, &carrier);
  if (top >= 0) add_bone(f, point_of[carrier], top, SKELETON_MIDDLE, BONE_TRUNK);
  for (int i = 0; i < m->joint_count; i++) {
    int side = side_of(h, i, &finger), from = m->joint[i].parent;
    if (point_of[i + 1] < 0) continue;
    bool up = from == carrier && top >= 0 && (side != SKELETON_MIDDLE && !in_limb(&h->leg[LEFT], i) && !in_limb(&h->leg[RIGHT], i));
    bool neck = from == carrier && top >= 0 && side == SKELETON_MIDDLE;
    add_bone(f, up || neck ? top : point_of[from], point_of[i + 1], side, finger ? BONE_FINGER : side == SKELETON_MIDDLE ? BONE_TRUNK : BONE_LIMB);
  }
  ends(f, point_of, has_child, carrier, top);
  for (int k = 0; k < 2; k++) s->ankle[k] = point_of[h->leg[k].body];
}

// ---- the pose -----------------------------------------------------------------------------------------------

static void put(float out[3], struct v3 p, struct v3 at, double s, double c) {
  double x = p.x - at.x, y = p.y - at.y;
  out[0] = (float)(x * c + y * s);
  out[1] = (float)(y * c - x * s);
  out[2] = (float)(p.z - at.z);
}

static void soles(const struct figure *f, const struct body_motion *bodies, struct v3 at, double sn, double cs, struct skeleton_pose *out) {
  const struct sole *o = &f->humanoid->sole;
  for (int k = 0; k < 2; k++) {
    const struct body_motion *b = &bodies[f->humanoid->leg[k].body];
    double outer = k == LEFT ? o->outer : -o->outer, inner = k == LEFT ? -o->inner : o->inner;
    const double narrow = 0.75;     // of the half width, as a foot narrows towards the toes
    const struct v3 corner[6] = {v3(o->heel, outer, -o->height), v3(o->ball, outer, -o->height), v3(o->toe, narrow * outer, -o->height),
                                 v3(o->toe, narrow * inner, -o->height), v3(o->ball, inner, -o->height), v3(o->heel, inner, -o->height)};
    for (int i = 0; i < 6; i++) {
      struct v3 p = m3_apply(&f->humanoid->foot_frame[k], corner[i]);
      put(out->sole[k][i], v3_add(b->position, m3_apply(&b->rotation, p)), at, sn, cs);
      // toes bend at the ball, which is a passive joint that the tree does not have
      bool toe = i == 2 || i == 3;
      if (toe && out->sole[k][i][2] < 0 && out->sole[k][i == 2 ? 1 : 4][2] > -0.01f) out->sole[k][i][2] = 0;
    }
  }
  out->feet = true;
}

void figure_pose(const struct figure *f, const struct body_motion *bodies, struct v3 at, double heading, struct skeleton_pose *out) {
  double s, c;
  memset(out, 0, sizeof *out);
  m_sincos(heading, &s, &c);
  for (int i = 0; i < f->shape.points; i++) {
    const struct body_motion *b = &bodies[f->body[i]];
    put(out->point[i], v3_add(b->position, m3_apply(&b->rotation, f->offset[i])), at, s, c);
    out->load[i] = -1;
    out->heat[i] = -300;
  }
  soles(f, bodies, at, s, c, out);
  put(out->com, robot_com(f->humanoid->model, bodies, NULL), at, s, c);
  out->massed = true;
}

void figure_angles(const struct humanoid *h, enum side side, const struct body_motion *bodies, double out[3]) {
  const struct limb *l = &h->leg[side];
  int knee = l->count >= 5 ? l->count - 3 : l->count / 2;
  struct v3 a = bodies[l->joint[knee > 0 ? knee - 1 : 0] + 1].position, b = bodies[l->joint[knee] + 1].position, c = bodies[l->body].position;
  struct v3 thigh = m3_apply_inverse(&bodies[0].rotation, v3_sub(b, a)), shank = m3_apply_inverse(&bodies[0].rotation, v3_sub(c, b));
  struct v3 ahead = v3(h->foot_frame[side].m[0], h->foot_frame[side].m[3], h->foot_frame[side].m[6]);
  ahead = m3_apply_inverse(&bodies[0].rotation, m3_apply(&bodies[l->body].rotation, ahead));
  double t = m_atan2(thigh.x, -thigh.z), s = m_atan2(shank.x, -shank.z);
  out[0] = t;
  out[1] = t - s;
  out[2] = m_atan2(ahead.z, ahead.x) - s;
}

// ---- a body -----------------------------------------------------------------------------------------------------

static void fact(struct plate_fact *facts, int *n, const char *name, const char *format, ...) __attribute__((format(printf, 4, 5)));
static void fact(struct plate_fact *facts, int *n, const char *name, const char *format, ...) {
  va_list args;
  va_start(args, format);
  snprintf(facts[*n].name, sizeof facts->name, "%s", name);
  vsnprintf(facts[*n].value, sizeof facts->value, format, args);
  va_end(args);
  (*n)++;
}

// Upright with the knees bent a little, feet below the hips; where the legs cannot do that, all joints at zero.
static void standing(const struct humanoid *h, struct base_motion *base, double *q, struct body_motion *bodies) {
  struct posture posture;
  posture_find(&posture, h, LOAD_NONE);
  memcpy(q, posture.q, sizeof posture.q);
  *base = (struct base_motion){.orientation = {1, 0, 0, 0}};
  robot_forward(h->model, base, q, NULL, bodies);
  for (int s = 0; s < 2; s++) {
    struct leg leg;
    double angle[LIMB_JOINTS_MAX];
    struct m3 level = m3_identity(), rotation;
    struct v3 ankle;
    leg_init(&leg, h, s);
    for (int k = 0; k < leg.chain.count; k++) angle[k] = leg.bent[k];
    leg_forward(&leg, angle, &rotation, &ankle);
    ankle.z = leg.hip.z - leg_length_bent(&leg, 0.2);
    ankle.x = leg.hip.x;
    if (!leg.closed_form || leg_solve(&leg, &level, ankle, angle) > 1e-6) continue;
    for (int k = 0; k < leg.chain.count; k++) q[leg.chain.joint[k]] = angle[k];
  }
  robot_forward(h->model, base, q, NULL, bodies);
  double low = bodies[h->leg[LEFT].body].position.z, right = bodies[h->leg[RIGHT].body].position.z;
  base->position.z = h->sole.height - (low < right ? low : right);
  robot_forward(h->model, base, q, NULL, bodies);
}

static int joint_list(const struct humanoid *h, const struct robot_spec *spec, struct plate_joint *out) {
  int n = 0;
  for (int i = 0; i < h->model->joint_count; i++) {
    const struct robot_joint *j = &h->model->joint[i];
    if (j->mimic >= 0 || (spec && spec->drive[i] < 0)) continue;
    out[n] = (struct plate_joint){.lower = j->lower, .upper = j->upper, .effort = spec ? spec->actuator[i].torque_peak : j->effort,
                                  .speed = spec ? spec->actuator[i].speed_max : j->velocity};
    snprintf(out[n++].name, sizeof out->name, "%.39s", j->name);
  }
  return n;
}

enum status figure_body_png(const struct humanoid *h, const struct robot_spec *spec, const char *path, struct error *e) {
  struct figure *f = malloc(sizeof *f);
  struct skeleton_pose *pose = malloc(sizeof *pose);
  struct body_motion *bodies = malloc(sizeof *bodies * (ROBOT_JOINTS_MAX + 1));
  struct plate_joint *joints = malloc(sizeof *joints * ROBOT_JOINTS_MAX);
  double q[ROBOT_JOINTS_MAX];
  struct base_motion base;
  enum status s = f && pose && bodies && joints ? STATUS_OK : error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for a picture");
  if (s == STATUS_OK) {
    figure_make(f, h, spec, true);
    standing(h, &base, q, bodies);
    figure_pose(f, bodies, v3(0, 0, 0), 0, pose);
    pose->contact[0] = pose->contact[1] = true;
    double height = 0;
    for (int i = 0; i < f->shape.points; i++)
      if ((double)pose->point[i][2] > height) height = (double)pose->point[i][2];
    if (f->shape.head >= 0) height = fmax(height, (double)pose->point[f->shape.head][2] + (double)f->shape.head_radius);
    struct plate_fact facts[12];
    int n = 0, count = joint_list(h, spec, joints);
    fact(facts, &n, "mass", "%.1f kg", h->model->mass);
    fact(facts, &n, "joints with a motor", "%d of %d", count, h->model->joint_count);
    fact(facts, &n, "leg, hip to sole", "%.3f m", h->leg_length);
    fact(facts, &n, "centre of mass above the floor", "%.3f m", (double)pose->com[2]);
    fact(facts, &n, "sole, heel to toe", "%.0f mm", 1000 * (h->sole.toe - h->sole.heel));
    fact(facts, &n, "ankle above the floor", "%.0f mm", 1000 * h->sole.height);
    if (spec) fact(facts, &n, "battery", "%.2f kWh", spec->battery.energy / 3.6e6);
    if (spec) fact(facts, &n, "electronics, drives enabled", "%.0f W + %.0f W", spec->bus.electronics, spec->enabled);
    char below[80];
    snprintf(below, sizeof below, "%d links  ·  %d joints  ·  %.1f kg", h->model->link_count, h->model->joint_count, h->model->mass);
    struct plate_body b = {.plate = {h->model->name, below, n, facts, spec && spec->guessed ? "The drives are guessed from effort limits: there is no robot.yaml that names them." : NULL},
                           .shape = &f->shape, .pose = pose, .height = height, .joints = count, .joint = joints};
    s = plate_body_write(&b, path, e);
  }
  free(joints);
  free(bodies);
  free(pose);
  free(f);
  return s;
}

// ---- a stride ---------------------------------------------------------------------------------------------------

#define STRIDE_SAMPLES 240

struct stride_work {
  struct figure        figure;
  struct body_motion   bodies[ROBOT_JOINTS_MAX + 1];
  struct skeleton_pose moment[PLATE_MOMENTS];
  float                angle[3][2][STRIDE_SAMPLES], force[2][2][STRIDE_SAMPLES], cop[STRIDE_SAMPLES][2], com[STRIDE_SAMPLES][3], power[STRIDE_SAMPLES];
  uint8_t              contact[2][STRIDE_SAMPLES];
};

// Bodies of sample k; the one after the last is the first, a stride further on.
static void at_sample(const struct humanoid *h, const struct gait *g, int k, struct body_motion *bodies) {
  struct base_motion base = g->base[k % g->samples];
  if (k >= g->samples) base.position.x += 2 * g->step_length;
  robot_forward(h->model, &base, g->q + (size_t)(k % g->samples) * (size_t)g->joints, NULL, bodies);
}

// Joint torque over its limit, as the drive has to give it.
static double share_of(const struct robot_spec *spec, const struct gait *g, int k, int j, double *electrical) {
  size_t i = (size_t)k * (size_t)g->joints + (size_t)j;
  if (spec->drive[j] < 0) return -1;
  struct actuator_power p = actuator_power(&spec->actuator[j], g->tau[i], g->qd[i], g->qdd[i], 1);
  *electrical += p.electrical;
  return fabs(p.motor_torque) / spec->actuator[j].torque_peak;
}

static void loads(const struct figure *f, const struct robot_spec *spec, const struct gait *g, int k, struct skeleton_pose *p) {
  double electrical = 0;
  for (int i = 0; i < f->shape.points; i++)
    if (f->joint[i] >= 0) p->load[i] = (float)share_of(spec, g, k % g->samples, f->joint[i], &electrical);
}

// Where the floor's force acts: each foot's centre of pressure from its wrench about the point below the ankle.
static void pressure(const struct humanoid *h, const struct gait *g, int k, const struct body_motion *bodies, float cop[2]) {
  double up = 0, x = 0, y = 0;
  for (int s = 0; s < 2; s++) {
    const struct wrench *w = &g->foot[s][k];
    if (!g->contact[s][k] || !(w->force.z > 1)) continue;
    struct v3 below = v3_sub(bodies[h->leg[s].body].position, v3(0, 0, h->sole.height));
    up += w->force.z;
    x += w->force.z * below.x - w->moment.y;
    y += w->force.z * below.y + w->moment.x;
  }
  cop[0] = up > 1 ? (float)(x / up) : (float)g->base[k].position.x;
  cop[1] = up > 1 ? (float)(y / up) : (float)g->base[k].position.y;
}

static void fill_stride(struct stride_work *w, const struct humanoid *h, const struct robot_spec *spec, const struct gait *g) {
  const double deg = 180 / M_PI_D;
  for (int i = 0; i < STRIDE_SAMPLES; i++) {
    int k = (int)((long)i * g->samples / STRIDE_SAMPLES);
    at_sample(h, g, k, w->bodies);
    double electrical = 0;
    for (int j = 0; j < g->joints; j++) share_of(spec, g, k, j, &electrical);
    w->power[i] = (float)bus_power(&spec->bus, electrical, spec->enabled);
    for (int s = 0; s < 2; s++) {
      double a[3];
      figure_angles(h, s, w->bodies, a);
      for (int n = 0; n < 3; n++) w->angle[n][s][i] = (float)(a[n] * deg);
      w->contact[s][i] = g->contact[s][k];
      w->force[0][s][i] = (float)(g->contact[s][k] ? g->foot[s][k].force.z : 0);
      w->force[1][s][i] = (float)(g->contact[s][k] ? g->foot[s][k].force.x : 0);
    }
    struct v3 com = robot_com(h->model, w->bodies, NULL);
    w->com[i][0] = (float)com.x;
    w->com[i][1] = (float)com.y;
    w->com[i][2] = (float)com.z;
    pressure(h, g, k, w->bodies, w->cop[i]);
  }
}

// Footsteps of the stride and the one after it: where a foot stands in the middle of its time on the floor.
static void footsteps(struct stride_work *w, const struct humanoid *h, const struct gait *g) {
  struct skeleton_pose *p = &w->moment[0];
  for (int cycle = 0; cycle < 2; cycle++)
    for (int s = 0; s < 2; s++)
      for (int k = 0; k < g->samples; k++) {
        int before = (k + g->samples - 1) % g->samples;
        if (!g->contact[s][k] || g->contact[s][before]) continue;
        at_sample(h, g, (k + g->samples / 4) % g->samples, w->bodies);
        struct v3 at = w->bodies[h->leg[s].body].position;
        double on = k + g->samples / 4 >= g->samples ? 2 * g->step_length : 0;
        if (p->steps < SKELETON_STEPS)
          p->step[p->steps++] = (struct skeleton_step){(float)(at.x + on + 2 * g->step_length * cycle), (float)at.y, 0, (uint8_t)(s == LEFT ? SKELETON_LEFT : SKELETON_RIGHT)};
      }
  p->ahead = 0;
}

static int stride_facts(struct plate_fact *facts, const struct gait *g, const struct gait_report *r) {
  int n = 0;
  fact(facts, &n, "speed", "%.2f m/s", 2 * g->step_length / (2 * g->step_period));
  fact(facts, &n, "step", "%.3f m in %.3f s", g->step_length, g->step_period);
  fact(facts, &n, "duty factor", "%.2f", g->duty);
  if (r->flight > 0) fact(facts, &n, "in flight", "%.0f %%", 100 * r->flight);
  fact(facts, &n, "Froude number", "%.2f", r->froude);
  fact(facts, &n, "centre of pressure, error", "%.2f mm", 1000 * r->zmp_error);
  fact(facts, &n, "centre of pressure, margin", "%.0f mm", fmax(0, 1000 * r->zmp_margin));
  fact(facts, &n, "friction needed", "%.2f", r->friction_demand);
  fact(facts, &n, "yaw moment", "%.0f N m", r->yaw_moment);
  fact(facts, &n, "power", "%.0f W", r->power);
  fact(facts, &n, "cost of transport", "%.2f", r->cost_of_transport);
  return n;
}

enum status figure_stride_png(const struct humanoid *h, const struct robot_spec *spec, const struct gait *g, const struct gait_report *r,
                              const char *path, struct error *e) {
  struct stride_work *w = calloc(1, sizeof *w);
  if (!w) return error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for a picture");
  figure_make(&w->figure, h, spec, true);
  double height = 0;
  for (int k = 0; k < PLATE_MOMENTS; k++) {
    int sample = (int)((long)k * g->samples / (PLATE_MOMENTS - 1));
    struct skeleton_pose *p = &w->moment[k];
    at_sample(h, g, sample, w->bodies);
    figure_pose(&w->figure, w->bodies, v3(0, 0, 0), 0, p);
    loads(&w->figure, spec, g, sample, p);
    for (int s = 0; s < 2; s++) p->contact[s] = g->contact[s][sample % g->samples];
    pressure(h, g, sample % g->samples, w->bodies, p->cop);
    p->pressed = p->contact[0] || p->contact[1];
    for (int i = 0; i < w->figure.shape.points; i++)
      if ((double)p->point[i][2] > height) height = (double)p->point[i][2];
  }
  fill_stride(w, h, spec, g);
  footsteps(w, h, g);
  struct plate_fact facts[14];
  int n = stride_facts(facts, g, r);
  char title[120], below[160];
  snprintf(title, sizeof title, "%s %s at %.2f m/s", h->model->name, g->wish.kind == GAIT_JOG ? "jogs" : "walks", g->wish.speed);
  snprintf(below, sizeof below, "%s  ·  load %.3g kg  ·  slope %.3g°  ·  floor friction %.2f", g->wish.kind == GAIT_JOG ? "on the balls" : g->wish.foot == FOOT_FLAT ? "flat feet" : "heel to toe",
           g->wish.load, g->wish.slope * 180 / M_PI_D, g->wish.friction);
  struct plate_stride s = {.plate = {title, below, n, facts, NULL}, .shape = &w->figure.shape, .moments = PLATE_MOMENTS, .moment = w->moment, .height = height + .06,
                           .stride = 2 * g->step_length, .samples = STRIDE_SAMPLES, .cop = w->cop, .com = w->com, .power = w->power, .weight = h->model->mass * GRAVITY + g->wish.load * GRAVITY,
                           .mean_power = r->power};
  for (int k = 0; k < 2; k++) {
    for (int i = 0; i < 3; i++) s.angle[i][k] = w->angle[i][k];
    for (int i = 0; i < 2; i++) s.force[i][k] = w->force[i][k];
    s.contact[k] = w->contact[k];
  }
  s.peak = w->moment[0];
  for (int i = 0; i < w->figure.shape.points; i++) {
    int j = w->figure.joint[i];
    s.peak.load[i] = j >= 0 && spec->drive[j] >= 0 && r->torque_share ? (float)r->torque_share[j] : -1;
  }
  enum status status = plate_stride_write(&s, path, e);
  free(w);
  return status;
}
