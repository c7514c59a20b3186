// Every exact value of `takt validate`, computed again from its formula or its Markov chain.
#include <math.h>
#include <string.h>

#include "app/validate_cases.h"
#include "tests/check.h"
#include "tests/closed_forms.h"
#include "tests/markov.h"

static struct phases ex(double mean) { return phases_exponential(mean); }
static struct phases h4(void) { return phases_hyper(0.887298334620742, 0.563508326896291, 4.436491673103709); }

// ---- lines -----------------------------------------------------------------------------------------

// n equal exponential stations with the same room everywhere
static struct net equal_line(int n, int room) {
  struct phases time[NET_NODES];
  int rooms[NET_NODES];
  for (int i = 0; i < n; i++) { time[i] = ex(1); rooms[i] = room; }
  return net_line(n, time, rooms);
}

static struct net line3(struct phases a, struct phases b, struct phases c, int b1, int b2) {
  struct phases time[] = {a, b, c};
  int room[] = {b1, b2};
  return net_line(3, time, room);
}

static struct net line2(struct phases a, struct phases b, int room) {
  struct phases time[] = {a, b};
  return net_line(2, time, &room);
}

static void unreliable(struct net *n, int node, double up, double down) {
  n->node[node].fail = 1 / up;
  n->node[node].repair = 1 / down;
}

static double rate(struct net n) { return net_solve(&n).throughput; }
static double parts(struct net n) { return net_solve(&n).parts; }
static double lead(struct net n) { struct net_result r = net_solve(&n); return r.parts / r.throughput; }

static double line_2_unequal(void) { double r = 0.8; return 1 * (1 - form_mm1k_full(r, 4)); }
static double line_3_22(void)   { return rate(equal_line(3, 2)); }
static double line_3_14(void)   { return rate(line3(ex(1), ex(1), ex(1), 1, 4)); }
static double line_4_0(void)    { return rate(equal_line(4, 0)); }
static double line_4_1(void)    { return rate(equal_line(4, 1)); }
static double line_5_0(void)    { return rate(equal_line(5, 0)); }
static double line_6_1(void)    { return rate(equal_line(6, 1)); }
static double line_3_unequal(void)  { return rate(line3(ex(1), ex(0.8), ex(1.2), 1, 1)); }
static double line_3_reversed(void) { return rate(line3(ex(1.2), ex(0.8), ex(1), 1, 1)); }
static double line_2_0(void)    { return rate(equal_line(2, 0)); }
static double line_2_3(void)    { return rate(equal_line(2, 3)); }
static double line_2_10(void)   { return rate(equal_line(2, 10)); }
static double line_3_0(void)    { return rate(equal_line(3, 0)); }
static double line_3_blocked(void) { struct net n = equal_line(3, 0); return net_solve(&n).blocked[0]; }
static double line_3_starved(void) { struct net n = equal_line(3, 0); return net_solve(&n).starved[2]; }
static double line_3_parts(void)   { return parts(equal_line(3, 2)); }
static double line_3_lead(void)    { return lead(equal_line(3, 2)); }

static double erlang_2(void) { return rate(line2(phases_erlang(2, 1), phases_erlang(2, 1), 0)); }
static double erlang_4(void) { struct phases p = phases_erlang(4, 1); return rate(line3(p, p, p, 1, 1)); }
static double erlang_8(void) { return rate(line2(phases_erlang(8, 1), phases_erlang(8, 1), 2)); }
static double hyper_2(void)  { return rate(line2(h4(), h4(), 0)); }
static double hyper_3(void)  { return rate(line3(h4(), h4(), h4(), 1, 1)); }
static double mixed_3(void)  { return rate(line3(ex(1), phases_erlang(3, 1), h4(), 2, 2)); }
static double max_uniform(void)    { return 1 / form_max_uniform(0.5, 1.5); }
static double max_triangular(void) { return 1 / form_max_triangular(0.8, 1, 1.6); }
static double max_normal(void)     { return 1 / form_max_normal(10, 2); }
static double max_lognormal(void)  { return 1 / form_max_lognormal(1, 0.5); }
static double max_gamma(void)      { return 1 / form_max_gamma(2.5, 1); }
static double max_weibull(void)    { return 1 / form_max_weibull(1.7, 1); }
static double max_geometric(void)  { return 1 / form_max_geometric(0.4); }

// ---- unreliable ------------------------------------------------------------------------------------

static double one_unreliable(void) {
  struct net n = line2(ex(1), ex(1e-9), 5);      // the second only takes away
  unreliable(&n, 0, 100, 10);
  return rate(n);
}
static double one_down(void) { struct net n = line2(ex(1), ex(1e-9), 5); unreliable(&n, 0, 100, 10); return net_solve(&n).down[0]; }
static double weibull_up(void) { double u = 200 * tgamma(1.5), d = 30; return u / (u + d) / 3; }
static double calendar(void) { struct net n = line2(ex(1), ex(1e-9), 5); unreliable(&n, 0, 50, 10); n.node[0].calendar = true; return rate(n); }
static double restarts(void) { double f = 1 / 20.0; return 1 / ((exp(f * 10) - 1) * (1 / f + 5)); }
static double scrapped(void) { return exp(10 / 20.0) - 1; }

static struct net gershwin(int room) {
  struct net n = line2(ex(1), ex(0.8), room);
  unreliable(&n, 0, 50, 10);
  unreliable(&n, 1, 12.5, 4);
  return n;
}
static double unreliable_2(void) {
  struct net n = equal_line(2, 0);
  unreliable(&n, 0, 20, 5);
  unreliable(&n, 1, 20, 5);
  return rate(n);
}
static double unreliable_23(void)   { return rate(gershwin(3)); }
static double unreliable_down(void) { struct net n = gershwin(3); return net_solve(&n).down[1]; }
static double unreliable_3(int room) {
  struct net n = equal_line(3, room);
  for (int i = 0; i < 3; i++) unreliable(&n, i, 20, 4);
  return rate(n);
}
static double unreliable_30(void) { return unreliable_3(0); }
static double unreliable_32(void) { return unreliable_3(2); }

// ---- assembly, sorters, merges -----------------------------------------------------------------------

static struct net assembly(int n, struct phases feeder, struct phases station, int room) {
  struct phases f[] = {feeder, feeder, feeder, feeder};
  int rooms[] = {room, room, room, room};
  return net_assembly(n, f, rooms, station);
}
static double assembly_20(void) { return rate(assembly(2, ex(1), ex(1), 0)); }
static double assembly_22(void) { return rate(assembly(2, ex(1), ex(1), 2)); }
static double assembly_unequal(void) {
  struct phases f[] = {ex(0.5), ex(1)};
  int room[] = {1, 3};
  return rate(net_assembly(2, f, room, ex(0.8)));
}
static double assembly_erlang(void) { return rate(assembly(2, phases_erlang(4, 1), phases_erlang(4, 1), 1)); }
static double assembly_unreliable(void) {
  struct net n = assembly(2, ex(1), ex(1), 1);
  unreliable(&n, 0, 20, 4);
  unreliable(&n, 1, 20, 4);
  return rate(n);
}
static double assembly_3(void) { return rate(assembly(3, ex(1), ex(1), 0)); }
static double assembly_4(void) { return rate(assembly(4, ex(1), ex(1), 1)); }
static double assembly_pack(void) {
  struct net n = assembly(2, ex(1), ex(1), 1);
  n.node[3] = net_node_make(ex(1));
  n.node[3].room[0] = 1;
  n.node[3].outs = 1;
  n.node[3].out[0] = NET_SINK;
  n.node[3].out_share[0] = 1;
  n.node[2].out[0] = 3;
  n.count = 4;
  return rate(n);
}

static double sorter(int ways, double mean, const double *share, const double *means, int room) {
  struct net n = {.count = ways + 1};
  n.node[0] = net_node_make(ex(mean));
  n.node[0].saturated = true;
  n.node[0].outs = ways;
  for (int i = 0; i < ways; i++) {
    n.node[0].out[i] = i + 1;
    n.node[0].out_share[i] = share[i];
    n.node[i + 1] = net_node_make(ex(means[i]));
    n.node[i + 1].room[0] = room;
    n.node[i + 1].outs = 1;
    n.node[i + 1].out[0] = NET_SINK;
    n.node[i + 1].out_share[0] = 1;
  }
  return rate(n);
}
static double sorter_21(void) { return sorter(2, 1, (double[]){0.5, 0.5}, (double[]){1, 1}, 1); }
static double sorter_22(void) { return sorter(2, 0.5, (double[]){0.7, 0.3}, (double[]){0.8, 1}, 2); }
static double sorter_30(void) { return sorter(3, 0.5, (double[]){0.5, 0.3, 0.2}, (double[]){1, 1, 2}, 0); }

static struct net merge(double mean1, double mean2, double mean, int room) {
  struct net n = {.count = 3};
  n.node[0] = net_node_make(ex(mean1));
  n.node[1] = net_node_make(ex(mean2));
  n.node[2] = net_node_make(ex(mean));
  n.node[0].saturated = n.node[1].saturated = true;
  n.node[2].room[0] = room;
  for (int i = 0; i < 3; i++) {
    n.node[i].outs = 1;
    n.node[i].out[0] = i < 2 ? 2 : NET_SINK;
    n.node[i].out_share[0] = 1;
  }
  return n;
}
static double merge_0(void)       { return rate(merge(1, 1, 0.5, 0)); }
static double merge_2(void)       { return rate(merge(1, 2, 0.7, 2)); }
static double merge_blocked(void) { struct net n = merge(1, 2, 0.7, 0); return net_solve(&n).blocked[1]; }
static double merge_priority(int node) {
  struct net n = merge(1, 1, 0.8, 0);
  n.node[2].priority = true;
  return net_solve(&n).blocked[node];
}
static double merge_first(void) { return merge_priority(0); }
static double merge_last(void)  { return merge_priority(1); }

// ---- queues ------------------------------------------------------------------------------------------

static double mm3(void)  { return form_mmc_wait(3, 1, 1 / 2.4); }
static double mm10(void) { return form_mmc_wait(10, 1, 1 / 9.0); }
static double mm1(void)  { return form_mg1_wait(0.5, 1, 2); }
static double mm1_parts(void) { return 0.8 / (1 - 0.8); }
static double md1(void)  { return form_mg1_wait(0.8, 1, 1); }
static double me41(void) { return form_mg1_wait(0.8, 1, 1.25); }
static double mu1(void)  { return form_mg1_wait(0.8, 1, 1 + 1.6 * 1.6 / 12); }
static double mh1(void)  { return form_mg1_wait(0.5, 1, 5); }
static double ml1(void)  { return form_mg1_wait(0.5, 1, 2); }
static double mg1(void)  { return form_mg1_wait(0.5, 1, 1 + 1 / 0.5); }
static double mgeo1(void) { double p = 0.85; return form_mg1_wait(0.05, 10 / p, 100 * (2 - p) / (p * p)); }
static double to_d(double s)  { return exp(-s * 1.25); }
static double to_e2(double s) { double a = 1.6 / (1.6 + s); return a * a; }
static double to_h2(double s) {
  double p = 0.887298334620742, a = 1 / 1.12701665379258, b = 1 / 8.87298334620742;
  return p * a / (a + s) + (1 - p) * b / (b + s);
}
static double dm1(void)  { return form_gim1_wait(1, to_d); }
static double e2m1(void) { return form_gim1_wait(1, to_e2); }
static double h2m1(void) { return form_gim1_wait(1, to_h2); }
static double mm1k(void) { return 1.25 * (1 - form_mm1k_full(1.25, 5)); }
static double mm1k_lost(void) { double p = form_mm1k_full(1.25, 5); return p / (1 - p); }
static double mm2k(void) {
  struct net n = {.count = 1};
  n.node[0] = net_node_make(ex(1));
  n.node[0].servers = 2;
  n.node[0].arrivals = 2;
  n.node[0].room[0] = 3;
  n.node[0].outs = 1;
  n.node[0].out[0] = NET_SINK;
  n.node[0].out_share[0] = 1;
  return rate(n);
}
static double loss(void)     { return 4 * (1 - form_erlang_b(5, 4)); }
static double batches(void)  { double r = 0.6; return r * 4 / (2 * (1 - r)); }
static double cobham_1(void) { return 0.75 / (1 - 0.25); }
static double cobham_2(void) { return 0.75 / ((1 - 0.25) * (1 - 0.75)); }
static double breakdowns(void) {
  double f = 0.1, d = 5, d2 = 50, s = 1, s2 = 2;
  return form_mg1_wait(0.5, s * (1 + f * d), s2 * (1 + f * d) * (1 + f * d) + f * s * d2);
}

// state: queue, fast, slow; cut at 120 waiting, which happens with probability below 1e-17
static void unequal_moves(void *model, const int8_t *s, struct markov *m) {
  (void)model;
  int8_t next[MARKOV_BYTES];
  memcpy(next, s, sizeof next);
  if (!s[1]) next[1] = 1;
  else if (!s[2]) next[2] = 1;
  else next[0]++;
  if (next[0] <= 120) markov_go(m, next, 1);
  for (int k = 1; k <= 2; k++) {
    if (!s[k]) continue;
    memcpy(next, s, sizeof next);
    if (s[0]) next[0]--;
    else next[k] = 0;
    markov_go(m, next, k == 1 ? 1 : 0.4);
  }
}
static double unequal_parts(const void *model, const int8_t *s) { (void)model; return s[0] + s[1] + s[2]; }
static double unequal(void) {
  int8_t empty[MARKOV_BYTES] = {0};
  struct markov *m = markov_create(empty, unequal_moves, NULL, 1000);
  double mean = markov_mean(m, unequal_parts);
  markov_destroy(m);
  return mean;
}

static double sojourn(double l, double mean) { double r = l * mean; return r / (1 - r) / l; }
static double two_streams(void) { return sojourn(0.65, 1); }
static double tandem(void) { return sojourn(0.5, 1) + sojourn(0.5, 1.5); }
static double rework(void) { return (0.5 * sojourn(0.5, 1) + 0.5 * sojourn(0.5, 1.25)) / 0.4; }
static double jackson_sorter(void) { return sojourn(0.5, 1) + 0.6 * sojourn(0.3, 2) + 0.4 * sojourn(0.2, 2.5); }
static double open_3(void) {
  struct net n = equal_line(3, 1);
  n.node[0].saturated = false;
  n.node[0].arrivals = 0.8;
  n.node[0].room[0] = 1;
  return rate(n);
}

static double conwip_3(void) { return form_buzen(3, (double[]){1, 1, 1}, 3); }
static double conwip_5(void) { return form_buzen(3, (double[]){1, 0.7, 0.9}, 5); }
static double conwip_6(void) { return 6 / form_buzen(4, (double[]){1, 0.5, 0.9, 0.6}, 6); }
static double tending_4(void) { return form_repairmen(4, 1, 0.25, 1, NULL); }
static double tending_busy(void) { double busy; form_repairmen(4, 1, 0.25, 1, &busy); return busy; }
static double tending_6(void) { return form_repairmen(6, 2, 0.25, 1, NULL); }

static double robot_queue(void) { return form_mg1_wait(0.25, 2, 6) + 2; }
static double battery(void) { return 90.0 / (90 + 50) / 10; }
static double charging(void) { return 50.0 / (90 + 50); }
static double falls(void) { return 1 / (84 + 0.02 * 300); }

static double scrap_3(void) {
  struct net n = line3(ex(1), ex(0.5), ex(1), 1, 1);
  n.node[1].scrap = 0.1;
  return rate(n);
}
static double setup_mix(void) { return 1 / (0.7 * 2 + 0.3 * 3 + 2 * 0.7 * 0.3 * 1.5); }
static double servers_2(void) { struct net n = line3(ex(0.5), ex(1), ex(0.5), 0, 0); n.node[1].servers = 2; return rate(n); }
static double servers_32(void) {
  struct net n = line3(ex(0.4), ex(1), ex(0.7), 2, 2);
  n.node[1].servers = 3;
  n.node[2].servers = 2;
  return rate(n);
}
static double furnace(void) { return 4 / (5 + exp(-2)); }
static double before_2(int room) { struct net n = equal_line(2, room); n.node[0].before_service = true; return rate(n); }
static double before_20(void) { return before_2(0); }
static double before_23(void) { return before_2(3); }
static double before_3(void) {
  struct net n = equal_line(3, 1);
  n.node[0].before_service = n.node[1].before_service = true;
  return rate(n);
}

static double makespan_1(void) { return form_makespan_parallel(10, 1); }
static double makespan_3(void) { return form_makespan_parallel(10, 3); }
// state: parts before machine 1 (with it), parts before machine 2
static void flow_moves(void *model, const int8_t *s, struct markov *m) {
  (void)model;
  int8_t next[MARKOV_BYTES];
  memcpy(next, s, sizeof next);
  if (s[0]) { next[0]--; next[1]++; markov_go(m, next, 1); }
  memcpy(next, s, sizeof next);
  if (s[1]) { next[1]--; markov_go(m, next, 1); }
}
static double makespan_2(void) {
  int8_t full[MARKOV_BYTES] = {5};
  struct markov *m = markov_create(full, flow_moves, NULL, 100);
  double t = markov_time_to_end(m);
  markov_destroy(m);
  return t;
}

// ---- the table ---------------------------------------------------------------------------------------

struct origin { const char *name; double (*value)(void); };

static const struct origin origins[] = {
  {"line/2 stations, no buffer", line_2_0},
  {"line/2 stations, buffer of 3", line_2_3},
  {"line/2 stations, buffer of 10", line_2_10},
  {"line/2 stations, means 1 and 0.8, buffer of 2", line_2_unequal},
  {"line/3 stations, no buffer", line_3_0},
  {"line/3 stations, buffers of 2", line_3_22},
  {"line/3 stations, buffers of 1 and 4", line_3_14},
  {"line/4 stations, no buffer", line_4_0},
  {"line/4 stations, buffers of 1", line_4_1},
  {"line/5 stations, no buffer", line_5_0},
  {"line/6 stations, buffers of 1", line_6_1},
  {"line/3 stations, means 1, 0.8, 1.2, buffers of 1", line_3_unequal},
  {"line/the same line reversed", line_3_reversed},
  {"line/3 stations, no buffer, share blocked of the first", line_3_blocked},
  {"line/3 stations, no buffer, share starved of the last", line_3_starved},
  {"line/3 stations, buffers of 2, parts in the line", line_3_parts},
  {"line/3 stations, buffers of 2, lead time", line_3_lead},
  {"times/Erlang-2, 2 stations, no buffer", erlang_2},
  {"times/Erlang-4, 3 stations, buffers of 1", erlang_4},
  {"times/Erlang-8, 2 stations, buffer of 2", erlang_8},
  {"times/hyperexponential, 2 stations, no buffer", hyper_2},
  {"times/hyperexponential, 3 stations, buffers of 1", hyper_3},
  {"times/exponential, Erlang-3, hyperexponential, buffers of 2", mixed_3},
  {"times/uniform, 2 stations, no buffer", max_uniform},
  {"times/triangular, 2 stations, no buffer", max_triangular},
  {"times/normal, 2 stations, no buffer", max_normal},
  {"times/lognormal, 2 stations, no buffer", max_lognormal},
  {"times/gamma, 2 stations, no buffer", max_gamma},
  {"times/Weibull, 2 stations, no buffer", max_weibull},
  {"times/geometric, 2 stations, no buffer", max_geometric},
  {"unreliable/one machine, operating time", one_unreliable},
  {"unreliable/one machine, share down", one_down},
  {"unreliable/Weibull up, uniform down", weibull_up},
  {"unreliable/calendar clock, resume", calendar},
  {"unreliable/work restarts", restarts},
  {"unreliable/the part is scrapped", scrapped},
  {"unreliable/2 machines, no buffer", unreliable_2},
  {"unreliable/2 unequal machines, buffer of 3", unreliable_23},
  {"unreliable/2 machines, buffer of 3, share down of the second", unreliable_down},
  {"unreliable/3 machines, no buffer", unreliable_30},
  {"unreliable/3 machines, buffers of 2", unreliable_32},
  {"assembly/2 feeders, no buffer", assembly_20},
  {"assembly/2 feeders, buffers of 2", assembly_22},
  {"assembly/2 feeders, means 0.5 and 1, buffers of 1 and 3", assembly_unequal},
  {"assembly/2 Erlang-4 feeders, buffers of 1", assembly_erlang},
  {"assembly/2 unreliable feeders, buffers of 1", assembly_unreliable},
  {"assembly/3 feeders, no buffer", assembly_3},
  {"assembly/4 feeders, buffers of 1", assembly_4},
  {"assembly/2 feeders, then a packer, buffers of 1", assembly_pack},
  {"sorter/2 ways by part, buffers of 1", sorter_21},
  {"sorter/2 ways by share, buffers of 2", sorter_22},
  {"sorter/3 ways by part, no buffer", sorter_30},
  {"merge/2 into one, no buffer", merge_0},
  {"merge/2 unequal into a buffer of 2", merge_2},
  {"merge/2 unequal, no buffer, share blocked of the slow one", merge_blocked},
  {"merge/by priority, share blocked of the first served", merge_first},
  {"merge/by priority, share blocked of the last served", merge_last},
  {"queue/M/M/1, load 0.5", mm1},
  {"queue/M/M/1, load 0.8, parts in the line", mm1_parts},
  {"queue/M/M/1 last in, first out", mm1},
  {"queue/two Poisson streams into one machine", two_streams},
  {"queue/M/M/3, load 0.8", mm3},
  {"queue/M/M/10, load 0.9", mm10},
  {"queue/M/D/1", md1},
  {"queue/M/E4/1", me41},
  {"queue/M/U/1", mu1},
  {"queue/M/H2/1", mh1},
  {"queue/M/lognormal/1", ml1},
  {"queue/M/gamma/1", mg1},
  {"queue/M/geometric/1, tries until it works", mgeo1},
  {"queue/D/M/1", dm1},
  {"queue/E2/M/1", e2m1},
  {"queue/H2/M/1", h2m1},
  {"queue/M/M/1 with 5 places", mm1k},
  {"queue/M/M/1 with 5 places, lost for each made", mm1k_lost},
  {"queue/M/M/2 with 5 places", mm2k},
  {"queue/Erlang loss, 5 servers", loss},
  {"queue/Erlang loss, hyperexponential times", loss},
  {"queue/arrivals in batches of 3", batches},
  {"queue/priority, wait of the first class", cobham_1},
  {"queue/priority, wait of the second class", cobham_2},
  {"queue/M/M/1 with breakdowns", breakdowns},
  {"queue/two unequal machines, the fast one first", unequal},
  {"queue/two in tandem", tandem},
  {"queue/rework to the start", rework},
  {"queue/sorter before two queues", jackson_sorter},
  {"open/3 stations, arrivals are lost", open_3},
  {"conwip/3 equal stations, 3 parts", conwip_3},
  {"conwip/3 unequal stations, 5 parts", conwip_5},
  {"conwip/4 stations, 6 parts, lead time", conwip_6},
  {"tending/4 machines, 1 operator", tending_4},
  {"tending/4 machines, 1 operator, share of time he works", tending_busy},
  {"tending/6 machines, 2 operators", tending_6},
  {"carrying/a queue for one robot", robot_queue},
  {"battery/90 min of work, 50 min of charging", battery},
  {"battery/share of time at the charger", charging},
  {"falls/2 in 100 jobs of 84 s, 5 min each", falls},
  {"scrap/3 stations, buffers of 1", scrap_3},
  {"setup/random mix", setup_mix},
  {"servers/2 in the middle, no buffer", servers_2},
  {"servers/1, 3, 2 with buffers of 2", servers_32},
  {"batch/furnace of 4 after a machine", furnace},
  {"before-service/2 stations, no buffer", before_20},
  {"before-service/2 stations, buffer of 3", before_23},
  {"before-service/3 stations, buffers of 1", before_3},
  {"ends/10 parts, 1 machine", makespan_1},
  {"ends/10 parts, 3 servers", makespan_3},
  {"ends/5 parts, 2 machines", makespan_2},
};

#define ORIGINS ((int)(sizeof origins / sizeof *origins))

static const struct validate_case *case_find(const char *name) {
  for (int i = 0; i < validate_case_count; i++) if (strcmp(validate_cases[i].name, name) == 0) return &validate_cases[i];
  return NULL;
}

static void stored_values_are_right(void **state) {
  (void)state;
  for (int i = 0; i < ORIGINS; i++) {
    const struct validate_case *c = case_find(origins[i].name);
    if (!c) fail_msg("no case is called %s", origins[i].name);
    double value = origins[i].value();
    if (!(fabs(value - c->exact) <= 1e-8 * fmax(1, fabs(value)))) fail_msg("%s: stored %.10f, computed %.10f", c->name, c->exact, value);
  }
}

// whoever adds a case says where its value comes from
static void every_case_has_an_origin(void **state) {
  (void)state;
  int computed = 0;
  for (int i = 0; i < validate_case_count; i++) {
    const struct validate_case *c = &validate_cases[i];
    for (int k = 0; k < i; k++) assert_string_not_equal(c->name, validate_cases[k].name);
    bool found = false;
    for (int k = 0; k < ORIGINS; k++) if (strcmp(origins[k].name, c->name) == 0) found = true;
    if (strstr(c->origin, "Markov") && !found) fail_msg("%s: its Markov chain is not solved here", c->name);
    computed += found;
    assert_true(strlen(c->origin) > 3);
    assert_true(c->exact > 0);
    assert_true(c->seconds > 0);
    char text[8192];
    assert_true(validate_case_layout(c, text, sizeof text) > 0);
  }
  assert_true(validate_case_count >= 60);
  assert_true(computed >= 60);
}

int test_validate_cases(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(stored_values_are_right),
    cmocka_unit_test(every_case_has_an_origin),
  };
  return cmocka_run_group_tests_name("validate_cases", tests, NULL, NULL);
}
