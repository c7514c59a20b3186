#include "engine/sim/spot.h"

#include <stdlib.h>

#include "base/maths.h"
#include "engine/sim/estimate.h"
#include "engine/sim/team.h"
#include "engine/world/floor.h"
#include "engine/world/stand.h"

#define SPOT_SLACK  1e-4            // m    by which footprints may seem to overlap: rounding of the layout's decimals
#define SQUARE      2.0             // m    of the squares that spots are filed by: above the widest footprint
#define SPOTS_SIDE  8               //      side by side at one station, at most
#define CREW_GAP    0.2             // m    from rim to rim between a crew and those who come and go: nearer than 0.1 m beside people robots creep; a guess
#define CREW_TRIES  6               //      places for one of a crew that are tried, in turn on both sides
#define VISIT_MOST  4               //      means that one visit counts for at most: who falls there is an exception; a choice

// Which station a place belongs to, and whether it is one of the places along its belt.
static int32_t station_of(const struct twin *t, int32_t place, bool *belt) {
  *belt = false;
  for (int32_t s = 0; s < t->layout->station_count; s++) {
    if (t->belt_stand_count[s] > 0 && place >= t->belt_stand[s] && place < t->belt_stand[s] + t->belt_stand_count[s]) {
      *belt = true;
      return s;
    }
    if (t->stand[s] == place) return s;
  }
  return NONE;
}

static bool open_floor(const struct twin *t, const double p[2], const double at[2]) {
  for (int k = 0; k < t->route_sets; k++) {
    const struct floor *f = routes_floor(t->routes[k]);
    if (floor_free(f, p) && (!floor_free(f, at) || floor_visible(f, at, p))) return true;
  }
  return false;
}

static bool relieved(const struct twin *t, const struct operators *o) {
  bool any = false;
  for (int k = 0; o->count > 0 && k < (o->by_count > 0 ? o->by_count : t->layout->fleet_count); k++) any = any || t->layout->fleets[o->by_count > 0 ? o->by[k] : k].relief;
  return any;
}

// Who operate it at once, and one who relieves another of them: who comes stands there before that one goes.
static int crew_of(const struct twin *t, int32_t s) {
  const struct station *p = &t->layout->stations[s];
  return p->operators.count * (p->servers > 0 ? p->servers : 1) + relieved(t, &p->operators);
}

// The largest number that bring or fetch one thing together, 0: nobody does.
static int carriers_of(const struct twin *t, int32_t s) {
  int most = 0;
  for (int f = 0; f < t->layout->flow_count; f++) {
    const struct flow *w = &t->layout->flows[f];
    bool ends = false;
    for (int e = 0; e < 2; e++) {
      const struct station_group *g = &t->layout->groups[e ? w->to : w->from];
      ends = ends || (s >= g->first && s < g->first + g->count);
    }
    if (ends && w->by != CARRIER_DIRECT && w->robots > most) most = w->robots;
  }
  return most;
}

// How many the station's work needs side by side, and how many its face has room for. own: the crew stands elsewhere.
static int wanted(const struct twin *t, int32_t s, double pitch, bool own) {
  const struct station *p = &t->layout->stations[s];
  int most = own ? 0 : crew_of(t, s), carriers = carriers_of(t, s);
  if (carriers > most) most = carriers;
  int fit = (int)(p->size[1] / pitch + 1e-6);
  if (fit > most) most = fit;
  return most < 1 ? 1 : most > SPOTS_SIDE ? SPOTS_SIDE : most;
}

static void push(struct spots *s, double x, double y, double radius, int32_t place, int32_t slot) {
  s->spot[s->count++] = (struct spot){.at = {x, y}, .radius = radius, .place = place, .slot = slot, .holder = NONE, .since = -1};
}

// No other place's middle is so near that who stands here is in the way there.
static bool others_far(const struct twin *t, int32_t place, const double q[2], double least) {
  for (int32_t p = 0; p < t->places; p++) {
    double x = t->place_at[p][0] - q[0], y = t->place_at[p][1] - q[1];
    if (p != place && x * x + y * y < least * least) return false;
  }
  return true;
}

// Beside those that the place has already, for its crew. All of it, or none.
static bool add_crew(struct spots *s, const struct twin *t, int32_t place, int32_t station, double radius, int crew) {
  const struct station *p = &t->layout->stations[station];
  const double *at = t->place_at[place], pitch = 2 * radius + SPOT_SLACK;
  int before = s->count;
  double c, sn, reach = 0;
  if (crew == 0 || carriers_of(t, station) == 0 || crew > SPOTS_SIDE) return false;
  m_sincos(p->facing, &sn, &c);
  int n = wanted(t, station, pitch, true), fit = (int)(p->size[1] / pitch + 1e-6);
  if (fit < 1) fit = 1;
  if (fit > n) fit = n;
  double gap = p->size[1] / fit > pitch ? p->size[1] / fit : pitch;
  reach = (fit - 1) / 2.0 * gap + (n - fit + 1) / 2 * pitch;
  for (int pass = 0; pass < 2 && s->count - before < crew; pass++) {
    s->count = before;
    for (int k = 0; k < CREW_TRIES + 2 * crew && s->count - before < crew; k++) {
      double x = (reach + CREW_GAP + (k / 2 + 1) * pitch) * (k % 2 ? -1 : 1), q[2] = {at[0] - sn * x, at[1] + c * x};
      // in nobody else's way, if there is such a place
      if (open_floor(t, q, at) && (pass == 1 || others_far(t, place, q, pitch + CREW_GAP))) push(s, q[0], q[1], radius, place, SPOT_CREW);
    }
  }
  if (s->count - before < crew) s->count = before;
  return s->count > before;
}

static void add_side_by_side(struct spots *s, const struct twin *t, int32_t place, int32_t station, double radius) {
  const struct station *p = &t->layout->stations[station];
  const double *at = t->place_at[place], pitch = 2 * radius + SPOT_SLACK;
  int crew = crew_of(t, station), more = relieved(t, &p->operators);
  // without a place for who relieves rather than among those who bring and fetch
  bool own = add_crew(s, t, place, station, radius, crew) || (more && add_crew(s, t, place, station, radius, crew - more));
  int n = wanted(t, station, pitch, own), fit = (int)(p->size[1] / pitch + 1e-6), before = s->count;
  double c, sn;
  m_sincos(p->facing, &sn, &c);
  if (fit < 1) fit = 1;
  if (fit > n) fit = n;
  // those in front of it are spread evenly, the others stand beside them in turn
  double gap = p->size[1] / fit > pitch ? p->size[1] / fit : pitch, first = -(fit - 1) / 2.0 * gap;
  for (int k = 0, beside = 1; k < n && beside < 4 * SPOTS_SIDE; ) {
    double x = k < fit ? first + k * gap : beside % 2 ? -first + (beside + 1) / 2 * pitch : first - (beside + 1) / 2 * pitch;
    double q[2] = {at[0] - sn * x, at[1] + c * x};
    bool in_front = k < fit;
    if (!in_front) beside++;
    if (in_front || open_floor(t, q, at)) {
      if (open_floor(t, q, at)) push(s, q[0], q[1], radius, place, NONE);
      k++;
    }
  }
  if (s->count == before) push(s, at[0], at[1], radius, place, NONE);
}

// For those who carry together, beside the others: for each size of team.
static void add_teams(struct spots *s, const struct twin *t, int32_t place, int32_t station, double radius) {
  uint32_t sizes = 0;
  for (int f = 0; f < t->layout->flow_count; f++) {
    const struct flow *w = &t->layout->flows[f];
    for (int e = 0; e < 2 && w->by != CARRIER_DIRECT; e++) {
      const struct station_group *g = &t->layout->groups[e ? w->to : w->from];
      if (station >= g->first && station < g->first + g->count) sizes |= 1u << w->robots;
    }
  }
  for (int n = 2; n <= team_room(t, place); n++)
    for (int k = 0; k < n && sizes >> n & 1; k++) {
      double at[2];
      if (team_spot(t, place, n, k, at)) push(s, at[0], at[1], radius, place, spot_team(n, k));
    }
}

static int square(const struct spots *s, double x, double y) {
  int i = (int)(x / SQUARE), k = (int)(y / SQUARE);
  i = i < 0 ? 0 : i >= s->nx ? s->nx - 1 : i;
  k = k < 0 ? 0 : k >= s->ny ? s->ny - 1 : k;
  return k * s->nx + i;
}

static void file_spots(struct spots *s) {
  for (int32_t k = 0; k < s->count; k++) s->cell[square(s, s->spot[k].at[0], s->spot[k].at[1])]++;
  for (int c = 0; c < s->nx * s->ny; c++) s->cell[c + 1] += s->cell[c];
  for (int32_t k = s->count - 1; k >= 0; k--) s->filed[--s->cell[square(s, s->spot[k].at[0], s->spot[k].at[1])]] = k;
}

static int find_near(struct spots *s, int32_t k, int32_t *out) {
  const struct spot *a = &s->spot[k];
  int n = 0;
  for (int y = -1; y <= 1; y++) {
    int first = square(s, a->at[0] - SQUARE, a->at[1] + y * SQUARE), last = square(s, a->at[0] + SQUARE, a->at[1] + y * SQUARE);
    if (y > -1 && first == square(s, a->at[0] - SQUARE, a->at[1] + (y - 1) * SQUARE)) continue;         // beyond the rim
    for (int32_t q = s->cell[first]; q < s->cell[last + 1]; q++) {
      const struct spot *b = &s->spot[s->filed[q]];
      double dx = b->at[0] - a->at[0], dy = b->at[1] - a->at[1], least = a->radius + b->radius - SPOT_SLACK;
      if (s->filed[q] == k || dx * dx + dy * dy >= least * least) continue;
      if (out) out[n] = s->filed[q];
      n++;
    }
  }
  return n;
}

bool spots_near(const struct spots *s, const double p[2], double distance) {
  for (int y = -1; y <= 1; y++) {
    int first = square(s, p[0] - SQUARE, p[1] + y * SQUARE), last = square(s, p[0] + SQUARE, p[1] + y * SQUARE);
    for (int32_t q = s->cell[first]; q < s->cell[last + 1]; q++) {
      double dx = s->spot[s->filed[q]].at[0] - p[0], dy = s->spot[s->filed[q]].at[1] - p[1];
      if (dx * dx + dy * dy < distance * distance) return true;
    }
  }
  return false;
}

int spots_within(const struct spots *s, const double box[4], int32_t *out, int most) {
  int n = 0, first = square(s, box[0], box[1]), last = square(s, box[2], box[3]);
  for (int y = first / s->nx; y <= last / s->nx; y++)
    for (int32_t q = s->cell[y * s->nx + first % s->nx]; q < s->cell[y * s->nx + last % s->nx + 1] && n < most; q++) {
      const double *at = s->spot[s->filed[q]].at;
      if (at[0] >= box[0] && at[0] <= box[2] && at[1] >= box[1] && at[1] <= box[3]) out[n++] = s->filed[q];
    }
  return n;
}

// What is known before anybody has been there: a pick or a place of the first part by the first fleet that walks.
static float first_visit(const struct twin *t) {
  int f = 0;
  while (f + 1 < t->layout->fleet_count && t->fleet[f].routes == NONE) f++;
  return t->layout->fleet_count > 0 && t->layout->part_count > 0 ? (float)estimate_hands(t, f, t->layout->parts[0].mass) : 0;
}

enum status spots_make(struct spots *s, const struct twin *t, struct arena *a, struct error *e) {
  const struct layout *l = t->layout;
  double radius = 0;
  for (int f = 0; f < l->fleet_count; f++)
    if (t->fleet[f].routes != NONE && t->fleet[f].radius > radius) radius = t->fleet[f].radius;
  size_t most = (size_t)t->places * (2 * SPOTS_SIDE + 1 + (t->team ? JOB_ROBOTS_MAX * (JOB_ROBOTS_MAX + 1) / 2 : 0)) + 1;
  for (int k = 0; k < l->station_count; k++) most += (size_t)(l->stations[k].place_count > 0 ? l->stations[k].place_count : 0);
  *s = (struct spots){.spot = arena_alloc(a, sizeof *s->spot * most, 8), .first = ARENA_NEW(a, int32_t, t->places + 1)};
  s->twin = t;
  s->visit = ARENA_NEW(a, float, t->places + 1);
  s->visits = ARENA_NEW(a, uint8_t, t->places + 1);
  if (!s->spot || !s->first || !s->visit || !s->visits) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for the spots where robots stand");
  float hands = first_visit(t);
  for (int32_t p = 0; p < t->places; p++) {
    bool belt;
    int32_t k = station_of(t, p, &belt);
    s->first[p] = s->count;
    s->visit[p] = hands;
    const struct station *plan = k == NONE ? NULL : &l->stations[k];
    if (plan && !belt && (plan->kind == STATION_DOCK || plan->kind == STATION_CHARGER || plan->kind == STATION_REPAIR)) {
      for (int slot = 0; slot < (plan->place_count > 0 ? plan->place_count : 1); slot++) {
        double at[2];
        station_slot(plan, slot, radius, at);
        push(s, at[0], at[1], radius, p, slot);
      }
    } else if (plan && !belt) {
      add_side_by_side(s, t, p, k, radius);
      add_teams(s, t, p, k, radius);
    }
    else push(s, t->place_at[p][0], t->place_at[p][1], radius, p, NONE);
  }
  s->first[t->places] = s->count;
  s->nx = (int)(l->size[0] / SQUARE) + 1;
  s->ny = (int)(l->size[1] / SQUARE) + 1;
  s->cell = ARENA_NEW(a, int32_t, s->nx * s->ny + 1);
  s->filed = ARENA_NEW(a, int32_t, s->count + 1);
  if (!s->cell || !s->filed) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for the spots where robots stand");
  file_spots(s);
  for (int pass = 0; pass < 2; pass++) {
    uint32_t n = 0;
    for (int32_t k = 0; k < s->count; k++) {
      s->spot[k].first_near = n;
      s->spot[k].nears = (uint32_t)find_near(s, k, pass ? s->near + n : NULL);
      n += s->spot[k].nears;
    }
    if (pass == 0 && !(s->near = ARENA_NEW(a, int32_t, n + 1))) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for the spots where robots stand");
  }
  return STATUS_OK;
}

int32_t spots_team(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  bool carries = b->act == ACT_FETCH || b->act == ACT_WAIT_PARTNER || b->act == ACT_PICK || b->act == ACT_CARRY || b->act == ACT_WAIT_SPACE || b->act == ACT_PLACE;
  return carries && b->teams > 1 && team_room(t, b->place) >= b->teams ? spot_team(b->teams, b->team) : NONE;
}

bool spots_operates(const struct spots *s, const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  if (b->act != ACT_TO_POST || (t->job[b->job].kind != JOB_OPERATE && t->job[b->job].kind != JOB_RELIEF)) return false;
  return spots_crew(s, b->place);
}

static bool may_stand(const struct spots *s, int32_t k, int32_t i) {
  const struct spot *a = &s->spot[k];
  if (a->holder != NONE && a->holder != i) return false;
  for (uint32_t n = a->first_near; n < a->first_near + a->nears; n++) {
    int32_t h = s->spot[s->near[n]].holder;
    if (h != NONE && h != i) return false;
  }
  return true;
}

int32_t spots_free(const struct spots *s, int32_t i, int32_t place, int32_t slot, const double from[2]) {
  int32_t best = NONE;
  double  least = 0;
  for (int32_t k = s->first[place]; k < s->first[place + 1]; k++) {
    const struct spot *a = &s->spot[k];
    if ((slot != NONE ? a->slot != slot : a->slot >= SPOT_CREW) || !may_stand(s, k, i)) continue;
    double dx = a->at[0] - from[0], dy = a->at[1] - from[1], d = dx * dx + dy * dy;
    if (best != NONE && d >= least) continue;
    best = k;
    least = d;
  }
  return best;
}

int32_t spots_single(const struct spots *s, int32_t place) {
  int32_t n = 0;
  for (int32_t k = s->first[place]; k < s->first[place + 1]; k++) n += s->spot[k].slot < SPOT_CREW;
  return n;
}

bool spots_crew(const struct spots *s, int32_t place) {
  for (int32_t k = s->first[place]; k < s->first[place + 1]; k++)
    if (s->spot[k].slot == SPOT_CREW) return true;
  return false;
}

void spots_take(struct spots *s, int32_t k, int32_t i) {
  s->spot[k].holder = i;
  s->spot[k].since = -1;
}

void spots_stand(struct spots *s, int32_t k) {
  const struct robot *b = &s->twin->robot[s->spot[k].holder];
  bool alone = b->job && s->twin->job[b->job].kind == JOB_CARRY && s->twin->job[b->job].need == 1;
  s->spot[k].since = alone && s->spot[k].slot < SPOT_CREW ? s->twin->now : -1;
}

void spots_done(struct spots *s, int32_t k) {
  struct spot *a = &s->spot[k];
  if (a->since >= 0) {
    float *mean = &s->visit[a->place], v = (float)ns_to_seconds(s->twin->now - a->since);
    spot_mean(mean, &s->visits[a->place], *mean > 0 && v > VISIT_MOST * *mean ? VISIT_MOST * *mean : v);
  }
  a->since = -1;
}

void spots_leave(struct spots *s, int32_t k) {
  spots_done(s, k);
  s->spot[k].holder = NONE;
}
