#include "app/bench_pick.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/random.h"
#include "engine/world/kind.h"
#include "robots/handling.h"

#define RUNS       7
#define NEIGHBOURS 4

struct scene {
  struct grip_part     part;
  struct outline       neighbour[NEIGHBOURS], pocket;
  struct handling_wish wish;
  double               us, takes;
  bool                 possible, both;
};

static double clock_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static double between(struct stream *s, double low, double high) { return low + (high - low) * stream_unit(s); }

static void draw_part(struct grip_part *p, struct stream *s) {
  double kind = stream_unit(s);
  *p = (struct grip_part){.mu = between(s, 0.3, 0.8), .mass = between(s, 0.05, 0.8)};
  p->shape = kind < 0.4 ? PART_BOX : kind < 0.6 ? PART_CYLINDER : kind < 0.7 ? PART_SPHERE : PART_PRISM;
  for (int k = 0; k < 3; k++) p->size[k] = between(s, 0.03, 0.09);
  if (kind > 0.9) *p = (struct grip_part){.shape = PART_BOX, .size = {between(s, 0.25, 0.4), between(s, 0.25, 0.45), between(s, 0.1, 0.25)}, .mass = between(s, 1, 8), .mu = p->mu};
  if (p->shape != PART_PRISM) return;
  p->corners = 6;
  for (int i = 0; i < 6; i++) {
    double sine, cosine;
    m_sincos(i * M_PI_D / 3, &sine, &cosine);
    p->corner[i][0] = p->size[0] / 2 * cosine, p->corner[i][1] = p->size[0] / 2 * sine;
  }
}

static void draw(struct scene *c, const struct reach_pose *standing, const double foot[2], struct stream *s) {
  struct handling_wish *w = &c->wish;
  draw_part(&c->part, s);
  bool large = c->part.mass >= 1;
  *w = handling_wish_defaults();
  w->part = &c->part;
  w->from = w->to = standing;
  w->foot[0] = foot[0], w->foot[1] = foot[1];
  w->places = false;
  w->pick.at = v3(between(s, 0.35, 0.6), large ? 0 : between(s, -0.4, 0.4), between(s, 0.4, 1.4));
  w->pick.yaw = large ? 0 : between(s, 0, M_PI_D);
  w->pick.hidden = between(s, 0, 0.4);
  if (large) return;
  for (int i = 0; i < NEIGHBOURS; i++) {
    double sine, cosine;
    m_sincos(between(s, 0, 2 * M_PI_D), &sine, &cosine);
    double far = between(s, 0.1, 0.2);
    c->neighbour[i] = outline_rectangle(far * cosine, far * sine, between(s, 0, M_PI_D), 0.05, 0.05);
  }
  c->pocket = outline_rectangle(0, 0, 0, 0.4, 0.3);
  w->pick.room = (struct grip_room){.neighbour = c->neighbour, .neighbours = NEIGHBOURS, .pocket = &c->pocket};
}

static int by_time(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void count(const struct scene *scenes, struct bench_pick *out) {
  double time[BENCH_PICKS];
  *out = (struct bench_pick){0};
  for (int i = 0; i < BENCH_PICKS; i++) {
    const struct scene *c = &scenes[i];
    if (!c->possible) {
      out->not_done++;
      out->refused += c->us;
      continue;
    }
    time[out->done++] = c->us;
    out->mean += c->us;
    out->takes += c->takes;
    if (c->both) out->both += c->us, out->with_both++;
    else out->one_hand += c->us;
  }
  qsort(time, (size_t)out->done, sizeof *time, by_time);
  int one = out->done - out->with_both;
  if (out->done > 0) out->mean /= out->done, out->takes /= out->done, out->median = time[out->done / 2], out->worst = time[out->done - 1];
  if (one > 0) out->one_hand /= one;
  if (out->with_both > 0) out->both /= out->with_both;
  if (out->not_done > 0) out->refused /= out->not_done;
}

enum status bench_pick(const char *folder, struct bench_pick *out, struct error *e) {
  static struct scene scenes[BENCH_PICKS];
  static struct kind kind;
  static struct reacher reacher;
  struct reach_pose standing;
  double foot[2];
  enum status status = kind_load_body(&kind, folder, e);
  if (status != STATUS_OK) return status;
  status = reacher_make(&reacher, &kind.humanoid, &kind.spec, e);
  if (status == STATUS_OK) status = reach_standing(&reacher, 0, &standing, foot, e);
  struct stream s = stream_make(1, 1, "bench", "pick", 0);
  for (int i = 0; i < BENCH_PICKS && status == STATUS_OK; i++) {
    draw(&scenes[i], &standing, foot, &s);
    scenes[i].us = INFINITY;
  }
  for (int r = 0; r < RUNS && status == STATUS_OK; r++)
    for (int i = 0; i < BENCH_PICKS; i++) {
      static struct handling h;
      double begun = clock_us();
      scenes[i].possible = handling_plan(&reacher, &scenes[i].wish, &h);
      scenes[i].us = fmin(scenes[i].us, clock_us() - begun);
      scenes[i].both = h.both;
      scenes[i].takes = h.time;
    }
  if (status == STATUS_OK) count(scenes, out);
  kind_finish(&kind);
  return status;
}
