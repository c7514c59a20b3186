#include <stdio.h>
#include <string.h>

#include "engine/layout/check.h"

// Work in steps: what they say by themselves, then who can do them.

#define STEPS_MAX 1000

// ---- by themselves -----------------------------------------------------------------------------

static void check_step(struct check *c, const struct node *n, const struct station *s, struct step *x) {
  static const char *const of[] = {"clearance", "force", "tolerance"};
  static const unsigned fits[] = {1u << STEP_INSERT, 1u << STEP_INSERT | 1u << STEP_PRESS | 1u << STEP_FASTEN, 1u << STEP_PLACE};
  static const char *const who[] = {"insert", "insert, fasten and press", "place"};
  for (int k = 0; k < 3; k++) {
    const struct node *own = node_get(n, of[k]);
    if (own && !(fits[k] >> x->what & 1)) check_fault_key(c, own, STATUS_CONFLICT, "%s is for %s, not for %s", of[k], who[k], step_do_name(x->what));
  }
  const struct node *skill = node_get(n, "skill"), *part = node_get(n, "part"), *robots = node_get(n, "robots");
  // what one gives another one takes, and one end needs another one
  bool pair = x->what == STEP_HANDOVER || x->what == STEP_CARRY;
  if (pair && !robots) x->robots = 2;
  if (x->what == STEP_HANDOVER && x->robots != 2) check_fault(c, robots, STATUS_CONFLICT, "one hands it to one other: robots: 2");
  if (x->what == STEP_CARRY && x->robots < 2) check_fault(c, robots, STATUS_CONFLICT, "what one lifts alone is a pick and a place: robots: 2");
  if (pair && !part) check_fault_key(c, n, STATUS_KEY, "part is missing: what %s", x->what == STEP_CARRY ? "they carry" : "is handed over");
  x->skill = SKILL_HANDS + (int)x->what;
  if (skill) {
    int own = read_skill(c, skill, "a skill");
    if (own != NONE) x->skill = own;
  }
  // of an assembly, what is handled is what it needs
  if (!part || x->part == NONE || s->kind != STATION_ASSEMBLY || x->part == s->base) return;
  for (int k = 0; k < s->need_count; k++)
    if (s->needs[k].part == x->part) return;
  check_fault(c, part, STATUS_CONFLICT, "%s is not among what this station needs", c->l->parts[x->part].name);
}

// No more of a part are put in than there are.
static void check_needed(struct check *c, const struct node *steps, const struct station *s) {
  if (s->kind != STATION_ASSEMBLY) return;
  for (int k = 0; k < s->need_count; k++) {
    int64_t put = 0;
    int i = 0;
    for (const struct node *n = steps->first; n; n = n->next, i++) {
      const struct step *x = &s->steps[i];
      if (x->part != s->needs[k].part || (x->what != STEP_INSERT && x->what != STEP_PLACE)) continue;
      put += x->count;
      if (put > s->needs[k].count && put - x->count <= s->needs[k].count)
        check_fault(c, n, STATUS_CONFLICT, "with this one %lld of %s are put in, but the station needs %d", (long long)put, c->l->parts[x->part].name, s->needs[k].count);
    }
  }
}

void check_steps(struct check *c, const struct node *n, struct station *s) {
  const struct node *steps = node_get(n, "steps"), *time = node_get(n, "time"), *operators = node_get(n, "operator");
  if (steps->kind != NODE_LIST || steps->count == 0) {
    check_fault(c, steps, STATUS_TYPE, "a list of steps [{do: pick}, ...] is wanted, here is %s", steps->kind == NODE_LIST ? "an empty one" : node_kind_text(steps));
    return;
  }
  if (steps->count > STEPS_MAX) {
    check_fault(c, steps, STATUS_LIMIT, "%d steps are more than %d", steps->count, STEPS_MAX);
    return;
  }
  s->steps = CHECK_NEW(c, struct step, steps->count);
  int errors = c->f->errors;
  for (const struct node *item = steps->first; item; item = item->next) {
    struct step *x = &s->steps[s->step_count++];
    *x = (struct step){.part = NONE, .count = 1, .clearance = -1, .force = -1, .tolerance = -1, .robots = 1, .tries = 1, .skill = SKILL_HANDS, .mark = item->mark};
    int before = c->f->errors;
    check_map(c, item, SCOPE_STEP, x);
    if (c->f->errors == before) check_step(c, item, s, x);
  }
  if (c->f->errors == errors) check_needed(c, steps, s);
  if (time) check_fault_key(c, time, STATUS_CONFLICT, "time and steps both say how long the work takes: leave one out");
  const struct node *during = operators && operators->kind == NODE_MAP ? node_get(operators, "during") : NULL;
  if (during && s->operators.during == DURING_SETUP) check_fault(c, during, STATUS_CONFLICT, "somebody does the steps: give during: all or process");

  const struct node *count = node_get(n, "robots");
  if (operators && operators->kind == NODE_MAP && node_get(operators, "count")) count = node_get(operators, "count");
  // as many as a step takes, unless said
  int most = 1;
  s->crew_said = count != NULL;
  for (int k = 0; k < s->step_count; k++) {
    if (s->steps[k].robots > most) most = s->steps[k].robots;
    if (count && s->steps[k].robots > s->operators.count)
      fault_add(c->f, FAULT_ERROR, STATUS_CONFLICT, s->steps[k].mark, "stations.%s.steps.%d: %d robots do it together, but %d work here", c->l->groups[s->group].name, k, s->steps[k].robots, s->operators.count);
  }
  if (s->operators.count < most) s->operators.count = most;
}

// ---- who can -----------------------------------------------------------------------------------

static uint64_t skills_of(const struct station *s) {
  uint64_t mask = s->operators.skill == NONE ? 0 : UINT64_C(1) << s->operators.skill;
  for (int k = 0; k < s->step_count; k++) mask |= UINT64_C(1) << s->steps[k].skill;
  return mask;
}

static uint64_t lacks(const struct layout *l, int fleet, uint64_t skills) {
  uint64_t mask = 0;
  for (uint64_t left = skills; left; left &= left - 1) {
    int k = __builtin_ctzll(left);
    if (!layout_has_skill(l, fleet, k)) mask |= UINT64_C(1) << k;
  }
  return mask;
}

// "fitters lack weld; movers lack insert and weld", as many as the sentence holds
static void who_lacks(const struct layout *l, const int *fleets, int count, uint64_t skills, char *out, size_t size) {
  size_t used = 0;
  out[0] = 0;
  for (int i = 0; i < count; i++) {
    uint64_t mask = lacks(l, fleets[i], skills);
    if (!mask) continue;
    if (used + 60 > size) {
      snprintf(out + used, size - used, " ...");
      return;
    }
    used += (size_t)snprintf(out + used, size - used, "%s%.24s lack", used ? "; " : "", l->fleets[fleets[i]].name);
    for (bool first = true; mask && used + 40 < size; mask &= mask - 1, first = false)
      used += (size_t)snprintf(out + used, size - used, "%s%.24s", first ? " " : mask & (mask - 1) ? ", " : " and ", l->skills[__builtin_ctzll(mask)]);
  }
}

// A typed fleet that is asked for more than picks and places says how long it takes.
static void check_typed(struct check *c, const struct station *s, int fleet) {
  const struct layout *l = c->l;
  const struct fleet *f = &l->fleets[fleet];
  if (f->model) return;
  for (int k = 0; k < s->step_count; k++) {
    const struct step *x = &s->steps[k];
    const struct fleet_skill *own = layout_fleet_skill(l, fleet, x->skill);
    if ((own && own->timed) || x->what == STEP_PICK || x->what == STEP_PLACE) continue;
    fault_add(c->f, FAULT_ERROR, STATUS_KEY, x->mark, "stations.%s.steps.%d: %s.%s has no body that says how long it takes: give skills: {%s: {time: 5 s}}", l->groups[s->group].name, k,
              f->people ? "people" : "robots", f->name, l->skills[x->skill]);
    return;
  }
}

void check_hands(struct check *c, const struct node *n, const struct station_group *g) {
  struct layout *l = c->l;
  struct station *s = &l->stations[g->first];
  const struct node *steps = node_get(n, "steps"), *operators = node_get(n, "operator");
  if (!operators) operators = node_get(n, "robots");
  uint64_t skills = skills_of(s);
  if (!skills || c->fleets_wrong || c->stations_wrong) return;
  const struct node *at = steps ? steps : operators;
  if (l->fleet_count == 0) {
    if (!operators) check_fault_key(c, at, STATUS_REF, "there are no robots and no people in this layout");
    return;
  }
  if (l->has_floor && !s->placed && !operators) check_fault_key(c, at, STATUS_CONFLICT, "the station has no place where somebody could stand: give `at`");

  int *asked = CHECK_NEW(c, int, l->fleet_count), *able = CHECK_NEW(c, int, l->fleet_count), count = 0, ables = 0;
  for (int f = 0; f < (s->operators.by_count ? s->operators.by_count : l->fleet_count); f++) asked[count++] = s->operators.by_count ? s->operators.by[f] : f;
  int64_t there = 0, all = 0;
  for (int i = 0; i < count; i++) {
    all += fleet_at_once(&l->fleets[asked[i]]);
    if (lacks(l, asked[i], skills)) continue;
    able[ables++] = asked[i];
    there += fleet_at_once(&l->fleets[asked[i]]);
  }
  if (ables == 0) {
    char who[200];
    who_lacks(l, asked, count, skills, who, sizeof who);
    check_fault_key(c, at, STATUS_CONFLICT, "nobody can do this: %s", who);
    return;
  }
  // who is named and cannot come
  const struct node *by = s->operators.by_count && operators && operators->kind == NODE_MAP ? node_get(operators, "by") : NULL;
  if (by && ables < count) {
    char who[200];
    who_lacks(l, asked, count, skills, who, sizeof who);
    check_warn(c, by, STATUS_CONFLICT, "not all of these can do this: %s", who);
  }
  for (int i = 0; i < ables; i++) check_typed(c, s, able[i]);
  if (there < s->operators.count && (all >= s->operators.count || !operators)) check_fault_key(c, at, STATUS_CONFLICT, "%d must be there at once, but those who can do it are %lld in all", s->operators.count, (long long)there);
  for (int i = g->first; i < g->first + g->count; i++) {
    l->stations[i].operators.by = able;
    l->stations[i].operators.by_count = ables;
  }
}
