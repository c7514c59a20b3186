#include "scheduler/tabu.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

#define BANS_LOG 11                 // many times what is banned at once; a clash lifts a ban early, no more
#define BANS     (1 << BANS_LOG)
#define REACH    50                 // operations that a move in a block passes at most

bool tabu_make(struct tabu *t, const struct shop *s, uint64_t seed) {
  *t = (struct tabu){.shop = s};
  size_t nodes = (size_t)s->nodes;
  size_t jobs = (size_t)s->jobs, machines = (size_t)s->machines;
  t->memory = calloc(11 * nodes + jobs + 2 * machines, sizeof(int32_t));
  t->bans = calloc(BANS, sizeof *t->bans);
  bool good = shop_graph_make(&t->graph, s);
  good = shop_plan_make(&t->best, s) && good;
  if (!good || t->memory == NULL || t->bans == NULL) {
    tabu_finish(t);
    return false;
  }
  int32_t *at = t->memory;
  t->path = (struct tabu_path){.node = at, .time = at + nodes, .job_done = at + 2 * nodes, .job_left = at + 3 * nodes,
                               .done = at + 4 * nodes, .end = at + 9 * nodes, .joined = at + 10 * nodes};
  t->key_from = (uint32_t *)(at + 5 * nodes);
  t->key_to = (uint32_t *)(at + 6 * nodes);
  t->cut = (struct tabu_cut){.done = at + 7 * nodes, .left = at + 8 * nodes, .across = at + 11 * nodes, .last = at + 11 * nodes + jobs + machines};

  struct stream keys = stream_make(seed, 0, "tabu", "keys", 0);
  for (int32_t v = 0; v < s->nodes; v++) {
    uint64_t draw = stream_u64(&keys);
    t->key_from[v] = (uint32_t)draw | 1;
    t->key_to[v] = (uint32_t)(draw >> 32) | 1;
  }
  t->dice = dice_make(stream_u64(&keys));

  double base = 10 + (double)s->jobs / s->machines;
  t->tenure = (int32_t)base;
  t->tenure_more = (int32_t)(base * (s->jobs <= 2 * s->machines ? 0.4 : 0.5)) + 1;
  return true;
}

void tabu_finish(struct tabu *t) {
  shop_graph_finish(&t->graph);
  shop_plan_finish(&t->best);
  free(t->bans);
  free(t->memory);
  *t = (struct tabu){0};
}

void tabu_start(struct tabu *t, const struct shop_plan *p) {
  shop_graph_load(&t->graph, p);
  shop_graph_save(&t->graph, &t->best);
  t->since = 0;
  t->promised = -1;
  memset(t->bans, 0, BANS * sizeof *t->bans);
}

// ---- tabu --------------------------------------------------------------------------------------------

// "u before v" and "u on that machine", as keys of bans
static inline uint32_t pair_key(const struct tabu *t, int32_t u, int32_t v) { return t->key_from[u] * (t->key_to[v] ^ t->key_from[u] >> 7); }
static inline uint32_t place_key(const struct tabu *t, int32_t u, int32_t machine) { return t->key_to[u] * (2654435761u * (uint32_t)(machine + 1)); }
static inline struct tabu_ban *ban_of(const struct tabu *t, uint32_t key) { return &t->bans[(key * 2654435769u) >> (32 - BANS_LOG)]; }

static inline bool banned(const struct tabu *t, uint32_t key) {
  const struct tabu_ban *b = ban_of(t, key);
  return b->key == key && (int32_t)(b->until - (uint32_t)t->iteration) > 0;
}

static void ban(struct tabu *t, uint32_t key, uint32_t until) { *ban_of(t, key) = (struct tabu_ban){key, until}; }

// the iteration that ends a ban made now
static uint32_t ban_end(struct tabu *t) { return (uint32_t)(t->iteration + t->tenure) + dice_below(&t->dice, (uint32_t)t->tenure_more); }

// ---- the critical path -------------------------------------------------------------------------------

// One longest path at random: from a random first operation, and by lot where job and machine both go on.
static void find_path(struct tabu *t) {
  const struct shop_graph *g = &t->graph;
  const struct shop *s = t->shop;
  struct tabu_path *p = &t->path;
  const int32_t *done = g->done, *left = g->left;
  int32_t v = 0, found = 0;
  for (int32_t m = 0; m < s->machines; m++) {
    int32_t w = g->top[m];
    if (!w || left[w] != g->makespan || done[w] != g->time[w]) continue;
    if (dice_below(&t->dice, (uint32_t)++found) == 0) v = w;
  }
  // the first of a longest path begins at 0; with operations of no time it need not be the first of its machine
  for (int32_t j = 0; !v; j++)
    if (left[s->first[j]] == g->makespan && done[s->first[j]] == g->time[s->first[j]]) v = s->first[j];

  int32_t n = 0;
  for (;;) {
    p->node[n] = v;
    p->time[n] = g->time[v];
    p->end[n] = done[v];
    p->job_done[n] = done[v - 1];
    p->job_left[n++] = left[v + 1];
    int32_t rest = left[v] - g->time[v], a = v + 1, b = g->after[v];
    bool by_job = s->job[a] >= 0 && left[a] == rest && done[a] - g->time[a] == done[v];
    bool by_machine = b && left[b] == rest && done[b] - g->time[b] == done[v];
    if (by_job && by_machine) by_job = dice_u32(&t->dice) & 1;
    if (!by_job && !by_machine) break;
    v = by_job ? a : b;
    p->joined[n] = v == b;
  }
  p->joined[n] = 0;
  p->count = n;
}

// ---- estimates ---------------------------------------------------------------------------------------
// Heads and tails of the operations of the path between i and j after the move, from those outside, which are kept
// as they are. prev is done of the machine predecessor of i, next is left of the machine successor of j. The
// answer is exact below the limit; above it, it is only known to be above.

static inline int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }

// operation i goes right behind j
static int32_t estimate_behind(const struct tabu_path *p, int32_t i, int32_t j, int32_t prev, int32_t next, int32_t limit) {
  const int32_t *time = p->time, *job_done = p->job_done, *job_left = p->job_left;
  int32_t *done = p->done;
  for (int32_t k = i + 1; k <= j; k++) {
    prev = most(job_done[k], prev) + time[k];
    done[k] = prev;
  }
  int32_t value = most(job_done[i], prev) + time[i];
  next = most(job_left[i], next);
  value += next;
  next += time[i];
  for (int32_t k = j; k > i; k--) {
    if (value > limit) return value;
    next = most(job_left[k], next);
    value = most(value, done[k] + next);
    next += time[k];
  }
  return value;
}

// operation j goes right before i
static int32_t estimate_before(const struct tabu_path *p, int32_t i, int32_t j, int32_t prev, int32_t next, int32_t limit) {
  const int32_t *time = p->time, *job_done = p->job_done, *job_left = p->job_left;
  int32_t *left = p->done;
  for (int32_t k = j - 1; k >= i; k--) {
    next = most(job_left[k], next) + time[k];
    left[k] = next;
  }
  int32_t value = most(job_left[j], next) + time[j];
  prev = most(job_done[j], prev);
  value += prev;
  prev += time[j];
  for (int32_t k = i; k < j; k++) {
    if (value > limit) return value;
    prev = most(job_done[k], prev);
    value = most(value, left[k] + prev);
    prev += time[k];
  }
  return value;
}

// ---- the neighbourhood -------------------------------------------------------------------------------

enum move_kind { MOVE_NONE, MOVE_BEHIND, MOVE_BEFORE, MOVE_INSERT };

struct move {
  enum move_kind kind;
  int32_t  i, j;                    // places in the path; MOVE_INSERT: i alone
  int32_t  machine, time, x, y;     // MOVE_INSERT
  int32_t  value, through;          // expected makespan; the longest path through what is moved
};

// Best allowed move and a random banned one, chosen while they come by.
struct choice { struct move best, other; uint32_t ties, others; };

static void consider(struct tabu *t, struct choice *c, const struct move *m, uint32_t key) {
  // the random one is only for when there is no best
  if (m->value > c->best.value) return;
  if (banned(t, key) && m->value >= t->best.makespan) {
    if (dice_below(&t->dice, ++c->others) == 0) c->other = *m;
    return;
  }
  if (m->value == c->best.value && m->through > c->best.through) return;
  if (m->value < c->best.value || m->through < c->best.through) c->ties = 0;
  if (dice_below(&t->dice, ++c->ties) == 0) c->best = *m;
}

// No path leads from the job successor of u, whose time to the end is `after`, to v: a path would make all of these false.
static inline bool free_behind(const struct shop_graph *g, int32_t u, int32_t v, int32_t after) {
  int32_t a = u + 1;
  if (after < g->left[v] || g->shop->job[a] < 0) return true;
  return a != v && (shop_graph_head(g, v) < g->done[a] || shop_graph_tail(g, a) < g->left[v]);
}

// No path leads from u to the job predecessor of v, which is done at `before`.
static inline bool free_before(const struct shop_graph *g, int32_t u, int32_t v, int32_t before) {
  int32_t a = v - 1;
  if (before < g->done[u] || g->shop->job[a] < 0) return true;
  return a != u && (shop_graph_head(g, a) < g->done[u] || shop_graph_tail(g, u) < g->left[a]);
}

static void try_behind(struct tabu *t, struct choice *c, int32_t i, int32_t j, int32_t prev, int32_t next) {
  const struct tabu_path *p = &t->path;
  // the others between them follow each other without a gap
  if (prev + p->end[j] - p->end[i] + p->time[i] + most(p->job_left[i], next) > c->best.value) return;
  if (!free_behind(&t->graph, p->node[i], p->node[j], p->job_left[i])) return;
  struct move m = {.kind = MOVE_BEHIND, .i = i, .j = j};
  m.value = m.through = estimate_behind(p, i, j, prev, next, c->best.value);
  consider(t, c, &m, pair_key(t, p->node[i + 1], p->node[i]));
}

static void try_before(struct tabu *t, struct choice *c, int32_t i, int32_t j, int32_t prev, int32_t next) {
  const struct tabu_path *p = &t->path;
  if (most(p->job_done[j], prev) + p->end[j] - p->end[i] + p->time[i] + next > c->best.value) return;
  if (!free_before(&t->graph, p->node[i], p->node[j], p->job_done[j])) return;
  struct move m = {.kind = MOVE_BEFORE, .i = i, .j = j};
  m.value = m.through = estimate_before(p, i, j, prev, next, c->best.value);
  consider(t, c, &m, pair_key(t, p->node[j], p->node[j - 1]));
}

// N7 on the block a ... b of the path. Another first operation helps only when something of another machine comes
// before the block, another last one only when something follows it.
static void try_block(struct tabu *t, struct choice *c, int32_t a, int32_t b) {
  const struct shop_graph *g = &t->graph;
  const int32_t *node = t->path.node;
  int32_t prev = g->done[g->before[node[a]]], next = g->left[g->after[node[b]]];
  bool front = a > 0, back = b + 1 < t->path.count;
  int32_t low = most(a, b - REACH), high = b - a > REACH ? a + REACH : b;
  if (back)
    for (int32_t i = b - 1; i >= low; i--) try_behind(t, c, i, b, i == a ? prev : g->done[node[i - 1]], next);
  if (front)
    for (int32_t j = back ? a + 2 : a + 1; j <= high; j++) try_before(t, c, a, j, prev, j == b ? next : g->left[node[j + 1]]);
  if (front)
    for (int32_t j = a + 1; j < b && j <= high; j++) try_behind(t, c, a, j, prev, g->left[node[j + 1]]);
  if (back)
    for (int32_t i = most(a + 1, low); i < b - 1; i++) try_before(t, c, i, b, g->done[node[i - 1]], next);
}

// ---- without one operation -----------------------------------------------------------------------------
// Operation u is taken out of its machine and lasts no time. What stands before it in the order keeps its head, what
// stands behind it its tail; so the longest path without u is the longest over an arc that crosses u's place, and heads behind
// it and tails before it are computed as far as somebody asks for them.

static inline int32_t job_arc(const struct shop_graph *g, int32_t v) { return g->done[v] + g->left[v + 1]; }
static inline int32_t machine_arc(const struct shop_graph *g, int32_t v) { return g->done[v] + g->left[g->after[v]]; }

static void cut_begin(struct tabu *t) {
  const struct shop_graph *g = &t->graph;
  const struct shop *s = t->shop;
  struct tabu_cut *c = &t->cut;
  c->place = 0;
  for (int32_t j = 0; j < s->jobs; j++) c->across[j] = g->left[s->first[j]];
  for (int32_t m = 0; m < s->machines; m++) {
    c->across[s->jobs + m] = g->left[g->top[m]];
    c->last[m] = 0;
  }
  memcpy(c->done, g->done, (size_t)s->nodes * sizeof *c->done);
  memcpy(c->left, g->left, (size_t)s->nodes * sizeof *c->left);
}

// The cut goes on to operation u, which does not stand before it. Returns the longest path without u.
static int32_t cut_at(struct tabu *t, int32_t u) {
  const struct shop_graph *g = &t->graph;
  const struct shop *s = t->shop;
  struct tabu_cut *c = &t->cut;
  int32_t *across = c->across, count = s->jobs + s->machines, most_of = 0;
  for (; c->place < g->place[u]; c->place++) {
    int32_t v = g->order[c->place];
    across[s->job[v]] = job_arc(g, v);
    across[s->jobs + g->machine[v]] = machine_arc(g, v);
    c->last[g->machine[v]] = v;
  }
  // past u
  across[s->job[u]] = g->done[u - 1] + g->left[u + 1];
  across[s->jobs + g->machine[u]] = g->done[g->before[u]] + g->left[g->after[u]];
  for (int32_t i = 0; i < count; i++) most_of = most(most_of, across[i]);
  return most_of;
}

// u leaves its machine, and comes back; in between heads and tails are those without it, as far as they were asked for.
static void cut_out(struct tabu *t, int32_t u) {
  struct shop_graph *g = &t->graph;
  struct tabu_cut *c = &t->cut;
  int32_t a = g->before[u], b = g->after[u];
  if (a) g->after[a] = b;
  if (b) g->before[b] = a;
  c->heads = c->tails = g->place[u];
  c->done[u] = g->done[u - 1];
  c->left[u] = g->left[u + 1];
}

static void cut_back(struct tabu *t, int32_t u) {
  struct shop_graph *g = &t->graph;
  struct tabu_cut *c = &t->cut;
  int32_t a = g->before[u], b = g->after[u];
  if (a) g->after[a] = u;
  if (b) g->before[b] = u;
  for (int32_t i = g->place[u]; i <= c->heads; i++) c->done[g->order[i]] = g->done[g->order[i]];
  for (int32_t i = g->place[u]; i >= c->tails; i--) c->left[g->order[i]] = g->left[g->order[i]];
}

static void heads_to(struct tabu *t, int32_t place) {
  const struct shop_graph *g = &t->graph;
  int32_t *done = t->cut.done;
  while (t->cut.heads < place) {
    int32_t v = g->order[++t->cut.heads];
    done[v] = most(done[v - 1], done[g->before[v]]) + g->time[v];
  }
}

static void tails_to(struct tabu *t, int32_t place) {
  const struct shop_graph *g = &t->graph;
  int32_t *left = t->cut.left;
  while (t->cut.tails > place) {
    int32_t v = g->order[--t->cut.tails];
    left[v] = most(left[v + 1], left[g->after[v]]) + g->time[v];
  }
}

// ---- moves to other machines ---------------------------------------------------------------------------

// u, the first operation of the job that must come behind y if y does not come before it: no path leads from it to y. And the mirror.
static inline bool free_of_next(const struct tabu *t, int32_t u, int32_t y) {
  const struct shop_graph *g = &t->graph;
  int32_t a = u + 1;
  if (t->shop->job[a] < 0 || g->place[y] < g->place[a]) return true;
  return y != a && t->cut.done[y] - g->time[y] < t->cut.done[a];
}

static inline bool free_of_last(const struct tabu *t, int32_t u, int32_t x) {
  const struct shop_graph *g = &t->graph;
  int32_t a = u - 1;
  if (t->shop->job[a] < 0 || g->place[x] > g->place[a]) return true;
  return x != a && t->cut.left[x] - g->time[x] < t->cut.left[a];
}

// Places of other machines for operation i of the path, of those that none is surely better than: from the one that crosses u's place to the right until what
// follows need not wait, and to the left until u need not wait (Mastrolilli & Gambardella 2000, Theorem 1).
static void try_machines(struct tabu *t, struct choice *c, int32_t i) {
  const struct shop_graph *g = &t->graph;
  const struct shop *s = t->shop;
  int32_t u = t->path.node[i];
  if (s->alt[u + 1] - s->alt[u] < 2) return;
  int32_t without = cut_at(t, u);
  if (without > c->best.value) return;
  cut_out(t, u);
  const int32_t *done = t->cut.done, *left = t->cut.left, *place = g->place;
  int32_t ready = done[u - 1], rest = left[u + 1];
  for (int32_t a = s->alt[u]; a < s->alt[u + 1]; a++) {
    int32_t machine = s->alt_machine[a], time = s->alt_time[a];
    if (machine == g->machine[u] || ready + time + rest > c->best.value) continue;
    uint32_t key = place_key(t, u, machine);
    int32_t last = t->cut.last[machine], next = last ? g->after[last] : g->top[machine];
    struct move m = {.kind = MOVE_INSERT, .i = i, .machine = machine, .time = time};
    for (int32_t x = last, y = next;; x = y, y = g->after[y]) {
      m.x = x;
      m.y = y;
      m.through = most(ready, done[x]) + time + most(rest, left[y]);
      m.value = most(m.through, without);
      consider(t, c, &m, key);
      if (left[y] <= rest || most(done[x], ready) + time + rest > c->best.value) break;
      // y stands behind u, so it cannot end sooner than this
      if (done[x] + g->time[y] + time + rest > c->best.value) break;
      heads_to(t, place[y]);
      if (!free_of_next(t, u, y)) break;
    }
    for (int32_t x = last, y = next; x;) {
      if (done[x] <= ready || ready + time + left[y] + g->time[x] > c->best.value) break;
      tails_to(t, place[x]);
      if (!free_of_last(t, u, x)) break;
      y = x;
      x = g->before[x];
      m.x = x;
      m.y = y;
      m.through = most(ready, done[x]) + time + most(rest, left[y]);
      m.value = most(m.through, without);
      consider(t, c, &m, key);
    }
  }
  cut_back(t, u);
}

static void apply(struct tabu *t, const struct move *m) {
  const struct tabu_path *p = &t->path;
  int32_t u = p->node[m->i], v = p->node[m->j];
  uint32_t until = ban_end(t);
  t->promised = m->kind == MOVE_INSERT ? m->value : -1;
  switch (m->kind) {
    case MOVE_NONE:
      break;
    case MOVE_BEHIND:
      for (int32_t k = m->i + 1; k <= m->j; k++) ban(t, pair_key(t, u, p->node[k]), until);
      shop_graph_move_behind(&t->graph, u, v);
      break;
    case MOVE_BEFORE:
      for (int32_t k = m->i; k < m->j; k++) ban(t, pair_key(t, p->node[k], v), until);
      shop_graph_move_before(&t->graph, v, u);
      break;
    case MOVE_INSERT:
      ban(t, place_key(t, u, t->graph.machine[u]), until);
      shop_graph_insert(&t->graph, u, m->machine, m->time, m->x, m->y);
      break;
  }
}

static bool step(struct tabu *t) {
  const struct tabu_path *p = &t->path;
  find_path(t);
  struct choice c = {.best = {.value = INT32_MAX, .through = INT32_MAX}};
  for (int32_t a = 0, b; a < p->count; a = b + 1) {
    for (b = a; p->joined[b + 1]; b++) {}
    if (b > a) try_block(t, &c, a, b);
  }
  if (t->shop->flexible) {
    cut_begin(t);
    for (int32_t i = 0; i < p->count; i++) try_machines(t, &c, i);
  }
  if (c.best.kind != MOVE_NONE) apply(t, &c.best);
  else if (c.other.kind != MOVE_NONE) apply(t, &c.other);
  else return false;
  return true;
}

int64_t tabu_run(struct tabu *t, int64_t iterations, int64_t patience) {
  int64_t made = 0;
  while (made < iterations && t->since < patience && t->best.makespan > t->target) {
    if (!step(t)) break;
    t->iteration++;
    t->since++;
    made++;
    if (t->graph.makespan < t->best.makespan) {
      shop_graph_save(&t->graph, &t->best);
      t->since = 0;
    }
  }
  return made;
}
