// takt sweep: many variants of one layout, many runs of each, kept in a database; what is there already is not run again.
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/interrupt.h"
#include "app/options.h"
#include "app/output.h"
#include "app/overrides.h"
#include "app/progress.h"
#include "app/variant.h"
#include "app/workers.h"
#include "study/report.h"
#include "study/vary.h"

#define THREADS_MAX 256

struct sweep {
  // as asked for
  const char *path, *db, *shard, *report, *length, *warmup, *fidelity, *policy;
  int64_t     seed, replications, threads;
  bool        seed_given, json, quiet;
  struct option_list set, vary;

  struct grid grid;
  struct overrides base;            // of every variant, before what is varied
  int         shard_k, shard_n;
  struct variant first;             // of this shard, kept open: goals, figures
  char      (*digest)[17];          // (grid.variants)
  int        *done;                 // (grid.variants) runs that are there
  int32_t    *counter;              // runs finished now, shared by all processes
  int         wanted;               // runs to make
  struct store *store;
  struct progress progress;
};

static const char examples[] =
  "  takt sweep layouts/cell-sorting.yaml --vary robots.sorters.count=4..10 --replications 10 --report robots.html\n"
  "  takt sweep line.yaml --vary stations.belt.speed=0.2,0.25,0.3 --vary stations.q.capacity=5,10,20 --db line.db\n"
  "  takt sweep line.yaml --vary stations.m.time='erlang(2, 5 s),erlang(8, 5 s)' --shard 3/8 --db part3.db\n"
  "  takt sweep line.yaml --vary robots.crew.count=1..9 --db line.db       # again: only what is missing\n";

// ---- arguments ------------------------------------------------------------------------------------------------

// "cell-sorting.db" for layouts/cell-sorting.yaml
static const char *default_db(struct sweep *s) {
  const char *slash = strrchr(s->path, '/'), *name = slash ? slash + 1 : s->path, *dot = strrchr(name, '.');
  char text[300];
  int n = snprintf(text, sizeof text, "%.*s.db", dot && dot > name ? (int)(dot - name) : (int)strlen(name), name);
  return arena_text(&s->grid.arena, text, (size_t)n);
}

static int read_arguments(int argc, char **argv, struct sweep *s) {
  const struct option options[] = {
    {"vary", OPTION_LIST, &s->vary, "PATH=A,B,C", "values of the layout to try, or 4..10; may be repeated: all combinations", 0, 0, NULL},
    {"replications", OPTION_INTEGER, &s->replications, "N", "runs of each variant (10)", 1, 1e6, NULL},
    {"db", OPTION_TEXT, &s->db, "FILE", "SQLite file that keeps the results (LAYOUT.db in this folder)", 0, 0, NULL},
    {"shard", OPTION_TEXT, &s->shard, "I/N", "only every Nth variant, the Ith of them first: for job arrays", 0, 0, NULL},
    {"report", OPTION_TEXT, &s->report, "FILE", "write a page with the answer, tables and pictures (.html)", 0, 0, NULL},
    {"set", OPTION_LIST, &s->set, "PATH=VALUE", "change any value of the layout in all variants; may be repeated", 0, 0, NULL},
    {"for", OPTION_TEXT, &s->length, "T", "measured time after the warm-up", 0, 0, NULL},
    {"warmup", OPTION_TEXT, &s->warmup, "T", "time before it that is not measured, or auto (MSER-5)", 0, 0, NULL},
    {"seed", OPTION_INTEGER, &s->seed, "N", "of all random numbers, the same for all variants", 0, 9e15, &s->seed_given},
    {"fidelity", OPTION_TEXT, &s->fidelity, "NAME", "event, motion or body", 0, 0, NULL},
    {"policy", OPTION_TEXT, &s->policy, "NAME", "who gets which job", 0, 0, NULL},
    {"threads", OPTION_INTEGER, &s->threads, "N", "processes at once (cores)", 1, THREADS_MAX, NULL},
    {"json", OPTION_FLAG, &s->json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &s->quiet, NULL, "no warnings, no progress", 0, 0, NULL},
  };
  const struct usage u = {"sweep", "LAYOUT --vary PATH=A,B,C [options]", examples, "Runs every variant of a layout and keeps every run; a second call makes only what is missing.",
                          options, (int)(sizeof options / sizeof *options), 1, 1};
  int names;
  switch (options_read(&u, argc, argv, &s->path, &names)) {
    case OPTIONS_HELP: return -1;
    case OPTIONS_WRONG: return 2;
    case OPTIONS_RUN: break;
  }
  char junk;
  if (s->shard && (sscanf(s->shard, "%d/%d%c", &s->shard_k, &s->shard_n, &junk) != 2 || s->shard_k < 1 || s->shard_k > s->shard_n))
    return usage_wrong(&u, "--shard wants I/N with 1 <= I <= N, not '%s'", s->shard);
  if (overrides_options(&s->base, &u, "set", &s->set)) return 2;
  if (overrides_length(&s->base, &u, s->length) || overrides_warmup(&s->base, &u, s->warmup)) return 2;
  if (overrides_fidelity(&s->base, &u, s->fidelity) || overrides_policy(&s->base, &u, s->policy)) return 2;
  if (s->seed_given) overrides_integer(&s->base, "run.seed", s->seed);
  struct error e;
  if (grid_read(&s->grid, s->vary.value, s->vary.count, &e) != STATUS_OK) return usage_wrong(&u, "%s", e.text);
  for (int k = 0; k < s->grid.varies; k++)
    for (int i = 0; i < s->base.count; i++)
      if (!strcmp(s->grid.vary[k].path, s->base.list[i].path)) return usage_wrong(&u, "%s is varied, and another option sets it to %s", s->grid.vary[k].path, s->base.list[i].value);
  if (!s->db) s->db = default_db(s);
  if (output_same(s->report, s->db)) return usage_wrong(&u, "--report and --db name one file, %s", s->db);
  if (output_spares(&u, "report", s->report, s->path, "the layout") || output_spares(&u, "db", s->db, s->path, "the layout")) return 2;
  return 0;
}

// ---- variants -------------------------------------------------------------------------------------------------

static bool mine(const struct sweep *s, int variant) { return s->shard_n == 0 || variant % s->shard_n == s->shard_k - 1; }

static int open_variant(const struct sweep *s, int variant, struct variant *v, bool quiet) {
  struct overrides all = s->base;   // which keeps what both point to
  for (int k = 0; k < s->grid.varies; k++) overrides_put(&all, s->grid.vary[k].path, grid_value(&s->grid, variant, k));
  return variant_open(v, s->path, all.list, all.count, quiet);
}

// Read all of this shard before any is run; what each is called in the store, and what is there.
static int prepare(struct sweep *s, bool *there) {
  struct error e = {0};
  bool first = true;
  s->store = store_open(s->db, true, &e);
  if (!s->store) return output_error("sweep", &e);
  for (int k = 0; k < s->grid.variants; k++) {
    struct variant v;
    char settings[1000];
    if (!mine(s, k)) continue;
    grid_settings(&s->grid, k, settings, sizeof settings);
    int code = open_variant(s, k, &v, s->quiet || !first);
    if (code) {
      fprintf(stderr, "takt sweep: that was variant %d, %s\n", k + 1, settings);
      variant_close(&v);
      return code;
    }
    memcpy(s->digest[k], v.digest, sizeof s->digest[k]);
    struct store_config c = variant_config(&v, s->path, settings);
    if (store_add_config(s->store, &c, &e) != STATUS_OK) code = output_error("sweep", &e);
    s->done[k] = store_done(s->store, v.digest, there, (int)s->replications);
    s->wanted += (int)s->replications - s->done[k];
    if (first) {
      s->first = v;
      // what points into itself moves with it
      s->first.index.layout = &s->first.layout;
    } else {
      variant_close(&v);
    }
    first = false;
    if (code) return code;
  }
  return 0;
}

// ---- running --------------------------------------------------------------------------------------------------

struct keeping { struct sweep *s; const struct variant *v; struct store *store; enum status status; struct error e; };

static void keep(void *context, uint32_t number, const struct kept *k) {
  struct keeping *x = context;
  struct store_run r = variant_run(x->v, number, k);
  if (x->status == STATUS_OK) x->status = store_add_run(x->store, x->v->digest, &x->v->index, &r, &x->e);
  int32_t done = __atomic_add_fetch(x->s->counter, 1, __ATOMIC_SEQ_CST);
  progress_show(&x->s->progress, (double)done / x->s->wanted);
}

// What is missing of one variant. 0 or the exit code.
static int run_variant(struct sweep *s, struct store *store, int variant, int threads) {
  struct variant v;
  struct error e = {0};
  struct results r;
  int n = (int)s->replications, code = open_variant(s, variant, &v, true);
  bool *skip = calloc((size_t)n + 1, sizeof *skip);
  if (code == 0 && skip) code = variant_load(&v, &s->first, threads);
  if (code || !skip) {
    free(skip);
    variant_close(&v);
    return code ? code : 5;
  }
  store_done(store, v.digest, skip + 1, n);
  struct keeping keeping = {.s = s, .v = &v, .store = store};
  const struct run *run = &v.layout.run;
  struct replication_plan p = {.layout = &v.layout, .index = &v.index, .seed = run->seed, .kinds = v.kinds, .warmup = run->warmup, .length = run->length,
                               .threads = 1, .stop = &interrupted, .skip = skip, .finished = keep, .finished_context = &keeping};
  enum status status = run->warmup_auto ? replication_warmup(&p, &p.warmup, &e) : STATUS_OK;
  if (status == STATUS_OK) {
    status = replications_run(&p, n, threads, &r, &e);
    if (r.dead) fprintf(stderr, "takt sweep: a worker died: %s\n", r.death);
    code = r.dead ? 5 : 0;
    results_finish(&r);
  }
  if (status != STATUS_OK) code = output_error("sweep", &e);
  if (keeping.status != STATUS_OK) code = output_error("sweep", &keeping.e);
  if (code) {
    char settings[1000];
    fprintf(stderr, "takt sweep: that was variant %d, %s\n", variant + 1, grid_settings(&s->grid, variant, settings, sizeof settings));
  }
  free(skip);
  variant_close(&v);
  return code;
}

// Process c of n: every nth of the variants that lack runs, with a connection of its own.
static int run_share(struct sweep *s, int c, int n) {
  struct error e = {0};
  struct store *store = store_open(s->db, true, &e);
  int code = store ? 0 : output_error("sweep", &e), turn = 0;
  for (int k = 0; k < s->grid.variants && store && !interrupted; k++) {
    if (!mine(s, k) || s->done[k] >= s->replications || turn++ % n != c) continue;
    int one = run_variant(s, store, k, 1);
    if (code == 0) code = one;
  }
  store_close(store);
  return code;
}

static int wait_for(struct sweep *s, pid_t *pid, int n) {
  int code = 0;
  bool told = false;
  for (int left = n; left > 0;) {
    int how;
    pid_t who = waitpid(-1, &how, WNOHANG);
    if (interrupted && !told) {
      for (int c = 0; c < n; c++) if (pid[c] > 0) kill(pid[c], SIGTERM);
      told = true;
    }
    if (who > 0) {
      for (int c = 0; c < n; c++) if (pid[c] == who) pid[c] = 0, left--;
      int one = WIFEXITED(how) ? WEXITSTATUS(how) : 5;
      if (WIFSIGNALED(how)) fprintf(stderr, "takt sweep: a worker was killed by signal %d (%s)\n", WTERMSIG(how), strsignal(WTERMSIG(how)));
      if (code == 0) code = one;
      continue;
    }
    if (who < 0 && errno != EINTR) break;
    progress_show(&s->progress, s->wanted ? (double)__atomic_load_n(s->counter, __ATOMIC_SEQ_CST) / s->wanted : 1);
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
  }
  return code;
}

// Many variants: one process a core, each with variants of its own. Few: one after the other, each on all cores.
static int run_all(struct sweep *s, int threads) {
  int pending = 0;
  for (int k = 0; k < s->grid.variants; k++) pending += mine(s, k) && s->done[k] < s->replications;
  if (pending == 0) return 0;
  int code = variant_load(&s->first, NULL, threads);
  if (code) return code;
  if (threads == 1 || pending < threads) {
    for (int k = 0; k < s->grid.variants && !interrupted; k++) {
      if (!mine(s, k) || s->done[k] >= s->replications) continue;
      int one = run_variant(s, s->store, k, threads);
      if (code == 0) code = one;
    }
    return code;
  }
  pid_t pid[THREADS_MAX];
  // a connection may not be carried over a fork
  store_close(s->store);
  s->store = NULL;
  fflush(NULL);
  int n = 0;
  pid_t parent = getpid();
  for (; n < threads; n++) {
    pid[n] = fork();
    if (pid[n] < 0) break;
    if (pid[n] > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(130);
    s->progress.on = false;
    _exit(run_share(s, n, threads));
  }
  if (n < threads) {
    fprintf(stderr, "takt sweep: cannot start a process: %s\n", strerror(errno));
    interrupted = 1;
    code = 4;
  }
  int one = wait_for(s, pid, n);
  struct error e = {0};
  s->store = store_open(s->db, true, &e);
  if (!s->store) return output_error("sweep", &e);
  return code ? code : one;
}

// ---- results --------------------------------------------------------------------------------------------------

static void estimate_text(const struct sample *x, const char *path, double scale, char out[40]) {
  int i = sample_find(x, path);
  struct estimate m = i >= 0 ? sample_estimate(x, i) : (struct estimate){.mean = NAN};
  double half = (m.high - m.low) / 2 * scale, v = m.mean * scale;
  int decimals = fabs(v) >= 1000 ? 0 : fabs(v) >= 100 ? 1 : 2;
  if (isnan(v)) snprintf(out, 40, "-");
  else if (isnan(half)) snprintf(out, 40, "%.*f", decimals, v);
  else snprintf(out, 40, "%.*f +-%.*f", decimals, v, decimals, half);
}

static const struct column { const char *path, *head; double scale; } columns[] = {
  {"throughput_per_h", "good/h", 1}, {"lead_time_s", "lead time s", 1}, {"wip", "in the line", 1}, {"oee", "OEE %", 100}, {"cost_per_good", "cost of one", 1}};
#define COLUMNS ((int)(sizeof columns / sizeof *columns))

static void print_table(const struct report *r, int wanted) {
  int width = 8;
  for (int k = 0; k < r->variants; k++) {
    int n = (int)strlen(r->variant[k].settings);
    width = n > width ? n : width;
  }
  if (width > 46) width = 46;
  printf("%-*s  runs", width, "variant");
  for (int c = 0; c < COLUMNS; c++) printf("%17s", columns[c].head);
  printf("%s\n", r->layout->goal_count ? "  goals met" : "");
  for (int k = 0; k < r->variants; k++) {
    const struct report_variant *v = &r->variant[k];
    const char *name = v->settings;
    size_t n = strlen(name);
    printf("%-*s  %4d", width, n > (size_t)width ? name + n - (size_t)width : name, v->sample.runs);
    for (int c = 0; c < COLUMNS; c++) {
      char text[40] = "-";
      if (v->sample.runs) estimate_text(&v->sample, columns[c].path, columns[c].scale, text);
      printf("%17s", text);
    }
    if (r->layout->goal_count) printf("  %4d of %d", report_goals_met(r, k), v->sample.runs);
    printf("%s\n", v->sample.runs < wanted ? "  incomplete" : "");
  }
}

static void print_json(const struct sweep *s, const struct report *r, bool complete) {
  struct json j;
  json_init(&j, true);
  json_object(&j);
  json_key(&j, "takt"); json_integer(&j, 1);
  json_key(&j, "layout"); json_text(&j, s->path);
  json_key(&j, "db"); json_text(&j, s->db);
  json_key(&j, "replications"); json_integer(&j, s->replications);
  json_key(&j, "complete"); json_bool(&j, complete);
  json_key(&j, "variants");
  json_list(&j);
  for (int k = 0; k < r->variants; k++) {
    const struct report_variant *v = &r->variant[k];
    json_object(&j);
    json_key(&j, "config"); json_text(&j, v->digest);
    json_key(&j, "settings");
    json_object(&j);
    for (int i = 0; i < s->grid.varies; i++) { json_key(&j, s->grid.vary[i].path); json_text(&j, grid_value(&s->grid, v->variant, i)); }
    json_object_end(&j);
    json_key(&j, "runs"); json_integer(&j, v->sample.runs);
    json_key(&j, "numbers");
    json_object(&j);
    for (int i = 0; i < v->sample.paths; i++) {
      struct estimate m = sample_estimate(&v->sample, i);
      json_key(&j, v->sample.path[i]);
      estimate_json(&m, false, &j);
    }
    json_object_end(&j);
    json_object_end(&j);
  }
  json_list_end(&j);
  json_object_end(&j);
  puts(j.text);
  json_finish(&j);
}

// Every run of this shard's variants, from the store.
static int gather(struct sweep *s, struct report *r, bool *complete) {
  *complete = true;
  for (int k = 0; k < s->grid.variants; k++) {
    if (!mine(s, k)) continue;
    struct report_variant *v = &r->variant[r->variants++];
    struct error e = {0};
    char settings[1000];
    grid_settings(&s->grid, k, settings, sizeof settings);
    *v = (struct report_variant){.variant = k, .settings = arena_text(&s->grid.arena, settings, strlen(settings)), .digest = s->digest[k]};
    // a variant without a run has an empty sample
    enum status status = store_sample(s->store, s->digest[k], (int)s->replications, &v->sample, &e);
    if (status != STATUS_OK && status != STATUS_REF) return output_error("sweep", &e);
    *complete = *complete && v->sample.runs == s->replications;
  }
  return 0;
}

static int conclude(struct sweep *s, int argc, char **argv) {
  struct report r = {.layout = &s->first.layout, .path = s->path, .grid = &s->grid, .argc = argc, .argv = argv, .replications = (int)s->replications};
  bool complete;
  r.variant = calloc((size_t)s->grid.variants, sizeof *r.variant);
  if (!r.variant) return 5;
  int code = gather(s, &r, &complete);
  if (code == 0) {
    if (s->json) print_json(s, &r, complete);
    else print_table(&r, (int)s->replications);
    if (!s->json && !s->quiet) printf("%d runs are in %s, %d of them new\n", (int)s->replications * r.variants - (s->wanted - *s->counter), s->db, *s->counter);
  }
  struct error e = {0};
  if (code == 0 && s->report && report_write(&r, s->report, &e) != STATUS_OK) code = output_error("sweep", &e);
  for (int k = 0; k < r.variants; k++) sample_finish(&r.variant[k].sample);
  free(r.variant);
  return code;
}

int command_sweep(int argc, char **argv) {
  struct sweep s = {.replications = 10};
  int code = read_arguments(argc, argv, &s);
  if (code) {
    grid_finish(&s.grid);
    overrides_finish(&s.base);
    return code < 0 ? 0 : code;
  }
  interrupt_catch();
  int threads = s.threads > 0 ? (int)s.threads : cores();
  bool *there = calloc((size_t)s.replications + 1, sizeof *there);
  s.digest = calloc((size_t)s.grid.variants, sizeof *s.digest);
  s.done = calloc((size_t)s.grid.variants, sizeof *s.done);
  s.counter = mmap(NULL, sizeof *s.counter, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (!there || !s.digest || !s.done || s.counter == MAP_FAILED) {
    fprintf(stderr, "takt sweep: no memory for %d variants\n", s.grid.variants);
    return 5;
  }
  code = prepare(&s, there);
  bool nothing = !s.first.layout.arena.base;                     // a shard without a variant
  if (code == 0 && !nothing) {
    progress_begin(&s.progress, output_progress() && !s.quiet, "sweeping");
    code = run_all(&s, threads);
    progress_end(&s.progress);
    int said = s.store ? conclude(&s, argc, argv) : 4;
    if (code == 0) code = said;
    if (interrupted) {
      fprintf(stderr, "takt sweep: interrupted; what is done is in %s, and the same command goes on from there\n", s.db);
      code = 130;
    }
  } else if (code == 0) {
    fprintf(stderr, "takt sweep: there is no variant for shard %s\n", s.shard);
  }
  store_close(s.store);
  variant_close(&s.first);
  grid_finish(&s.grid);
  overrides_finish(&s.base);
  munmap(s.counter, sizeof *s.counter);
  free(there);
  free(s.digest);
  free(s.done);
  return code;
}
