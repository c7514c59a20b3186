#include "robots/hand.h"

#include <string.h>

#include "robots/dynamics.h"
#include "robots/spec.h"

#define HAND_PLAIN  40.0            // N    of a gripper without fingers in the tree, a guess
#define PLAIN_REACH 0.1             // m    its length, a guess
#define SHUT        0.6             // share of a finger's range at which a hand without a part is shut
#define SETTLING    3               // time constants in which a force has risen to 95 %

struct hand_figures hand_figures_defaults(void) {
  return (struct hand_figures){.opening = 0.12, .thickness = 0.018, .width = 0.02, .patch = 8e-3, .speed = 2.5, .touch = 20, .stiffness = 2e4, .accuracy = 0.5e-3,
                               .bandwidth = 8, .margin = 1.5, .look = 0.1, .sight = sight_defaults()};
}

static double along(struct v3 p, struct v3 from, struct v3 d) { return v3_dot(v3_sub(p, from), d); }
static double size_of(double x) { return x < 0 ? -x : x; }

static bool hangs_on(const struct robot_model *m, int body, int hand) {
  while (body > hand) body = m->joint[body - 1].parent;
  return body == hand;
}

static struct v3 axis_of(const struct body_motion *b, int joint) {
  const double *r = b[joint + 1].rotation.m;
  return v3(r[2], r[5], r[8]);
}

struct v3 hand_link_end(const struct robot_model *m, const struct body_motion *b, int body) {
  return v3_add(b[body].position, m3_apply(&b[body].rotation, v3_scale(m->body[body].com, 2)));
}

// Joints below the hand, and the axis about which most of its last links bend.
static struct v3 fingers_of(struct hand *out, const struct robot_model *m, const struct body_motion *b, int hand) {
  struct v3 axis = v3(0, 0, 0);
  for (int j = hand; j < m->joint_count; j++) {
    if (!hangs_on(m, j + 1, hand) || out->fingers == HAND_FINGERS_MAX) continue;
    const struct robot_joint *k = &m->joint[j];
    out->finger[out->fingers] = j;
    out->closed[out->fingers++] = k->upper < 1e3 ? SHUT * k->upper : 0;
    if (k->parent != hand) axis = v3_add(axis, axis_of(b, j));
  }
  return axis;
}

// What of the joints is one finger, and which one is the thumb.
static void find_digits(struct hand *out, const struct robot_model *m, const struct body_motion *b, int hand) {
  for (int i = 0; i < out->fingers; i++) {
    int j = out->finger[i];
    out->swings[i] = size_of(v3_dot(axis_of(b, j), out->point)) > 0.5;
    if (m->joint[j].parent == hand) out->digit[out->digits++].root = j;
    for (int d = 0; d < out->digits; d++)
      if (hangs_on(m, j + 1, out->digit[d].root + 1)) out->of[i] = d, out->digit[d].end = j;
  }
  for (int d = 0; d < out->digits; d++) out->digit[d].at = v3_sub(b[out->digit[d].root + 1].position, b[hand].position);
  for (int d = 1; d < out->digits; d++)
    if (along(b[out->digit[d].root + 1].position, b[out->digit[out->thumb].root + 1].position, out->point) < 0) out->thumb = d;
}

// Of one digit: its length, its first link's, the torque at its root and its inertia there.
struct finger { double length, first, torque, inertia, speed, root; };

static struct finger finger_at(const struct robot_model *m, const struct robot_spec *spec, const struct body_motion *b, const struct hand *hand, struct v3 wrist, int digit) {
  struct finger f = {.root = along(b[hand->digit[digit].root + 1].position, wrist, hand->point)};
  double next = 1e9;
  int driven = -1;
  for (int i = 0; i < hand->fingers; i++) {
    int k = hand->finger[i];
    if (hand->of[i] != digit) continue;
    double from = along(b[k + 1].position, wrist, hand->point), end = along(hand_link_end(m, b, k + 1), wrist, hand->point);
    if (end - f.root > f.length) f.length = end - f.root;
    if (from - f.root > 0.01 && from - f.root < next) next = from - f.root;
    double arm = (from + end) / 2 - f.root;
    f.inertia += m->body[k + 1].mass * arm * arm;
    if (spec->drive[k] >= 0 && !hand->swings[i] && driven < 0) driven = k;
  }
  f.first = next < 1e8 ? next : f.length;
  if (driven >= 0) {
    const struct actuator *a = &spec->actuator[driven];
    f.torque = a->torque_peak;
    f.speed = a->speed_max;
    f.inertia += a->rotor_inertia;
  }
  return f;
}

void hand_find(struct hand *out, const struct humanoid *h, const struct robot_spec *spec, enum side side) {
  const struct robot_model *m = h->model;
  const double zero[ROBOT_JOINTS_MAX] = {0};
  struct body_motion b[ROBOT_JOINTS_MAX + 1];
  struct base_motion base = {.orientation = {1, 0, 0, 0}};
  int hand = h->arm[side].body;
  memset(out, 0, sizeof *out);
  robot_forward(m, &base, zero, NULL, b);
  struct v3 wrist = b[hand].position, com = m3_apply(&b[hand].rotation, m->body[hand].com);
  double far = v3_norm(com);
  out->point = far > 1e-6 ? v3_scale(com, 1 / far) : v3(0, 0, -1);
  struct v3 axis = fingers_of(out, m, b, hand);
  out->close = v3_cross(axis, out->point);
  double size = v3_norm(out->close);
  out->close = size > 1e-6 ? v3_scale(out->close, 1 / size) : v3(0, side == LEFT ? -1 : 1, 0);

  find_digits(out, m, b, hand);
  const struct hand_figures *f = &spec->hands;
  double tip = 0, knuckle = 0, force = 0, hook = 0, speed = 0, mass = 0;
  int n = 0;
  for (int d = 0; d < out->digits; d++) {
    struct finger k = finger_at(m, spec, b, out, wrist, d);
    if (k.root > knuckle) knuckle = k.root;
    if (!(k.torque > 0) || !(k.length > 0)) continue;
    n++;
    force += k.torque / k.length;
    if (d != out->thumb) hook += k.torque / k.first;        // the thumb does not carry
    if (k.root + k.length > tip) tip = k.root + k.length;
    if (n == 1 || k.speed * k.length < speed) speed = k.speed * k.length;
    if (k.inertia / (k.length * k.length) > mass) mass = k.inertia / (k.length * k.length);
  }
  bool plain = n < 2;
  if (plain) {
    tip = far + PLAIN_REACH;
    knuckle = far;
  }
  out->tip_speed = plain ? 0.5 : speed;
  out->tip_mass = plain ? 0.1 : mass;
  out->hook = plain ? 2 * HAND_PLAIN : hook;
  out->tool = v3_scale(out->point, tip - f->patch);
  out->grip = (struct grip_hand){.opening = f->opening, .thickness = f->thickness, .width = f->width, .length = tip - knuckle, .patch = f->patch,
                                 .force_max = plain ? HAND_PLAIN : force / n, .palm = knuckle};
}

double hand_touch_speed(const struct hand_figures *f, double mass, double force_max) {
  double force = force_max > 0 && force_max < f->touch ? force_max : f->touch;
  return force / m_sqrt(f->stiffness * mass);
}

double hand_close_time(const struct hand *h, const struct hand_figures *f, double gap, double force_max) {
  double v = hand_touch_speed(f, h->tip_mass, force_max);
  if (v > h->tip_speed) v = h->tip_speed;
  return gap / v + SETTLING / (2 * M_PI_D * f->bandwidth);
}

// Opening meets nothing: at the fingers' own speed, begun and ended at rest (Flash & Hogan 1985).
double hand_open_time(const struct hand *h, const struct hand_figures *f, double gap) {
  (void)f;
  return 1.875 * gap / h->tip_speed;
}
