#include "scheduler/shop_graph.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool shop_graph_make(struct shop_graph *g, const struct shop *s) {
  size_t nodes = (size_t)s->nodes, count = 9 * nodes + (size_t)s->machines;
  *g = (struct shop_graph){.shop = s};
  int32_t *at = calloc(count, sizeof *at);
  g->marked = calloc(nodes, 1);
  if (at == NULL || g->marked == NULL) {
    free(at);
    free(g->marked);
    return false;
  }
  int32_t **columns[] = {&g->time, &g->before, &g->after, &g->done, &g->left, &g->machine, &g->place, &g->order, &g->scratch, &g->top};
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++, at += nodes) *columns[i] = at;
  return true;
}

void shop_graph_finish(struct shop_graph *g) {
  free(g->time);
  free(g->marked);
  *g = (struct shop_graph){0};
}

// ---- longest paths -----------------------------------------------------------------------------------

static inline int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }

// heads of the operations from place `from` to the end of the order
static void sweep_heads(struct shop_graph *g, int32_t from) {
  int32_t *restrict done = g->done;
  const int32_t *order = g->order, *before = g->before, *time = g->time;
  int32_t ops = g->shop->ops;
  for (int32_t i = from; i < ops; i++) {
    int32_t v = order[i];
    done[v] = most(done[v - 1], done[before[v]]) + time[v];
  }
  // the makespan is the end of the last job
  const int32_t *first = g->shop->first;
  int32_t end = 0;
  for (int32_t j = 1; j <= g->shop->jobs; j++) end = most(end, done[first[j] - 2]);
  g->makespan = end;
}

// tails of the operations from place `from` down to the front
static void sweep_tails(struct shop_graph *g, int32_t from) {
  int32_t *restrict left = g->left;
  const int32_t *order = g->order, *after = g->after, *time = g->time;
  for (int32_t i = from; i >= 0; i--) {
    int32_t v = order[i];
    left[v] = most(left[v + 1], left[after[v]]) + time[v];
  }
}

// ---- plans -------------------------------------------------------------------------------------------

void shop_graph_load(struct shop_graph *g, const struct shop_plan *p) {
  const struct shop *s = g->shop;
  memcpy(g->order, p->order, (size_t)s->ops * sizeof *g->order);
  memcpy(g->machine, p->machine, (size_t)s->nodes * sizeof *g->machine);
  memcpy(g->time, p->time, (size_t)s->nodes * sizeof *g->time);
  memset(g->top, 0, (size_t)s->machines * sizeof *g->top);
  // front to back; scratch holds the last operation of each machine
  int32_t *last = calloc((size_t)s->machines, sizeof *last);
  assert(last);
  for (int32_t i = 0; i < s->ops; i++) {
    int32_t v = g->order[i], m = g->machine[v], u = last[m];
    g->place[v] = i;
    g->before[v] = u;
    g->after[v] = 0;
    if (u) g->after[u] = v;
    else g->top[m] = v;
    last[m] = v;
  }
  free(last);
  sweep_heads(g, 0);
  sweep_tails(g, s->ops - 1);
}

void shop_graph_save(const struct shop_graph *g, struct shop_plan *p) {
  const struct shop *s = g->shop;
  p->makespan = g->makespan;
  memcpy(p->order, g->order, (size_t)s->ops * sizeof *g->order);
  memcpy(p->machine, g->machine, (size_t)s->nodes * sizeof *g->machine);
  memcpy(p->time, g->time, (size_t)s->nodes * sizeof *g->time);
}

// ---- the order ---------------------------------------------------------------------------------------

// Sort places from ... to so that u (at from) and all that follows it there come behind the others: arcs already new.
static void shift_back(struct shop_graph *g, int32_t u, int32_t from, int32_t to) {
  int32_t *order = g->order, *place = g->place, *kept = g->scratch, count = 0, at = from;
  uint8_t *marked = g->marked;
  marked[u] = 1;
  kept[count++] = u;
  for (int32_t i = from + 1; i <= to; i++) {
    int32_t w = order[i];
    if (marked[w - 1] | marked[g->before[w]]) {
      marked[w] = 1;
      kept[count++] = w;
    } else {
      order[at] = w;
      place[w] = at++;
    }
  }
  for (int32_t i = 0; i < count; i++) {
    int32_t w = kept[i];
    order[at] = w;
    place[w] = at++;
    marked[w] = 0;
  }
}

// The mirror: u (at to) and all that it follows come before the others.
static void shift_front(struct shop_graph *g, int32_t u, int32_t from, int32_t to) {
  int32_t *order = g->order, *place = g->place, *kept = g->scratch, count = 0, at = to;
  uint8_t *marked = g->marked;
  marked[u] = 1;
  kept[count++] = u;
  for (int32_t i = to - 1; i >= from; i--) {
    int32_t w = order[i];
    if (marked[w + 1] | marked[g->after[w]]) {
      marked[w] = 1;
      kept[count++] = w;
    } else {
      order[at] = w;
      place[w] = at--;
    }
  }
  for (int32_t i = 0; i < count; i++) {
    int32_t w = kept[i];
    order[at] = w;
    place[w] = at--;
    marked[w] = 0;
  }
}

// ---- moves -------------------------------------------------------------------------------------------

static void unlink_node(struct shop_graph *g, int32_t u) {
  int32_t a = g->before[u], b = g->after[u];
  if (a) g->after[a] = b;
  else g->top[g->machine[u]] = b;
  if (b) g->before[b] = a;
}

static void link_node(struct shop_graph *g, int32_t u, int32_t x, int32_t y) {
  g->before[u] = x;
  g->after[u] = y;
  if (x) g->after[x] = u;
  else g->top[g->machine[u]] = u;
  if (y) g->before[y] = u;
}

void shop_graph_move_behind(struct shop_graph *g, int32_t u, int32_t v) {
  int32_t from = g->place[u], to = g->place[v];
  assert(from < to);
  unlink_node(g, u);
  link_node(g, u, v, g->after[v]);
  shift_back(g, u, from, to);
  sweep_heads(g, from);
  sweep_tails(g, to);
}

void shop_graph_move_before(struct shop_graph *g, int32_t v, int32_t u) {
  int32_t from = g->place[u], to = g->place[v];
  assert(from < to);
  unlink_node(g, v);
  link_node(g, v, g->before[u], u);
  shift_front(g, v, from, to);
  sweep_heads(g, from);
  sweep_tails(g, to);
}

void shop_graph_insert(struct shop_graph *g, int32_t u, int32_t machine, int32_t time, int32_t x, int32_t y) {
  int32_t low = g->place[u], high = low;
  unlink_node(g, u);
  g->machine[u] = machine;
  g->time[u] = time;
  link_node(g, u, x, y);
  if (x && g->place[x] > g->place[u]) {
    high = g->place[x];
    shift_back(g, u, low, high);
  } else if (y && g->place[y] < g->place[u]) {
    low = g->place[y];
    shift_front(g, u, low, high);
  }
  sweep_heads(g, low);
  sweep_tails(g, high);
}

bool shop_graph_valid(const struct shop_graph *g) {
  const struct shop *s = g->shop;
  int32_t end = 0, seen = 0;
  for (int32_t i = 0; i < s->ops; i++) {
    int32_t v = g->order[i], u = g->before[v];
    if (g->place[v] != i || s->job[v] < 0) return false;
    if (s->job[v - 1] >= 0 && g->place[v - 1] >= i) return false;
    if (u && (g->place[u] >= i || g->after[u] != v || g->machine[u] != g->machine[v])) return false;
    if (!u && g->top[g->machine[v]] != v) return false;
    if (g->done[v] != most(g->done[v - 1], g->done[u]) + g->time[v]) return false;
    if (g->left[v] != most(g->left[v + 1], g->left[g->after[v]]) + g->time[v]) return false;
    end = most(end, g->done[v]);
    bool offered = false;
    for (int32_t a = s->alt[v]; a < s->alt[v + 1]; a++)
      if (s->alt_machine[a] == g->machine[v] && s->alt_time[a] == g->time[v]) offered = true;
    if (!offered) return false;
  }
  for (int32_t m = 0; m < s->machines; m++)
    for (int32_t v = g->top[m]; v; v = g->after[v]) seen++;
  return end == g->makespan && seen == s->ops;
}
