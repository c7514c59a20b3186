// Inside robots/leg: the widths that need an instruction set of their own (robots/dynamics_lanes.h says which are there).
#pragma once

#include <stdint.h>

#include "robots/leg.h"

#define LEG_SINGULAR 1e-7           // sine of an angle, or m: below it rates are those of damped least squares

// Samples k .. k + 3 (a multiple of 4), k .. k + 7 (a multiple of 8). beyond: m; damped: -1 where the rates need damping.
void leg_avx2_pass(const struct leg *l, const struct leg_columns *c, int k, double *beyond, int64_t *damped);
void leg_avx512_pass(const struct leg *l, const struct leg_columns *c, int k, double *beyond, int64_t *damped);

// 1 to LEG_MANY places of the foot, as leg_solve_many.
void leg_avx2_solve(const struct leg *l, const struct m3 *rotation, const struct v3 *position, int count, double (*q)[LIMB_JOINTS_MAX], double *beyond);

void leg_avx2_wrench_pass(const struct leg *l, const struct leg_wrenches *c, int k);
void leg_avx512_wrench_pass(const struct leg *l, const struct leg_wrenches *c, int k);
