#include "engine/sim/build.h"

#include <stdlib.h>
#include <string.h>

#include "engine/sim/hands.h"
#include "engine/world/hands_check.h"

// Which flows a way is made of, kept while building so that equal ways are made once.
struct recipe { int first, count; int32_t type; int priority; bool failed; };

struct maker {
  struct twin *t;
  int *flow; int flows, flow_capacity;             // lists of flows of all recipes
  struct recipe *recipe; int recipes, recipe_capacity;
  struct edge *edge; size_t edges, edge_capacity;
  struct way *way; int ways, way_capacity;
  struct share *share; int shares, share_capacity;
  bool full;
};

static void *grow(void *block, size_t size, int *capacity, int count) {
  if (count < *capacity) return block;
  *capacity = *capacity ? 2 * *capacity : 256;
  void *bigger = realloc(block, size * (size_t)*capacity);
  if (!bigger) abort();
  return bigger;
}

static bool group_has(const struct layout *l, int group, int station) {
  const struct station_group *g = &l->groups[group];
  return station >= g->first && station < g->first + g->count;
}

static const struct station *target_of(const struct layout *l, const struct flow *f) { return &l->stations[l->groups[f->to].first]; }

// Would the target ever take that part?
static bool takes(const struct layout *l, const struct flow *f, int type) {
  if (f->part != NONE && f->part != type) return false;
  const struct station *to = target_of(l, f);
  if (to->kind != STATION_ASSEMBLY) return true;
  if (to->base == type) return true;
  for (int k = 0; k < to->need_count; k++)
    if (to->needs[k].part == type) return true;
  return false;
}

static void add_edge(struct maker *m, int32_t way, int to, int order, int flow, int list) {
  if (m->edges == m->edge_capacity) {
    m->edge_capacity = m->edge_capacity ? 2 * m->edge_capacity : 1024;
    m->edge = realloc(m->edge, sizeof *m->edge * m->edge_capacity);
    if (!m->edge) abort();
  }
  const struct layout *l = m->t->layout;
  m->edge[m->edges++] = (struct edge){.way = way, .to = to, .order = order, .flow = flow, .list = list,
    .priority = flow == NONE ? 0 : (int16_t)l->flows[flow].priority, .by_robots = flow != NONE && l->flows[flow].by != CARRIER_DIRECT};
  if (m->edges > EDGES_MAX) m->full = true;
}

// The way of station s that these flows make, for parts of one kind where its targets care.
static int32_t way_of(struct maker *m, int s, const int *flow, int flows, int32_t type, int priority, bool failed) {
  const struct layout *l = m->t->layout;
  int first_way = m->t->station[s].first_way;
  for (int w = first_way; w < m->ways; w++) {
    const struct recipe *r = &m->recipe[w];
    if (r->count == flows && r->type == type && r->priority == priority && r->failed == failed && memcmp(&m->flow[r->first], flow, sizeof *flow * (size_t)flows) == 0) return w;
  }
  m->way = grow(m->way, sizeof *m->way, &m->way_capacity, m->ways);
  m->recipe = grow(m->recipe, sizeof *m->recipe, &m->recipe_capacity, m->ways);
  int w = m->ways++;
  m->recipe[w] = (struct recipe){.first = m->flows, .count = flows, .type = type, .priority = priority, .failed = failed};
  m->way[w] = (struct way){.station = s, .first_edge = (uint32_t)m->edges, .higher = NONE, .type = type};
  for (int k = 0; k < flows; k++) {
    m->flow = grow(m->flow, sizeof *m->flow, &m->flow_capacity, m->flows);
    m->flow[m->flows++] = flow[k];
    const struct flow *f = &l->flows[flow[k]];
    int list = f->by == CARRIER_DIRECT ? NONE : build_list(m->t, hands_carriers(l, f) & ~hands_cannot(m->t, flow[k]), f->priority);
    const struct station_group *g = &l->groups[f->to];
    for (int to = g->first; to < g->first + g->count && !m->full; to++) add_edge(m, w, to, flow[k] << 12 | (s & 4095), flow[k], list);
  }
  m->way[w].edges = (uint32_t)(m->edges - m->way[w].first_edge);
  return w;
}

// The choice for one part type, level of order priority and inspection verdict at station s.
static struct choice choice_of(struct maker *m, int s, int type, int level, bool failed, const int *out, int outs, bool typed) {
  const struct layout *l = m->t->layout;
  int match[256], n = 0;
  bool shares = false, careful = false;
  for (int k = 0; k < outs && n < 256; k++) {
    const struct flow *f = &l->flows[out[k]];
    if (typed && !takes(l, f, type)) continue;
    if ((f->when == WHEN_PASS && failed) || (f->when == WHEN_FAIL && !failed)) continue;
    match[n++] = out[k];
    if (f->share >= 0) shares = true;
    if (target_of(l, f)->kind == STATION_ASSEMBLY) careful = true;
  }
  if (n == 0) return (struct choice){.way = NONE};
  int priority = l->stations[s].order == ORDER_PRIORITY && m->t->station[s].kind != STATION_SOURCE ? l->parts[type].priority + l->order_priorities[level] : 0;
  if (!shares) return (struct choice){.way = way_of(m, s, match, n, careful ? type : NONE, priority, false)};
  struct choice c = {.way = NONE, .first_share = m->shares, .shares = n};
  double sum = 0, total = 0;
  for (int k = 0; k < n; k++) total += l->flows[match[k]].share > 0 ? l->flows[match[k]].share : 0;
  for (int k = 0; k < n; k++) {
    m->share = grow(m->share, sizeof *m->share, &m->share_capacity, m->shares);
    const struct flow *f = &l->flows[match[k]];
    sum += f->share > 0 ? f->share : 0;
    m->share[m->shares++] = (struct share){.up_to = total > 0 ? sum / total : 1,
      .way = way_of(m, s, &match[k], 1, target_of(l, f)->kind == STATION_ASSEMBLY ? type : NONE, priority, failed)};
  }
  return c;
}

// Ways of one buffer with the same flows, in order of part priority: each knows the next larger.
static void rank_priorities(struct maker *m, int s) {
  for (int w = m->t->station[s].first_way; w < m->ways; w++) {
    int best = NONE;
    for (int o = m->t->station[s].first_way; o < m->ways; o++) {
      const struct recipe *a = &m->recipe[w], *b = &m->recipe[o];
      if (b->priority <= a->priority || b->type != a->type || b->count != a->count || memcmp(&m->flow[a->first], &m->flow[b->first], sizeof(int) * (size_t)a->count) != 0) continue;
      if (best == NONE || b->priority < m->recipe[best].priority) best = o;
    }
    m->way[w].higher = best;
  }
}

static void station_ways(struct maker *m, int s, const int *out, int outs, int *choices) {
  struct twin *t = m->t;
  const struct layout *l = t->layout;
  const struct station *plan = &l->stations[s];
  struct station_row *r = &t->station[s];
  r->first_way = m->ways;
  bool typed = plan->order == ORDER_PRIORITY;
  for (int k = 0; k < outs; k++)
    if (l->flows[out[k]].part != NONE || target_of(l, &l->flows[out[k]])->kind == STATION_ASSEMBLY) typed = true;
  r->choice = *choices;
  r->choice_by_type = typed;
  r->levels = (uint8_t)(plan->order == ORDER_PRIORITY ? l->level_count : 1);
  for (int type = 0; type < (typed ? l->part_count : 1); type++)
    for (int level = 0; level < r->levels; level++)
      for (int failed = 0; failed < 2; failed++)
        t->choice[(*choices)++] = choice_of(m, s, type, level, failed, out, outs, typed);
  if (plan->order == ORDER_PRIORITY) rank_priorities(m, s);
  r->rework_way = NONE;
  if (plan->rework_to != NONE && (plan->rework > 0 || plan->step_count > 0)) {
    m->way = grow(m->way, sizeof *m->way, &m->way_capacity, m->ways);
    m->recipe = grow(m->recipe, sizeof *m->recipe, &m->recipe_capacity, m->ways);
    m->recipe[m->ways] = (struct recipe){.first = m->flows, .count = -1};
    r->rework_way = m->ways++;
    m->way[r->rework_way] = (struct way){.station = s, .first_edge = (uint32_t)m->edges, .higher = NONE, .type = NONE};
    const struct station_group *g = &l->groups[plan->rework_to];
    for (int to = g->first; to < g->first + g->count; to++) add_edge(m, r->rework_way, to, 1 << 29 | (s & 4095), NONE, NONE);
    m->way[r->rework_way].edges = (uint32_t)g->count;
  }
  r->ways = m->ways - r->first_way;
}

// Each station learns how many edges lead to it.
static bool incoming_edges(struct twin *t) {
  const struct layout *l = t->layout;
  for (uint32_t e = 0; e < t->edges; e++) t->station[t->edge[e].to].in_edges++;
  for (int s = 0; s < l->station_count; s++) {
    struct station_row *r = &t->station[s];
    r->active = ARENA_NEW(&t->arena, uint32_t, r->in_edges + 1);
    if (!r->active) return false;
  }
  for (int32_t w = 0; w < t->ways; w++)
    for (uint32_t e = t->way[w].first_edge; e < t->way[w].first_edge + t->way[w].edges; e++)
      if (t->way[w].edges > 1) t->station[t->edge[e].to].multi = true;
  return true;
}

// Edges for which a part can be passed on without looking at anybody else.
static void mark_plain(struct twin *t) {
  const struct layout *l = t->layout;
  for (uint32_t k = 0; k < t->edges; k++) {
    struct edge *e = &t->edge[k];
    const struct way *y = &t->way[e->way];
    const struct station_row *from = &t->station[y->station], *to = &t->station[e->to];
    e->plain = !e->by_robots && y->edges == 1 && y->higher == NONE && !to->careful && to->limit_from == 0 && from->kind != STATION_SOURCE &&
               from->kind != STATION_CONVEYOR && (e->flow == NONE || !l->flows[e->flow].time.given);
  }
}

static bool stores(uint8_t kind) { return kind == STATION_BUFFER || kind == STATION_RACK || kind == STATION_BIN; }

// Machines with one server between a store that feeds nobody else and one place that takes all their parts.
static void mark_straight(struct twin *t) {
  for (int32_t w = 0; w < t->ways; w++) t->way[w].queue = t->way[w].type == NONE && !t->station[t->way[w].station].lifo;
  for (int32_t s = 0; s < t->layout->station_count; s++) {
    struct station_row *r = &t->station[s];
    const struct choice *c = &t->choice[r->choice];
    r->feed = r->next = NONE;
    r->only_way = !r->choice_by_type && c[0].shares == 0 && c[1].shares == 0 && c[0].way == c[1].way ? c[0].way : NONE;
  }
  for (uint32_t k = 0; k < t->edges; k++) {
    const struct edge *e = &t->edge[k];
    struct station_row *to = &t->station[e->to];
    if (to->in_edges > 1 || !to->plain || to->servers > 1 || to->only_way == NONE || to->limit_to) continue;
    const struct edge *out = &t->edge[t->way[to->only_way].first_edge];
    const struct station_row *from = &t->station[t->way[e->way].station];
    if (!e->plain || !out->plain || !stores(from->kind) || from->limit_to) continue;
    to->feed = e->way;
    to->next = out->to;
  }
}

enum status build_ways(struct twin *t, struct error *e) {
  const struct layout *l = t->layout;
  struct maker m = {.t = t};
  int choices = 0;
  size_t rows = 0;
  // flows that leave each station, in order of the file
  int *out = calloc((size_t)l->flow_count + 1, sizeof *out);
  for (int s = 0; s < l->station_count; s++) {
    bool typed = l->stations[s].order == ORDER_PRIORITY;
    for (int k = 0; k < l->flow_count; k++)
      if (group_has(l, l->flows[k].from, s) && (l->flows[k].part != NONE || target_of(l, &l->flows[k])->kind == STATION_ASSEMBLY)) typed = true;
    rows += (typed ? 2 * (size_t)l->part_count : 2) * (size_t)(l->stations[s].order == ORDER_PRIORITY ? l->level_count : 1);
  }
  t->choice = ARENA_NEW(&t->arena, struct choice, rows + 1);
  for (int s = 0; s < l->station_count && t->choice && !m.full; s++) {
    int outs = 0;
    for (int k = 0; k < l->flow_count; k++)
      if (group_has(l, l->flows[k].from, s)) out[outs++] = k;
    station_ways(&m, s, out, outs, &choices);
  }
  t->ways = m.ways;
  t->edges = (uint32_t)m.edges;
  t->way = ARENA_NEW(&t->arena, struct way, m.ways + 1);
  t->edge = ARENA_NEW(&t->arena, struct edge, m.edges + 1);
  t->share = ARENA_NEW(&t->arena, struct share, m.shares + 1);
  bool ok = t->choice && t->way && t->edge && t->share && !m.full;
  if (ok && m.ways) memcpy(t->way, m.way, sizeof *m.way * (size_t)m.ways);
  if (ok && m.edges) memcpy(t->edge, m.edge, sizeof *m.edge * m.edges);
  if (ok && m.shares) memcpy(t->share, m.share, sizeof *m.share * (size_t)m.shares);
  ok = ok && incoming_edges(t);
  if (ok) mark_plain(t);
  if (ok) mark_straight(t);
  free(out);
  free(m.flow);
  free(m.recipe);
  free(m.edge);
  free(m.way);
  free(m.share);
  if (m.full) return error_at(e, STATUS_LIMIT, l->file, 0, 0, "the flows between copies of stations make more than %d single ways: name copies (NAME-1) or use fewer", EDGES_MAX);
  return ok ? STATUS_OK : error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for the flows of this layout");
}
