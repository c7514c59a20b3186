// From stand to stand: whatever the steps, the body is at rest at both ends, feet on the floor do not move, the pressure is in the soles.
#include "tests/check.h"

#include <string.h>

#include "robots/motion.h"
#include "robots/walk_path.h"
#include "tests/biped.h"

#define TARGETS 64

struct scene {
  struct biped_robot robot;
  struct posture     posture;
  struct stand       stand;
  struct gait_wish   wish;
  int                first;         // foot that steps first in a turn, else -1
};

static void scene_make(struct scene *s) {
  struct biped b = biped_defaults();
  struct error e = {0};
  biped_make(&s->robot, &b);
  posture_find(&s->posture, &s->robot.humanoid, LOAD_NONE);
  if (stand_find(&s->stand, &s->robot.humanoid, &s->robot.model, &s->posture, &e) != STATUS_OK) fail_msg("%s", e.text);
  s->wish = gait_wish_defaults(GAIT_WALK, 1.0);
  s->first = -1;
}

// Targets of a turn on the spot.
static int turn(struct scene *s, struct step_target from, double angle, struct step_target *target) {
  struct walk_targets t;
  struct walk_route r = walk_route_defaults(&from.place, 1);
  struct error e = {0};
  r.heading_start = from.yaw;
  r.heading_end = from.yaw + angle;
  r.heading_free = false;
  if (walk_targets_make(&t, &s->robot.humanoid, (struct walk_feet){turning_of(&s->robot.humanoid, s->stand.half_width), s->stand.ankle_x}, &r, &e) != STATUS_OK) fail_msg("%s", e.text);
  int n = t.count;
  assert_true(n > 0 && n <= TARGETS);
  s->first = t.first;
  memcpy(target, t.target, sizeof *target * (size_t)n);
  walk_targets_finish(&t);
  return n;
}

static void solve(struct scene *s, struct trajectory *t, struct step_plan *p, struct motion_result *r, struct step_target from,
                  const struct step_target *target, int count) {
  struct error e = {0};
  assert_true(count > 0);
  if (step_plan_make(p, &s->robot.humanoid, &s->stand, &s->wish, from, s->first >= 0 ? (enum side)s->first : transition_first(from, target[0]), target, count, NULL, 0, &e) != STATUS_OK)
    fail_msg("%s", e.text);
  struct motion_wish w = {&s->robot.humanoid, &s->robot.model, &s->posture, &s->stand, p, 4, false, MOTION_TICK, NULL, NULL, NULL};
  if (motion_solve(t, r, &w, &e) != STATUS_OK) fail_msg("%s", e.text);
}

// Position and velocity of both feet's bodies at a sample, by forward kinematics from the joints alone.
static void feet_at(const struct trajectory *t, int k, struct v3 position[2], struct v3 velocity[2], struct v3 turning[2]) {
  double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX];
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  const struct frame_motion *p = &t->pelvis[k];
  struct base_motion base = {p->position, quaternion_of_m3(&p->rotation), p->velocity, m3_apply_inverse(&p->rotation, p->angular_velocity),
                             p->acceleration, m3_apply_inverse(&p->rotation, p->angular_acceleration)};
  for (int j = 0; j < t->model->joint_count; j++) q[j] = t->q[j * t->stride + k], qd[j] = t->qd[j * t->stride + k];
  robot_forward(t->model, &base, q, qd, body);
  for (int s = 0; s < 2; s++) {
    const struct body_motion *f = &body[t->humanoid->leg[s].body];
    position[s] = f->position, velocity[s] = f->velocity, turning[s] = f->angular_velocity;
  }
}

// The laws that hold of every motion from rest to rest.
static void check_laws(const struct scene *s, const struct trajectory *t, const struct step_plan *p, const struct motion_result *r) {
  int n = t->n;
  CHECK_NEAR(r->zmp_error, 0, 1e-3);
  CHECK_NEAR(r->residual, 0, 1e-8);
  CHECK_NEAR(t->out_of_reach, 0, 1e-9);
  for (int end = 0; end < 2; end++) {
    int k = end ? n - 1 : 0;
    CHECK_NEAR(v3_norm(t->pelvis[k].velocity), 0, 1e-12);
    CHECK_NEAR(v3_norm(t->pelvis[k].acceleration), 0, 1e-10);
    for (int j = 0; j < t->model->joint_count; j++) {
      CHECK_NEAR(t->q[j * t->stride + k], s->stand.q[j], 2e-3);        // 1e-3 rad: slopes and stairs apart
      CHECK_NEAR(t->qd[j * t->stride + k], 0, 1e-9);
    }
  }
  for (int k = 0; k < n; k++) {
    struct v3 x[2], v[2], w[2];
    feet_at(t, k, x, v, w);
    double time = k * t->dt;
    for (int side = 0; side < 2; side++) {
      const struct foot_sample *f = &t->foot[side][k];
      for (int i = 0; i < p->count; i++) {
        const struct footstep *step = &p->step[i];
        if ((int)step->side != side || time < step->flat || time > step->heel_off) continue;
        CHECK_NEAR(v3_norm(v[side]), 0, 1e-9);                         // flat on the floor: it stands
        CHECK_NEAR(v3_norm(w[side]), 0, 1e-9);
        if (f->share > 0.01) CHECK(f->wrench.force.z > 0, ==, 1);
      }
    }
    if (k == 0) continue;

    // joints without jumps: what their rates carry them
    for (int j = 0; j < t->model->joint_count; j++) {
      int at = j * t->stride + k;
      double mean = 0.5 * (t->qd[at] + t->qd[at - 1]);
      CHECK_NEAR(t->q[at] - t->q[at - 1], mean * t->dt, 2e-3);
    }
  }
}

// least distance of the planned pressure of flat-footed steps from the sole's edges
static double margin_of(const struct trajectory *t) {
  const struct sole *sole = &t->humanoid->sole;
  double least = 1;
  for (int k = 0; k < t->n; k++)
    for (int s = 0; s < 2; s++) {
      const struct foot_sample *f = &t->foot[s][k];
      if (f->share < 1e-3) continue;
      double out = s == LEFT ? f->sole_y : -f->sole_y, m[4] = {f->sole_x - sole->heel, sole->ball - f->sole_x, sole->outer - out, out + sole->inner};
      for (int i = 0; i < 4; i++) least = m[i] < least ? m[i] : least;
    }
  return least;
}

static void test_laws(void **state) {
  (void)state;
  struct scene s;
  scene_make(&s);
  struct step_target from = {.place = {1, 2, 0}, .yaw = 0.7}, target[TARGETS];
  for (int kind = 0; kind < 8; kind++) {
    s.first = -1;
    int n = kind == 0 ? transition_straight(from, 2.5, 0.6, target, TARGETS) : kind == 1 ? transition_straight(from, -0.6, 0.25, target, TARGETS)
          : kind == 2 ? turn(&s, from, 1.5, target) : kind == 3 ? turn(&s, from, -3.1, target)
          : kind == 4 ? transition_side(from, 0.5, 0.2, target, TARGETS) : kind == 5 ? transition_straight(from, 0.05, 0.3, target, TARGETS)
          : kind == 6 ? transition_stair(from, 0.35, 0.12, target, TARGETS) : transition_stair(from, 0.35, -0.12, target, TARGETS);
    struct trajectory t;
    struct step_plan p;
    struct motion_result r;
    solve(&s, &t, &p, &r, from, target, n);
    check_laws(&s, &t, &p, &r);
    struct v3 end = t.pelvis[t.n - 1].position;
    CHECK_NEAR(end.x, target[n - 1].place.x, 1e-12);
    CHECK_NEAR(end.y, target[n - 1].place.y, 1e-12);
    CHECK_NEAR(end.z, target[n - 1].place.z + s.stand.root_height, 1e-12);
    if (kind >= 1 && kind <= 5) CHECK(margin_of(&t) >= 0.010, ==, 1);
    trajectory_finish(&t);
    step_plan_finish(&p);
  }
  biped_finish(&s.robot);
}

// a ramp's entry: from the level onto 10 degrees, up and down
static void test_ramp(void **state) {
  (void)state;
  struct scene s;
  scene_make(&s);
  for (int down = 0; down < 2; down++) {
    double slope = (down ? -10 : 10) * M_PI_D / 180, rise = m_sin(slope) / m_cos(slope);
    struct step_target from = {.yaw = 0}, target[6];
    for (int i = 0; i < 6; i++) {
      double x = 0.4 * (i < 5 ? i + 1 : 5);
      target[i] = (struct step_target){.place = {x, 0, x * rise}, .slope = slope};
    }
    struct trajectory t;
    struct step_plan p;
    struct motion_result r;
    solve(&s, &t, &p, &r, from, target, 6);
    CHECK_NEAR(r.zmp_error, 0, 3e-3);
    CHECK_NEAR(t.out_of_reach, 0, 1e-9);
    trajectory_finish(&t);
    step_plan_finish(&p);
  }
  biped_finish(&s.robot);
}

// a turn to the right is the mirror image of a turn to the left
static void test_mirror(void **state) {
  (void)state;
  struct scene s;
  scene_make(&s);
  struct step_target from = {.yaw = 0}, target[TARGETS];
  struct trajectory t[2];
  struct step_plan p[2];
  struct motion_result r[2];
  for (int i = 0; i < 2; i++) solve(&s, &t[i], &p[i], &r[i], from, target, turn(&s, from, i ? -1.2 : 1.2, target));
  CHECK(t[0].n, ==, t[1].n);
  for (int k = 0; k < t[0].n; k++) {
    CHECK_NEAR(t[0].pelvis[k].position.x, t[1].pelvis[k].position.x, 1e-7);
    CHECK_NEAR(t[0].pelvis[k].position.y, -t[1].pelvis[k].position.y, 1e-7);
    CHECK_NEAR(t[0].foot[LEFT][k].wrench.force.z, t[1].foot[RIGHT][k].wrench.force.z, 1e-3);
  }
  for (int i = 0; i < 2; i++) trajectory_finish(&t[i]), step_plan_finish(&p[i]);
  biped_finish(&s.robot);
}

int test_transition(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_laws),
    cmocka_unit_test(test_ramp),
    cmocka_unit_test(test_mirror),
  };
  return cmocka_run_group_tests_name("transition", tests, NULL, NULL);
}
