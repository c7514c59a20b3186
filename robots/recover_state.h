// What the files of robots/recover.h share, and nobody else.
#pragma once

#include "robots/recover.h"

#define RECOVER_FADE  0.5           // s    arms, trunk and heading come to what is wanted; a guess

// The body in one tick, as it is worked out.
struct recover_body {
  struct frame_motion foot[2], pelvis;
  double              q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX];
  struct v3           com, com_velocity;
  double              swing[2];     // m/s  robots/momentum.h
};

static inline struct jet recover_fade(struct jet from, double t, double T) {
  if (t >= T || (from.x == 0 && from.v == 0 && from.a == 0)) return (struct jet){0, 0, 0};
  struct quintic q = quintic_between(from, (struct jet){0, 0, 0}, T);
  return quintic_at(&q, t);
}

static inline struct balance_columns recover_row(struct recover *r) { return balance_columns_of(r->row, 1); }

// Motion of a foot's frame now, the slide of the whole left out.
void recover_foot_frame(const struct recover *r, const struct recover_make *m, int side, struct frame_motion *out);
// It leaves the floor for a swing of `length` s; on by dt in the air, to land on `aim` in `left` s, or as near to it as the hip's drives bring it, which moves
// aim (hip_velocity NULL: whatever they ask); it lands there.
void recover_foot_lift(struct recover *r, const struct recover_make *m, int side, double length);
void recover_foot_swing(struct recover *r, const struct recover_make *m, int side, const struct v3 *hip_velocity, double aim[2], double left, double dt);
void recover_foot_land(struct recover *r, int side, const double aim[2]);

// A foot on the floor rolls about its edge: heel up where the leg is too short to keep it flat, else back to flat.
void recover_foot_roll(struct recover *r, const struct recover_make *m, int side, const struct frame_motion *pelvis, double dt);
// Bring a place on the floor within the leg's reach. false: it was not.
bool recover_foot_reach(const struct recover *r, const struct recover_make *m, int side, const struct frame_motion *pelvis, double at[2]);

// A point held in the hull of the soles that are down; share of the left foot and the points of both.
void recover_hold(const struct recover *r, const struct recover_make *m, double p[2], double *share, double cop[2][2]);

// Joints that legs do not have, and the legs by inverse kinematics with the pelvis' acceleration as it is. Returns how far a leg is short, m.
double recover_pose(const struct recover *r, const struct recover_make *m, const struct jet *from, struct recover_body *b);

struct base_motion recover_base(const struct frame_motion *p);

// Balance takes over, wherever the feet are.
void recover_back_to_balance(struct recover *r, const struct recover_make *m);

// N m that the soles hold against turning beside a force.
double recover_turn_most(const struct recover *r, const struct recover_make *m, const struct v3 *force);
// Turning on the soles: its acceleration (rad/s2) when the floor has to hold `moment` (N m, about the vertical through the pressure); the root's motion with the
// turn; the state turned by an angle about the pressure.
double recover_turn_rate(const struct recover *r, const struct recover_make *m, const struct v3 *force, double moment, double dt);
void   recover_turn_motion(const struct recover *r, struct frame_motion *f, double rate);
void   recover_turn_by(struct recover *r, double angle);

// Falling, lying, rising.
void recover_fall_begin(struct recover *r, const struct recover_body *b, struct jet *from, int joints);
void recover_fall_step(struct recover *r, const struct recover_make *m, struct jet *from, double dt, struct walk_sample *out, double *q, double *qd, double *qdd, int stride);
