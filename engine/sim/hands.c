#include "engine/sim/hands.h"

#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "engine/sim/belt.h"
#include "engine/sim/body_hands.h"
#include "engine/sim/robot.h"
#include "engine/world/assets.h"
#include "engine/world/geometry.h"
#include "engine/world/hands_check.h"
#include "engine/world/kinds.h"

#define HANDS_TRIES 5
#define SET_RIGHT   (20 * NS_SECOND)          // that somebody takes to set a part right; a guess

struct hands {
  struct hands_book *book;
  struct kinds      *own;                     // NULL: those of the twin's options
  const struct kind **of_fleet;               // as it begins, NULL: without a body
  const struct kind **of_make;                // the same of every make
  uint64_t          *cannot;                  // of each flow
  uint32_t          *taken, *put;             // parts, of each station
  ns_t              *rested;                  // when each robot may use its hands again
};

static bool by_hands(const struct twin *t, int f, const char *revision, char folder[1024]) {
  const struct fleet *plan = &t->layout->fleets[f];
  char name[ASSET_NAME_MAX];
  if (plan->people || !plan->model || !t->layout->has_floor) return false;
  return assets_find(assets_name(plan->model, revision ? revision : "", name), t->layout->file, t->options.assets, folder) && kind_there(folder);
}

static enum status find_kinds(struct twin *t, struct error *e) {
  char folder[1024];
  bool missing = false;
  for (int f = 0; f < t->layout->fleet_count; f++)
    if (by_hands(t, f, t->layout->fleets[f].revision, folder)) missing = missing || !kinds_find(t->options.kinds, folder);
  if (missing) {
    // the twin's own, for all of its parts
    t->hands->own = kinds_load(t->layout, t->options.assets, t->options.threads > 0 ? t->options.threads : 1, e);
    if (!t->hands->own) return e->status;
    t->options.kinds = t->hands->own;
  }
  for (int f = 0; f < t->layout->fleet_count; f++) {
    const struct kind *k = by_hands(t, f, t->layout->fleets[f].revision, folder) ? kinds_find(t->options.kinds, folder) : NULL;
    t->hands->of_fleet[f] = k && k->reaches ? k : NULL;
  }
  return STATUS_OK;
}

static enum status check(struct twin *t, struct error *e) {
  struct faults f;
  faults_init(&f, t->layout->file, NULL, 0);
  enum status s = hands_check(t->layout, t->hands->of_fleet, t->hands->book, t->hands->cannot, &f);
  faults_sort(&f);
  for (int i = 0; s != STATUS_OK && i < f.count; i++) {
    if (f.fault[i].kind != FAULT_ERROR) continue;
    error_at(e, s, t->layout->file, (int)f.fault[i].mark.line, (int)f.fault[i].mark.column, "%s", f.fault[i].text);
    break;
  }
  faults_finish(&f);
  return s;
}

enum status hands_create(struct twin *t, struct error *e) {
  const struct layout *l = t->layout;
  char folder[1024];
  bool wanted = false;
  int32_t robots = 0;
  for (int f = 0; f < l->fleet_count; f++) {
    wanted = wanted || by_hands(t, f, l->fleets[f].revision, folder);
    robots += l->fleets[f].count_max > l->fleets[f].count ? l->fleets[f].count_max : l->fleets[f].count;
  }
  if (!wanted) return STATUS_OK;
  struct hands *h = t->hands = calloc(1, sizeof *h);
  if (h) {
    h->book = hands_book_create();
    h->of_fleet = arena_alloc(&t->arena, sizeof *h->of_fleet * (size_t)(l->fleet_count + 1), 8);
    h->cannot = ARENA_NEW(&t->arena, uint64_t, l->flow_count + 1);
    h->taken = ARENA_NEW(&t->arena, uint32_t, l->station_count + 1);
    h->put = ARENA_NEW(&t->arena, uint32_t, l->station_count + 1);
    h->rested = ARENA_NEW(&t->arena, ns_t, robots + 1);
  }
  if (!h || !h->book || !h->of_fleet || !h->cannot || !h->taken || !h->put || !h->rested) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for hands");
  enum status s = find_kinds(t, e);
  return s == STATUS_OK ? check(t, e) : s;
}

enum status hands_makes(struct twin *t, struct error *e) {
  struct hands *h = t->hands;
  char folder[1024];
  if (!h) return STATUS_OK;
  h->of_make = arena_alloc(&t->arena, sizeof *h->of_make * (size_t)(t->makes + 1), 8);
  if (!h->of_make) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for hands");
  for (int f = 0; f < t->layout->fleet_count; f++)
    for (int32_t m = t->fleet[f].first_make; m < t->fleet[f].first_make + t->fleet[f].makes; m++) {
      const struct kind *k = by_hands(t, f, t->make[m].revision, folder) ? kinds_find(t->options.kinds, folder) : NULL;
      h->of_make[m] = k && k->reaches ? k : NULL;
    }
  return STATUS_OK;
}

void hands_destroy(struct twin *t) {
  if (!t->hands) return;
  hands_book_destroy(t->hands->book);
  kinds_destroy(t->hands->own);
  free(t->hands);
  t->hands = NULL;
}

uint64_t hands_cannot(const struct twin *t, int flow) { return t->hands ? t->hands->cannot[flow] : 0; }
const struct kind *hands_kind(const struct twin *t, int32_t i) { return t->hands ? t->hands->of_make[t->robot[i].make] : NULL; }
bool hands_there(const struct twin *t, int32_t i) { return hands_kind(t, i) && t->robot[i].place != NONE; }

void hands_nearer(const struct twin *t, int32_t i, double at[2]) {
  const struct robot *b = &t->robot[i];
  bool works = b->act == ACT_FETCH || b->act == ACT_WAIT_PART || b->act == ACT_WAIT_PARTNER || b->act == ACT_PICK || b->act == ACT_CARRY || b->act == ACT_WAIT_SPACE || b->act == ACT_PLACE ||
               b->act == ACT_TO_POST || b->act == ACT_POST;
  if (!works || !hands_there(t, i) || b->station == NONE) return;
  double s, c, facing = 0;
  robot_faces(t, i, at, &facing);
  m_sincos(facing, &s, &c);
  at[0] += HANDS_STEP_IN * c;
  at[1] += HANDS_STEP_IN * s;
}

// ---- acts -----------------------------------------------------------------------------------------------------------

// Share of a part that bad light hides from who stands in a place.
static double dimmed(const struct twin *t, int32_t place) {
  const struct layout *l = t->layout;
  double hidden = 0;
  const double *at = t->place_at[place];
  for (int z = 0; z < l->zone_count; z++)
    if (l->zones[z].kind == ZONE_DIM && l->zones[z].occlusion > hidden && polygon_contains(&l->zones[z].area, at)) hidden = l->zones[z].occlusion;
  return hidden;
}

// The slot that is taken or filled next: parts come and go in turn, level by level.
static int slot_of(const struct station *s, int64_t n) {
  int64_t all = s->capacity < INT32_MAX ? s->capacity : s->level_count;
  if (s->kind == STATION_ASSEMBLY) {
    all = 0;
    for (int k = 0; k < s->need_count; k++) all += s->needs[k].count;
    return all > 0 && s->grid[0] > 0 ? (int)(n % all) : -1;
  }
  return s->level_count > 1 && all > 0 ? (int)(n % all) : 0;
}

// Which way the part goes past robot i, if it goes.
static int along_of(const struct twin *t, int32_t i, uint32_t part, const struct station *belt) {
  double at[2] = {0, 0}, way, facing = 0;
  int32_t place = t->robot[i].place;
  if (place == NONE || belt_rolls(t, part) == 0) return 0;
  belt_point(belt, belt_position(t, part), at, &way);
  robot_faces(t, i, t->place_at[place], &facing);
  return m_sin(way - facing) >= 0 ? 1 : -1;
}

static const struct hands_plan *plan_of(struct twin *t, int32_t i, const struct job *a, bool places, struct hands_ask *asked) {
  struct hands *h = t->hands;
  const struct part *p = &t->part[a->part];
  int32_t s = places ? a->to : a->from;
  const struct station *at = &t->layout->stations[s];
  bool base = places && at->kind == STATION_ASSEMBLY && at->base == p->type;
  struct hands_ask ask = {.part = &t->layout->parts[p->is], .mass = p->mass, .carriers = a->robots > 0 ? a->robots : 1, .at = !places && a->on_floor ? NULL : at, .hidden = dimmed(t, t->robot[i].place), .places = places};
  ask.along = places || !ask.at || at->kind != STATION_CONVEYOR ? 0 : along_of(t, i, a->part, at);
  ask.slot = !ask.at || base ? -1 : slot_of(at, places ? h->put[s]++ : h->taken[s]++);
  const struct hands_plan *plan = hands_book_find(h->book, hands_kind(t, i), &ask);
  // it stands by the time at which the hand would meet it
  if (ask.along != 0 && plan->possible && belt_rolls(t, a->part) <= ns_from_seconds(plan->meets)) {
    ask.along = 0;
    plan = hands_book_find(h->book, hands_kind(t, i), &ask);
  }
  *asked = ask;
  return plan;
}

double hands_class_error(struct twin *t, int32_t fleet, uint32_t part, int classes) {
  int32_t s = t->part[part].station;
  const struct kind *kind = hands_kind(t, t->fleet[fleet].first_robot);
  int32_t place = t->belt_stand_count[s] > 0 ? t->belt_stand[s] : t->stand[s];
  if (!kind || place == NONE) return 0;
  const struct part *p = &t->part[part];
  const struct station *at = &t->layout->stations[s];
  struct hands_ask ask = {.part = &t->layout->parts[p->is], .mass = p->mass, .carriers = 1, .at = at, .slot = slot_of(at, t->hands->taken[s]), .hidden = dimmed(t, place)};
  ask.along = at->kind == STATION_CONVEYOR && belt_rolls(t, part) > 0;
  return sight_confusion(hands_apart(kind, &ask), classes);
}

static void give_power(struct twin *t, const struct job *a, double seconds, double energy) {
  for (int k = 0; k < a->robots; k++) t->robot[a->robot[k]].hand_power = seconds > 0 ? energy / seconds : 0;
}

// The hottest drive's rest from the last act, then the act itself.
static ns_t rest_then(struct twin *t, const struct job *a, double seconds, double pause) {
  ns_t wait = 0, length = ns_from_seconds(seconds);
  for (int k = 0; k < a->robots; k++) {
    ns_t left = t->hands->rested[a->robot[k]] - t->now;
    if (left > wait) wait = left;
  }
  for (int k = 0; k < a->robots; k++) t->hands->rested[a->robot[k]] = t->now + wait + length + ns_from_seconds(pause);
  return wait + length;
}

// At body fidelity all who hold it move as the plan says.
static void play(struct twin *t, const struct job *a, const struct hands_ask *ask, const struct act_course *course, ns_t length) {
  for (int k = 0; k < a->robots; k++) {
    int32_t i = (int32_t)a->robot[k];
    if (body_stepped(t, i) && hands_there(t, i)) body_act(t, i, hands_kind(t, i), ask, course, length);
  }
}

static ns_t cannot(struct twin *t, int32_t i, const struct job *a, const char *what, const char *why) {
  t->sums.line.interventions++;
  twin_note(t, NOTE_ROBOT, i, "R%u cannot %s %s: %s", t->robot[i].number, what, t->layout->parts[t->part[a->part].type].name, why);
  return SET_RIGHT;
}

ns_t hands_pick(struct twin *t, const struct job *a) {
  int32_t i = (int32_t)a->robot[0];
  struct robot *b = &t->robot[i];
  struct hands_ask ask;
  const struct hands_plan *p = plan_of(t, i, a, false, &ask);
  if (!p->possible) return cannot(t, i, a, "pick up", p->why);
  double seconds = p->time, energy = p->energy, power = p->energy / p->time;
  struct act_course course = {.look = hands_kind(t, i)->spec.hands.look};
  ns_t helped = 0;
  for (int tries = 1;; tries++) {
    double u = stream_unit(&b->handling);
    if (u < p->held) break;
    if (u < p->held + p->slip) FLEET_BOOK(t, b, drops, 1);
    FLEET_BOOK(t, b, misses, 1);
    seconds += p->retry;
    energy += p->retry * power;
    course.again++;
    if (tries < HANDS_TRIES) continue;
    helped = SET_RIGHT;
    course.help = ns_to_seconds(SET_RIGHT);
    t->sums.line.interventions++;
    twin_note(t, NOTE_ROBOT, i, "R%u gave up a part after %d tries", b->number, tries);
    break;
  }
  give_power(t, a, seconds, energy);
  ns_t length = helped + rest_then(t, a, seconds, p->pause);
  play(t, a, &ask, &course, length);
  return length;
}

ns_t hands_place(struct twin *t, const struct job *a) {
  int32_t i = (int32_t)a->robot[0];
  struct hands_ask ask;
  const struct hands_plan *p = plan_of(t, i, a, true, &ask);
  if (!p->possible) return cannot(t, i, a, "put down", p->why);
  int tries;
  double fit = fit_draw(&p->fit, &t->robot[i].handling, &tries);
  FLEET_BOOK(t, &t->robot[i], misses, tries - 1);
  give_power(t, a, p->time + fit, p->energy + p->hold * fit);
  ns_t length = rest_then(t, a, p->time + fit, p->pause);
  play(t, a, &ask, &(struct act_course){.feel = fit}, length);
  return length;
}

// ---- steps at benches -----------------------------------------------------------------------------------------------

static struct hands_step step_of(const struct twin *t, int32_t with, bool second, int32_t s, const struct step *x, double mass) {
  return (struct hands_step){&t->layout->stations[s], x, x->part != NONE ? &t->layout->parts[x->part] : NULL, mass, with != NONE ? hands_kind(t, with) : NULL, second};
}

bool hands_go(struct twin *t, int32_t i, int32_t with, bool second, int32_t s, const struct step *x, double mass, struct stream *draws, struct hands_go *out) {
  if (!hands_there(t, i)) return false;
  const struct hands_step ask = step_of(t, with, second, s, x, mass);
  const struct hands_work *w = hands_book_work(t->hands->book, hands_kind(t, i), &ask);
  if (!w->possible) {
    // somebody else sees to it
    t->sums.line.interventions++;
    twin_note(t, NOTE_ROBOT, i, "R%u cannot %s at %s: %s", t->robot[i].number, primitive_text((enum primitive_kind)x->what), t->layout->stations[s].name, w->why);
    *out = (struct hands_go){.time = ns_to_seconds(SET_RIGHT)};
    return true;
  }
  int tries;
  double fit = fit_draw(&w->fit, draws, &tries);
  *out = (struct hands_go){.time = w->time + fit, .motion = w->time, .feel = fit, .fails = w->fails};
  out->power = out->time > 0 ? (w->energy + w->hold * fit) / out->time : 0;
  return true;
}

void hands_go_play(struct twin *t, int32_t i, int32_t with, bool second, int32_t s, const struct step *x, double mass, double feel, ns_t length) {
  if (!body_stepped(t, i) || !hands_there(t, i)) return;
  const struct hands_step ask = step_of(t, with, second, s, x, mass);
  bool pair = x->what == STEP_HANDOVER || x->what == STEP_CARRY;
  double late = pair ? hands_book_work(t->hands->book, hands_kind(t, i), &ask)->late : 0;
  body_work(t, i, hands_kind(t, i), &ask, &(struct act_course){.feel = feel, .timed = pair, .late = late}, length);
}
