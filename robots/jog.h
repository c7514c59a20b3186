// A steady jog as a motion of the whole body: a spring-mass run in the middle, made consistent with legs that have mass.
//
//   stride     periodic jog of the spring-mass model (robots/slip.h) with the body's mass, leg and speed; each foot lands
//              on the ball, lowers its heel, and lifts it again: the leg gives way in knee and ankle, the load stays on the ball
//   stance     height and attitude of the pelvis as the model wants them, joined to flight by quintics; forwards and
//              sideways the pelvis is moved until the centre of pressure is on the ball (robots/correction.h)
//   flight     nothing pushes: with the feet on their way through the air given, the wrench on the root is affine in the six
//              accelerations of the pelvis, and the ones that make it zero are taken and integrated. Feet are given in the world,
//              not joints in the body, so that a foot lands where and as it was planned.
//   turning    trunk and arms turn against the legs so that the floor has next to nothing to hold (robots/twist.h)
// In flight the pelvis nods against the swinging legs; stance brings it back.
#pragma once

#include "robots/gait.h"
#include "robots/posture.h"
#include "robots/slip.h"
#include "robots/trajectory.h"

// What speed alone does not say. The rules take the body's own leg length and gravity; all are guesses.
struct jog_style {
  double flight;                    // s    of a step
  double compression;               // m    of the leg
  double half_width;                // m    ankle from the path
  double strike, strike_ratio;      // rad, 1  heel up at touch-down; its rate there over the mean rate until it is down
  double flat, heel_off;            // 1    shares of contact: heel down, heel off again
  double toe_off, toe_off_ratio;    // rad, 1  heel up at lift-off; its rate there over the mean one (above 2.5 the heel would dip first)
  double clearance;                 // m    of the swinging sole
  double bend;                      // rad  least knee bend
  double lean;                      // rad  of the pelvis, forward
  double arm_swing;                 // rad  amplitude at the shoulders to begin with: robots/twist.h adds what the turning moment asks
};

struct jog_style jog_style_of(const struct humanoid *h, const struct gait_wish *wish);

// Arms and trunk: elbows bent, or as a load wants them. model: with the load.
void jog_posture(struct posture *p, const struct humanoid *h, const struct robot_model *model, double load, enum load_pose pose);

// The spring-mass jog behind a style, for the model (with or without load). STATUS_RANGE: none at this speed.
enum status jog_step(struct slip *slip, struct slip_step *step, const struct robot_model *model, const struct humanoid *h,
                     const struct gait_wish *wish, const struct jog_style *style, struct error *e);

// Plan and solve one stride on t (wish->samples, an even number; dt = 2 step->period / samples, periodic). posture: how the arms
// are held. STATUS_RANGE: the centre of pressure stays more than 1 mm from the ball; STATUS_MEMORY.
enum status jog_solve(struct trajectory *t, const struct gait_wish *wish, const struct jog_style *style, const struct posture *posture,
                      const struct slip *slip, const struct slip_step *step, struct error *e);

// The whole way, as gait_solve does it. STATUS_RANGE with a sentence: no such run, a leg too short, or a floor more slippery
// than the jog needs (its friction is named): a robot does not begin to jog there.
enum status jog_gait(struct gait *g, struct gait_report *r, const struct humanoid *h, const struct robot_spec *spec,
                     const struct gait_wish *wish, struct error *e);
