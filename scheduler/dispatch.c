#include "scheduler/dispatch.h"

#include <assert.h>

// Robot i is to be preferred to robot k, which is best so far at `far` seconds.
static bool better(enum dispatch_rule rule, const struct dispatch_robots *r, int i, double walk, int k, double far) {
  if (k < 0) return true;
  if (rule == DISPATCH_NEAREST) {
    if (walk != far) return walk < far;
  } else {
    if (r->idle_since[i] != r->idle_since[k]) return r->idle_since[i] < r->idle_since[k];
  }
  return r->number[i] < r->number[k];
}

int dispatch_job(enum dispatch_rule rule, const struct dispatch_jobs *jobs, int j, const struct dispatch_robots *robots,
                 dispatch_walk *walk, void *context, bool *taken, double *seconds, int (*pairs)[2]) {
  int need = jobs->need[j], count = 0;
  assert(need >= 1);
  walk(context, jobs->place[j], seconds);
  // one robot after the other, each the best of those left
  while (count < need) {
    int best = -1;
    double far = 0;
    for (int i = 0; i < robots->n; i++) {
      assert(robots->fleet[i] < 64);
      double w = seconds[i];
      if (best >= 0 && rule == DISPATCH_NEAREST && w > far) continue;
      if (taken[i] || w < 0 || !(jobs->fleets[j] >> robots->fleet[i] & 1)) continue;
      if (!better(rule, robots, i, w, best, far)) continue;
      best = i;
      far = w;
    }
    if (best < 0) break;
    taken[best] = true;
    pairs[count][0] = j;
    pairs[count++][1] = best;
  }
  // all or none
  if (count == need) return count;
  while (count > 0) taken[pairs[--count][1]] = false;
  return 0;
}

int dispatch(enum dispatch_rule rule, const struct dispatch_jobs *jobs, const struct dispatch_robots *robots,
             dispatch_walk *walk, void *context, bool *taken, double *seconds, int (*pairs)[2], int pairs_max) {
  int count = 0, idle = robots->n;
  for (int i = 0; i < robots->n; i++) taken[i] = false;

  for (int j = 0; j < jobs->n && idle > 0; j++) {
    int need = jobs->need[j];
    assert(need >= 1);
    if (need > idle || need > pairs_max - count) continue;
    int got = dispatch_job(rule, jobs, j, robots, walk, context, taken, seconds, pairs + count);
    count += got;
    idle -= got;
  }
  return count;
}
