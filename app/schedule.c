// takt schedule: the optimiser of whole schedules on instances in the standard text formats.
#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/line_balance.h"
#include "app/commands.h"
#include "app/gantt.h"
#include "app/interrupt.h"
#include "app/options.h"
#include "app/output.h"
#include "app/wall_clock.h"
#include "base/json.h"
#include "base/tree.h"
#include "scheduler/line_balance.h"
#include "scheduler/shop_read.h"
#include "scheduler/shop_search.h"

#define FILE_MAX_BYTES ((size_t)64 << 20)

struct arguments {
  double      time;
  int64_t     iterations, seed, threads, takt, stations;
  bool        time_given, iterations_given, seed_given, threads_given, json, quiet;
  const char *gantt;
};

static const char examples[] =
  "  # ten seconds on a job shop, as a table and as a page to look at\n"
  "  takt schedule plant.jsp --time 10s --gantt plant.html\n"
  "  # flexible job shop; one JSON document\n"
  "  takt schedule cells.fjs --time 1min --json\n"
  "  # the same result whenever it runs\n"
  "  takt schedule plant.jsp --iterations 2000000 --seed 7\n"
  "  # how many stations for a takt of 54, and the shortest takt of 8 stations\n"
  "  takt schedule car.alb --takt 54\n"
  "  takt schedule car.alb --stations 8\n";

static const char about[] =
  "Job shops (.jsp) and flexible job shops (.fjs): minimises the makespan by tabu search and path relinking on two islands, and proves a lower bound.\n"
  "It ends when the bound is met, at --time, or after --iterations, whichever comes first (10 s when neither is given).\n"
  "With --iterations alone the result depends on the instance, the seed and the iterations, not on threads or\n"
  "the machine; a run that --time ends does not repeat exactly.\n"
  "Assembly lines (.alb): as few stations as can be for a takt, or as short a takt as can be for a number of stations, by\n"
  "bounded dynamic programming. Formats: docs/schedule.md.";

// ---- while it searches -------------------------------------------------------------------------------

struct watch { double begun, limit, shown; bool line; int width; };

static bool time_is_up(void *context) {
  const struct watch *w = context;
  return interrupted || (w->limit > 0 && wall_clock() - w->begun >= w->limit);
}

static void show_progress(void *context, int32_t makespan, int32_t bound, int64_t iterations) {
  struct watch *w = context;
  double now = wall_clock();
  if (!w->line || now - w->shown < 0.2) return;
  w->shown = now;
  w->width = fprintf(stderr, "\r%5.1f s  makespan %d, bound %d, gap %.2f %%, %.2f million iterations ", now - w->begun, makespan, bound,
                     bound > 0 ? 100.0 * (makespan - bound) / bound : 0.0, 1e-6 * (double)iterations);
  fflush(stderr);
}

static void wipe_progress(const struct watch *w) {
  if (w->width > 0) fprintf(stderr, "\r%*s\r", w->width, "");
}

// ---- what was found ----------------------------------------------------------------------------------

static void print_json(const struct shop *s, const struct shop_plan *p, const struct shop_found *found, const int32_t *start, double seconds) {
  struct json j;
  json_init(&j, false);
  json_object(&j);
  json_key(&j, "makespan");
  json_integer(&j, p->makespan);
  json_key(&j, "lower_bound");
  json_integer(&j, found->bound);
  json_key(&j, "optimal");
  json_bool(&j, found->bound == p->makespan);
  json_key(&j, "time_s");
  json_number(&j, seconds);
  json_key(&j, "iterations");
  json_integer(&j, found->iterations);
  json_key(&j, "complete");
  json_bool(&j, !interrupted);
  json_key(&j, "operations");
  json_list(&j);
  for (int32_t v = 0; v < s->nodes; v++) {
    if (s->job[v] < 0) continue;
    const char *const keys[] = {"job", "op", "machine", "start", "end"};
    const int32_t values[] = {s->job[v], v - s->first[s->job[v]], p->machine[v], start[v], start[v] + p->time[v]};
    json_object(&j);
    for (int i = 0; i < 5; i++) {
      json_key(&j, keys[i]);
      json_integer(&j, values[i]);
    }
    json_object_end(&j);
  }
  json_list_end(&j);
  json_object_end(&j);
  puts(j.text);
  json_finish(&j);
}

static void print_table(const char *file, const struct shop *s, const struct shop_plan *p, const struct shop_found *found, double seconds) {
  printf("%s: %d jobs, %d machines, %d operations%s\n\n", file, s->jobs, s->machines, s->ops, s->flexible ? ", flexible" : "");
  printf("  makespan      %10d%s\n", p->makespan, found->bound == p->makespan ? "   proved optimal" : "");
  printf("  lower bound   %10d", found->bound);
  if (found->bound < p->makespan) printf("   no schedule is shorter; gap %.2f %%", found->bound > 0 ? 100.0 * (p->makespan - found->bound) / found->bound : 100.0);
  printf("\n  time          %10.2f s, %.2f million iterations\n", seconds, 1e-6 * (double)found->iterations);

  // the busiest machines first, at most eight
  int64_t *work = calloc((size_t)s->machines, sizeof *work);
  assert(work);
  for (int32_t v = 0; v < s->nodes; v++)
    if (s->job[v] >= 0) work[p->machine[v]] += p->time[v];
  printf("\n  busiest machines, share of the makespan\n");
  for (int i = 0; i < 8 && i < s->machines; i++) {
    int32_t m = 0;
    for (int32_t k = 1; k < s->machines; k++)
      if (work[k] > work[m]) m = k;
    if (work[m] < 0) break;
    printf("  machine %-5d %10.1f %%\n", m, p->makespan > 0 ? 100.0 * (double)work[m] / p->makespan : 0.0);
    work[m] = -1;
  }
  free(work);
  if (interrupted) printf("\nIncomplete: interrupted, this is the best so far.\n");
}

// ---- one instance ------------------------------------------------------------------------------------

static int schedule_shop(const char *file, const struct shop *s, const struct arguments *a) {
  struct watch w = {.begun = wall_clock(), .limit = a->time, .line = !a->quiet && output_progress()};
  struct shop_search how = shop_search_defaults();
  how.seed = (uint64_t)a->seed;
  how.iterations = a->iterations_given ? a->iterations : 0;
  how.threads = (int)a->threads;
  how.stop = time_is_up;
  how.progress = show_progress;
  how.context = &w;
  struct shop_plan p = {0};
  struct shop_found found;
  struct error e = {0};
  int32_t *start = calloc((size_t)s->nodes, sizeof *start);
  enum status status = start != NULL && shop_plan_make(&p, s) ? shop_optimise(s, &how, &p, &found) : STATUS_MEMORY;
  double seconds = wall_clock() - w.begun;
  wipe_progress(&w);
  int code = interrupted ? 130 : 0;
  if (status == STATUS_OK) {
    int32_t end = shop_plan_times(&p, s, start);
    assert(end == p.makespan);
    if (a->json) print_json(s, &p, &found, start, seconds);
    else print_table(file, s, &p, &found, seconds);
    if (a->gantt) status = gantt_write(a->gantt, file, s, &p, start, found.bound, &e);
  } else {
    error_at(&e, status, file, 0, 0, "out of memory");
  }
  if (status != STATUS_OK) code = output_error("schedule", &e);
  shop_plan_finish(&p);
  free(start);
  return code;
}

static bool ends_in(const char *text, const char *end) {
  size_t n = strlen(text), k = strlen(end);
  return n > k && !strcmp(text + n - k, end);
}

int command_schedule(int argc, char **argv) {
  struct arguments a = {.time = 10, .seed = 1, .threads = 2};
  const struct option options[] = {
    {"time",       OPTION_TIME,    &a.time,       "T",    "end after this much time (10 s, or none with --iterations)", 0.001, 1e7, &a.time_given},
    {"iterations", OPTION_INTEGER, &a.iterations, "N",    "end after N iterations of tabu search; repeatable",          1, 1e15, &a.iterations_given},
    {"seed",       OPTION_INTEGER, &a.seed,       "N",    "another seed, another search (1)",                           0, 9e15, &a.seed_given},
    {"threads",    OPTION_INTEGER, &a.threads,    "N",    "1 or 2; the result of --iterations is the same (2)",         1, 2, &a.threads_given},
    {"takt",       OPTION_INTEGER, &a.takt,       "T",    ".alb: the takt, in the file's unit (the file's cycle time)",   1, LINE_TIME_MAX, NULL},
    {"stations",   OPTION_INTEGER, &a.stations,   "N",    ".alb: the stations; the takt is minimised",                  1, LINE_TASKS_MAX, NULL},
    {"gantt",      OPTION_TEXT,    &a.gantt,      "FILE", "also write the schedule as an HTML page",                    0, 0, NULL},
    {"json",       OPTION_FLAG,    &a.json,       NULL,   "one JSON document on stdout",                                0, 0, NULL},
    {"q",          OPTION_FLAG,    &a.quiet,      NULL,   "no progress line",                                           0, 0, NULL},
  };
  const struct usage usage = {"schedule", "INSTANCE [options]", examples, about, options, sizeof options / sizeof *options, 1, 1};
  const char *file;
  int names;
  switch (options_read(&usage, argc, argv, &file, &names)) {
    case OPTIONS_HELP:  return 0;
    case OPTIONS_WRONG: return 2;
    case OPTIONS_RUN:   break;
  }
  if (a.iterations_given && !a.time_given) a.time = 0;
  bool line = ends_in(file, ".alb");
  if (!line && !ends_in(file, ".jsp") && !ends_in(file, ".fjs")) return usage_wrong(&usage, "%s: the name should end in .jsp, .fjs or .alb", file);
  if (!line && (a.takt || a.stations)) return usage_wrong(&usage, "--takt and --stations are for assembly lines (.alb)");
  const char *of_shops = a.gantt ? "gantt" : a.iterations_given ? "iterations" : a.seed_given ? "seed" : a.threads_given ? "threads" : NULL;
  if (line && of_shops) return usage_wrong(&usage, "--%s is for job shops, not for assembly lines", of_shops);
  if (a.takt && a.stations) return usage_wrong(&usage, "--takt or --stations, not both: the other is the answer");
  if (output_spares(&usage, "gantt", a.gantt, file, "the instance")) return 2;

  struct error e = {0};
  size_t size;
  char *text = file_read(file, FILE_MAX_BYTES, &size, &e);
  if (text == NULL) return output_error("schedule", &e);
  interrupt_catch();
  int code;
  if (line) {
    struct watch w = {.begun = wall_clock(), .limit = a.time};
    code = schedule_line(file, text, size, &(struct line_order){.takt = a.takt, .stations = a.stations, .stop = time_is_up, .context = &w, .json = a.json});
  } else {
    struct shop s;
    code = shop_read(&s, file, text, size, &e) == STATUS_OK ? schedule_shop(file, &s, &a) : output_error("schedule", &e);
    shop_finish(&s);
  }
  free(text);
  return code;
}
