// takt validate: small factories with a known result, run as any layout is, and held against it.
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
#include "app/validate_cases.h"
#include "app/workers.h"
#include "app/wall_clock.h"
#include "base/json.h"
#include "base/tree.h"
#include "engine/layout/shape.h"

#define NEAR_SHARE   0.005          // of the exact value: always near enough
#define NEAR_ERRORS  3.9            // standard errors: 99.9 % of Student's t with 19 degrees of freedom
#define WIDEST_SHARE 0.1            // however wide the interval
#define OUTER_ERRORS 2.1            // 95 % of the same: one in twenty lies outside
#define EXACT_SHARE  1e-9           // cases without chance

struct arguments { const char *only, *write; int64_t seed, threads; bool json, quiet, verbose; };

struct verdict {
  const struct validate_case *c;
  bool            passed, outside, ran;
  struct estimate value;
  double          deviation;        // standard errors from the exact value, 0 when nothing is random
  char            why[256];         // when it did not run
};

// ---- one number of a replication --------------------------------------------------------------------

// Value of "A * B / C" for a row; A, B, C are numbers or paths of the result. false: no such number.
static bool measure(const char *expression, const struct result_index *index, const double *row, double *value) {
  *value = 1;
  char operator = '*';
  for (const char *at = expression; *at;) {
    char word[128], *end;
    size_t n = strcspn(at, " ");
    if (n >= sizeof word) return false;
    memcpy(word, at, n);
    word[n] = 0;
    double term = strtod(word, &end);
    if (*end) {
      int k = result_find(index, word);
      if (k == NONE) return false;
      term = row[k];
    }
    *value = operator == '*' ? *value * term : *value / term;
    at += n;
    if (!*at) break;
    operator = at[1];
    if ((operator != '*' && operator != '/') || at[2] != ' ') return false;
    at += 3;
  }
  return true;
}

static void judge(struct verdict *v) {
  double off = fabs(v->value.mean - v->c->exact), size = fabs(v->c->exact);
  if (v->c->replications == 1) {
    v->passed = off <= EXACT_SHARE * size;
    return;
  }
  double error = v->value.sd / sqrt(v->value.n);
  v->deviation = error > 0 ? (v->value.mean - v->c->exact) / error : 0;
  v->outside = fabs(v->deviation) > OUTER_ERRORS;
  v->passed = off <= NEAR_SHARE * size || off <= fmin(NEAR_ERRORS * error, WIDEST_SHARE * size);
}

// values of all replications, or why there are none
static bool collect(struct verdict *v, const struct result_index *index, const struct results *r) {
  double *values = calloc((size_t)r->count, sizeof *values);
  assert(values);
  bool good = true;
  for (int i = 0; i < r->count && good; i++) {
    const struct kept *k = &r->kept[i];
    if (!k->done || k->state == TWIN_DEADLOCK || k->state == TWIN_FAULT) {
      snprintf(v->why, sizeof v->why, "replication %d: %s", i + 1, !k->done ? "not finished" : k->why);
      good = false;
    } else if (!measure(v->c->measure, index, k->row, &values[i])) {
      snprintf(v->why, sizeof v->why, "the result has no number '%s'", v->c->measure);
      good = false;
    }
  }
  if (good) v->value = estimate_make(values, r->count, 1);
  free(values);
  return good;
}

// ---- one case ----------------------------------------------------------------------------------------

struct proof { const struct arguments *a; struct progress progress; double begun_share, end_share; };

static void on_progress(void *context, double share) {
  struct proof *p = context;
  progress_show(&p->progress, p->begun_share + share * (p->end_share - p->begun_share));
}

static bool run_layout(struct verdict *v, struct proof *p, const struct layout *l) {
  struct arena arena;
  struct result_index index;
  if (!arena_init(&arena, (size_t)1 << 24)) {
    snprintf(v->why, sizeof v->why, "out of memory");
    return false;
  }
  bool good = false;
  if (result_index_make(&index, l, &arena)) {
    struct replication_plan plan = {.layout = l, .index = &index, .seed = (uint64_t)p->a->seed, .warmup = l->run.warmup, .length = l->run.length,
                                    .stop = &interrupted, .progress = on_progress, .context = p};
    struct results r;
    struct error e = {0};
    int threads = p->a->threads > 0 ? (int)p->a->threads : cores();
    if (replications_run(&plan, v->c->replications, threads, &r, &e) == STATUS_OK) good = collect(v, &index, &r);
    else snprintf(v->why, sizeof v->why, "%.250s", e.text);
    results_finish(&r);
  }
  arena_finish(&arena);
  return good;
}

static void run_case(struct verdict *v, struct proof *p) {
  char text[8192], file[128];
  size_t size = validate_case_layout(v->c, text, sizeof text);
  assert(size > 0);
  snprintf(file, sizeof file, "case %s", v->c->name);
  struct layout l = {0};
  struct faults f;
  faults_init(&f, file, text, size);
  enum status status = layout_read_text(&l, file, text, size, NULL, 0, &f);
  if (status == STATUS_OK) layout_check_flows(&l, &f);
  if (f.errors > 0) {
    snprintf(v->why, sizeof v->why, "the layout is refused: %.200s", f.count > 0 ? f.fault[0].text : status_text(status));
  } else {
    v->ran = run_layout(v, p, &l);
    if (v->ran) judge(v);
  }
  faults_finish(&f);
  layout_finish(&l);
}

// ---- the report --------------------------------------------------------------------------------------

static void print_head(void) {
  printf("%-58s %12s %12s  %-25s %6s\n", "case", "exact", "mean", "95 % interval", "errors");
}

static void print_row(const struct verdict *v) {
  const struct validate_case *c = v->c;
  printf("%-58s %12.7g ", c->name, c->exact);
  if (!v->ran) {
    printf("%12s  FAIL  %s\n", "-", v->why);
    return;
  }
  printf("%12.7g  ", v->value.mean);
  char interval[64] = "nothing is random";
  if (c->replications > 1) snprintf(interval, sizeof interval, "%.7g ... %.7g", v->value.low, v->value.high);
  printf("%-25s ", interval);
  if (c->replications > 1) printf("%+6.2f", v->deviation);
  else printf("%6s", "-");
  printf("  %s\n", v->passed ? "pass" : "FAIL");
}

static void print_origin(const struct validate_case *c) {
  printf("    %s over %.0f s x %d: %s\n", c->measure, c->seconds, c->replications, c->origin);
}

struct summary { int cases, passed, random, outside; double wall_s; bool complete; };

static void print_summary(const struct summary *s) {
  printf("\n%d of %d cases pass in %.1f s%s; %d of %d with chance lie outside %.1f standard errors (one in twenty is expected)\n", s->passed, s->cases,
         s->wall_s, s->complete ? "" : ", interrupted", s->outside, s->random, OUTER_ERRORS);
}

static void write_json(const struct verdict *v, int count, const struct summary *s) {
  struct json j;
  json_init(&j, true);
  json_object(&j);
  json_key(&j, "takt");     json_integer(&j, 1);
  json_key(&j, "complete"); json_bool(&j, s->complete);
  json_key(&j, "cases");    json_integer(&j, s->cases);
  json_key(&j, "passed");   json_integer(&j, s->passed);
  json_key(&j, "failed");   json_integer(&j, s->cases - s->passed);
  json_key(&j, "random");   json_integer(&j, s->random);
  json_key(&j, "outside");  json_integer(&j, s->outside);
  json_key(&j, "wall_s");   json_number(&j, s->wall_s);
  json_key(&j, "results");
  json_list(&j);
  for (int i = 0; i < count; i++) {
    json_object(&j);
    json_key(&j, "name");         json_text(&j, v[i].c->name);
    json_key(&j, "measure");      json_text(&j, v[i].c->measure);
    json_key(&j, "origin");       json_text(&j, v[i].c->origin);
    json_key(&j, "exact");        json_number(&j, v[i].c->exact);
    json_key(&j, "replications"); json_integer(&j, v[i].c->replications);
    json_key(&j, "passed");       json_bool(&j, v[i].passed);
    if (v[i].ran) {
      json_key(&j, "mean"); json_number(&j, v[i].value.mean);
      json_key(&j, "sd");   json_number(&j, v[i].value.sd);
      json_key(&j, "ci95");
      json_list(&j);
      json_number(&j, v[i].value.low);
      json_number(&j, v[i].value.high);
      json_list_end(&j);
      json_key(&j, "deviation"); json_number(&j, v[i].deviation);
    } else {
      json_key(&j, "why"); json_text(&j, v[i].why);
    }
    json_object_end(&j);
  }
  json_list_end(&j);
  json_object_end(&j);
  puts(j.text);
  json_finish(&j);
}

// ---- the command -------------------------------------------------------------------------------------

static bool wanted(const struct validate_case *c, const char *only) { return !only || strstr(c->name, only); }

static int validate(const struct arguments *a) {
  int cases = 0, k = 0;
  for (int i = 0; i < validate_case_count; i++) cases += wanted(&validate_cases[i], a->only);
  if (cases == 0) {
    fprintf(stderr, "takt validate: no case has '%s' in its name\n", a->only);
    return 2;
  }
  struct verdict *verdicts = calloc((size_t)cases, sizeof *verdicts);
  assert(verdicts);
  struct proof p = {.a = a};
  struct summary s = {.complete = true};
  double begun = wall_clock();
  progress_begin(&p.progress, output_progress() && !a->quiet, "validating");
  if (!a->json) print_head();
  for (int i = 0; i < validate_case_count && s.complete; i++) {
    if (!wanted(&validate_cases[i], a->only)) continue;
    struct verdict *v = &verdicts[k];
    v->c = &validate_cases[i];
    p.begun_share = (double)k / cases;
    p.end_share = (double)(k + 1) / cases;
    run_case(v, &p);
    if (interrupted) { s.complete = false; break; }
    k++;
    s.passed += v->passed;
    s.random += v->c->replications > 1;
    s.outside += v->outside;
    if (a->json) continue;
    progress_end(&p.progress);
    print_row(v);
    if (a->verbose) print_origin(v->c);
    fflush(stdout);
  }
  progress_end(&p.progress);
  s.cases = k;
  s.wall_s = wall_clock() - begun;
  if (a->json) write_json(verdicts, k, &s);
  else print_summary(&s);
  free(verdicts);
  return !s.complete ? 130 : s.passed < s.cases;
}

// Every case as a file of its own, to be run, changed and looked at like any layout.
static int write_layouts(const struct arguments *a) {
  int written = 0;
  for (int i = 0; i < validate_case_count; i++) {
    const struct validate_case *c = &validate_cases[i];
    if (!wanted(c, a->only)) continue;
    char text[8192], path[1024], name[128];
    size_t size = validate_case_layout(c, text, sizeof text);
    assert(size > 0);
    snprintf(name, sizeof name, "%s", c->name);
    for (char *at = name; *at; at++) if (*at == '/' || *at == ' ' || *at == ',') *at = '-';
    struct error e;
    if (snprintf(path, sizeof path, "%s/%s.yaml", a->write, name) >= (int)sizeof path) {
      fprintf(stderr, "takt validate: the path of --write is too long\n");
      return 2;
    }
    enum status s = file_write(path, text, size, &e);
    if (s != STATUS_OK) {
      fprintf(stderr, "takt validate: %s: %s\n", path, e.text);
      return status_exit_code(s);
    }
    written++;
  }
  if (written == 0) {
    fprintf(stderr, "takt validate: no case has '%s' in its name\n", a->only);
    return 2;
  }
  printf("%d layouts written to %s\n", written, a->write);
  return 0;
}

int command_validate(int argc, char **argv) {
  struct arguments a = {.seed = 1};
  const struct option options[] = {
    {"only", OPTION_TEXT, &a.only, "TEXT", "cases with this text in their name: line, queue, 'M/M/1'", 0, 0, NULL},
    {"seed", OPTION_INTEGER, &a.seed, "N", "of all random numbers (default 1)", 0, 9e15, NULL},
    {"threads", OPTION_INTEGER, &a.threads, "N", "worker processes (default: cores)", 1, 256, NULL},
    {"json", OPTION_FLAG, &a.json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"write", OPTION_TEXT, &a.write, "DIR", "write the cases as layouts into a folder instead of running them", 0, 0, NULL},
    {"v", OPTION_FLAG, &a.verbose, NULL, "say what is measured and where each exact value comes from", 0, 0, NULL},
    {"q", OPTION_FLAG, &a.quiet, NULL, "no progress", 0, 0, NULL},
  };
  const struct usage usage = {
    .command = "validate", .synopsis = "[options]",
    .examples = "  takt validate\n  takt validate --only queue -v\n  takt validate --only 'line/3' --write /tmp && takt run '/tmp/line-3-stations--no-buffer.yaml'\n",
    .about = "Runs small factories whose result is known exactly and compares. A case passes within 0.5 % of the exact\n"
             "value or within 3.9 standard errors of the mean over its replications; without chance to 1e-9. Exit 1\n"
             "when one fails.",
    .options = options, .count = sizeof options / sizeof *options,
  };
  int names;
  switch (options_read(&usage, argc, argv, NULL, &names)) {
    case OPTIONS_HELP: return 0;
    case OPTIONS_WRONG: return 2;
    case OPTIONS_RUN: break;
  }
  if (a.write && a.json) return usage_wrong(&usage, "--write runs nothing, so there is no document: leave out --json");
  if (a.write) return write_layouts(&a);
  interrupt_catch();
  return validate(&a);
}
