// What the floor does to a robot that walks as planned and asks too much of it: engine/sim/upset.h. Runs within a step, on rows of its own.
//
//   friction   all feet together need more than mu times their load: they slide, and the body with them, by what is missing over the mass. A foot that
//              alone needs too much is held by the other one
//   turning    beside that force F the soles hold a moment M about the upright through the pressure p, (F / mu Fz)^2 + (M / M_0)^2 = 1 (an ellipsoid as limit
//              surface: Howe & Cutkosky, Int. J. Robotics Research 15, 1996); M_0 = sum of mu Fz sqrt(r^2 + d^2), r the mean distance of a sole's points from its
//              middle, d of a foot's pressure from p, a guess. Beyond that feet and body, and the walk with them, turn about p by what is missing over the
//              inertia about it (the pelvis stands for the centre of mass, a guess), until friction has stopped them. While they slide and turn both
//              shares of friction lie on the ellipsoid, along its normal
//   balance    the centre of pressure that the motion asks for, shifted by z u' / g while it slides, may lie outside the soles, or a foot would have to
//              pull: then the floor presses on the nearest point instead, and the capture point is off by w (p - p_held) dt more. The ankles
//              bring it back as e^(-w t)
// Off by more than UPSET_LOST, or sliding far or fast, the walk is over: the robot has to keep its balance from there.
#include "engine/sim/body_state.h"
#include "engine/sim/footing.h"

#define SLACK       0.004           // m    outside a sole that counts as on it
#define FLAT        0.0005          // m    of the ankle above its height on a flat sole: from here on the foot stands on an edge
#define SLIDE_MOST  0.35            // m/s  guesses: a slide that is not over by itself
#define SLID_MOST   0.08            // m

static struct recover_sole sole_of(const struct body_rows *k, int r, int f) {
  const struct walk_sample *s = &k->sample[r];
  const struct sole *o = &k->kind.humanoid.sole;
  double sn, cs, rest = k->kind.library.standing.rest;
  if (s->foot[f].z - s->cop[f].z > o->height + FLAT) return (struct recover_sole){{s->cop[f].x, s->cop[f].y}, -SLACK, SLACK};
  m_sincos(s->foot_yaw[f], &sn, &cs);
  return (struct recover_sole){{s->foot[f].x + rest * cs, s->foot[f].y + rest * sn}, o->heel - rest - SLACK, o->toe - rest + SLACK};
}

// Where the floor can press nearest to p.
static void hold(const struct body_rows *k, int r, double p[2]) {
  const struct walk_sample *s = &k->sample[r];
  const struct sole *o = &k->kind.humanoid.sole;
  double share, cop[2][2], half = (o->inner < o->outer ? o->inner : o->outer) + SLACK;
  struct recover_sole sole[2];
  for (int f = 0; f < 2; f++) sole[f] = sole_of(k, r, f);
  recover_soles(sole, s->contact, s->foot_yaw[s->share[LEFT] > s->share[RIGHT] ? LEFT : RIGHT], half, p, &share, cop);
}

// Feet and body turn about p, by dry friction, with all feet's moment about it: `along` is the force, of which friction holds `most`. Returns the share of that
// which is left against sliding.
static double turn_about(const struct body *b, struct body_rows *k, int r, const double p[2], const double along[2], double most) {
  struct upset *u = &k->upset[r];
  const struct walk_sample *s = &k->sample[r];
  double need[2] = {0, 0}, rate[2] = {u->turning, 0}, hold = 0, by[2], sn, cs;
  for (int f = 0; f < 2; f++) {
    const double at[2] = {s->cop[f].x, s->cop[f].y}, arm[2] = {at[0] - p[0], at[1] - p[1]};
    double up = s->wrench[f].force.z;
    if (!s->contact[f] || !(up > 0)) continue;
    need[0] += s->wrench[f].moment.z + arm[0] * s->wrench[f].force.y - arm[1] * s->wrench[f].force.x;
    hold += up * footing_friction(b->twin, at, false) * m_sqrt(k->yaw_radius * k->yaw_radius + arm[0] * arm[0] + arm[1] * arm[1]);
  }
  double side = most > 0 ? (along[0] * along[0] + along[1] * along[1]) / (most * most) : 1, speed = m_sqrt(u->slide[0] * u->slide[0] + u->slide[1] * u->slide[1]);
  double far[2] = {s->base.position.x - p[0], s->base.position.y - p[1]};
  double inertia = k->yaw_inertia + (k->kind.model.mass + k->mass[r]) * (far[0] * far[0] + far[1] * far[1]);
  // feet that slide have their friction along their motion: the ellipsoid's normal
  double rim = m_sqrt(most * most * speed * speed + hold * hold * u->turning * u->turning), spin = u->turning < 0 ? -u->turning : u->turning;
  double share = speed > 0 && rim > 0 ? most * speed / rim : 1;
  hold *= speed > 0 ? (rim > 0 ? hold * spin / rim : 0) : side < 1 ? m_sqrt(1 - side) : 0;
  balance_slides(rate, need, hold, inertia, b->dt, by);
  if (u->turning == 0 && by[0] == 0) return share;
  double angle = b->dt * (u->turning + 0.5 * b->dt * by[0]), x = k->origin[r].x - p[0], y = k->origin[r].y - p[1];
  m_sincos(angle, &sn, &cs);
  k->origin[r].x = p[0] + cs * x - sn * y, k->origin[r].y = p[1] + sn * x + cs * y;
  u->turned += angle;
  u->turning += b->dt * by[0];
  return share;
}

void upset_ground(const struct body *b, struct body_rows *k, int r) {
  struct upset *u = &k->upset[r];
  const struct walk_sample *s = &k->sample[r];

  // both feet together
  struct v3 force = v3(0, 0, 0);
  double most = 0, p[2] = {0, 0};
  for (int f = 0; f < 2; f++) {
    if (!s->contact[f]) continue;
    const double at[2] = {s->cop[f].x, s->cop[f].y};
    double up = s->wrench[f].force.z;
    force = v3_add(force, s->wrench[f].force);
    if (up > 0) most += up * footing_friction(b->twin, at, false);
    p[0] += up * at[0], p[1] += up * at[1];
  }
  if (!(force.z > 0)) return;
  double mass = k->kind.model.mass + k->mass[r], z = k->kind.library.standing.com_height, w = m_sqrt(GRAVITY / z), by[2];
  const double along[2] = {force.x, force.y}, press[2] = {p[0] / force.z, p[1] / force.z};
  most *= turn_about(b, k, r, press, along, most);
  balance_slides(u->slide, along, most, mass, b->dt, by);
  for (int n = 0; n < 2; n++) {
    double drift = b->dt * (u->slide[n] + 0.5 * b->dt * by[n]);
    p[n] = p[n] / force.z - z * by[n] / GRAVITY;
    u->slide[n] += b->dt * by[n];
    if (n) k->origin[r].y += drift; else k->origin[r].x += drift;
  }
  double speed = m_sqrt(u->slide[0] * u->slide[0] + u->slide[1] * u->slide[1]), held[2] = {p[0], p[1]};
  u->slid += b->dt * speed;
  hold(k, r, held);
  double off = 0;
  for (int n = 0; n < 2; n++) {
    u->lost[n] += b->dt * w * (p[n] - held[n] - u->lost[n]);
    off += u->lost[n] * u->lost[n];
  }
  if (off < 1e-12) u->lost[0] = u->lost[1] = 0;
  upset_flags(k, r);
  u->thrown = off > UPSET_LOST * UPSET_LOST || speed > SLIDE_MOST || u->slid > SLID_MOST;
}
