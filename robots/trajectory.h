// A piece of whole-body motion on given footsteps, sampled, made dynamically consistent.
//
//   footsteps -> feet, shares of the load, planned centre of pressure       trajectory_feet
//   pelvis as wished -> the linear inverted pendulum's                      trajectory_pendulum
//   -> joint angles, rates, accelerations -> inverse dynamics
//   -> error e of the centre of pressure -> pelvis shifted by d, again      trajectory_solve
//   -> feet's wrenches, joint torques, contact checks                       trajectory_contacts
//
// A shift d of the pelvis takes the share a of the mass along, at height z: the centre of pressure moves by a (d - d'' m z / Fz).
// Taking the error away asks d'' = K(t) (d + e / a), K = Fz / (m z) (robots/correction.h); with all mass in one point it is the linear
// inverted pendulum, K = (g + z'') / z and e = pelvis - plan, which gives the start.
// In flight K = 0, which keeps the parabola. Ends: periodic up to a turn and an advance (steady gaits), or fixed (transitions).
//
// Samples lie at time start + k dt. Memory is the trajectory's own until trajectory_finish. Columns of joints are
// q[joint * stride + k] and fit dynamics_columns_run.
#pragma once

#include "base/split.h"
#include "robots/correction.h"
#include "robots/footsteps.h"
#include "robots/leg.h"

struct trajectory {
  const struct humanoid    *humanoid;
  const struct robot_model *model;  // the humanoid's, or a copy of it with a load
  struct leg                leg[2];
  int                       n, stride;
  double                    start, dt;                                 // s
  enum trajectory_ends      ends;
  double                    turn;   // rad  of a period
  // plan
  struct frame_motion      *pelvis; // root frame: wished, then corrected   (n)
  struct foot_sample       *foot[2];                                   //   (n)
  // joints in columns: those of arms, waist and head are given, those of the legs come out
  double                   *q, *qd, *qdd, *tau;                        //   (joint_count x stride)
  double                   *base, *wrench;                             // the root's motion and wrench in columns (19, 6 x stride)
  enum lane_width           lanes;
  struct split             *split;  // borrowed: threads that share the samples, which changes no bit; NULL: none
  struct leg_load          *load[2];                                   // what trajectory_contacts puts on the feet (n)
  struct wrench            *root;   // force world axes, moment about the root's origin in world axes (n)
  double                   *error[2];                                  // m  centre of pressure: dynamics - plan, along x and y (n)
  double                   *shift[2], *shift_second[2];                // m, m/s2  d and d'' summed over the passes (n)
  double                    com_height;                                // m  com above the root's origin, from the first pass on
  double                    moved_mass, moved_height;                  // 1, m  of the mass that a shift of the pelvis takes along
  double                    out_of_reach;                              // m  largest over the last pass
  double                    bend_least;                                // rad  least knee bend over the last pass
  double                   *work;   // scratch
  void                     *block;  // all of the memory above
};

// dt > 0, n >= 8. model may carry a load; it must have the humanoid's joints. STATUS_MEMORY.
enum status trajectory_init(struct trajectory *t, const struct humanoid *h, const struct robot_model *model, int n, double start,
                            double dt, enum trajectory_ends ends, struct error *e);
// The same with threads that share its samples from the beginning on.
enum status trajectory_init_shared(struct trajectory *t, const struct humanoid *h, const struct robot_model *model, int n, double start,
                                   double dt, enum trajectory_ends ends, struct split *split, struct error *e);
void trajectory_finish(struct trajectory *t);

// Feet, shares and planned centre of pressure from footsteps.
void trajectory_feet(struct trajectory *t, const struct footsteps *steps);

// Planned centre of pressure of the whole at sample k (the shares' mean). false in flight.
bool trajectory_cop(const struct trajectory *t, int k, struct v3 *cop, struct v3 *normal);

// The pelvis moves as a linear inverted pendulum over the plan, of the height that its own z asks.
void trajectory_pendulum(struct trajectory *t);

// Move the pelvis up or down by one constant so that no knee bends less than `bend` (rad) on the way. Returns the move.
double trajectory_height(struct trajectory *t, double bend);

// Work on samples from .. to-1, shared among the trajectory's threads where there are enough of them.
void trajectory_share(const struct trajectory *t, split_work *work, void *context);

// Leg joints of every sample from pelvis and feet, then inverse dynamics and the error of the centre of pressure.
// Returns the largest error, m.
double trajectory_dynamics(struct trajectory *t);

// Shift the pelvis by what the last trajectory_dynamics showed.
void trajectory_correct(struct trajectory *t);

// Moment about the floor's normal that the feet together have to hold at sample k, N m, as the last trajectory_dynamics shows it. false in flight.
bool trajectory_turning(const struct trajectory *t, int k, double *moment);

// passes times: dynamics, correction; then dynamics once more. Returns the largest error left, m.
double trajectory_solve(struct trajectory *t, int passes);

// Feet's wrenches from the base wrench (in double support by the shares) and joint torques with them.
// Returns the largest residual of the base: |force| + |moment| that the feet do not explain.
double trajectory_contacts(struct trajectory *t);
