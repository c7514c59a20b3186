// The exact solver held against closed forms, published values and symmetries.
#include <math.h>

#include "tests/check.h"
#include "tests/closed_forms.h"
#include "tests/markov.h"

static struct net equal_line(int n, struct phases p, int room) {
  struct phases time[NET_NODES];
  int rooms[NET_NODES];
  for (int i = 0; i < n; i++) { time[i] = p; rooms[i] = room; }
  return net_line(n, time, rooms);
}

static struct net_result solve(struct net n) {
  struct net_result r = net_solve(&n);
  CHECK_NEAR(r.residual, 0, 1e-12);
  for (int i = 0; i < n.count; i++) CHECK_NEAR(r.working[i] + r.starved[i] + r.blocked[i] + r.down[i], 1, 1e-12);
  return r;
}

static struct net one_station(double arrivals, double mean, int servers, int room) {
  struct net n = {.count = 1};
  n.node[0] = net_node_make(phases_exponential(mean));
  n.node[0].arrivals = arrivals;
  n.node[0].servers = servers;
  n.node[0].room[0] = room;
  n.node[0].outs = 1;
  n.node[0].out[0] = NET_SINK;
  n.node[0].out_share[0] = 1;
  return n;
}

// M/M/1/K: p_k = (1 - r) r^k/(1 - r^(K+1))
static void loss_queue(void **state) {
  (void)state;
  for (int places = 1; places <= 8; places++) {
    struct net_result r = solve(one_station(1.3, 1, 1, places - 1));
    CHECK_NEAR(r.lost, 1.3 * form_mm1k_full(1.3, places), 1e-12);
    CHECK_NEAR(r.throughput + r.lost, 1.3, 1e-12);
    double parts = 0;
    for (int k = 1; k <= places; k++) parts += k * (1 - 1.3) * pow(1.3, k) / (1 - pow(1.3, places + 1));
    CHECK_NEAR(r.parts, parts, 1e-12);
  }
}

static void erlang_loss(void **state) {
  (void)state;
  for (int c = 2; c <= 6; c++) CHECK_NEAR(solve(one_station(3, 1, c, 0)).lost, 3 * form_erlang_b(c, 3), 1e-12);
  CHECK_NEAR(form_erlang_b(5, 3), 0.11005434, 1e-8);   // Erlang's table
}

// Hunt 1956: two stations (b + 2)/(b + 3); three without buffers 22/39. Hillier & Boling 1967 for four.
static void published_lines(void **state) {
  (void)state;
  for (int b = 0; b <= 12; b++) CHECK_NEAR(solve(equal_line(2, phases_exponential(1), b)).throughput, (b + 2.0) / (b + 3), 1e-12);
  CHECK_NEAR(solve(equal_line(3, phases_exponential(1), 0)).throughput, 22.0 / 39, 1e-12);
  CHECK_NEAR(solve(equal_line(4, phases_exponential(1), 0)).throughput, 0.5148, 5e-5);
  CHECK_NEAR(solve(equal_line(2, phases_exponential(1), 1)).throughput, 0.75, 1e-12);
}

// without a buffer two stations start together: 1/E max
static void pairs(void **state) {
  (void)state;
  CHECK_NEAR(solve(equal_line(2, phases_erlang(2, 1), 0)).throughput, 8.0 / 11, 1e-12);
  double p = 0.7, m1 = 0.5, m2 = 13.0 / 6;       // mean 1
  double min = p * p * m1 / 2 + 2 * p * (1 - p) / (1 / m1 + 1 / m2) + (1 - p) * (1 - p) * m2 / 2;
  CHECK_NEAR(solve(equal_line(2, phases_hyper(p, m1, m2), 0)).throughput, 1 / (2 - min), 1e-12);
}

// a line run backwards makes as much (Yamazaki & Sakasegawa 1975; Muth 1979), with failures too
static void reversal(void **state) {
  (void)state;
  struct phases a[] = {phases_erlang(2, 1), phases_exponential(0.7), phases_hyper(0.8, 0.6, 2), phases_exponential(1.1)};
  struct phases b[] = {a[3], a[2], a[1], a[0]};
  CHECK_NEAR(solve(net_line(4, a, (int[]){2, 0, 1})).throughput, solve(net_line(4, b, (int[]){1, 0, 2})).throughput, 1e-11);
  struct net f = net_line(3, a, (int[]){1, 0}), g = net_line(3, (struct phases[]){a[2], a[1], a[0]}, (int[]){0, 1});
  f.node[0].fail = g.node[2].fail = 0.1;
  f.node[0].repair = g.node[2].repair = 0.4;
  CHECK_NEAR(solve(f).throughput, solve(g).throughput, 1e-11);
}

// beyond 500 states the sweeps take over: the balances of a symmetric line hold there too
static void both_solvers(void **state) {
  (void)state;
  struct net_result r = solve(equal_line(6, phases_exponential(1), 1));
  assert_true(r.states > 500);
  CHECK_NEAR(r.throughput + r.blocked[0], 1, 1e-11);
  CHECK_NEAR(r.blocked[0], r.starved[5], 1e-10);       // by symmetry
  CHECK_NEAR(r.working[2], r.throughput, 1e-11);       // each part is worked on once
  // and so does reversal, with unequal stations
  struct phases a[] = {phases_erlang(3, 1), phases_exponential(0.7), phases_hyper(0.8, 0.6, 2), phases_erlang(2, 1.1)};
  struct phases b[] = {a[3], a[2], a[1], a[0]};
  struct net_result q = solve(net_line(4, a, (int[]){2, 1, 3}));
  assert_true(q.states > 500);
  CHECK_NEAR(q.throughput, solve(net_line(4, b, (int[]){3, 1, 2})).throughput, 1e-11);
}

// a station that never limits leaves the availability: r/(r + p)
static void failures(void **state) {
  (void)state;
  struct net n = net_line(2, (struct phases[]){phases_exponential(1), phases_exponential(1e-9)}, (int[]){3});
  n.node[0].fail = 0.02;
  n.node[0].repair = 0.1;
  CHECK_NEAR(solve(n).throughput, 1 / 1.2, 1e-8);
  // Gershwin & Berman 1981 conserve: efficiency in isolation bounds the line
  struct net g = equal_line(2, phases_exponential(1), 4);
  for (int i = 0; i < 2; i++) { g.node[i].fail = 0.1; g.node[i].repair = 0.5; }
  struct net_result r = solve(g);
  assert_true(r.throughput < 1 / 1.2);
  CHECK_NEAR(r.down[0], r.working[0] * 0.1 / 0.5, 1e-12);        // time down for time worked
}

// feeders of an assembly: each as often blocked as its symmetric twin; all flows equal
static void assemblies(void **state) {
  (void)state;
  struct phases e = phases_exponential(1), f[] = {e, e, e, e};
  struct net_result r = solve(net_assembly(3, f, (int[]){0, 0, 0}, e));
  CHECK_NEAR(r.throughput, 0.48, 1e-12);
  CHECK_NEAR(r.blocked[0], r.blocked[2], 1e-12);
  CHECK_NEAR(r.working[1], r.throughput, 1e-12);
  // one feeder is a line of two
  CHECK_NEAR(solve(net_assembly(1, f, (int[]){5}, e)).throughput, 7.0 / 8, 1e-12);
}

// two equal merging stations before a fast one: first come first served and priority make the same
static void merges(void **state) {
  (void)state;
  struct phases e = phases_exponential(1);
  struct net n = {.count = 3};
  for (int i = 0; i < 3; i++) {
    n.node[i] = net_node_make(e);
    n.node[i].saturated = i < 2;
    n.node[i].outs = 1;
    n.node[i].out[0] = i < 2 ? 2 : NET_SINK;
    n.node[i].out_share[0] = 1;
  }
  struct net_result fifo = solve(n);
  n.node[2].priority = true;
  struct net_result priority = solve(n);
  CHECK_NEAR(fifo.throughput, priority.throughput, 1e-12);
  CHECK_NEAR(fifo.blocked[0], fifo.blocked[1], 1e-12);
  assert_true(priority.blocked[0] < fifo.blocked[0]);
  CHECK_NEAR(priority.blocked[0] + priority.blocked[1], 2 * fifo.blocked[0], 1e-12);
}

// before service: two stations need one place more for the same throughput; with three a part may wait in
// the server for its room, which helps a little beside waiting before it
static void before_service(void **state) {
  (void)state;
  struct phases e = phases_exponential(1);
  for (int b = 0; b < 5; b++) {
    struct net before = equal_line(2, e, b + 1);
    before.node[0].before_service = true;
    CHECK_NEAR(solve(before).throughput, solve(equal_line(2, e, b)).throughput, 1e-12);
  }
  struct net taking_turns = equal_line(2, e, 0);
  taking_turns.node[0].before_service = true;
  CHECK_NEAR(solve(taking_turns).throughput, 0.5, 1e-12);
  struct net three = equal_line(3, e, 1);
  three.node[0].before_service = three.node[1].before_service = true;
  double x = solve(three).throughput;
  assert_true(x > solve(equal_line(3, e, 0)).throughput);
  assert_true(x < solve(equal_line(3, e, 1)).throughput);
}

// c equal servers of mean 1 with many places behave as M/M/c
static void delay_formula(void **state) {
  (void)state;
  struct net_result r = solve(one_station(1.6, 1, 2, 100));
  CHECK_NEAR(r.queue[0][0] / 1.6, form_mmc_wait(2, 1.6, 1), 1e-7);
  CHECK_NEAR(form_mmc_wait(2, 1.6, 1), 16.0 / 9, 1e-12);
  CHECK_NEAR(form_mmc_wait(1, 0.5, 1), 1, 1e-12);
}

// closed forms against each other
static void formulas(void **state) {
  (void)state;
  CHECK_NEAR(form_buzen(3, (double[]){1, 1, 1}, 3), 0.6, 1e-12);                       // K/(K + N - 1)
  CHECK_NEAR(form_buzen(2, (double[]){1, 0.5}, 4), 1 - form_mm1k_full(0.5, 4), 1e-12);    // two stations in a ring: M/M/1/K
  double busy, r = form_repairmen(1, 1, 0.25, 1, &busy);
  CHECK_NEAR(r, 0.2, 1e-12);                                                           // 1/(4 + 1)
  CHECK_NEAR(busy, 0.2, 1e-12);
  CHECK_NEAR(form_makespan_parallel(10, 1), 10, 1e-12);
  CHECK_NEAR(form_max_gamma(1, 1), 1.5, 1e-12);                                        // exponential
  CHECK_NEAR(form_max_gamma(2, 1), 11.0 / 8, 1e-12);                                   // Erlang-2
  CHECK_NEAR(form_max_weibull(1, 1), 1.5, 1e-12);
  CHECK_NEAR(form_max_triangular(0, 0.5, 1), 0.5 + 7.0 / 60, 1e-9);                    // mean difference of the symmetric triangle is 7/30
}

int test_markov(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(loss_queue),
    cmocka_unit_test(erlang_loss),
    cmocka_unit_test(published_lines),
    cmocka_unit_test(pairs),
    cmocka_unit_test(reversal),
    cmocka_unit_test(both_solvers),
    cmocka_unit_test(failures),
    cmocka_unit_test(assemblies),
    cmocka_unit_test(merges),
    cmocka_unit_test(before_service),
    cmocka_unit_test(delay_formula),
    cmocka_unit_test(formulas),
  };
  return cmocka_run_group_tests_name("markov", tests, NULL, NULL);
}
