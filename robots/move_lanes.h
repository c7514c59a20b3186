// Inside robots/move_table and robots/reach_move: dynamics and drives along a path, 1, 4 or 8 samples at once (robots/dynamics_lanes.h says which are there).
#pragma once

#include "robots/move_law.h"
#include "robots/move_table.h"
#include "robots/spec.h"

// What dynamics along a path take, besides the table's columns.
struct move_dynamics {
  const struct robot_model *model;  //      the lump's rows
  bool      holds;                  //      of rest alone
  bool      moves[ROBOT_JOINTS_MAX + 1], pulls[ROBOT_JOINTS_MAX + 1];  //      bodies that move at all; that hand on what a moving one asks for
  struct v3 step;                   // m    of the root along the path
  int       load_body[2], foot[2];  //      bodies of the lump
  double    load[2];                // kg   below 0: something bears the hand
  struct v3 ankle[2], middle;       // m    where each foot bears half, and between them
};

// Widths besides 1: 4 and 8 doubles. A pass takes the width's samples from k on; drive and bound are those of robots/move_table.h.
#define MOVE_LANES_MAP(X) X(avx2) X(avx512)

#define X(width)                                                                                                            \
  void move_##width##_pass(struct move_table *t, const struct move_dynamics *d, int k);                                     \
  struct move_drive move_##width##_drive(const struct move_table *t, const struct actuator *a, int row, const struct move_rates *r, double *electrical); \
  void move_##width##_passed(const struct move_law *l, const double *at, int k, double *when, double *rates, double *seconds);                            \
  bool move_##width##_bound(const struct move_table *t, const struct actuator *a, int row, const struct move_rates *r, double peak, double u);
MOVE_LANES_MAP(X)
#undef X
