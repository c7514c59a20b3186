#include "engine/sim/pace.h"

#include <stdlib.h>
#include <string.h>

#include "engine/sim/footing.h"
#include "engine/sim/walk.h"
#include "engine/sim/way.h"
#include "engine/world/assets.h"
#include "engine/world/kinds.h"
#include "engine/world/pace_check.h"
#include "robots/transition.h"
#include "robots/walk_body.h"
#include "robots/walk_divert.h"
#include "robots/walker.h"

#define SLOTS     (1 << 14)         // walks kept; one that falls on another's slot takes its place
#define GRID      1048576.0         // 2^20 parts of a metre or radian, as walks are rounded at body fidelity

// The walk that was begun last, in a frame whose origin is where it began; point: owned.
struct at_hand { struct walk_route route; struct v3 origin, *point; int room, make; };

struct known { uint64_t hash[2]; double time, energy, metres; };

struct pace {
  struct kinds *own;                // NULL: those of the twin's options
  const struct kind **of_make;     // NULL: by figures
  struct v3    *stands;             // m    of each robot
  double       *faces;              // rad
  struct at_hand *hand;             //      of each robot
  int32_t       robots;
  struct known *known;              // (SLOTS)
  double        estimate_from;      // m    walks from which on are estimated; < 0: none
};

// One speed and one start_stop for estimates: two walks between quarter turns, 2 and 10 m.
enum status pace_fit(struct make *row, const struct kind *k, struct error *e) {
  struct robot_tables *f = &row->tables;
  struct walk_cost cost[2];
  static const double length[2] = {2, 10};
  for (int i = 0; i < 2; i++) {
    struct v3 point[2] = {v3(0, 0, 0), v3(length[i], 0, 0)};
    struct walk_route r = walk_route_defaults(point, 2);
    r.speed = f->walk_speed;
    r.heading_start = M_PI_D / 2;
    r.heading_free = false;
    r.heading_end = M_PI_D / 2;
    enum status s = walk_cost(&cost[i], &k->library, &r, e);
    if (s != STATUS_OK) return s;
  }
  double rest = cost[0].time - length[0] / f->walk_speed;
  f->start_stop = rest > 0 ? rest : 0;
  const struct gait_library *l = &k->library;
  f->power_idle = l->stand[0];
  f->power_walk = cost[1].energy / cost[1].time;
  // what holding a load adds to standing; as a share of walking's power, as figures have it
  f->power_load = (l->stand[LIBRARY_LOADS - 1] - l->stand[0]) / l->load[LIBRARY_LOADS - 1] * f->power_walk / f->power_idle;
  footing_fit(row, k);
  row->rate_idle = f->power_idle / f->battery * 1e-9;
  row->rate_walk = f->power_walk / f->battery * 1e-9;
  row->rate_work = f->power_work / f->battery * 1e-9;
  return STATUS_OK;
}

enum status pace_jog(const struct twin *t, int fleet, struct make *m, const struct kind *k, struct error *e) {
  m->jog = m->jog_friction = 0;
  enum status s = pace_check(t->layout, fleet, m->tables.walk_speed, k, e);
  if (s != STATUS_OK || t->layout->fleets[fleet].pace <= m->tables.walk_speed) return s;
  m->jog = t->layout->fleets[fleet].pace;
  m->jog_friction = jog_table_friction(&k->library.jog, m->jog);
  return STATUS_OK;
}

// The folder of fleet f's model, when its robots walk on a floor by a body.
static bool walks_by_body(const struct twin *t, int f, const char *revision, char folder[1024]) {
  const struct fleet *plan = &t->layout->fleets[f];
  char name[ASSET_NAME_MAX];
  if (plan->people || !plan->model || t->fleet[f].routes == NONE) return false;
  return assets_find(assets_name(plan->model, revision, name), t->layout->file, t->options.assets, folder) && kind_there(folder);
}

enum status pace_create(struct twin *t, struct error *e) {
  char folder[1024];
  const struct kinds *kinds = t->options.kinds;
  bool wanted = false, missing = false;
  for (int f = 0; f < t->layout->fleet_count; f++)
    for (int32_t m = t->fleet[f].first_make; m < t->fleet[f].first_make + t->fleet[f].makes; m++)
      if (walks_by_body(t, f, t->make[m].revision, folder)) {
        wanted = true;
        missing = missing || !kinds_find(kinds, folder);
      }
  if (!wanted) return STATUS_OK;

  struct pace *p = calloc(1, sizeof *p);
  t->pace = p;
  if (p) {
    p->of_make = arena_alloc(&t->arena, sizeof *p->of_make * (size_t)(t->makes + 1), 8);
    p->stands = ARENA_NEW(&t->arena, struct v3, t->robots + 1);
    p->faces = ARENA_NEW(&t->arena, double, t->robots + 1);
    p->known = ARENA_NEW(&t->arena, struct known, SLOTS);
    p->robots = t->robots;
    p->hand = ARENA_NEW(&t->arena, struct at_hand, t->robots + 1);
  }
  if (!p || !p->hand || !p->of_make || !p->stands || !p->faces || !p->known) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for walks");
  p->estimate_from = kinds_estimate_from(t->layout);
  if (missing || !kinds_cover(kinds, t->layout, t->options.assets)) {
    kinds = p->own = kinds_load(t->layout, t->options.assets, t->options.threads, e);
    if (!kinds) return e->status;
  }
  for (int f = 0; f < t->layout->fleet_count; f++)
    for (int32_t m = t->fleet[f].first_make; m < t->fleet[f].first_make + t->fleet[f].makes; m++) {
      p->of_make[m] = walks_by_body(t, f, t->make[m].revision, folder) ? kinds_find(kinds, folder) : NULL;
      enum status s = p->of_make[m] ? pace_fit(&t->make[m], p->of_make[m], e) : STATUS_OK;
      if (s == STATUS_OK && t->layout->fleets[f].pace > 0) s = pace_jog(t, f, &t->make[m], p->of_make[m], e);
      if (s != STATUS_OK) return s;
    }
  return STATUS_OK;
}

void pace_destroy(struct twin *t) {
  if (!t->pace) return;
  for (int32_t i = 0; t->pace->hand && i < t->pace->robots; i++) free(t->pace->hand[i].point);
  kinds_destroy(t->pace->own);
  free(t->pace);
  t->pace = NULL;
}

static bool has_body(const struct twin *t, int32_t i) { return t->pace && t->pace->of_make[t->robot[i].make]; }

const struct kind *pace_kind(const struct twin *t, int32_t m) { return t->pace ? t->pace->of_make[m] : NULL; }

bool pace_walks(const struct twin *t, int32_t i) { return !t->motion && has_body(t, i); }

void pace_enter(struct twin *t, int32_t i) {
  double at[2];
  way_goal(t, i, at, &t->pace->faces[i]);
  t->pace->stands[i] = v3(at[0], at[1], 0);
}

static double rounded(double x) { return m_floor(x * GRID + 0.5) / GRID; }

// 128 bits of a route: two chains of the same numbers.
static void hash_of(int make, const struct walk_route *r, uint64_t out[2]) {
  const double number[7] = {r->heading_start, r->heading_end, r->speed, r->corner_radius, r->load, r->friction, r->jog};
  for (int k = 0; k < 2; k++) {
    out[k] = digest_u64(DIGEST_START, (uint64_t)make + 1, (uint64_t)k + 1);
    out[k] = digest_bytes(out[k], number, sizeof number);
    out[k] = digest_bytes(out[k], r->point, sizeof *r->point * (size_t)r->count);
  }
}

static void round_way(struct way_route *w) {
  for (int k = 0; k < w->route.count; k++) w->point[k] = v3(rounded(w->point[k].x), rounded(w->point[k].y), rounded(w->point[k].z));
  w->route.point = w->point;
  w->route.heading_start = rounded(w->route.heading_start);
  w->route.heading_end = rounded(w->route.heading_end);
  w->route.speed = rounded(w->route.speed);
}

// What is known of a way, or found out now; NULL with *e filled when it cannot be walked.
static const struct known *know(struct twin *t, int32_t i, struct way_route *w, struct error *e) {
  struct pace *p = t->pace;
  uint64_t hash[2];
  round_way(w);
  hash_of(t->robot[i].make, &w->route, hash);
  struct known *known = &p->known[hash[0] % SLOTS];
  if (known->hash[0] == hash[0] && known->hash[1] == hash[1]) return known;
  struct walk_cost cost = {0};
  const struct gait_library *l = &p->of_make[t->robot[i].make]->library;
  double length = 0;
  for (int k = 1; k < w->route.count; k++) length += v3_norm(v3_sub(w->point[k], w->point[k - 1]));
  bool estimate = p->estimate_from >= 0 && length >= p->estimate_from;
  if ((estimate ? walk_estimate : walk_cost)(&cost, l, &w->route, e) != STATUS_OK) return NULL;
  *known = (struct known){{hash[0], hash[1]}, cost.time, cost.energy, cost.distance};
  return known;
}

bool pace_cost(struct twin *t, int32_t i, const double at[2], double heading, const double (*point)[2], int count, double facing, double speed, double *time, double *energy) {
  if (!has_body(t, i)) return false;
  struct way_route w;
  struct error e;
  way_points(t, i, at, heading, point, count, facing, speed, &w);
  const struct known *known = know(t, i, &w, &e);
  if (!known) return false;
  *time = known->time;
  *energy = known->energy;
  return true;
}

bool pace_straight(struct twin *t, int32_t i, double length, double speed, double jog, double *time, double *energy) {
  if (!has_body(t, i)) return false;
  struct way_route w;
  struct error e;
  w.point[0] = v3(0, 0, 0), w.point[1] = v3(length, 0, 0);
  w.route = walk_route_defaults(w.point, 2);
  w.route.speed = speed, w.route.jog = jog;
  w.route.load = (double)t->robot[i].load;
  w.route.load_pose = w.route.load > 0 ? LOAD_HELD_CLOSE : LOAD_NONE;
  const struct known *known = know(t, i, &w, &e);
  if (!known) return false;
  *time = known->time;
  *energy = known->energy;
  return true;
}

double pace_stride(const struct twin *t, int32_t i, double speed) {
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, speed);
  return 2 * step_length_at(&t->pace->of_make[t->robot[i].make]->humanoid, &wish, speed);
}

double pace_power(const struct twin *t, int32_t i, double speed) {
  return gait_library_power(&t->pace->of_make[t->robot[i].make]->library, speed, (double)t->robot[i].load);
}

// Its walk at hand is that one, from where it stands. false: no memory.
static bool take(struct at_hand *h, const struct way_route *w, struct v3 origin, int make) {
  int n = w->route.count;
  if (n > h->room) {
    struct v3 *more = realloc(h->point, sizeof *more * (size_t)n);
    if (!more) return false;
    h->point = more;
    h->room = n;
  }
  memcpy(h->point, w->point, sizeof *w->point * (size_t)n);
  h->route = w->route;
  h->route.point = h->point;
  h->origin = origin;
  h->make = make;
  return true;
}

// What is left of a walk that turns off.
struct rest { double time, energy, metres; };                          // s, J, m

// What is known of the walk at hand when it turns off there to the way w, from its beginning to the new end, or found out now. NULL: it cannot be walked.
static const struct known *know_turned(struct twin *t, int32_t i, const struct walk_divert_at *at, const struct walk_targets *targets, const struct step_plan *plan, struct way_route *w) {
  const struct at_hand *h = &t->pace->hand[i];
  const struct gait_library *l = &t->pace->of_make[t->robot[i].make]->library;
  struct walk_targets turned;
  struct step_plan steps;
  struct error e;
  uint64_t hash[2], was[2];
  for (int p = 0; p < w->route.count; p++) w->point[p] = v3_add(w->point[p], at->place);
  round_way(w);
  hash_of(t->robot[i].make, &h->route, was);
  hash_of(t->robot[i].make, &w->route, hash);
  for (int k = 0; k < 2; k++) hash[k] = digest_u64(hash[k], was[k], (uint64_t)at->step);
  struct known *known = &t->pace->known[hash[0] % SLOTS];
  if (known->hash[0] == hash[0] && known->hash[1] == hash[1]) return known;
  if (walk_divert_plan(&turned, &steps, at, targets, plan, l, &l->standing, &w->route, &e) != STATUS_OK) return NULL;
  struct known found = {{hash[0], hash[1]}, motion_time(&steps, w->route.tick), 0, turned.distance};
  bool walked = walk_steps_energy(&found.energy, l, &turned, &steps, &w->route, &e) == STATUS_OK;
  walk_targets_finish(&turned);
  step_plan_finish(&steps);
  if (walked) *known = found;
  return walked ? known : NULL;
}

// The walk at hand of that plan turns off `elapsed` s after its beginning, as its body would: robots/walk_divert.h. *w is the new way. false: it does not.
static bool divert(struct twin *t, int32_t i, double elapsed, const struct walk_targets *targets, const struct step_plan *plan, struct way_route *w, struct rest *out) {
  const struct at_hand *h = &t->pace->hand[i];
  const struct humanoid *humanoid = &t->pace->of_make[t->robot[i].make]->humanoid;
  for (int later = 1; later <= WALK_DIVERT_TRIES; later++) {
    struct walk_divert_at at;
    if (!walk_divert_find(&at, humanoid, targets, plan, elapsed, later)) return false;
    if (!way_turn(t, i, v3_add(h->origin, at.place), at.heading, at.lead, w) || w->route.load != h->route.load) continue;
    const struct known *known = know_turned(t, i, &at, targets, plan, w);
    if (!known) continue;
    *out = (struct rest){known->time - elapsed, known->energy, known->metres - walk_divert_gone(targets, plan, elapsed)};
    return true;
  }
  return false;
}

// Called back in mid-walk: does it turn off?
static bool turns_off(struct twin *t, int32_t i, struct way_route *w, struct rest *out) {
  const struct robot *b = &t->robot[i];
  const struct at_hand *h = &t->pace->hand[i];
  const struct kind *k = t->pace->of_make[b->make];
  double elapsed = ns_to_seconds(t->now - b->act_start), spent = elapsed * b->walk_power;
  struct walk_targets targets;
  struct step_plan plan;
  struct error e;
  // of another body than it has now, or none: it goes to its end
  if (b->remaining >= 0 || h->route.count == 0 || h->make != b->make || walk_targets_make(&targets, &k->humanoid, gait_library_feet(&k->library, h->route.load), &h->route, &e) != STATUS_OK) return false;
  bool turns = false;
  if (targets.count > 0 && walk_footsteps(&plan, &targets, &k->library, &k->library.standing, h->route.speed, h->route.load, h->route.load_pose, 0, &e) == STATUS_OK) {
    turns = divert(t, i, elapsed, &targets, &plan, w, out);
    step_plan_finish(&plan);
  }
  walk_targets_finish(&targets);
  out->energy = out->energy > spent ? out->energy - spent : 0;
  return turns;
}

ns_t pace_walk(struct twin *t, int32_t i) {
  struct pace *p = t->pace;
  struct robot *b = &t->robot[i];
  struct way_route w;
  struct rest rest = {0};
  struct error e = {0};
  if (b->turned && b->act_start == t->now && b->remaining < 0 && p->hand[i].route.count > 0 && p->hand[i].make == b->make) {
    p->stands[i] = p->hand[i].origin;
    p->faces[i] = p->hand[i].route.heading_start;
    walk_not_begun(t, i);
  }
  double left = b->turned ? ns_to_seconds(b->act_start + b->act_length - t->now) : 0;
  if (left > 0 && turns_off(t, i, &w, &rest)) {
    p->hand[i].route.count = 0;
    walk_goes(t, i, rest.metres);
  } else {
    // it goes to the end of that walk first
    double spent = left > 0 ? left * b->walk_power : 0;
    if (left < 0) left = 0;
    way_route(t, i, p->stands[i], p->faces[i], &w);
    const struct known *known = know(t, i, &w, &e);
    if (!known) {
      twin_fault(t, "R%u cannot walk to [%.2f, %.2f]: %s", b->number, w.goal[0], w.goal[1], e.text);
      return 0;
    }
    if (left > 0) {
      p->hand[i].route.count = 0;
    } else if (!take(&p->hand[i], &w, p->stands[i], b->make)) {
      twin_fault(t, "R%u: no memory for its walk", b->number);
      return 0;
    }
    if (left > 0) walk_goes_on(t, i);
    rest = (struct rest){.time = left + known->time, .energy = spent + known->energy};
  }
  p->stands[i] = v3(w.goal[0], w.goal[1], 0);
  p->faces[i] = w.facing;
  b->walk_power = rest.time > 0 ? rest.energy / rest.time : 0;
  return ns_from_seconds(rest.time);
}

bool pace_stands_at(const struct twin *t, int32_t i, double at[2]) {
  at[0] = t->pace->stands[i].x;
  at[1] = t->pace->stands[i].y;
  return true;
}
