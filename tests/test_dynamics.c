// Kinematics and dynamics of trees: closed forms, Lagrange's equations, momentum, and lanes bit by bit.
#include "robots/dynamics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "tests/check.h"
#include "tests/trees.h"

#define TREES 12

struct motion { struct base_motion base; double q[64], qd[64], qdd[64]; };

static double around(struct stream *s, double size) { return size * (2 * stream_unit(s) - 1); }
static struct v3 around3(struct stream *s, double size) { return v3(around(s, size), around(s, size), around(s, size)); }

static void draw(struct motion *x, const struct robot_model *m, struct stream *s, bool floating) {
  *x = (struct motion){.base.orientation = {1, 0, 0, 0}};
  for (int j = 0; j < m->joint_count; j++) {
    x->q[j] = around(s, 2);
    x->qd[j] = around(s, 3);
    x->qdd[j] = around(s, 20);
  }
  if (!floating) return;
  x->base = (struct base_motion){around3(s, 2), {around(s, 1), around(s, 1), around(s, 1), 0.3}, around3(s, 2), around3(s, 3), around3(s, 5), around3(s, 10)};
  double *w = &x->base.orientation.w, length = sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2] + w[3] * w[3]);
  for (int i = 0; i < 4; i++) w[i] /= length;
}

// The motion a short time later, to second order: enough for central differences.
static struct motion later(const struct motion *x, int joints, double t) {
  struct motion y = *x;
  for (int j = 0; j < joints; j++) {
    y.q[j] += t * x->qd[j] + 0.5 * t * t * x->qdd[j];
    y.qd[j] += t * x->qdd[j];
  }
  const struct base_motion *b = &x->base;
  y.base.position = v3_mul_add(v3_mul_add(b->position, b->velocity, t), b->acceleration, 0.5 * t * t);
  y.base.velocity = v3_mul_add(b->velocity, b->acceleration, t);
  y.base.angular_velocity = v3_mul_add(b->angular_velocity, b->angular_acceleration, t);
  struct v3 turn = v3_mul_add(v3_scale(b->angular_velocity, t), b->angular_acceleration, 0.5 * t * t);
  double angle = v3_norm(turn);
  if (angle > 0) {
    struct m3 R = m3_product(m3_of_quaternion(b->orientation), m3_rotation_axis(v3_scale(turn, 1 / angle), angle));
    y.base.orientation = quaternion_of_m3(&R);
  }
  return y;
}

// Energies and momenta from kinematics alone.
struct book { double kinetic, potential; struct v3 linear, angular; };

static struct book book_of(const struct robot_model *m, const struct motion *x) {
  struct body_motion b[ROBOT_JOINTS_MAX + 1];
  struct book k = {0};
  robot_forward(m, &x->base, x->q, x->qd, b);
  for (int i = 0; i <= m->joint_count; i++) {
    struct m3 rotation;
    struct v3 position;
    robot_forward_body(m, &x->base, x->q, i, &rotation, &position);
    CHECK(memcmp(&rotation, &b[i].rotation, sizeof rotation) || memcmp(&position, &b[i].position, sizeof position), ==, 0);
    struct v3 arm = m3_apply(&b[i].rotation, m->body[i].com), at = v3_add(b[i].position, arm);
    struct v3 v = v3_add(b[i].velocity, v3_cross(b[i].angular_velocity, arm)), w = m3_apply_inverse(&b[i].rotation, b[i].angular_velocity);
    struct v3 spin = m3_apply(&m->body[i].inertia, w), p = v3_scale(v, m->body[i].mass);
    k.kinetic += 0.5 * v3_dot(p, v) + 0.5 * v3_dot(w, spin);
    k.potential += m->body[i].mass * GRAVITY * at.z;
    k.linear = v3_add(k.linear, p);
    k.angular = v3_add(k.angular, v3_add(v3_cross(at, p), m3_apply(&b[i].rotation, spin)));
  }
  return k;
}

static void torques(const struct robot_model *m, const struct motion *x, double *tau, struct wrench *root) {
  robot_inverse_dynamics(m, &x->base, x->q, x->qd, x->qdd, 0, NULL, NULL, tau, root);
}

// ---- closed forms -------------------------------------------------------------------------------------------------

// a rod: tau = (m l^2 / 3) qdd + m g l/2 sin q
static void test_pendulum(void **state) {
  (void)state;
  struct robot_model m;
  tree_pendulum(&m, 1, 0.8, 3);
  for (int k = 0; k < 20; k++) {
    struct motion x = {.base.orientation = {1, 0, 0, 0}, .q = {0.3 * k - 3}, .qd = {k - 10.0}, .qdd = {2 * k - 15.0}};
    double tau[1];
    struct wrench root;
    torques(&m, &x, tau, &root);
    CHECK_NEAR(tau[0], 3 * 0.64 / 3 * x.qdd[0] + 3 * GRAVITY * 0.4 * sin(x.q[0]), 1e-12);
  }
  robot_model_finish(&m);
}

// two rods; Lagrange's equations by hand
static void test_double_pendulum(void **state) {
  (void)state;
  const double l = 0.5, mass = 2, I = mass * l * l / 12, h = l / 2;
  struct robot_model m;
  tree_pendulum(&m, 2, l, mass);
  for (int k = 0; k < 30; k++) {
    struct motion x = {.base.orientation = {1, 0, 0, 0}, .q = {0.2 * k - 3, 1.7 - 0.3 * k}, .qd = {0.4 * k - 5, 3 - 0.2 * k}, .qdd = {k - 15.0, 7 - 0.8 * k}};
    double a = x.q[0], b = x.q[1], da = x.qd[0], db = x.qd[1], c = cos(b), s = sin(b), tau[2];
    double m11 = 2 * I + mass * h * h + mass * (l * l + h * h + 2 * l * h * c), m12 = I + mass * (h * h + l * h * c), m22 = I + mass * h * h;
    double g2 = mass * GRAVITY * h * sin(a + b), g1 = mass * GRAVITY * (h + l) * sin(a) + g2;
    struct wrench root;
    torques(&m, &x, tau, &root);
    CHECK_NEAR(tau[0], m11 * x.qdd[0] + m12 * x.qdd[1] - mass * l * h * s * (2 * da * db + db * db) + g1, 1e-12);
    CHECK_NEAR(tau[1], m12 * x.qdd[0] + m22 * x.qdd[1] + mass * l * h * s * da * da + g2, 1e-12);
  }
  robot_model_finish(&m);
}

// at rest the root carries the weight at the centre of mass
static void test_weight(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "dynamics", "weight", 0);
  for (int k = 0; k < TREES; k++) {
    struct robot_model m;
    struct motion x;
    double tau[64];
    struct wrench root;
    struct body_motion b[ROBOT_JOINTS_MAX + 1];
    tree_model(&m, &s, 20);
    draw(&x, &m, &s, true);
    memset(x.qd, 0, sizeof x.qd);
    memset(x.qdd, 0, sizeof x.qdd);
    x.base.velocity = x.base.angular_velocity = x.base.acceleration = x.base.angular_acceleration = v3(0, 0, 0);
    torques(&m, &x, tau, &root);
    robot_forward(&m, &x.base, x.q, NULL, b);
    struct v3 arm = v3_sub(robot_com(&m, b, NULL), x.base.position), moment = m3_apply(&b[0].rotation, root.moment);
    CHECK_NEAR(root.force.x, 0, 1e-10);
    CHECK_NEAR(root.force.z, m.mass * GRAVITY, 1e-10);
    CHECK_NEAR(moment.x, arm.y * m.mass * GRAVITY, 1e-10);
    CHECK_NEAR(moment.y, -arm.x * m.mass * GRAVITY, 1e-10);
    CHECK_NEAR(moment.z, 0, 1e-10);
    robot_model_finish(&m);
  }
}

// ---- laws ---------------------------------------------------------------------------------------------------------

// tau_i = d/dt dL/dqd_i - dL/dq_i, by central differences of the energies
static void test_lagrange(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "dynamics", "lagrange", 0);
  const double h = 1e-4;
  for (int k = 0; k < TREES; k++) {
    struct robot_model m;
    struct motion x;
    double tau[64];
    struct wrench root;
    tree_model(&m, &s, 10);
    draw(&x, &m, &s, false);
    torques(&m, &x, tau, &root);
    for (int i = 0; i < m.joint_count; i++) {
      double momentum[2], slope;
      for (int side = 0; side < 2; side++) {
        struct motion y = later(&x, m.joint_count, side ? h : -h), up = y, down = y;
        up.qd[i] += 1;
        down.qd[i] -= 1;
        momentum[side] = (book_of(&m, &up).kinetic - book_of(&m, &down).kinetic) / 2;      // exact: it is quadratic
      }
      struct motion up = x, down = x;
      up.q[i] += h;
      down.q[i] -= h;
      struct book a = book_of(&m, &up), b = book_of(&m, &down);
      slope = ((a.kinetic - a.potential) - (b.kinetic - b.potential)) / (2 * h);
      CHECK_NEAR(tau[i], (momentum[1] - momentum[0]) / (2 * h) - slope, 2e-5 * (1 + fabs(tau[i])));
    }
    robot_model_finish(&m);
  }
}

// force and moment on the root are what linear and angular momentum change by, gravity apart
static void test_momentum(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "dynamics", "momentum", 0);
  const double h = 1e-4;
  for (int k = 0; k < TREES; k++) {
    struct robot_model m;
    struct motion x;
    double tau[64];
    struct wrench root;
    struct body_motion b[ROBOT_JOINTS_MAX + 1];
    tree_model(&m, &s, 12);
    draw(&x, &m, &s, true);
    torques(&m, &x, tau, &root);
    struct motion before = later(&x, m.joint_count, -h), after = later(&x, m.joint_count, h);
    struct book a = book_of(&m, &after), c = book_of(&m, &before);
    robot_forward(&m, &x.base, x.q, x.qd, b);
    struct v3 weight = v3(0, 0, m.mass * GRAVITY), moment = m3_apply(&b[0].rotation, root.moment);
    struct v3 force = v3_add(v3_scale(v3_sub(a.linear, c.linear), 1 / (2 * h)), weight);
    struct v3 whole = v3_add(v3_scale(v3_sub(a.angular, c.angular), 1 / (2 * h)), v3_cross(robot_com(&m, b, NULL), weight));
    struct v3 about = v3_sub(whole, v3_cross(x.base.position, root.force));
    double size = v3_norm(force) + v3_norm(about);
    CHECK_NEAR(v3_norm(v3_sub(root.force, force)), 0, 1e-5 * size);
    CHECK_NEAR(v3_norm(v3_sub(moment, about)), 0, 1e-5 * size);
    robot_model_finish(&m);
  }
}

// accelerations without any torque, the root held: M qdd = -bias, by Cholesky, which exists because M is positive definite
static void fall(const struct robot_model *m, const struct motion *x, double *qdd) {
  int n = m->joint_count, size = n + 6;
  static const double none[ROBOT_JOINTS_MAX];
  double M[22 * 22], L[16][16], bias[16];
  struct wrench root;
  CHECK(n, <=, 16);
  robot_inertia(m, &x->base, x->q, M);
  robot_inverse_dynamics(m, &x->base, x->q, x->qd, none, 0, NULL, NULL, bias, &root);
  for (int i = 0; i < n; i++) {
    for (int k = 0; k <= i; k++) {
      double sum = M[(6 + i) * size + 6 + k];
      for (int a = 0; a < k; a++) sum -= L[i][a] * L[k][a];
      if (i == k && !(sum > 0)) fail_msg("M is not positive definite");
      L[i][k] = i == k ? sqrt(sum) : sum / L[k][k];
    }
    qdd[i] = -bias[i];
    for (int a = 0; a < i; a++) qdd[i] -= L[i][a] * qdd[a];
    qdd[i] /= L[i][i];
  }
  for (int i = n - 1; i >= 0; i--) {
    for (int a = i + 1; a < n; a++) qdd[i] -= L[a][i] * qdd[a];
    qdd[i] /= L[i][i];
  }
}

// nobody pushes: the energy of a tree that swings from a held root stays what it was (Runge & Kutta's fourth order)
static void test_energy(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "dynamics", "energy", 0);
  for (int k = 0; k < 8; k++) {
    struct robot_model m;
    struct motion x;
    tree_model(&m, &s, 8);
    draw(&x, &m, &s, false);
    int n = m.joint_count;
    struct book begin = book_of(&m, &x);
    double most = begin.kinetic;
    for (int step = 0; step < 500; step++) {
      const double h = 2e-4, at[4] = {0, 0.5, 0.5, 1}, weight[4] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6};
      double rate[16] = {0}, second[16] = {0}, dq[16] = {0}, dqd[16] = {0};
      for (int stage = 0; stage < 4; stage++) {
        struct motion y = x;
        for (int i = 0; i < n; i++) {
          y.q[i] += at[stage] * h * rate[i];
          y.qd[i] += at[stage] * h * second[i];
        }
        fall(&m, &y, second);
        for (int i = 0; i < n; i++) {
          rate[i] = y.qd[i];
          dq[i] += weight[stage] * h * rate[i];
          dqd[i] += weight[stage] * h * second[i];
        }
      }
      for (int i = 0; i < n; i++) {
        x.q[i] += dq[i];
        x.qd[i] += dqd[i];
      }
      most = fmax(most, book_of(&m, &x).kinetic);
    }
    struct book end = book_of(&m, &x);
    CHECK_NEAR(end.kinetic + end.potential, begin.kinetic + begin.potential, 1e-6 * most);
    robot_model_finish(&m);
  }
}

// M is symmetric, twice the kinetic energy is v M v, and M qdd is what accelerations add to the torques
static void test_inertia(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "dynamics", "inertia", 0);
  for (int k = 0; k < TREES; k++) {
    struct robot_model m;
    struct motion x;
    tree_model(&m, &s, 14);
    draw(&x, &m, &s, true);
    int n = m.joint_count, size = n + 6;
    double M[70 * 70], tau[64], still[64], twice = 0;
    struct wrench root, at_rest;
    robot_inertia(&m, &x.base, x.q, M);
    const struct base_motion *b = &x.base;
    double v[70] = {b->velocity.x, b->velocity.y, b->velocity.z, b->angular_velocity.x, b->angular_velocity.y, b->angular_velocity.z};
    double a[70] = {b->acceleration.x, b->acceleration.y, b->acceleration.z, b->angular_acceleration.x, b->angular_acceleration.y, b->angular_acceleration.z};
    memcpy(v + 6, x.qd, sizeof *v * (size_t)n);
    memcpy(a + 6, x.qdd, sizeof *a * (size_t)n);
    torques(&m, &x, tau, &root);
    struct motion y = x;
    memset(y.qdd, 0, sizeof y.qdd);
    y.base.acceleration = y.base.angular_acceleration = v3(0, 0, 0);
    torques(&m, &y, still, &at_rest);
    struct v3 force = v3_sub(root.force, at_rest.force), moment = v3_sub(root.moment, at_rest.moment);
    double expected[70] = {force.x, force.y, force.z, moment.x, moment.y, moment.z};
    for (int i = 0; i < n; i++) expected[6 + i] = tau[i] - still[i];
    for (int i = 0; i < size; i++) {
      double sum = 0;
      for (int j = 0; j < size; j++) {
        CHECK_NEAR(M[i * size + j], M[j * size + i], 1e-12);
        sum += M[i * size + j] * a[j];
        twice += M[i * size + j] * v[i] * v[j];
      }
      CHECK_NEAR(sum, expected[i], 1e-10 * (1 + fabs(sum)));
    }
    CHECK_NEAR(twice / 2, book_of(&m, &x).kinetic, 1e-10 * (1 + twice));
    robot_model_finish(&m);
  }
}

// the Jacobian's velocity is the kinematics'
static void test_jacobian(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "dynamics", "jacobian", 0);
  struct robot_model m;
  struct motion x;
  struct body_motion b[ROBOT_JOINTS_MAX + 1];
  double J[6 * 64];
  tree_model(&m, &s, 25);
  draw(&x, &m, &s, true);
  x.base.velocity = x.base.angular_velocity = v3(0, 0, 0);
  robot_forward(&m, &x.base, x.q, x.qd, b);
  for (int body = 0; body <= m.joint_count; body++) {
    struct v3 arm = m3_apply(&b[body].rotation, around3(&s, 0.5)), point = v3_add(b[body].position, arm);
    robot_jacobian(&m, b, body, point, J);
    struct v3 v = v3_add(b[body].velocity, v3_cross(b[body].angular_velocity, arm));
    double expected[6] = {v.x, v.y, v.z, b[body].angular_velocity.x, b[body].angular_velocity.y, b[body].angular_velocity.z};
    for (int r = 0; r < 6; r++) {
      double sum = 0;
      for (int j = 0; j < m.joint_count; j++) sum += J[r * m.joint_count + j] * x.qd[j];
      CHECK_NEAR(sum, expected[r], 1e-12);
    }
  }
  robot_model_finish(&m);
}

// a wrench from outside is carried as the Jacobian's transpose says
static void test_outside(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "dynamics", "outside", 0);
  struct robot_model m;
  struct motion x;
  struct body_motion b[ROBOT_JOINTS_MAX + 1];
  double J[6 * 64], tau[64], with[64];
  struct wrench root, root_with;
  tree_model(&m, &s, 20);
  draw(&x, &m, &s, true);
  torques(&m, &x, tau, &root);
  robot_forward(&m, &x.base, x.q, x.qd, b);
  for (int body = 0; body <= m.joint_count; body++) {
    struct wrench w = {around3(&s, 100), around3(&s, 50)};
    robot_inverse_dynamics(&m, &x.base, x.q, x.qd, x.qdd, 1, &body, &w, with, &root_with);
    robot_jacobian(&m, b, body, b[body].position, J);
    const double *f = &w.force.x, *n = &w.moment.x;
    for (int j = 0; j < m.joint_count; j++) {
      double sum = 0;
      for (int r = 0; r < 3; r++) sum += J[r * m.joint_count + j] * f[r] + J[(3 + r) * m.joint_count + j] * n[r];
      CHECK_NEAR(tau[j] - with[j], sum, 1e-10);
    }
    CHECK_NEAR(v3_norm(v3_sub(v3_sub(root.force, root_with.force), w.force)), 0, 1e-10);
  }
  robot_model_finish(&m);
}

// a load that is attached is a link that was there from the start
static void test_attach(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "dynamics", "attach", 0);
  struct robot_model m;
  struct motion x;
  double tau[64], with[64], again[64];
  struct wrench root, root_with;
  tree_model(&m, &s, 15);
  draw(&x, &m, &s, true);
  torques(&m, &x, tau, &root);
  struct m3 none = {{0}};
  struct v3 where = around3(&s, 0.3);
  robot_model_attach(&m, 9, 2.5, where, &none);
  torques(&m, &x, with, &root_with);
  // a point mass: a force of its own at that point
  struct body_motion b[ROBOT_JOINTS_MAX + 1], b1[ROBOT_JOINTS_MAX + 1], b0[ROBOT_JOINTS_MAX + 1];
  const double h = 1e-4;
  struct motion up = later(&x, m.joint_count, h), down = later(&x, m.joint_count, -h);
  struct m3 R;
  struct v3 p, p1, p0;
  robot_forward(&m, &x.base, x.q, NULL, b);
  robot_forward(&m, &up.base, up.q, NULL, b1);
  robot_forward(&m, &down.base, down.q, NULL, b0);
  robot_link_pose(&m, b, 9, &R, &p);
  p = v3_add(p, m3_apply(&R, where));
  robot_link_pose(&m, b1, 9, &R, &p1);
  p1 = v3_add(p1, m3_apply(&R, where));
  robot_link_pose(&m, b0, 9, &R, &p0);
  p0 = v3_add(p0, m3_apply(&R, where));
  struct v3 a = v3_scale(v3_add(v3_sub(p1, p), v3_sub(p0, p)), 1 / (h * h));
  struct v3 force = v3_scale(v3_add(a, v3(0, 0, GRAVITY)), 2.5);
  CHECK_NEAR(v3_norm(v3_sub(v3_sub(root_with.force, root.force), force)), 0, 1e-4 * v3_norm(force));
  robot_model_attach(&m, 9, -2.5, where, &none);
  torques(&m, &x, again, &root_with);
  for (int j = 0; j < m.joint_count; j++) CHECK_NEAR(again[j], tau[j], 1e-10 * (1 + fabs(with[j])));
  robot_model_finish(&m);
}

// ---- lanes --------------------------------------------------------------------------------------------------------

#define ROBOTS 40

static void fill(double *column, int count, struct stream *s, double size) {
  for (int i = 0; i < count; i++) column[i] = around(s, size);
}

// every width gives the bits of the scalar function
static void test_lanes(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "dynamics", "lanes", 0);
  static _Alignas(64) double q[64 * ROBOTS], qd[64 * ROBOTS], qdd[64 * ROBOTS], tau[64 * ROBOTS], base[19][ROBOTS], root[6][ROBOTS];
  for (int k = 0; k < TREES; k++) {
    struct robot_model m;
    tree_model(&m, &s, 4 + 4 * k);
    fill(q, 64 * ROBOTS, &s, 3);
    fill(qd, 64 * ROBOTS, &s, 5);
    fill(qdd, 64 * ROBOTS, &s, 30);
    for (int i = 0; i < 19; i++) fill(base[i], ROBOTS, &s, 2);
    struct dynamics_columns c = {.n = ROBOTS, .stride = ROBOTS, .q = q, .qd = qd, .qdd = qdd, .tau = tau};
    for (int i = 0; i < 19; i++) c.base[i] = base[i];
    for (int i = 0; i < 6; i++) c.root[i] = root[i];
    for (int width = LANES_1; width <= (int)dynamics_lanes(); width = width == LANES_1 ? LANES_4 : 2 * width) {
      memset(tau, 0, sizeof tau);
      dynamics_columns_run(&m, &c, 0, ROBOTS, (enum lane_width)width);
      for (int r = 0; r < ROBOTS; r++) {
        double x[64], y[64], z[64], t[64], column[19];
        struct base_motion b;
        struct wrench w;
        for (int j = 0; j < m.joint_count; j++) {
          x[j] = q[j * ROBOTS + r];
          y[j] = qd[j * ROBOTS + r];
          z[j] = qdd[j * ROBOTS + r];
        }
        for (int i = 0; i < 19; i++) column[i] = base[i][r];
        _Static_assert(sizeof b == sizeof column, "the columns are base_motion's numbers in order");
        memcpy(&b, column, sizeof b);
        robot_inverse_dynamics(&m, &b, x, y, z, 0, NULL, NULL, t, &w);
        for (int j = 0; j < m.joint_count; j++) assert_memory_equal(&t[j], &tau[j * ROBOTS + r], sizeof *t);
        assert_memory_equal(&w.force.x, &root[0][r], sizeof(double));
        assert_memory_equal(&w.force.z, &root[2][r], sizeof(double));
        assert_memory_equal(&w.moment.y, &root[4][r], sizeof(double));
      }
    }
    robot_model_finish(&m);
  }
}

// Wrenches on two bodies and masses in two, in columns: the scalar function with the same wrenches about those bodies, of a
// model with the masses attached; the same bits at every width.
static void test_lanes_with_extras(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "dynamics", "extras", 0);
  static _Alignas(64) double q[64 * 8], qd[64 * 8], qdd[64 * 8], tau[64 * 8], first[64 * 8], base[19][8], root[6][8], outside[2][6][8], load[2][8];
  for (int k = 0; k < TREES; k++) {
    struct robot_model m;
    tree_model(&m, &s, 6 + 4 * k);
    fill(q, 64 * 8, &s, 3);
    fill(qd, 64 * 8, &s, 5);
    fill(qdd, 64 * 8, &s, 30);
    for (int i = 0; i < 19; i++) fill(base[i], 8, &s, 2);
    struct dynamics_columns c = {.n = 8, .stride = 8, .q = q, .qd = qd, .qdd = qdd, .tau = tau, .outside_count = 2, .outside_body = {m.joint_count, m.joint_count / 2},
                                 .load_count = 2, .load_body = {m.joint_count, m.joint_count / 3}};
    for (int i = 0; i < 19; i++) c.base[i] = base[i];
    for (int i = 0; i < 6; i++) c.root[i] = root[i];
    for (int i = 0; i < 2; i++) {
      c.load[i] = load[i];
      for (int r = 0; r < 8; r++) load[i][r] = r % 3 ? 5 * stream_unit(&s) : 0;
      for (int a = 0; a < 6; a++) {
        c.outside[i][a] = outside[i][a];
        fill(outside[i][a], 8, &s, 200);
      }
    }
    for (int width = LANES_1; width <= (int)dynamics_lanes(); width = width == LANES_1 ? LANES_4 : 2 * width) {
      dynamics_columns_run(&m, &c, 0, 8, (enum lane_width)width);
      if (width == LANES_1) memcpy(first, tau, sizeof tau);
      for (int j = 0; j < m.joint_count; j++) assert_memory_equal(first + 8 * j, tau + 8 * j, 8 * sizeof *tau);
    }
    for (int r = 0; r < 8; r++) {
      double x[64], y[64], z[64], t[64], column[19];
      struct base_motion b;
      struct wrench w, on[2];
      struct body_motion bodies[ROBOT_JOINTS_MAX + 1];
      for (int j = 0; j < m.joint_count; j++) {
        x[j] = q[j * 8 + r];
        y[j] = qd[j * 8 + r];
        z[j] = qdd[j * 8 + r];
      }
      for (int i = 0; i < 19; i++) column[i] = base[i][r];
      memcpy(&b, column, sizeof b);
      robot_forward(&m, &b, x, NULL, bodies);
      for (int i = 0; i < 2; i++) {
        struct v3 f = v3(outside[i][0][r], outside[i][1][r], outside[i][2][r]), n = v3(outside[i][3][r], outside[i][4][r], outside[i][5][r]);
        on[i] = (struct wrench){f, v3_sub(n, v3_cross(v3_sub(bodies[c.outside_body[i]].position, b.position), f))};
        m.body[c.load_body[i]].mass += load[i][r];
      }
      robot_model_pack(&m);
      robot_inverse_dynamics(&m, &b, x, y, z, 2, c.outside_body, on, t, &w);
      for (int i = 0; i < 2; i++) m.body[c.load_body[i]].mass -= load[i][r];
      robot_model_pack(&m);
      double size = 1;
      for (int j = 0; j < m.joint_count; j++) size = fabs(t[j]) > size ? fabs(t[j]) : size;
      for (int j = 0; j < m.joint_count; j++) CHECK_NEAR(tau[j * 8 + r], t[j], 1e-11 * size);
      CHECK_NEAR(root[2][r], w.force.z, 1e-11 * size + 1e-9);
      CHECK_NEAR(root[4][r], w.moment.y, 1e-11 * size + 1e-9);
    }
    robot_model_finish(&m);
  }
}

// the kernel's sine and cosine, through a single turning joint: within 1 ulp of our own exact ones
static void test_kernel_sincos(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "dynamics", "sincos", 0);
  struct robot_model m;
  tree_pendulum(&m, 1, 1, 1);
  double worst = 0;
  for (int k = 0; k < 20000; k++) {
    double q = around(&s, k % 2 ? 4 : 1e5), sine, cosine;
    struct base_motion base = {.orientation = {1, 0, 0, 0}};
    struct body_motion b[2];
    robot_forward(&m, &base, &q, NULL, b);
    m_sincos(q, &sine, &cosine);
    // rotation about y, in a frame whose z is y: the x axis of the link
    struct m3 R = m3_product(b[1].rotation, m.link[1].rotation);
    double es = fabs(R.m[2] - sine) / (nextafter(fabs(sine), 2) - fabs(sine)), ec = fabs(R.m[0] - cosine) / (nextafter(fabs(cosine), 2) - fabs(cosine));
    if (fabs(sine) > 1e-3 && es > worst) worst = es;
    if (fabs(cosine) > 1e-3 && ec > worst) worst = ec;
  }
  if (worst > 2) fail_msg("off by %.2f ulp", worst);
  robot_model_finish(&m);
}

int test_dynamics(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_pendulum),
    cmocka_unit_test(test_double_pendulum),
    cmocka_unit_test(test_weight),
    cmocka_unit_test(test_lagrange),
    cmocka_unit_test(test_momentum),
    cmocka_unit_test(test_energy),
    cmocka_unit_test(test_inertia),
    cmocka_unit_test(test_jacobian),
    cmocka_unit_test(test_outside),
    cmocka_unit_test(test_attach),
    cmocka_unit_test(test_lanes),
    cmocka_unit_test(test_lanes_with_extras),
    cmocka_unit_test(test_kernel_sincos),
  };
  return cmocka_run_group_tests_name("dynamics", tests, NULL, NULL);
}
