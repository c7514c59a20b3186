// takt run: a layout, headless, as fast as it can; one run or many replications.
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "app/interrupt.h"
#include "app/line_gantt.h"
#include "app/options.h"
#include "app/output.h"
#include "app/overrides.h"
#include "app/progress.h"
#include "app/record.h"
#include "app/variant.h"
#include "app/why.h"
#include "app/workers.h"
#include "app/wall_clock.h"
#include "base/digest.h"
#include "base/units.h"
#include "engine/world/kinds.h"

#define THREADS_MAX      256
#define REPLICATIONS_MAX 1000000

struct arguments {
  const char *length, *warmup, *fidelity, *policy, *record, *db, *explain, *gantt;
  int64_t seed, replications, threads;
  bool seed_given, replications_given;
  bool json, quiet, verbose, digests;
  struct option_list set;
  struct overrides changes;         // what they change of the layout
  double explain_at;                // s
};

// ---- arguments ------------------------------------------------------------------------------------

static const char examples[] =
  "  takt run layouts/cell-sorting.yaml\n"
  "  takt run layouts/cell-sorting.yaml --for 8h --warmup auto --replications 20\n"
  "  takt run layouts/cell-sorting.yaml --set robots.sorters.count=6 --json > six.json\n"
  "  takt run layouts/cell-sorting.yaml --record shift.takt\n"
  "  takt run layouts/parcel-hall.yaml --for 1h --explain 30min\n";

// 0: go on; else the exit code
static int read_arguments(int argc, char **argv, struct arguments *a, const struct usage **usage, const char **layout) {
  const struct option options[] = {
    {"for", OPTION_TEXT, &a->length, "T", "measured time after the warm-up: 8h, 90min, 200000", 0, 0, NULL},
    {"warmup", OPTION_TEXT, &a->warmup, "T", "time before it that is not measured, or auto (MSER-5)", 0, 0, NULL},
    {"seed", OPTION_INTEGER, &a->seed, "N", "of all random numbers", 0, 9e15, &a->seed_given},
    {"replications", OPTION_INTEGER, &a->replications, "N", "runs with their own random numbers; gives intervals", 1, REPLICATIONS_MAX, &a->replications_given},
    {"threads", OPTION_INTEGER, &a->threads, "N", "processes for replications; one run at motion or body: threads (default: cores)", 1, THREADS_MAX, NULL},
    {"fidelity", OPTION_TEXT, &a->fidelity, "NAME", "event, motion or body", 0, 0, NULL},
    {"set", OPTION_LIST, &a->set, "PATH=VALUE", "change any value of the layout; may be repeated", 0, 0, NULL},
    {"policy", OPTION_TEXT, &a->policy, "NAME", "who gets which job: nearest, fifo, idle-first, spt, edd, atc, lookahead or a library ./mine.so", 0, 0, NULL},
    {"record", OPTION_TEXT, &a->record, "FILE", "keep the whole run for takt view and takt replay", 0, 0, NULL},
    {"digest", OPTION_FLAG, &a->digests, NULL, "with --json: the digest of every simulated second", 0, 0, NULL},
    {"db", OPTION_TEXT, &a->db, "FILE", "keep every replication in an SQLite file (docs/study.md)", 0, 0, NULL},
    {"explain", OPTION_TEXT, &a->explain, "T", "every decision near that time: candidates, costs, who gets the job; and the history of those jobs", 0, 0, NULL},
    {"gantt", OPTION_TEXT, &a->gantt, "FILE", "the plan of the whole line and what became of it, as an HTML page; needs orders and lookahead", 0, 0, NULL},
    {"json", OPTION_FLAG, &a->json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &a->quiet, NULL, "no warnings, no progress", 0, 0, NULL},
    {"v", OPTION_FLAG, &a->verbose, NULL, "say more on stderr", 0, 0, NULL},
  };
  static const struct usage fixed = {"run", "LAYOUT [options]", examples, "Runs a layout and prints what the line makes, and what holds it back.", NULL, 0, 1, 1};
  struct usage u = fixed;
  u.options = options;
  u.count = (int)(sizeof options / sizeof *options);
  *usage = &fixed;
  int names;
  switch (options_read(&u, argc, argv, layout, &names)) {
    case OPTIONS_HELP: return -1;
    case OPTIONS_WRONG: return 2;
    case OPTIONS_RUN: break;
  }
  return 0;
}

static int check_arguments(const struct usage *u, struct arguments *a) {
  struct overrides *o = &a->changes;
  if (a->explain && overrides_time(u, "explain", a->explain, &a->explain_at)) return 2;
  if (a->digests && !a->json) return usage_wrong(u, "--digest adds to the document of --json: say --json too");
  if (output_same(a->record, a->gantt) || output_same(a->record, a->db) || output_same(a->gantt, a->db))
    return usage_wrong(u, "two of --record, --gantt and --db name one file");
  if (overrides_options(o, u, "set", &a->set)) return 2;
  if (overrides_length(o, u, a->length) || overrides_warmup(o, u, a->warmup) || overrides_fidelity(o, u, a->fidelity) || overrides_policy(o, u, a->policy)) return 2;
  if (a->seed_given) overrides_integer(o, "run.seed", a->seed);
  if (a->replications_given) overrides_integer(o, "run.replications", a->replications);
  return 0;
}

// ---- results --------------------------------------------------------------------------------------

static const char *ended(const struct results *r, const char **why) {
  bool deadlock = false, parts = true;
  for (int i = 0; i < r->count; i++) {
    const struct kept *k = &r->kept[i];
    if (k->state == TWIN_DEADLOCK && !deadlock) { deadlock = true; *why = k->why; }
    if (k->done && k->state != TWIN_PARTS) parts = false;
    if (k->done && k->state == TWIN_PARTS && k->why[0] && !*why) *why = k->why;
  }
  if (r->done < r->count || !(deadlock || parts)) *why = NULL;
  if (r->done < r->count) return "interrupted";
  return deadlock ? "deadlock" : parts ? "parts" : "time";
}

// rows, sums and digest over the replications that were finished, in order
static void gather(struct outcome *o, const struct results *r, double **rows) {
  o->digest = DIGEST_START;
  o->row = rows;
  bool partial = r->done == 0;      // nothing finished: then what was begun
  for (int i = 0; i < r->count; i++) {
    const struct kept *k = &r->kept[i];
    if (!(k->done || (partial && k->interrupted && k->window > 0))) continue;
    rows[o->rows++] = k->row;
    o->events += k->events;
    o->digest = digest_u64(o->digest, (uint64_t)i + 1, k->digest);
    o->simulated_s += ns_to_seconds(k->window);
    o->warmup_s += ns_to_seconds(k->warmup);
  }
  if (r->count == 1) {
    const struct kept *k = &r->kept[0];
    o->digest = k->digest;
    o->load_s += k->load_s;
    o->wall_s -= k->load_s;
  }
}

static int exit_code(const struct outcome *o, const struct results *r, const struct arguments *a) {
  const struct layout *l = o->index->layout;
  if (r->dead) {
    fprintf(stderr, "takt run: %d worker%s died: %s; %d of %d replications are kept\n", r->dead, r->dead > 1 ? "s" : "", r->death, r->done, r->count);
    return 5;
  }
  if (!o->complete) return 130;
  int code = 0;
  if (!strcmp(o->ended, "deadlock")) {
    fprintf(stderr, "takt run: deadlock: %s\n", o->ended_why);
    code = 1;
  }
  for (int i = 0; i < l->goal_count; i++) {
    const struct goal *g = &l->goals[i];
    double value;
    if (goal_met(g, o, &value)) continue;
    code = 1;
    if (result_find(o->index, g->path) == NONE) fprintf(stderr, "takt run: goal %s: the result has no such number\n", g->path);
    else if (a->json && !a->quiet) fprintf(stderr, "takt run: goal not met: %s is %.6g\n", g->path, value);
  }
  return code;
}

static int report(struct outcome *o, const struct results *r, const struct arguments *a) {
  double **rows = calloc((size_t)r->count, sizeof *rows);
  struct estimate *estimate = calloc((size_t)o->index->count, sizeof *estimate);
  assert(rows);
  assert(estimate);
  o->ended = ended(r, &o->ended_why);
  o->complete = r->done == r->count;
  gather(o, r, rows);
  outcome_estimate(o, estimate);
  if (o->replications == 1 && o->rows == 1) {
    o->batch_means = true;
    double slices = o->simulated_s * BATCHES / ns_to_seconds(o->index->layout->run.length);
    result_batch_means(o->index, rows[0], r->batch_rows, r->batches, slices, estimate);
  }
  o->estimate = estimate;
  o->second_digest = r->second_digest;
  o->digest_count = r->second_count;

  if (a->json) {
    struct json j;
    json_init(&j, true);
    outcome_json(o, &j);
    puts(j.text);
    json_finish(&j);
  } else {
    outcome_print(o, output_bold(), stdout);
  }
  int code = exit_code(o, r, a);
  free(rows);
  free(estimate);
  return code;
}

// Every finished replication as a row, under the same configuration that a sweep gives it.
static int keep_results(const char *path, const struct arguments *a, const struct results *r) {
  char settings[1000] = "as it is";
  struct variant v;
  struct error e = {0};
  for (size_t i = 0, used = 0; i < (size_t)a->set.count && used < sizeof settings; i++)
    used += (size_t)snprintf(settings + used, sizeof settings - used, "%s%s", i ? " " : "", a->set.value[i]);
  int code = variant_open(&v, path, a->changes.list, a->changes.count, true);
  struct store *s = code == 0 ? store_open(a->db, true, &e) : NULL;
  if (s) {
    struct store_config c = variant_config(&v, path, settings);
    enum status status = store_add_config(s, &c, &e);
    for (int k = 0; k < r->count && status == STATUS_OK; k++) {
      if (!r->kept[k].done) continue;
      struct store_run row = variant_run(&v, (uint32_t)k + 1, &r->kept[k]);
      status = store_add_run(s, v.digest, &v.index, &row, &e);
    }
    if (status != STATUS_OK) code = output_error("run", &e);
  } else if (code == 0) {
    code = output_error("run", &e);
  }
  store_close(s);
  variant_close(&v);
  return code;
}

// warm-up found if asked, replications, report
static int run_all(struct layout *l, const char *path, const struct arguments *a, double load_s, const struct result_index *index,
                   const struct kinds *kinds, int threads) {
  struct progress progress;
  progress_begin(&progress, output_progress() && !a->quiet, "running");
  struct replication_plan p = {.layout = l, .index = index, .seed = l->run.seed, .kinds = kinds, .warmup = l->run.warmup, .length = l->run.length,
                               .second_digests = a->digests, .quiet = a->quiet, .stop = &interrupted, .progress = progress_show, .context = &progress};
  struct error e = {0};
  double begun = wall_clock();
  if (l->run.warmup_auto) {
    if (replication_warmup(&p, &p.warmup, &e) != STATUS_OK) {
      progress_end(&progress);
      return output_error("run", &e);
    }
    if (a->verbose) fprintf(stderr, "warm-up found by MSER-5: %.0f s\n", ns_to_seconds(p.warmup));
  }
  if (a->explain && ns_from_seconds(a->explain_at) > p.warmup + p.length) {
    progress_end(&progress);
    fprintf(stderr, "takt run: --explain %s lies after the end of the run at %.0f s\n", a->explain, ns_to_seconds(p.warmup + p.length));
    return 2;
  }
  struct results r;
  // replications have a process each; a single run may use the cores inside
  p.threads = l->run.replications == 1 ? threads : 1;
  struct frames frames = {0};
  struct record *record = NULL;
  if (a->record) {
    enum status made = frames_init(&frames, l, &e);
    if (made == STATUS_OK) record = record_create(a->record, &frames, p.seed, 1, p.warmup, p.length, &e);
    if (!record) {
      progress_end(&progress);
      frames_finish(&frames);
      return output_error("run", &e);
    }
    p.advance = record_advance;
    p.advance_context = record;
  }
  struct why *why = NULL;
  if (a->explain) {
    why = why_create(ns_from_seconds(a->explain_at));
    assert(why);
    p.explain = why_explain(why);
  }
  if (record) p.explain = decisions_explain(frames.decisions, p.explain);
  struct line_gantt *gantt = a->gantt ? line_gantt_create(l) : NULL;
  if (gantt) p.bars = line_gantt_bars(gantt);
  if (record) p.bars = planned_bars(&frames.planned, p.bars);
  if (a->verbose) fprintf(stderr, "%d replications on at most %d workers; the layout was read in %.3f s\n", l->run.replications, threads, load_s);
  enum status status = replications_run(&p, l->run.replications, threads, &r, &e);
  bool cut = record_finish(record, status == STATUS_OK && !r.interrupted, NULL) != STATUS_OK;
  frames_finish(&frames);
  progress_end(&progress);
  if (why && status == STATUS_OK) why_print(why, a->json ? stderr : stdout);
  why_destroy(why);
  bool drawn = !gantt || status != STATUS_OK || line_gantt_write(gantt, a->gantt, &e) == STATUS_OK;
  if (!drawn) output_error("run", &e);
  line_gantt_destroy(gantt);
  int code;
  if (status != STATUS_OK) {
    code = output_error("run", &e);
  } else {
    struct outcome o = {.index = index, .layout_path = path, .seed = l->run.seed, .fidelity = fidelity_name(l->run.fidelity), .replications = l->run.replications,
                        .load_s = load_s, .wall_s = wall_clock() - begun, .layout_digest = l->digest};
    code = report(&o, &r, a);
    int kept = a->db ? keep_results(path, a, &r) : 0;
    if (code == 0 || code == 1) code = kept ? kept : code;
    if (!drawn && code == 0) code = status_exit_code(e.status);
    if (cut && code == 0) code = 4;                             // said when it happened
  }
  results_finish(&r);
  return code;
}

// the run itself, with the bodies that its robots walk by
static int run(struct layout *l, const char *path, const struct arguments *a, double load_s) {
  struct arena arena;
  struct result_index index;
  if (!arena_init(&arena, (size_t)1 << 28) || !result_index_make(&index, l, &arena)) {
    fprintf(stderr, "takt run: %s has too many stations for this machine's memory\n", path);
    return 5;
  }
  struct error e = {0};
  int threads = a->threads > 0 ? (int)a->threads : cores();
  struct kinds *kinds = NULL;
  if (!(kinds = kinds_load(l, NULL, threads, &e))) {
    arena_finish(&arena);
    return output_error("run", &e);
  }
  int code = run_all(l, path, a, load_s, &index, kinds, threads);
  kinds_destroy(kinds);
  arena_finish(&arena);
  return code;
}

// A database that cannot be written is worth saying before a long run, not after it.
static int try_db(const char *path) {
  struct error e = {0};
  struct store *s = store_open(path, true, &e);
  store_close(s);
  return s ? 0 : output_error("run", &e);
}

int command_run(int argc, char **argv) {
  struct arguments a = {0};
  const struct usage *usage;
  const char *path;
  int code = read_arguments(argc, argv, &a, &usage, &path);
  if (code) return code < 0 ? 0 : code;
  struct layout l = {0};
  code = check_arguments(usage, &a);
  interrupt_catch();
  double begun = wall_clock();
  if (code == 0) code = overrides_read(&a.changes, path, &l, a.quiet);
  double load_s = wall_clock() - begun;
  if (code == 0 && a.record && l.run.replications > 1) code = usage_wrong(usage, "--record keeps one run; say --replications 1");
  if (code == 0 && a.gantt && l.run.replications > 1) code = usage_wrong(usage, "--gantt draws one run; say --replications 1");
  if (code == 0 && a.gantt && l.order_count == 0) code = usage_wrong(usage, "--gantt draws the plan of orders, and %s has no `orders`", path);
  if (code == 0 && a.gantt && l.policy != POLICY_LOOKAHEAD) code = usage_wrong(usage, "--gantt draws the plan that the policy lookahead makes of orders; say --policy lookahead");
  if (code == 0 && a.explain && l.run.replications > 1) code = usage_wrong(usage, "--explain tells of one run; say --replications 1");
  if (code == 0) code = output_spares(usage, "record", a.record, path, "the layout");
  if (code == 0) code = output_spares(usage, "gantt", a.gantt, path, "the layout");
  if (code == 0) code = output_spares(usage, "db", a.db, path, "the layout");
  if (code == 0 && a.db) code = try_db(a.db);
  if (code == 0) code = run(&l, path, &a, load_s);
  layout_finish(&l);
  overrides_finish(&a.changes);
  return code;
}
