// The trajectory solver: its spline, the feet on their footsteps, the pendulum, and a body whose dynamics has the planned
// centre of pressure.
#include "tests/check.h"

#include <math.h>
#include <string.h>

#include "robots/gait.h"
#include "robots/trajectory.h"
#include "robots/walk.h"
#include "tests/biped.h"

// ---- the correction's spline ------------------------------------------------------------------------

#define N 400

struct solved { double K[N], f[2][N], d[2][N], first[2][N], second[2][N], work[CORRECTION_WORK(N)]; };

static void solve(struct solved *s, int n, double dt, enum trajectory_ends ends, double turn) {
  correction_solve(n, dt, ends, turn, s->K, (const double *const[2]){s->f[0], s->f[1]}, (double *const[2]){s->d[0], s->d[1]},
                   (double *const[2]){s->first[0], s->first[1]}, (double *const[2]){s->second[0], s->second[1]}, s->work);
}

// d'' = K d + f with constant K and f = cos(w t) has d = -cos(w t) / (K + w^2); the error falls with the square of dt
static void test_spline_wave(void **state) {
  (void)state;
  double last = 0;
  for (int n = 100; n <= N; n *= 2) {
    struct solved s;
    double dt = 1.0 / n, w = 2 * M_PI * 3, K = 12, worst = 0;
    for (int k = 0; k < n; k++) s.K[k] = K, s.f[0][k] = cos(w * k * dt), s.f[1][k] = sin(w * k * dt);
    solve(&s, n, dt, ENDS_PERIODIC, 0);
    for (int k = 0; k < n; k++) {
      double c = cos(w * k * dt) / (K + w * w), r = sin(w * k * dt) / (K + w * w);
      worst = fmax(worst, fmax(fabs(s.d[0][k] + c), fabs(s.d[1][k] + r)));
      worst = fmax(worst, fmax(fabs(s.first[0][k] - w * r), fabs(s.first[1][k] + w * c)) / w);
    }
    assert_true(worst < 3e-5);
    if (last > 0) CHECK_NEAR(last / worst, 4, 0.5);
    last = worst;
  }
}

// whatever K and f: the equation holds at the samples and the pieces join in value, slope and curvature, over the turn too
static void check_spline(const struct solved *s, int n, double dt, bool periodic, double turn) {
  for (int k = 0; k < n - !periodic; k++) {
    for (int i = 0; i < 2; i++) {
      CHECK_NEAR(s->second[i][k], s->K[k] * s->d[i][k] + s->f[i][k], 1e-12);
      int to = (k + 1) % n;
      double c = k + 1 < n ? 1 : cos(turn), r = k + 1 < n ? 0 : i ? -sin(turn) : sin(turn);
      double d = c * s->d[i][to] - r * s->d[!i][to], v = c * s->first[i][to] - r * s->first[!i][to], a = c * s->second[i][to] - r * s->second[!i][to];

      // over one piece d'' is linear
      CHECK_NEAR(s->first[i][k] + dt * (s->second[i][k] + a) / 2, v, 1e-10);
      CHECK_NEAR(s->d[i][k] + dt * s->first[i][k] + dt * dt * (2 * s->second[i][k] + a) / 6, d, 1e-12);
    }
  }
}

static void test_spline_joins(void **state) {
  (void)state;
  for (int ends = 0; ends < 3; ends++) {
    struct solved s;
    int n = 120;
    double dt = 0.01, turn = ends == 1 ? 0.7 : 0;
    for (int k = 0; k < n; k++) {
      s.K[k] = k % 40 < 10 ? 0 : 8 + 6 * sin(0.3 * k);
      s.f[0][k] = k % 30 < 15 ? 2 : -1.5 + 0.02 * k, s.f[1][k] = cos(0.2 * k * k);
    }
    solve(&s, n, dt, ends == 2 ? ENDS_FIXED : ENDS_PERIODIC, turn);
    check_spline(&s, n, dt, ends != 2, turn);
    if (ends == 2)
      for (int i = 0; i < 2; i++) {
        CHECK_NEAR(s.d[i][0], 0, 0);
        CHECK_NEAR(s.d[i][n - 1], 0, 0);
      }
  }
}

// ---- feet -------------------------------------------------------------------------------------------

static struct footstep plain_step(enum side side, double x, double land, double lift) {
  return (struct footstep){.side = side, .position = {x, side == LEFT ? 0.08 : -0.08, 0}, .yaw = 0.1 * x, .land = land, .lift = lift,
                           .flat = land + 0.1, .heel_off = lift - 0.2, .strike = 0.2, .toe_off = 0.5, .toe_off_rate = 4,
                           .cop_start = -0.07, .cop_end = 0.13, .clearance = 0.015, .droop = x > 1 ? 0.2 : 0};
}

#define FEET 2000

static void sample_feet(const struct humanoid *h, struct foot_sample *left, struct foot_sample *right, double dt) {
  struct footstep step[] = {plain_step(LEFT, 0, -1, 0.3),      plain_step(RIGHT, 0.3, -1, 0.8),  plain_step(LEFT, 0.6, 0.7, 1.3),
                            plain_step(RIGHT, 0.9, 1.2, 1.8), plain_step(LEFT, 1.2, 1.7, 9),   plain_step(RIGHT, 1.5, 2.2, 9)};
  struct footsteps f = {step, 6, 0.3};
  footsteps_sample(h, &f, FEET, 0, dt, left, right);
}

// velocity and acceleration are the derivatives, in the air and on the floor, over lift-off and touch-down
static void test_feet_derivatives(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  static struct foot_sample foot[2][FEET];
  double dt = 1e-3, worst[4] = {0};
  biped_make(&robot, &b);
  sample_feet(&robot.humanoid, foot[LEFT], foot[RIGHT], dt);
  for (int s = 0; s < 2; s++)
    for (int k = 1; k + 1 < FEET; k++) {
      const struct frame_motion *a = &foot[s][k - 1].frame, *m = &foot[s][k].frame, *z = &foot[s][k + 1].frame;
      struct v3 v = v3_scale(v3_sub(z->position, a->position), 0.5 / dt), acc = v3_scale(v3_sub(z->velocity, a->velocity), 0.5 / dt);
      struct v3 w = v3_scale(rotation_between(&a->rotation, &z->rotation), 0.5 / dt);
      struct v3 alpha = v3_scale(v3_sub(z->angular_velocity, a->angular_velocity), 0.5 / dt);
      double e[4] = {v3_norm(v3_sub(v, m->velocity)), v3_norm(v3_sub(acc, m->acceleration)), v3_norm(v3_sub(w, m->angular_velocity)),
                     v3_norm(v3_sub(alpha, m->angular_acceleration))};
      for (int i = 0; i < 4; i++) worst[i] = fmax(worst[i], e[i]);
    }
  CHECK_NEAR(worst[0], 0, 2e-3);
  CHECK_NEAR(worst[1], 0, 2.0);   // one sample of the jump in jerk at the ends of a quintic: 0.5 dt jerk
  CHECK_NEAR(worst[2], 0, 2e-3);
  CHECK_NEAR(worst[3], 0, 5.0);
  biped_finish(&robot);
}

// a foot on the floor rests on its heel's or its ball's edge, which does not move; no point of the sole is below the floor
static void test_feet_stick(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  static struct foot_sample foot[2][FEET];
  biped_make(&robot, &b);
  const struct sole *sole = &robot.humanoid.sole;
  sample_feet(&robot.humanoid, foot[LEFT], foot[RIGHT], 1e-3);
  for (int s = 0; s < 2; s++)
    for (int k = 0; k < FEET; k++) {
      const struct foot_sample *f = &foot[s][k];
      double edge[2] = {sole->heel, sole->ball}, low = 1e9;
      struct v3 speed = v3(0, 0, 0);
      for (int i = 0; i < 2; i++) {
        struct v3 r = m3_apply(&f->frame.rotation, v3(edge[i], 0, -sole->height)), p = v3_add(f->frame.position, r);
        if (p.z < low) low = p.z, speed = v3_add(f->frame.velocity, v3_cross(f->frame.angular_velocity, r));
      }
      assert_true(low > -1e-12);
      if (f->contact) CHECK_NEAR(low, 0, 1e-12);
      if (f->contact) CHECK_NEAR(v3_norm(speed), 0, 1e-12);
      double other = foot[!s][k].share;
      CHECK_NEAR(f->share + other, 1, 1e-15);
      if (!f->contact) CHECK_NEAR(f->share, 0, 0);
    }
  biped_finish(&robot);
}

// ---- the whole body ---------------------------------------------------------------------------------

// A trajectory of one steady stride, solved.
static double solve_walk(struct trajectory *t, const struct biped_robot *r, const struct gait_wish *wish, int passes) {
  struct error e;
  struct walk_style style = walk_style_of(&r->humanoid, wish);
  struct posture posture;
  posture_find(&posture, &r->humanoid, LOAD_NONE);
  CHECK(trajectory_init(t, &r->humanoid, &r->model, wish->samples, 0, 2 / style.step_rate / wish->samples, ENDS_PERIODIC, &e), ==, STATUS_OK);
  return walk_solve(t, wish, &style, &posture, passes);
}

static void com_at(const struct trajectory *t, int k, struct v3 *com, struct v3 *velocity) {
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX];
  const struct frame_motion *p = &t->pelvis[k];
  struct base_motion base = {.position = p->position, .orientation = quaternion_of_m3(&p->rotation), .velocity = p->velocity,
                             .angular_velocity = m3_apply_inverse(&p->rotation, p->angular_velocity)};
  for (int j = 0; j < t->model->joint_count; j++) q[j] = t->q[j * t->stride + k], qd[j] = t->qd[j * t->stride + k];
  robot_forward(t->model, &base, q, qd, body);
  *com = robot_com(t->model, body, velocity);
}

// each pass brings the centre of pressure nearer to the plan
static void test_passes(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, 1.2);
  double error[4];
  biped_make(&robot, &b);
  for (int i = 0; i < 4; i++) {
    struct trajectory t;
    error[i] = solve_walk(&t, &robot, &wish, i);
    trajectory_finish(&t);
  }
  assert_true(error[0] < 0.05);
  for (int i = 1; i < 4; i++) assert_true(error[i] < 0.3 * error[i - 1]);
  assert_true(error[3] < 5e-5);
  biped_finish(&robot);
}

// the centre of mass obeys Newton: base force = m (c'' + g), c'' from differences of its velocity; q and qd belong together
static void test_momentum(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  struct trajectory t;
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, 1.2);
  wish.samples = 1600;
  biped_make(&robot, &b);
  solve_walk(&t, &robot, &wish, 3);
  double rms = 0;
  for (int k = 1; k + 1 < t.n; k++) {
    struct v3 c[3], v[3];
    for (int i = 0; i < 3; i++) com_at(&t, k + i - 1, &c[i], &v[i]);
    struct v3 force = v3_scale(v3_add(v3_scale(v3_sub(v[2], v[0]), 0.5 / t.dt), v3(0, 0, GRAVITY)), robot.model.mass);
    struct v3 speed = v3_scale(v3_sub(c[2], c[0]), 0.5 / t.dt), apart = v3_sub(force, t.root[k].force);
    CHECK_NEAR(v3_norm(v3_sub(speed, v[1])), 0, 5e-5);
    rms += v3_dot(apart, apart) / t.n;
  }
  CHECK_NEAR(sqrt(rms), 0, 0.3);       // differences over kinks of the jerk, of 500 N
  trajectory_finish(&t);
  biped_finish(&robot);
}

// the feet's wrenches, put into inverse dynamics from outside, leave nothing at the root and give the same joint torques
static void test_wrench(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  biped_make(&robot, &b);
  for (int kind = 0; kind < 3; kind++) {
    struct trajectory t;
    struct gait_wish wish = gait_wish_defaults(GAIT_WALK, 1.1);
    if (kind == 1) wish.foot = FOOT_FLAT, wish.turn_rate = 0.5, wish.side_speed = 0.1;
    if (kind == 2) wish.slope = 0.12;
    solve_walk(&t, &robot, &wish, 3);
    CHECK_NEAR(trajectory_contacts(&t), 0, 1e-9);
    for (int k = 0; k < t.n; k++) {
      double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], tau[ROBOT_JOINTS_MAX];
      const struct frame_motion *p = &t.pelvis[k];
      for (int j = 0; j < t.model->joint_count; j++) q[j] = t.q[j * t.stride + k], qd[j] = t.qd[j * t.stride + k], qdd[j] = t.qdd[j * t.stride + k];
      struct base_motion base = {p->position, quaternion_of_m3(&p->rotation), p->velocity, m3_apply_inverse(&p->rotation, p->angular_velocity),
                                 p->acceleration, m3_apply_inverse(&p->rotation, p->angular_acceleration)};
      struct body_motion body[ROBOT_JOINTS_MAX + 1];
      struct wrench outside[2], root;
      robot_forward(t.model, &base, q, NULL, body);
      for (int s = 0; s < 2; s++) {
        const struct foot_sample *f = &t.foot[s][k];
        outside[s] = f->wrench;
        outside[s].moment = v3_add(outside[s].moment, v3_cross(v3_sub(f->cop_actual, body[robot.humanoid.leg[s].body].position), f->wrench.force));
      }
      int bodies[2] = {robot.humanoid.leg[LEFT].body, robot.humanoid.leg[RIGHT].body};
      robot_inverse_dynamics(t.model, &base, q, qd, qdd, 2, bodies, outside, tau, &root);
      CHECK_NEAR(v3_norm(root.force), 0, 1e-9);
      CHECK_NEAR(v3_norm(root.moment), 0, 1e-9);
      for (int j = 0; j < t.model->joint_count; j++) CHECK_NEAR(tau[j], t.tau[j * t.stride + k], 1e-9);
    }
    trajectory_finish(&t);
  }
  biped_finish(&robot);
}

// fixed ends: a body that stands, shifts its weight, makes two steps and stands again, dynamics and plan agree
static void test_fixed_ends(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  struct trajectory t;
  struct posture posture;
  struct error e;
  int n = 700;
  double dt = 0.01;
  biped_make(&robot, &b);
  posture_find(&posture, &robot.humanoid, LOAD_NONE);
  struct footstep step[4];
  double land[4] = {-INFINITY, -INFINITY, 3.4, 4.2}, lift[4] = {2.9, 3.7, INFINITY, INFINITY}, x[4] = {0, 0, 0.25, 0.25};
  for (int i = 0; i < 4; i++) {
    step[i] = (struct footstep){.side = i % 2 ? RIGHT : LEFT, .position = {x[i], i % 2 ? -0.08 : 0.08, 0}, .land = land[i], .lift = lift[i],
                                .flat = land[i], .heel_off = lift[i], .cop_start = 0.02, .cop_end = 0.02, .clearance = 0.03};
  }
  CHECK(trajectory_init(&t, &robot.humanoid, &robot.model, n, 0, dt, ENDS_FIXED, &e), ==, STATUS_OK);
  trajectory_feet(&t, &(struct footsteps){step, 4, 0.5});
  for (int k = 0; k < n; k++) {
    double s = (k * dt - 2.5) / 2, T = 2, u = s < 0 ? 0 : s > 1 ? 1 : s;
    struct frame_motion *p = &t.pelvis[k];
    *p = (struct frame_motion){.rotation = m3_identity(), .position = {0.02 + 0.25 * smooth_step(s), 0, 0.8}};
    p->velocity.x = 0.25 * 30 * u * u * (1 - u) * (1 - u) / T;
    p->acceleration.x = 0.25 * 60 * u * (1 - u) * (1 - 2 * u) / (T * T);
    for (int j = 0; j < t.model->joint_count; j++) t.q[j * t.stride + k] = posture.q[j];
  }
  trajectory_height(&t, 0.5);

  // fixed ends keep the pelvis where it is: the body must already balance there
  for (int i = 0; i < 6; i++) {
    trajectory_dynamics(&t);
    double off = t.error[0][0];
    for (int k = 0; k < n; k++) t.pelvis[k].position.x -= off;
  }
  trajectory_pendulum(&t);
  CHECK_NEAR(trajectory_solve(&t, 4), 0, 1e-3);
  CHECK_NEAR(trajectory_contacts(&t), 0, 1e-9);
  CHECK_NEAR(t.out_of_reach, 0, 0);

  // it stands at both ends, half the weight on each foot
  for (int i = 0; i < 2; i++) {
    int k = i ? n - 1 : 0;
    CHECK_NEAR(v3_norm(t.pelvis[k].velocity), 0, 1e-3);
    for (int s = 0; s < 2; s++) CHECK_NEAR(t.foot[s][k].wrench.force.z, robot.model.mass * GRAVITY / 2, 0.5);
  }
  trajectory_finish(&t);
  biped_finish(&robot);
}

int test_trajectory(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_spline_wave), cmocka_unit_test(test_spline_joins), cmocka_unit_test(test_feet_derivatives), cmocka_unit_test(test_feet_stick),
    cmocka_unit_test(test_passes), cmocka_unit_test(test_momentum), cmocka_unit_test(test_wrench), cmocka_unit_test(test_fixed_ends),
  };
  return cmocka_run_group_tests_name("trajectory", tests, NULL, NULL);
}
