// Who has not come nearer for long, and whom it waits for.
#include <string.h>

#include "scheduler/traffic_state.h"

// The costs that the way to the next goal is counted by: those its field was built with.
static uint32_t cost_version(const struct traffic *t, const struct chain *c) {
  return c->count > 0 && c->slot[0] >= 0 ? t->fields.field[c->slot[0]].version : t->fields.version;
}

// Reached a goal or came nearer to it: the count begins anew. By other costs than in the step before nobody can tell who came nearer: that
// step is left out.
void watch_step(struct traffic *t) {
  for (int32_t i = 0; i < t->n; i++) {
    const struct chain *c = &t->chain[i];
    int32_t left = c->count > 0 ? chain_cost(&t->fields, c, t->now[i].cell, t->now[i].facing, 0) - c->rest[0] : 0;
    uint32_t version = cost_version(t, c);
    bool fresh = chain_goal(c, 0) != t->goal_was[i], other = !fresh && version != t->cost_was[i];
    t->cost_was[i] = version;
    if (fresh || left == 0 || (!other && left < t->nearest[i])) {
      t->nearest[i] = left;
      t->since[i] = 0;
      if (fresh) t->lost[i] = 0;
    } else if (other) {
      t->nearest[i] = left;
    } else {
      t->since[i]++;
      t->lost[i]++;
    }
    // admitted: in the step before
    bool counts = t->admitted[i] && !fresh && !other;
    t->count.going += counts;
    t->count.nearer += counts && t->since[i] == 0;
    t->waited[i] = fresh || c->count == 0 ? 0 : t->waited[i] + 1;
    t->goal_was[i] = chain_goal(c, 0);
  }
}

// The cell that brings robot i nearest to its goal, or TRAFFIC_NONE: it has none, or no way.
static int32_t wanted_cell(const struct traffic *t, int32_t i) {
  const struct chain *c = &t->chain[i];
  const struct pose *p = &t->now[i];
  if (c->count == 0) return TRAFFIC_NONE;
  int32_t best = TRAFFIC_NONE, least = TRAFFIC_FAR + c->rest[0];
  for (int e = 0; e < 4; e++) {
    int32_t by = t->cost[4 * p->cell + e];
    if (by == 0) continue;
    int32_t v = by + chain_cost(&t->fields, c, p->cell + t->ahead[e], e, 0);
    if (v >= least) continue;
    least = v;
    best = p->cell + t->ahead[e];
  }
  return best;
}

// Follow who waits for whom from robot i; true when it ends in a ring, which then is all that is left in the jam.
static bool follow(const struct traffic *t, int32_t i, struct traffic_jam *jam) {
  const int32_t room = (int32_t)(sizeof jam->robot / sizeof *jam->robot);
  jam->count = 0;
  while (jam->count < room) {
    for (int32_t k = 0; k < jam->count; k++) {
      if (jam->robot[k] != i) continue;
      jam->count -= k;
      memmove(jam->robot, jam->robot + k, (size_t)jam->count * sizeof *jam->robot);
      memmove(jam->cell, jam->cell + k, (size_t)jam->count * sizeof *jam->cell);
      return true;
    }
    jam->robot[jam->count] = i;
    jam->cell[jam->count++] = t->now[i].cell;
    if (t->state[i] != TRAFFIC_OBEYS) return false;
    int32_t to = wanted_cell(t, i);
    if (to == TRAFFIC_NONE || t->occupant[to] == TRAFFIC_NONE) return false;
    i = t->occupant[to];
  }
  return false;
}

// The ring of the one that is stuck longest; a chain where there is no ring.
struct traffic_jam traffic_stuck(const struct traffic *t) {
  struct traffic_jam jam = {0}, chain = {0};
  for (int32_t i = 0; i < t->n; i++) {
    if (t->since[i] < t->params.patience || t->chain[i].count == 0 || !t->admitted[i] || t->state[i] != TRAFFIC_OBEYS) continue;
    jam.ring = follow(t, i, &jam);
    jam.steps = t->since[i];
    if (jam.ring) return jam;
    if (jam.steps > chain.steps) chain = jam;
  }
  return chain;
}
