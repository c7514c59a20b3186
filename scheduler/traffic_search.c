#include "scheduler/traffic_search.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool search_init(struct search *s, int32_t window) {
  *s = (struct search){.window = window, .side = 2 * window + 1};
  size_t states = (size_t)s->side * (size_t)s->side * 4 * (size_t)(window + 1) * (TRAFFIC_GOALS + 1);
  s->nodes_max = 60000;
  s->last = KEY_MAX - 1;
  s->seen = calloc(states, sizeof *s->seen);
  s->node = malloc((size_t)s->nodes_max * sizeof *s->node);
  return s->seen && s->node;
}

void search_finish(struct search *s) {
  free(s->seen);
  free(s->node);
}

#define IDLE_MOVE 1                 // cost of a move or turn of a robot that has nowhere to go: it stays unless it is in the way

static bool goes(const struct traffic *t, int32_t i) { return t->admitted[i] && t->chain[i].count > 0; }

static int32_t weight(int32_t window, int32_t step) { return DELAY_UNIT + (window - step); }

// Delay of an action that takes `takes` from cost to go `left` to `then`. What is done has no delay.
static inline int32_t delay(int32_t left, int32_t takes, int32_t then) {
  int32_t d = takes + then - left;
  return d > 0 ? d : 0;
}

int32_t search_cost(const struct traffic *t, int32_t window, int32_t i, const struct pose *way) {
  const struct chain *c = &t->chain[i];
  int32_t sum = 0, left = chain_cost(&t->fields, c, way[0].cell, way[0].facing, way[0].reached);
  for (int32_t k = 0; k < window; k++) {
    if (!goes(t, i) || way[k].reached >= c->count) {
      sum += IDLE_MOVE * (way[k].cell != way[k + 1].cell || way[k].facing != way[k + 1].facing);
      continue;
    }
    int32_t takes = way[k].cell == way[k + 1].cell ? TRAFFIC_UNIT : t->cost[4 * way[k].cell + way[k + 1].facing];
    int32_t then = chain_cost(&t->fields, c, way[k + 1].cell, way[k + 1].facing, way[k + 1].reached);
    sum += delay(left, takes, then) * weight(window, k) / TRAFFIC_UNIT;
    left = then;
  }
  return sum;
}

struct hunt {
  struct search        *s;
  const struct traffic *t;
  const struct plans   *p;
  const struct region  *r;
  const struct chain   *chain;
  int16_t number;
  int32_t change, robot, penalty, limit, x0, y0;
  bool    goes;
};

#define WALL 1000

// How many more robots would have to be asked to go when this one is in `cell` after `step` + 1 steps, coming from `from`; WALL: one that
// cannot be asked. Who was in its way the step before is asked already.
static int against(const struct hunt *h, int32_t from, int32_t cell, int32_t step) {
  const struct plans *p = h->p;
  int32_t stride = p->window + 1, more = 0;
  int32_t j = p->occupant[cell * stride + step + 1];
  if (j != TRAFFIC_NONE) {
    if (p->region[j] != h->number || p->frozen[j] == h->change) return WALL;
    more = j != p->occupant[from * stride + step];
  }
  if (from == cell) return more;
  j = p->occupant[cell * stride + step];
  if (j == TRAFFIC_NONE || p->occupant[from * stride + step + 1] != j) return more;
  return p->region[j] != h->number || p->frozen[j] == h->change ? WALL : more + 1;
}

static void offer(struct hunt *h, int32_t parent, struct search_node n, int32_t key) {
  struct search *s = h->s;
  if (n.cost > h->limit || key >= KEY_MAX || s->nodes == s->nodes_max) return;
  size_t at = ((((size_t)(n.y - h->y0) * (size_t)s->side + (size_t)(n.x - h->x0)) * 4 + n.facing) * (size_t)(s->window + 1) + n.step) * (TRAFFIC_GOALS + 1) + n.reached;
  uint32_t seen = s->seen[at];
  if (seen >> 16 == s->stamp && (int32_t)(seen & 0xFFFF) <= key) return;
  s->seen[at] = s->stamp << 16 | (uint32_t)key;
  if (key > s->last) s->last = key;
  n.parent = parent;
  n.next = s->bucket[key];
  s->bucket[key] = s->nodes;
  s->node[s->nodes++] = n;
}

// Cost to go of all four facings of a cell.
static inline void look(const struct hunt *h, int32_t cell, int32_t x, int32_t y, int reached, int32_t cost[4]) {
  const struct chain *c = h->chain;
  uint32_t v = c->slot[reached] >= 0 ? field_at(&h->t->fields, c->slot[reached], x, y) : FIELD_NO;
  for (int e = 0; e < 4; e++)
    cost[e] = c->rest[reached] + (v != FIELD_NO ? field_facing(v, e) : field_straight(&h->t->fields, cell, e, c->goal[reached]));
}

static void go_forward(struct hunt *h, int32_t at, const struct search_node *n, int32_t key, bool on, int32_t left, int32_t by) {
  const struct traffic *t = h->t;
  int32_t takes = t->cost[4 * n->cell + n->facing];
  if (takes == 0) return;
  struct search_node m = *n;
  m.step++;
  m.cell = n->cell + t->ahead[n->facing];
  m.x = (int16_t)(n->x + (n->facing == TRAFFIC_EAST) - (n->facing == TRAFFIC_WEST));
  m.y = (int16_t)(n->y + (n->facing == TRAFFIC_SOUTH) - (n->facing == TRAFFIC_NORTH));
  if (m.x < h->r->x0 || m.x >= h->r->x1 || m.y < h->r->y0 || m.y >= h->r->y1) return;
  if (n->step == 0 && t->shut[m.cell]) return;
  int32_t there = n->step < 3 ? t->occupant[m.cell] : TRAFFIC_NONE;
  if (there != TRAFFIC_NONE && there != h->robot && m.step < h->p->leaves[there]) return;
  int what = against(h, n->cell, m.cell, n->step);
  if (what == WALL) return;
  int32_t late = IDLE_MOVE;
  if (on) {
    const struct chain *c = h->chain;
    if (m.cell == c->goal[m.reached]) m.reached++;
    int32_t then[4] = {0};
    if (m.reached < c->count) look(h, m.cell, m.x, m.y, m.reached, then);
    late = delay(left, takes, then[m.facing]) * by / TRAFFIC_UNIT;
  }
  m.cost += late;
  offer(h, at, m, key + late + what * h->penalty);
}

static void expand(struct hunt *h, int32_t at, int32_t key) {
  const struct chain *c = h->chain;
  struct search_node n = h->s->node[at];
  const struct traffic *t = h->t;
  bool on = h->goes && n.reached < c->count;
  int32_t left[4] = {0}, by = weight(h->p->window, n.step);
  if (on) look(h, n.cell, n.x, n.y, n.reached, left);
  if (t->params.sideways) {
    struct search_node to = n;
    for (to.facing = 0; to.facing < 4; to.facing++) go_forward(h, at, &to, key, on, left[to.facing], by);
  } else go_forward(h, at, &n, key, on, left[n.facing], by);
  int what = against(h, n.cell, n.cell, n.step);
  if (what == WALL) return;
  // the two turns, and a wait last: looked at first among equals
  struct search_node m = n;
  m.step++;
  if (on && n.cell == c->goal[n.reached]) m.reached++;
  int32_t then[4] = {left[0], left[1], left[2], left[3]};
  if (m.reached != n.reached) {
    if (m.reached < c->count) look(h, n.cell, n.x, n.y, m.reached, then);
    else then[0] = then[1] = then[2] = then[3] = 0;
  }
  static const uint8_t turn[3] = {1, 3, 0};
  for (int k = t->params.sideways ? 2 : 0; k < 3; k++) {
    m.facing = (n.facing + turn[k]) & 3;
    int32_t late = on ? delay(left[n.facing], TRAFFIC_UNIT, then[m.facing]) * by / TRAFFIC_UNIT : IDLE_MOVE * (turn[k] != 0);
    m.cost = n.cost + late;
    offer(h, at, m, key + late + what * h->penalty);
  }
}

int32_t search_way(struct search *s, const struct traffic *t, const struct plans *p, const struct region *r, int16_t number, int32_t change,
                   int32_t i, int32_t penalty, int32_t limit, int32_t most, struct pose *way) {
  struct hunt h = {s, t, p, r, &t->chain[i], number, change, i, penalty, limit, 0, 0, goes(t, i)};
  int32_t y = way[0].cell / t->width, x = way[0].cell - y * t->width;
  h.x0 = x - p->window;
  h.y0 = y - p->window;
  if (limit < 0) return -1;
  if (++s->stamp == 0x10000) {
    memset(s->seen, 0, (size_t)s->side * (size_t)s->side * 4 * (size_t)(s->window + 1) * (TRAFFIC_GOALS + 1) * sizeof *s->seen);
    s->stamp = 1;
  }
  memset(s->bucket, 0xFF, (size_t)(s->last + 1) * sizeof *s->bucket);
  s->nodes = s->last = 0;
  offer(&h, -1, (struct search_node){.cell = way[0].cell, .x = (int16_t)x, .y = (int16_t)y, .facing = way[0].facing, .reached = way[0].reached}, 0);
  int32_t expanded = 0;
  for (int32_t key = 0; key <= s->last; key++) {
    while (s->bucket[key] >= 0) {
      int32_t at = s->bucket[key];
      const struct search_node *n = &s->node[at];
      s->bucket[key] = n->next;
      if (n->step == p->window) {
        for (int32_t k = p->window, b = at; k > 0; k--, b = s->node[b].parent)
          way[k] = (struct pose){s->node[b].cell, s->node[b].facing, s->node[b].reached};
        s->expanded += expanded;
        return n->cost;
      }
      if (++expanded > most) {
        s->expanded += expanded;
        return -1;
      }
      expand(&h, at, key);
    }
  }
  s->expanded += expanded;
  return -1;
}
