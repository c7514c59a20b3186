#include "engine/sim/pace.h"

#include <stdlib.h>
#include <string.h>

#include "engine/sim/way.h"
#include "engine/world/assets.h"
#include "engine/world/kind.h"
#include "robots/walker.h"

#define KINDS_MAX 16
#define SLOTS     (1 << 14)         // walks kept; one that falls on another's slot takes its place
#define GRID      1048576.0         // 2^20 parts of a metre or radian, as walks are rounded at body fidelity

struct known { uint64_t hash[2]; double time, energy; };

struct pace {
  int           kinds;
  struct kind  *kind[KINDS_MAX];
  int          *of_fleet;           // -1: by figures
  struct v3    *stands;             // m    of each robot
  double       *faces;              // rad
  struct known *known;              // (SLOTS)
};

// One speed and one start_stop for estimates: two walks between quarter turns, 2 and 10 m.
enum status pace_fit(struct fleet_row *row, const struct kind *k, struct error *e) {
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
  f->power_work += k->library.stand[0] - f->power_idle;         // arms at work: what the figures say beyond standing
  f->power_idle = k->library.stand[0];
  f->power_walk = cost[1].energy / cost[1].time;
  row->rate_idle = f->power_idle / f->battery * 1e-9;
  row->rate_walk = f->power_walk / f->battery * 1e-9;
  row->rate_work = f->power_work / f->battery * 1e-9;
  return STATUS_OK;
}

static enum status kind_of(struct twin *t, int f, struct error *e) {
  struct pace *p = t->pace;
  const struct fleet *plan = &t->layout->fleets[f];
  char folder[1024];
  if (!assets_find(plan->model, t->layout->file, t->options.assets, folder) || !kind_there(folder))
    return error_at(e, STATUS_REF, t->layout->file, (int)plan->mark.line, (int)plan->mark.column, "robots.%s: the model %s has no body (a URDF of that name in its folder): run.walking: figures", plan->name, plan->model);
  int k = 0;
  while (k < p->kinds && strcmp(p->kind[k]->folder, folder) != 0) k++;
  if (k == p->kinds) {
    if (k == KINDS_MAX) return error_at(e, STATUS_LIMIT, t->layout->file, 0, 0, "more than %d models in one layout", KINDS_MAX);
    struct kind *fresh = calloc(1, sizeof *fresh);
    if (!fresh) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for a robot model");
    enum status s = kind_load(fresh, folder, t->options.threads > 0 ? t->options.threads : 1, e);
    if (s != STATUS_OK) {
      free(fresh);
      return s;
    }
    p->kind[p->kinds++] = fresh;
  }
  p->of_fleet[f] = k;
  return pace_fit(&t->fleet[f], p->kind[k], e);
}

enum status pace_create(struct twin *t, struct error *e) {
  struct pace *p = calloc(1, sizeof *p);
  t->pace = p;
  if (p) {
    p->of_fleet = ARENA_NEW(&t->arena, int, t->layout->fleet_count + 1);
    p->stands = ARENA_NEW(&t->arena, struct v3, t->robots + 1);
    p->faces = ARENA_NEW(&t->arena, double, t->robots + 1);
    p->known = ARENA_NEW(&t->arena, struct known, SLOTS);
  }
  if (!p || !p->of_fleet || !p->stands || !p->faces || !p->known) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for walks");
  for (int f = 0; f < t->layout->fleet_count; f++) {
    const struct fleet *plan = &t->layout->fleets[f];
    p->of_fleet[f] = -1;
    if (plan->people || !plan->model || t->fleet[f].routes == NONE) continue;
    enum status s = kind_of(t, f, e);
    if (s != STATUS_OK) return s;
  }
  return STATUS_OK;
}

void pace_destroy(struct twin *t) {
  if (!t->pace) return;
  for (int k = 0; k < t->pace->kinds; k++) {
    kind_finish(t->pace->kind[k]);
    free(t->pace->kind[k]);
  }
  free(t->pace);
  t->pace = NULL;
}

bool pace_walks(const struct twin *t, int32_t i) { return t->pace && t->pace->of_fleet[t->robot[i].fleet] >= 0; }

void pace_enter(struct twin *t, int32_t i) {
  double at[2];
  way_goal(t, i, at, &t->pace->faces[i]);
  t->pace->stands[i] = v3(at[0], at[1], 0);
}

static double rounded(double x) { return m_floor(x * GRID + 0.5) / GRID; }

// 128 bits of a route: two chains of the same numbers.
static void hash_of(int kind, const struct way_route *w, uint64_t out[2]) {
  const struct walk_route *r = &w->route;
  const double number[6] = {r->heading_start, r->heading_end, r->speed, r->corner_radius, r->load, r->friction};
  for (int k = 0; k < 2; k++) {
    out[k] = digest_u64(DIGEST_START, (uint64_t)kind + 1, (uint64_t)k + 1);
    out[k] = digest_bytes(out[k], number, sizeof number);
    out[k] = digest_bytes(out[k], w->point, sizeof *w->point * (size_t)r->count);
  }
}

ns_t pace_walk(struct twin *t, int32_t i) {
  struct pace *p = t->pace;
  struct robot *b = &t->robot[i];
  int kind = p->of_fleet[b->fleet];
  struct way_route w;
  struct walk_cost cost = {0};
  struct error e = {0};
  // called back in mid-walk: it goes to the end of that walk first, as at body fidelity
  double left = b->turned ? ns_to_seconds(b->act_start + b->act_length - t->now) : 0, spent = left > 0 ? left * b->walk_power : 0;
  if (left < 0) left = 0;
  way_route(t, i, p->stands[i], p->faces[i], &w);
  for (int k = 0; k < w.route.count; k++) w.point[k] = v3(rounded(w.point[k].x), rounded(w.point[k].y), rounded(w.point[k].z));
  w.route.point = w.point;
  w.route.heading_start = rounded(w.route.heading_start);
  w.route.heading_end = rounded(w.route.heading_end);
  w.route.speed = rounded(w.route.speed);
  uint64_t hash[2];
  hash_of(kind, &w, hash);
  struct known *known = &p->known[hash[0] % SLOTS];
  if (known->hash[0] != hash[0] || known->hash[1] != hash[1]) {
    if (walk_cost(&cost, &p->kind[kind]->library, &w.route, &e) != STATUS_OK) {
      twin_fault(t, "R%u cannot walk to [%.2f, %.2f]: %s", b->number, w.goal[0], w.goal[1], e.text);
      return 0;
    }
    *known = (struct known){{hash[0], hash[1]}, cost.time, cost.energy};
  }
  p->stands[i] = v3(w.goal[0], w.goal[1], 0);
  p->faces[i] = w.facing;
  double time = left + known->time;
  b->walk_power = time > 0 ? (spent + known->energy) / time : 0;
  return ns_from_seconds(time);
}
