// One robot's cheapest way through the window, given everyone else's plan. Private to scheduler/traffic*.c.
//
// States are (step, cell, facing, goals reached); the cost of an action is the delay it means: what it takes plus what the cost
// to go grows by, 0 when it is on a shortest way. So a free way is found by walking straight down it, and only what is
// in the way makes the search wide. Early delays weigh a little more than late ones: what is late may still go away.
#pragma once

#include "scheduler/traffic_state.h"

#define DELAY_UNIT  32              // of cost, for a delay of one unit of TRAFFIC_UNIT
#define KEY_MAX     16384           // costlier ways are not looked at

struct search_node { int32_t next, parent, cell, cost; int16_t x, y; uint8_t step, facing, reached; };   // cost: without penalties

struct search {
  int32_t  window, side;            // side of the square of cells that can be reached
  uint32_t *seen;                   // (side x side x 4 x (window + 1) x (TRAFFIC_GOALS + 1)) stamp << 16 | least key
  uint32_t stamp;
  int32_t  bucket[KEY_MAX];
  struct search_node *node;
  int32_t  nodes, nodes_max, last;  // last: largest key offered
  int64_t  expanded;                // since the beginning
};

// Cells that may be used: x0 <= x < x1, y0 <= y < y1.
struct region { int32_t x0, y0, x1, y1; };

struct plans {
  int32_t  window;
  struct pose *pose;                // (robots x (window + 1))
  int32_t *occupant;                // (cells x (window + 1))
  int32_t *frozen;                  // (robots) the change in which it was planned: may not be crossed
  int16_t *region;                  // (robots) whose it is in this round, -1: nobody's
  uint8_t *leaves;                  // (robots) the first step after which it can be in another cell, whatever is planned
};

bool search_init(struct search *s, int32_t window);
void search_finish(struct search *s);

// Plan of robot i that starts at way[0]; its own entries are taken out of p->occupant already. Crossing another robot of this
// region that is not frozen in `change` costs `penalty`; other robots are walls. Fills way[1 ..] and returns the cost without penalties, or
// -1: no way that costs at most `limit`, or more than `expand` states.
int32_t search_way(struct search *s, const struct traffic *t, const struct plans *p, const struct region *r, int16_t number, int32_t change,
                   int32_t i, int32_t penalty, int32_t limit, int32_t expand, struct pose *way);

// Cost of a plan as the search counts it.
int32_t search_cost(const struct traffic *t, int32_t window, int32_t i, const struct pose *way);
