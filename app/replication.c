#include "app/replication.h"
#include "app/wall_clock.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PIECE        (60 * NS_SECOND)   // simulated time between reports of progress
#define PIECES_MIN   12             // of a slice
#define PIECES_MAX   5000
#define PILOT_SLICES 200
#define PILOT_MAX    (1 << 22)      // lead times looked at

bool replication_space_init(struct replication_space *s, const struct result_index *x, struct replication *r) {
  size_t row = sizeof(double) * (size_t)x->count;
  size_t sums = sizeof(struct station_sums) * (size_t)(x->layout->station_count + 2) + sizeof(struct fleet_sums) * (size_t)(x->layout->fleet_count + 2);
  *s = (struct replication_space){0};
  *r = (struct replication){0};
  if (!arena_init(&s->arena, 3 * sums + (1 + BATCHES) * row + 4096)) return false;
  s->start = sums_make(x->layout, &s->arena);
  s->last = sums_make(x->layout, &s->arena);
  s->now = sums_make(x->layout, &s->arena);
  r->row = ARENA_NEW(&s->arena, double, x->count);
  r->batch_rows = ARENA_NEW(&s->arena, double, BATCHES * (size_t)x->count);
  return s->now.station && s->now.fleet && r->row && r->batch_rows;
}

void replication_space_finish(struct replication_space *s, struct replication *r) {
  arena_finish(&s->arena);
  free(r->second_digest);
  *r = (struct replication){0};
}

// part k of n of a length, without overflow
static ns_t part_of(ns_t length, int k, int n) { return length / n * k + length % n * k / n; }

static enum twin_state advance(const struct replication_plan *p, struct twin *t, ns_t until, struct error *e) {
  return p->advance ? p->advance(p->advance_context, t, until, e) : twin_run(t, until);
}

// from `begin` for `length` in pieces, measuring at the end of each slice; false: it ended before
static bool run_span(const struct replication_plan *p, struct twin *t, ns_t begin, ns_t length, int slices, struct replication_space *s,
                     struct replication *r, struct error *e) {
  ns_t whole = p->warmup + p->length;
  for (int k = 0; k < slices; k++) {
    ns_t a = part_of(length, k, slices), b = part_of(length, k + 1, slices);
    ns_t minutes = (b - a) / PIECE;
    int pieces = minutes < PIECES_MIN ? PIECES_MIN : minutes > PIECES_MAX ? PIECES_MAX : (int)minutes;
    for (int i = 1; i <= pieces; i++) {
      ns_t until = begin + a + part_of(b - a, i, pieces);
      r->state = advance(p, t, until, e);
      if (e->status != STATUS_OK || r->state != TWIN_RUNS) return false;
      if (p->stop && *p->stop) { r->interrupted = true; return false; }
      if (p->progress) p->progress(p->context, (double)until / (double)whole);
    }
    if (!s) continue;
    twin_measure(t, &s->now);
    result_fill(p->index, &s->last, &s->now, false, r->batch_rows + (size_t)r->batches * (size_t)p->index->count);
    r->batches++;
    sums_copy(&s->last, &s->now);
  }
  return true;
}

static void keep_second_digests(struct twin *t, struct replication *r) {
  int n = twin_second_count(t);
  const uint64_t *digest = twin_second_digests(t);
  r->second_digest = calloc((size_t)n + 1, sizeof *digest);
  assert(r->second_digest);
  memcpy(r->second_digest, digest, sizeof *digest * (size_t)n);
  r->second_count = n;
}

// jobs that nobody can do, and why
static void say_undone(struct twin *t) {
  struct undone u[20];
  int n = twin_undone(t, u, 20);
  for (int k = 0; k < n; k++) fprintf(stderr, "takt run: %d job%s cannot be done: %s: %s\n", u[k].count, u[k].count == 1 ? "" : "s", u[k].what, u[k].why);
}

// what the run gave: numbers of the window, why it ended, the twin's check of itself
static enum status conclude(const struct replication_plan *p, struct twin *t, struct replication_space *s, struct replication *r, struct error *e) {
  if (r->state == TWIN_FAULT) return error_at(e, STATUS_LIMIT, p->layout->file, 0, 0, "%s", twin_why(t));
  twin_measure(t, &s->now);
  r->events = twin_events(t);
  r->digest = twin_digest(t);
  r->window = s->now.now > p->warmup ? s->now.now - p->warmup : 0;
  r->warmup = s->now.now < p->warmup ? s->now.now : p->warmup;
  if (r->window > 0) result_fill(p->index, &s->start, &s->now, r->state == TWIN_PARTS, r->row);
  else for (int i = 0; i < p->index->count; i++) r->row[i] = NAN;
  // a run that ends by itself has no steady state to cut into batches
  if (r->state != TWIN_RUNS) r->batches = 0;
  snprintf(r->why, sizeof r->why, "%s", twin_why(t));
  if (p->second_digests && r->number == 1) keep_second_digests(t, r);
  if (r->number == 1 && !p->quiet) say_undone(t);
  const char *broken = twin_validate(t);
  if (broken) return error_at(e, STATUS_INTERNAL, p->layout->file, 0, 0, "replication %u: %s", r->number, broken);
  return STATUS_OK;
}

enum status replication_run(const struct replication_plan *p, uint32_t number, struct replication_space *s, struct replication *r, struct error *e) {
  double *row = r->row, *batch_rows = r->batch_rows, begun = wall_clock();
  free(r->second_digest);
  *r = (struct replication){.number = number, .row = row, .batch_rows = batch_rows};
  *e = (struct error){0};

  struct twin_options o = twin_defaults();
  o.seed = p->seed;
  o.replication = number;
  o.second_digests = p->second_digests && number == 1;
  o.horizon = p->warmup + p->length;
  o.threads = p->threads;
  o.kinds = p->kinds;
  o.explain = p->explain;
  o.stop = p->stop;
  o.bars = p->bars;
  struct twin *t = twin_create(p->layout, &o, e);
  if (!t) return e->status;
  r->load_s = wall_clock() - begun;

  bool on = true;
  if (p->warmup > 0) on = run_span(p, t, 0, p->warmup, BATCHES / 2, NULL, r, e);
  if (on) {
    twin_measure(t, &s->start);
    sums_copy(&s->last, &s->start);
    run_span(p, t, p->warmup, p->length, BATCHES, s, r, e);
  }
  r->wall_s = wall_clock() - begun - r->load_s;
  enum status status = e->status == STATUS_OK ? conclude(p, t, s, r, e) : e->status;
  twin_destroy(t);
  return status;
}

enum status replication_warmup(const struct replication_plan *p, ns_t *warmup, struct error *e) {
  *warmup = 0;
  *e = (struct error){0};
  struct twin_options o = twin_defaults();
  o.seed = p->seed;
  o.replication = 1;
  o.horizon = p->length;
  o.kinds = p->kinds;
  o.stop = p->stop;
  struct twin *t = twin_create(p->layout, &o, e);
  if (!t) return e->status;

  struct arena arena;
  size_t room = sizeof(struct station_sums) * (size_t)(p->layout->station_count + 2) + sizeof(struct fleet_sums) * (size_t)(p->layout->fleet_count + 2);
  bool ok = arena_init(&arena, room + 4096);
  assert(ok);
  struct sums sums = sums_make(p->layout, &arena);
  int64_t out[PILOT_SLICES];        // parts in sinks at the end of each slice
  int slices = 0;
  while (slices < PILOT_SLICES && !(p->stop && *p->stop)) {
    enum twin_state state = twin_run(t, part_of(p->length, slices + 1, PILOT_SLICES));
    twin_measure(t, &sums);
    out[slices++] = sums.line.lead_count;
    if (p->progress) p->progress(p->context, (double)slices / PILOT_SLICES);
    if (state != TWIN_RUNS) break;
  }

  int64_t n = slices > 0 ? out[slices - 1] : 0;
  int most = (int)(n < PILOT_MAX ? n : PILOT_MAX);
  double *lead = calloc((size_t)most + 1, sizeof *lead);
  assert(lead);
  int kept = twin_lead_times(t, lead, most);
  int drop = mser5(lead, kept < most ? kept : most), k = 0;
  while (drop > 0 && k < slices && out[k] < drop) k++;
  if (drop > 0) *warmup = part_of(p->length, k + 1, PILOT_SLICES);
  free(lead);
  arena_finish(&arena);
  twin_destroy(t);
  return STATUS_OK;
}
