// The way of an ordered product through the line, with what its stages and the ways between them take of machines, people and robots.
//
// The first flow that takes the part, again and again, from the source of orders to a sink. Between two machines lie walks of robots or people (pick and place in
// them, as engine/sim/estimate.h has them), belts and times of flows. Who carries comes from somewhere first, and so does who operates: on average from
// another of the places where that fleet works.
#pragma once

#include "engine/sim/state.h"

#define STAGES_MAX 16               // machines on the way of a product

// To a machine, or to the end: `lag` s that need nobody, `time` s of the carriers for each piece, all flows of the way together.
struct carry { double lag, time, approach; int fleet, robots; };        // fleet NONE: nobody carries

struct stage {
  int32_t group;
  double  time, setup;              // s, of one part; of a lot
  int     crew, heads;              // fleet that operates it, NONE: nobody; how many
  double  approach;                 // s
  struct carry carry;               // before it
};

struct routing { int stages; struct stage stage[STAGES_MAX]; struct carry last; };

bool ahead_works(enum station_kind k);
// From the group of the source on; false: it ends somewhere else than in a sink, comes back to a machine, or has more than STAGES_MAX.
bool ahead_way(const struct twin *t, int32_t source, int type, struct routing *r);
