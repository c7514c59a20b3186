#include "app/bench_grasp.h"

#include <assert.h>
#include <math.h>
#include <time.h>

#include "robots/grasp.h"
#include "robots/grip.h"

#define RUNS   300                  // of each kind; the least counts
#define CALLS  50                   // in a run

static double clock_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

// contacts around a disc
static void around(struct planar_contact *c, int n) {
  for (int i = 0; i < n; i++) {
    m_sincos(2 * M_PI_D * i / n + 0.1, &c[i].p[1], &c[i].p[0]);
    c[i].n[0] = -c[i].p[0], c[i].n[1] = -c[i].p[1], c[i].mu = 0.5;
  }
}

static void time_planar(struct bench_grasp *b, int n) {
  struct planar_contact c[BENCH_GRASP_CONTACTS];
  around(c, n);
  b->closed[n] = b->quality[n] = INFINITY;
  for (int r = 0; r < RUNS; r++) {
    int closed = 0;
    double begun = clock_us();
    for (int i = 0; i < CALLS; i++) closed += grasp_planar_closed(c, n);
    b->closed[n] = fmin(b->closed[n], (clock_us() - begun) / CALLS);
    begun = clock_us();
    for (int i = 0; i < CALLS; i++) closed += grasp_planar(c, n).closed;
    b->quality[n] = fmin(b->quality[n], (clock_us() - begun) / CALLS);
    assert(closed == 2 * CALLS);
  }
}

static void time_spatial(struct bench_grasp *b) {
  struct contact c[3];
  struct planar_contact flat[3];
  struct grasp_quality q;
  struct hull *h = hull_create(4000);
  assert(h);
  around(flat, 3);
  for (int i = 0; i < 3; i++) c[i] = (struct contact){v3(flat[i].p[0], flat[i].p[1], 0), v3(flat[i].n[0], flat[i].n[1], 0), 0.5, 8, 0};
  b->spatial = INFINITY;
  for (int r = 0; r < RUNS / 10; r++) {
    double begun = clock_us();
    bool good = grasp_spatial(h, c, 3, &q);
    b->spatial = fmin(b->spatial, clock_us() - begun);
    assert(good && q.closed);
  }
  hull_destroy(h);
}

static void time_plan(struct bench_grasp *b) {
  const struct grip_part part = {.shape = PART_BOX, .size = {0.05, 0.06, 0.05}, .mass = 0.3, .mu = 0.6};
  const struct grip_pose pose = {0, 0, 0, 0.3};
  const struct grip_hand hand = {.opening = 0.11, .thickness = 0.02, .width = 0.02, .length = 0.08, .patch = 0.006, .force_max = 60, .palm = 0.06};
  const struct grip_wish wish = {.tolerance = 0.003, .up = 3, .margin = 1.5, .shoulder = {0, 0, 0.4}, .reach = 0.6};
  struct outline neighbour[6], pocket = outline_rectangle(0, 0, 0, 0.4, 0.3);
  for (int i = 0; i < 6; i++) neighbour[i] = outline_rectangle(0.13 * m_cos(i * M_PI_D / 3), 0.13 * m_sin(i * M_PI_D / 3), i, 0.06, 0.04);
  const struct grip_room room = {.neighbour = neighbour, .neighbours = 6, .pocket = &pocket};
  b->plan = INFINITY;
  for (int r = 0; r < RUNS; r++) {
    struct grip g[8];
    enum grip_fault why;
    int found = 0;
    double begun = clock_us();
    for (int i = 0; i < CALLS; i++) found += grip_plan(&part, &pose, &hand, &room, &wish, g, 8, &why);
    b->plan = fmin(b->plan, (clock_us() - begun) / CALLS);
    assert(found > 0);
  }
}

struct bench_grasp bench_grasp(void) {
  struct bench_grasp b = {0};
  for (int n = 2; n <= BENCH_GRASP_CONTACTS; n++) time_planar(&b, n);
  time_spatial(&b);
  time_plan(&b);
  return b;
}
