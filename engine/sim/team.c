#include "engine/sim/team.h"

#include <string.h>

#include "base/maths.h"
#include "engine/world/floor.h"
#include "engine/world/geometry.h"

#define ASIDE 0.05                  // m    from where one steps to its side

struct team_place { int32_t station; int room; };
struct team { struct team_place *place; double pitch; };

static bool open_floor(const struct twin *t, const double from[2], const double to[2]) {
  for (int k = 0; k < t->route_sets; k++) {
    const struct floor *f = routes_floor(t->routes[k]);
    if (floor_free(f, to) && (!floor_free(f, from) || floor_visible(f, from, to))) return true;
  }
  return false;
}

// Along the face of the station, to the left of who looks out of it.
static void beside(const struct twin *t, int32_t place, double by, double at[2]) {
  double s, c;
  m_sincos(t->layout->stations[t->team->place[place].station].facing, &s, &c);
  at[0] = t->place_at[place][0] - s * by;
  at[1] = t->place_at[place][1] + c * by;
}

static double offset(const struct twin *t, int n, int k) { return (k - (n - 1) / 2.0) * t->team->pitch; }

static int find_room(const struct twin *t, int32_t place, int most) {
  int room = 1;
  for (int n = 2; n <= most; n++) {
    bool open = true;
    for (int k = 0; k < n && open; k++) {
      double at[2];
      beside(t, place, offset(t, n, k), at);
      open = open_floor(t, t->place_at[place], at);
    }
    if (open) room = n;
  }
  return room;
}

bool team_create(struct twin *t) {
  const struct layout *l = t->layout;
  int most = 1;
  double radius = 0;
  for (int f = 0; f < l->flow_count; f++)
    if (l->flows[f].by != CARRIER_DIRECT && l->flows[f].robots > most) most = l->flows[f].robots;
  for (int s = 0; s < l->station_count; s++)
    if (l->stations[s].operators.count > most) most = l->stations[s].operators.count;
  if (most == 1 || !l->has_floor) return true;
  for (int f = 0; f < l->fleet_count; f++)
    if (t->fleet[f].routes != NONE && t->fleet[f].radius > radius) radius = t->fleet[f].radius;
  struct team *m = ARENA_NEW(&t->arena, struct team, 1);
  if (m) m->place = ARENA_NEW(&t->arena, struct team_place, t->places + 1);
  if (!m || !m->place) return false;
  t->team = m;
  m->pitch = 2 * radius + TEAM_GAP;
  for (int32_t p = 0; p < t->places; p++) m->place[p] = (struct team_place){NONE, 1};
  for (int32_t s = 0; s < l->station_count; s++) {
    enum station_kind k = l->stations[s].kind;
    if (t->stand[s] == NONE || k == STATION_CONVEYOR || k == STATION_DOCK || k == STATION_CHARGER || k == STATION_REPAIR) continue;
    struct team_place *p = &m->place[t->stand[s]];
    p->station = s;
    p->room = find_room(t, t->stand[s], most);
  }
  return true;
}

int team_room(const struct twin *t, int32_t place) { return t->team && place != NONE ? t->team->place[place].room : 1; }

bool team_spot(const struct twin *t, int32_t place, int n, int k, double at[2]) {
  if (n < 2 || team_room(t, place) < n) return false;
  beside(t, place, offset(t, n, k), at);
  return true;
}

void team_join(struct twin *t, int32_t i, uint32_t j) {
  struct robot *b = &t->robot[i];
  const struct job *a = &t->job[j];
  team_leave(t, i);
  if (!t->team || a->need < 2) return;
  uint32_t taken = 0;
  for (int k = 0; k < a->robots; k++)
    if (a->robot[k] != (uint32_t)i && t->robot[a->robot[k]].teams > 0) taken |= 1u << t->robot[a->robot[k]].team;
  b->teams = a->need;
  while (taken >> b->team & 1) b->team++;
}

void team_leave(struct twin *t, int32_t i) { t->robot[i].team = t->robot[i].teams = 0; }

// +1 where the first of a place is on the left of who walks along d, -1 on the right.
static int side_of(const struct twin *t, int32_t place, const double d[2]) {
  double s, c;
  m_sincos(t->layout->stations[t->team->place[place].station].facing, &s, &c);
  // the left of d is (-d[1], d[0]); the face runs along (-s, c), the first has its far end
  return d[1] * s + d[0] * c > 0 ? -1 : 1;
}

static bool way_of(const struct twin *t, int32_t i, int32_t from, int32_t to, double first[2], double last[2]) {
  struct route r;
  if (from == to) return false;
  routes_walk(t->routes[t->fleet[t->robot[i].fleet].routes], from, to, &r);
  if (r.count < 2) return false;
  for (int x = 0; x < 2; x++) first[x] = r.point[1][x] - r.point[0][x], last[x] = r.point[r.count - 1][x] - r.point[r.count - 2][x];
  return true;
}

void team_turn(struct twin *t, uint32_t j) {
  const struct job *a = &t->job[j];
  if (!t->team || a->robots < 2) return;
  double first[2], last[2];
  const struct robot *b = &t->robot[a->robot[0]];
  bool same = t->fleet[b->fleet].routes == NONE || b->from == NONE || b->place == NONE || t->team->place[b->from].station == NONE || t->team->place[b->place].station == NONE ||
              !way_of(t, (int32_t)a->robot[0], b->from, b->place, first, last) || side_of(t, b->from, first) == side_of(t, b->place, last);
  for (int k = 0; k < a->robots && !same; k++) t->robot[a->robot[k]].team = (uint8_t)(t->robot[a->robot[k]].teams - 1 - t->robot[a->robot[k]].team);
}

bool team_aside(const struct twin *t, int32_t i, const double here[2]) {
  const struct robot *b = &t->robot[i];
  double at[2], s, c;
  if (!team_spot(t, b->place, b->teams, b->team, at)) return false;
  m_sincos(t->layout->stations[t->team->place[b->place].station].facing, &s, &c);
  double by = -s * (here[0] - at[0]) + c * (here[1] - at[1]);
  return by > ASIDE || by < -ASIDE;
}

bool team_faces(const struct twin *t, int32_t i, double *heading) {
  const struct robot *b = &t->robot[i];
  if (b->teams < 2 || b->place == NONE || team_room(t, b->place) < b->teams) return false;
  *heading = t->layout->stations[t->team->place[b->place].station].facing + M_PI_D;
  return true;
}

double team_beside(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  if (b->teams < 2 || b->act != ACT_CARRY || team_room(t, b->place) < b->teams || team_room(t, b->from) < b->teams) return 0;
  double first[2], last[2];
  if (!way_of(t, i, b->from, b->place, first, last)) return 0;
  return -side_of(t, b->place, last) * offset(t, b->teams, b->team);
}

// All of n stand free and in sight of p when their middle is moved `by` to the left of d.
static bool abreast_at(const struct twin *t, const struct floor *f, int n, const double p[2], const double d[2], double by) {
  for (int k = 0; k < n; k++) {
    double left = offset(t, n, k) + by;
    const double q[2] = {p[0] - d[1] * left, p[1] + d[0] * left};
    if (!floor_free(f, q) || (left != 0 && !floor_visible(f, p, q))) return false;
  }
  return true;
}

void team_abreast(const struct twin *t, int32_t i, struct route *way) {
  const struct robot *b = &t->robot[i];
  double at[ROUTE_POINTS_MAX][2], left = team_beside(t, i);
  if (left == 0) return;
  const struct floor *f = routes_floor(t->routes[t->fleet[b->fleet].routes]);
  for (int p = 1; p + 1 < way->count; p++) {
    const double *from = way->point[p - 1], *here = way->point[p], *to = way->point[p + 1];
    double d[2] = {0, 0}, u = geo_distance(from, here), v = geo_distance(here, to);
    for (int x = 0; x < 2; x++) d[x] = (u > 0 ? (here[x] - from[x]) / u : 0) + (v > 0 ? (to[x] - here[x]) / v : 0);
    double size = m_sqrt(d[0] * d[0] + d[1] * d[1]);
    memcpy(at[p], here, sizeof at[p]);
    if (size < 0.1) continue;
    for (int x = 0; x < 2; x++) d[x] /= size;
    // the middle leaves the way as little as leaves room for all; where there is none they go one behind the other
    for (int try = 0; try <= 8 * b->teams; try++) {
      double by = (try + 1) / 2 * t->team->pitch / 8 * (try % 2 ? 1 : -1);
      if (!abreast_at(t, f, b->teams, here, d, by)) continue;
      at[p][0] = here[0] - d[1] * (left + by);
      at[p][1] = here[1] + d[0] * (left + by);
      break;
    }
  }
  for (int p = 1; p + 1 < way->count; p++) memcpy(way->point[p], at[p], sizeof at[p]);
}
