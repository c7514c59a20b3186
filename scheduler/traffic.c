#include "scheduler/traffic.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/traffic_state.h"

#define TIES_KEPT 3                 // log2 of the steps for which a tie is broken the same way: who turns, turns on

struct traffic_params traffic_defaults(void) {
  return (struct traffic_params){.work = 100000, .field_work = 2000000, .field_bytes = (size_t)64 << 20, .patience = 100, .threads = 1, .rings = true, .seed = 1};
}

// ---- the hall --------------------------------------------------------------------------------------------------------

static bool inside(const struct traffic *t, int32_t cell, int facing) {
  int32_t x = cell % t->width, y = cell / t->width;
  switch (facing) {
    case TRAFFIC_EAST:  return x + 1 < t->width;
    case TRAFFIC_SOUTH: return y + 1 < t->height;
    case TRAFFIC_WEST:  return x > 0;
    default:            return y > 0;
  }
}

// Cost of going from the cell by facing: 0 where the grid ends or a wall is ahead.
static void set_costs(struct traffic *t, int32_t cell) {
  for (int e = 0; e < 4; e++) {
    bool open = inside(t, cell, e) && !t->wall[cell + t->ahead[e]];
    uint8_t by = open ? t->guide[4 * cell + e] : 0;
    t->ways += (by == 0) != (t->cost[4 * cell + e] == 0);
    t->cost[4 * cell + e] = by;
  }
}

static bool is_plain(const struct traffic *t) {
  for (int32_t k = 0; k < 4 * t->cells; k++)
    if (t->guide[k] != TRAFFIC_UNIT) return false;
  return true;
}

void traffic_guide(struct traffic *t, const uint8_t *cost) {
  if (cost) memcpy(t->guide, cost, (size_t)t->cells * 4);
  else memset(t->guide, TRAFFIC_UNIT, (size_t)t->cells * 4);
  for (int32_t c = 0; c < t->cells; c++) set_costs(t, c);
  fields_change(&t->fields, is_plain(t));
}

void traffic_block(struct traffic *t, int32_t cell, bool blocked) {
  assert(cell >= 0 && cell < t->cells);
  uint8_t wall = blocked || t->solid[cell];
  if (wall == t->wall[cell]) return;
  t->wall[cell] = wall;
  t->ways++;
  for (int e = 0; e < 4; e++)
    if (inside(t, cell, e)) set_costs(t, cell + t->ahead[e]);
  fields_change(&t->fields, t->fields.plain);
}

void traffic_admit(struct traffic *t, int32_t robots) { t->params.admitted = robots; }

// ---- memory ----------------------------------------------------------------------------------------------------------

static bool take_memory(struct traffic *t, const struct traffic_grid *g) {
  const struct traffic_params *p = &t->params;
  size_t cells = (size_t)t->cells, robots = (size_t)p->robots_max;
  t->split = split_create(p->threads);
  t->wall = malloc(cells);
  t->solid = malloc(cells);
  t->cost = calloc(cells, 4);
  t->guide = malloc(cells * 4);
  t->shut = calloc(cells, 1);
  t->occupant = malloc(cells * sizeof *t->occupant);
  t->now = calloc(robots, sizeof *t->now);
  t->also = malloc(robots * sizeof *t->also);
  t->state = calloc(robots, 1);
  t->chain = calloc(robots, sizeof *t->chain);
  t->waited = calloc(robots, sizeof *t->waited);
  t->goal_was = malloc(robots * sizeof *t->goal_was);
  t->order = malloc(robots * sizeof *t->order);
  t->key = calloc(robots, sizeof *t->key);
  t->late = malloc(robots * sizeof *t->late);
  t->next = calloc(robots, sizeof *t->next);
  t->admitted = calloc(robots, 1);
  t->nearest = calloc(robots, sizeof *t->nearest);
  t->cost_was = calloc(robots, sizeof *t->cost_was);
  t->since = calloc(robots, sizeof *t->since);
  t->lost = calloc(robots, sizeof *t->lost);
  if (!t->split || !t->wall || !t->solid || !t->cost || !t->guide || !t->shut || !t->occupant || !t->now || !t->also || !t->state || !t->chain ||
      !t->waited || !t->goal_was || !t->order || !t->late || !t->key || !t->next || !t->admitted || !t->nearest || !t->cost_was || !t->since || !t->lost) return false;
  memcpy(t->solid, g->wall, cells);
  memcpy(t->wall, g->wall, cells);
  memset(t->occupant, 0xFF, cells * sizeof *t->occupant);
  memset(t->goal_was, 0xFF, robots * sizeof *t->goal_was);
  for (int32_t i = 0; i < p->robots_max; i++) t->order[i] = i;
  if (p->spread) {
    t->room = malloc(cells * sizeof *t->room);
    t->room_queue = malloc(cells * sizeof *t->room_queue);
    if (!t->room || !t->room_queue) return false;
  }
  int64_t slots = 64 + (int64_t)TRAFFIC_GOALS * p->robots_max;
  if (slots > t->cells || t->cells <= FIELD_WHOLE_CELLS) slots = t->cells;
  if (!fields_init(&t->fields, t->width, t->height, t->wall, t->cost, (int32_t)slots, p->field_bytes, t->split)) return false;
  t->pibt = pibt_create(t->cells, p->robots_max);
  if (!t->pibt) return false;
  if (p->window > 0) t->window = window_create(t);
  return p->window == 0 || t->window != NULL;
}

struct traffic *traffic_create(const struct traffic_grid *g, const struct traffic_params *p) {
  assert(g->width > 0);
  assert(g->height > 0);
  assert((int64_t)g->width * g->height <= TRAFFIC_CELLS_MAX);
  assert(p->robots_max > 0);
  assert(p->window >= 0);
  assert(p->window <= TRAFFIC_WINDOW_MAX);
  assert(p->threads >= 1);
  struct traffic *t = calloc(1, sizeof *t);
  if (!t) return NULL;
  t->params = *p;
  t->width = g->width;
  t->height = g->height;
  t->cells = g->width * g->height;
  t->ahead[TRAFFIC_EAST] = 1;
  t->ahead[TRAFFIC_SOUTH] = g->width;
  t->ahead[TRAFFIC_WEST] = -1;
  t->ahead[TRAFFIC_NORTH] = -g->width;
  if (!take_memory(t, g)) {
    traffic_destroy(t);
    return NULL;
  }
  t->fields.sideways = p->sideways;
  traffic_guide(t, g->cost);
  return t;
}

void traffic_destroy(struct traffic *t) {
  if (!t) return;
  window_destroy(t->window);
  pibt_destroy(t->pibt);
  fields_finish(&t->fields);
  split_destroy(t->split);
  free(t->wall);
  free(t->solid);
  free(t->cost);
  free(t->guide);
  free(t->shut);
  free(t->occupant);
  free(t->now);
  free(t->also);
  free(t->state);
  free(t->chain);
  free(t->waited);
  free(t->goal_was);
  free(t->order);
  free(t->late);
  free(t->key);
  free(t->next);
  free(t->admitted);
  free(t->nearest);
  free(t->cost_was);
  free(t->since);
  free(t->lost);
  free(t->room);
  free(t->room_queue);
  free(t);
}

// ---- one step --------------------------------------------------------------------------------------------------------

static void shut_cells(struct traffic *t, const struct traffic_robots *r, bool shut) {
  for (int32_t k = 0; k < r->shuts; k++) t->shut[r->shut[k]] = shut;
  if (!t->keep_clear) return;
  for (int32_t i = 0; i < t->n; i++) {
    if (t->also[i] != TRAFFIC_NONE) t->shut[t->also[i]] = shut;
    if (t->state[i] != TRAFFIC_ROGUE) continue;
    for (int e = 0; e < 4; e++)
      if (inside(t, t->now[i].cell, e)) t->shut[t->now[i].cell + t->ahead[e]] = shut;
  }
}

static void take_robots(struct traffic *t, const struct traffic_robots *r) {
  assert(r->n <= t->params.robots_max);
  for (int32_t i = 0; i < t->n; i++) t->occupant[t->now[i].cell] = TRAFFIC_NONE;
  t->n = r->n;
  t->keep_clear = r->shuts > 0;
  t->straight = t->params.sideways && r->facing;
  for (int32_t i = 0; i < r->n; i++) {
    int32_t cell = r->cell[i];
    assert(cell >= 0 && cell < t->cells);
    assert(t->occupant[cell] == TRAFFIC_NONE);
    t->occupant[cell] = i;
    t->now[i] = (struct pose){cell, r->facing ? r->facing[i] & 3 : 0, 0};
    t->state[i] = r->state ? r->state[i] : TRAFFIC_OBEYS;
    t->also[i] = r->also ? r->also[i] : TRAFFIC_NONE;
    if (t->also[i] != TRAFFIC_NONE && t->state[i] == TRAFFIC_OBEYS) t->state[i] = TRAFFIC_HELD;
    t->keep_clear |= t->also[i] != TRAFFIC_NONE || t->state[i] == TRAFFIC_ROGUE;
  }
}

// How far ahead a next goal is looked at: its field is asked for when the robot is this near to the one before.
static int32_t soon(const struct traffic *t) { return TRAFFIC_UNIT * (2 * t->params.window + 8); }

static void take_goals(struct traffic *t, const struct traffic_robots *r) {
  struct fields *f = &t->fields;
  f->now = t->step + 1;
  // in the order of priority: those who have waited get their fields first
  for (int32_t k = 0; k < t->n; k++) {
    int32_t i = t->order[k], from = t->now[i].cell, left = 0;
    struct chain *c = &t->chain[i];
    c->count = 0;
    while (c->count < TRAFFIC_GOALS && r->goal[i * TRAFFIC_GOALS + c->count] != TRAFFIC_NONE) {
      int32_t goal = r->goal[i * TRAFFIC_GOALS + c->count];
      assert(goal >= 0 && goal < t->cells);
      c->goal[c->count++] = goal;
      if (left <= soon(t) || f->whole) fields_use(f, goal, from);
      left += field_cost(f, from, t->now[i].facing, goal);
      from = goal;
    }
  }
  fields_build(f, t->params.field_work);
  t->count.without_field = 0;
  for (int32_t i = 0; i < t->n; i++) {
    struct chain *c = &t->chain[i];
    for (int32_t k = c->count - 1; k >= 0; k--) {
      c->slot[k] = f->slot_of[c->goal[k]];
      c->rest[k] = 0;
      if (k + 1 < c->count) {
        int32_t least = INT32_MAX;
        for (int e = 0; e < 4; e++) {
          int32_t v = field_cost(f, c->goal[k], e, c->goal[k + 1]);
          if (v < least) least = v;
        }
        c->rest[k] = least + c->rest[k + 1];
      }
    }
    t->count.without_field += c->count > 0 && (c->slot[0] < 0 || field_look(f, c->slot[0], t->now[i].cell, 0) < 0);
  }
}

// Cost that a step without coming nearer is worth in the order: it adds up until the goal is reached, so that everyone comes first at last.
#define LOST_WORTH 1

static void set_keys(struct traffic *t, const struct traffic_robots *r) {
  for (int32_t i = 0; i < t->n; i++) {
    if (!r->urgency) t->key[i] = -t->waited[i];
    else t->key[i] = t->chain[i].count == 0 ? INT32_MAX / 2 : r->urgency[i] - LOST_WORTH * t->lost[i];
  }
}

static bool before(const struct traffic *t, int32_t i, int32_t j) {
  return t->key[i] < t->key[j] || (t->key[i] == t->key[j] && i < j);
}

// Heap sort: in place, n log n at worst.
static void sort_late(struct traffic *t, int32_t n) {
  int32_t *late = t->late;
  for (int32_t from = n / 2, end = n; end > 1;) {
    int32_t x;
    if (from > 0) {
      x = late[--from];
    } else {
      x = late[--end];
      late[end] = late[0];
    }
    int32_t i = from;
    for (int32_t k; (k = 2 * i + 1) < end; i = k) {
      if (k + 1 < end && before(t, late[k], late[k + 1])) k++;
      if (!before(t, x, late[k])) break;
      late[i] = late[k];
    }
    late[i] = x;
  }
}

// Most urgent first. Mostly the order of the last step still holds: those that keep it stay, the others are sorted in.
static void sort_order(struct traffic *t, int32_t n_before) {
  int32_t *o = t->order, kept = 0, late = 0;
  if (n_before != t->n) {
    kept = 0;
    for (int32_t i = 0; i < t->n; i++) t->late[late++] = i;
  } else {
    for (int32_t k = 0; k < t->n; k++) {
      if (kept == 0 || before(t, o[kept - 1], o[k])) o[kept++] = o[k];
      else t->late[late++] = o[k];
    }
  }
  sort_late(t, late);
  // merge from the end
  int32_t at = t->n - 1, a = kept - 1, b = late - 1;
  while (b >= 0) o[at--] = a >= 0 && before(t, t->late[b], o[a]) ? o[a--] : t->late[b--];
}

static void admit(struct traffic *t) {
  int32_t left = t->params.admitted > 0 ? t->params.admitted : t->n;
  for (int32_t k = 0; k < t->n; k++) {
    int32_t i = t->order[k];
    bool goes = t->chain[i].count > 0 && t->state[i] == TRAFFIC_OBEYS && left > 0;
    t->admitted[i] = goes;
    left -= goes;
  }
}

// Level by level from all empty cells at once, against the ways; cells that are shut count as taken.
static void find_room(struct traffic *t) {
  int32_t head = 0, tail = 0;
  memset(t->room, 0xFF, (size_t)t->cells * sizeof *t->room);
  for (int32_t c = 0; c < t->cells; c++) {
    if (t->wall[c] || t->shut[c] || t->occupant[c] != TRAFFIC_NONE) continue;
    t->room[c] = 0;
    t->room_queue[tail++] = c;
  }
  while (head < tail) {
    int32_t c = t->room_queue[head++];
    for (int e = 0; e < 4; e++) {
      int32_t from = c - t->ahead[e];
      if (from < 0 || from >= t->cells || t->cost[4 * from + e] == 0 || t->room[from] != UINT16_MAX) continue;
      int32_t i = t->occupant[from];
      if (i != TRAFFIC_NONE && t->state[i] != TRAFFIC_OBEYS) continue;
      t->room[from] = (uint16_t)(t->room[c] + 1);
      t->room_queue[tail++] = from;
    }
  }
}

static int action_between(const struct traffic *t, const struct pose *a, const struct pose *b) {
  if (t->params.sideways) return a->cell != b->cell ? TRAFFIC_GO + b->facing : TRAFFIC_WAIT;
  if (a->cell != b->cell) {
    assert(b->cell == a->cell + t->ahead[a->facing]);
    assert(a->facing == b->facing);
    return TRAFFIC_FORWARD;
  }
  int turn = (b->facing - a->facing) & 3;
  assert(turn != 2);
  return turn == 0 ? TRAFFIC_WAIT : turn == 1 ? TRAFFIC_CLOCKWISE : TRAFFIC_COUNTER;
}

void traffic_step(struct traffic *t, const struct traffic_robots *r, uint8_t *action) {
  int32_t n_before = t->n;
  take_robots(t, r);
  if (n_before != t->n)
    for (int32_t i = 0; i < t->n; i++) t->order[i] = i;
  take_goals(t, r);
  watch_step(t);
  set_keys(t, r);
  sort_order(t, n_before);
  admit(t);
  shut_cells(t, r, true);
  if (t->room) find_room(t);
  struct pose *next = t->next;
  if (t->window) window_step(t, next);
  else pibt_step(t, t->now, next, true, t->params.seed * UINT64_C(0x9E3779B97F4A7C15) + ((uint64_t)t->step >> TIES_KEPT));
  shut_cells(t, r, false);
  for (int32_t i = 0; i < t->n; i++) {
    action[i] = (uint8_t)action_between(t, &t->now[i], &next[i]);
    t->count.waits += action[i] == TRAFFIC_WAIT;
    t->count.moves += action[i] == TRAFFIC_FORWARD || action[i] >= TRAFFIC_GO;
    t->count.turns += action[i] == TRAFFIC_CLOCKWISE || action[i] == TRAFFIC_COUNTER;
  }
  t->step++;
  t->count.steps++;
}

// ---- questions -------------------------------------------------------------------------------------------------------

int32_t traffic_cost(const struct traffic *t, int32_t cell, int facing, int32_t goal) {
  assert(goal >= 0 && goal < t->cells);
  return field_cost(&t->fields, cell, facing, goal);
}

void traffic_want(struct traffic *t, int32_t goal, int32_t from) { fields_use(&t->fields, goal, from); }

int32_t traffic_width(const struct traffic *t) { return t->width; }
int32_t traffic_height(const struct traffic *t) { return t->height; }
bool traffic_is_small(const struct traffic *t) { return t->fields.whole; }

void traffic_build(struct traffic *t, int64_t states) { fields_build(&t->fields, states); }

struct traffic_count traffic_counts(const struct traffic *t) {
  struct traffic_count c = t->count;
  c.fields_built = t->fields.built;
  c.fields_dropped = t->fields.dropped;
  c.field_bytes = fields_bytes(&t->fields);
  return c;
}

bool traffic_check(const struct traffic_grid *g, int32_t n, const int32_t *cell, const uint8_t *facing, const uint8_t *action,
                   int32_t *after_cell, uint8_t *after_facing, int32_t *scratch, char *fault, size_t fault_size) {
  const int32_t ahead[4] = {1, g->width, -1, -g->width};
  int32_t cells = g->width * g->height;
  for (int32_t i = 0; i < n; i++) {
    after_cell[i] = cell[i];
    after_facing[i] = facing[i];
    if (action[i] == TRAFFIC_CLOCKWISE) after_facing[i] = (uint8_t)((facing[i] + 1) & 3);
    if (action[i] == TRAFFIC_COUNTER) after_facing[i] = (uint8_t)((facing[i] + 3) & 3);
    if (action[i] != TRAFFIC_FORWARD) continue;
    int32_t x = cell[i] % g->width, y = cell[i] / g->width, to = cell[i] + ahead[facing[i]];
    bool edge = (facing[i] == TRAFFIC_EAST && x + 1 == g->width) || (facing[i] == TRAFFIC_WEST && x == 0) ||
                (facing[i] == TRAFFIC_SOUTH && y + 1 == g->height) || (facing[i] == TRAFFIC_NORTH && y == 0);
    if (edge || g->wall[to]) {
      snprintf(fault, fault_size, "robot %d goes from (%d, %d) into a wall", i, x, y);
      return false;
    }
    after_cell[i] = to;
  }
  for (int32_t c = 0; c < cells; c++) scratch[c] = TRAFFIC_NONE;
  for (int32_t i = 0; i < n; i++) scratch[cell[i]] = i;
  for (int32_t i = 0; i < n; i++) {
    int32_t j = scratch[after_cell[i]];
    if (j == TRAFFIC_NONE || j == i || after_cell[j] != cell[i] || after_cell[i] == cell[i]) continue;
    snprintf(fault, fault_size, "robots %d and %d swap cells", i, j);
    return false;
  }
  for (int32_t i = 0; i < n; i++) scratch[cell[i]] = TRAFFIC_NONE;
  for (int32_t i = 0; i < n; i++) {
    int32_t j = scratch[after_cell[i]];
    if (j != TRAFFIC_NONE) {
      snprintf(fault, fault_size, "robots %d and %d are both in (%d, %d)", j, i, after_cell[i] % g->width, after_cell[i] / g->width);
      return false;
    }
    scratch[after_cell[i]] = i;
  }
  return true;
}
