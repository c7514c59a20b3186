// Random small lines, each solved as a Markov chain and run by the twin: the throughput must agree.
// Stations with exponential, Erlang and hyperexponential times, unreliable ones, parallel servers, buffers,
// scrap, blocking before and after service, feeders of an assembly, sorters and merges.
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "tests/lines.h"
#include "tests/markov.h"

#define NETS         40
#define REPLICATIONS 20
#define SECONDS      8000.0
#define WARMUP       200.0
#define ERRORS       4.5            // standard errors: 1 in 4,000 of t(19), for 40 nets

struct draw { struct stream s; struct net net; char stations[4000], flow[2000]; };

static int pick(struct draw *d, int n) { return (int)(stream_unit(&d->s) * n); }
static bool maybe(struct draw *d, double share) { return stream_unit(&d->s) < share; }

static void add(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void add(char *to, size_t size, const char *format, ...) {
  size_t used = strlen(to);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(to + used, size - used, format, arguments);
  va_end(arguments);
}
#define STATION(...) add(d->stations, sizeof d->stations, __VA_ARGS__)
#define FLOW(...)    add(d->flow, sizeof d->flow, __VA_ARGS__)

static double mean_of(struct draw *d) { return 0.5 + 0.1 * pick(d, 11); }

// a service time, in the chain and in the text
static struct phases time_of(struct draw *d, bool plain) {
  double mean = mean_of(d);
  int kind = plain ? 0 : pick(d, 4), k = 2 + pick(d, 3);
  if (kind == 1) {
    STATION("\"erlang(%d, %.10g s)\"", k, mean);
    return phases_erlang(k, mean);
  }
  if (kind == 2) {
    STATION("\"hyperexponential(0.75, %.10g s, %.10g s)\"", mean / 2, mean * 2.5);
    return phases_hyper(0.75, mean / 2, mean * 2.5);
  }
  STATION("exponential(%.10g s)", mean);
  return phases_exponential(mean);
}

// node k as station s<k>; before: it may block before service
static void station(struct draw *d, int k, const char *kind, bool before) {
  struct net_node *x = &d->net.node[k];
  int outs = x->outs, inputs = x->inputs;
  bool parallel = inputs == 1 && outs == 1 && maybe(d, 0.2);
  STATION("s%d: {kind: %s, time: ", k, kind);
  struct phases time = time_of(d, parallel);
  x->time = time;
  if (parallel) {
    x->servers = 2 + pick(d, 2);
    STATION(", servers: %d", x->servers);
  } else if (maybe(d, 0.3)) {
    double up = 5 + pick(d, 20), down = 1 + pick(d, 4);
    x->fail = 1 / up;
    x->repair = 1 / down;
    STATION(", failures: {up: exponential(%.10g s), down: exponential(%.10g s)}", up, down);
  }
  if (maybe(d, 0.2)) {
    x->scrap = 0.05 * (1 + pick(d, 4));
    STATION(", scrap: %.2f", x->scrap);
  }
  if (before && !parallel && maybe(d, 0.3)) {
    x->before_service = true;
    STATION(", blocking: before-service");
  }
  STATION("}\n");
}

static void join(struct draw *d, int from, int to, int input, double share) {
  struct net_node *x = &d->net.node[from];
  x->out[x->outs] = to;
  x->out_input[x->outs] = input;
  x->out_share[x->outs++] = share;
}

// "sA -> qA-B -> sB" or without the buffer; more: what the first arrow says besides
static void arrow(struct draw *d, int from, int to, int room, const char *more) {
  if (room > 0) {
    STATION("q%d-%d: {kind: buffer, capacity: %d}\n", from, to, room);
    FLOW("{path: s%d -> q%d-%d%s}\nq%d-%d -> s%d\n", from, from, to, more, from, to, to);
  } else {
    FLOW("{path: s%d -> s%d%s}\n", from, to, more);
  }
}

static void source(struct draw *d, int to, const char *part) {
  d->net.node[to].saturated = true;
  STATION("r%d: {kind: source, makes: %s}\n", to, part);
  FLOW("r%d -> s%d\n", to, to);
}

static void tandem(struct draw *d) {
  int n = 2 + pick(d, 3);
  d->net.count = n;
  source(d, 0, "part");
  for (int k = 0; k < n; k++) join(d, k, k + 1 < n ? k + 1 : NET_SINK, 0, 1);
  for (int k = 0; k < n; k++) {
    station(d, k, "machine", k + 1 < n);
    if (k + 1 < n) arrow(d, k, k + 1, d->net.node[k + 1].room[0] = pick(d, 4), "");
  }
  FLOW("s%d -> out\n", n - 1);
}

static void assembly(struct draw *d) {
  int n = 2 + pick(d, 2);
  d->net.count = n + 1;
  for (int k = 0; k < n; k++) {
    source(d, k, (const char *[]){"a", "b", "c"}[k]);
    join(d, k, n, k, 1);
    station(d, k, "machine", false);
    arrow(d, k, n, d->net.node[n].room[k] = pick(d, 3), "");
  }
  join(d, n, NET_SINK, 0, 1);
  d->net.node[n].inputs = n;
  station(d, n, n == 2 ? "assembly, needs: {a: 1, b: 1}, makes: product" : "assembly, needs: {a: 1, b: 1, c: 1}, makes: product", false);
  FLOW("s%d -> out\n", n);
}

static void sorter(struct draw *d) {
  int n = 2 + pick(d, 2);
  d->net.count = n + 1;
  source(d, 0, "part");
  double left = 1;
  for (int k = 1; k <= n; k++) {
    double share = k < n ? 0.1 * (1 + pick(d, 4)) : left;
    left -= share;
    join(d, 0, k, 0, share);
  }
  station(d, 0, "sorter", false);
  for (int k = 1; k <= n; k++) {
    char share[40];
    snprintf(share, sizeof share, ", share: %.10g", d->net.node[0].out_share[k - 1]);
    join(d, k, NET_SINK, 0, 1);
    station(d, k, "machine", false);
    arrow(d, 0, k, d->net.node[k].room[0] = pick(d, 3), share);
    FLOW("s%d -> out\n", k);
  }
}

// two into one place, first come first served or by priority, and a station behind
static void merge(struct draw *d) {
  d->net.count = 4;
  int room = pick(d, 3);
  bool priority = maybe(d, 0.5);
  for (int k = 0; k < 2; k++) {
    source(d, k, "part");
    join(d, k, 2, 0, 1);
    station(d, k, "machine", false);
    FLOW("{path: s%d -> %s%s}\n", k, room > 0 ? "q" : "s2", priority && k == 0 ? ", priority: 1" : "");
  }
  if (room > 0) {
    STATION("q: {kind: buffer, capacity: %d}\n", room);
    FLOW("q -> s2\n");
  }
  d->net.node[2].room[0] = room;
  d->net.node[2].priority = priority;
  join(d, 2, 3, 0, 1);
  join(d, 3, NET_SINK, 0, 1);
  station(d, 2, "machine", false);
  arrow(d, 2, 3, d->net.node[3].room[0] = pick(d, 3), "");
  station(d, 3, "machine", false);
  FLOW("s3 -> out\n");
}

static void net_of(struct draw *d, uint32_t number) {
  *d = (struct draw){.s = stream_make(71, number, "random nets", "draw", 0)};
  for (int k = 0; k < NET_NODES; k++) d->net.node[k] = (struct net_node){.servers = 1, .inputs = 1};
  switch (pick(d, 5)) {
    case 0: case 1: tandem(d); break;
    case 2: assembly(d); break;
    case 3: sorter(d); break;
    default: merge(d); break;
  }
  STATION("out: {kind: sink}\n");
}

static void chains_and_twins_agree(void **state) {
  (void)state;
  int outside = 0, states_max = 0;
  for (uint32_t number = 1; number <= NETS; number++) {
    struct draw d;
    net_of(&d, number);
    struct net_result exact = net_solve(&d.net);
    if (exact.states > states_max) states_max = exact.states;
    double sum = 0, squares = 0;
    for (uint32_t k = 1; k <= REPLICATIONS; k++) {
      struct line r;
      line_open_seed(&r, d.stations, d.flow, NULL, number, k);
      line_to(&r, WARMUP);
      int64_t before = r.now.line.made;
      line_to(&r, WARMUP + SECONDS);
      double rate = (double)(r.now.line.made - before) / SECONDS;
      sum += rate;
      squares += rate * rate;
      line_close(&r);
    }
    double mean = sum / REPLICATIONS, error = sqrt((squares / REPLICATIONS - mean * mean) / (REPLICATIONS - 1));
    double off = (mean - exact.throughput) / error;
    outside += fabs(off) > 2.1;
    if (!(fabs(off) < ERRORS))
      fail_msg("net %u (%d states): %.6f +- %.6f, exact %.6f, %+.2f standard errors\nstations:\n%sflow:\n%s", number, exact.states, mean, error, exact.throughput, off, d.stations, d.flow);
  }
  printf("%d nets of up to %d states; %d outside 2.1 standard errors\n", NETS, states_max, outside);
  CHECK(outside, <=, NETS / 5);
}

int test_random_nets(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(chains_and_twins_agree),
  };
  return cmocka_run_group_tests_name("random_nets", tests, NULL, NULL);
}
