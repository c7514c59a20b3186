// takt robot MODEL jog --way M: a whole way from standing to standing, walked and jogged.
#pragma once

#include <stdbool.h>

#include "app/robot.h"
#include "robots/gait.h"

struct way_choice { double length, walk; const char *png; bool json; };    // m, m/s

// Solve it for an open robot with its drives calibrated and say what it took and what held; wish: speed, load, pose and friction are read. Returns the exit code.
int robot_way(struct robot_case *c, const struct gait_wish *wish, const struct way_choice *o);
