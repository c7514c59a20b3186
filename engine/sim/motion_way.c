// Where a walker goes: spots, paths, waiting in line, stepping aside.
#include <string.h>

#include "base/maths.h"
#include "engine/sim/broken.h"
#include "engine/sim/hands.h"
#include "engine/sim/motion_state.h"
#include "engine/sim/pace.h"
#include "engine/sim/power.h"
#include "engine/sim/robot.h"
#include "engine/sim/team.h"
#include "engine/sim/way.h"

// Guesses.
#define TURN_PACE   1.5             // rad/s on the spot, of people and of models without a body
#define READY       0.3             // s      of theirs, at both ends
#define BEND_NEAR   0.1             // m      from a corner, the least
#define BEND_STEP   0.3             // m      more for each
#define BEND_LANES  4
#define LONG        8.0             // m
#define LONG_GRID   0.1             // m    to which longer ways are shortened, so that few are planned
#define BESIDE      0.05            // m
#define OUT_STEP    0.25            // m    between the points where one in a closed zone looks for a way out
#define OUT_MOST    40              //      of them
#define ARRANGE     0.3             // m      more way in all that it may cost a team to have the nearest on the farthest side
#define SIDES_AT    2.0             // m      before its goal where a team that carries may still change sides
#define WAIT_STEP   0.3             // m      between points tried
#define ASIDE_TIME  (5 * NS_SECOND)

static const struct routes *routes_of(const struct twin *t, int32_t i) { return t->routes[t->fleet[t->robot[i].fleet].routes]; }

static double wrapped(double angle) { return angle - 2 * M_PI_D * m_floor(angle / (2 * M_PI_D) + 0.5); }

// ---- the line of those who wait -------------------------------------------------------------------------------

void way_queue_drop(struct motion *o, int32_t i) {
  if (!o->mover[i].waits) return;
  o->mover[i].waits = false;
  int32_t k = 0;
  while (o->queue[k] != i) k++;
  o->queued--;
  memmove(o->queue + k, o->queue + k + 1, sizeof *o->queue * (size_t)(o->queued - k));
}

// At its end; who stands in it already keeps its turn.
static void queue_add(struct motion *o, int32_t i) {
  if (o->mover[i].waits) return;
  o->mover[i].waits = true;
  o->queue[o->queued++] = i;
}

static bool others_wait(const struct motion *o, const struct twin *t, int32_t i) {
  for (int32_t k = 0; k < o->queued; k++)
    if (o->queue[k] != i && t->robot[o->queue[k]].place == t->robot[i].place) return true;
  return false;
}

int32_t way_team(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  bool carries = b->act == ACT_FETCH || b->act == ACT_WAIT_PARTNER || b->act == ACT_PICK || b->act == ACT_CARRY || b->act == ACT_WAIT_SPACE || b->act == ACT_PLACE;
  return carries && b->teams > 1 && team_room(t, b->place) >= b->teams ? spot_team(b->teams, b->team) : NONE;
}

// No other team has one of its spots: two that each hold one would wait for each other for ever.
static bool ours(const struct twin *t, int32_t i) {
  const struct spots *s = &t->motion->spots;
  for (int32_t k = s->first[t->robot[i].place]; k < s->first[t->robot[i].place + 1]; k++) {
    int32_t h = s->spot[k].slot >= SPOT_TEAM ? s->spot[k].holder : NONE;
    if (h != NONE && h != i && t->robot[h].job != t->robot[i].job) return false;
  }
  return true;
}

bool way_crew(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  if (b->act != ACT_TO_POST || (t->job[b->job].kind != JOB_OPERATE && t->job[b->job].kind != JOB_RELIEF)) return false;
  return spots_crew(&t->motion->spots, b->place);
}

// The slot it must have, NONE: any; false: it stands in a line, of a charger or a repair station, and has none yet.
static bool slot_of(const struct twin *t, const struct robot *b, int32_t *slot) {
  *slot = way_team(t, (int32_t)(b - t->robot));
  if (*slot != NONE) return ours(t, (int32_t)(b - t->robot));
  if (b->act == ACT_TO_REPAIR) return broken_slot(t, (int32_t)(b - t->robot), slot);
  if (way_crew(t, (int32_t)(b - t->robot))) *slot = SPOT_CREW;
  if (b->act != ACT_TO_CHARGER || b->charger == NONE) return true;
  *slot = b->slot;
  return b->slot >= 0;
}

// ---- paths ---------------------------------------------------------------------------------------------------

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
  if (!floor_free(floor_of(t, i), p) || routes_from(routes_of(t, i), p, b->from, b->place, r) < 0 || r->count >= ROUTE_POINTS_MAX) return false;
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

// Points from where it is to `goal` near its place; false: there is no way.
static bool find_path(struct twin *t, int32_t i, const double goal[2]) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const struct robot *b = &t->robot[i];
  struct route r;
  m->leg = m->legs = 0;
  // who sets out to carry with others goes round things on the same side as they
  bool together = b->act == ACT_CARRY && b->teams > 1 && b->from != b->place && t->now == b->act_start;
  if (together) {
    routes_walk(routes_of(t, i), b->from, b->place, &r);
    team_abreast(t, i, &r);
  }
  together = together && r.count > 1 && floor_visible(floor_of(t, i), m->at, r.point[1]);
  if (!together && routes_from(routes_of(t, i), m->at, b->from, b->place, &r) < 0 && !find_beside(t, i, &r)) return false;
  for (int k = 1; k < r.count; k++) memcpy(o->path[i][m->legs++], r.point[k], sizeof r.point[k]);
  const double *before = m->legs > 1 ? o->path[i][m->legs - 2] : m->at;
  if (m->legs == 0 || !floor_visible(floor_of(t, i), before, goal)) m->legs++;
  memcpy(o->path[i][m->legs - 1], goal, sizeof o->path[i][0]);
  if (!together) spread_bends(t, i);
  return true;
}

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
  w.turn_in = wrapped(begin - m->heading);
  w.turn_out = wrapped(facing - end);
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
    double angle = wrapped(m_atan2(b[1] - p[1], b[0] - p[0]) - m_atan2(p[1] - a[1], p[0] - a[0])), s, c;
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

// What getting ready, turning and coming to rest take at both ends of an undisturbed walk, and its mean power.
static void time_walk(struct twin *t, int32_t i, double facing) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  struct robot *b = &t->robot[i];
  double length = way_rest(o, i), goal[2];
  struct trip w = trip_of(t, i, facing, goal);
  double turn[2] = {__builtin_fabs(w.turn_in), __builtin_fabs(w.turn_out)};
  double rolling = length * m->accel > m->cruise * m->cruise ? length / m->cruise + m->cruise / m->accel : 2 * m_sqrt(length / m->accel);
  double time, energy, bends, still = (turn[0] + turn[1]) / TURN_PACE + 2 * READY;
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
  double share = (turn[0] + READY) / (turn[0] + turn[1] + 2 * READY);
  m->phase = m->phase_left = still * share;
  m->settle = still * (1 - share);
  m->turn_from = m->heading;
  m->turn_to = m->heading + w.turn_in;
  b->act_length = ns_from_seconds(still + rolling);
}

static double walk_speed(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  const struct fleet_row *f = &t->fleet[b->fleet];
  return f->typed ? f->speed : robot_walk_speed(&make_of(t, b)->tables, (double)b->load);
}

static void begin_path(struct twin *t, int32_t i, bool fresh) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  struct robot *b = &t->robot[i];
  double facing = m->heading;
  if (fresh || m->cruise <= 0) m->cruise = walk_speed(t, i);
  // who carries with others is no faster than they
  for (int k = 0; b->act == ACT_CARRY && k < t->job[b->job].robots; k++) {
    double speed = walk_speed(t, (int32_t)t->job[b->job].robot[k]);
    if (speed < m->cruise) m->cruise = speed;
  }
  if (m->legs > 0) robot_faces(t, i, o->path[i][m->legs - 1], &facing);
  m->facing = facing;
  if (fresh) m->settle = READY;
  m->rest = 1e30;
  m->nearer = t->now;
  claim_plan(t, i);
  // nearness is of the whole errand, but who backed out of a narrow way begins anew: it is not stuck while it waits for its turn
  if (o->claim[i].count > 0) m->least = way_rest(o, i);
  lead_goes_on(t, i);
  if (!fresh || m->legs == 0 || m->led) {
    m->move = MOVE_WALKS;
    return;
  }
  time_walk(t, i, facing);
  m->velocity[0] = m->velocity[1] = 0;
  step_free(t, i);
  m->move = MOVE_TURNS;
  if (t->fleet[b->fleet].drains) power_book(t, i);
}

bool way_plan(struct twin *t, int32_t i, bool fresh) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  if (!find_path(t, i, o->spots.spot[m->spot].at)) {
    m->legs = 0;
    return false;
  }
  begin_path(t, i, fresh);
  return true;
}

// ---- waiting ---------------------------------------------------------------------------------------------------

// Somebody else waits there, or is going to.
static bool waited_at(const struct motion *o, int32_t i, const double p[2]) {
  for (int32_t k = 0; k < o->queued; k++) {
    int32_t j = o->queue[k];
    const struct mover *m = &o->mover[j];
    if (j != i && geo_distance(m->legs > 0 ? o->path[j][m->legs - 1] : m->at, p) < o->mover[i].radius + m->radius + 0.1) return true;
  }
  return false;
}

static bool good_to_wait(const struct twin *t, int32_t i, const double p[2]) {
  if (waited_at(t->motion, i, p)) return false;
  return floor_free(wide_of(t, i), p) && !spots_near(&t->motion->spots, p, 2 * t->motion->mover[i].radius + 0.1);
}

// Cut a path that begins at m->at after the first point where one can wait; false: there is none.
static bool cut_ahead(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const double *a = m->at;
  for (int k = 0; k < m->legs; k++) {
    const double *b = o->path[i][k];
    double length = geo_distance(a, b);
    for (double x = WAIT_STEP; x < length + WAIT_STEP; x += WAIT_STEP) {
      double s = x < length ? x / length : 1, p[2] = {a[0] + s * (b[0] - a[0]), a[1] + s * (b[1] - a[1])};
      if (!good_to_wait(t, i, p)) continue;
      memcpy(o->path[i][k], p, sizeof p);
      m->legs = (int16_t)(k + 1);
      return true;
    }
    a = b;
  }
  return false;
}

#define EXITS 16                    // places that are tried as ways out

// The nearest places by walking from where it came from, of those where others can pass.
static int nearest_places(const struct twin *t, int32_t i, int32_t out[EXITS]) {
  const struct routes *r = routes_of(t, i);
  double far[EXITS];
  int n = 0;
  int32_t from = t->robot[i].from != NONE ? t->robot[i].from : t->robot[i].place;
  for (int32_t p = 0; p < t->places; p++) {
    double d = routes_length(r, from, p);
    if (d < 0 || !t->motion->lies_wide[p] || (n == EXITS && d >= far[n - 1])) continue;
    int k = n < EXITS ? n++ : n - 1;
    for (; k > 0 && far[k - 1] > d; k--) {
      far[k] = far[k - 1];
      out[k] = out[k - 1];
    }
    far[k] = d;
    out[k] = p;
  }
  return n;
}

bool way_out(struct twin *t, int32_t i, bool open) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  int32_t place[EXITS + 1];
  int n = nearest_places(t, i, place), best = NONE;
  double least = 0;
  int32_t home = t->fleet[t->robot[i].fleet].home;
  if (home != NONE && t->stand[home] != NONE) place[n++] = t->stand[home];
  for (int pass = 0; pass < 2; pass++)
    for (int k = pass ? best : 0; k < (pass ? best + 1 : n); k++) {
      struct route r;
      m->leg = m->legs = 0;
      if (k < 0 || routes_from(routes_of(t, i), m->at, t->robot[i].from, place[k], &r) < 0) continue;
      for (int p = 1; p < r.count; p++) memcpy(o->path[i][m->legs++], r.point[p], sizeof r.point[p]);
      if (!cut_ahead(t, i)) continue;
      if (pass) return true;
      double length = way_rest(o, i);
      if ((best != NONE && length >= least) || (open && !claim_open(t, i))) continue;
      best = k;
      least = length;
    }
  m->leg = m->legs = 0;
  return false;
}

// Cut the path where one can wait: at a point from which others can pass, away from spots.
static void cut_path(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  double behind = 0, next = SPOT_WAIT;
  for (int k = m->legs - 1; k >= 0; k--) {
    const double *a = k > 0 ? o->path[i][k - 1] : m->at, *b = o->path[i][k];
    double length = geo_distance(a, b);
    for (; next <= behind + length; next += WAIT_STEP) {
      double s = length > 0 ? (next - behind) / length : 0, p[2] = {b[0] + s * (a[0] - b[0]), b[1] + s * (a[1] - b[1])};
      if (!good_to_wait(t, i, p)) continue;
      memcpy(o->path[i][k], p, sizeof p);
      m->legs = (int16_t)(k + 1);
      return;
    }
    behind += length;
  }
  m->legs = 0;
  // here then, unless others need this very place
  if (m->leaving == NONE && good_to_wait(t, i, m->at)) return;
  if (!way_out(t, i, false)) way_room(t, i, NONE, 0);
}

void way_wait_elsewhere(struct twin *t, int32_t i) {
  struct mover *m = &t->motion->mover[i];
  m->nearer = t->now;
  if (way_out(t, i, true) || way_out(t, i, false)) begin_path(t, i, false);
}

static void wait_in_line(struct twin *t, int32_t i, bool fresh) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  queue_add(o, i);
  if (find_path(t, i, t->place_at[t->robot[i].place])) cut_path(t, i);
  begin_path(t, i, fresh && m->legs > 0);
}

// The way to its goal is not to be had: out of here by another, to where others can pass, and in line again.
bool way_retreat(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  bool waited = m->waits;
  if (m->far || !way_out(t, i, true)) {
    // none: it keeps asking for the one it has
    if (waited ? way_out(t, i, false) : find_path(t, i, m->far ? t->place_at[t->robot[i].place] : o->spots.spot[m->spot].at)) begin_path(t, i, false);
    m->asked = t->now;
    m->wants = true;
    return false;
  }
  if (m->spot != NONE) {
    spots_leave(&o->spots, m->spot);
    m->spot = NONE;
  }
  queue_add(o, i);
  o->count.retreats++;
  begin_path(t, i, false);
  return true;
}

// Of a team that comes to its place the nearest one gets the farthest side, so that nobody has to pass who stands already, unless both are
// on the other's side then.
static void arrange(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  const struct job *a = &t->job[t->robot[i].job];
  int32_t who[2];
  int n = 0;
  for (int k = 0; k < a->robots; k++) {
    int32_t j = (int32_t)a->robot[k];
    if (way_team(t, j) == NONE || !o->mover[j].owes || o->mover[j].move == MOVE_SETTLES || t->robot[j].place != t->robot[i].place) continue;
    if (n == 2) return;             // larger teams take their sides as they were told
    who[n++] = j;
  }
  if (n < 2) return;
  struct robot *b[2] = {&t->robot[who[0]], &t->robot[who[1]]};
  double side[2][2], away[2][2];
  for (int k = 0; k < 2; k++) team_spot(t, b[k]->place, b[k]->teams, b[k]->team, side[k]);
  for (int k = 0; k < 2; k++)
    for (int s = 0; s < 2; s++) away[k][s] = geo_distance(o->mover[who[k]].at, side[s]);
  int near = away[0][0] + away[0][1] <= away[1][0] + away[1][1] ? 0 : 1, far = 1 - near;
  // abreast everybody has a side already
  if (b[0]->act == ACT_CARRY && away[far][0] + away[far][1] - away[near][0] - away[near][1] < 2 * o->mover[i].radius) return;
  double as_is = away[0][0] + away[1][1], crossed = away[0][1] + away[1][0];
  bool better = away[near][far] > away[near][near];       // it would get the farther one
  if (better ? crossed > as_is + ARRANGE : as_is <= crossed + ARRANGE) return;
  uint8_t team = b[0]->team;
  b[0]->team = b[1]->team, b[1]->team = team;
  bool held[2];
  for (int k = 0; k < 2; k++) {
    struct mover *m = &o->mover[who[k]];
    held[k] = m->spot != NONE;
    if (held[k]) spots_leave(&o->spots, m->spot);
    m->spot = NONE;
  }
  for (int k = 0; k < 2; k++) {
    struct mover *m = &o->mover[who[k]];
    if (!held[k]) continue;
    int32_t s = spots_free(&o->spots, who[k], b[k]->place, way_team(t, who[k]), m->at);
    if (s != NONE) spots_take(&o->spots, s, who[k]), m->spot = s;
    if (who[k] != i && (s == NONE || !way_plan(t, who[k], false))) wait_in_line(t, who[k], false);
  }
}

// One of its team stands before it, on the side where it comes from: that one moves over, and it takes that place.
static void move_over(struct twin *t, int32_t i, int32_t j) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i], *h = &o->mover[j];
  struct robot *a = &t->robot[i], *b = &t->robot[j];
  int32_t spot = m->spot;
  if (h->move != MOVE_STANDS || h->owes || h->spot == NONE || o->spots.spot[h->spot].slot != way_team(t, j)) return;
  if (geo_distance(m->at, o->spots.spot[h->spot].at) >= geo_distance(m->at, o->spots.spot[spot].at)) return;
  uint8_t team = a->team;
  a->team = b->team, b->team = team;
  m->spot = h->spot, h->spot = spot;
  spots_take(&o->spots, m->spot, i);
  spots_take(&o->spots, h->spot, j);
  o->active++;
  t->alive++;
  h->owes = h->over = true;
  h->rank = h->since = t->now;
  if (!way_plan(t, j, false)) wait_in_line(t, j, false);
}

void way_sides(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const struct robot *b = &t->robot[i];
  if (m->spot == NONE || m->yields || o->spots.spot[m->spot].slot < SPOT_TEAM || o->spots.spot[m->spot].slot != way_team(t, i) || way_rest(o, i) > SIDES_AT) return;
  const struct job *a = &t->job[b->job];
  uint8_t team = b->team;
  if (b->act == ACT_CARRY && !m->sided) arrange(t, i);
  for (int k = 0; k < a->robots; k++) o->mover[a->robot[k]].sided = true;
  for (int k = 0; k < a->robots && b->team == team; k++)
    if (a->robot[k] != (uint32_t)i) move_over(t, i, (int32_t)a->robot[k]);
  if (b->team != team && (m->spot == NONE || !way_plan(t, i, false))) wait_in_line(t, i, false);
}

static void take_spot(struct twin *t, int32_t i, int32_t slot) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  if (others_wait(o, t, i)) return;
  if (slot >= SPOT_TEAM && t->robot[i].act == ACT_FETCH) arrange(t, i), slot = way_team(t, i);
  int32_t k = spots_free(&o->spots, i, t->robot[i].place, slot, m->at);
  if (k == NONE) return;
  if (k == m->leaving) m->leaving = NONE;
  spots_take(&o->spots, k, i);
  m->spot = k;
}

void way_set_out(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const struct robot *b = &t->robot[i];
  int32_t slot;
  m->due = m->move == MOVE_WALKS && claim_through(t, i);
  if (m->due) return;
  bool may = slot_of(t, b, &slot), fresh = m->move != MOVE_WALKS;
  if (!fresh) m->cruise = walk_speed(t, i);     // the pace of the way that it leaves was that way's
  way_queue_drop(o, i);
  m->yields = false;
  if (m->spot != NONE && (o->spots.spot[m->spot].place != b->place || !may || (slot != NONE && o->spots.spot[m->spot].slot != slot))) {
    if (m->leaving != NONE) spots_leave(&o->spots, m->leaving);
    m->leaving = m->spot;
    m->spot = NONE;
  }
  m->sided = false;
  m->far = m->spot == NONE && geo_distance(m->at, t->place_at[b->place]) > NEAR_SPOT;
  if (m->far && find_path(t, i, t->place_at[b->place])) {
    begin_path(t, i, fresh);
    return;
  }
  m->far = false;
  if (m->spot == NONE && may) take_spot(t, i, slot);
  if (m->spot == NONE || !way_plan(t, i, fresh)) wait_in_line(t, i, fresh);
}

void way_near(struct twin *t, int32_t i) {
  struct mover *m = &t->motion->mover[i];
  int32_t slot;
  m->far = false;
  if (slot_of(t, &t->robot[i], &slot)) take_spot(t, i, slot);
  if (m->spot == NONE || !way_plan(t, i, false)) wait_in_line(t, i, false);
}

// Whoever has nothing to do on a spot that is wanted goes elsewhere.
static void clear_place(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  int32_t place = t->robot[i].place;
  for (int32_t k = o->spots.first[place]; k < o->spots.first[place + 1]; k++) {
    const struct spot *s = &o->spots.spot[k];
    if (s->slot != NONE && s->slot < SPOT_CREW) return;       // docks and chargers are for standing there
    for (uint32_t n = 0; n <= s->nears; n++) {
      int32_t h = n == 0 ? s->holder : o->spots.spot[o->spots.near[s->first_near + n - 1]].holder;
      if (h != NONE && h != i && o->mover[h].move == MOVE_STANDS && t->robot[h].act == ACT_IDLE && !way_aside(t, h, i, false)) lead_away(t, h, i);
    }
  }
}

void way_grant(struct twin *t) {
  struct motion *o = t->motion;
  for (int32_t q = 0; q < o->queued; q++) {
    int32_t i = o->queue[q], slot;
    struct mover *m = &o->mover[i];
    if (m->yields || claim_through(t, i) || !slot_of(t, &t->robot[i], &slot)) continue;
    int32_t k = m->spot != NONE ? m->spot : spots_free(&o->spots, i, t->robot[i].place, slot, m->at);
    if (k == NONE) {
      clear_place(t, i);
      continue;
    }
    if (k == m->leaving) m->leaving = NONE;
    spots_take(&o->spots, k, i);
    m->spot = k;
    bool rests = m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1] < 0.01;
    if (!way_plan(t, i, rests)) continue;               // closed off: it keeps asking
    way_queue_drop(o, i);
    m->least = 1e30;                // what it waited for counts no more
    m->since = t->now;
    q--;
  }
}

bool way_again(struct twin *t, int32_t i) {
  struct mover *m = &t->motion->mover[i];
  if (m->waits || (!m->far && m->spot == NONE)) return false;
  double rest = m->rest;
  ns_t nearer = m->nearer;
  if (m->far) way_set_out(t, i);
  else if (!way_plan(t, i, false)) wait_in_line(t, i, false);
  m->rest = rest;                   // that is no progress
  m->nearer = nearer;
  return true;
}

// ---- stepping aside ---------------------------------------------------------------------------------------------

bool way_clear_of(const struct motion *o, int32_t j, const double p[2], double distance) {
  const struct mover *m = &o->mover[j];
  const double *a = m->at;
  double seen = 0;
  if (geo_distance(a, p) < distance) return false;
  if (m->led) return lead_clear_of(o, j, p, distance);
  for (int k = m->leg; k < m->legs && seen < 5; k++) {
    const double *b = o->path[j][k];
    if (geo_segment_distance(p, a, b) < distance) return false;
    seen += geo_distance(a, b);
    a = b;
  }
  return true;
}

// A search over points 0.1 m apart around i, breadth first (Lee 1961): others are taken to stay where they are. Fills i's path.
bool way_room(struct twin *t, int32_t i, int32_t from, double more) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const struct floor *f = floor_of(t, i);
  struct room_search *s = &o->room;
  int32_t other[64];
  int others = grid_within(o, m->at, ROOM_REACH + 1, i, other, 64), head = 0, tail = 0, found = -1;
  memset(s->before, 0xff, sizeof s->before);
  s->before[ROOM_SIDE * ROOM_SIDE / 2] = ROOM_SIDE * ROOM_SIDE / 2;
  s->queue[tail++] = ROOM_SIDE * ROOM_SIDE / 2;
  while (head < tail && found < 0) {
    int c = s->queue[head++], x = c % ROOM_SIDE, y = c / ROOM_SIDE;
    for (int k = 0; k < 8 && found < 0; k++) {
      static const int step[8][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}, {1, 1}, {-1, 1}, {-1, -1}, {1, -1}};
      int nx = x + step[k][0], ny = y + step[k][1], n = ny * ROOM_SIDE + nx;
      if (nx < 0 || ny < 0 || nx >= ROOM_SIDE || ny >= ROOM_SIDE || s->before[n] >= 0) continue;
      const double p[2] = {m->at[0] + (nx - ROOM_SIDE / 2) * ROOM_STEP, m->at[1] + (ny - ROOM_SIDE / 2) * ROOM_STEP};
      bool open = floor_free(f, p);
      for (int j = 0; j < others && open; j++) open = geo_distance(p, o->mover[other[j]].at) >= m->radius + o->mover[other[j]].radius;
      s->before[n] = (int16_t)(open ? c : n);
      if (!open) continue;
      s->queue[tail++] = (int16_t)n;
      // where the coordinator leads, it ends outside of the spot and of the way; in large sparse halls the longer step aside holds up more than it frees (a tenth of
      // warehouse-1000's parcels)
      double stops = lead_leads(&o->lead) ? ASIDE_STOPS : 0;
      bool clear = from == NONE ? good_to_wait(t, i, p) : way_clear_of(o, from, p, m->radius + o->mover[from].radius + 0.05 + stops + more) && !spots_near(&o->spots, p, 2 * m->radius + 0.1 + stops);
      if (clear) found = n;
    }
  }
  if (found < 0) return false;
  int points = 0;
  for (int c = found; c != ROOM_SIDE * ROOM_SIDE / 2; c = s->before[c]) s->queue[points++] = (int16_t)c;
  int every = points / (PATH_POINTS - 2) + 1;
  if (every < 3) every = 3;
  m->leg = m->legs = 0;
  for (int k = points - 1; k >= 0; k--) {
    if (k > 0 && k % every != 0) continue;
    o->path[i][m->legs][0] = m->at[0] + (s->queue[k] % ROOM_SIDE - ROOM_SIDE / 2) * ROOM_STEP;
    o->path[i][m->legs++][1] = m->at[1] + (s->queue[k] / ROOM_SIDE - ROOM_SIDE / 2) * ROOM_STEP;
  }
  return true;
}

void way_leave(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  if (m->spot != NONE && m->leaving == NONE) {
    m->leaving = m->spot;
    m->spot = NONE;
  }
  m->cruise = t->fleet[t->robot[i].fleet].typed ? t->fleet[t->robot[i].fleet].speed : make_of(t, &t->robot[i])->tables.walk_speed;
  m->move = MOVE_WALKS;
  m->inward = 0;
  m->nears = grid_near(o, m->at, LOOK_REACH, i, m->near, LOOK_NEAR);      // who comes to be near is looked for from now on
  m->faces = 0;
  m->apart = false;
  o->active++;
}

static bool step_aside(struct twin *t, int32_t i, int32_t from, bool claimed, double more) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  bool free = m->move == MOVE_WALKS || (m->move == MOVE_STANDS && !m->owes && t->robot[i].act == ACT_IDLE);
  if (!free || m->led || (m->yields && more <= 0) || (m->claimed && !claimed) || !way_room(t, i, from, more)) return false;
  o->count.asides++;
  if (m->move == MOVE_STANDS) way_leave(t, i);
  m->yields = true;
  m->until = t->now + ASIDE_TIME;
  if (o->mover[from].rank < m->rank) m->rank = o->mover[from].rank;
  claim_stand(t, i);
  return true;
}

bool way_aside(struct twin *t, int32_t i, int32_t from, bool claimed) { return step_aside(t, i, from, claimed, 0); }

bool way_open(struct twin *t, int32_t i, int32_t from) { return step_aside(t, i, from, false, 2 * t->motion->mover[from].radius); }

void way_back(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  m->yields = false;
  if (m->owes) {
    bool waited = m->waits;
    m->rank = t->robot[i].act_start;
    if (!waited || m->due) {
      if (m->far || m->due) way_set_out(t, i);
      else if (m->spot == NONE || !way_plan(t, i, false)) wait_in_line(t, i, false);
    } else {
      m->leg = m->legs = 0;
      m->rest = 1e30;
      m->nearer = t->now;
    }
    return;
  }
  m->velocity[0] = m->velocity[1] = 0;
  m->move = MOVE_STANDS;
  m->held = false;
  claim_stand(t, i);
  o->active--;
}
