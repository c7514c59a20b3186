#include "robots/dynamics.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "robots/dynamics_lanes.h"

// the width of one robot
#include "robots/dynamics_kernel.h"

// Sines of all joints, whatever they do with them: a loop that compilers take two at once.
static void joint_sines(const struct robot_model *m, const double *q, double *s, double *c) {
  for (int i = 0; i < m->joint_count; i++) kernel_sincos(q[i], &s[i], &c[i]);
}

// body frame -> parent body frame, and where its origin is in the parent's
static inline void joint_frame(const struct robot_joint *j, double q, double s, double c, struct m3 *rotation, struct v3 *origin) {
  if (j->kind == JOINT_PRISMATIC) {
    *rotation = j->rotation;
    *origin = v3_add(j->origin, m3_apply(&j->rotation, v3(0, 0, q)));
    return;
  }
  const double *m = j->rotation.m;
  *rotation = (struct m3){{m[0] * c + m[1] * s, m[1] * c - m[0] * s, m[2],
                           m[3] * c + m[4] * s, m[4] * c - m[3] * s, m[5],
                           m[6] * c + m[7] * s, m[7] * c - m[6] * s, m[8]}};
  *origin = j->origin;
}

// The wrench of the world on a body, taken off what that body asks for, in the body's axes.
static void relieve(const struct robot_model *m, const struct kernel_row *row, struct kernel_row *body, int at, const double R[9], const struct wrench *w) {
  int chain[ROBOT_JOINTS_MAX], length = 0;
  for (int b = at; b > 0; b = m->row[b].parent) chain[length++] = b;
  struct kernel_vector f = kernel_rotate_back(R, (struct kernel_vector){w->force.x, w->force.y, w->force.z});
  struct kernel_vector n = kernel_rotate_back(R, (struct kernel_vector){w->moment.x, w->moment.y, w->moment.z});
  while (length > 0) {
    int b = chain[--length];
    f = kernel_in(&m->row[b], &row[b], f);
    n = kernel_in(&m->row[b], &row[b], n);
  }
  body->f = (struct kernel_vector){body->f.x - f.x, body->f.y - f.y, body->f.z - f.z};
  body->n = (struct kernel_vector){body->n.x - n.x, body->n.y - n.y, body->n.z - n.z};
}

void robot_inverse_dynamics(const struct robot_model *m, const struct base_motion *base,
                            const double *q, const double *qd, const double *qdd,
                            int outside_count, const int *outside_body, const struct wrench *outside,
                            double *tau, struct wrench *root) {
  assert(m->joint_count <= ROBOT_JOINTS_MAX);
  struct kernel_row row[ROBOT_JOINTS_MAX + 1];
  double R[9];
  const struct base_motion *b = base;
  kernel_quaternion(b->orientation.w, b->orientation.x, b->orientation.y, b->orientation.z, R);
  double ax = b->acceleration.x, ay = b->acceleration.y, az = b->acceleration.z + GRAVITY;
  row[0].w = (struct kernel_vector){b->angular_velocity.x, b->angular_velocity.y, b->angular_velocity.z};
  row[0].wd = (struct kernel_vector){b->angular_acceleration.x, b->angular_acceleration.y, b->angular_acceleration.z};
  row[0].a = (struct kernel_vector){R[0] * ax + R[3] * ay + R[6] * az, R[1] * ax + R[4] * ay + R[7] * az, R[2] * ax + R[5] * ay + R[8] * az};
  kernel_outwards(m, q, qd, qdd, 1, row);
  for (int k = 0; k < outside_count; k++) relieve(m, row, &row[outside_body[k]], outside_body[k], R, &outside[k]);
  kernel_inwards(m, row, tau, 1);
  struct kernel_vector f = row[0].f, n = row[0].n;
  root->force = v3(R[0] * f.x + R[1] * f.y + R[2] * f.z, R[3] * f.x + R[4] * f.y + R[5] * f.z, R[6] * f.x + R[7] * f.y + R[8] * f.z);
  root->moment = v3(n.x, n.y, n.z);
}

// ---- many robots ----------------------------------------------------------------------------------------------------

enum lane_width dynamics_lanes(void) {
  enum lane_width w = dynamics_avx512_there() ? LANES_8 : dynamics_avx2_there() ? LANES_4 : LANES_1;
  const char *narrower = getenv("TAKT_LANES");
  if (narrower && !strcmp(narrower, "1")) return LANES_1;
  if (narrower && !strcmp(narrower, "4") && w == LANES_8) return LANES_4;
  return w;
}

void dynamics_columns_run(const struct robot_model *m, const struct dynamics_columns *c, int from, int to, enum lane_width w) {
  assert(from % 8 == 0);
  assert(c->stride % 8 == 0);
  assert(to <= c->n);
  int r = from;
  for (; w == LANES_8 && r < to; r += 8) dynamics_avx512_pass(m, c, r);
  for (; w == LANES_4 && r < to; r += 4) dynamics_avx2_pass(m, c, r);
  for (; w == LANES_1 && r < to; r++) kernel_pass(m, c, r);
}

// ---- kinematics -----------------------------------------------------------------------------------------------------

void robot_forward(const struct robot_model *m, const struct base_motion *base, const double *q, const double *qd,
                   struct body_motion *out) {
  double sine[ROBOT_JOINTS_MAX], cosine[ROBOT_JOINTS_MAX];
  joint_sines(m, q, sine, cosine);
  out[0].rotation = m3_of_quaternion(base->orientation);
  out[0].position = base->position;
  out[0].velocity = qd ? base->velocity : v3(0, 0, 0);
  out[0].angular_velocity = qd ? m3_apply(&out[0].rotation, base->angular_velocity) : v3(0, 0, 0);
  for (int i = 0; i < m->joint_count; i++) {
    const struct robot_joint *j = &m->joint[i];
    const struct body_motion *up = &out[j->parent];
    struct body_motion *b = &out[i + 1];
    struct m3 rotation;
    struct v3 origin;
    joint_frame(j, q[i], sine[i], cosine[i], &rotation, &origin);
    struct v3 arm = m3_apply(&up->rotation, origin);
    b->rotation = m3_product(up->rotation, rotation);
    b->position = v3_add(up->position, arm);
    if (!qd) {
      b->velocity = b->angular_velocity = v3(0, 0, 0);
      continue;
    }
    struct v3 axis = v3(b->rotation.m[2], b->rotation.m[5], b->rotation.m[8]);
    b->velocity = v3_add(up->velocity, v3_cross(up->angular_velocity, arm));
    b->angular_velocity = up->angular_velocity;
    if (j->kind == JOINT_PRISMATIC) b->velocity = v3_mul_add(b->velocity, axis, qd[i]);
    else                            b->angular_velocity = v3_mul_add(b->angular_velocity, axis, qd[i]);
  }
}

void robot_forward_body(const struct robot_model *m, const struct base_motion *base, const double *q, int body, struct m3 *rotation, struct v3 *position) {
  int way[ROBOT_JOINTS_MAX], length = 0;
  for (int b = body; b > 0; b = m->joint[b - 1].parent) way[length++] = b - 1;
  *rotation = m3_of_quaternion(base->orientation);
  *position = base->position;
  while (length-- > 0) {
    int i = way[length];
    double sine, cosine;
    struct m3 turn;
    struct v3 origin;
    kernel_sincos(q[i], &sine, &cosine);
    joint_frame(&m->joint[i], q[i], sine, cosine, &turn, &origin);
    *position = v3_add(*position, m3_apply(rotation, origin));
    *rotation = m3_product(*rotation, turn);
  }
}

void robot_link_pose(const struct robot_model *m, const struct body_motion *bodies, int link, struct m3 *rotation, struct v3 *position) {
  assert(link >= 0);
  assert(link < m->link_count);
  const struct robot_link *l = &m->link[link];
  const struct body_motion *b = &bodies[l->body];
  *rotation = m3_product(b->rotation, l->rotation);
  *position = v3_add(b->position, m3_apply(&b->rotation, l->origin));
}

struct v3 robot_com(const struct robot_model *m, const struct body_motion *bodies, struct v3 *velocity) {
  struct v3 sum = v3(0, 0, 0), moving = v3(0, 0, 0);
  for (int i = 0; i <= m->joint_count; i++) {
    struct v3 arm = m3_apply(&bodies[i].rotation, m->body[i].com);
    sum = v3_mul_add(sum, v3_add(bodies[i].position, arm), m->body[i].mass);
    moving = v3_mul_add(moving, v3_add(bodies[i].velocity, v3_cross(bodies[i].angular_velocity, arm)), m->body[i].mass);
  }
  if (velocity) *velocity = v3_scale(moving, 1 / m->mass);
  return v3_scale(sum, 1 / m->mass);
}

void robot_jacobian(const struct robot_model *m, const struct body_motion *bodies, int body, struct v3 point, double *J) {
  int n = m->joint_count;
  memset(J, 0, sizeof *J * 6 * (size_t)n);
  for (int b = body; b > 0; b = m->joint[b - 1].parent) {
    int i = b - 1;
    struct v3 axis = v3(bodies[b].rotation.m[2], bodies[b].rotation.m[5], bodies[b].rotation.m[8]);
    bool slides = m->joint[i].kind == JOINT_PRISMATIC;
    struct v3 linear = slides ? axis : v3_cross(axis, v3_sub(point, bodies[b].position));
    J[i] = linear.x;
    J[n + i] = linear.y;
    J[2 * n + i] = linear.z;
    if (slides) continue;
    J[3 * n + i] = axis.x;
    J[4 * n + i] = axis.y;
    J[5 * n + i] = axis.z;
  }
}

// A rigid body's inertia about its frame's origin: mass, first moment, second moment.
struct rigid { double mass; struct v3 first; struct m3 second; };

static void add_square(struct m3 *m, struct v3 a, struct v3 b, double s) {
  // s (a.b 1 - b a^T), the second moment of points
  double ab = v3_dot(a, b) * s, x[3] = {a.x, a.y, a.z}, y[3] = {b.x, b.y, b.z};
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) m->m[3 * i + k] += (i == k ? ab : 0) - s * y[i] * x[k];
}

static struct rigid rigid_of(const struct robot_body *y) {
  struct rigid r = {y->mass, v3_scale(y->com, y->mass), y->inertia};
  add_square(&r.second, y->com, y->com, y->mass);
  return r;
}

// seen from the parent: turned, then moved by o
static struct rigid rigid_move(const struct rigid *r, const struct m3 *rotation, struct v3 o) {
  struct rigid t = {r->mass, m3_apply(rotation, r->first), m3_product(m3_product(*rotation, r->second), m3_transpose(*rotation))};
  add_square(&t.second, o, o, t.mass);
  add_square(&t.second, o, t.first, 1);
  add_square(&t.second, t.first, o, 1);
  t.first = v3_mul_add(t.first, o, t.mass);
  return t;
}

void robot_inertia(const struct robot_model *m, const struct base_motion *base, const double *q, double *M) {
  int n = m->joint_count, size = n + 6;
  struct m3 rotation[ROBOT_JOINTS_MAX];
  struct v3 origin[ROBOT_JOINTS_MAX];
  struct rigid all[ROBOT_JOINTS_MAX + 1];
  memset(M, 0, sizeof *M * (size_t)size * (size_t)size);
  for (int i = 0; i <= n; i++) all[i] = rigid_of(&m->body[i]);
  double sine[ROBOT_JOINTS_MAX], cosine[ROBOT_JOINTS_MAX];
  joint_sines(m, q, sine, cosine);
  for (int i = 0; i < n; i++) joint_frame(&m->joint[i], q[i], sine[i], cosine[i], &rotation[i], &origin[i]);
  // composites: a body with all that hangs on it
  for (int i = n - 1; i >= 0; i--) {
    struct rigid r = rigid_move(&all[i + 1], &rotation[i], origin[i]), *up = &all[m->joint[i].parent];
    up->mass += r.mass;
    up->first = v3_add(up->first, r.first);
    for (int k = 0; k < 9; k++) up->second.m[k] += r.second.m[k];
  }
  struct m3 R = m3_of_quaternion(base->orientation);

  // a unit acceleration of joint i moves its composite; the force that takes is felt by all joints inwards
  for (int i = 0; i < n; i++) {
    const struct rigid *r = &all[i + 1];
    struct v3 z = v3(0, 0, 1), f, t;
    if (m->joint[i].kind == JOINT_PRISMATIC) {
      f = v3_scale(z, r->mass);
      t = v3_cross(r->first, z);
    } else {
      f = v3_cross(z, r->first);
      t = m3_apply(&r->second, z);
    }
    int k = i;
    M[(6 + i) * size + 6 + i] = m->joint[i].kind == JOINT_PRISMATIC ? f.z : t.z;
    for (;;) {
      struct v3 turned = m3_apply(&rotation[k], f);
      t = v3_add(m3_apply(&rotation[k], t), v3_cross(origin[k], turned));
      f = turned;
      k = m->joint[k].parent - 1;
      if (k < 0) break;
      M[(6 + i) * size + 6 + k] = M[(6 + k) * size + 6 + i] = m->joint[k].kind == JOINT_PRISMATIC ? f.z : t.z;
    }
    struct v3 world = m3_apply(&R, f);
    double column[6] = {world.x, world.y, world.z, t.x, t.y, t.z};
    for (int a = 0; a < 6; a++) M[a * size + 6 + i] = M[(6 + i) * size + a] = column[a];
  }

  // the root: accelerations along the world's axes, turns about its own
  const struct rigid *r = &all[0];
  for (int a = 0; a < 3; a++) {
    M[a * size + a] = r->mass;
    struct v3 e = v3(a == 0, a == 1, a == 2), f = m3_apply(&R, v3_cross(e, r->first)), t = m3_apply(&r->second, e);
    double force[3] = {f.x, f.y, f.z}, moment[3] = {t.x, t.y, t.z};
    for (int b = 0; b < 3; b++) {
      M[b * size + 3 + a] = M[(3 + a) * size + b] = force[b];
      M[(3 + b) * size + 3 + a] = moment[b];
    }
  }
}
