#include <string.h>

#include "engine/layout/check.h"

// Skills by number, and what fleets say of theirs.

static const char *const known[SKILL_NAMED] = {
  "repair", "rescue", "remote", "pick", "place", "insert", "fasten", "press", "inspect", "scan", "open", "close", "handover", "carry"
};

const char *step_do_name(enum step_do d) { return known[SKILL_HANDS + d]; }

bool layout_has_skill(const struct layout *l, int fleet, int skill) {
  const struct fleet *f = &l->fleets[fleet];
  if (f->skills_given) return f->skills >> skill & 1;
  if (skill < SKILL_HANDS || skill >= SKILL_NAMED) return false;
  return f->model || skill == SKILL_HANDS + STEP_PICK || skill == SKILL_HANDS + STEP_PLACE;
}

const struct fleet_skill *layout_fleet_skill(const struct layout *l, int fleet, int skill) {
  const struct fleet *f = &l->fleets[fleet];
  for (int k = 0; k < f->skill_count; k++)
    if (f->skill[k].skill == skill) return &f->skill[k];
  return NULL;
}

void check_skill_names(struct check *c) {
  struct layout *l = c->l;
  l->skills = CHECK_NEW(c, const char *, SKILLS_MAX);
  for (int k = 0; k < SKILL_NAMED; k++) l->skills[k] = known[k];
  l->skill_count = SKILL_NAMED;
}

// A name gets its number where it stands first.
static int skill_number(struct check *c, const struct node *n, const char *text, size_t size) {
  struct layout *l = c->l;
  for (int k = 0; k < l->skill_count; k++)
    if (strlen(l->skills[k]) == size && memcmp(l->skills[k], text, size) == 0) return k;
  if (l->skill_count == SKILLS_MAX) {
    check_fault(c, n, STATUS_LIMIT, "a layout has at most %d skills of its own", SKILLS_MAX - SKILL_NAMED);
    return NONE;
  }
  char *copy = CHECK_NEW(c, char, size + 1);
  memcpy(copy, text, size);
  l->skills[l->skill_count] = copy;
  return l->skill_count++;
}

int read_skill(struct check *c, const struct node *n, const char *wanted) {
  if (!read_scalar(c, n, wanted)) return NONE;
  if (!name_valid(n->text, n->size)) {
    check_fault(c, n, STATUS_TYPE, "a skill is a name");
    return NONE;
  }
  return skill_number(c, n, n->text, n->size);
}

// ---- of a fleet --------------------------------------------------------------------------------

static void add_skill(struct check *c, const struct node *n, struct fleet *f, int skill) {
  if (skill == NONE) return;
  if (f->skills >> skill & 1) {
    check_fault(c, n, STATUS_CONFLICT, "%s stands twice", c->l->skills[skill]);
    return;
  }
  f->skills |= UINT64_C(1) << skill;
  f->skill[f->skill_count++] = (struct fleet_skill){.skill = skill, .time = *c->zero[0], .pace = 1, .learning = -1, .practice = -1, .least = -1};
}

// A model's hands have times and failures of their own, a typed fleet has nothing that a pace could be of.
static void model_or_typed_skill(struct check *c, const struct node *n, const struct fleet *f) {
  static const char *const typed[] = {"time", "fails"};
  for (int k = 0; k < 2; k++) {
    const struct node *own = node_get(n, typed[k]);
    if (own && f->model) check_fault_key(c, own, STATUS_CONFLICT, "the model has its own: leave out %s, or give a pace", typed[k]);
  }
  const struct node *pace = node_get(n, "pace");
  if (pace && !f->model) check_fault_key(c, pace, STATUS_CONFLICT, "a pace is of a model's times: give the time itself");
  if (node_get(n, "least") && !node_get(n, "learning")) check_fault_key(c, node_get(n, "least"), STATUS_CONFLICT, "least needs learning: the share that is left when practice has doubled");
}

static void read_entry(struct check *c, const struct node *n, struct fleet *f) {
  if (!name_valid(n->key, strlen(n->key))) {
    if (!cut_by_comma(c, n)) check_fault_key(c, n, STATUS_TYPE, "a skill is a name");
    return;
  }
  int before = f->skill_count;
  add_skill(c, n, f, skill_number(c, n, n->key, strlen(n->key)));
  if (n->kind != NODE_MAP) {
    check_fault(c, n, STATUS_TYPE, "a map {time: ...} is wanted, here is %s", node_kind_text(n));
    return;
  }
  struct fleet_skill *s = f->skill_count > before ? &f->skill[before] : NULL;
  check_map(c, n, SCOPE_SKILL, s);
  if (!s) return;
  s->timed = node_get(n, "time") != NULL;
  model_or_typed_skill(c, n, f);
}

void check_skills(struct check *c, const struct node *map, struct fleet *f) {
  const struct node *n = node_get(map, "skills");
  if (!n) return;
  f->skills_given = true;
  f->skill = CHECK_NEW(c, struct fleet_skill, SKILLS_MAX);
  if (n->kind == NODE_SCALAR) {
    add_skill(c, n, f, read_skill(c, n, "a skill, a list of skills or a map of them"));
    return;
  }
  for (const struct node *item = n->first; item; item = item->next) {
    if (n->kind == NODE_MAP) read_entry(c, item, f);
    else add_skill(c, item, f, read_skill(c, item, "a skill"));
  }
}
