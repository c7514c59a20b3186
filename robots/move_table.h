// Dynamics along a path of given shape, at samples of s: every torque and the floor's wrench are
//   rest + speed s'^2 + thrust s''
// for any timing s(t) (Bobrow, Dubowsky & Gibson, Int. J. Robotics Research 4 (1985) 3; Shin & McKay, IEEE Trans. Automatic Control 30 (1985) 531), so inverse
// dynamics three times at every sample serves all of them. Samples go through the lanes of robots/dynamics.h; fingers stand still (robots/lump.h).
//
// Joints are those of reacher.lump, in its order. Nothing allocates.
#pragma once

#include "robots/reach.h"

#define MOVE_SAMPLES_MAX 16
#define MOVE_CELLS (ROBOT_JOINTS_MAX * MOVE_SAMPLES_MAX)

struct move_wish;

struct move_table {
  double q[MOVE_CELLS], along[MOVE_CELLS], bend[MOVE_CELLS];           // rad  angles, their first and second derivative by s    (joints x n)
  double rest[MOVE_CELLS], speed[MOVE_CELLS], thrust[MOVE_CELLS];      // N m                                                    (joints x n)
  struct wrench floor[3][MOVE_SAMPLES_MAX];   // N, N m  of rest, speed, thrust, about the middle of the ankles                  (n)
  struct v3 root[MOVE_SAMPLES_MAX];           // m
  double s[MOVE_SAMPLES_MAX];
  int    used;                                // samples that count
  enum lane_width lanes;                      // how many go at once
  int    joints, n;                           // n: a multiple of 8; last, so that columns lie on 64 bytes
};

// The timing of a path that is known already, at its samples: derivatives of s by time, and what joints are moved along beside it by u.
struct move_timing {
  double        rate[MOVE_SAMPLES_MAX], second[MOVE_SAMPLES_MAX];                       // 1/s, 1/s2
  double        u[MOVE_SAMPLES_MAX], u_rate[MOVE_SAMPLES_MAX], u_second[MOVE_SAMPLES_MAX]; // m, m/s, m/s2
  const double *side;               // rad/m by joint of the whole model
};

// With that timing: q, along (rad/s), bend (rad/s2), rest (all of the torque) and floor[0] (all of the wrench) are filled.
void move_table_time(struct move_table *t, const struct reacher *r, const struct move_wish *w, const struct move_timing *m);

// t->s and t->n are given. One that only holds a pose: from is to, speed and thrust are left at 0.
void move_table_fill(struct move_table *t, const struct reacher *r, const struct move_wish *w, bool holds);

// Rate of s, its second derivative and s of time of each sample, aligned to 64 bytes; samples used .. n-1 hold any finite numbers.
struct move_rates { const double *rate, *second, *share; };

// The drive of the joint whose row of the table begins at `row`: the most of its motor, what it turns to heat. electrical: W drawn at each sample, added to, aligned likewise.
struct move_drive { double size, copper, other; };      // N m, J, J
struct move_drive move_table_drive(const struct move_table *t, const struct actuator *a, int row, const struct move_rates *r, double *electrical);

// When a guarded law (rate above 0) passes s at each sample, and the rate and second derivative then; all aligned likewise.
struct move_law;
void move_table_passed(const struct move_table *t, const struct move_law *l, double *when, double *rate, double *second);

// Whether that drive would be asked for more than `peak` N m or its greatest speed at any sample where 1 / T^2 is u; rates are those of T = 1 s.
bool move_table_bound(const struct move_table *t, const struct actuator *a, int row, const struct move_rates *r, double peak, double u);
