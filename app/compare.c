// takt compare: two layouts run with the same random numbers, or two results that are there already; every change with its interval.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "app/interrupt.h"
#include "app/options.h"
#include "app/output.h"
#include "app/overrides.h"
#include "app/progress.h"
#include "app/variant.h"
#include "app/workers.h"
#include "base/tree.h"

#define THREADS_MAX  256
#define JSON_MAX     ((size_t)64 << 20)
#define CONFIGS_MAX  100000

// What is known of one side: runs one by one, or only means with their intervals (from `run --json`).
struct party {
  const char     *name;
  char            settings[400];
  struct sample   sample;
  bool            means_only;
  int             paths;
  const char    **path;
  struct estimate *estimate;
  struct arena    arena;            // of means
};

struct compare {
  const char *name[2], *length, *warmup;
  int64_t     seed, replications, threads;
  bool        seed_given, replications_given, threads_given, json, quiet, all;
  struct option_list set, set_a, set_b;
  struct usage usage;
  struct progress progress;
  struct party side[2];
};

static const char examples[] =
  "  takt compare layouts/cell-sorting.yaml layouts/cell-sorting.yaml --set-b robots.sorters.count=6\n"
  "  takt compare before.yaml after.yaml --replications 20\n"
  "  takt compare sweep.db:3 sweep.db:4            # variants by their number in the database\n"
  "  takt compare six.json seven.json              # of takt run --json: means only, so not paired\n";

static int read_arguments(int argc, char **argv, struct compare *c) {
  struct usage *u = &c->usage;
  static struct option options[12];
  const struct option table[] = {
    {"replications", OPTION_INTEGER, &c->replications, "N", "runs of each layout (10)", 2, 1e6, &c->replications_given},
    {"set", OPTION_LIST, &c->set, "PATH=VALUE", "change a value of both layouts; may be repeated", 0, 0, NULL},
    {"set-a", OPTION_LIST, &c->set_a, "PATH=VALUE", "of the first only", 0, 0, NULL},
    {"set-b", OPTION_LIST, &c->set_b, "PATH=VALUE", "of the second only", 0, 0, NULL},
    {"for", OPTION_TEXT, &c->length, "T", "measured time after the warm-up", 0, 0, NULL},
    {"warmup", OPTION_TEXT, &c->warmup, "T", "time before it that is not measured, or auto (MSER-5)", 0, 0, NULL},
    {"seed", OPTION_INTEGER, &c->seed, "N", "of all random numbers, the same for both", 0, 9e15, &c->seed_given},
    {"threads", OPTION_INTEGER, &c->threads, "N", "processes at once (cores)", 1, THREADS_MAX, &c->threads_given},
    {"all", OPTION_FLAG, &c->all, NULL, "every number, not only the KPIs", 0, 0, NULL},
    {"json", OPTION_FLAG, &c->json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &c->quiet, NULL, "no warnings, no progress", 0, 0, NULL},
  };
  _Static_assert(sizeof table <= sizeof options, "room for all options");
  memcpy(options, table, sizeof table);
  *u = (struct usage){"compare", "A B [options]", examples, "Says what changes from A to B and how surely. A and B are layouts, databases of a sweep (FILE.db:VARIANT), or results of run --json.",
                      options, (int)(sizeof table / sizeof *table), 2, 2};
  int names;
  switch (options_read(u, argc, argv, c->name, &names)) {
    case OPTIONS_HELP: return -1;
    case OPTIONS_WRONG: return 2;
    case OPTIONS_RUN: return 0;
  }
  return 2;
}

// ---- a database -----------------------------------------------------------------------------------------------

// FILE.db or FILE.db:N
static bool is_db(const char *name, char file[1024], int *variant) {
  const char *colon = strrchr(name, ':'), *at = strstr(name, ".db");
  *variant = 0;
  if (!at || (at[3] && at[3] != ':')) return false;
  if (colon && colon == at + 3) *variant = atoi(colon + 1);
  return snprintf(file, 1024, "%.*s", (int)(at + 3 - name), name) < 1024 && (at[3] == 0 || *variant > 0);
}

static int from_db(struct party *s, const char *file, int variant) {
  struct error e = {0};
  struct store *store = store_open(file, false, &e);
  struct store_config *configs = calloc(CONFIGS_MAX, sizeof *configs);
  int code = 0, n = store && configs ? store_configs(store, configs, CONFIGS_MAX) : 0;
  if (!store) {
    code = output_error("compare", &e);
  } else if (variant == 0 && n != 1) {
    fprintf(stderr, "takt compare: %s holds %d variants: say which, %s:1 ...\n", file, n, file);
    for (int k = 0; k < n && k < 40; k++) fprintf(stderr, "  %s:%d  %s %s\n", file, k + 1, configs[k].layout, configs[k].settings);
    code = 2;
  } else if (variant > n) {
    fprintf(stderr, "takt compare: %s holds %d variants, so there is no %d\n", file, n, variant);
    code = 2;
  } else {
    const struct store_config *c = &configs[variant > 0 ? variant - 1 : 0];
    snprintf(s->settings, sizeof s->settings, "%.200s %.190s", c->layout, c->settings);
    if (store_sample(store, c->digest, 0, &s->sample, &e) != STATUS_OK) code = output_error("compare", &e);
  }
  free(configs);
  store_close(store);
  return code;
}

// ---- a result of run --json -------------------------------------------------------------------------------------

static double number_of(const struct node *n) {
  char *end;
  if (!n || n->kind != NODE_SCALAR) return NAN;
  double v = strtod(n->text, &end);
  return end != n->text && !*end ? v : NAN;
}

static double number_at(const struct node *map, const char *key) { return number_of(node_get(map, key)); }

static bool is_null(const struct node *n) { return n->kind == NODE_SCALAR && !n->quoted && !strcmp(n->text, "null"); }
static bool is_estimate(const struct node *n) { return n->kind == NODE_MAP && node_get(n, "mean") && node_get(n, "n"); }

// {"mean", "sd", "ci95", "n"} as run --json writes it, null where a number is not known; false when it is nothing of the kind
static bool read_estimate(const struct node *n, struct estimate *e) {
  const struct node *ci = node_get(n, "ci95"), *sd = node_get(n, "sd");
  double count = number_at(n, "n");
  *e = (struct estimate){.mean = number_at(n, "mean"), .sd = number_at(n, "sd"), .low = NAN, .high = NAN, .n = count >= 0 && count <= 1e9 ? (int)count : -1};
  if (ci && ci->kind == NODE_LIST) {
    if (ci->count != 2) return false;
    e->low = number_of(node_at(ci, 0));
    e->high = number_of(node_at(ci, 1));
    if (!(e->low <= e->high)) return false;
  }
  return e->n == count && (isfinite(e->mean) || is_null(node_get(n, "mean"))) && sd && (is_null(sd) || (e->sd >= 0 && isfinite(e->sd)));
}

// Every estimate below a node, by its path; false, and said, when one is damaged.
static bool take_means(struct party *s, const struct node *n, const char *path, int max) {
  if (n->kind != NODE_MAP || s->paths >= max) return true;
  if (is_estimate(n)) {
    if (!read_estimate(n, &s->estimate[s->paths])) {
      fprintf(stderr, "%s:%d:%d: %s: no result of takt run --json: mean and sd must be numbers or null, n a count, ci95 two rising numbers or null\n", s->name, n->mark.line, n->mark.column, path);
      return false;
    }
    s->path[s->paths++] = arena_text(&s->arena, path, strlen(path));
    return true;
  }
  for (const struct node *item = n->first; item; item = item->next) {
    char below[600];
    snprintf(below, sizeof below, "%.400s%s%.150s", path, *path ? "." : "", item->key);
    if (!take_means(s, item, below, max)) return false;
  }
  return true;
}

static int from_json(struct party *s, const char *name) {
  size_t size;
  struct error e = {0};
  struct tree tree = {0};
  struct faults f;
  char *text = file_read(name, JSON_MAX, &size, &e);
  if (!text) return output_error("compare", &e);
  faults_init(&f, name, text, size);
  int code = 0, max = 300000;
  enum status status = tree_read_json(&tree, text, size, &f);
  s->means_only = true;
  if (status == STATUS_OK && (!tree.root || !node_get(tree.root, "takt") || !node_get(tree.root, "kpi"))) {
    fprintf(stderr, "takt compare: %s is no result of takt run --json\n", name);
    code = 3;
  } else if (status != STATUS_OK) {
    faults_print(&f, stderr);
    code = status_exit_code(status);
  } else if (arena_init(&s->arena, (size_t)1 << 30)) {
    s->path = ARENA_NEW(&s->arena, const char *, max);
    s->estimate = ARENA_NEW(&s->arena, struct estimate, max);
    static const char *const parts[] = {"kpi", "stations", "robots"};
    for (int k = 0; k < 3 && s->path && s->estimate && code == 0; k++)
      if (node_get(tree.root, parts[k]) && !take_means(s, node_get(tree.root, parts[k]), parts[k], max)) code = 3;
    if (code == 0 && s->paths == 0) {
      fprintf(stderr, "takt compare: %s is no result of takt run --json: it holds no numbers\n", name);
      code = 3;
    }
    const struct node *layout = node_get(tree.root, "layout");
    snprintf(s->settings, sizeof s->settings, "%.300s", layout && layout->kind == NODE_SCALAR ? layout->text : name);
  }
  tree_finish(&tree);
  faults_finish(&f);
  free(text);
  return code;
}

// ---- a layout -------------------------------------------------------------------------------------------------

static int from_layout(struct compare *c, int which) {
  struct overrides o = {0};
  struct party *s = &c->side[which];
  const struct option_list *own = which ? &c->set_b : &c->set_a;
  int code = overrides_options(&o, &c->usage, "set", &c->set);
  if (code == 0) code = overrides_options(&o, &c->usage, which ? "set-b" : "set-a", own);
  if (code == 0) code = overrides_length(&o, &c->usage, c->length);
  if (code == 0) code = overrides_warmup(&o, &c->usage, c->warmup);
  if (c->seed_given) overrides_integer(&o, "run.seed", c->seed);
  size_t used = (size_t)snprintf(s->settings, sizeof s->settings, "%.200s", s->name);
  for (int k = 0; k < own->count && used < sizeof s->settings; k++) used += (size_t)snprintf(s->settings + used, sizeof s->settings - used, " %s", own->value[k]);

  struct variant v = {0};
  struct results r = {0};
  struct error e = {0};
  int threads = c->threads > 0 ? (int)c->threads : cores();
  if (code == 0) code = variant_open(&v, s->name, o.list, o.count, c->quiet);
  overrides_finish(&o);
  if (code == 0) code = variant_load(&v, NULL, threads);
  if (code == 0) {
    const struct run *run = &v.layout.run;
    struct replication_plan p = {.layout = &v.layout, .index = &v.index, .seed = run->seed, .kinds = v.kinds, .warmup = run->warmup, .length = run->length, .threads = 1,
                                 .stop = &interrupted, .progress = progress_show, .context = &c->progress};
    enum status status = run->warmup_auto ? replication_warmup(&p, &p.warmup, &e) : STATUS_OK;
    if (status == STATUS_OK) status = replications_run(&p, (int)c->replications, threads, &r, &e);
    if (status != STATUS_OK) code = output_error("compare", &e);
    else if (!sample_init(&s->sample, v.index.count, r.done)) code = 5;
  }
  for (int i = 0; code == 0 && i < v.index.count; i++) s->sample.path[i] = arena_text(&s->sample.arena, v.index.path[i], strlen(v.index.path[i]));
  for (int k = 0, row = 0; code == 0 && k < r.count; k++) {
    if (!r.kept[k].done) continue;
    s->sample.number[row] = (uint32_t)k + 1;
    memcpy(s->sample.value + (size_t)row++ * (size_t)v.index.count, r.kept[k].row, sizeof(double) * (size_t)v.index.count);
  }
  results_finish(&r);
  variant_close(&v);
  return code;
}

static bool is_json(const char *name) { size_t n = strlen(name); return n > 5 && !strcmp(name + n - 5, ".json"); }

static bool is_layout(const char *name) {
  char file[1024];
  int variant;
  return !is_db(name, file, &variant) && !is_json(name);
}

// Options that change a layout need one.
static int check_arguments(const struct compare *c) {
  bool a = is_layout(c->name[0]), b = is_layout(c->name[1]);
  if (c->set_a.count > 0 && !a) return usage_wrong(&c->usage, "--set-a changes a layout, and %s is a result", c->name[0]);
  if (c->set_b.count > 0 && !b) return usage_wrong(&c->usage, "--set-b changes a layout, and %s is a result", c->name[1]);
  if (!a && !b && (c->set.count > 0 || c->length || c->warmup || c->seed_given || c->replications_given || c->threads_given))
    return usage_wrong(&c->usage, "--set, --for, --warmup, --seed, --replications and --threads are for layouts, and these are results");
  return 0;
}

static int open_side(struct compare *c, int which) {
  struct party *s = &c->side[which];
  char file[1024];
  int variant;
  s->name = c->name[which];
  if (is_db(s->name, file, &variant)) return from_db(s, file, variant);
  if (is_json(s->name)) return from_json(s, s->name);
  if (!arena_init(&s->arena, (size_t)1 << 24)) return 5;
  return from_layout(c, which);
}

// ---- the comparison -------------------------------------------------------------------------------------------

static struct estimate side_estimate(const struct party *s, int i) { return s->means_only ? s->estimate[i] : sample_estimate(&s->sample, i); }
static int side_paths(const struct party *s) { return s->means_only ? s->paths : s->sample.paths; }
static const char *side_path(const struct party *s, int i) { return s->means_only ? s->path[i] : s->sample.path[i]; }

static int compare_means(const struct party *a, const struct party *b, struct paired *out) {
  int n = 0;
  for (int i = 0; i < side_paths(a); i++)
    for (int k = 0; k < side_paths(b); k++) {
      if (strcmp(side_path(a, i), side_path(b, k)) != 0) continue;
      struct paired *p = &out[n++];
      *p = (struct paired){.path = side_path(a, i), .a = side_estimate(a, i), .b = side_estimate(b, k)};
      p->change = sample_welch(&p->a, &p->b);
      break;
    }
  return n;
}

static void number_text(double v, double half, char out[40]) {
  double size = isnan(half) || half == 0 ? fabs(v) / 100 : fabs(half);
  int decimals = 0;
  for (; size > 0 && size < 2 && decimals < 6; decimals++) size *= 10;
  if (isnan(v)) snprintf(out, 40, "-"); else snprintf(out, 40, "%.*f", decimals, v);
}

static void print_row(const struct paired *p, const char *bold, const char *plain) {
  double half = (p->change.high - p->change.low) / 2;
  char a[40], b[40], d[40], h[40] = "";
  const char *name = strncmp(p->path, "kpi.", 4) ? p->path : p->path + 4;
  bool clear = paired_clear(p);
  number_text(p->a.mean, half, a);
  number_text(p->b.mean, half, b);
  number_text(p->change.mean, half, d);
  if (!isnan(half)) number_text(half, half, h);
  printf("  %-34s%12s%12s  %s%12s%s %s %-10s", name, a, b, clear ? bold : "", d, plain, *h ? "+-" : "  ", h);
  if (p->a.mean != 0 && !isnan(p->change.mean)) printf("%+8.1f %%", 100 * p->change.mean / fabs(p->a.mean));
  printf("%s\n", clear ? "  *" : "");
}

static void print_table(const struct compare *c, const struct paired *p, int n) {
  bool bold = output_bold(), by_run = n > 0 && p[0].by_run;
  printf("A  %s\nB  %s\n", c->side[0].settings, c->side[1].settings);
  if (n > 0) printf("%s; * the 95 %% interval of the change leaves 0 out\n\n", by_run ? "paired run by run, the same random numbers in both" : "not paired: Welch's interval of two samples");
  printf("  %-34s%12s%12s%14s\n", "", "A", "B", "change");
  for (int i = 0; i < n; i++) {
    if (!c->all && strncmp(p[i].path, "kpi.", 4)) continue;
    if (isnan(p[i].a.mean) && isnan(p[i].b.mean)) continue;
    print_row(&p[i], bold ? "\033[1m" : "", bold ? "\033[0m" : "");
  }
  if (n == 0) printf("  they have no number in common\n");
  else if (by_run) printf("\n  %d runs of each\n", p[0].change.n > 0 ? p[0].change.n : p[0].a.n);
}

static void print_json(const struct compare *c, const struct paired *p, int n) {
  struct json j;
  json_init(&j, true);
  json_object(&j);
  json_key(&j, "takt"); json_integer(&j, 1);
  json_key(&j, "a"); json_text(&j, c->side[0].settings);
  json_key(&j, "b"); json_text(&j, c->side[1].settings);
  json_key(&j, "paired"); json_bool(&j, n > 0 && p[0].by_run);
  json_key(&j, "numbers");
  json_object(&j);
  for (int i = 0; i < n; i++) {
    json_key(&j, p[i].path);
    json_object(&j);
    json_key(&j, "a"); estimate_json(&p[i].a, false, &j);
    json_key(&j, "b"); estimate_json(&p[i].b, false, &j);
    json_key(&j, "change"); estimate_json(&p[i].change, false, &j);
    json_key(&j, "clear"); json_bool(&j, paired_clear(&p[i]));
    json_object_end(&j);
  }
  json_object_end(&j);
  json_object_end(&j);
  puts(j.text);
  json_finish(&j);
}

static int compare_sides(const struct compare *c) {
  const struct party *a = &c->side[0], *b = &c->side[1];
  struct paired *p = calloc((size_t)side_paths(a) + 1, sizeof *p);
  if (!p) return 5;
  bool runs = !a->means_only && !b->means_only;
  int n = runs ? sample_compare(&a->sample, &b->sample, p) : compare_means(a, b, p);
  if (c->json) print_json(c, p, n); else print_table(c, p, n);
  free(p);
  return n > 0 ? 0 : 3;
}

int command_compare(int argc, char **argv) {
  struct compare c = {.replications = 10};
  int code = read_arguments(argc, argv, &c);
  if (code == 0) code = check_arguments(&c);
  if (code) return code < 0 ? 0 : code;
  interrupt_catch();
  progress_begin(&c.progress, output_progress() && !c.quiet, "comparing");
  for (int k = 0; k < 2 && code == 0; k++) code = open_side(&c, k);
  progress_end(&c.progress);
  if (code == 0) code = compare_sides(&c);
  if (interrupted && code == 0) {
    fprintf(stderr, "takt compare: interrupted: these are the runs that were finished\n");
    code = 130;
  }
  for (int k = 0; k < 2; k++) {
    sample_finish(&c.side[k].sample);
    if (c.side[k].arena.base) arena_finish(&c.side[k].arena);
  }
  return code;
}
