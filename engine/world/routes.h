// Walks on the floor: shortest times between places, around walls, stations and obstacles.
//
// The free floor of a disc of the walker's radius is the hall less every wall, obstacle, station
// and no-go zone grown by that radius; doors are gaps. Shortest walks run along the visibility
// graph of the grown corners (Lozano-Perez & Wesley, CACM 1979). Slow zones cost time on the part
// of a leg inside them, one-way zones forbid legs against them. `only` and a fleet's own `zones`
// make a set of routes belong to a class of fleets that may enter the same places.
//
// Places (where robots stand) are added before routes_solve; afterwards queries are table look-ups
// and allocate nothing.
#pragma once

#include <stdbool.h>

#include "base/clock.h"
#include "engine/layout/layout.h"

struct routes;

// A leg-by-leg walk: points from start to goal.
#define ROUTE_POINTS_MAX 64
struct route { int count; double point[ROUTE_POINTS_MAX][2]; };

// fleet: whose permissions count. radius in m. closed has one entry per zone (true: nobody may
// enter it); NULL: none closed. Borrows the layout. NULL when memory fails.
struct routes *routes_create(const struct layout *l, int fleet, double radius, const bool *closed);
void           routes_destroy(struct routes *r);

// True when a disc at p is on the free floor.
bool routes_free(const struct routes *r, const double p[2]);

// A place where somebody stands; returns its number, counted from 0.
int  routes_place(struct routes *r, const double p[2]);

// All pairs between places (Dijkstra from each over the graph), for a nominal speed in m/s.
enum status routes_solve(struct routes *r, double speed, struct error *e);

// Length in m of the fastest walk; < 0 when there is none.
double routes_length(const struct routes *r, int from, int to);
// Seconds of that walk at a speed in m/s (<= nominal): length / speed, slower in slow zones, doors' time.
double routes_time(const struct routes *r, int from, int to, double speed);
// The walk itself.
void   routes_walk(const struct routes *r, int from, int to, struct route *out);

// From a point that is no place (a robot called back on its way): the point lies on a walk whose
// last place was `from` and next was `to`, `done` metres along it. Length in m to `goal` and the walk (may be NULL).
double routes_turn(const struct routes *r, int from, int to, double done, int goal, struct route *out);

// Where one stands to work at a station: on its facing side, half the depth plus the radius and
// 0.15 m away from its middle.
void station_stand(const struct station *s, double radius, double out[2]);
