#include "engine/sim/footing.h"

#include "base/maths.h"
#include "engine/world/geometry.h"
#include "engine/world/kind.h"
#include "robots/gait.h"

#define MARGIN      0.8             // of the friction that a walk plans with; a guess
#define SPEED_LEAST 0.3             // m/s   slower walking needs no less
#define LOOK        0.1             // m     between two looks along a way
#define SPILLS_MORE 64              // commands may bring them too

struct spill { struct polygon area; double friction; ns_t until; bool known; };
struct footing { struct spill *spill; int spills, most; bool ramps, slippery; };

static const double speeds[FOOTING_SPEEDS] = {0.3, 0.7, 1.1, 1.5};     // m/s

enum status footing_create(struct twin *t, struct error *e) {
  const struct layout *l = t->layout;
  struct footing *f = ARENA_NEW(&t->arena, struct footing, 1);
  if (f) {
    f->most = SPILLS_MORE;
    for (int k = 0; k < l->happening_count; k++) f->most += l->happenings[k].kind == HAPPENING_SPILL;
    f->spill = ARENA_NEW(&t->arena, struct spill, f->most);
  }
  if (!f || !f->spill) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for the floor");
  for (int z = 0; z < l->zone_count; z++) {
    f->ramps |= l->zones[z].kind == ZONE_RAMP;
    f->slippery |= l->zones[z].kind == ZONE_SLIPPERY;
  }
  t->footing = f;
  return STATUS_OK;
}

void footing_fit(struct make *f, const struct kind *k) {
  for (int i = 0; i < FOOTING_SPEEDS; i++) {
    struct gait_wish wish = gait_wish_defaults(GAIT_WALK, speeds[i]);
    struct gait g;
    struct gait_report r;
    struct error e;
    wish.friction = 10;             // what it needs is what is asked
    f->footing[i] = i ? f->footing[i - 1] : 0;
    if (gait_solve(&g, &r, &k->humanoid, &k->spec, &wish, &e) != STATUS_OK) continue;
    if (r.friction_demand > f->footing[i]) f->footing[i] = r.friction_demand;
    gait_finish(&g, &r);
  }
}

double footing_friction(const struct twin *t, const double p[2], bool known) {
  const struct layout *l = t->layout;
  const struct footing *f = t->footing;
  double mu = l->friction;
  for (int z = 0; f->slippery && z < l->zone_count; z++)
    if (l->zones[z].kind == ZONE_SLIPPERY && l->zones[z].friction < mu && polygon_contains(&l->zones[z].area, p)) mu = l->zones[z].friction;
  bool all = !known || l->run.fidelity != FIDELITY_BODY;
  for (int s = 0; s < f->spills; s++) {
    const struct spill *w = &f->spill[s];
    if (t->now < w->until && w->friction < mu && (all || w->known) && polygon_contains(&w->area, p)) mu = w->friction;
  }
  return mu;
}

double footing_slope(const struct twin *t, const double p[2], const double along[2]) {
  const struct layout *l = t->layout;
  double rise = 0, s, c;
  for (int z = 0; t->footing->ramps && z < l->zone_count; z++) {
    if (l->zones[z].kind != ZONE_RAMP || !polygon_contains(&l->zones[z].area, p)) continue;
    m_sincos(l->zones[z].slope, &s, &c);
    double tangent = s / c;
    m_sincos(l->zones[z].towards, &s, &c);
    rise += tangent * (along[0] * c + along[1] * s);
  }
  return rise;
}

// Where a leg a b next crosses the rim of any ramp, as a share above `from`; 2: nowhere.
static double next_rim(const struct layout *l, const double a[2], const double b[2], double from) {
  double best = 2;
  for (int z = 0; z < l->zone_count; z++) {
    if (l->zones[z].kind != ZONE_RAMP) continue;
    double x = polygon_next_crossing(&l->zones[z].area, a, b, from);
    if (x < best) best = x;
  }
  return best;
}

int footing_heights(const struct twin *t, struct v3 *point, int count, int capacity) {
  if (!t->footing->ramps) return count;
  for (int k = 0; k + 1 < count; k++) {
    const double a[2] = {point[k].x, point[k].y}, b[2] = {point[k + 1].x, point[k + 1].y};
    double dx = b[0] - a[0], dy = b[1] - a[1], length = m_sqrt(dx * dx + dy * dy);
    if (length <= 0) { point[k + 1].z = point[k].z; continue; }
    double next = next_rim(t->layout, a, b, 1e-6), middle = next < 1 ? next / 2 : 0.5;
    bool cuts = next * length > 0.05 && (1 - next) * length > 0.05 && count < capacity;
    if (cuts) {
      for (int j = count++; j > k + 1; j--) point[j] = point[j - 1];
      point[k + 1] = v3(a[0] + next * dx, a[1] + next * dy, 0);
      length *= next;
    }
    const double at[2] = {a[0] + (cuts ? middle : 0.5) * dx, a[1] + (cuts ? middle : 0.5) * dy}, along[2] = {dx / (cuts ? length / next : length), dy / (cuts ? length / next : length)};
    point[k + 1].z = point[k].z + footing_slope(t, at, along) * length;
  }
  return count;
}

// The fastest walk that needs no more than mu.
static double speed_on(const struct make *f, double mu) {
  const double *need = f->footing;
  if (need[FOOTING_SPEEDS - 1] <= mu) return 1e9;
  if (need[0] >= mu) return SPEED_LEAST;
  int k = 0;
  while (need[k + 1] < mu) k++;
  double part = need[k + 1] > need[k] ? (mu - need[k]) / (need[k + 1] - need[k]) : 0;
  return speeds[k] + part * (speeds[k + 1] - speeds[k]);
}

double footing_speed(const struct twin *t, int32_t r, const struct v3 *point, int count, double speed) {
  const struct make *row = make_of(t, &t->robot[r]);
  const struct footing *g = t->footing;
  if (row->footing[0] <= 0 || (!g->slippery && !g->ramps && g->spills == 0 && row->footing[FOOTING_SPEEDS - 1] <= MARGIN * t->layout->friction)) return speed;
  for (int k = 0; k + 1 < count; k++) {
    double dx = point[k + 1].x - point[k].x, dy = point[k + 1].y - point[k].y, length = m_sqrt(dx * dx + dy * dy);
    if (length <= 0) continue;
    double slope = (point[k + 1].z - point[k].z) / length;
    int looks = (int)(length / LOOK) + 1;
    for (int i = 0; i <= looks; i++) {
      const double at[2] = {point[k].x + dx * i / looks, point[k].y + dy * i / looks};
      double most = speed_on(row, MARGIN * footing_friction(t, at, true) - (slope < 0 ? -slope : slope));
      if (most < speed) speed = most;
    }
  }
  return speed;
}

bool footing_holds(const struct twin *t, const struct v3 *point, int count, double need) {
  const struct footing *g = t->footing;
  if (MARGIN * t->layout->friction < need) return false;
  for (int k = 0; k + 1 < count && (g->slippery || g->spills); k++) {
    double dx = point[k + 1].x - point[k].x, dy = point[k + 1].y - point[k].y;
    int looks = (int)(m_sqrt(dx * dx + dy * dy) / LOOK) + 1;
    for (int i = 0; i <= looks; i++) {
      const double at[2] = {point[k].x + dx * i / looks, point[k].y + dy * i / looks};
      if (MARGIN * footing_friction(t, at, true) < need) return false;
    }
  }
  return true;
}

void footing_spill(struct twin *t, const struct polygon *area, double friction, ns_t length) {
  struct footing *f = t->footing;
  int s = 0;
  while (s < f->spills && f->spill[s].until > t->now) s++;
  if (s == f->most) return;
  f->spill[s] = (struct spill){*area, friction, length > 0 ? t->now + length : NS_NEVER, false};
  if (s == f->spills) f->spills++;
}

void footing_slipped(struct twin *t, const double p[2]) {
  struct footing *f = t->footing;
  for (int s = 0; s < f->spills; s++)
    if (t->now < f->spill[s].until && polygon_contains(&f->spill[s].area, p)) f->spill[s].known = true;
}
