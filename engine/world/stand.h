// Where people and robots stand: to work at a station, beside a belt, in a dock.
#pragma once

#include <stdbool.h>

#include "engine/layout/layout.h"

#define WALKER_RADIUS 0.30          // m, of people and of robots without a model

// Where one stands to work at a station: on its facing side, 0.15 m off. facing is a direction (0:
// towards +x, 90 degrees: towards +y), so that is half of size[0] plus the radius plus 0.15 m from the
// middle. A dock is a mark on the floor: its middle. A conveyor: beside the middle of its path, on
// the side that facing looks to (when facing looks along the belt: on the right of its way).
void station_stand(const struct station *s, double radius, double out[2]);

// Where the robot in a slot (counted from 0) of a dock or charger is shown: spread over the area of
// a dock, side by side before a charger.
void station_slot(const struct station *s, int slot, double radius, double out[2]);

// Width of a belt: size[1], or 0.5 m.
double conveyor_width(const struct station *s);

// Point `along` metres from the start of a conveyor's path (cut to its ends) and the belt's direction there.
void conveyor_point(const struct station *s, double along, double out[2], double heading[2]);

// True when p is at most `distance` from the middle line of a conveyor; along is the nearest point's way from its start.
bool conveyor_near(const struct station *s, const double p[2], double distance, double *along);

// Where one stands beside a belt to reach what lies `along` metres from its start, on its left or right.
void conveyor_stand(const struct station *s, double along, bool left, double radius, double out[2]);
