#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layout/check.h"
#include "engine/layout/revisions.h"

// ---- events ------------------------------------------------------------------------------------

static bool can_fail(enum station_kind k) {
  return k == STATION_MACHINE || k == STATION_ASSEMBLY || k == STATION_DISASSEMBLY || k == STATION_SORTER || k == STATION_INSPECTION || k == STATION_CONVEYOR;
}

// The robot NAME-3 of fleet NAME. false: there is none.
static bool read_robot(struct check *c, const char *text, struct happening *h) {
  const char *dash = strrchr(text, '-');
  if (!dash || dash == text || (size_t)(dash - text) > NAME_MAX_SIZE) return false;
  char stem[NAME_MAX_SIZE + 1];
  snprintf(stem, sizeof stem, "%.*s", (int)(dash - text), text);
  int fleet = name_find(c, NAMED_FLEET, stem);
  long number = strtol(dash + 1, NULL, 10);
  if (fleet == NONE || number < 1 || number > c->l->fleets[fleet].count_max) return false;
  h->fleet = fleet;
  h->number = (int)number;
  return true;
}

// What an e-stop stops: the floor, a zone, or a robot. A push takes robots only.
static void read_stopped(struct check *c, const struct node *n, int kind, struct happening *h) {
  char text[SHOWN_SIZE];
  bool push = kind == HAPPENING_PUSH;
  if (!read_scalar(c, n, push ? "a robot" : "floor, a zone or a robot")) return;
  if (!push && strcmp(n->text, "floor") == 0) return;
  if (!push && (h->zone = name_find(c, NAMED_ZONE, n->text)) != NONE) return;
  if (!read_robot(c, n->text, h)) check_fault(c, n, STATUS_REF, push ? "%s is not a robot: NAME-3 is the third of fleet NAME" : "%s is neither floor, a zone nor a robot", shown(n, text));
}

// The condition of a goal or a rollback: ">= 110".
static bool read_condition(const char *text, enum comparison *op, double *value) {
  static const struct { const char *text; enum comparison op; } ops[] = {
    {"<=", COMPARE_LESS_EQUAL}, {">=", COMPARE_MORE_EQUAL}, {"==", COMPARE_EQUAL}, {"<", COMPARE_LESS}, {">", COMPARE_MORE}, {"=", COMPARE_EQUAL}};
  while (*text == ' ') text++;
  for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
    size_t n = strlen(ops[i].text);
    if (strncmp(text, ops[i].text, n) != 0) continue;
    *op = ops[i].op;
    double v;
    if (quantity_read(text + n, strlen(text + n), DIM_NUMBER, &v) && quantity_read(text + n, strlen(text + n), DIM_SHARE, &v)) return false;
    *value = v;
    return true;
  }
  return false;
}

static void check_result_path(struct check *c, const struct node *n, const char *path);

// "throughput_per_h < 100": a number of the result, and when it is too bad.
static void read_rollback(struct check *c, const struct node *n, struct happening *h) {
  if (!read_scalar(c, n, "a condition")) return;
  struct goal *g = CHECK_NEW(c, struct goal, 1);
  size_t word = strcspn(n->text, "<>="), end = word;
  while (end > 0 && n->text[end - 1] == ' ') end--;
  if (end == 0 || !n->text[word] || !read_condition(n->text + word, &g->op, &g->value)) {
    check_fault(c, n, STATUS_TYPE, "a condition like \"throughput_per_h < 100\" is wanted");
    return;
  }
  g->path = arena_text(c->a, n->text, end);
  g->mark = n->mark;
  check_result_path(c, n, g->path);
  h->rollback = g;
}

void check_revision_name(struct check *c, const struct node *n, const char *name) {
  if (!n || !name || !*name) return;
  if (!name_valid(name, strlen(name))) check_fault(c, n, STATUS_TYPE, "a revision is a name: a letter first, then letters, digits, - and _");
  else if (strcmp(name, REVISION_MODEL) == 0) check_fault(c, n, STATUS_TYPE, "%s is how the result calls the model as it is, so no revision can have that name; \"\" is the model as it is", REVISION_MODEL);
}

static void check_update(struct check *c, const struct node *n, struct happening *h) {
  const struct node *rollback = node_get(n, "rollback"), *what = node_get(n, "what"), *revision = node_get(n, "revision");
  if (rollback) read_rollback(c, rollback, h);
  check_revision_name(c, revision, h->revision);
  if (what && h->fleet != NONE && !c->l->fleets[h->fleet].model) check_fault(c, what, STATUS_CONFLICT, "%s has no model, so it has no revisions", c->l->fleets[h->fleet].name);
  if (h->share < 1 && h->wave == 0) check_fault_key(c, node_get(n, "share"), STATUS_KEY, "every is missing: the time between two waves");
  else if (rollback && h->wave == 0) check_fault_key(c, rollback, STATUS_KEY, "every is missing: the time after a wave at which it is looked at");
}

bool check_event(struct check *c, const struct node *n, struct happening *h) {
  const struct layout *l = c->l;
  int errors = c->f->errors;
  *h = (struct happening){.station = NONE, .fleet = NONE, .zone = NONE, .height = -1, .mark = n->mark};
  int kind = check_map(c, n, SCOPE_EVENT, h);
  if (kind < 0) return false;
  const struct node *what = node_get(n, "what");
  if (what && what->kind == NODE_SCALAR && h->station != NONE) {
    enum station_kind k = l->stations[l->groups[h->station].first].kind;
    if (kind == HAPPENING_RATE && k != STATION_SOURCE) check_fault(c, what, STATUS_CONFLICT, "%s is a %s; only a source has a rate", what->text, station_kind_name(k));
    if ((kind == HAPPENING_FAIL || kind == HAPPENING_MEND) && !can_fail(k)) check_fault(c, what, STATUS_CONFLICT, "%s is a %s and cannot fail", what->text, station_kind_name(k));
  }
  const struct key *k = key_find(SCOPE_EVENT, kind, "what");
  if (what && k && k->kind == VALUE_SPECIAL) read_stopped(c, what, kind, h);
  if (kind == HAPPENING_UPDATE) check_update(c, n, h);
  check_variant_built(c, n, SCOPE_EVENT, kind, errors);
  return c->f->errors == errors;
}

static int happening_cmp(const void *a, const void *b) {
  const struct happening *x = a, *y = b;
  if (x->at != y->at) return x->at < y->at ? -1 : 1;
  return x->mark.begin < y->mark.begin ? -1 : x->mark.begin > y->mark.begin;
}

void check_events(struct check *c, const struct node *list) {
  struct layout *l = c->l;
  if (!list) return;
  if (list->kind != NODE_LIST) {
    check_fault(c, list, STATUS_TYPE, "a list [{at: 2 h, do: fail, ...}] is wanted, here is %s", node_kind_text(list));
    return;
  }
  if (list->count > EVENTS_MAX) {
    check_fault_key(c, list, STATUS_LIMIT, "%d events are more than %d", list->count, EVENTS_MAX);
    return;
  }
  l->happenings = CHECK_NEW(c, struct happening, list->count);
  int64_t total = 0;
  for (int i = 0; i < l->fleet_count; i++) total += l->fleets[i].count_max;
  for (const struct node *n = list->first; n; n = n->next) {
    struct happening *h = &l->happenings[l->happening_count];
    if (!check_event(c, n, h)) continue;
    l->happening_count++;
    if (h->kind != HAPPENING_ADD) continue;
    total += h->count;
    if (total > ROBOTS_MAX) {
      check_fault(c, node_get(n, "count") ? node_get(n, "count") : n, STATUS_LIMIT, "with these there are %lld robots and people, more than %d", (long long)total, ROBOTS_MAX);
      total -= h->count;
    } else {
      l->fleets[h->fleet].count_max += h->count;
    }
  }
  qsort(l->happenings, (size_t)l->happening_count, sizeof l->happenings[0], happening_cmp);
}

// ---- goals -------------------------------------------------------------------------------------

static const char *const kpi_words = "throughput_per_h wip lead_time_s oee made scrapped lost missorted spoiled makespan_s energy_kwh interventions mtbi_s late tardiness_s cost cost_per_good";
static const char *const station_words = "made missorted working starved blocked setup down waiting_robot stopped off_shift queue wait_s oee";
static const char *const fleet_words = "working walking waiting_part waiting_space waiting_partner waiting_charger traffic charging fallen repair stopped off_shift idle distance_m energy_kwh picks drops misses falls breakdowns gave_up availability help_wait_s cost";

static const char *const step_words = "done failed gave_up mean_s";

// stations.NAME.steps.K.FIELD: where `.steps.` begins, NULL: it is not of a step
static const char *steps_in(const char *name, const char *dot) {
  const char *at = strstr(name, ".steps.");
  return at && at + 7 < dot ? at : NULL;
}

// of a step that the station has, and a number that a step has
static void check_step_path(struct check *c, const struct node *n, const struct station *s, const char *number, const char *field) {
  char near[100], *end;
  long k = strtol(number, &end, 10);
  if (end != field - 1 || k < 0 || k >= s->step_count || (number[0] == '0' && end > number + 1))
    check_fault_key(c, n, STATUS_REF, "%s has %d steps, counted from 0", s->name, s->step_count);
  else if (word_index(step_words, field, strlen(field)) < 0)
    check_fault_key(c, n, STATUS_REF, "the result of a step has no number %.40s%s", field, word_nearest(c, step_words, field, near, sizeof near));
}

static const char *const revision_words = "hours picks_per_h";

// robots.NAME.revisions.REVISION.FIELD: where `.revisions.` begins, NULL: it is of the whole fleet
static const char *revisions_in(const char *name, const char *dot) {
  const char *at = strstr(name, ".revisions.");
  return at && at + 11 < dot ? at : NULL;
}

// The fleet has that revision at some time: known when all events have been read.
void check_revision_path(struct check *c, const char *path, const struct mark *mark) {
  const struct layout *l = c->l;
  const char *dot = strrchr(path, '.'), *at = strncmp(path, "robots.", 7) == 0 && dot ? revisions_in(path + 7, dot) : NULL;
  if (!at) return;
  struct fleet_revision *row = CHECK_NEW(c, struct fleet_revision, layout_revisions(l, NULL) + 1);
  int n = layout_revisions(l, row);
  size_t fleet = (size_t)(at - path - 7), word = (size_t)(dot - at - 11);
  for (int k = 0; k < n; k++) {
    const char *name = l->fleets[row[k].fleet].name;
    if (strlen(name) == fleet && strncmp(name, path + 7, fleet) == 0 && strlen(revision_word(&row[k])) == word && strncmp(revision_word(&row[k]), at + 11, word) == 0) return;
  }
  fault_add(c->f, FAULT_ERROR, STATUS_REF, *mark, "no update brings %.*s to %.*s", (int)(word < 60 ? word : 60), at + 11, (int)(fleet < 60 ? fleet : 60), path + 7);
}

void check_revision_paths(struct check *c) {
  const struct layout *l = c->l;
  for (int k = 0; k < l->goal_count; k++) check_revision_path(c, l->goals[k].path, &l->goals[k].mark);
  for (int h = 0; h < l->happening_count; h++)
    if (l->happenings[h].rollback) check_revision_path(c, l->happenings[h].rollback->path, &l->happenings[h].rollback->mark);
}

// the path of a number of the JSON result: KPI, stations.NAME.FIELD, robots.NAME.FIELD
static void check_result_path(struct check *c, const struct node *n, const char *path) {
  const char *dot = strrchr(path, '.');
  char near[100];
  size_t head = strcspn(path, ".");
  if (head == 3 && strncmp(path, "kpi", 3) == 0) path += 4 * (path[3] == '.'), dot = strrchr(path, '.');
  if (!dot) {
    if (word_index(kpi_words, path, strlen(path)) >= 0) return;
    word_nearest(c, kpi_words, path, near, sizeof near);
    check_fault_key(c, n, STATUS_REF, "the result has no number %.60s%s", path, near);
    return;
  }
  bool station = strncmp(path, "stations.", 9) == 0, fleet = strncmp(path, "robots.", 7) == 0;
  const char *name = path + (station ? 9 : 7), *field = dot + 1;
  const char *steps = station && dot > name ? steps_in(name, dot) : NULL, *revisions = fleet && dot > name ? revisions_in(name, dot) : NULL;
  if (steps) dot = steps;
  if (revisions) dot = revisions;
  char text[NAME_MAX_SIZE + 2];
  if ((!station && !fleet) || dot < name) {
    check_fault_key(c, n, STATUS_REF, "the result has no number %.60s: give a KPI, stations.NAME.FIELD or robots.NAME.FIELD", path);
    return;
  }
  snprintf(text, sizeof text, "%.*s", dot - name > NAME_MAX_SIZE ? NAME_MAX_SIZE + 1 : (int)(dot - name), name);
  enum named what = station ? NAMED_STATION : NAMED_FLEET;
  if (name_find(c, what, text) == NONE) {
    check_fault_key(c, n, STATUS_REF, "there is no %s %s%s", named_text(what), text, name_nearest(c, what, text, near, sizeof near));
    return;
  }
  const struct station_group *g = station ? &c->l->groups[name_find(c, what, text)] : NULL;
  if (g && strcmp(c->l->stations[g->first].name, text) != 0) {
    check_fault_key(c, n, STATUS_REF, "%s has copies, and the result is of each: name one, %s", text, c->l->stations[g->first].name);
    return;
  }
  if (steps) {
    check_step_path(c, n, &c->l->stations[g->first], steps + 7, field);
    return;
  }
  const char *words = station ? station_words : fleet_words;
  if (word_index(words, field, strlen(field)) >= 0 || (revisions && word_index(revision_words, field, strlen(field)) >= 0)) return;
  check_fault_key(c, n, STATUS_REF, "the result of a %s has no number %.40s%s", named_text(what), field, word_nearest(c, words, field, near, sizeof near));
}

void check_goals(struct check *c, const struct node *map) {
  struct layout *l = c->l;
  if (!map) return;
  if (map->kind != NODE_MAP || map->count > 1000) {
    check_fault(c, map, STATUS_TYPE, "a map {throughput_per_h: \">= 110\"} is wanted, here is %s", map->kind == NODE_MAP ? "one of more than 1000 goals" : node_kind_text(map));
    return;
  }
  l->goals = CHECK_NEW(c, struct goal, map->count);
  for (const struct node *n = map->first; n; n = n->next) {
    struct goal *g = &l->goals[l->goal_count];
    char text[SHOWN_SIZE];
    int errors = c->f->errors;
    check_result_path(c, n, n->key);
    if (read_scalar(c, n, "a condition like \">= 110\"") && !read_condition(n->text, &g->op, &g->value))
      check_fault(c, n, STATUS_TYPE, "%s is not a condition: <, <=, >, >= or = and a number", shown(n, text));
    if (c->f->errors != errors) continue;
    g->path = arena_text(c->a, n->key, strlen(n->key));
    g->mark = n->key_mark;
    l->goal_count++;
  }
}

// ---- run ---------------------------------------------------------------------------------------

static void read_start(struct check *c, const struct node *n, ns_t *out) {
  char text[SHOWN_SIZE];
  if (!read_scalar(c, n, "a day and a time")) return;
  size_t blank = strcspn(n->text, " ");
  int day = read_day(n->text, blank);
  struct node clock = *n;
  if (day < 0 || blank >= n->size) {
    check_fault(c, n, STATUS_TYPE, "%s is not a day and a time like Mon 06:00", shown(n, text));
    return;
  }
  clock.text += blank + 1;
  clock.size -= blank + 1;
  ns_t time;
  if (read_clock(c, &clock, &time)) *out = (ns_t)day * 86400 * NS_SECOND + time;
}

void check_run(struct check *c, const struct node *root) {
  struct layout *l = c->l;
  struct run *r = &l->run;
  const struct node *map = node_get(root, "run"), *scheduler = node_get(root, "scheduler");
  check_defaults(c, SCOPE_RUN, -1, l);
  check_defaults(c, SCOPE_SCHEDULER, -1, l);
  check_defaults(c, SCOPE_COST, -1, l);
  if (node_get(root, "cost")) check_map(c, node_get(root, "cost"), SCOPE_COST, l);
  r->body_rate = 200;
  for (int i = 0; i < l->shift_count; i++)
    if (i == 0 || l->shifts[i].start < r->start) r->start = l->shifts[i].start;
  if (scheduler) check_map(c, scheduler, SCOPE_SCHEDULER, l);
  if (!map) return;
  check_map(c, map, SCOPE_RUN, l);
  if (map->kind != NODE_MAP) return;

  const struct node *warmup = node_get(map, "warmup"), *rate = node_get(map, "body_rate"), *start = node_get(map, "start");
  double seconds = 0;
  if (warmup && warmup->kind == NODE_SCALAR && strcmp(warmup->text, "auto") == 0) r->warmup_auto = true;
  else if (warmup && read_quantity(c, warmup, key_find(SCOPE_RUN, -1, "warmup"), &seconds)) r->warmup = ns_from_seconds(seconds);
  if (rate && read_scalar(c, rate, "200, 100 or 50")) {
    char text[SHOWN_SIZE];
    if (word_index("200 100 50", rate->text, rate->size) < 0) check_fault(c, rate, STATUS_RANGE, "%s is not 200, 100 or 50", shown(rate, text));
    else r->body_rate = (int)strtol(rate->text, NULL, 10);
  }
  if (start) read_start(c, start, &r->start);
  if (r->length + r->warmup > NS_LIMIT) check_fault(c, warmup ? warmup : map, STATUS_RANGE, "warm-up and run together are above 36600 d");
}
