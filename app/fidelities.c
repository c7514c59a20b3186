#include "app/fidelities.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/interrupt.h"
#include "app/output.h"
#include "app/overrides.h"
#include "app/progress.h"
#include "app/variant.h"
#include "app/workers.h"

enum { EVENT, MOTION, BODY, FIDELITIES };
enum { PICKS, ENERGY, NUMBERS };

static const char *const names[FIDELITIES] = {"event", "motion", "body"};

struct span { ns_t warmup, length; };

// One layout at one fidelity, and what its runs gave.
struct level {
  struct variant variant;
  bool   open;
  double value[NUMBERS][FIDELITIES_MOST];       // 1, kJ  NaN: that run ended before its window
};

// Every robot and every person.
static void keep(struct level *v, int k, const double *row) {
  const struct layout *l = &v->variant.layout;
  v->value[PICKS][k] = v->value[ENERGY][k] = 0;
  for (int f = 0; f < l->fleet_count; f++) {
    v->value[PICKS][k] += row[result_fleet(&v->variant.index, f, FLEET_PICKS)];
    v->value[ENERGY][k] += row[result_fleet(&v->variant.index, f, FLEET_ENERGY)] * 3600;
  }
}

static bool run(struct level *v, const struct span *span, int from, int to) {
  bool skip[FIDELITIES_MOST + 1] = {false};
  struct results r = {0};
  struct error e = {0};
  const char *name = fidelity_name(v->variant.layout.run.fidelity);
  struct progress shown;
  for (int k = 1; k <= from; k++) skip[k] = true;
  for (int n = 0; n < NUMBERS; n++)
    for (int k = from; k < to; k++) v->value[n][k] = NAN;
  struct replication_plan p = {.layout = &v->variant.layout, .index = &v->variant.index, .seed = v->variant.layout.run.seed, .kinds = v->variant.kinds,
                               .warmup = span->warmup, .length = span->length, .threads = 1, .quiet = true, .skip = skip, .stop = &interrupted, .progress = progress_show, .context = &shown};
  progress_begin(&shown, output_progress(), name);
  bool good = replications_run(&p, to, cores(), &r, &e) == STATUS_OK;
  progress_end(&shown);
  if (!good) fprintf(stderr, "takt check: at %s: %s\n", name, e.text);
  if (r.dead > 0) fprintf(stderr, "takt check: at %s: %s\n", name, r.death);
  for (int k = from; good && k < to && k < r.count; k++)
    if (r.kept[k].done && r.kept[k].row) keep(v, k, r.kept[k].row);
  good = good && r.dead == 0;
  results_finish(&r);
  return good;
}

static bool open_level(struct level *v, const struct level *like, const char *path, const struct layout_override *set, int set_count, const char *fidelity) {
  struct overrides all = {0};
  for (int i = 0; i < set_count; i++) overrides_put(&all, set[i].path, set[i].value);
  overrides_put(&all, "run.fidelity", fidelity);
  v->open = true;
  bool good = variant_open(&v->variant, path, all.list, all.count, true) == 0 && variant_load(&v->variant, like ? &like->variant : NULL, cores()) == 0;
  overrides_finish(&all);
  return good;
}

// Difference from event in per cent of event's mean, with its interval; paired by replication.
static struct estimate compare(const struct level *event, const struct level *v, int number, int runs, double *mean) {
  double difference[FIDELITIES_MOST], sum = 0, own = 0;
  int n = 0;
  for (int k = 0; k < runs; k++) {
    double a = event->value[number][k], b = v->value[number][k];
    if (isnan(a) || isnan(b)) continue;
    sum += a, own += b;
    difference[n++] = b - a;
  }
  *mean = n > 0 ? own / n : NAN;
  double scale = sum > 0 ? 100 * n / sum : NAN;
  for (int k = 0; k < n; k++) difference[k] *= scale;
  return estimate_make(difference, n, 1);
}

// Nothing is drawn: one run is all that there is to know.
static bool all_same(const struct level *v, int number, int runs) {
  for (int k = 1; k < runs; k++)
    if (v->value[number][k] != v->value[number][0]) return false;
  return runs > 0;
}

// Every interval is as narrow as is asked for.
static bool all_known(const struct level v[FIDELITIES], const bool there[FIDELITIES], int runs) {
  for (int f = MOTION; f < FIDELITIES; f++)
    for (int n = 0; n < NUMBERS && there[f]; n++) {
      double mean;
      struct estimate e = compare(&v[EVENT], &v[f], n, runs, &mean);
      if (e.n >= 2 && (e.high - e.low) / 2 > FIDELITIES_HALF) return false;
    }
  return true;
}

static ns_t shorter(ns_t a, ns_t b) { return a < b ? a : b; }

// As many steps of bodies and walkers as take a minute or two: shorter runs of more robots, then more runs.
static struct span span_of(const struct layout *l, double *steps) {
  struct span s = {shorter(l->run.warmup_auto ? FIDELITIES_WARMUP : l->run.warmup, FIDELITIES_WARMUP), shorter(l->run.length, FIDELITIES_FOR)};
  double rate = l->run.body_rate + FIDELITIES_MOTION_RATE, robots = 1;
  for (int f = 0; f < l->fleet_count; f++) robots += l->fleets[f].count;
  double share = FIDELITIES_STEPS / (FIDELITIES_LEAST * robots * rate * ns_to_seconds(s.warmup + s.length));
  for (int k = 0; k < 2 && share < 1; k++) {
    ns_t *t = k ? &s.length : &s.warmup, least = shorter(*t, FIDELITIES_SHORTEST), part = (ns_t)(share * ns_to_seconds(*t)) * NS_SECOND;
    *t = part < least ? least : part;
  }
  *steps = ns_to_seconds(s.warmup + s.length) * robots * rate;
  return s;
}

static void print(const struct level v[FIDELITIES], const bool there[FIDELITIES], int runs) {
  printf("  %-8s %12s %24s %12s %24s\n", "", "picks", "difference, 95 %", "energy, kJ", "difference, 95 %");
  for (int f = 0; f < FIDELITIES; f++) {
    if (!there[f]) continue;
    printf("  %-8s", names[f]);
    for (int n = 0; n < NUMBERS; n++) {
      double mean;
      struct estimate e = compare(&v[EVENT], &v[f], n, runs, &mean);
      if (isnan(mean)) printf(" %12s", "-"); else printf(" %12.1f", mean);
      if (f == EVENT || isnan(e.mean)) printf(" %24s", "");
      else if (e.n < 2 || (all_same(&v[EVENT], n, runs) && all_same(&v[f], n, runs))) printf(" %+12.2f %% %9s", e.mean, e.n < 2 ? "one run" : "each time");
      else printf(" %+12.2f %% +- %6.2f", e.mean, (e.high - e.low) / 2);
    }
    printf("\n");
  }
}

int fidelities_print(const char *path, const struct layout_override *set, int set_count) {
  struct level *v = calloc(FIDELITIES, sizeof *v);
  bool there[FIDELITIES];
  if (!v) return 5;
  for (int f = 0; f < FIDELITIES; f++) there[f] = open_level(&v[f], f > EVENT && there[EVENT] ? &v[EVENT] : NULL, path, set, set_count, names[f]);
  int runs = 0;
  interrupt_catch();
  if (there[EVENT]) {
    double steps;
    struct span span = span_of(&v[EVENT].variant.layout, &steps);
    do {
      for (int f = 0; f < FIDELITIES; f++) there[f] = there[f] && run(&v[f], &span, runs, runs + FIDELITIES_LEAST);
      runs += FIDELITIES_LEAST;
    } while (there[EVENT] && !interrupted && runs < FIDELITIES_MOST && (runs + FIDELITIES_LEAST) * steps <= FIDELITIES_STEPS && !all_known(v, there, runs));
    if (there[EVENT]) {
      printf("%s: %d runs of %.0f s each after %.0f s, in per cent of event\n", path, runs, ns_to_seconds(span.length), ns_to_seconds(span.warmup));
      print(v, there, runs);
    }
  }
  for (int f = 0; f < FIDELITIES; f++)
    if (v[f].open) variant_close(&v[f].variant);
  free(v);
  return interrupted ? 130 : there[EVENT] ? 0 : 3;
}
