// What the parts of the traffic coordinator share: the grid, the robots of this step, the plan of the steps ahead.
// Private to scheduler/traffic*.c.
#pragma once

#include "scheduler/dice.h"
#include "scheduler/traffic.h"
#include "scheduler/traffic_field.h"

// A robot in the plan: where it stands, how it faces, how many of its goals it has reached.
struct pose { int32_t cell; uint8_t facing, reached; };

// Goals of a robot as costs: what is left from goal k on.
struct chain {
  int32_t goal[TRAFFIC_GOALS];
  int32_t slot[TRAFFIC_GOALS];      // of its field, TRAFFIC_NONE: by straight lines
  int32_t rest[TRAFFIC_GOALS];      // least cost from goal k through those behind it
  int32_t count;
};

struct pibt;
struct window;

struct traffic {
  struct traffic_params params;
  int32_t   width, height, cells;
  uint8_t  *wall;                   // (cells)       the grid's, and blocked cells
  uint8_t  *solid;                  // (cells)       the grid's alone
  uint8_t  *cost;                   // (cells x 4)   0 where a wall is ahead
  uint8_t  *guide;                  // (cells x 4)   as given, TRAFFIC_UNIT when plain
  uint32_t  ways;                   // counts changes of which ways are open
  int32_t   ahead[4];               // what one step adds to a cell number
  struct split *split;
  struct fields fields;
  int64_t   step;
  // robots of this step, copied                                          (robots_max)
  int32_t   n;
  struct pose  *now;
  int32_t  *also;
  uint8_t  *state;
  struct chain *chain;
  bool      keep_clear;             // somebody is rogue or covers two cells
  bool      straight;               // ties go to straight on
  uint8_t  *shut;                   // (cells) nobody may enter in this step: a second cell, beside a rogue
  // priority: steps since the last goal, first the longest
  int32_t  *waited;                 // (robots_max)
  int32_t  *goal_was;               // (robots_max) to see that a goal was reached
  int32_t  *key;                    // (robots_max) of the order, the smaller first
  int32_t  *order;                  // (robots_max)
  int32_t  *late;                   // (robots_max) scratch of the order
  struct pose *next;                // (robots_max) after this step
  uint8_t  *admitted;               // (robots_max)
  // the watchdog
  int32_t  *nearest;                // (robots_max) least cost to go since the goal was set
  uint32_t *cost_was;               // (robots_max) version of the costs that `nearest` is counted by
  int32_t  *since;                  // (robots_max) steps since then
  int32_t  *lost;                   // (robots_max) all steps without coming nearer since the goal was set
  int32_t  *occupant;               // (cells) of this step
  uint16_t *room;                   // (cells) cells to the nearest empty one; NULL: not asked for
  int32_t  *room_queue;             // (cells) scratch
  struct pibt   *pibt;
  struct window *window;            // NULL: PIBT alone
  struct traffic_count count;
};

// Is the goal behind this pose's next one reached here?
static inline int32_t chain_goal(const struct chain *c, int reached) { return reached < c->count ? c->goal[reached] : TRAFFIC_NONE; }

// Cost to go of the whole chain.
static inline int32_t chain_cost(const struct fields *f, const struct chain *c, int32_t cell, int facing, int reached) {
  if (reached >= c->count) return 0;
  int32_t slot = c->slot[reached], v = slot >= 0 ? field_look(f, slot, cell, facing) : -1;
  if (v < 0) v = field_straight(f, cell, facing, c->goal[reached]);
  return v + c->rest[reached];
}

// ---- one step by PIBT (scheduler/traffic_pibt.c) ----

struct pibt *pibt_create(int32_t cells, int32_t robots);
void         pibt_destroy(struct pibt *p);

// From poses `from` to poses `to`, everyone's goal the next one of its chain. held[i]: stays. Each cell at most once in `from`;
// then in `to` too, and nobody swaps. salt: breaks ties.
void pibt_step(struct traffic *t, const struct pose *from, struct pose *to, bool first, uint64_t salt);

// ---- the steps ahead (scheduler/traffic_window.c) ----

struct window *window_create(const struct traffic *t);
void           window_destroy(struct window *w);

// Plan, better it, and say where each robot is after this step.
void window_step(struct traffic *t, struct pose *next);

// ---- the watchdog (scheduler/traffic_watch.c) ----

void watch_step(struct traffic *t);
