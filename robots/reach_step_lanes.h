// Inside robots/reach_step: the widths that need an instruction set of their own (robots/dynamics_lanes.h says which are there).
#pragma once

#include "robots/reach_step.h"

void step_avx2_run(struct step_search *s, int count, int steps);
void step_avx512_run(struct step_search *s, int count, int steps);
void step_avx2_forward(const struct step_limb *l, const double *q, struct v3 *point);
void step_avx2_sines(const double *angle, int count, double *sine, double *cosine);
void step_avx512_sines(const double *angle, int count, double *sine, double *cosine);
void step_avx512_forward(const struct step_limb *l, const double *q, struct v3 *point);
