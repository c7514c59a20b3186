#include <math.h>
#include <string.h>

#include "base/digest.h"
#include "engine/layout/revisions.h"
#include "engine/measure/result.h"

void estimate_json(const struct estimate *e, bool batch_means, struct json *j) {
  json_object(j);
  json_key(j, "mean"); json_number(j, e->mean);
  json_key(j, "sd"); json_number(j, e->sd);
  json_key(j, "ci95");
  if (isnan(e->low)) {
    json_null(j);
  } else {
    json_list(j);
    json_number(j, e->low);
    json_number(j, e->high);
    json_list_end(j);
    if (batch_means) { json_key(j, "ci95_from"); json_text(j, "batch means"); }
  }
  json_key(j, "n"); json_integer(j, e->n);
  json_object_end(j);
}

// rows first ... first + count - 1 under the last words of their paths
static void estimates_json(const struct outcome *o, int first, int count, struct json *j) {
  for (int i = first; i < first + count; i++) {
    json_key(j, strrchr(o->index->path[i], '.') + 1);
    estimate_json(&o->estimate[i], o->batch_means, j);
  }
}

// Old and new side by side, where an update changes the fleet.
static void revisions_json(const struct outcome *o, int fleet, struct json *j) {
  const struct result_index *x = o->index;
  bool any = false;
  for (int i = 0; i < x->revisions; i++) {
    if (x->revision[i].fleet != fleet) continue;
    if (!any) {
      json_key(j, "revisions");
      json_object(j);
    }
    any = true;
    json_key(j, revision_word(&x->revision[i]));
    json_object(j);
    estimates_json(o, result_revision(x, i, 0), REVISION_NUMBERS, j);
    json_object_end(j);
  }
  if (any) json_object_end(j);
}

static void digest_json(uint64_t digest, struct json *j) {
  char text[17];
  digest_text(digest, text);
  json_text(j, text);
}

static void head_json(const struct outcome *o, struct json *j) {
  json_key(j, "takt"); json_integer(j, 1);
  json_key(j, "layout"); json_text(j, o->layout_path);
  json_key(j, "layout_digest"); digest_json(o->layout_digest, j);
  json_key(j, "seed"); json_integer(j, (int64_t)o->seed);
  json_key(j, "fidelity"); json_text(j, o->fidelity);
  json_key(j, "replications"); json_integer(j, o->replications);
  json_key(j, "simulated_s"); json_number(j, o->simulated_s);
  json_key(j, "warmup_s"); json_number(j, o->warmup_s);
  json_key(j, "load_s"); json_number(j, o->load_s);
  json_key(j, "wall_s"); json_number(j, o->wall_s);
  json_key(j, "events"); json_integer(j, (int64_t)o->events);
  json_key(j, "ended"); json_text(j, o->ended);
  if (o->ended_why) { json_key(j, "ended_why"); json_text(j, o->ended_why); }
  json_key(j, "complete"); json_bool(j, o->complete);
  json_key(j, "digest"); digest_json(o->digest, j);
}

static void goals_json(const struct outcome *o, struct json *j) {
  static const char *const words[] = {"<", "<=", ">", ">=", "=="};
  const struct layout *l = o->index->layout;
  json_key(j, "goals");
  json_list(j);
  for (int i = 0; i < l->goal_count; i++) {
    double value;
    bool met = goal_met(&l->goals[i], o, &value);
    json_object(j);
    json_key(j, "path"); json_text(j, l->goals[i].path);
    json_key(j, "op"); json_text(j, words[l->goals[i].op]);
    json_key(j, "value"); json_number(j, l->goals[i].value);
    json_key(j, "mean"); json_number(j, value);
    json_key(j, "met"); json_bool(j, met);
    json_object_end(j);
  }
  json_list_end(j);
}

static void steps_json(const struct outcome *o, const struct station *s, struct json *j) {
  json_key(j, "steps");
  json_list(j);
  for (int k = 0; k < s->step_count; k++) {
    json_object(j);
    json_key(j, "do"); json_text(j, step_do_name(s->steps[k].what));
    json_key(j, "count"); json_integer(j, s->steps[k].count);
    estimates_json(o, result_step(o->index, s->first_step + k, 0), STEP_NUMBERS, j);
    json_object_end(j);
  }
  json_list_end(j);
}

void outcome_json(const struct outcome *o, struct json *j) {
  const struct result_index *x = o->index;
  const struct layout *l = x->layout;
  json_object(j);
  head_json(o, j);

  json_key(j, "kpi");
  json_object(j);
  estimates_json(o, 0, x->kpis, j);
  json_object_end(j);

  json_key(j, "stations");
  json_object(j);
  for (int i = 0; i < l->station_count; i++) {
    json_key(j, l->stations[i].name);
    json_object(j);
    estimates_json(o, result_station(x, i, 0), STATION_NUMBERS, j);
    if (l->stations[i].step_count) steps_json(o, &l->stations[i], j);
    json_object_end(j);
  }
  json_object_end(j);

  json_key(j, "robots");
  json_object(j);
  for (int i = 0; i < l->fleet_count; i++) {
    json_key(j, l->fleets[i].name);
    json_object(j);
    json_key(j, "count"); json_integer(j, l->fleets[i].count);
    estimates_json(o, result_fleet(x, i, 0), FLEET_NUMBERS, j);
    revisions_json(o, i, j);
    json_object_end(j);
  }
  json_object_end(j);

  struct bottleneck b[3];
  int n = bottleneck_find(o, b);
  json_key(j, "bottleneck");
  json_list(j);
  for (int i = 0; i < n; i++) {
    json_object(j);
    json_key(j, "name"); json_text(j, b[i].name);
    json_key(j, "why"); json_text(j, b[i].why);
    json_object_end(j);
  }
  json_list_end(j);
  if (l->goal_count) goals_json(o, j);

  if (o->second_digest) {
    json_key(j, "second_digests");
    json_list(j);
    for (int i = 0; i < o->digest_count; i++) digest_json(o->second_digest[i], j);
    json_list_end(j);
  }
  json_object_end(j);
}
