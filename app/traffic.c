// takt traffic: lifelong coordination of many robots on a grid map, League of Robot Runners 2024.
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "app/interrupt.h"
#include "app/options.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/traffic_plan.h"
#include "app/traffic_problem.h"
#include "app/wall_clock.h"
#include "base/json.h"
#include "scheduler/traffic.h"
#include "scheduler/traffic_flow.h"
#include "scheduler/traffic_gate.h"
#include "scheduler/traffic_tasks.h"

#define STEPS_MAX   1000000
#define WORK        400000          // states a step at most: some 40 ms of one core
#define WORK_MANY   300000          // of more than 1,000 robots: the steps themselves take more, and one robot's delay matters less
#define FIELD_WORK  4000000         // states a step for distance fields that are new: some 40 ms of one core; small grids have theirs from the beginning
#define FIELD_BYTES ((size_t)512 << 20)

struct arguments {
  int64_t     steps, seed, threads, window, work, admitted;
  double      share, against;
  bool        work_given, against_given, admitted_given, json, quiet;
  const char *out;
};

static const char examples[] =
  "  # 600 steps, the plan for the league's own visualizer\n"
  "  takt traffic problems/RANDOM-01.json --steps 600 --out plan.json\n"
  "  # one JSON document; other ties, another plan\n"
  "  takt traffic hall.json --steps 1000 --seed 7 --json\n"
  "  # less time a step\n"
  "  takt traffic hall.json --steps 1000 --work 100000\n";

static const char about[] =
  "Plans who moves, turns or waits, and who does which task, so that no two robots ever share or swap a cell. Every step is checked.\n"
  "The result depends on the problem, the seed and the options, not on threads, time or the machine. Format: docs/traffic.md.";

// ---- a run -------------------------------------------------------------------------------------------------------------

struct run {
  const struct traffic_problem *p;
  const struct arguments *a;
  struct traffic       *traffic;
  struct traffic_tasks *tasks;
  struct traffic_flow  *flow;       // NULL: no guidance from it
  struct traffic_plan  *plan;       // NULL: nobody asked for it
  int32_t *cell, *after, *goal, *left, *scratch;
  uint8_t *facing, *after_facing, *action, *done;
  double  *ms;                      // (steps)
  int32_t  steps, finished, visible;
  struct traffic_gate gate;
  int32_t  admitted;                // last
  struct traffic_jam worst;         // seen
};

// How many robots are on their way at once: as the share of steps that bring somebody nearer says (scheduler/traffic_gate.h).
static struct traffic_gate gate_of(const struct traffic_problem *p) {
  int32_t open = 0;
  for (int32_t c = 0; c < p->width * p->height; c++) open += !p->wall[c];
  return traffic_gate_make(p->robots, open);
}

static bool run_begin(struct run *r) {
  const struct traffic_problem *p = r->p;
  const struct arguments *a = r->a;
  size_t n = (size_t)p->robots;
  r->cell = malloc(n * sizeof *r->cell);
  r->after = malloc(n * sizeof *r->after);
  r->goal = malloc(n * TRAFFIC_GOALS * sizeof *r->goal);
  r->left = malloc(n * sizeof *r->left);
  r->scratch = malloc((size_t)p->width * (size_t)p->height * sizeof *r->scratch);
  r->facing = calloc(n, 1);
  r->after_facing = calloc(n, 1);
  r->action = calloc(n, 1);
  r->done = calloc(n, 1);
  r->ms = calloc((size_t)a->steps, sizeof *r->ms);
  if (a->out) r->plan = traffic_plan_create(p);
  if (!r->cell || !r->after || !r->goal || !r->left || !r->scratch || !r->facing || !r->after_facing || !r->action || !r->done || !r->ms || (a->out && !r->plan))
    return false;
  memcpy(r->cell, p->start, n * sizeof *r->cell);

  r->gate = gate_of(p);
  struct traffic_params t = traffic_defaults();
  t.robots_max = p->robots;
  t.window = (int32_t)a->window;
  t.work = a->work_given ? a->work : p->robots > 1000 ? WORK_MANY : WORK;
  t.field_bytes = FIELD_BYTES;
  t.field_work = FIELD_WORK;
  t.threads = (int32_t)a->threads;
  t.seed = (uint64_t)a->seed;
  r->admitted = a->admitted_given ? (int32_t)a->admitted : (int32_t)r->gate.admitted;
  t.admitted = r->admitted;
  const struct traffic_grid grid = {p->width, p->height, p->wall, NULL};
  r->traffic = traffic_create(&grid, &t);
  const struct traffic_task_list list = {p->tasks, p->first, p->errand};
  struct traffic_tasks_params tasks = traffic_tasks_defaults(p->robots, (int32_t)(p->reveal * p->robots) + 1);
  tasks.end = (int32_t)a->steps;
  tasks.share = a->share;
  if (r->traffic && traffic_is_small(r->traffic) && a->against > 0) {
    r->flow = traffic_flow_create(&grid, a->against);
    if (!r->flow) return false;
  } else if (r->traffic && a->against_given && a->against > 0) {
    fprintf(stderr, "takt traffic: --against is not used: the grid has more than 8,192 cells\n");
  }
  if (r->traffic) r->tasks = traffic_tasks_create(&list, &tasks, r->traffic);
  return r->tasks != NULL;
}

static void run_end(struct run *r) {
  traffic_tasks_destroy(r->tasks);
  traffic_destroy(r->traffic);
  traffic_flow_destroy(r->flow);
  traffic_plan_destroy(r->plan);
  free(r->cell);
  free(r->after);
  free(r->goal);
  free(r->left);
  free(r->scratch);
  free(r->facing);
  free(r->after_facing);
  free(r->action);
  free(r->done);
  free(r->ms);
}

static void run_step(struct run *r) {
  const struct traffic_problem *p = r->p;
  double begun = wall_clock();
  r->visible = (int32_t)(p->reveal * p->robots) + r->finished;
  traffic_tasks_assign(r->tasks, r->steps, r->visible, r->cell, r->facing);
  traffic_tasks_goals(r->tasks, r->goal);
  traffic_tasks_left(r->tasks, r->cell, r->facing, r->left);
  const struct traffic_robots robots = {p->robots, r->cell, NULL, r->facing, NULL, r->goal, r->left, 0, NULL};
  if (!r->a->admitted_given) {
    struct traffic_count c = traffic_counts(r->traffic);
    r->admitted = traffic_gate_step(&r->gate, r->steps, c.going, c.nearer);
    traffic_admit(r->traffic, r->admitted);
  }
  traffic_step(r->traffic, &robots, r->action);
  const uint8_t *cost = r->flow ? traffic_flow_step(r->flow, p->robots, r->cell, r->facing, r->action) : NULL;
  if (cost) traffic_guide(r->traffic, cost);
  double seconds = wall_clock() - begun;
  r->ms[r->steps] = 1e3 * seconds;

  // our own fault if ever: the plan would be worthless
  const struct traffic_grid grid = {p->width, p->height, p->wall, NULL};
  char fault[128];
  if (!traffic_check(&grid, p->robots, r->cell, r->facing, r->action, r->after, r->after_facing, r->scratch, fault, sizeof fault)) {
    fprintf(stderr, "takt traffic: step %d: %s\n", r->steps, fault);
    abort();
  }
  if (r->plan) {
    traffic_plan_step(r->plan, r->steps, r->action, traffic_tasks_of(r->tasks));
    traffic_plan_seconds(r->plan, seconds);
  }
  memcpy(r->scratch, traffic_tasks_of(r->tasks), (size_t)p->robots * sizeof *r->scratch);
  memcpy(r->cell, r->after, (size_t)p->robots * sizeof *r->cell);
  memcpy(r->facing, r->after_facing, (size_t)p->robots);
  r->finished += traffic_tasks_arrive(r->tasks, r->cell, r->done);
  for (int32_t i = 0; i < p->robots && r->plan; i++)
    if (r->done[i]) traffic_plan_errand(r->plan, r->steps, i, r->scratch[i], traffic_tasks_errand(r->tasks, r->scratch[i]) - 1);
  struct traffic_jam jam = traffic_stuck(r->traffic);
  if (jam.count > 0 && jam.steps > r->worst.steps) r->worst = jam;
  r->steps++;
}

// ---- what came of it ---------------------------------------------------------------------------------------------------

struct times { double mean, p99, max, first; };

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static struct times times_of(struct run *r) {
  struct times t = {0};
  if (r->steps == 0) return t;
  t.first = r->ms[0];
  for (int32_t k = 0; k < r->steps; k++) t.mean += r->ms[k] / r->steps;
  qsort(r->ms, (size_t)r->steps, sizeof *r->ms, compare_doubles);
  t.p99 = r->ms[(int64_t)(r->steps - 1) * 99 / 100];
  t.max = r->ms[r->steps - 1];
  return t;
}

// How many might go at the end; 0 admits all.
static int32_t admitted_of(const struct run *r) { return r->admitted > 0 && r->admitted < r->p->robots ? r->admitted : r->p->robots; }

static void print_json(struct run *r) {
  struct times t = times_of(r);
  struct traffic_count c = traffic_counts(r->traffic);
  struct json j;
  json_init(&j, false);
  json_object(&j);
  const struct { const char *key; int64_t value; } numbers[] = {
    {"agents", r->p->robots}, {"steps", r->steps}, {"tasks_finished", r->finished}, {"collisions", 0}, {"moves", c.moves}, {"turns", c.turns},
    {"waits", c.waits}, {"searches", c.searches}, {"expanded", c.expanded}, {"improved", c.improved}, {"fields_built", c.fields_built},
    {"field_bytes", (int64_t)c.field_bytes}, {"longest_stuck_steps", r->worst.steps}, {"admitted", admitted_of(r)}};
  for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
    json_key(&j, numbers[k].key);
    json_integer(&j, numbers[k].value);
  }
  json_key(&j, "complete");
  json_bool(&j, !interrupted);
  json_key(&j, "plan_ms");
  json_object(&j);
  const struct { const char *key; double value; } times[] = {{"mean", t.mean}, {"p99", t.p99}, {"max", t.max}, {"first", t.first}};
  for (size_t k = 0; k < sizeof times / sizeof *times; k++) {
    json_key(&j, times[k].key);
    json_number(&j, times[k].value);
  }
  json_object_end(&j);
  json_object_end(&j);
  puts(j.text);
  json_finish(&j);
}

static void print_table(struct run *r) {
  struct times t = times_of(r);
  struct traffic_count c = traffic_counts(r->traffic);
  double all = (double)(c.moves + c.turns + c.waits);
  printf("%s: %d robots, %d x %d cells\n\n", r->p->file, r->p->robots, r->p->width, r->p->height);
  printf("  steps         %10d\n", r->steps);
  printf("  tasks done    %10d   %.3f a step\n", r->finished, r->steps ? (double)r->finished / r->steps : 0.0);
  printf("  collisions    %10d   every step checked\n", 0);
  if (all > 0) printf("  forward       %10.1f %%, turning %.1f %%, waiting %.1f %%\n", 100 * (double)c.moves / all, 100 * (double)c.turns / all, 100 * (double)c.waits / all);
  printf("  admitted      %10d   robots on their way at once, at the end\n", admitted_of(r));
  printf("  plan          %10.2f ms a step, 99 %% below %.1f, longest %.1f, first %.1f\n", t.mean, t.p99, t.max, t.first);
  printf("  fields        %10lld built, %.1f MiB kept\n", (long long)c.fields_built, (double)c.field_bytes / 1048576);
  if (r->worst.steps > 0) {
    printf("  stuck         %10d steps at most, %s of", r->worst.steps, r->worst.ring ? "a ring" : "a chain");
    for (int32_t k = 0; k < r->worst.count && k < 8; k++) printf(" %d", r->worst.robot[k]);
    printf("%s\n", r->worst.count > 8 ? " ..." : "");
  }
  if (interrupted) printf("\nIncomplete: interrupted, this is what was done so far.\n");
}

static int traffic_run(const struct traffic_problem *p, const struct arguments *a) {
  struct run r = {.p = p, .a = a};
  struct error e = {0};
  struct progress progress;
  int code = 0;
  if (!run_begin(&r)) {
    run_end(&r);
    error_at(&e, STATUS_MEMORY, p->file, 0, 0, "out of memory");
    return output_error("traffic", &e);
  }
  progress_begin(&progress, !a->quiet && output_progress(), "planning");
  while (r.steps < a->steps && !interrupted) {
    run_step(&r);
    progress_show(&progress, (double)r.steps / (double)a->steps);
  }
  progress_end(&progress);
  if (a->out && traffic_plan_write(r.plan, a->out, r.finished, r.visible, &e) != STATUS_OK) code = output_error("traffic", &e);
  if (a->json) print_json(&r);
  else print_table(&r);
  run_end(&r);
  return code ? code : interrupted ? 130 : 0;
}

int command_traffic(int argc, char **argv) {
  struct arguments a = {.steps = 1000, .seed = 1, .threads = 2, .window = 12, .share = 0.6, .against = 0.25};
  const struct option options[] = {
    {"steps",   OPTION_INTEGER, &a.steps,    "N",    "steps to plan (1000)",                                              1, STEPS_MAX, NULL},
    {"seed",    OPTION_INTEGER, &a.seed,     "N",    "another seed, other ties, another plan (1)",                        0, 9e15, NULL},
    {"out",     OPTION_TEXT,    &a.out,      "FILE", "write the plan in the league's output format",                      0, 0, NULL},
    {"window",  OPTION_INTEGER, &a.window,   "N",    "steps planned ahead; 0: one step at a time (12)",                   0, TRAFFIC_WINDOW_MAX, NULL},
    {"work",    OPTION_INTEGER, &a.work,     "N",    "states searched in a step at most (400000; 300000 above 1,000 robots)",                    0, 1e9, &a.work_given},
    {"share",   OPTION_NUMBER,  &a.share,    "X",    "of a task's own length in the choice of tasks (0.6)",               0, 10, NULL},
    {"against", OPTION_NUMBER,  &a.against,  "X",    "steps that the mean flow against a way makes it longer, on grids of at most 8,192 cells; 0: none (0.25)", 0, 10, &a.against_given},
    {"admit",   OPTION_INTEGER, &a.admitted, "N",    "robots that go for their goals at once; 0: all (found while they go)", 0, 1e6, &a.admitted_given},
    {"threads", OPTION_INTEGER, &a.threads,  "N",    "1 to 64; the result is the same (2)",                               1, 64, NULL},
    {"json",    OPTION_FLAG,    &a.json,     NULL,   "one JSON document on stdout",                                       0, 0, NULL},
    {"q",       OPTION_FLAG,    &a.quiet,    NULL,   "no progress line",                                                  0, 0, NULL},
  };
  const struct usage usage = {"traffic", "PROBLEM.json [options]", examples, about, options, sizeof options / sizeof *options, 1, 1};
  const char *file;
  int names;
  switch (options_read(&usage, argc, argv, &file, &names)) {
    case OPTIONS_HELP:  return 0;
    case OPTIONS_WRONG: return 2;
    case OPTIONS_RUN:   break;
  }
  struct error e = {0};
  struct traffic_problem p;
  int code = output_spares(&usage, "out", a.out, file, "the problem");
  if (code) return code;
  if (traffic_problem_read(&p, file, &e) != STATUS_OK) code = output_error("traffic", &e);
  for (int k = 0; k < 3 && code == 0; k++) code = output_spares(&usage, "out", a.out, p.part[k], "a file of the problem");
  if (code == 0) {
    interrupt_catch();
    code = traffic_run(&p, &a);
  }
  traffic_problem_finish(&p);
  return code;
}
