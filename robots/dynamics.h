// Positions, velocities and forces of the whole tree: forward kinematics, inverse dynamics, inertia.
//
// Inverse dynamics is recursive Newton-Euler with a floating base (Luh, Walker & Paul 1980; Featherstone,
// Rigid Body Dynamics Algorithms, 2008, ch. 5, written with 3-vectors), inertia is the composite-rigid-body
// algorithm (Walker & Orin 1982). Gravity is (0, 0, -9.81) m/s2 in the world, z up.
//
// The kernels are written once (robots/dynamics_kernel.h) over a number type: double, and vectors of 4 and of 8
// doubles, one robot a lane. Each lane does the same operations in the same order, so lane k of a pass is
// bit for bit the scalar result; the width is chosen at run time.
//
// Scalar functions work in memory of the caller; nothing allocates.
#pragma once

#include "robots/model.h"

#define GRAVITY 9.81                // m/s2

// Motion of the root body. Conventions: velocity and acceleration of the root frame's origin in world axes
// (the acceleration without gravity); angular velocity and its derivative in root axes.
struct base_motion {
  struct v3         position;               // m      world
  struct quaternion orientation;            //        root -> world
  struct v3         velocity;               // m/s    world axes
  struct v3         angular_velocity;       // rad/s  root axes
  struct v3         acceleration;           // m/s2   world axes
  struct v3         angular_acceleration;   // rad/s2 root axes
};

// A force on the root body (or on a foot): in world axes about the point it is said to act at.
struct wrench { struct v3 force, moment; }; // N, N m

// Poses and velocities of all bodies, world frame.                         (shape: joint_count + 1)
struct body_motion {
  struct m3 rotation;               // body -> world
  struct v3 position;               // m      of the body frame's origin
  struct v3 velocity;               // m/s    of that origin, world axes
  struct v3 angular_velocity;       // rad/s  world axes
};

// Poses of every body. qd and out[].velocity are left out when qd is NULL (velocities then read 0).
void robot_forward(const struct robot_model *m, const struct base_motion *base, const double *q, const double *qd,
                   struct body_motion *out);

// Pose of one body, with the same bits.
void robot_forward_body(const struct robot_model *m, const struct base_motion *base, const double *q, int body, struct m3 *rotation, struct v3 *position);

// Pose of a link from the bodies' poses.
void robot_link_pose(const struct robot_model *m, const struct body_motion *bodies, int link, struct m3 *rotation, struct v3 *position);

// Centre of mass and its velocity, world.
struct v3 robot_com(const struct robot_model *m, const struct body_motion *bodies, struct v3 *velocity);

// Joint torques (or forces) for the motion q, qd, qdd, and the external wrench on the root that it needs:
// force in world axes, moment about the root's origin in ROOT axes. Wrenches from outside on other bodies:
// outside[k] acts on body outside_body[k] at that body's origin, in world axes; outside_count may be 0.
void robot_inverse_dynamics(const struct robot_model *m, const struct base_motion *base,
                            const double *q, const double *qd, const double *qdd,
                            int outside_count, const int *outside_body, const struct wrench *outside,
                            double *tau, struct wrench *root);

// Jacobian of a point of a body: rows 0-2 linear velocity of the point, 3-5 angular velocity, world axes, by joint
// rate; column j is 0 where joint j does not move the body. J is row-major (6 x joint_count).
void robot_jacobian(const struct robot_model *m, const struct body_motion *bodies, int body, struct v3 point, double *J);

// Joint-space inertia with floating base: (6 + joint_count) square, row-major, rows 0-2 the root's linear (world axes),
// 3-5 its angular motion (ROOT axes), then joints. Symmetric, positive definite for physical inertias.
void robot_inertia(const struct robot_model *m, const struct base_motion *base, const double *q, double *M);

// Many robots in one call, columns by joint and then robot: q[j * stride + r]. Root motion in columns of its own.
// The stride is a multiple of 8 and the arrays are aligned to 64 bytes; rows n .. stride-1 hold any finite numbers.
#define DYNAMICS_EXTRAS_MAX 2       // bodies with a wrench from outside, and with a load

struct dynamics_columns {
  int           n, stride;          // robots, distance between two joints' rows
  const double *q, *qd, *qdd;       // rad, rad/s, rad/s2                    (joint_count x stride)
  const double *base[19];           // position 3, quaternion wxyz 4, velocity 3, angular velocity 3, acceleration 3, angular
                                    // acceleration 3 as in base_motion      (stride each)
  double       *tau;                // N m                                   (joint_count x stride)
  double       *root[6];            // force (world axes), moment (root axes) (stride each)

  // what may be left at 0
  int           outside_count;      // wrenches of the world on bodies (the floor on the feet): force and moment about the ROOT's origin,
  int           outside_body[DYNAMICS_EXTRAS_MAX];      // both in world axes
  const double *outside[DYNAMICS_EXTRAS_MAX][6];        // N, N m                                (stride each)
  int           load_count;         // masses held at bodies' centres of mass
  int           load_body[DYNAMICS_EXTRAS_MAX];
  const double *load[DYNAMICS_EXTRAS_MAX];              // kg                                    (stride)
};

enum lane_width { LANES_1 = 1, LANES_4 = 4, LANES_8 = 8 };

// The widest that this machine can do; TAKT_LANES=1, 4 or 8 in the environment makes it narrower.
enum lane_width dynamics_lanes(void);

// Inverse dynamics of rows from .. to-1 (from a multiple of 8). Results do not depend on the width.
void dynamics_columns_run(const struct robot_model *m, const struct dynamics_columns *c, int from, int to, enum lane_width w);
