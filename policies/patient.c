// An example of a policy of one's own: every idle robot takes the job that is near, or has waited for long.
//
//   make -C build config=release patient
//   build/takt run layouts/parcel-hall.yaml --policy build/patient.so
//
// Of all pairs of a job and an idle robot the one with the least  walk - age / PATIENCE  is made, then the next,
// until nobody is left. PATIENCE is what makes it patient: 10 s of waiting count as much as 1 s of walking.
#include <stdbool.h>
#include <stdlib.h>

#include "scheduler/policy.h"

#define PATIENCE 10.0

struct self { bool *job, *robot; };   // taken in this call

static void destroy(void *self) {
  struct self *s = self;
  free(s->job);
  free(s->robot);
  free(s);
}

static void *create(int32_t jobs_max, int32_t robots_max) {
  struct self *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->job = calloc((size_t)jobs_max + 1, sizeof *s->job);
  s->robot = calloc((size_t)robots_max + 1, sizeof *s->robot);
  if (s->job && s->robot) return s;
  destroy(s);
  return NULL;
}

static int32_t decide(void *self, const struct policy_view *v, struct policy_pair *pair, int32_t pairs_max) {
  struct self *s = self;
  for (int32_t j = 0; j < v->jobs.n; j++) s->job[j] = v->jobs.need[j] != 1;      // jobs for several are beyond this example
  for (int32_t r = 0; r < v->robots.idle; r++) s->robot[r] = false;
  for (int32_t count = 0; count < pairs_max; count++) {
    double least = 1e300;
    for (int32_t j = 0; j < v->jobs.n; j++)
      for (int32_t r = 0; r < v->robots.idle; r++) {
        if (s->job[j] || s->robot[r] || !(v->jobs.fleets[j] >> v->robots.fleet[r] & 1)) continue;
        double walk = v->walk(v->context, r, j), cost = walk - v->jobs.age[j] / PATIENCE;
        if (walk < 0 || cost >= least) continue;
        least = cost;
        pair[count] = (struct policy_pair){j, r};
      }
    if (least == 1e300) return count;
    s->job[pair[count].job] = s->robot[pair[count].robot] = true;
  }
  return pairs_max;
}

static const struct policy patient = {.version = POLICY_VERSION, .name = "patient", .create = create, .destroy = destroy, .decide = decide};

const struct policy *takt_policy(void);
const struct policy *takt_policy(void) { return &patient; }
