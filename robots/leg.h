// One leg: joint angles, rates and accelerations from the motion of pelvis and foot.
//
// Where the three hip axes meet at right angles and the two ankle axes meet, the angles follow in closed form, in any order of the axes:
//   knee   from the distance hip - ankle, knee forward
//   ankle  the two turns that bring the leg's direction onto the foot's (Paden & Kahan, subproblem 2)
//   hip    three turns about orthogonal axes
// Other legs take damped Newton steps on the Jacobian from a given start, at most LEG_STEPS_MAX of them.
// Rates: J qd = v, J qdd = a - J' qd, never differences.
//
// Closed form comes over a number type (robots/leg_kernel.h), one sample or 4 or 8 at once: the same bits in every width.
//
// The foot's frame F has its origin in the ankle and is parallel to the root frame (ahead, left, up) at q = 0.
#pragma once

#include <stddef.h>

#include "robots/chain.h"

#define LEG_STEPS_MAX 60

// A rigid frame that moves: pose, and its first and second derivative, all in world axes.
struct frame_motion {
  struct m3 rotation;               // frame -> world
  struct v3 position, velocity, acceleration;                          // m, m/s, m/s2 of the origin
  struct v3 angular_velocity, angular_acceleration;                    // rad/s, rad/s2
};

struct leg {
  struct chain chain;               // tip: the ankle
  bool      closed_form;
  double    hand;                   // 1   sign of the hip axes' triple product
  int       knee;                   // place of the knee in the leg
  struct v3 hip;                    // m   where the hip's axes meet, root frame at q = 0
  double    bent[LIMB_JOINTS_MAX];  // rad a start with the knee slightly forward, for Newton
  double    knee_near;              // rad angle of the knee at which the leg is longest
  double    near_sin, near_cos;     // 1   of knee_near
  double    knee_forward;           // 1   sign of the knee's rate that brings the knee ahead
  double    knee_base, knee_amp;    // m2  distance^2 hip - ankle = base + 2 amp cos(q - knee_near)
  double    reach, thigh, shank;    // m   hip to ankle with the leg stretched; hip to knee axis, knee axis to ankle, across the axis
};

void leg_init(struct leg *l, const struct humanoid *h, enum side side);

// Angles for F's pose in the root frame; q has one entry a joint of the leg. With closed form q is only written, otherwise
// it holds the start (l->bent is a good one). Returns the distance, m, by which the target is out of reach (0: reached;
// the leg then points at it), or for other legs what is left of the error.
double leg_solve(const struct leg *l, const struct m3 *rotation, struct v3 position, double *q);

// The same of several poses of F that are turned alike, in every width the bits of leg_solve: a row of q and an entry of beyond for each.
#define LEG_MANY 4
void leg_solve_many(const struct leg *l, const struct m3 *rotation, const struct v3 *position, int count, double (*q)[LIMB_JOINTS_MAX], double *beyond, enum lane_width lanes);

// F's pose in the root frame.
void leg_forward(const struct leg *l, const double *q, struct m3 *rotation, struct v3 *position);

// Angles as leg_solve, and their rates and accelerations, for the motions of root and F. Where the leg is singular (stretched,
// out of reach) rates are those of damped least squares.
double leg_motion(const struct leg *l, const struct frame_motion *root, const struct frame_motion *foot, double *q, double *qd, double *qdd);

// Rates and accelerations alone, for angles that are known. false where the leg is singular: the damped ones then.
bool leg_rates(const struct leg *l, const struct frame_motion *root, const struct frame_motion *foot, const double *q,
               double *qd, double *qdd);

// Many samples of one leg in columns q[joint * stride + k], rows aligned to 64 bytes, stride a multiple of 8; joints of others are
// not touched, entries n .. stride-1 of this leg's rows hold finite numbers or the last sample's.
struct leg_columns {
  int                        n, stride;
  const struct frame_motion *root, *foot;   // world axes                      (n)
  size_t                     foot_step;     // bytes from one foot to the next
  double                    *q, *qd, *qdd;  // rad, rad/s, rad/s2              (joint_count x stride)
};

// Each sample as leg_motion, bit for bit in every width. Legs without closed form go one by one, each from the one before.
// Returns the largest distance, m, by which a target is out of reach.
double leg_columns_run(const struct leg *l, const struct leg_columns *c, enum lane_width lanes);

// Torques that a wrench on the foot (force at `point`, world axes) asks of the leg's joints: J^T w, added to tau[joint * stride].
void leg_wrench(const struct leg *l, const struct frame_motion *root, const double *q, struct v3 point, const struct wrench *w,
                double scale, double *tau, int stride);

// The same of many samples in columns, in every width the bits of leg_wrench. A load of 0 changes nothing.
struct leg_load { struct v3 point; struct wrench wrench; };            // m, N, N m  world axes

struct leg_wrenches {
  int                        n, stride;     // as in leg_columns
  const struct frame_motion *root;          //                                 (n)
  const struct leg_load     *load;          //                                 (n)
  const double              *q;             // rad                             (joint_count x stride)
  double                    *tau;           // N m  added to                   (joint_count x stride)
  double                     scale;
};

void leg_wrenches_run(const struct leg *l, const struct leg_wrenches *c, enum lane_width lanes);

// Distance hip - ankle when the knee is bent by `bend` from its longest (closed form: law of cosines).
double leg_length_bent(const struct leg *l, double bend);
