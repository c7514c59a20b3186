// Inside robots/reach_step: the widths that need an instruction set of their own (robots/dynamics_lanes.h says which are there).
#pragma once

#include "robots/reach_step.h"

bool step_avx2_run(const struct step_limb *l, const struct step_task *t, int steps, double *q);
bool step_avx512_run(const struct step_limb *l, const struct step_task *t, int steps, double *q);
void step_avx2_forward(const struct step_limb *l, const double *q, struct v3 *point);
void step_avx512_forward(const struct step_limb *l, const double *q, struct v3 *point);
