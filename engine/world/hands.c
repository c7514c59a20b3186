#include "engine/world/hands.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "engine/world/stand.h"

#define LIES      2.5               // 1    height over diameter from which on a cylinder lies
#define SOFT      0.7               // 1    of a bag's size when it is gripped, a guess
#define END_MOST  0.5               // m    of a part's end that one of several carriers holds
#define END_AT    0.08              // m    from the edge to where an end is held, a guess
#define KNEES     0.5               // m    lower things are bent over ...
#define OVER      0.10              // m    ... by so much, a guess
#define TRAY_DEEP 0.08              // m    that a part goes into its place of a pattern at most
#define BIN_HIDES 0.3               // share of a part that others in its bin cover, a guess
#define FLOOR_AT  0.25              // m    ahead of a robot to a part on the floor that one hand takes, and to the right: beside its knee, which a squat brings ahead of its toes. A guess
#define SHELF_IN  0.02              // m    from a shelf's edge to the part

static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }

struct grip_part hands_part(const struct part_type *p, double mass, int carriers) {
  struct grip_part g = {.mass = mass / carriers, .mu = p->friction, .force_max = p->fragility, .size = {p->size[0], p->size[1], p->size[2]}};
  switch (p->shape) {
    case SHAPE_SPHERE: g.shape = PART_SPHERE; break;
    case SHAPE_CYLINDER:
      g.shape = PART_CYLINDER;
      if (g.size[2] > LIES * g.size[0]) {
        g.shape = PART_BOX;
        g.size[0] = p->size[2], g.size[1] = g.size[2] = p->size[0];
      }
      break;
    case SHAPE_PRISM:
      g.shape = PART_BOX;
      if (p->base.count > 0 && p->base.count <= OUTLINE_CORNERS_MAX) {
        double x = 0, y = 0;
        for (int i = 0; i < p->base.count; i++) x += p->base.point[i][0] / p->base.count, y += p->base.point[i][1] / p->base.count;
        for (int i = 0; i < p->base.count; i++) g.corner[i][0] = p->base.point[i][0] - x, g.corner[i][1] = p->base.point[i][1] - y;
        g.corners = p->base.count;
        if (outline_is_convex(g.corner, g.corners)) g.shape = PART_PRISM;
      }
      break;
    case SHAPE_BAG:
      g.shape = PART_BOX;
      for (int k = 0; k < 3; k++) g.size[k] *= SOFT;
      break;
    default: g.shape = PART_BOX; break;
  }
  if (g.shape == PART_BOX && g.size[1] > g.size[0]) {
    double long_side = g.size[1];
    g.size[1] = g.size[0], g.size[0] = long_side;
  }
  if (carriers > 1 && g.shape == PART_BOX)
    for (int k = 0; k < 2; k++) g.size[k] = least(g.size[k], END_MOST);
  return g;
}

static bool shelves(const struct station *s) { return s->kind == STATION_RACK || s->kind == STATION_BIN || s->kind == STATION_BUFFER; }

// Slots of each level: columns and rows as given, else the capacity shared evenly.
static int slots_of_level(const struct station *s) {
  int n = s->slots[0] > 0 ? s->slots[0] * s->slots[1] : s->grid[0] > 0 ? s->grid[0] * s->grid[1] : 0;
  if (n == 0 && s->level_count > 1 && s->capacity < INT32_MAX) n = (s->capacity + s->level_count - 1) / s->level_count;
  return n > 0 ? n : 1;
}

static bool patterned(const struct station *s) { return s->grid[0] > 0 && s->base != NONE && s->kind == STATION_ASSEMBLY; }

int hands_slots(const struct station *s) {
  if (shelves(s) && s->level_count > 1) return s->level_count;
  return patterned(s) ? 4 : 1;
}

int hands_slot(const struct station *s, int i) {
  if (shelves(s) && s->level_count > 1) return i * slots_of_level(s);
  if (!patterned(s)) return -1;
  return (i & 1 ? s->grid[0] - 1 : 0) + (i & 2 ? s->grid[0] * (s->grid[1] - 1) : 0);
}

// Ahead of the robot to the middle of where parts lie.
static double ahead_of(const struct station *s) {
  double half = (s->kind == STATION_CONVEYOR ? conveyor_width(s) : s->size[0]) / 2;
  return HANDS_NEAR + least(half, HANDS_DEEP);
}

// The place of a pattern from the middle of its grid: along the hall's axes, so the rows lie ahead where the robot stands at facing 0.
static void in_pattern(const struct hands_ask *a, const struct grip_part *g, struct handling_spot *out) {
  const struct station *s = a->at;
  int k = a->slot % (s->grid[0] * s->grid[1]), column = k % s->grid[0], row = k / s->grid[0];
  out->at.y += (column - (s->grid[0] - 1) / 2.0) * s->pitch[0];
  out->at.x += (row - (s->grid[1] - 1) / 2.0) * s->pitch[1];
  double wide = g->shape == PART_BOX ? most(g->size[0], g->size[1]) : g->size[0], gap = (least(s->grid[0] > 1 ? s->pitch[0] : 1e9, s->grid[1] > 1 ? s->pitch[1] : 1e9) - wide) / 2;
  if (gap < 1e8 && gap > 0) out->clearance = gap;
  out->depth = least(g->shape == PART_SPHERE ? g->size[0] : g->size[2], TRAY_DEEP) / 2;
}

struct handling_spot hands_spot(const struct hands_ask *a) {
  struct grip_part g = hands_part(a->part, a->mass, a->carriers);
  struct handling_spot out = {.hidden = a->hidden, .clearance = a->places ? a->part->tolerance : 0};
  if (!a->at) {
    out.at = v3(FLOOR_AT, -FLOOR_AT, 0);
    return out;
  }
  const struct station *s = a->at;
  out.at = v3(ahead_of(s), 0, s->height);
  if (s->kind == STATION_CONVEYOR && !a->places) out.speed = a->along * s->speed, out.window = HANDS_WINDOW;
  if (s->kind == STATION_BIN && !a->places && out.hidden < BIN_HIDES) out.hidden = BIN_HIDES;
  if (shelves(s) && s->level_count > 0) {
    int level = (a->slot > 0 ? a->slot : 0) / slots_of_level(s) % s->level_count;
    out.at.z = s->levels[level];
    if (s->kind == STATION_RACK) out.at.x = HANDS_NEAR + least(SHELF_IN + g.size[0] / 2, HANDS_DEEP);
  }
  if (a->carriers > 1) out.at.x = HANDS_NEAR + END_AT;                  // each holds its own end, which lies before it
  if (out.at.z < KNEES && s->kind != STATION_RACK) out.at.x -= OVER;     // nothing stands before its belly
  if (patterned(s) && a->places && a->slot >= 0) in_pattern(a, &g, &out);
  return out;
}

// What both hands take from the floor lies before the feet, as far ahead of them as they come with their arms clear of the legs.
static bool floor_both(const struct reacher *r, struct handling_wish *w, struct handling *h) {
  static const double ahead[] = {0.45, 0.40, 0.35, 0.30, FLOOR_AT};
  struct handling first = *h;
  double best = -INFINITY;
  bool good = false;
  for (int i = 0; i < 5 && !good; i++) {
    w->pick.at = v3(ahead[i], 0, 0);
    if (!handling_plan(r, w, h)) continue;
    double apart = handling_legs_apart(r, h, 0);
    good = apart >= 0;
    if (!good && apart > best) best = apart, first = *h, first.why = HANDLING_LEGS;
  }
  // what is said is why it was not done first, or by how much arms and legs would meet at best
  if (!good) w->pick.at = v3(FLOOR_AT, -FLOOR_AT, 0), *h = first;
  return good;
}

void hands_plan_find(struct hands_plan *out, const struct kind *k, const struct hands_ask *a, struct handling *handling) {
  struct handling own, *h = handling ? handling : &own;
  struct grip_part part = hands_part(a->part, a->mass, a->carriers);
  struct handling_wish w = handling_wish_defaults();
  struct reach_pose from, to;
  struct error e = {0};
  double before[2], after[2];
  memset(out, 0, sizeof *out);
  memset(h, 0, sizeof *h);
  if (!k->reaches) {
    snprintf(out->why, sizeof out->why, "it has no arms");
    return;
  }
  if (reach_standing(&k->reacher, a->places ? part.mass : 0, &from, before, &e) != STATUS_OK || reach_standing(&k->reacher, a->places ? 0 : part.mass, &to, after, &e) != STATUS_OK) {
    snprintf(out->why, sizeof out->why, "%.150s", e.text);
    return;
  }
  // it ends as it walks on, on the same feet
  out->shift = before[0] - after[0];
  to.root.x += out->shift;
  to.root.y += before[1] - after[1];
  w.part = &part;
  w.from = &from, w.to = &to;
  w.foot[0] = before[0], w.foot[1] = before[1];
  w.picks = !a->places, w.places = a->places;
  *(a->places ? &w.place : &w.pick) = hands_spot(a);
  // one hand or both: as it was picked up, on a table, by whoever asks for the place alone
  out->possible = handling_plan(&k->reacher, &w, h);
  if (!a->at && (!out->possible || h->both)) out->possible = floor_both(&k->reacher, &w, h);
  if (!out->possible) {
    handling_say(&k->reacher, &w, h, out->why, sizeof out->why);
    return;
  }
  out->both = h->both;
  out->time = h->time - h->fit.time;
  out->energy = h->energy;
  for (int i = 0; !a->places && i < h->steps && h->step[i].phase != HAND_GRASP; i++) out->meets += h->step[i].time;
  out->held = a->places ? 1 : h->outcome[CLOSE_HELD];
  out->slip = h->outcome[CLOSE_SLIPPED];
  out->retry = h->retry;
  out->fit = h->fit;
  out->pause = h->pause;
  out->hold = h->time > 0 ? h->energy / h->time : 0;
  out->energy -= out->hold * h->fit.time;
}

double hands_apart(const struct kind *k, const struct hands_ask *a) {
  struct grip_part part = hands_part(a->part, a->mass, a->carriers);
  struct handling_spot spot = hands_spot(a);
  struct reach_pose standing;
  double foot[2];
  if (!k->reaches || reach_standing(&k->reacher, 0, &standing, foot, NULL) != STATUS_OK) return INFINITY;
  return handling_apart(&k->reacher, &standing, &spot, &part);
}

// ---- plans that were asked for --------------------------------------------------------------------------------------

#define PLANS 2048

#define WORKS 512
#define BENCH 0.15                  // m    behind its edge that work is done at most, a guess

struct known { uint64_t hash[2]; struct hands_plan plan; };
struct known_work { uint64_t hash[2]; struct hands_work work; };
struct hands_book { struct known known[PLANS]; struct known_work work[WORKS]; };

struct hands_book *hands_book_create(void) { return calloc(1, sizeof(struct hands_book)); }
void hands_book_destroy(struct hands_book *b) { free(b); }

void hands_hash(const struct kind *k, const struct hands_ask *a, uint64_t out[2]) {
  struct handling_spot s = hands_spot(a);
  const struct part_type *p = a->part;
  const double number[] = {a->mass, a->carriers, a->hidden, a->places, s.at.x, s.at.y, s.at.z, s.speed, s.hidden, s.clearance, s.depth, p->shape, p->size[0], p->size[1], p->size[2], p->friction, p->fragility};
  for (int i = 0; i < 2; i++) {
    out[i] = digest_u64(DIGEST_START, (uint64_t)i + 1, (uint64_t)(p->shape == SHAPE_PRISM ? p->base.count : 0));
    out[i] = digest_bytes(out[i], number, sizeof number);
    out[i] = digest_bytes(out[i], k->folder, strlen(k->folder));
    if (p->shape == SHAPE_PRISM) out[i] = digest_bytes(out[i], p->base.point, sizeof *p->base.point * (size_t)p->base.count);
  }
}

const struct hands_plan *hands_book_find(struct hands_book *b, const struct kind *k, const struct hands_ask *a) {
  uint64_t hash[2];
  hands_hash(k, a, hash);
  struct known *n = &b->known[hash[0] % PLANS];
  if (n->hash[0] == hash[0] && n->hash[1] == hash[1]) return &n->plan;
  hands_plan_find(&n->plan, k, a, NULL);
  n->hash[0] = hash[0], n->hash[1] = hash[1];
  return &n->plan;
}

// ---- work at benches ------------------------------------------------------------------------------------------------

_Static_assert((int)STEP_PICK == (int)PRIMITIVE_PICK && (int)STEP_INSERT == (int)PRIMITIVE_INSERT && (int)STEP_HANDOVER == (int)PRIMITIVE_HAND_OVER && (int)STEP_CARRY == (int)PRIMITIVE_CARRY, "steps are primitives in their order");

const struct primitive_plan *hands_step_plan(const struct kind *k, const struct hands_step *a, struct pair_plan *out, char *why, size_t size) {
  struct primitive_wish w = hands_step_wish(a);
  const struct kind *other = a->with ? a->with : k;
  snprintf(why, size, "it has no arms");
  if (!k->reaches || !other->reaches) return NULL;
  if (w.kind != PRIMITIVE_HAND_OVER && w.kind != PRIMITIVE_CARRY) {
    *out = (struct pair_plan){0};
    out->possible = primitive_find(&k->reacher, &w, &out->plan[0]);
    out->time = out->plan[0].time;
    if (out->possible) return &out->plan[0];
    handling_say(&k->reacher, &out->plan[0].wish, &out->plan[0].hands, why, size);
    return NULL;
  }
  const struct reacher *const both[2] = {&(a->second ? other : k)->reacher, &(a->second ? k : other)->reacher};
  if (pair_find(both, &w, out)) return &out->plan[a->second];
  if (out->crowded) {
    double longest = w.part.shape == PART_BOX ? w.part.size[0] : w.part.size[0] > w.part.size[2] ? w.part.size[0] : w.part.size[2];
    const char *name = a->part ? a->part->name : "the part";
    int n = out->meets > 0 ? snprintf(why, size, "palms or forearms of both meet where %.40s changes hands, %.0f mm inside each other at best: it is %.2f m long", name, 1000 * out->meets, longest)
                           : snprintf(why, size, "both hands do not fit on %.40s at once near its middle, and farther out it turns in the fingers: it is %.2f m long", name, longest);
    if (n > 0 && (size_t)n < size && out->length > 0) snprintf(why + n, size - (size_t)n, ", %.2f m would do", out->length);
    return NULL;
  }
  char own[HANDS_WHY - 16];
  const struct primitive_plan *p = &out->plan[out->who];
  handling_say(both[out->who], &p->wish, &p->hands, own, sizeof own);
  snprintf(why, size, "%s: %s", w.kind == PRIMITIVE_CARRY ? out->who ? "the second" : "the first" : out->who ? "who takes it" : "who gives it", own);
  return NULL;
}

static void find_work(struct hands_work *out, const struct kind *k, const struct hands_step *a) {
  struct pair_plan pair;
  memset(out, 0, sizeof *out);
  const struct primitive_plan *p = hands_step_plan(k, a, &pair, out->why, sizeof out->why);
  out->possible = p != NULL;
  if (!p) return;
  int own = p == &pair.plan[1];
  out->fit = p->fit;
  out->hold = p->time > 0 ? p->energy / p->time : 0;
  // until both are done; who waits stands
  double wait = pair.time - p->time;
  out->late = pair.late[own];
  out->time = pair.time - p->fit.time;
  out->energy = p->energy - out->hold * p->fit.time + wait * k->library.stand[0];
  out->fails = p->wish.picks && p->hands.steps > 0 ? 1 - p->once : 0;
}

struct primitive_wish hands_step_wish(const struct hands_step *a) {
  const struct step *x = a->step;
  struct primitive_wish w = primitive_wish_defaults((enum primitive_kind)x->what);
  if (a->part) w.part = hands_part(a->part, a->mass > 0 ? a->mass : a->part->mass, x->what == STEP_HANDOVER ? 1 : x->robots);
  w.second = a->second;
  w.at[0] = HANDS_NEAR + least(a->at->size[0] / 2, BENCH);
  w.at[1] = a->at->height;
  w.clearance = x->clearance > 0 ? x->clearance : 0;
  w.force = x->force > 0 ? x->force / x->robots : 0;
  w.tolerance = x->tolerance > 0 ? x->tolerance : 0;
  return w;
}

void hands_step_hash(const struct kind *k, const struct hands_step *a, uint64_t out[2]) {
  const struct primitive_wish own = hands_step_wish(a), *w = &own;
  const struct kind *other = a->with ? a->with : k;
  const double number[] = {w->second, w->kind, w->at[0], w->at[1], w->clearance, w->force, w->tolerance, w->part.shape, w->part.size[0], w->part.size[1], w->part.size[2], w->part.mass, w->part.mu, w->part.force_max};
  for (int i = 0; i < 2; i++) {
    out[i] = digest_u64(DIGEST_START, (uint64_t)i + 3, (uint64_t)w->part.corners);
    out[i] = digest_bytes(out[i], number, sizeof number);
    out[i] = digest_bytes(out[i], w->part.corner, sizeof w->part.corner);
    out[i] = digest_bytes(out[i], k->folder, strlen(k->folder));
    out[i] = digest_bytes(out[i], other->folder, strlen(other->folder));
  }
}

const struct hands_work *hands_book_work(struct hands_book *b, const struct kind *k, const struct hands_step *a) {
  uint64_t hash[2];
  hands_step_hash(k, a, hash);
  struct known_work *n = &b->work[hash[0] % WORKS];
  if (n->hash[0] != hash[0] || n->hash[1] != hash[1]) {
    find_work(&n->work, k, a);
    n->hash[0] = hash[0], n->hash[1] = hash[1];
  }
  return &n->work;
}
