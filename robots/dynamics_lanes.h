// Inside robots/dynamics: the widths that need an instruction set of their own.
#pragma once

#include "robots/dynamics.h"

bool dynamics_avx2_there(void);     // this machine can
bool dynamics_avx512_there(void);

// Robots r .. r + 3 (a multiple of 4), r .. r + 7 (a multiple of 8).
void dynamics_avx2_pass(const struct robot_model *m, const struct dynamics_columns *c, int r);
void dynamics_avx512_pass(const struct robot_model *m, const struct dynamics_columns *c, int r);
