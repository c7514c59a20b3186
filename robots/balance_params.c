#include "robots/balance.h"

#include <math.h>

#include "robots/leg.h"
#include "robots/pendulum.h"

// Guesses, all of them; a trained controller of a real robot may do better.
#define CROUCH       0.93           // share of the leg to which a capture step lowers the hip: it makes the step long
#define BACK_SHARE   0.8            // of the step ahead that is possible backwards
#define FAR_SHARE    0.5            // of half a step ahead that a foot goes farther out than it stands
#define FEET_APART   0.03           // m   between two soles
#define REACTION     0.15           // s   to see the push and take the load off a foot, both feet on the floor
#define TORQUE_SHARE 0.38           // of the hip's torque that swings the leg; the rest carries it, and the trunk must not be thrown back too hard
#define SPEED_SHARE  0.9            // of the hip's speed
#define SWING_GUESS  0.40           // s   for a model that gives no torque or speed
#define LYING        0.12           // m

// The hip joint that swings the leg ahead, or aside: the first whose axis is across, or along.
static const struct robot_joint *hip_joint(const struct humanoid *h, const struct leg *leg, bool aside) {
  for (int i = 0; i < leg->chain.count; i++) {
    double along = aside ? leg->chain.axis[i].x : leg->chain.axis[i].y;
    if ((along > 0.7 || along < -0.7) && !leg->chain.prismatic[i]) return &h->model->joint[leg->chain.joint[i]];
  }
  return NULL;
}

static bool known(const struct robot_joint *j) { return j && j->effort > 0 && j->effort < INFINITY && j->velocity > 0 && j->velocity < INFINITY; }

// Mass and moment of inertia (about the axis across through `about`) of one leg, as the robot stands.
static void leg_inertia(const struct humanoid *h, const struct body_motion *body, struct v3 about, double *mass, double *inertia) {
  const struct limb *l = &h->leg[LEFT];
  *mass = *inertia = 0;
  for (int i = 0; i < l->count; i++) {
    int b = l->joint[i] + 1;
    const struct robot_body *r = &h->model->body[b];
    struct v3 com = v3_sub(v3_add(body[b].position, m3_apply(&body[b].rotation, r->com)), about);
    struct m3 turned = m3_product(m3_product(body[b].rotation, r->inertia), m3_transpose(body[b].rotation));
    *mass += r->mass;
    *inertia += r->mass * (com.x * com.x + com.z * com.z) + turned.m[4];
  }
}

// A quintic swing through the angle needs 5.774 angle / T^2 of acceleration and 1.875 angle / T of speed.
static double swing_time(const struct robot_joint *hip, double angle, double inertia) {
  if (!known(hip)) return SWING_GUESS;
  double torque = m_sqrt(5.774 * angle * inertia / (TORQUE_SHARE * hip->effort)), speed = 1.875 * angle / (SPEED_SHARE * hip->velocity);
  return REACTION + (torque > speed ? torque : speed);
}

struct balance_params balance_params_of(const struct humanoid *h, const struct robot_model *loaded, const struct stand *stand) {
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  struct base_motion base = {.position = {0, 0, stand->root_height}, .orientation = {1, 0, 0, 0}};
  struct leg leg;
  struct v3 velocity;
  double inertia, pitch = 0, yaw = 0;
  leg_init(&leg, h, LEFT);
  robot_forward(loaded, &base, stand->q, NULL, body);
  struct v3 com = robot_com(loaded, body, &velocity), hip = v3_add(base.position, leg.hip);
  for (int b = 0; b <= loaded->joint_count; b++) {
    const struct robot_body *r = &loaded->body[b];
    struct v3 d = v3_sub(v3_add(body[b].position, m3_apply(&body[b].rotation, r->com)), com);
    struct m3 turned = m3_product(m3_product(body[b].rotation, r->inertia), m3_transpose(body[b].rotation));
    pitch += r->mass * (d.x * d.x + d.z * d.z) + turned.m[4];
    yaw += r->mass * (d.x * d.x + d.y * d.y) + turned.m[8];
  }

  // both legs stretched from a hip that is lowered to CROUCH
  double half = leg.reach * m_sqrt(1 - CROUCH * CROUCH), narrow = h->sole.inner < h->sole.outer ? h->sole.inner : h->sole.outer;
  struct balance_params p = {
    .mass = loaded->mass, .com_height = stand->com_height, .rate = pendulum_rate(stand->com_height),
    .heel = h->sole.heel, .toe = h->sole.ball, .half_width = narrow, .rest = stand->rest, .width = 2 * stand->half_width,
    .step_ahead = 2 * half, .step_back = BACK_SHARE * 2 * half,
    .step_near = 2 * h->sole.inner + FEET_APART, .step_far = 2 * stand->half_width + FAR_SHARE * half,
    .reaction = REACTION, .gain = 1, .gyration = m_sqrt(pitch / loaded->mass), .gyration_yaw = m_sqrt(yaw / loaded->mass),
    .lying_height = LYING};
  if (p.step_near > p.width) p.step_near = p.width;
  leg_inertia(h, body, hip, &p.leg_mass, &inertia);
  for (int k = 0; k < 2; k++) {
    const struct robot_joint *joint = hip_joint(h, &leg, k);
    if (!known(joint)) continue;
    p.swing_accel[k] = joint->effort / inertia * leg.reach;
    p.swing_speed[k] = joint->velocity * leg.reach;
  }
  p.swing_time = swing_time(hip_joint(h, &leg, false), 2 * m_atan2(half, CROUCH * leg.reach), inertia);
  return p;
}
