// The way of a robot's next walk as robots/walker.h takes it: from where it stands to its own spot at the goal.
//
// The walk is what the row says (from, place, turned, load, station). Points count from where the robot stands.
#pragma once

#include "engine/sim/state.h"
#include "robots/walk_path.h"

#define WAY_POINTS (ROUTE_POINTS_MAX + 20)   // with some for ramps

struct way_route {
  double            goal[2], facing;            // m, rad: where it will stand and look
  struct v3         point[WAY_POINTS];
  struct walk_route route;          // reads point
};

// from, heading: as it stands. A robot that was called back in mid-walk, and did not turn off, has gone on to where it was sent.
void way_route(const struct twin *t, int32_t r, struct v3 from, double heading, struct way_route *out);

// The way of one who walks and is sent elsewhere: it goes on from `at`, `lead` m straight ahead, and from there to its spot; nobody jogs on it. false: the floor has no room for that.
bool way_turn(const struct twin *t, int32_t r, struct v3 at, double heading, double lead, struct way_route *out);

// The same over `count` points of the hall, from `at`, to stand looking to `facing`.
void way_points(const struct twin *t, int32_t r, const double at[2], double heading, const double (*point)[2], int count, double facing, double speed, struct way_route *out);

// The jog that it may do on the way over these points at `speed`, m/s; 0: none. Slow zones are not looked at.
double way_jog(const struct twin *t, int32_t r, const double at[2], const double (*point)[2], int count, double speed);

// Where it stands at its place, and which way it looks there; [0, 0] where there is nothing on the floor to stand at.
void way_goal(const struct twin *t, int32_t r, double at[2], double *facing);
