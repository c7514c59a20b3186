#include "tests/markov.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---- any chain -----------------------------------------------------------------------------------

struct arc { int from, to; double rate; };

struct markov {
  int     count, capacity;
  int8_t (*state)[MARKOV_BYTES];
  int     slots;                    // of the hash table, a power of two
  int    *slot;                     // state + 1, 0: free
  int     arcs, arcs_capacity;
  struct arc *arc;                  // in order of `from`, then of `to`'s column once solved
  double *out;                      // total rate out of each state
  double *pi;
  int     current;                  // state whose moves are being reported
  int     limit;
  bool    full;
  const void *model;
};

static uint64_t state_hash(const int8_t *s) {
  uint64_t h = UINT64_C(1469598103934665603);
  for (int i = 0; i < MARKOV_BYTES; i++) h = (h ^ (uint8_t)s[i]) * UINT64_C(1099511628211);
  return h ^ h >> 29;
}

static void table_grow(struct markov *m) {
  m->slots = m->slots ? m->slots * 2 : 1024;
  free(m->slot);
  m->slot = calloc((size_t)m->slots, sizeof *m->slot);
  assert(m->slot);
  for (int i = 0; i < m->count; i++) {
    uint64_t h = state_hash(m->state[i]) & (uint64_t)(m->slots - 1);
    while (m->slot[h]) h = (h + 1) & (uint64_t)(m->slots - 1);
    m->slot[h] = i + 1;
  }
}

// row of a state, new or known; -1 when there are too many
static int state_row(struct markov *m, const int8_t *s) {
  if (2 * (m->count + 1) > m->slots) table_grow(m);
  uint64_t h = state_hash(s) & (uint64_t)(m->slots - 1);
  while (m->slot[h]) {
    int i = m->slot[h] - 1;
    if (memcmp(m->state[i], s, MARKOV_BYTES) == 0) return i;
    h = (h + 1) & (uint64_t)(m->slots - 1);
  }
  if (m->count == m->limit) { m->full = true; return -1; }
  if (m->count == m->capacity) {
    m->capacity = m->capacity ? m->capacity * 2 : 256;
    m->state = realloc(m->state, (size_t)m->capacity * sizeof *m->state);
    assert(m->state);
  }
  memcpy(m->state[m->count], s, MARKOV_BYTES);
  m->slot[h] = m->count + 1;
  return m->count++;
}

void markov_go(struct markov *m, const int8_t next[MARKOV_BYTES], double rate) {
  assert(rate > 0);
  int to = state_row(m, next);
  if (to < 0 || to == m->current) return;
  if (m->arcs == m->arcs_capacity) {
    m->arcs_capacity = m->arcs_capacity ? m->arcs_capacity * 2 : 1024;
    m->arc = realloc(m->arc, (size_t)m->arcs_capacity * sizeof *m->arc);
    assert(m->arc);
  }
  m->arc[m->arcs++] = (struct arc){m->current, to, rate};
}

// state reduction: no subtraction, so no cancellation
static void solve_gth(struct markov *m) {
  int n = m->count;
  double *a = calloc((size_t)n * (size_t)n, sizeof *a);
  assert(a);
  for (int k = 0; k < m->arcs; k++) a[(size_t)m->arc[k].from * (size_t)n + (size_t)m->arc[k].to] += m->arc[k].rate;
  for (int k = n - 1; k > 0; k--) {
    double s = 0;
    for (int j = 0; j < k; j++) s += a[(size_t)k * (size_t)n + (size_t)j];
    assert(s > 0);
    for (int i = 0; i < k; i++) {
      double f = a[(size_t)i * (size_t)n + (size_t)k] /= s;
      if (f > 0) for (int j = 0; j < k; j++) a[(size_t)i * (size_t)n + (size_t)j] += f * a[(size_t)k * (size_t)n + (size_t)j];
    }
  }
  m->pi[0] = 1;
  double total = 1;
  for (int k = 1; k < n; k++) {
    m->pi[k] = 0;
    for (int i = 0; i < k; i++) m->pi[k] += m->pi[i] * a[(size_t)i * (size_t)n + (size_t)k];
    total += m->pi[k];
  }
  for (int k = 0; k < n; k++) m->pi[k] /= total;
  free(a);
}

static void solve_gauss_seidel(struct markov *m) {
  int n = m->count;
  // columns of Q: who leads into each state
  int *begin = calloc((size_t)n + 1, sizeof *begin);
  struct arc *column = malloc((size_t)m->arcs * sizeof *column);
  assert(begin);
  assert(column);
  for (int k = 0; k < m->arcs; k++) begin[m->arc[k].to + 1]++;
  for (int j = 0; j < n; j++) begin[j + 1] += begin[j];
  int *fill = malloc((size_t)n * sizeof *fill);
  assert(fill);
  memcpy(fill, begin, (size_t)n * sizeof *fill);
  for (int k = 0; k < m->arcs; k++) column[fill[m->arc[k].to]++] = m->arc[k];
  free(fill);

  for (int j = 0; j < n; j++) m->pi[j] = 1.0 / n;
  for (int sweep = 0; sweep < 20000; sweep++) {
    double change = 0, total = 0;
    for (int j = 0; j < n; j++) {
      double in = 0;
      for (int k = begin[j]; k < begin[j + 1]; k++) in += m->pi[column[k].from] * column[k].rate;
      double p = in / m->out[j], d = fabs(p - m->pi[j]);
      if (p > 1e-30 && d / p > change) change = d / p;
      m->pi[j] = p;
      total += p;
    }
    for (int j = 0; j < n; j++) m->pi[j] /= total;
    if (change < 1e-14) break;
  }
  free(begin);
  free(column);
}

struct markov *markov_create(const int8_t first[MARKOV_BYTES], markov_moves *moves, void *model, int limit) {
  struct markov *m = calloc(1, sizeof *m);
  assert(m);
  m->model = model;
  m->limit = limit;
  m->current = -1;
  state_row(m, first);
  // the list of states is its own queue: breadth first
  for (int i = 0; i < m->count && !m->full; i++) {
    int8_t s[MARKOV_BYTES];
    memcpy(s, m->state[i], sizeof s);
    m->current = i;
    moves(model, s, m);
  }
  if (m->full) { markov_destroy(m); return NULL; }
  m->out = calloc((size_t)m->count, sizeof *m->out);
  m->pi = calloc((size_t)m->count, sizeof *m->pi);
  assert(m->out);
  assert(m->pi);
  bool ends = false;
  for (int k = 0; k < m->arcs; k++) m->out[m->arc[k].from] += m->arc[k].rate;
  for (int i = 0; i < m->count; i++) if (m->out[i] == 0) ends = true;
  if (m->count == 1) m->pi[0] = 1;
  else if (ends) return m;          // an absorbing chain: markov_time_to_end
  else if (m->count <= 500) solve_gth(m);
  else solve_gauss_seidel(m);
  return m;
}

void markov_destroy(struct markov *m) {
  if (!m) return;
  free(m->state);
  free(m->slot);
  free(m->arc);
  free(m->out);
  free(m->pi);
  free(m);
}

int markov_states(const struct markov *m) { return m->count; }

double markov_residual(const struct markov *m) {
  double *r = calloc((size_t)m->count, sizeof *r), worst = 0;
  assert(r);
  for (int i = 0; i < m->count; i++) r[i] = -m->pi[i] * m->out[i];
  for (int k = 0; k < m->arcs; k++) r[m->arc[k].to] += m->pi[m->arc[k].from] * m->arc[k].rate;
  for (int i = 0; i < m->count; i++) if (fabs(r[i]) > worst) worst = fabs(r[i]);
  free(r);
  return worst;
}

double markov_mean(const struct markov *m, markov_reward *reward) {
  double sum = 0;
  for (int i = 0; i < m->count; i++) sum += m->pi[i] * reward(m->model, m->state[i]);
  return sum;
}

double markov_time_to_end(const struct markov *m) {
  // t_i = (1 + sum_j q_ij t_j) / q_i, swept until nothing changes; a chain without loops ends after one sweep each way
  double *t = calloc((size_t)m->count, sizeof *t);
  double *sum = malloc((size_t)m->count * sizeof *sum);
  assert(t);
  assert(sum);
  for (int sweep = 0; sweep < 100000; sweep++) {
    memset(sum, 0, (size_t)m->count * sizeof *sum);
    for (int k = 0; k < m->arcs; k++) sum[m->arc[k].from] += m->arc[k].rate * t[m->arc[k].to];
    double change = 0;
    for (int i = 0; i < m->count; i++) {
      double v = m->out[i] > 0 ? (1 + sum[i]) / m->out[i] : 0;
      change = fmax(change, fabs(v - t[i]));
      t[i] = v;
    }
    if (change < 1e-14) break;
  }
  double first = t[0];
  free(t);
  free(sum);
  return first;
}

// ---- lines ---------------------------------------------------------------------------------------

struct phases phases_exponential(double mean) {
  return (struct phases){.count = 1, .serial = true, .rate = {1 / mean}, .start = {1}};
}

struct phases phases_erlang(int k, double mean) {
  assert(k >= 1 && k <= NET_PHASES);
  struct phases p = {.count = k, .serial = true, .start = {1}};
  for (int i = 0; i < k; i++) p.rate[i] = k / mean;
  return p;
}

struct phases phases_hyper(double p, double mean1, double mean2) {
  return (struct phases){.count = 2, .rate = {1 / mean1, 1 / mean2}, .start = {p, 1 - p}};
}

struct net_node net_node_make(struct phases time) {
  return (struct net_node){.time = time, .servers = 1, .inputs = 1};
}

static void net_join(struct net *n, int from, int to, int input) {
  struct net_node *f = &n->node[from];
  f->outs = 1;
  f->out[0] = to;
  f->out_input[0] = input;
  f->out_share[0] = 1;
}

struct net net_line(int count, const struct phases *time, const int *room) {
  assert(count <= NET_NODES);
  struct net n = {.count = count};
  for (int i = 0; i < count; i++) {
    n.node[i] = net_node_make(time[i]);
    if (i) n.node[i].room[0] = room[i - 1];
    net_join(&n, i, i + 1 < count ? i + 1 : NET_SINK, 0);
  }
  n.node[0].saturated = true;
  return n;
}

struct net net_assembly(int feeders, const struct phases *feeder, const int *room, struct phases assembly) {
  assert(feeders <= NET_INPUTS);
  struct net n = {.count = feeders + 1};
  for (int i = 0; i < feeders; i++) {
    n.node[i] = net_node_make(feeder[i]);
    n.node[i].saturated = true;
    net_join(&n, i, feeders, i);
  }
  n.node[feeders] = net_node_make(assembly);
  n.node[feeders].inputs = feeders;
  for (int i = 0; i < feeders; i++) n.node[feeders].room[i] = room[i];
  net_join(&n, feeders, NET_SINK, 0);
  return n;
}

// Bytes of a state, for each node:
//   0            1                 2 ... 2 + NET_INPUTS - 1     last
//   work         down              parts in each buffer         who of two waits longest
// work, one server:   0 idle, 1 .. phases in that phase, phases + 1 + j done and waiting for way j,
//                     phases + 1 + NET_OUTS before service, waiting for room
// work, more servers: busy servers; `down` then counts those that are blocked
// A node has only as many buffer bytes as it has inputs.
struct place { int work, down, level, first; };

static struct place place_of(const struct net *n, int node) {
  int at = 0;
  for (int i = 0; i < node; i++) at += 3 + n->node[i].inputs;
  return (struct place){at, at + 1, at + 2, at + 2 + n->node[node].inputs};
}

// the way that node u is blocked towards, -1: not blocked
static int blocked_way(const struct net *n, const int8_t *s, int u) {
  const struct net_node *x = &n->node[u];
  struct place p = place_of(n, u);
  if (x->servers > 1) return s[p.down] > 0 ? 0 : -1;
  int way = s[p.work] - x->time.count - 1;
  return way >= 0 && way < NET_OUTS ? way : -1;
}

// nodes that wait for input k of node t, in order of node; returns how many
static int waiting(const struct net *n, const int8_t *s, int t, int k, int *who) {
  int count = 0;
  for (int u = 0; u < n->count; u++) {
    int way = blocked_way(n, s, u);
    if (way >= 0 && n->node[u].out[way] == t && n->node[u].out_input[way] == k) who[count++] = u;
  }
  return count;
}

// who of those that wait goes first; -1: nobody waits
static int next_waiting(const struct net *n, const int8_t *s, int t, int k) {
  int who[NET_NODES], count = waiting(n, s, t, k, who);
  if (count == 0) return -1;
  assert(count <= 2 || n->node[t].priority);
  if (count == 1 || n->node[t].priority) return who[0];
  return who[s[place_of(n, t).first]];
}

static void release(const struct net *n, int8_t *s, int u) {
  struct place p = place_of(n, u);
  int way = blocked_way(n, s, u);
  assert(way >= 0);
  int t = n->node[u].out[way];
  if (n->node[u].servers > 1) s[p.down]--;
  else s[p.work] = 0;
  s[place_of(n, t).first] = 0;      // at most one is left
}

// node u has finished and wants to go way j: note who was first where two wait
static void wait_for(const struct net *n, int8_t *s, int u, int j) {
  int t = n->node[u].out[j], who[NET_NODES];
  int before = waiting(n, s, t, n->node[u].out_input[j], who);
  struct place p = place_of(n, u);
  if (n->node[u].servers > 1) s[p.down]++;
  else s[p.work] = (int8_t)(n->node[u].time.count + 1 + j);
  if (before == 1 && !n->node[t].priority && who[0] != u) s[place_of(n, t).first] = who[0] > u;
}

static bool has_part(const struct net *n, const int8_t *s, int t, int k) {
  if (k == 0 && n->node[t].saturated) return true;
  if (n->node[t].room[k] > 0) return s[place_of(n, t).level + k] > 0;
  return next_waiting(n, s, t, k) >= 0;
}

static bool has_server(const struct net *n, const int8_t *s, int t) {
  struct place p = place_of(n, t);
  const struct net_node *x = &n->node[t];
  if (x->servers > 1) return s[p.work] + s[p.down] < x->servers;
  return s[p.work] == 0 && !s[p.down];
}

// before service: the next place has room (a line, so nobody else can take it)
static bool next_has_room(const struct net *n, const int8_t *s, int t) {
  int to = n->node[t].out[0];
  if (to == NET_SINK) return true;
  return n->node[to].room[0] > 0 ? s[place_of(n, to).level] < n->node[to].room[0] : has_server(n, s, to);
}

static void settle(const struct net *n, const int8_t *from, double rate, struct markov *m);

// begin a service at t in every phase that it may begin in
static void begin(const struct net *n, const int8_t *s, int t, double rate, struct markov *m) {
  const struct net_node *x = &n->node[t];
  struct place p = place_of(n, t);
  if (x->before_service && !next_has_room(n, s, t)) {
    int8_t next[MARKOV_BYTES];
    memcpy(next, s, sizeof next);
    next[p.work] = (int8_t)(x->time.count + 1 + NET_OUTS);
    settle(n, next, rate, m);
    return;
  }
  for (int j = 0; j < x->time.count; j++) {
    if (x->time.start[j] <= 0) continue;
    int8_t next[MARKOV_BYTES];
    memcpy(next, s, sizeof next);
    if (x->servers > 1) next[p.work]++;
    else next[p.work] = (int8_t)(j + 1);
    settle(n, next, rate * x->time.start[j], m);
  }
}

// everything that happens at once: parts move on and services begin until nothing can
static void settle(const struct net *n, const int8_t *from, double rate, struct markov *m) {
  int8_t s[MARKOV_BYTES];
  memcpy(s, from, sizeof s);
  for (bool moved = true; moved;) {
    moved = false;
    for (int t = n->count - 1; t >= 0; t--) {
      const struct net_node *x = &n->node[t];
      struct place p = place_of(n, t);
      if (x->before_service && s[p.work] == x->time.count + 1 + NET_OUTS && next_has_room(n, s, t)) {
        begin(n, s, t, rate, m);
        return;
      }
      bool complete = has_server(n, s, t);
      for (int k = 0; k < x->inputs; k++) if (!has_part(n, s, t, k)) complete = false;
      if (x->arrivals > 0 && x->room[0] == 0) complete = false;     // comes with its arrival only
      if (complete) {
        for (int k = 0; k < x->inputs; k++) {
          if (k == 0 && x->saturated) continue;
          if (x->room[k] > 0) s[p.level + k]--;
          else release(n, s, next_waiting(n, s, t, k));
        }
        begin(n, s, t, rate, m);
        return;
      }
      for (int k = 0; k < x->inputs; k++) {
        int u = x->room[k] > s[p.level + k] ? next_waiting(n, s, t, k) : -1;
        if (u < 0) continue;
        release(n, s, u);
        s[p.level + k]++;
        moved = true;
      }
    }
  }
  markov_go(m, s, rate);
}

// a service of node i ends at this rate
static void finish(const struct net *n, const int8_t *s, int i, double rate, struct markov *m) {
  const struct net_node *x = &n->node[i];
  struct place p = place_of(n, i);
  int8_t next[MARKOV_BYTES];
  for (int j = -1; j < x->outs; j++) {
    double share = j < 0 ? x->scrap : (1 - x->scrap) * x->out_share[j];
    if (share <= 0) continue;
    memcpy(next, s, sizeof next);
    if (x->servers > 1) next[p.work]--;
    else next[p.work] = 0;
    if (j >= 0 && x->out[j] != NET_SINK) wait_for(n, next, i, j);
    settle(n, next, rate * share, m);
  }
}

static void net_moves(void *model, const int8_t *s, struct markov *m) {
  const struct net *n = model;
  int8_t next[MARKOV_BYTES];
  for (int i = 0; i < n->count; i++) {
    const struct net_node *x = &n->node[i];
    struct place p = place_of(n, i);
    if (x->servers > 1) {
      if (s[p.work] > 0) finish(n, s, i, s[p.work] * x->time.rate[0], m);
    } else {
      int phase = s[p.work] - 1;
      bool works = phase >= 0 && phase < x->time.count;
      if (works && !s[p.down]) {
        if (x->time.serial && phase + 1 < x->time.count) {
          memcpy(next, s, sizeof next);
          next[p.work]++;
          markov_go(m, next, x->time.rate[phase]);
        } else {
          finish(n, s, i, x->time.rate[phase], m);
        }
      }
      memcpy(next, s, sizeof next);
      next[p.down] = !s[p.down];
      if (s[p.down]) settle(n, next, x->repair, m);
      else if (x->fail > 0 && (works || x->calendar)) settle(n, next, x->fail, m);
    }
    if (x->arrivals > 0) {
      memcpy(next, s, sizeof next);
      if (x->room[0] > s[p.level]) {
        next[p.level]++;
        settle(n, next, x->arrivals, m);
      } else if (x->room[0] == 0 && has_server(n, s, i)) {
        begin(n, next, i, x->arrivals, m);
      }
    }
  }
}


struct net_result net_solve(const struct net *n) {
  // the empty line, settled, is the first state
  struct markov seed = {.current = -1, .limit = 64};
  int8_t empty[MARKOV_BYTES] = {0};
  struct place end = place_of(n, n->count - 1);
  assert(end.first < MARKOV_BYTES);
  settle(n, empty, 1, &seed);
  struct markov *m = markov_create(seed.state[0], net_moves, (void *)n, 400000);
  free(seed.state);
  free(seed.slot);
  free(seed.arc);
  assert(m);

  struct net_result r = {.states = m->count, .residual = markov_residual(m)};
  for (int i = 0; i < m->count; i++) {
    const int8_t *s = m->state[i];
    double pi = m->pi[i];
    for (int k = 0; k < n->count; k++) {
      const struct net_node *x = &n->node[k];
      struct place p = place_of(n, k);
      double busy, done = 0, blocked, down = 0;
      if (x->servers > 1) {
        busy = s[p.work];
        done = busy * x->time.rate[0];
        blocked = s[p.down];
      } else {
        int phase = s[p.work] - 1;
        bool works = phase >= 0 && phase < x->time.count;
        down = s[p.down];
        busy = works && !s[p.down];
        blocked = phase >= x->time.count && !s[p.down];
        if (busy > 0 && (!x->time.serial || phase + 1 == x->time.count)) done = x->time.rate[phase];
        r.parts += pi * (phase >= 0);
      }
      if (x->servers > 1) r.parts += pi * (busy + blocked);
      r.working[k] += pi * busy / x->servers;
      r.blocked[k] += pi * blocked / x->servers;
      r.down[k] += pi * down;
      r.starved[k] += pi * (x->servers - busy - blocked - down) / x->servers;
      r.scrapped += pi * done * x->scrap;
      for (int j = 0; j < x->outs; j++) if (x->out[j] == NET_SINK) r.throughput += pi * done * (1 - x->scrap) * x->out_share[j];
      for (int j = 0; j < x->inputs; j++) {
        r.queue[k][j] += pi * s[p.level + j];
        r.parts += pi * s[p.level + j];
      }
      if (x->arrivals > 0 && !(x->room[0] > s[p.level]) && !(x->room[0] == 0 && has_server(n, s, k))) r.lost += pi * x->arrivals;
    }
  }
  markov_destroy(m);
  return r;
}
