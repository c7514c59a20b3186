// The steps ahead: kept from step to step, lengthened by PIBT, bettered by large neighbourhood search.
//
// A change begins with a robot that is delayed. It takes its cheapest way, crossing others at a price; those it crosses are taken out and planned
// anew in turn, each treating what was planned before it in this change as fixed. When nobody is crossed any more and the delays
// have not grown in sum, the change stays, else all is put back.
//
// Threads: the hall is cut into strips, upright and level in turn and each time elsewhere. In a round a strip changes only robots whose whole
// plan lies in it and uses only its own cells, so strips cannot meet, and who computes them does not matter.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/traffic_search.h"
#include "scheduler/traffic_state.h"

#define ROUNDS      6               // cuts in a step
#define STRIPS_MAX  16
#define STRIP_CELLS 32              // a strip is about this wide, but there are two at least
#define CHAIN_MAX   20              // robots planned anew in one change
#define WALLS_MAX   4               // attempts after the first
#define EXPAND_MAX  1000            // states of one search
#define WORK_EACH   4000            // states in a step for each robot that is delayed, at most

struct strip {
  struct search search;
  struct region region;
  struct dice   dice;
  int32_t  from, to;                // its robots in `mine`
  int64_t  work;                    // states it may still search
  int64_t  searches, improved;
};

struct window {
  struct plans p;
  int32_t *cost;                    // (robots)
  int32_t *weight;                  // (robots) of its delays: those who have waited long count more
  int32_t *mine;                    // (robots) by strip
  struct pose *row_from, *row_to;   // (robots) one step of all
  struct strip *strip;              // (STRIPS_MAX)
  int32_t  n;                       // robots that are planned; 0: nothing is
  uint32_t version;                 // of the ways that are open
};

struct window *window_create(const struct traffic *t) {
  struct window *w = calloc(1, sizeof *w);
  if (!w) return NULL;
  size_t robots = (size_t)t->params.robots_max, stride = (size_t)t->params.window + 1;
  w->p.window = t->params.window;
  w->p.pose = calloc(robots * stride, sizeof *w->p.pose);
  w->p.occupant = malloc((size_t)t->cells * stride * sizeof *w->p.occupant);
  w->p.frozen = calloc(robots, sizeof *w->p.frozen);
  w->p.region = calloc(robots, sizeof *w->p.region);
  w->p.leaves = calloc(robots, 1);
  w->cost = calloc(robots, sizeof *w->cost);
  w->weight = calloc(robots, sizeof *w->weight);
  w->mine = calloc(robots, sizeof *w->mine);
  w->row_from = calloc(robots, sizeof *w->row_from);
  w->row_to = calloc(robots, sizeof *w->row_to);
  w->strip = calloc(STRIPS_MAX, sizeof *w->strip);
  bool ok = w->p.pose && w->p.occupant && w->p.frozen && w->p.region && w->p.leaves && w->cost && w->weight && w->mine && w->row_from && w->row_to && w->strip;
  for (int k = 0; ok && k < STRIPS_MAX; k++) ok = search_init(&w->strip[k].search, w->p.window);
  if (!ok) {
    window_destroy(w);
    return NULL;
  }
  memset(w->p.occupant, 0xFF, (size_t)t->cells * stride * sizeof *w->p.occupant);
  return w;
}

void window_destroy(struct window *w) {
  if (!w) return;
  for (int k = 0; w->strip && k < STRIPS_MAX; k++) search_finish(&w->strip[k].search);
  free(w->p.pose);
  free(w->p.occupant);
  free(w->p.frozen);
  free(w->p.region);
  free(w->p.leaves);
  free(w->cost);
  free(w->weight);
  free(w->mine);
  free(w->row_from);
  free(w->row_to);
  free(w->strip);
  free(w);
}

static struct pose *way_of(const struct plans *p, int32_t i) { return p->pose + (size_t)i * (size_t)(p->window + 1); }

static void put(const struct plans *p, int32_t i, int32_t who) {
  const struct pose *way = way_of(p, i);
  for (int32_t k = 0; k <= p->window; k++) p->occupant[way[k].cell * (p->window + 1) + k] = who;
}

// ---- the plan before it is bettered --------------------------------------------------------------------------------------

// Does the plan of the last step still hold: everyone where it should be, nothing new in the way?
static bool holds(const struct traffic *t, const struct window *w) {
  if (w->n != t->n || w->version != t->ways || t->keep_clear) return false;
  for (int32_t i = 0; i < t->n; i++) {
    const struct pose *way = way_of(&w->p, i);
    if (way[1].cell != t->now[i].cell || (way[1].facing != t->now[i].facing && !t->params.sideways)) return false;
    if (t->state[i] == TRAFFIC_OBEYS) continue;
    for (int32_t k = 2; k <= w->p.window; k++)
      if (way[k].cell != way[1].cell || (way[k].facing != way[1].facing && !t->params.sideways)) return false;
  }
  return true;
}

// Goals may have changed: count anew which are reached where.
static void count_reached(const struct traffic *t, const struct window *w, int32_t i, int32_t steps) {
  struct pose *way = way_of(&w->p, i);
  way[0].reached = 0;
  for (int32_t k = 1; k <= steps; k++) {
    way[k].reached = way[k - 1].reached;
    if (way[k].cell == chain_goal(&t->chain[i], way[k].reached)) way[k].reached++;
  }
}

static void lengthen(struct traffic *t, struct window *w, int32_t step) {
  for (int32_t i = 0; i < t->n; i++) w->row_from[i] = way_of(&w->p, i)[step];
  uint64_t salt = t->params.seed * UINT64_C(0x9E3779B97F4A7C15) + ((uint64_t)(t->step + step) >> 3);
  pibt_step(t, w->row_from, w->row_to, step == 0, salt);
  for (int32_t i = 0; i < t->n; i++) way_of(&w->p, i)[step + 1] = w->row_to[i];
}

static void plan_base(struct traffic *t, struct window *w) {
  for (int32_t i = 0; i < w->n; i++) put(&w->p, i, TRAFFIC_NONE);
  if (holds(t, w)) {
    for (int32_t i = 0; i < t->n; i++) {
      struct pose *way = way_of(&w->p, i);
      memmove(way, way + 1, (size_t)w->p.window * sizeof *way);
      count_reached(t, w, i, w->p.window - 1);
    }
    lengthen(t, w, w->p.window - 1);
  } else {
    t->count.rollouts++;
    for (int32_t i = 0; i < t->n; i++) *way_of(&w->p, i) = t->now[i];
    for (int32_t k = 0; k < w->p.window; k++) lengthen(t, w, k);
  }
  w->n = t->n;
  w->version = t->ways;
  for (int32_t i = 0; i < t->n; i++) {
    put(&w->p, i, i);
    w->cost[i] = search_cost(t, w->p.window, i, way_of(&w->p, i));
    w->p.frozen[i] = 0;
  }
  for (int32_t k = 0; k < t->n; k++) {
    double share = (double)(t->n - k) / t->n;
    w->weight[t->order[k]] = 4 + (int32_t)(60 * share * share);
  }
}

static int turns(const struct traffic *t, int turn) { return t->params.sideways ? 0 : turn == 3 ? 1 : turn; }

// Who can be gone from its cell how soon: it turns towards a way out, and whoever stands there has to be gone by then too. More than
// three steps, or never, count as never within the window: nobody plans through it before the window is planned anew.
static void find_leaves(const struct traffic *t, struct window *w) {
  uint8_t *leaves = w->p.leaves;
  int32_t *queue = w->mine, n = 0;
  memset(leaves, UINT8_MAX, (size_t)t->n);
  for (int soon = 1; soon <= 3; soon++) {
    // those before are all in the queue already, and what they free counts for the slower ones too
    for (int32_t i = 0; i < t->n; i++) {
      if (leaves[i] <= soon || t->state[i] != TRAFFIC_OBEYS) continue;
      for (int e = 0; e < 4; e++) {
        int turn = (e - t->now[i].facing) & 3;
        if (t->cost[4 * t->now[i].cell + e] == 0 || turns(t, turn) + 1 > soon) continue;
        int32_t there = t->occupant[t->now[i].cell + t->ahead[e]];
        if (there != TRAFFIC_NONE && leaves[there] > soon) continue;
        leaves[i] = (uint8_t)soon;
        queue[n++] = i;
        break;
      }
    }
    for (int32_t k = 0; k < n; k++) {
      int32_t cell = t->now[queue[k]].cell;
      for (int e = 0; e < 4; e++) {
        int32_t from = cell - t->ahead[e];
        if (from < 0 || from >= t->cells || t->cost[4 * from + e] == 0) continue;
        int32_t i = t->occupant[from];
        if (i == TRAFFIC_NONE || leaves[i] <= soon || t->state[i] != TRAFFIC_OBEYS) continue;
        int turn = (e - t->now[i].facing) & 3;
        if (turns(t, turn) + 1 > soon) continue;
        leaves[i] = (uint8_t)soon;
        queue[n++] = i;
      }
    }
  }
}

// ---- changes ---------------------------------------------------------------------------------------------------------------

struct touched { int32_t robot, cost; struct pose way[TRAFFIC_WINDOW_MAX + 1]; };

struct change {
  struct traffic *t;
  struct window  *w;
  struct strip   *s;
  int16_t number;                   // of the strip
  int32_t id;
  int32_t count, open;              // touched; of these the last `open` have no plan yet
  struct touched touched[CHAIN_MAX];
};

static bool take_out(struct change *c, int32_t i) {
  if (c->count == CHAIN_MAX) return false;
  struct touched *x = &c->touched[c->count++];
  x->robot = i;
  x->cost = c->w->cost[i];
  memcpy(x->way, way_of(&c->w->p, i), (size_t)(c->w->p.window + 1) * sizeof *x->way);
  put(&c->w->p, i, TRAFFIC_NONE);
  return true;
}

// Whom the way crosses goes out of the plan. False: too many.
static bool take_out_crossed(struct change *c, int32_t i, const struct pose *way) {
  const struct plans *p = &c->w->p;
  int32_t stride = p->window + 1;
  for (int32_t k = 0; k < p->window; k++) {
    int32_t j = p->occupant[way[k + 1].cell * stride + k + 1];
    if (j != TRAFFIC_NONE && j != i && !take_out(c, j)) return false;
    if (way[k].cell == way[k + 1].cell) continue;
    j = p->occupant[way[k + 1].cell * stride + k];
    if (j != TRAFFIC_NONE && j != i && p->occupant[way[k].cell * stride + k + 1] == j && !take_out(c, j)) return false;
  }
  return true;
}

static void put_back(struct change *c, int32_t planned) {
  for (int32_t k = 0; k < planned; k++) put(&c->w->p, c->touched[k].robot, TRAFFIC_NONE);
  for (int32_t k = 0; k < c->count; k++) {
    struct touched *x = &c->touched[k];
    memcpy(way_of(&c->w->p, x->robot), x->way, (size_t)(c->w->p.window + 1) * sizeof *x->way);
    c->w->cost[x->robot] = x->cost;
    put(&c->w->p, x->robot, x->robot);
  }
}

// One change that begins with robot i.
static bool try_change(struct change *c, int32_t i, int32_t *walls, int32_t *wall_count) {
  static const int32_t prices[] = {4, 12, 24, 48, 96, 144, 192, 384};
  struct window *w = c->w;
  struct strip *s = c->s;
  int32_t price = prices[dice_below(&s->dice, 8)];
  int64_t before = 0, after = 0;
  c->id++;
  for (int32_t k = 0; k < *wall_count; k++) w->p.frozen[walls[k]] = c->id;
  c->count = 0;
  take_out(c, i);
  for (int32_t planned = 0; planned < c->count;) {
    struct touched *x = &c->touched[planned];
    before += (int64_t)x->cost * w->weight[x->robot];
    int64_t room = before - after + (planned == 0 ? -1 : 0);
    for (int32_t k = planned + 1; k < c->count; k++) room += (int64_t)c->touched[k].cost * w->weight[c->touched[k].robot];
    int64_t limit = planned == 0 ? x->cost - 1 : room / w->weight[x->robot];
    struct pose *way = way_of(&w->p, x->robot);
    s->searches++;
    int64_t expanded = s->search.expanded;
    int32_t cost = search_way(&s->search, c->t, &w->p, &s->region, c->number, c->id, x->robot, price, limit < KEY_MAX ? (int32_t)limit : KEY_MAX - 1, EXPAND_MAX, way);
    s->work -= s->search.expanded - expanded + 8;
    if (cost < 0) {
      bool again = planned > 0 && *wall_count < WALLS_MAX;
      if (again) walls[(*wall_count)++] = x->robot;
      put_back(c, planned);
      return again;
    }
    after += (int64_t)cost * w->weight[x->robot];
    w->cost[x->robot] = cost;
    w->p.frozen[x->robot] = c->id;
    if (!take_out_crossed(c, x->robot, way)) {
      put_back(c, planned);
      return false;
    }
    put(&w->p, x->robot, x->robot);
    planned++;
  }
  if (after > before) put_back(c, c->count);
  else if (after < before) s->improved++;
  return false;
}

// A change that begins with robot i; whoever could find no way when it was crossed is not crossed in the next attempt.
static void better(struct change *c, int32_t i) {
  int32_t walls[WALLS_MAX], count = 0;
  while (try_change(c, i, walls, &count)) {}
}

// Every robot's plan whole in one strip?
static void share_out(struct traffic *t, struct window *w, int32_t strips) {
  int32_t n = 0;
  memset(w->p.region, 0xFF, (size_t)t->n * sizeof *w->p.region);
  for (int32_t k = 0; k < strips; k++) w->strip[k].from = w->strip[k].to = 0;
  for (int32_t i = 0; i < t->n; i++) {
    if (t->state[i] != TRAFFIC_OBEYS) continue;
    const struct pose *way = way_of(&w->p, i);
    int32_t x0 = INT32_MAX, y0 = INT32_MAX, x1 = -1, y1 = -1;
    for (int32_t k = 0; k <= w->p.window; k++) {
      int32_t y = way[k].cell / t->width, x = way[k].cell - y * t->width;
      x0 = x < x0 ? x : x0;
      x1 = x > x1 ? x : x1;
      y0 = y < y0 ? y : y0;
      y1 = y > y1 ? y : y1;
    }
    for (int32_t k = 0; k < strips; k++) {
      const struct region *r = &w->strip[k].region;
      if (x0 >= r->x0 && x1 < r->x1 && y0 >= r->y0 && y1 < r->y1) w->p.region[i] = (int16_t)k;
    }
  }
  for (int32_t k = 0; k < strips; k++) {
    w->strip[k].from = n;
    for (int32_t m = 0; m < t->n; m++)
      if (w->p.region[t->order[m]] == k) w->mine[n++] = t->order[m];
    w->strip[k].to = n;
  }
}

static int32_t cut(struct traffic *t, struct window *w, int32_t round) {
  struct dice d = dice_make(t->params.seed * UINT64_C(0xD1B54A32D192ED03) ^ ((uint64_t)t->step * ROUNDS + (uint64_t)round + 1) * UINT64_C(0x9E3779B97F4A7C15));
  dice_u32(&d);
  bool upright = (round & 1) == (t->height > t->width);
  int32_t length = upright ? t->width : t->height, strips = length / STRIP_CELLS;
  if (strips > STRIPS_MAX - 1) strips = STRIPS_MAX - 1;
  if (strips < 1) strips = 1;
  // strips of one width but for the first and the last
  int32_t width = length / strips, at = width / 4 + (int32_t)dice_below(&d, (uint32_t)(width / 2 + 1)), from = 0, n = 0;
  while (from < length) {
    int32_t to = at > length ? length : at;
    if (to - from > 0) {
      w->strip[n].region = upright ? (struct region){from, 0, to, t->height} : (struct region){0, from, t->width, to};
      w->strip[n].dice = dice_make(((uint64_t)dice_u32(&d) << 32 | dice_u32(&d)) | 1);
      n++;
    }
    from = to;
    at = n == STRIPS_MAX - 1 ? length : at + width;
  }
  return n;
}

struct round { struct traffic *t; struct window *w; };

static void work(void *context, int from, int to) {
  struct round *r = context;
  struct window *w = r->w;
  for (int k = from; k < to; k++) {
    struct strip *s = &w->strip[k];
    struct change c = {.t = r->t, .w = w, .s = s, .number = (int16_t)k};
    int32_t n = s->to - s->from, idle = 0;
    while (n > 0 && s->work > 0 && idle < 4 * n + 64) {
      int32_t i = w->mine[s->from + (int32_t)dice_below(&s->dice, (uint32_t)n)];
      s->work--;
      idle++;
      if (w->cost[i] == 0 || !r->t->admitted[i]) continue;
      idle = 0;
      better(&c, i);
    }
  }
}

void window_step(struct traffic *t, struct pose *next) {
  struct window *w = t->window;
  plan_base(t, w);
  find_leaves(t, w);
  for (int32_t round = 0; round < ROUNDS && t->params.work > 0; round++) {
    int32_t strips = cut(t, w, round);
    share_out(t, w, strips);
    int64_t delayed = 1, all = 0;
    for (int32_t i = 0; i < t->n; i++) delayed += w->cost[i] > 0 && w->p.region[i] >= 0;
    for (int32_t k = 0; k < strips; k++) {
      struct strip *s = &w->strip[k];
      int64_t here = 0;
      for (int32_t m = s->from; m < s->to; m++) here += w->cost[w->mine[m]] > 0;
      s->work = t->params.work / ROUNDS * here / delayed;
      if (s->work > WORK_EACH / ROUNDS * here) s->work = WORK_EACH / ROUNDS * here;
      s->searches = s->improved = s->search.expanded = 0;
      all += here;
    }
    if (all == 0) continue;
    struct round r = {t, w};
    split_run(t->split, strips, 1, work, &r);
    // a change of one round means nothing in the next
    memset(w->p.frozen, 0, (size_t)t->n * sizeof *w->p.frozen);
    for (int32_t k = 0; k < strips; k++) {
      t->count.searches += w->strip[k].searches;
      t->count.improved += w->strip[k].improved;
      t->count.expanded += w->strip[k].search.expanded;
    }
  }
  for (int32_t i = 0; i < t->n; i++) next[i] = way_of(&w->p, i)[1];
}
