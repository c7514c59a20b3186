#include "robots/posture.h"

#include <stdlib.h>
#include <string.h>

#include "robots/leg.h"

#define LEAN_MOST 0.35              // rad  of the trunk, a guess
#define HOLDING   0.3               // share of a finger's range at which it holds a load while walking, a guess

// Wrist from shoulder in shares of the arm's reach: ahead, to the middle, down. Guesses: arms nearly straight; a box before the
// belly; a box about 0.35 m before the trunk of a person.
static const struct v3 places[] = {
  [LOAD_NONE]       = {0.06, -0.08, 0.970},
  [LOAD_AT_SIDES]   = {0.00, -0.04, 0.990},
  [LOAD_HELD_CLOSE] = {0.36,  0.10, 0.550},
  [LOAD_IN_FRONT]   = {0.64,  0.10, 0.450},
};

static double at_least(double x, double low) { return x < low ? low : x; }
static double at_most(double x, double high) { return x > high ? high : x; }
static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

// The joint whose axis is most along `along` at q = 0 among the first `count` of a row; sign: the axis' own.
static int joint_along(const struct chain *c, int count, struct v3 along, double *sign) {
  double best = 0.7;
  int found = -1;
  for (int i = 0; i < c->count && i < count; i++) {
    double cosine = v3_dot(c->axis[i], along), size = cosine < 0 ? -cosine : cosine;
    if (c->prismatic[i] || c->follow[i] >= 0 || size <= best) continue;
    best = size;
    found = c->joint[i];
    *sign = cosine < 0 ? -1 : 1;
  }
  return found;
}

// The joint of the waist whose axis is most along `along`, or -1.
static int waist_along(const struct humanoid *h, struct v3 along, double *sign) {
  if (!h->waist_count) return -1;
  struct limb waist = {.count = h->waist_count, .body = h->waist[h->waist_count - 1] + 1};
  struct chain c;
  memcpy(waist.joint, h->waist, sizeof waist.joint);
  chain_init(&c, h->model, &waist);
  return joint_along(&c, c.count, along, sign);
}

void posture_hands(struct posture *p, const struct humanoid *h, struct v3 share) {
  p->miss = 0;
  for (int s = 0; s < 2 && h->arm[s].count; s++) {
    struct arm arm;
    double q[LIMB_JOINTS_MAX], rest[LIMB_JOINTS_MAX];
    arm_init(&arm, h, s);
    const struct chain *c = &arm.chain;
    struct v3 place = v3_scale(share, arm.reach);
    place = v3(place.x, s == LEFT ? -place.y : place.y, -place.z);
    for (int i = 0; i < c->count; i++) {
      bool bounded = c->upper[i] - c->lower[i] < 4 * M_PI_D;
      rest[i] = p->q[c->joint[i]];
      q[i] = clamp(bounded ? 0.1 * (c->lower[i] + c->upper[i]) / 2 : 0, c->lower[i], c->upper[i]);
    }
    double miss = arm_solve(&arm, NULL, v3_add(arm.shoulder, place), rest, q);
    if (miss > p->miss) p->miss = miss;
    for (int i = 0; i < c->count; i++) p->q[c->joint[i]] = q[i];
    p->swing[s] = joint_along(c, 3, v3(0, 1, 0), &p->swing_sign[s]);
  }
}

// Fingers of hands that hold something are half bent.
static void bend_fingers(struct posture *p, const struct humanoid *h) {
  const struct robot_model *m = h->model;
  for (int s = 0; s < 2 && h->arm[s].count; s++) {
    bool below[ROBOT_JOINTS_MAX + 1] = {false};
    below[h->arm[s].body] = true;
    for (int j = h->arm[s].body; j < m->joint_count; j++) {
      below[j + 1] = below[m->joint[j].parent];
      if (below[j + 1] && m->joint[j].upper < 1e3) p->q[j] = clamp(HOLDING * m->joint[j].upper, m->joint[j].lower, m->joint[j].upper);
    }
  }
}

void posture_find(struct posture *p, const struct humanoid *h, enum load_pose pose) {
  const struct robot_model *m = h->model;
  memset(p, 0, sizeof *p);
  p->swing[LEFT] = p->swing[RIGHT] = p->waist_yaw = -1;

  // 0, or the nearest angle that the range allows
  for (int j = 0; j < m->joint_count; j++) p->q[j] = clamp(0, m->joint[j].lower, m->joint[j].upper);
  posture_hands(p, h, places[pose]);
  if (pose != LOAD_NONE) bend_fingers(p, h);
  p->waist_yaw = waist_along(h, v3(0, 0, 1), &p->waist_sign);

  // what follows another joint
  for (int j = 0; j < m->joint_count; j++) {
    const struct robot_joint *joint = &m->joint[j];
    if (joint->mimic >= 0) p->q[j] = joint->mimic_factor * p->q[joint->mimic] + joint->mimic_offset;
  }
}

// Centre of mass of the bodies that joint `waist` carries, ahead of the root's origin.
static double upper_com(const struct robot_model *m, const double *q, int waist) {
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  struct base_motion base = {.orientation = {1, 0, 0, 0}};
  double mass = 0, moment = 0;
  bool above[ROBOT_JOINTS_MAX + 1] = {false};
  robot_forward(m, &base, q, NULL, body);
  for (int j = waist; j < m->joint_count; j++) {
    above[j + 1] = j == waist || above[m->joint[j].parent];
    if (!above[j + 1]) continue;
    const struct robot_body *b = &m->body[j + 1];
    mass += b->mass;
    moment += b->mass * (body[j + 1].position.x + m3_apply(&body[j + 1].rotation, b->com).x);
  }
  return mass > 0 ? moment / mass : 0;
}

void posture_balance(struct posture *p, const struct humanoid *h, const struct robot_model *model) {
  double sign = 1, goal = 0;
  int joint = waist_along(h, v3(0, 1, 0), &sign);
  if (joint < 0) return;
  for (int s = 0; s < 2; s++) {
    struct leg leg;
    leg_init(&leg, h, s);
    goal += leg.hip.x / 2;
  }

  // all that the waist carries turns about one axis, so that its place ahead is middle + even cos q + odd sin q
  double place[3], rest = p->q[joint];
  for (int i = 0; i < 3; i++) {
    p->q[joint] = i * M_PI_D / 2;
    place[i] = upper_com(model, p->q, joint);
  }
  double middle_place = (place[0] + place[2]) / 2, even = (place[0] - place[2]) / 2, odd = place[1] - middle_place;

  // leaning forward, by the sign of the axis, brings the centre of mass ahead
  double low = 0.9 * model->joint[joint].lower, high = 0.9 * model->joint[joint].upper;
  p->q[joint] = rest;
  low = at_least(low, -LEAN_MOST), high = at_most(high, LEAN_MOST);
  for (int i = 0; i < 30 && low < high; i++) {
    double middle = (low + high) / 2, sine, cosine;
    p->q[joint] = middle;
    m_sincos(middle, &sine, &cosine);
    if ((middle_place + even * cosine + odd * sine - goal) * sign > 0) high = middle;
    else low = middle;
  }
}

enum status posture_load(struct robot_model *out, const struct humanoid *h, double mass, struct error *e) {
  *out = *h->model;
  size_t size = sizeof *out->body * (size_t)(out->joint_count + 1);
  out->body = malloc(size);
  out->row = malloc(sizeof *out->row * (size_t)(out->joint_count + 1));
  if (!out->body || !out->row) {
    posture_load_finish(out);
    return error_at(e, STATUS_MEMORY, h->model->name, 0, 0, "a copy of the bodies");
  }
  memcpy(out->body, h->model->body, size);
  out->mass += mass;
  int bodies[2] = {h->arm[LEFT].body, h->arm[RIGHT].body};
  if (!h->arm[LEFT].count) bodies[0] = bodies[1] = h->waist_count ? h->waist[h->waist_count - 1] + 1 : 0;
  for (int s = 0; s < 2; s++) out->body[bodies[s]].mass += mass / 2;   // a point at the com: the inertia about it stays
  robot_model_pack(out);
  return STATUS_OK;
}

void posture_load_finish(struct robot_model *out) {
  free(out->body);
  free(out->row);
  memset(out, 0, sizeof *out);
}
