#include "app/fidelities.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/overrides.h"
#include "base/maths.h"
#include "engine/measure/ledger.h"
#include "engine/sim/twin.h"
#include "engine/world/kinds.h"

#define T_FOUR 2.776                // Student's t at 95 % with four degrees of freedom

struct seen { double parts, energy; };                         // parts out, J

static bool run(const struct layout *l, const struct kinds *kinds, uint64_t seed, struct seen *out, struct error *e) {
  struct twin_options o = twin_defaults();
  struct arena a;
  o.seed = seed;
  o.kinds = kinds;
  o.threads = 2;
  struct twin *t = twin_create(l, &o, e);
  if (!t) return false;
  ns_t length = l->run.length < FIDELITIES_FOR ? l->run.length : FIDELITIES_FOR;
  twin_run(t, length);
  *out = (struct seen){0};
  if (arena_init(&a, (size_t)1 << 26)) {
    struct sums s = sums_make(l, &a);
    twin_measure(t, &s);
    for (int f = 0; f < l->fleet_count; f++) out->parts += (double)s.fleet[f].picks, out->energy += s.fleet[f].energy;
    arena_finish(&a);
  }
  twin_destroy(t);
  return true;
}

// Difference of b from a in per cent of a's mean, and half its interval.
static void compare(const double *a, const double *b, double *share, double *half) {
  double mean = 0, difference = 0, square = 0;
  for (int i = 0; i < FIDELITIES_SEEDS; i++) mean += a[i] / FIDELITIES_SEEDS, difference += (b[i] - a[i]) / FIDELITIES_SEEDS;
  for (int i = 0; i < FIDELITIES_SEEDS; i++) square += (b[i] - a[i] - difference) * (b[i] - a[i] - difference);
  *share = mean > 0 ? 100 * difference / mean : 0;
  *half = mean > 0 ? 100 * T_FOUR * m_sqrt(square / (FIDELITIES_SEEDS - 1) / FIDELITIES_SEEDS) / mean : 0;
}

static bool run_all(const char *path, const struct layout_override *set, int set_count, const char *fidelity, struct seen *out) {
  struct overrides all = {0};
  struct layout l;
  struct faults f;
  struct error e = {0};
  for (int i = 0; i < set_count; i++) overrides_put(&all, set[i].path, set[i].value);
  overrides_put(&all, "run.fidelity", fidelity);
  faults_init(&f, path, NULL, 0);
  bool good = layout_read_file(&l, path, all.list, all.count, &f) == STATUS_OK;
  if (!good) faults_print(&f, stderr);
  struct kinds *kinds = good ? kinds_load(&l, NULL, 2, &e) : NULL;
  for (int i = 0; i < FIDELITIES_SEEDS && good; i++) good = run(&l, kinds, (uint64_t)i + 1, &out[i], &e);
  if (!good && e.text[0]) fprintf(stderr, "takt check: at %s: %s\n", fidelity, e.text);
  kinds_destroy(kinds);
  faults_finish(&f);
  layout_finish(&l);
  return good;
}

int fidelities_print(const char *path, const struct layout_override *set, int set_count) {
  static const char *const names[3] = {"event", "motion", "body"};
  struct seen seen[3][FIDELITIES_SEEDS];
  bool there[3];
  for (int k = 0; k < 3; k++) there[k] = run_all(path, set, set_count, names[k], seen[k]);
  if (!there[0]) return 3;
  printf("%s: %d seeds of %.0f s at most, differences from event with their 95 %% intervals\n", path, FIDELITIES_SEEDS, ns_to_seconds(FIDELITIES_FOR));
  printf("  %-8s %14s %22s %14s %22s\n", "", "picks", "", "energy, kJ", "");
  for (int k = 0; k < 3; k++) {
    double value[2][2][FIDELITIES_SEEDS], mean[2] = {0, 0}, share[2], half[2];
    if (!there[k]) continue;
    for (int i = 0; i < FIDELITIES_SEEDS; i++) {
      value[0][0][i] = seen[0][i].parts, value[0][1][i] = seen[k][i].parts, value[1][0][i] = seen[0][i].energy, value[1][1][i] = seen[k][i].energy;
      mean[0] += seen[k][i].parts / FIDELITIES_SEEDS, mean[1] += seen[k][i].energy / FIDELITIES_SEEDS;
    }
    for (int x = 0; x < 2; x++) compare(value[x][0], value[x][1], &share[x], &half[x]);
    if (k == 0) printf("  %-8s %14.1f %22s %14.1f\n", names[k], mean[0], "", mean[1] / 1000);
    else printf("  %-8s %14.1f %+13.2f %% +- %4.2f %14.1f %+13.2f %% +- %4.2f\n", names[k], mean[0], share[0], half[0], mean[1] / 1000, share[1], half[1]);
  }
  return 0;
}
