#include <string.h>

#include "engine/layout/layout.h"

// Numbers of a step may change; what it does, how often and who does it not.
static bool same_steps(const struct station *a, const struct station *b) {
  if (a->step_count != b->step_count || a->operators.skill != b->operators.skill) return false;
  for (int k = 0; k < a->step_count; k++) {
    const struct step *x = &a->steps[k], *y = &b->steps[k];
    if (x->what != y->what || x->part != y->part || x->count != y->count || x->robots != y->robots || x->skill != y->skill) return false;
  }
  return true;
}

static bool same_skills(const struct fleet *a, const struct fleet *b) {
  if (a->skills_given != b->skills_given || a->skills != b->skills || a->skill_count != b->skill_count) return false;
  for (int k = 0; k < a->skill_count; k++)
    if (a->skill[k].skill != b->skill[k].skill || a->skill[k].timed != b->skill[k].timed || a->skill[k].shared != b->skill[k].shared) return false;
  return true;
}

static bool same_station(const struct station *a, const struct station *b) {
  if (a->kind != b->kind || strcmp(a->name, b->name) != 0 || a->servers != b->servers || a->batch != b->batch || a->shift != b->shift) return false;
  if (a->need_count != b->need_count || a->base != b->base || a->early != b->early || a->into_count != b->into_count || a->order != b->order) return false;
  for (int k = 0; k < a->need_count; k++)
    if (a->needs[k].part != b->needs[k].part || a->needs[k].count != b->needs[k].count) return false;
  if (a->rework_to != b->rework_to || (a->rework > 0) != (b->rework > 0) || a->before_service != b->before_service || a->lose != b->lose) return false;
  if (a->limit != b->limit) return false;
  for (int k = 0; k < a->operators.by_count && k < b->operators.by_count; k++)
    if (a->operators.by[k] != b->operators.by[k]) return false;
  if (a->operators.count != b->operators.count || a->operators.by_count != b->operators.by_count || a->operators.during != b->operators.during || a->operators.skill != b->operators.skill) return false;
  if (a->failures.given != b->failures.given || a->failures.calendar != b->failures.calendar || a->failures.by != b->failures.by) return false;
  if (a->placed != b->placed || a->at[0] != b->at[0] || a->at[1] != b->at[1] || a->facing != b->facing || a->size[0] != b->size[0] || a->size[1] != b->size[1]) return false;
  if (a->length != b->length || a->part_pitch != b->part_pitch || a->accumulating != b->accumulating || a->place_count != b->place_count || a->packs != b->packs || a->swaps != b->swaps) return false;
  if ((a->scrap > 0) != (b->scrap > 0) || !same_steps(a, b)) return false;
  return a->every.given == b->every.given && a->setup_when == b->setup_when && a->makes.kind == b->makes.kind && a->makes.count == b->makes.count;
}

bool layout_same_line(const struct layout *a, const struct layout *b) {
  if (a->station_count != b->station_count || a->flow_count != b->flow_count || a->part_count != b->part_count || a->fleet_count != b->fleet_count) return false;
  if (a->shift_count != b->shift_count || a->limit_count != b->limit_count || a->zone_count != b->zone_count || a->happening_count != b->happening_count) return false;
  if (a->skill_count != b->skill_count) return false;
  for (int k = SKILL_NAMED; k < a->skill_count; k++)
    if (strcmp(a->skills[k], b->skills[k]) != 0) return false;
  if (a->order_count != b->order_count || a->level_count != b->level_count) return false;
  for (int k = 0; k < a->order_count; k++)
    if (a->orders[k].product != b->orders[k].product || a->orders[k].quantity != b->orders[k].quantity || a->orders[k].level != b->orders[k].level) return false;
  for (int s = 0; s < a->station_count; s++)
    if (!same_station(&a->stations[s], &b->stations[s])) return false;
  for (int k = 0; k < a->flow_count; k++) {
    const struct flow *x = &a->flows[k], *y = &b->flows[k];
    if (x->from != y->from || x->to != y->to || x->part != y->part || x->by != y->by || x->fleet != y->fleet || x->robots != y->robots || x->when != y->when || x->share != y->share || x->priority != y->priority || x->time.given != y->time.given) return false;
  }
  for (int k = 0; k < a->fleet_count; k++) {
    const struct fleet *x = &a->fleets[k], *y = &b->fleets[k];
    if (x->count != y->count || x->pace != y->pace || x->spares != y->spares || x->count_max != y->count_max || (x->model == NULL) != (y->model == NULL) || x->shift != y->shift || x->home != y->home) return false;
    if (x->failures.given != y->failures.given || x->failures.calendar != y->failures.calendar || x->failures.by != y->failures.by) return false;
    if (!same_skills(x, y)) return false;
    if (x->model && (strcmp(x->model, y->model) != 0 || strcmp(x->revision, y->revision) != 0)) return false;
  }
  return true;
}
