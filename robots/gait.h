// Steady gaits: one stride, solved once for a robot, a speed, a load and a slope, kept as samples.
//
// Plan: footsteps of one length and rate; the centre of pressure moves from heel to ball in single support and over to the
// other foot in double support; the centre of mass follows the linear inverted pendulum (Kajita 2001; DCM: Englsberger 2015).
// A plan is then corrected until the full body's dynamics has the planned centre of pressure: with e the error that
// inverse dynamics shows, the pelvis is shifted by d, d'' = K(t) (d + e), K = Fz / (m z), a cyclic tridiagonal system.
// Legs by closed-form inverse kinematics, joint rates from the legs' Jacobians, never from differences.
//
// Nothing is stored from measurements: change a mass, a link or the floor and every figure changes.
#pragma once

#include "robots/actuator.h"
#include "robots/dynamics.h"
#include "robots/humanoid.h"

enum foot_style { FOOT_HEEL_TO_TOE, FOOT_FLAT };
enum load_pose  { LOAD_NONE, LOAD_AT_SIDES, LOAD_HELD_CLOSE, LOAD_IN_FRONT };
enum gait_kind  { GAIT_WALK, GAIT_JOG };

struct gait_wish {
  enum gait_kind  kind;
  double          speed;            // m/s   along x of the pelvis; negative: backwards
  double          side_speed;       // m/s   to the left
  double          turn_rate;        // rad/s counter-clockwise
  double          load;             // kg    in both hands together
  enum load_pose  load_pose;
  double          slope;            // rad   up is positive, along the walk
  double          rise;             // m     of the floor from step to step: stairs with one step a tread, up is positive
  double          friction;         // 1     of the floor
  enum foot_style foot;
  int             samples;          // per stride of two steps, at least 200
};
struct gait_wish gait_wish_defaults(enum gait_kind kind, double speed);

// What must hold and did not; bits of gait_report.broken.
enum gait_limit {
  LIMIT_TORQUE = 1, LIMIT_SPEED = 2, LIMIT_REACH = 4,        // actuator torque, joint speed, leg too short
  LIMIT_FRICTION = 8, LIMIT_YAW = 16,                        // friction cone, yaw moment mu Fz r
  LIMIT_SOLE = 32, LIMIT_LIFT = 64, LIMIT_JOINT = 128        // centre of pressure out of the sole, pulling on the floor, joint range
};

// One stride (left touch-down to left touch-down), sample k at time k period / samples. Frames: x ahead, z up,
// world origin below the pelvis at sample 0; position advances by 2 step_length over the stride.
struct gait {
  struct gait_wish wish;
  double step_length, step_period;  // m, s
  double duty;                      // 1   share of a stride that one foot is on the floor
  int    samples, joints;
  double *q, *qd, *qdd;             // rad, rad/s, rad/s2                     (samples x joints)
  double *tau;                      // N m, feet's wrenches included          (samples x joints)
  struct base_motion *base;         //                                        (samples)
  struct wrench *foot[2];           // on the foot, world axes about the point on the floor below the ankle (samples)
  unsigned char *contact[2];        // 1: on the floor                        (samples)
};

struct gait_report {
  double zmp_error;                 // m   largest distance of the dynamics' centre of pressure from the plan
  double zmp_margin;                // m   least distance inside the sole's edge (0: rolls about an edge)
  double friction_demand;           // 1   largest |Ft| / Fn
  double yaw_moment;                // N m largest
  double power, mechanical_positive, copper, gear, friction, electronics;   // W, means over the stride
  double cost_of_transport;         // 1
  double froude;                    // v^2 / (g l)
  double flight;                    // 1   share of the stride without contact
  double sticking_power;            // W   mean of sum tau qd: zero for contacts that stick on level ground
  double *torque_share;             // (joints) peak motor torque / actuator's peak
  double *speed_share;              // (joints)
  unsigned broken;                  // enum gait_limit
};

// Solve. actuators: one a joint; electronics: W besides the drives. The gait and the report own memory until finished.
// STATUS_RANGE with a sentence when no such gait exists for this body (a leg too short, no flight to be had).
struct robot_spec;
enum status gait_solve(struct gait *g, struct gait_report *r, const struct humanoid *h, const struct robot_spec *spec,
                       const struct gait_wish *wish, struct error *e);
void gait_finish(struct gait *g, struct gait_report *r);
