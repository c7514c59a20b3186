// Walks on the floor: shortest times between places, around walls, stations and obstacles.
//
// The free floor of a disc of the walker's radius is the hall less every wall, obstacle, station
// and no-go zone grown by that radius; doors are gaps, docks are marks on the floor. Shortest walks
// run along the visibility graph of the grown corners (Lozano-Perez & Wesley, CACM 1979; corners as
// in engine/world/floor.h: up to 0.09 radii longer than the arc around a square corner). Slow zones
// cost time on the part of a leg inside them, one-way zones forbid legs against them; where they
// begin and end walks may bend too, at points 0.5 m apart (in tests within 0.5 % of the walk that
// turns like light). A zone counts for the middle of the walker, not for its rim. `only` and a fleet's
// own `zones` make a set of routes belong to a class of fleets that may enter the same
// places: zones of others are obstacles, a fleet with zones keeps its middle inside them.
//
// Places (where robots stand) are added before routes_solve; afterwards queries are table look-ups
// and allocate nothing.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "engine/layout/layout.h"
#include "engine/world/stand.h"

struct routes;
struct floor;

// A leg-by-leg walk: points from start to goal.
#define ROUTE_POINTS_MAX 64
struct route { int count; double point[ROUTE_POINTS_MAX][2]; };

// True when two fleets may enter the same places, so that one set of routes serves both.
bool routes_same(const struct layout *l, int fleet_a, int fleet_b);

// fleet: whose permissions count (NONE: everywhere). radius in m. closed has one entry per zone (true: nobody may
// enter it; walks that begin at places or points inside lead out of it, past nothing else); NULL: none closed. Borrows the layout. NULL when memory fails.
struct routes *routes_create(const struct layout *l, int fleet, double radius, const bool *closed);
void           routes_destroy(struct routes *r);

// True when a disc at p is on the free floor.
bool routes_free(const struct routes *r, const double p[2]);
// Why not, to follow "is": "inside press, or closer than 0.30 m to it"; empty when nothing is found.
void routes_cover(const struct routes *r, const double p[2], char *out, size_t size);

// A place where somebody stands; returns its number, counted from 0.
int  routes_place(struct routes *r, const double p[2]);
int  routes_places(const struct routes *r);             // how many
void routes_place_at(const struct routes *r, int place, double out[2]);

// All pairs between places (Dijkstra from each over the graph), for a nominal speed in m/s (0:
// walking takes no time, the shortest is looked for).
enum status routes_solve(struct routes *r, double speed, struct error *e);

// The same for walks to some goals only (one entry per place); to the others there is no walk.
enum status routes_solve_to(struct routes *r, double speed, const bool *goal, struct error *e);
// True when whoever can walk there can walk back: no one-way zone.
bool        routes_return(const struct routes *r);

// Length in m of the fastest walk; < 0 when there is none.
double routes_length(const struct routes *r, int from, int to);
// Seconds of that walk at a speed in m/s (<= nominal): length / speed, slower in slow zones, doors' time.
double routes_time(const struct routes *r, int from, int to, double speed);
// The same from n places at once.
void   routes_times(const struct routes *r, int n, const int32_t *from, int to, double speed, double *seconds);
// Metres that the walk from a point beside place `from` is longer than the one from there, below 0: shorter; they differ in their first leg alone, in whose
// way nothing is looked for. 0 when there is none.
double routes_longer(const struct routes *r, const double p[2], int from, int to);
// The walk itself; count 0 when there is none. A walk of more corners than fit keeps its end and loses the middle.
void   routes_walk(const struct routes *r, int from, int to, struct route *out);

// From a point that is no place (a robot called back on its way): the point lies on a walk whose
// last place was `from` and next was `to`, `done` metres along it. Length in m to `goal` (< 0: none) and the
// walk (may be NULL). Looks at every corner once: 3 ns for each that is out of the way.
double routes_turn(const struct routes *r, int from, int to, double done, int goal, struct route *out);

// The same from any point of the free floor. near: a place whose walk to the goal is likely to begin alike (< 0: none), only a hint.
double routes_from(const struct routes *r, const double p[2], int near, int goal, struct route *out);

// The floor that these walks are on.
const struct floor *routes_floor(const struct routes *r);
