// Turning on the soles: feet that friction does not hold against the vertical moment turn, and the body with them.
#include "robots/impulse.h"
#include "robots/recover_state.h"

void recover_twist(struct recover *r, const struct recover_make *m, double twist) {
  if (recover_limp(r)) return;
  if (r->stage != RECOVER_BALANCE) recover_back_to_balance(r, m);
  struct balance_columns c = recover_row(r);
  if (c.mode[0] == BALANCE_STAND && c.phase[0] < 0) c.phase[0] = 0;
  r->turning += twist / balance_yaw_inertia(&m->balance);
}

// What is left of the friction that also holds along the floor: an ellipse (Howe & Cutkosky, Int. J. Robotics Research 15, 1996).
double recover_turn_most(const struct recover *r, const struct recover_make *m, const struct v3 *force) {
  double up = force->z > 0 ? force->z : 0, side = m_sqrt(force->x * force->x + force->y * force->y), most = r->friction * up;
  double share = most > 0 ? side / most : 1, left = share < 1 ? m_sqrt(1 - share * share) : 0;
  bool both = r->foot[LEFT].down && r->foot[RIGHT].down;
  return most * left * impulse_sole_radius(&m->balance, both ? 2 : 1);
}

double recover_turn_rate(const struct recover *r, const struct recover_make *m, const struct v3 *force, double moment, double dt) {
  const double need[2] = {moment, 0}, rate[2] = {r->turning, 0};
  double by[2];
  balance_slides(rate, need, recover_turn_most(r, m, force), balance_yaw_inertia(&m->balance), dt, by);
  return by[0];
}

// Velocity and acceleration of the root that turns with its feet about p.
void recover_turn_motion(const struct recover *r, struct frame_motion *f, double rate) {
  struct v3 spin = v3(0, 0, r->turning), arm = v3_sub(f->position, v3(r->press[0], r->press[1], f->position.z)), round = v3_cross(spin, arm);
  f->acceleration = v3_add(f->acceleration, v3_add(v3_cross(v3(0, 0, rate), arm), v3_add(v3_cross(spin, round), v3_scale(v3_cross(spin, f->velocity), 2))));
  f->velocity = v3_add(f->velocity, round);
  f->angular_acceleration = v3_add(f->angular_acceleration, v3_add(v3(0, 0, rate), v3_cross(spin, f->angular_velocity)));
  f->angular_velocity = v3_add(f->angular_velocity, spin);
}

static void turn(double x[2], double s, double c) {
  double a = x[0], b = x[1];
  x[0] = c * a - s * b, x[1] = s * a + c * b;
}

static void turn_about(double x[2], const double p[2], double s, double c) {
  double d[2] = {x[0] - p[0], x[1] - p[1]};
  turn(d, s, c);
  x[0] = p[0] + d[0], x[1] = p[1] + d[1];
}

static void turn_jets(struct jet j[2], const double p[2], double s, double c) {
  double x[2] = {j[0].x, j[1].x}, v[2] = {j[0].v, j[1].v}, a[2] = {j[0].a, j[1].a};
  turn_about(x, p, s, c), turn(v, s, c), turn(a, s, c);
  for (int k = 0; k < 2; k++) j[k] = (struct jet){x[k], v[k], a[k]};
}

void recover_turn_by(struct recover *r, double angle) {
  struct balance_columns row = recover_row(r);
  const double p[2] = {r->press[0], r->press[1]};
  double s, c;
  m_sincos(angle, &s, &c);
  turn_jets(r->pelvis, p, s, c);
  for (int f = 0; f < 2; f++) {
    turn_about(r->foot[f].place, p, s, c);
    turn_jets(r->foot[f].swing, p, s, c);
    r->foot[f].yaw += angle;
    turn_about(row.foot[0][f], p, s, c);
  }
  double *points[] = {r->xi, row.target[0], row.lift[0], row.com[0], row.cop[0]}, *ways[] = {r->slide, row.vel[0]};
  for (size_t i = 0; i < sizeof points / sizeof *points; i++) turn_about(points[i], p, s, c);
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) turn(ways[i], s, c);
  r->heading += angle;
  r->turned_by += angle;
  struct m3 z = m3_rotation_z(angle), now = m3_of_quaternion(r->turned);
  now = m3_product(z, now);
  r->turned = quaternion_of_m3(&now);
  r->spin = m3_apply(&z, r->spin);
  r->spin_rate = m3_apply(&z, r->spin_rate);
}
