// takt check: everything wrong or doubtful with layouts, before anything runs.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "app/fidelities.h"
#include "app/options.h"
#include "app/overrides.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "engine/layout/schema.h"
#include "engine/layout/shape.h"
#include "engine/world/assets.h"
#include "engine/world/hands_check.h"
#include "engine/world/kinds.h"
#include "engine/world/pace_check.h"
#include "engine/world/passing.h"
#include "engine/world/reach.h"

#define LAYOUTS_MAX 256

struct arguments {
  bool strict, schema, json, fidelities, quiet;
  struct option_list set;
  struct overrides changes;
};

struct tally { int errors, warnings; enum status status; };

static const char examples[] =
  "  takt check layouts/cell-sorting.yaml\n"
  "  takt check layouts/*.yaml --strict\n"
  "  takt check layouts/cell-sorting.yaml --set robots.sorters.count=6\n"
  "  takt check --schema > takt.schema.json         # for editors\n";

// ---- one layout -----------------------------------------------------------------------------------

// Robots named by a model that cannot be read.
static void check_models(const struct layout *l, struct faults *f) {
  for (int i = 0; i < l->fleet_count; i++) {
    const struct fleet *fleet = &l->fleets[i];
    struct robot_tables tables;
    struct error e = {0};
    char name[ASSET_NAME_MAX];
    if (!fleet->model) continue;
    enum status s = assets_robot(assets_name(fleet->model, fleet->revision, name), l->file, NULL, &tables, &e);
    if (s == STATUS_OK) continue;
    if (e.line > 0) fault_add(f, FAULT_ERROR, s, fleet->mark, "robots.%s.model: %s:%d:%d: %s", fleet->name, e.file, e.line, e.column, e.text);
    else fault_add(f, FAULT_ERROR, s, fleet->mark, "robots.%s.model: %s", fleet->name, e.text);
  }
}

// Revisions that events bring and that cannot be read.
static void check_revisions(const struct layout *l, struct faults *f) {
  for (int i = 0; i < l->happening_count; i++) {
    const struct happening *h = &l->happenings[i];
    struct robot_tables tables;
    struct error e = {0};
    char name[ASSET_NAME_MAX];
    if (h->kind != HAPPENING_UPDATE) continue;
    enum status s = assets_robot(assets_name(l->fleets[h->fleet].model, h->revision, name), l->file, NULL, &tables, &e);
    if (s != STATUS_OK) fault_add(f, FAULT_ERROR, s, h->mark, "events: update: %s", e.text);
  }
}

// What comes when the run is over. Where the warm-up is found, it is at most as long as the run.
static void check_late(const struct layout *l, struct faults *f) {
  ns_t end = (l->run.warmup_auto ? l->run.length : l->run.warmup) + l->run.length;
  for (int i = 0; i < l->happening_count; i++) {
    const struct happening *h = &l->happenings[i];
    if (h->at > end) fault_add(f, FAULT_WARNING, STATUS_CONFLICT, h->mark, "events: at %.10g s the run is over, which ends at %.10g s", ns_to_seconds(h->at), ns_to_seconds(end));
  }
}

static int by_place(const void *a, const void *b) {
  const struct station *s = *(const struct station *const *)a, *t = *(const struct station *const *)b;
  for (int k = 0; k < 2; k++)
    if (s->at[k] != t->at[k]) return s->at[k] < t->at[k] ? -1 : 1;
  return s < t ? -1 : s > t;
}

// Two stations in the very same place, which is hardly ever meant.
static void check_places(const struct layout *l, struct faults *f) {
  const struct station **list = calloc((size_t)l->station_count + 1, sizeof *list);
  int n = 0;
  for (int i = 0; list && i < l->station_count; i++)
    if (l->stations[i].placed) list[n++] = &l->stations[i];
  if (n > 1) qsort(list, (size_t)n, sizeof *list, by_place);
  for (int i = 1; i < n; i++)
    if (list[i]->at[0] == list[i - 1]->at[0] && list[i]->at[1] == list[i - 1]->at[1])
      fault_add(f, FAULT_WARNING, STATUS_CONFLICT, list[i]->mark, "stations.%s: stands where %s stands, at %.6g, %.6g m", list[i]->name, list[i - 1]->name, list[i]->at[0], list[i]->at[1]);
  free(list);
}

static int robots_of(const struct layout *l) {
  int count = 0;
  for (int i = 0; i < l->fleet_count; i++) count += l->fleets[i].count;
  return count;
}

static void put_json(struct json *j, const char *path, const struct layout *l, const struct faults *f) {
  char digest[17];
  digest_text(l->digest, digest);
  json_object(j);
  json_key(j, "file");
  json_text(j, path);
  json_key(j, "layout_digest");
  if (f->errors > 0) json_null(j);
  else json_text(j, digest);
  json_key(j, "errors");
  json_integer(j, f->errors);
  json_key(j, "warnings");
  json_integer(j, f->warnings);
  json_key(j, "faults");
  json_list(j);
  for (int i = 0; i < f->count; i++) {
    const struct fault *x = &f->fault[i];
    json_object(j);
    json_key(j, "kind");
    json_text(j, x->kind == FAULT_ERROR ? "error" : "warning");
    json_key(j, "status");
    json_text(j, status_text(x->status));
    json_key(j, "line");
    json_integer(j, x->mark.line);
    json_key(j, "column");
    json_integer(j, x->mark.column);
    json_key(j, "text");
    json_text(j, x->text);
    json_object_end(j);
  }
  json_list_end(j);
  json_object_end(j);
}

// Who cannot reach, grip or lift what its flows and steps ask.
static void check_hands(const struct layout *l, struct faults *f) {
  const struct kind **of_fleet = calloc((size_t)l->fleet_count + 1, sizeof *of_fleet);
  uint64_t *cannot = calloc((size_t)l->flow_count + 1, sizeof *cannot);
  struct hands_book *book = hands_book_create();
  for (int k = 0; of_fleet && cannot && book && l->has_floor && k < l->fleet_count; k++) {
    char folder[1024];
    struct error e;
    const struct fleet *plan = &l->fleets[k];
    if (plan->people || !plan->model || !assets_find(plan->model, l->file, NULL, folder) || !kind_there(folder)) continue;
    for (int i = 0; i < k && !of_fleet[k]; i++)
      if (of_fleet[i] && strcmp(of_fleet[i]->folder, folder) == 0) of_fleet[k] = of_fleet[i];
    struct kind *own = of_fleet[k] ? NULL : calloc(1, sizeof *own);
    if (!own) continue;
    if (kind_load_body(own, folder, &e) == STATUS_OK && own->reaches) of_fleet[k] = own;
    else {
      kind_finish(own);
      free(own);
    }
  }
  if (of_fleet && cannot && book && l->has_floor) hands_check(l, of_fleet, book, cannot, f);
  for (int k = l->fleet_count - 1; of_fleet && k >= 0; k--) {
    bool shared = !of_fleet[k];
    for (int i = 0; i < k && !shared; i++) shared = of_fleet[i] == of_fleet[k];
    if (shared) continue;
    struct kind *own = (struct kind *)(uintptr_t)of_fleet[k];           // made above
    kind_finish(own);
    free(own);
  }
  hands_book_destroy(book);
  free(cannot);
  free(of_fleet);
}

// Who cannot go as fast as its fleet's pace says.
static void check_paces(const struct layout *l, struct faults *f) {
  struct kinds *kinds = NULL;
  for (int k = 0; l->has_floor && k < l->fleet_count; k++) {
    char folder[1024];
    struct error e = {0};
    struct robot_tables tables;
    const struct fleet *plan = &l->fleets[k];
    if (plan->people || !plan->model || plan->pace <= 0 || !assets_find(plan->model, l->file, NULL, folder)) continue;
    if (!kinds) kinds = kinds_load(l, NULL, 2, &e);
    enum status s = kinds ? assets_robot(plan->model, l->file, NULL, &tables, &e) : e.status;
    if (s == STATUS_OK) s = pace_check(l, k, tables.walk_speed, kinds_find(kinds, folder), &e);
    if (s != STATUS_OK) fault_add(f, FAULT_ERROR, s, plan->mark, "%s", e.text);
    if (!kinds) break;
  }
  kinds_destroy(kinds);
}

static const char *plural(int n) { return n == 1 ? "" : "s"; }

static void check_layout(const char *path, const struct arguments *a, struct json *j, struct tally *t) {
  struct layout l;
  struct faults f;
  faults_init(&f, path, NULL, 0);
  enum status s = layout_read_file(&l, path, a->changes.list, a->changes.count, &f);
  if (s == STATUS_OK) {
    layout_check_flows(&l, &f);
    check_models(&l, &f);
    check_revisions(&l, &f);
    check_late(&l, &f);
    check_places(&l, &f);
    if (f.errors == 0) routes_check(&l, &f);
    if (f.errors == 0) check_paces(&l, &f);
    if (f.errors == 0) check_hands(&l, &f);
    if (f.errors == 0) passing_check(&l, &f);
  }
  faults_sort(&f);
  if (j) put_json(j, path, &l, &f);
  else faults_print(&f, stderr);
  if (!j && !a->quiet) {
    if (f.errors > 0) printf("%s: %d error%s, %d warning%s\n", path, f.errors, plural(f.errors), f.warnings, plural(f.warnings));
    else printf("%s: sound: %d station%s, %d flow%s, %d robots and people, %d warning%s\n", path, l.station_count, plural(l.station_count),
                l.flow_count, plural(l.flow_count), robots_of(&l), f.warnings, plural(f.warnings));
  }
  for (int i = 0; i < f.count && t->status == STATUS_OK; i++)
    if (f.fault[i].kind == FAULT_ERROR) t->status = f.fault[i].status;
  t->errors += f.errors;
  t->warnings += f.warnings;
  faults_finish(&f);
  layout_finish(&l);
}

// ---- the command ----------------------------------------------------------------------------------

static int print_schema(void) {
  struct json j;
  json_init(&j, true);
  schema_write(&j);
  puts(j.text);
  json_finish(&j);
  return 0;
}

static int check_layouts(const char *const *names, int count, const struct arguments *a) {
  struct json j;
  struct tally t = {0};
  if (a->json) {
    json_init(&j, true);
    json_object(&j);
    json_key(&j, "takt");
    json_integer(&j, 1);
    json_key(&j, "layouts");
    json_list(&j);
  }
  int code = 0;
  for (int i = 0; i < count; i++) check_layout(names[i], a, a->json ? &j : NULL, &t);
  for (int i = 0; i < count && a->fidelities && t.errors == 0 && code == 0; i++) code = fidelities_print(names[i], a->changes.list, a->changes.count);
  if (a->json) {
    json_list_end(&j);
    json_object_end(&j);
    puts(j.text);
    json_finish(&j);
  }
  if (code != 0) return code;
  if (t.errors > 0) return status_exit_code(t.status == STATUS_OK ? STATUS_LIMIT : t.status);
  return a->strict && t.warnings > 0 ? 1 : 0;
}

int command_check(int argc, char **argv) {
  struct arguments a = {0};
  const char *names[LAYOUTS_MAX];
  int count;
  const struct option options[] = {
    {"strict", OPTION_FLAG, &a.strict, NULL, "warnings exit 1", 0, 0, NULL},
    {"set", OPTION_LIST, &a.set, "PATH=VALUE", "change any value first; may be repeated", 0, 0, NULL},
    {"schema", OPTION_FLAG, &a.schema, NULL, "print the JSON Schema of the layout language", 0, 0, NULL},
    {"fidelities", OPTION_FLAG, &a.fidelities, NULL, "run at event, motion and body, and print by how much they differ", 0, 0, NULL},
    {"json", OPTION_FLAG, &a.json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &a.quiet, NULL, "faults only", 0, 0, NULL},
  };
  const struct usage u = {"check", "LAYOUT... [options]", examples, "Says everything wrong or doubtful with layouts: file, line, column, sentence.", options,
                          (int)(sizeof options / sizeof *options), 0, LAYOUTS_MAX};
  switch (options_read(&u, argc, argv, names, &count)) {
    case OPTIONS_HELP: return 0;
    case OPTIONS_WRONG: return 2;
    case OPTIONS_RUN: break;
  }
  if (a.fidelities && a.json) return usage_wrong(&u, "--fidelities prints a table: leave out --json");
  if (a.schema && (a.set.count > 0 || a.strict || a.fidelities)) return usage_wrong(&u, "--schema takes no --set, --strict or --fidelities: they are about a layout");
  if (a.schema) return count > 0 ? usage_wrong(&u, "--schema takes no layout") : print_schema();
  if (count == 0) return usage_wrong(&u, "name at least one layout");
  int code = overrides_options(&a.changes, &u, "set", &a.set);
  if (code == 0) code = check_layouts(names, count, &a);
  overrides_finish(&a.changes);
  return code;
}
