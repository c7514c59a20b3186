// What wear and heat do to a robot in a run: looked at once a simulated second.
//
//   wear   a joint whose Palmgren-Miner damage reaches the threshold drawn for it (robots/wear.h) fails: the robot is broken (engine/sim/broken.h), walking
//          by itself to its repair when the joint is of arms, hands or head. The repair puts in a new one, with a draw of its own
//   heat   within 20 K of a winding's limit a drive gives less torque. From there on the robot walks more slowly, until all are cool again
#pragma once

#include "engine/sim/state.h"

struct body_rows;

bool wear_create(struct twin *t, struct body_rows *k);                 // columns; false: no memory
void wear_begin(struct twin *t, struct body_rows *k, int r);            // draws every joint's threshold
void wear_look(struct twin *t, struct body_rows *k);
