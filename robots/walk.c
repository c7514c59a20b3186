#include "robots/walk.h"

#include "robots/twist.h"

#include <string.h>

#define STEPS 8                     // footsteps around a stride
#define SLOW_RATE 0.42              // steps in sqrt(l/g), at least: slower ones sway widely
#define FLAT_RATE 0.58              // the same for flat feet, which step short
#define TURN_LEAST 1e-9             // rad/s below which the path is straight

static double size_of(double x) { return x < 0 ? -x : x; }

static double at_least(double x, double low) { return x < low ? low : x; }
static double at_most(double x, double high) { return x > high ? high : x; }

static bool is_flat(const struct gait_wish *wish) { return wish->foot == FOOT_FLAT || wish->rise != 0 || wish->speed < 0 || size_of(wish->side_speed) > 0.5 * size_of(wish->speed); }

double walk_rate_of(const struct humanoid *h, const struct gait_wish *wish) {
  // treads as stairs are built, two rises and a tread are 0.63 m (Blondel 1675); the speed then sets the rate
  if (wish->rise != 0) return wish->speed / (0.63 - 2 * size_of(wish->rise) < 0.2 ? 0.2 : 0.63 - 2 * size_of(wish->rise));
  double l = h->leg_length, speed = m_sqrt(wish->speed * wish->speed + wish->side_speed * wish->side_speed), froude = speed / m_sqrt(GRAVITY * l);
  return m_sqrt(GRAVITY / l) * at_least(0.80 * m_pow(froude, 0.33), is_flat(wish) ? FLAT_RATE : SLOW_RATE);
}

struct walk_style walk_style_of(const struct humanoid *h, const struct gait_wish *wish) {
  double l = h->leg_length, rate = m_sqrt(GRAVITY / l), speed = m_sqrt(wish->speed * wish->speed + wish->side_speed * wish->side_speed);
  double froude = speed / m_sqrt(GRAVITY * l);
  bool flat = is_flat(wish);
  const struct sole *sole = &h->sole;

  // guesses all: near the least power of a person-like body, smooth in speed
  struct walk_style s = {
    .step_rate = walk_rate_of(h, wish),
    .double_support = at_least(0.22 - 0.22 * froude, 0.12),
    .half_width = sole->inner + 0.02 * l,
    .strike = flat ? 0 : at_most(0.7 * froude, 0.33),
    .heel_off = at_least(0.87 - 0.65 * froude, 0.45),
    .toe_off = flat ? 0 : at_most(1.45 * froude, 0.7),
    .toe_off_rate = flat ? 0 : at_most(4.7 * froude, 2.6) * rate,
    .cop_inward = 0,
    .cop_back = flat ? 0.3 * sole->heel : sole->heel,
    .cop_ahead = flat ? 0.4 * sole->ball : sole->ball,
    .clearance = 0.016 * l,
    .bend = at_most(0.2 + 0.5 * froude, 0.45),
    .bounce = at_least(0.1 * froude * (0.62 - froude), 0) * l,
    .pelvis_yaw = at_most(0.2 * froude, 0.1),
    .arm_swing = wish->load > 0 || wish->load_pose != LOAD_NONE ? 0 : 0.5 * froude,
  };

  // the edge of a tread stands half a rise above the line from footstep to footstep; as much again for the sole's length
  s.clearance += size_of(wish->rise);
  s.droop = at_most(2 * size_of(wish->rise), 0.4);                     // a guess: the foot hangs, which spares the ankle

  // feet must not meet when they step sideways
  if (wish->side_speed != 0) s.half_width += size_of(wish->side_speed) / s.step_rate / 2;
  return s;
}

// Where the pelvis' path is at a time: constant speeds in a frame that turns steadily.
struct path_point { struct v3 position, velocity, acceleration; double yaw; };

static struct path_point path_at(const struct gait_wish *w, double rate, double t) {
  double s, c, turn = w->turn_rate, vx = w->speed, vy = w->side_speed, climb;
  struct path_point p;
  p.yaw = turn * t;
  m_sincos(p.yaw, &s, &c);
  if (size_of(turn) > TURN_LEAST) p.position = v3((vx * s - vy * (1 - c)) / turn, (vx * (1 - c) + vy * s) / turn, 0);
  else p.position = v3(vx * t, vy * t, 0);
  p.velocity = v3(vx * c - vy * s, vx * s + vy * c, 0);
  p.acceleration = v3(-turn * p.velocity.y, turn * p.velocity.x, 0);

  // a slope along x; turning walks stay level
  m_sincos(w->slope, &s, &c);
  climb = s / c;
  p.position.z = climb * p.position.x;
  p.velocity.z = climb * p.velocity.x;
  p.acceleration.z = climb * p.acceleration.x;

  // stairs: evenly, a rise a step
  p.position.z += w->rise * rate * t;
  p.velocity.z += w->rise * rate;
  return p;
}

// Footstep i: left for even i, touching down at i T.
static struct footstep step_of(const struct humanoid *h, const struct gait_wish *wish, const struct walk_style *y, int i) {
  double T = 1 / y->step_rate, over = y->double_support * T, land = i * T, lift = land + T + over, s, c;
  struct path_point p = path_at(wish, y->step_rate, land + (T + over) / 2);
  m_sincos(p.yaw, &s, &c);
  double out = i % 2 ? -y->half_width : y->half_width, back = (y->cop_back + y->cop_ahead) / 2;
  (void)h;
  struct v3 at = v3_add(p.position, v3(-s * out - c * back, c * out - s * back, 0));
  m_sincos(wish->slope, &s, &c);
  at.z = s / c * at.x + i * wish->rise;
  return (struct footstep){
    .side = i % 2 ? RIGHT : LEFT, .position = at, .yaw = p.yaw, .slope = wish->slope,
    .land = land, .lift = lift, .flat = y->strike != 0 ? land + over : land, .heel_off = y->toe_off != 0 ? land + y->heel_off * T : lift,
    .strike = y->strike, .toe_off = y->toe_off, .toe_off_rate = y->toe_off_rate,
    .cop_start = y->cop_back, .cop_end = y->cop_ahead, .cop_inward = y->cop_inward, .clearance = y->clearance, .droop = y->droop};
}

// A joint that swings as x + a cos(w t): value, rate and acceleration of one sample.
static void swing_joint(struct trajectory *t, int joint, int k, double x, double a, double w, double cosine, double sine) {
  int at = joint * t->stride + k;
  t->q[at] = x + a * cosine;
  t->qd[at] = -a * w * sine;
  t->qdd[at] = -a * w * w * cosine;
}

void walk_plan(struct trajectory *t, const struct gait_wish *wish, const struct walk_style *y, const struct posture *posture) {
  const struct humanoid *h = t->humanoid;
  double T = 1 / y->step_rate, P = 2 * T, w = 2 * M_PI_D / P;
  struct footstep step[STEPS];
  for (int i = 0; i < STEPS; i++) step[i] = step_of(h, wish, y, i - 3);
  trajectory_feet(t, &(struct footsteps){step, STEPS, T});
  t->turn = wish->turn_rate * P;
  double up = t->leg[LEFT].reach + h->sole.height - t->leg[LEFT].hip.z, middle = (T + y->double_support * T) / 2;
  for (int k = 0; k < t->n; k++) {
    double time = t->start + k * t->dt, s, c, sb, cb, sy, cy;
    struct path_point p = path_at(wish, y->step_rate, time);
    m_sincos(w * time, &s, &c);
    m_sincos(2 * w * (time - middle), &sb, &cb);

    // the hip of the leading leg is ahead: at the left foot's touch-down the pelvis is turned clockwise
    double yaw = p.yaw - y->pelvis_yaw * c, yaw_rate = wish->turn_rate + y->pelvis_yaw * w * s, yaw_second = y->pelvis_yaw * w * w * c;
    m_sincos(yaw, &sy, &cy);
    struct frame_motion *b = &t->pelvis[k];
    b->rotation = (struct m3){{cy, -sy, 0, sy, cy, 0, 0, 0, 1}};
    b->position = v3_add(p.position, v3(0, 0, up + y->bounce * cb));
    b->velocity = v3_add(p.velocity, v3(0, 0, -y->bounce * 2 * w * sb));
    b->acceleration = v3_add(p.acceleration, v3(0, 0, -y->bounce * 4 * w * w * cb));
    b->angular_velocity = v3(0, 0, yaw_rate);
    b->angular_acceleration = v3(0, 0, yaw_second);

    for (int j = 0; j < t->model->joint_count; j++) swing_joint(t, j, k, posture->q[j], 0, w, c, s);
    for (int i = 0; i < 2; i++)
      if (posture->swing[i] >= 0)
        swing_joint(t, posture->swing[i], k, posture->q[posture->swing[i]], (i == LEFT ? 1 : -1) * posture->swing_sign[i] * y->arm_swing, w, c, s);
    if (posture->waist_yaw >= 0)
      swing_joint(t, posture->waist_yaw, k, posture->q[posture->waist_yaw], posture->waist_sign * y->pelvis_yaw, w, c, s);
  }
}

double walk_solve(struct trajectory *t, const struct gait_wish *wish, const struct walk_style *style, const struct posture *posture, int passes) {
  walk_plan(t, wish, style, posture);
  trajectory_height(t, style->bend);
  trajectory_pendulum(t);
  trajectory_height(t, style->bend);
  trajectory_dynamics(t);
  struct twist twist = twist_of(posture, 0, WALK_TWIST);
  twist_solve(t, &twist, (double[2]){0, 0});
  trajectory_correct(t);

  // the height follows the corrected path once and then stays: fitting it in every pass does not converge
  trajectory_height(t, style->bend);
  return trajectory_solve(t, passes);
}
