#include "app/bench_gait.h"

#include <math.h>
#include <time.h>

#include "robots/gait.h"
#include "robots/walk.h"

#define SAMPLES 200
#define RUNS    200                 // of each kind; the least counts

static double clock_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static double time_legs(struct trajectory *t, enum lane_width lanes) {
  double best = INFINITY;
  if (lanes > dynamics_lanes()) return -1;
  for (int i = 0; i < RUNS; i++) {
    double begun = clock_us();
    for (int s = 0; s < 2; s++) {
      struct leg_columns c = {t->n, t->stride, t->pelvis, &t->foot[s][0].frame, sizeof t->foot[s][0], t->q, t->qd, t->qdd};
      leg_columns_run(&t->leg[s], &c, lanes);
    }
    best = fmin(best, clock_us() - begun);
  }
  return 1e3 * best / (2 * t->n);
}

// The legs and a pass on a walk that is already solved.
static enum status time_parts(struct bench_gait *b, const struct humanoid *h, const struct gait_wish *wish, struct error *e) {
  struct walk_style style = walk_style_of(h, wish);
  struct posture posture;
  struct trajectory t;
  posture_find(&posture, h, LOAD_NONE);
  posture_balance(&posture, h, h->model);
  enum status s = trajectory_init(&t, h, h->model, SAMPLES, 0, 2 / (style.step_rate * SAMPLES), ENDS_PERIODIC, e);
  if (s) return s;
  walk_solve(&t, wish, &style, &posture, 2);
  for (int i = 0; i < 3; i++) b->leg[i] = time_legs(&t, i == 0 ? LANES_1 : i == 1 ? LANES_4 : LANES_8);
  for (int i = 0; i < RUNS; i++) {
    double begun = clock_us();
    trajectory_dynamics(&t);
    b->pass = fmin(b->pass, 1e-3 * (clock_us() - begun));
  }
  trajectory_finish(&t);
  return STATUS_OK;
}

enum status bench_gait(struct bench_gait *b, const struct humanoid *h, const struct robot_spec *spec, double speed, struct error *e) {
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, speed);
  wish.samples = SAMPLES;
  *b = (struct bench_gait){.pass = INFINITY, .solve = INFINITY};
  for (int i = 0; i < RUNS; i++) {
    struct gait g;
    struct gait_report r;
    double begun = clock_us();
    enum status s = gait_solve(&g, &r, h, spec, &wish, e);
    b->solve = fmin(b->solve, 1e-3 * (clock_us() - begun));
    if (s) return s;
    gait_finish(&g, &r);
  }
  return time_parts(b, h, &wish, e);
}
