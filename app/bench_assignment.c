#include "app/bench_assignment.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "scheduler/assignment.h"
#include "scheduler/lookahead.h"

enum { MOST = 5500, SMALL_JOBS = 1000, SMALL_ROBOTS = 1100, COLD = 5, CHANGES = 40 };
#define SPEED 1.2                   // m/s, along x and y

// Two fleets, a quarter of the jobs for one of them only; a third of the jobs is due; charges from 30 % up.
struct hall {
  struct stream r;
  uint64_t keys;
  uint64_t key[MOST], fleets[MOST];
  int32_t  place[MOST], priority[MOST], stands[MOST];
  double   at[MOST][2], age[MOST], work[MOST], rest[MOST], due[MOST], weight[MOST];
  uint8_t  need[MOST], fleet[MOST];
  uint32_t number[MOST];
  double   spot[MOST][2], free_in[MOST], idle_for[MOST], charge[MOST], level[MOST], slack[MOST], heat[MOST], wear[MOST], switching[MOST], setup[MOST];
  int32_t  family[MOST], did[MOST];
  uint8_t  skill[MOST], teach[MOST];
  struct policy_view view;
  struct policy_pair pair[MOST];
};

static double walk(void *context, int32_t r, int32_t j) {
  const struct hall *h = context;
  return (fabs(h->spot[r][0] - h->at[j][0]) + fabs(h->spot[r][1] - h->at[j][1])) / SPEED;
}

static double draw(struct hall *h, double most) { return most * stream_unit(&h->r); }

static void new_job(struct hall *h, int32_t j, double width) {
  h->key[j] = h->keys++;
  h->fleets[j] = stream_u64(&h->r) % 4 == 0 ? 2 : 3;
  h->place[j] = (int32_t)(h->key[j] % 1000000);
  h->at[j][0] = draw(h, width);
  h->at[j][1] = draw(h, 140);
  h->age[j] = draw(h, 30);
  h->work[j] = 60;
  h->rest[j] = 100;
  h->due[j] = stream_u64(&h->r) % 3 ? INFINITY : draw(h, 2000);
  h->weight[j] = 1;
  h->priority[j] = 0;
  h->need[j] = 1;
  h->family[j] = -1;
}

static void new_robot(struct hall *h, int32_t r, double width) {
  h->fleet[r] = r % 3 == 0;
  h->number[r] = (uint32_t)r + 1;
  h->stands[r] = r;
  h->spot[r][0] = draw(h, width);
  h->spot[r][1] = draw(h, 140);
  h->idle_for[r] = draw(h, 300);
  h->charge[r] = h->level[r] = 0.3 + draw(h, 0.7);
  h->slack[r] = 3600 * h->charge[r];
  h->free_in[r] = h->heat[r] = 0;
  h->did[r] = -1;
}

static void fill(struct hall *h, int32_t jobs, int32_t robots, double width) {
  for (int32_t j = 0; j < jobs; j++) new_job(h, j, width);
  for (int32_t r = 0; r < robots; r++) new_robot(h, r, width);
  h->view = (struct policy_view){.speed = SPEED, .walk = walk, .context = h,
    .jobs = {jobs, h->key, h->place, (const double (*)[2])h->at, h->fleets, h->need, h->priority, h->age, h->work, h->rest, h->due, h->weight, h->setup, h->family, h->skill, h->teach},
    .robots = {robots, robots, h->number, h->fleet, h->stands, (const double (*)[2])h->spot, h->free_in, h->idle_for, h->charge, h->level, h->slack, h->heat, h->wear, h->did, h->switching}};
}

static double clock_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static double timed(struct hall *h, void *policy, int64_t *given) {
  double begun = clock_ms();
  *given = lookahead_policy.decide(policy, &h->view, h->pair, MOST);
  return clock_ms() - begun;
}

static double walked(const struct hall *h, int64_t pairs) {
  double sum = 0;
  for (int64_t k = 0; k < pairs; k++) sum += walk((void *)h, h->pair[k].robot, h->pair[k].job);
  return sum;
}

static double greedy(const struct hall *h) {
  bool *taken = calloc(SMALL_ROBOTS, sizeof *taken);
  assert(taken);
  double sum = 0;
  for (int32_t j = 0; j < SMALL_JOBS; j++) {
    int32_t best = -1;
    for (int32_t r = 0; r < SMALL_ROBOTS; r++)
      if (!taken[r] && (h->fleets[j] >> h->fleet[r] & 1) && (best < 0 || walk((void *)h, r, j) < walk((void *)h, best, j))) best = r;
    if (best < 0) continue;
    taken[best] = true;
    sum += walk((void *)h, best, j);
  }
  free(taken);
  return sum;
}

// All pairs, exactly.
static double optimum(const struct hall *h) {
  enum { PAIRS = SMALL_JOBS * SMALL_ROBOTS };
  int32_t *first = malloc(sizeof *first * (SMALL_JOBS + 1)), *robot = malloc(sizeof *robot * PAIRS), *match = malloc(sizeof *match * SMALL_JOBS), n = 0;
  double *cost = malloc(sizeof *cost * PAIRS), *skip = malloc(sizeof *skip * SMALL_JOBS), *price = calloc(SMALL_ROBOTS, sizeof *price);
  struct assignment *a = assignment_create(SMALL_JOBS, SMALL_ROBOTS, PAIRS, true);
  assert(first && robot && match && cost && skip && price && a);
  for (int32_t j = 0; j < SMALL_JOBS; j++) {
    first[j] = n;
    skip[j] = 1e6;
    match[j] = ASSIGNMENT_NONE;
    for (int32_t r = 0; r < SMALL_ROBOTS; r++)
      if (h->fleets[j] >> h->fleet[r] & 1) robot[n] = r, cost[n++] = walk((void *)h, r, j);
  }
  first[SMALL_JOBS] = n;
  struct assignment_problem p = {.jobs = SMALL_JOBS, .robots = SMALL_ROBOTS, .first = first, .robot = robot, .cost = cost, .skip = skip};
  assignment_solve(a, &p, match, price, NULL);
  double sum = assignment_total(&p, match);
  assignment_destroy(a);
  free(first), free(robot), free(match), free(cost), free(skip), free(price);
  return sum;
}

struct bench_assignment bench_assignment(void) {
  struct bench_assignment b = {0};
  struct hall *h = calloc(1, sizeof *h);
  assert(h);
  int64_t given, in_all = 0;
  for (int k = 0; k < COLD; k++) {
    h->r = stream_make(1, (uint32_t)k, "bench", "assignment", 0);
    void *policy = lookahead_policy.create(MOST, MOST);
    assert(policy);
    fill(h, 5000, 5500, 500);
    double t = timed(h, policy, &given);
    b.spare += t / COLD;
    assert(given == 5000);
    for (int n = 0; k == 0 && n < CHANGES; n++) {
      for (int i = 0; i < 100; i++) {
        new_job(h, (int32_t)(stream_u64(&h->r) % 5000), 500);
        new_robot(h, (int32_t)(stream_u64(&h->r) % 5500), 500);
      }
      for (int32_t j = 0; j < 5000; j++) h->age[j] += 1;
      t = timed(h, policy, &given);
      b.change_mean += t / CHANGES;
      b.change_worst = fmax(b.change_worst, t);
    }
    lookahead_policy.destroy(policy);
    policy = lookahead_policy.create(MOST, MOST);
    assert(policy);
    fill(h, 5000, 5000, 500);
    t = timed(h, policy, &given);
    b.cold_mean += t / COLD;
    b.cold_worst = fmax(b.cold_worst, t);
    in_all += given;
    lookahead_policy.destroy(policy);
  }
  b.given = (double)in_all / COLD;
  // in a hall as dense as that of 5,500, and in one as large: jobs and robots that stand far apart
  for (int sparse = 0; sparse < 2; sparse++) {
    void *policy = lookahead_policy.create(MOST, MOST);
    assert(policy);
    fill(h, SMALL_JOBS, SMALL_ROBOTS, sparse ? 500 : 100);
    timed(h, policy, &given);
    double best = optimum(h);
    *(sparse ? &b.above_sparse : &b.above) = walked(h, given) / best - 1;
    if (!sparse) b.above_greedy = greedy(h) / best - 1;
    lookahead_policy.destroy(policy);
  }
  free(h);
  return b;
}
