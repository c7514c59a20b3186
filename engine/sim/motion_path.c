// The way of a walk, and how long it takes.
#include <string.h>

#include "base/maths.h"
#include "engine/sim/hands.h"
#include "engine/sim/motion_state.h"
#include "engine/sim/pace.h"
#include "engine/sim/team.h"
#include "engine/sim/way.h"

// Guesses.
#define TURN_PACE   1.5             // rad/s on the spot, of people and of models without a body
#define BEND_NEAR   0.1             // m      from a corner, the least
#define BEND_STEP   0.3             // m      more for each
#define BEND_LANES  4
#define LONG        8.0             // m
#define LONG_GRID   0.1             // m    to which longer ways are shortened, so that few are planned
#define BESIDE      0.05            // m
#define OUT_STEP    0.25            // m    between the points where one in a closed zone looks for a way out
#define OUT_MOST    40              //      of them

// ---- its points -----------------------------------------------------------------------------------------------

// Bends are not taken by all at the same point: each walker keeps its own distance from corners where there is room, so that those who
// come the other way, or overtake, find some too.
static void spread_bends(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  double away = BEND_NEAR + BEND_STEP * (i % BEND_LANES);
  for (int k = 0; k + 1 < m->legs; k++) {
    const double *a = k > 0 ? o->path[i][k - 1] : m->at, *p = o->path[i][k], *b = o->path[i][k + 1];
    double u = geo_distance(p, a), v = geo_distance(p, b), d[2];
    if (u < 0.3 || v < 0.3) continue;
    for (int x = 0; x < 2; x++) d[x] = -((a[x] - p[x]) / u + (b[x] - p[x]) / v);
    double l = m_sqrt(d[0] * d[0] + d[1] * d[1]);
    if (l < 0.05) continue;
    const double q[2] = {p[0] + away * d[0] / l, p[1] + away * d[1] / l};
    if (!floor_free(wide_of(t, i), q) || !floor_visible(floor_of(t, i), a, q) || !floor_visible(floor_of(t, i), q, b)) continue;
    memcpy(o->path[i][k], q, sizeof q);
  }
}

static bool way_from(const struct twin *t, int32_t i, const double p[2], struct route *r) {
  const struct robot *b = &t->robot[i];
  if (!floor_free(floor_of(t, i), p) || routes_from(path_routes(t, i), p, b->from, b->place, r) < 0 || r->count >= ROUTE_POINTS_MAX) return false;
  memmove(r->point + 1, r->point, sizeof *r->point * (size_t)r->count);
  r->count++;
  return true;
}

// Out of a zone that was closed around it: straight to the nearest place from which there is a way, past nothing that stands there.
static bool find_out(const struct twin *t, int32_t i, struct route *r) {
  const struct mover *m = &t->motion->mover[i];
  const struct floor *f = floor_of(t, i);
  bool shut[16] = {false};
  if (floor_free(f, m->at)) return false;
  for (int ring = 1; ring <= OUT_MOST; ring++)
    for (int k = 0; k < 16; k++) {
      double s, c;
      m_sincos(M_PI_D / 8 * k, &s, &c);
      const double p[2] = {m->at[0] + OUT_STEP * ring * c, m->at[1] + OUT_STEP * ring * s};
      shut[k] = shut[k] || !floor_open(f, p);
      if (!shut[k] && way_from(t, i, p, r)) return true;
    }
  return false;
}

// Who touches something may see no bend along it: from a hand's breadth away then.
static bool find_beside(const struct twin *t, int32_t i, struct route *r) {
  const struct mover *m = &t->motion->mover[i];
  for (int k = 0; k < 8; k++) {
    double s, c;
    m_sincos(M_PI_D / 4 * k, &s, &c);
    const double p[2] = {m->at[0] + BESIDE * c, m->at[1] + BESIDE * s};
    if (way_from(t, i, p, r)) return true;
  }
  return find_out(t, i, r);
}

bool path_find(struct twin *t, int32_t i, const double goal[2]) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const struct robot *b = &t->robot[i];
  struct route r;
  m->leg = m->legs = 0;
  // who sets out to carry with others goes round things on the same side as they
  bool together = b->act == ACT_CARRY && b->teams > 1 && b->from != b->place && t->now == b->act_start;
  if (together) {
    routes_walk(path_routes(t, i), b->from, b->place, &r);
    team_abreast(t, i, &r);
  }
  together = together && r.count > 1 && floor_visible(floor_of(t, i), m->at, r.point[1]);
  if (!together && routes_from(path_routes(t, i), m->at, b->from, b->place, &r) < 0 && !find_beside(t, i, &r)) return false;
  for (int k = 1; k < r.count; k++) memcpy(o->path[i][m->legs++], r.point[k], sizeof r.point[k]);
  const double *before = m->legs > 1 ? o->path[i][m->legs - 2] : m->at;
  if (m->legs == 0 || !floor_passes(floor_of(t, i), before, goal)) m->legs++;
  memcpy(o->path[i][m->legs - 1], goal, sizeof o->path[i][0]);
  if (!together) spread_bends(t, i);
  return true;
}

// By the place over which it is the shortest: there, and back from it to the goal. Bends that are not needed are left out.
bool path_any(struct twin *t, int32_t i, const double goal[2]) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const struct routes *r = path_routes(t, i);
  const struct floor *f = floor_of(t, i);
  struct route there, back;
  double least = 0;
  int32_t via = NONE;
  m->leg = m->legs = 0;
  if (floor_shut(f, goal)) return false;
  if (!floor_visible(f, m->at, goal)) {
    for (int32_t p = 0; p < t->places; p++) {
      double a = routes_from(r, m->at, NONE, p, NULL), b = a < 0 ? -1 : routes_from(r, goal, NONE, p, NULL);
      if (b < 0 || (via != NONE && a + b >= least)) continue;
      via = p;
      least = a + b;
    }
    if (via == NONE) return false;
    routes_from(r, m->at, NONE, via, &there);
    routes_from(r, goal, NONE, via, &back);
    for (int k = 1; k < there.count + back.count; k++) {
      const double *p = k < there.count ? there.point[k] : back.point[there.count + back.count - 1 - k], *before = m->legs > 1 ? o->path[i][m->legs - 2] : m->at;
      if (m->legs > 0 && floor_visible(f, before, p)) m->legs--;
      if (m->legs == PATH_POINTS - 2) return false;
      memcpy(o->path[i][m->legs++], p, sizeof o->path[i][0]);
    }
  } else memcpy(o->path[i][m->legs++], goal, sizeof o->path[i][0]);
  memcpy(o->path[i][m->legs - 1], goal, sizeof o->path[i][0]);
  return true;
}

// ---- its time -------------------------------------------------------------------------------------------------

double way_inward(const struct twin *t, int32_t i) {
  const struct mover *m = &t->motion->mover[i];
  double at[2] = {m->at[0], m->at[1]};
  hands_nearer(t, i, at);
  return geo_distance(at, m->at);
}

// A walk as footsteps have it.
struct trip { double from[2], length, turn_in, turn_out; };

// From where its feet stand to where they will, past the points of its path; its last point is moved there and the one it had goes to `goal`.
static struct trip trip_of(struct twin *t, int32_t i, double facing, double goal[2]) {
  struct mover *m = &t->motion->mover[i];
  double (*path)[2] = t->motion->path[i], *last = path[m->legs - 1], s, c;
  m_sincos(m->heading, &s, &c);
  struct trip w = {{m->at[0] + m->inward * c, m->at[1] + m->inward * s}, 0, 0, 0};
  memcpy(goal, last, 2 * sizeof *goal);
  if (!m->waits) hands_nearer(t, i, last);
  const double *a = w.from;
  double begin = m->heading, end = m->heading;
  for (int k = 0; k < m->legs; k++) {
    double d = geo_distance(a, path[k]);
    w.length += d;
    if (d > 1e-6) {
      end = m_atan2(path[k][1] - a[1], path[k][0] - a[0]);
      if (a == w.from) begin = end;
    }
    a = path[k];
  }
  w.turn_in = m_wrap(begin - m->heading);
  w.turn_out = m_wrap(facing - end);
  return w;
}

// Time and energy of the walk before i by the footsteps of its body. Planning them takes as long as the way is long, so a long way is one that is shorter
// by whole strides between the same turns, to 5 degrees, steady walking, and what its bends cost.
static bool cost(struct twin *t, int32_t i, const struct trip *w, double facing, double *time, double *energy, double *bends) {
  *bends = 0;
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  if (w->length <= LONG) return pace_cost(t, i, w->from, m->heading, (const double (*)[2])o->path[i], m->legs, facing, m->cruise, time, energy);
  if (!pace_kind(t, t->robot[i].make)) return false;
  // the number of steps is a whole one, so what the ends take hangs on what is left over of the length
  const double grid = M_PI_D / 36, stride = pace_stride(t, i, m->cruise);
  double near = w->length - stride * m_floor((w->length - LONG) / stride + 1);
  near = LONG_GRID * m_floor(near / LONG_GRID + 0.5);
  const double from[2] = {0, 0}, to[1][2] = {{near, 0}};
  if (!pace_cost(t, i, from, -grid * m_floor(w->turn_in / grid + 0.5), to, 1, grid * m_floor(w->turn_out / grid + 0.5), m->cruise, time, energy)) return false;
  // each bend costs what one of its angle costs in the middle of that way
  double straight, bent, spent;
  for (int k = 0; k + 1 < m->legs; k++) {
    const double *a = k > 0 ? o->path[i][k - 1] : m->at, *p = o->path[i][k], *b = o->path[i][k + 1];
    double angle = m_wrap(m_atan2(b[1] - p[1], b[0] - p[0]) - m_atan2(p[1] - a[1], p[0] - a[0])), s, c;
    angle = grid * m_floor(__builtin_fabs(angle) / grid + 0.5);
    if (angle <= 0) continue;
    m_sincos(angle, &s, &c);
    const double ahead[1][2] = {{LONG, 0}}, way[2][2] = {{LONG / 2, 0}, {LONG / 2 * (1 + c), LONG / 2 * s}};
    if (pace_cost(t, i, from, 0, ahead, 1, 0, m->cruise, &straight, &spent) && pace_cost(t, i, from, 0, way, 2, angle, m->cruise, &bent, &spent) && bent > straight) *bends += bent - straight;
  }
  double more = (w->length - near) / m->cruise + *bends;
  *time += more;
  *energy += more * pace_power(t, i, m->cruise);
  return true;
}

#define JOG_GRID 0.25               // m    straight pieces are taken as long as a multiple of it, so that few are planned

// What jogging on its straight pieces takes off a walk, s and J.
static double jog_saves(struct twin *t, int32_t i, double *energy) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  double jog = way_jog(t, i, m->at, (const double (*)[2])o->path[i], m->legs, m->cruise), sum = 0;
  *energy = 0;
  for (int k = 0; k < m->legs && jog > 0; k++) {
    double length = JOG_GRID * m_floor(geo_distance(k > 0 ? o->path[i][k - 1] : m->at, o->path[i][k]) / JOG_GRID), time[2], spent[2];
    if (length <= LONG || !pace_straight(t, i, length, m->cruise, 0, &time[0], &spent[0]) || !pace_straight(t, i, length, m->cruise, jog, &time[1], &spent[1])) continue;
    sum += time[0] - time[1];
    *energy += spent[0] - spent[1];
  }
  return sum;
}

// The speed at which a way of that length between two rests takes `time`.
static double speed_for(double length, double time, double accel, double least) {
  double square = time * time - 4 * length / accel;
  return square > 0 ? accel * (time - m_sqrt(square)) / 2 : least;
}

void path_time(struct twin *t, int32_t i, double facing) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  struct robot *b = &t->robot[i];
  double length = way_rest(o, i), goal[2];
  struct trip w = trip_of(t, i, facing, goal);
  double turn[2] = {__builtin_fabs(w.turn_in), __builtin_fabs(w.turn_out)};
  double rolling = length * m->accel > m->cruise * m->cruise ? length / m->cruise + m->cruise / m->accel : 2 * m_sqrt(length / m->accel);
  double time, energy, bends, still = (turn[0] + turn[1]) / TURN_PACE + 2 * PATH_READY;
  b->walk_power = 0;
  bool known = cost(t, i, &w, facing, &time, &energy, &bends);
  memcpy(o->path[i][m->legs - 1], goal, sizeof goal);
  m->inward = 0;
  if (known) {
    double spent, saved = jog_saves(t, i, &spent);
    if (saved > 0) {
      time -= saved, energy -= spent, rolling -= saved;
      m->cruise = speed_for(length, rolling, m->accel, m->cruise);
    }
    still = time - rolling - bends;
    // bends slow all of a long way
    if (bends > 0) m->cruise = length / (length / m->cruise + bends);
    b->walk_power = time > 0 ? energy / time : 0;
  }
  if (still < 2 * MOTION_DT) still = 2 * MOTION_DT;
  double share = (turn[0] + PATH_READY) / (turn[0] + turn[1] + 2 * PATH_READY);
  m->phase = m->phase_left = still * share;
  m->settle = still * (1 - share);
  m->turn_from = m->heading;
  m->turn_to = m->heading + w.turn_in;
  b->act_length = ns_from_seconds(still + rolling);
}
