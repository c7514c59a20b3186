// The floor as one walker sees it: convex pieces that its middle may not enter, the corners around
// which shortest walks bend, and what a straight leg costs.
//
// Every wall, station, obstacle and forbidden zone becomes convex pieces grown by the walker's
// radius; round corners are circumscribed by lines that turn by at most 45 degrees, so a walk
// around a square corner is at most 0.09 r longer than along the arc. Pieces are kept GEO_EPSILON
// smaller than the corners' lines: touching is free. A grid over the hall holds, for each cell, the pieces near it.
//
// The middle of a walker must stay in its permitted zones, and a zone's limits count for the middle.
// Built by floor_init, then constant; nothing below writes to it.
#pragma once

#include <stddef.h>

#include "base/status.h"
#include "engine/layout/layout.h"
#include "engine/world/geometry.h"

#define FLOOR_CORNERS_MAX 20000
#define FLOOR_WALL_THICK  0.1       // m

enum thing { THING_WALL, THING_STATION, THING_OBSTACLE, THING_ZONE };

struct piece {
  double     box[4];
  int        first, count;          // half-planes
  enum thing thing;
  int        row;                   // in the layout
};

// A point where a walk may bend. A taut walk touches the corner without cutting into it; with
// both edges zero (corners of zones) every bend is allowed.
struct corner { double p[2], back[2], ahead[2]; };      // towards the neighbours along the grown rim

struct gate { double a[2], b[2]; int door; };           // the gap of a door, in one wall

// What makes a leg cost other than its length.
struct zone_rule {
  const struct zone *zone;
  double             box[4];
  bool               slow, permits;
  bool               one_way;
  double             towards[2];    // unit vector
  int                limit;         // slow: index into limits
};

struct floor {
  const struct layout *layout;
  double            radius, size[2];
  struct halfplane *planes;   int plane_count, plane_capacity;
  struct piece     *pieces;   int piece_count, piece_capacity;
  struct corner    *corners;  int corner_count, corner_capacity;
  struct gate      *gates;    int gate_count, gate_capacity;
  struct zone_rule *rules;    int rule_count, rule_capacity;
  double           *limits;   int limit_count;          // m/s, speeds of slow zones, rising
  int              *areas;      int area_count, area_capacity;    // rows of forbidden zones
  int              *shuts;      int shut_count, shut_capacity;    // those of them that are forbidden only as long as they are closed
  bool              permits;  // some zone must hold the middle
  bool              plain;    // no rules and no gates: a leg costs its length
  bool              failed;   // memory

  double            cell;     // m
  int               nx, ny;
  int              *cell_first, *cell_piece;            // (nx ny + 1), pieces of each cell
};

// What a leg costs. slow has one entry for each of floor.limits.
struct leg_cost {
  double length;                    // m
  double waits;                     // s     of doors
  double time;                      // s     at the nominal speed, waits included
  bool   ahead, back;               // may be walked from a to b, from b to a
};

enum status floor_init(struct floor *f, const struct layout *l, int fleet, double radius, const bool *closed, struct error *e);
void        floor_finish(struct floor *f);

// What covers the point; NULL: nothing, it is free. The rim and a permission are told by out.
bool floor_free(const struct floor *f, const double p[2]);
// Nothing stands there: free, or in a zone that may not be entered.
bool floor_open(const struct floor *f, const double p[2]);
void floor_cover(const struct floor *f, const double p[2], char *out, size_t size);

// Nothing stands in the way between two free points.
bool floor_visible(const struct floor *f, const double a[2], const double b[2]);

// It would be free if closed zones were open: whoever stands there was shut in.
bool floor_shut(const struct floor *f, const double p[2]);
// Nothing stands in the way of one who was shut in at a; other closed zones do. b: free, or in the same zones.
bool floor_leaves(const struct floor *f, const double a[2], const double b[2]);
// Visible, or that.
bool floor_passes(const struct floor *f, const double a[2], const double b[2]);
// A walk that bends at c in direction d (any length) is taut there.
bool corner_taut(const struct corner *c, const double d[2]);

// What is nearer than `reach` to p, as flat faces: of each piece the side that separates it from p, and the rim of the hall. Beyond a corner two sides or
// more do: then the one from which the way `ahead` (m; NULL: none) ends the farthest. Returns how many; where there are more than max, any max of them. A
// distance below 0: inside. Closed zones in which p was shut are none.
struct floor_face { double normal[2], distance; };      // normal points away from the thing
int floor_near(const struct floor *f, const double p[2], const double ahead[2], double reach, struct floor_face *out, int max);

// Two walkers cannot pass each other at the free point p: no free disc of the radius of `wide`, a floor of two footprints' radius and FLOOR_PASSING, holds
// the footprint there.
#define FLOOR_PASSING 0.13          // m    beside two footprints on either side: 1.46 m for two of 0.60 m; a guess
bool floor_narrow(const struct floor *f, const struct floor *wide, const double p[2]);

// The leg between two visible points at a nominal speed; slow (limit_count, may be NULL) gets the metres under each limit.
struct leg_cost floor_leg(const struct floor *f, const double a[2], const double b[2], double speed, double *slow);
