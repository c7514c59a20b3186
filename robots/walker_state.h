// What the files of robots/walker.h share, and nobody else.
#pragma once

#include "robots/walk_body.h"
#include "robots/walker.h"

// Samples of w from its plan; join: NULL, or where another walk is left.
enum status walker_solve(struct walk *w, const struct walk_body *b, const struct motion_join *join, struct motion_result *result, struct error *e);

struct frame_motion walker_frame_of(const struct base_motion *b);
