// One step of one walker: look around, choose a velocity, move.
#include <string.h>

#include "base/maths.h"
#include "engine/sim/motion_state.h"
#include "engine/sim/power.h"
#include "engine/sim/robot.h"
#include "engine/sim/team.h"
#include "robots/separation.h"
#include "scheduler/orca.h"

// What follows are guesses unless said.
#define GAP            0.05         // m    kept between walkers where there is room
#define HORIZON        2.0          // s    that two walkers keep clear of each other
#define HORIZON_STILL  0.8          // s    of somebody who stands
#define TURN_RATE      3.0          // rad/s of somebody who walks
#define BIAS           0.12         // rad  to the right of whoever somebody comes towards
#define POINT_REACH    0.35         // m    from which on a bend of the path counts as passed
#define TEAM_REACH     0.2          // m    of a team that carries: abreast only if nobody cuts the bend; a guess
#define STOPPED        0.02         // m/s  below it people have stopped a robot
#define STANDS         0.1          // m/s  of a person who stands
#define PEOPLE_SPEED   0.25         // m/s  the reduced speed of ISO 10218-1
#define TEAM_AHEAD     0.1          // m    that two of a team may be farther apart than they stand before the first one slows
#define TEAM_STRETCH   0.3          // m    more, at which it creeps
#define TEAM_CREEP     0.05         // m/s
#define PASSES         1e-10        //      square of the cosine between its way and the other one up to which it passes: rounding would hold two who touch for ever
#define HALF_LOOK      (LOOK_EVERY * MOTION_DT / 2)     // s
#define MEETS          1e-5         // m    that rounding may add to a step
#define FINAL          0.4          // m    before its goal it no longer looks aside
#define JOIN           0.8          // m    before it, from which on it may come close to who stands beside it, when it has got
#define JOIN_AFTER     NS_SECOND    //      no nearer for so long
#define HIT            0.1          // m/s  between two who touch, slower ones lean
#define TOUCHES        0.01         // m    within which two who stand side by side touch

// ---- the wish ---------------------------------------------------------------------------------------------

double step_zone_speed(const struct twin *t, int32_t i, double speed) {
  const struct floor *f = floor_of(t, i);
  const double *p = t->motion->mover[i].at;
  for (int k = 0; k < f->rule_count; k++) {
    const struct zone_rule *r = &f->rules[k];
    if (!r->slow || p[0] < r->box[0] || p[1] < r->box[1] || p[0] > r->box[2] || p[1] > r->box[3]) continue;
    if (f->limits[r->limit] < speed && polygon_contains(&r->zone->area, p)) speed = f->limits[r->limit];
  }
  return speed;
}

double way_rest(const struct motion *o, int32_t i) {
  const struct mover *m = &o->mover[i];
  double rest = 0;
  const double *from = m->at;
  for (int k = m->leg; k < m->legs; k++) {
    rest += geo_distance(from, o->path[i][k]);
    from = o->path[i][k];
  }
  return rest;
}

// Bends that are behind it: near, or with the next one in sight.
static void pass_points(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const struct robot *b = &t->robot[i];
  double reach = b->act == ACT_CARRY && t->job[b->job].robots > 1 ? TEAM_REACH : POINT_REACH;
  while (m->leg + 1 < m->legs) {
    const double *p = o->path[i][m->leg], *q = o->path[i][m->leg + 1];
    double along = (q[0] - p[0]) * (m->at[0] - p[0]) + (q[1] - p[1]) * (m->at[1] - p[1]);
    if (along <= 0 && geo_distance(m->at, p) > reach) return;
    if (!floor_passes(floor_of(t, i), m->at, q)) return;
    m->leg++;
  }
}

// m/s that somebody may walk with whose team carries one thing: whoever has less to go waits for those who fall back.
static double team_speed(const struct twin *t, int32_t i, double speed) {
  const struct motion *o = t->motion;
  const struct robot *b = &t->robot[i];
  if (b->act != ACT_CARRY || t->job[b->job].robots < 2) return speed;
  double rest = way_rest(o, i);
  for (int k = 0; k < t->job[b->job].robots; k++) {
    int32_t j = (int32_t)t->job[b->job].robot[k];
    const struct mover *h = &o->mover[j];
    if (j == i || !h->owes || h->waits) continue;
    double apart = geo_distance(h->at, o->mover[i].at) - 2 * o->mover[i].radius - TEAM_GAP - TEAM_AHEAD;
    if (apart <= 0 || way_rest(o, j) <= rest) continue;
    double most = speed * (1 - apart / TEAM_STRETCH);
    if (most < speed) speed = most < TEAM_CREEP ? TEAM_CREEP : most;
  }
  return speed;
}

// Straight to the next point, as fast as stopping at the goal allows.
static void wish_of(struct twin *t, int32_t i, double out[2]) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  out[0] = out[1] = 0;
  pass_points(t, i);
  if (m->leg >= m->legs) return;
  const double *p = o->path[i][m->leg];
  double d = geo_distance(m->at, p), rest = m->leg + 1 == m->legs ? d : way_rest(o, i);
  if (m->waits && rest < 1.0 && m->held && m->stretches == 0) return;                // near enough to where it waits
  if (d <= 0) return;
  double speed = m->cruise, left = m->stop >= 0 ? (m->leg + 1 == m->legs ? d : way_rest(o, i)) - m->stop : rest;
  // the wish holds until the next look: as fast as it may be half-way there
  left -= HALF_LOOK * m_sqrt(m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1]);
  double stop = left > 0 ? m_sqrt(2 * m->accel * left) : 0;
  double door = door_ahead(t, i);
  if (door < DOOR_NONE && m_sqrt(2 * m->accel * door) < stop) stop = m_sqrt(2 * m->accel * door);
  speed = team_speed(t, i, step_zone_speed(t, i, stop < speed ? stop : speed));
  for (int k = 0; k < 2; k++) out[k] = (p[k] - m->at[k]) / d * speed;
}

// ---- looking around -----------------------------------------------------------------------------------------

// What a robot may walk with, people being where they are and going where they go. A person in a people zone slows every robot in that zone to PEOPLE_SPEED.
static double safe_speed(const struct twin *t, int32_t i) {
  const struct motion *o = t->motion;
  const struct mover *m = &o->mover[i];
  double speed = m->cruise;
  if (m->person || !o->people) return speed;
  for (int k = 0; k < m->nears; k++) {
    const struct mover *h = &o->mover[m->near[k]];
    if (!h->person) continue;
    double d = geo_distance(m->at, h->at), towards = 0, pace = 0;
    if (h->move == MOVE_WALKS && d > 0) {
      for (int x = 0; x < 2; x++) towards += h->velocity[x] * (m->at[x] - h->at[x]) / d;
      pace = m_sqrt(h->velocity[0] * h->velocity[0] + h->velocity[1] * h->velocity[1]);
    }
    double v = separation_walk(&o->separation, towards, pace < STANDS, d - m->radius - h->radius);
    if (v < speed) speed = v;
  }
  for (int z = 0; z < t->layout->zone_count; z++) {
    const struct zone *zone = &t->layout->zones[z];
    if (zone->kind == ZONE_PEOPLE && o->inside[z] > 0 && PEOPLE_SPEED < speed && polygon_contains(&zone->area, m->at)) speed = PEOPLE_SPEED;
  }
  return speed;
}

// How much of the change is ours.
static double share_of(const struct mover *m, const struct mover *other) {
  bool stands = !mover_active(other) || other->move != MOVE_WALKS;
  if (stands) return 1;
  if (m->person != other->person) return m->person ? 0.2 : 1;
  if (mover_polite(m) != mover_polite(other)) return mover_polite(m) ? 0.8 : 0.2;
  return 0.5;
}

// Who has to make way sees where the other one wants to go, not that it cannot.
static const double *velocity_of(const struct mover *m, const struct mover *other) {
  return mover_polite(m) && !mover_polite(other) && other->move == MOVE_WALKS ? other->asks : other->velocity;
}

static bool oncoming(const struct mover *m, const struct mover *other, const double wish[2]) {
  double d[2] = {other->at[0] - m->at[0], other->at[1] - m->at[1]};
  double ahead = d[0] * wish[0] + d[1] * wish[1], against = other->velocity[0] * wish[0] + other->velocity[1] * wish[1];
  return ahead > 0 && against < 0;
}

static void note_held(struct twin *t, int32_t i, bool held) {
  struct mover *m = &t->motion->mover[i];
  struct robot *b = &t->robot[i];
  if (m->held == held && m->stopped == (m->safe < STOPPED)) return;
  m->held = held;
  m->stopped = m->safe < STOPPED;
  if (!m->owes || m->over || b->off) return;
  enum robot_cause c = b->act == ACT_TO_REPAIR ? ROBOT_REPAIR : m->stopped ? ROBOT_STOPPED : !held ? ROBOT_WALKING : b->act == ACT_TO_CHARGER && b->charger != NONE && b->slot < 0 ? ROBOT_WAITING_CHARGER : b->act == ACT_HOME ? ROBOT_IDLE : ROBOT_TRAFFIC;
  robot_book(t, i, c);
  power_book(t, i);
}

// A protective stop begins.
static void note_safety(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  o->count.stops += m->safe < STOPPED && !m->stopped;
  o->count.slowed += m->safe < m->cruise;
}

void step_free(struct twin *t, int32_t i) {
  t->motion->mover[i].safe = t->motion->mover[i].cruise;
  note_held(t, i, false);
}

// Keeps them, and how far it is from the nearest.
static int walls_near(struct twin *t, int32_t i, struct floor_face face[LOOK_FACES]) {
  struct mover *m = &t->motion->mover[i];
  const struct look *seen = rows_seen(t->motion, i);
  double ahead[2];
  int n = seen && seen->walks ? seen->faces : -1;
  brake_ahead(m->velocity, ahead);
  if (n < 0) n = floor_near(floor_of(t, i), m->at, ahead, LOOK_WALLS, face, LOOK_FACES);
  else memcpy(face, seen->face, sizeof *face * (size_t)n);
  m->clear = LOOK_WALLS;
  m->cleared = t->motion->gone;
  for (int k = 0; k < n; k++) m->clear = face[k].distance < m->clear ? face[k].distance : m->clear;
  if (m->clear < 0) m->clear = 0;
  brake_keep_faces(m, face, n);
  return n;
}

// Lines of the walls near it.
static int wall_lines(struct twin *t, int32_t i, struct orca_line *line) {
  struct floor_face face[LOOK_FACES];
  int n = walls_near(t, i, face);
  for (int k = 0; k < n; k++) {
    double d = face[k].distance > 0 ? face[k].distance : 0;
    // as fast towards it as can be braked away from the next look on: v t + v^2 / (2 brake) = d
    const double look = LOOK_EVERY * MOTION_DT, brake = MOTION_BRAKE_SIDE, v = brake * (m_sqrt(look * look + 2 * d / brake) - look);
    line[k] = orca_wall(face[k].normal, v, 1);
  }
  return n;
}

// Both walk with one thing in their hands.
static bool carries_with(const struct twin *t, int32_t i, int32_t j) {
  return t->robot[i].act == ACT_CARRY && t->robot[j].act == ACT_CARRY && t->robot[i].job == t->robot[j].job && t->motion->mover[j].owes;
}

// The last of its way does not touch the other, who stands, and ends closer to it than walkers keep apart: shoulder to shoulder. A gap kept to the end stops
// it before; when it has, the gap is given up.
static bool joins(const struct twin *t, int32_t i, const struct mover *other) {
  const struct motion *o = t->motion;
  const struct mover *m = &o->mover[i];
  if (!m->owes || t->now - m->nearer < JOIN_AFTER || m->leg + 1 != m->legs || other->move != MOVE_STANDS) return false;
  const double *goal = o->path[i][m->leg], touch = m->radius + other->radius;
  return geo_distance(m->at, goal) < JOIN && geo_distance(other->at, goal) < touch + GAP && geo_segment_distance(other->at, m->at, goal) > touch - TOUCHES;
}

void step_look(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  struct orca_line line[ORCA_LINES_MAX];
  double wish[2];
  const struct look *seen = rows_seen(o, i);
  if (seen) {
    m->nears = seen->nears;
    memcpy(m->near, seen->near, sizeof m->near);
    memcpy(m->near_at, seen->near_at, sizeof m->near_at);
    m->seen = seen->gone;
  } else grid_look(o, i);
  if (m->move != MOVE_WALKS) return;
  if (m->led) {
    claim_stand(t, i);              // of where it is, so that nobody is let in there
    if (m->far && geo_distance(m->at, t->place_at[t->robot[i].place]) < NEAR_SPOT) way_near(t, i);
    m->safe = safe_speed(t, i);
    note_safety(t, i);
    struct floor_face face[LOOK_FACES];
    walls_near(t, i, face);
    double v2 = m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1];
    note_held(t, i, v2 < 0.25 * m->cruise * m->cruise);
    return;
  }
  if (m->far && !m->yields && !claim_through(t, i) && way_rest(o, i) < NEAR_SPOT) way_near(t, i);
  way_sides(t, i);
  claim_look(t, i);
  wish_of(t, i, wish);
  m->asks[0] = wish[0];
  m->asks[1] = wish[1];
  int fixed = wall_lines(t, i, line), n = fixed;
  bool aside = false;
  for (int k = 0; k < m->nears && k < LOOK_AGENTS; k++) {
    const struct mover *other = &o->mover[m->near[k]];
    if (joins(t, i, other)) continue;
    if (carries_with(t, i, m->near[k])) continue;               // they keep their distance by the part
    const double offset[2] = {other->at[0] - m->at[0], other->at[1] - m->at[1]}, *its = velocity_of(m, other), closing[2] = {m->velocity[0] - its[0], m->velocity[1] - its[1]};
    double d = m_sqrt(offset[0] * offset[0] + offset[1] * offset[1]), radius = m->radius + other->radius + GAP;
    if (radius > d - 1e-3) radius = d - 1e-3;
    bool still = other->move != MOVE_WALKS;
    line[n++] = orca_neighbour(m->velocity, offset, closing, radius, still ? HORIZON_STILL : HORIZON, LOOK_EVERY * MOTION_DT, share_of(m, other));
    aside = aside || oncoming(m, other, wish);
  }
  double asked[2] = {wish[0], wish[1]};
  m->safe = safe_speed(t, i);
  note_safety(t, i);
  if (aside) {
    double s, c;
    m_sincos(-BIAS, &s, &c);
    asked[0] = c * wish[0] - s * wish[1];
    asked[1] = s * wish[0] + c * wish[1];
  }
  if (n > 0) orca_velocity(line, n, fixed, m->safe, asked, m->wish);
  else {
    double size = m_sqrt(asked[0] * asked[0] + asked[1] * asked[1]), scale = size > m->safe ? m->safe / size : 1;
    for (int k = 0; k < 2; k++) m->wish[k] = scale * asked[k];
  }
  double w2 = wish[0] * wish[0] + wish[1] * wish[1], got = wish[0] * m->wish[0] + wish[1] * m->wish[1];
  if ((m->waits && m->leg >= m->legs) || (m->wants && m->stop >= 0 && w2 < 0.09)) note_held(t, i, true);
  else if (w2 > 0.01) note_held(t, i, got < (m->held ? 0.8 : 0.5) * w2);
}

// ---- who runs into whom ------------------------------------------------------------------------------------------

// A hit is over in one step: then neither goes towards the other one any faster than that one goes away, as after an inelastic one. What each gave the other is a
// push (engine/sim/motion_push.c), which its balance answers; nobody's gait is pushed along. Slower than HIT it is the press of a crowd, which goes on.
void hits_settle(struct motion *o) {
  for (int32_t k = 0; k < o->hits; k++) {
    const struct hit *h = &o->hit[k];
    struct mover *m[2] = {&o->mover[h->a], &o->mover[h->b]};
    double came[2], goes[2];        // along the line from a to b
    for (int side = 0; side < 2; side++) {
      const double *v = side ? o->puts[h->b].velocity : o->puts[h->a].velocity;
      bool moves = mover_moves(m[side]);
      came[side] = moves ? v[0] * h->normal[0] + v[1] * h->normal[1] : 0;
      goes[side] = moves ? m[side]->velocity[0] * h->normal[0] + m[side]->velocity[1] * h->normal[1] : 0;
    }
    if (came[0] - came[1] < HIT) continue;
    double a = goes[0] - (came[1] > 0 ? came[1] : 0), b = goes[1] - (came[0] < 0 ? came[0] : 0);
    for (int x = 0; x < 2; x++) {
      if (a > 0) m[0]->velocity[x] -= a * h->normal[x];
      if (b < 0) m[1]->velocity[x] -= b * h->normal[x];
    }
  }
  o->hits = 0;
}

// ---- moving ---------------------------------------------------------------------------------------------------

void step_speed(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  double w[2] = {m->wish[0], m->wish[1]}, speed = m_sqrt(m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1]);
  // close to its goal it steers at every step
  if (m->leg + 1 == m->legs && !m->held && m->stop < 0 && !m->led) {
    const double *p = o->path[i][m->leg];
    double d = geo_distance(m->at, p), stop = m_sqrt(2 * m->accel * d);
    if (d < FINAL && d > 0) {
      double most = d / MOTION_DT, v = stop < m->safe ? stop : m->safe;
      if (v > most) v = most;
      for (int k = 0; k < 2; k++) w[k] = (p[k] - m->at[k]) / d * v;
    }
  }
  if (m->led) lead_velocity(t, i, w);
  double size = m_sqrt(w[0] * w[0] + w[1] * w[1]), most = speed + m->accel * MOTION_DT;
  if (size > most)
    for (int k = 0; k < 2; k++) w[k] *= most / size;
  brake_towards(o, i, w);
}

// The part of the way d that can be gone before walker j, which is at `at`, is touched, 0 .. 1, and the normal towards it.
static double free_part(const struct mover *m, const struct mover *j, const double at[2], const double d[2], double normal[2]) {
  double r = m->radius + j->radius, x = m->at[0] - at[0], y = m->at[1] - at[1];
  double a = d[0] * d[0] + d[1] * d[1], b = x * d[0] + y * d[1], c = x * x + y * y - r * r;
  if (a <= 0 || b >= 0 || b * b <= PASSES * a * r * r) return 1;
  double root = b * b - a * c;
  if (root <= 0) return 1;
  double s = (-b - m_sqrt(root)) / a;
  if (s >= 1) return 1;
  if (s < 0) s = 0;
  double distance = m_sqrt(x * x + y * y);
  normal[0] = -x / distance;
  normal[1] = -y / distance;
  return s;
}

// met: who is touched first, left as it is when nobody is.
static double guard(const struct twin *t, int32_t i, const double d[2], double normal[2], int32_t *met) {
  const struct motion *o = t->motion;
  const struct mover *m = &o->mover[i];
  double least = 1, n[2] = {0, 0};
  if (m->apart) return least;
  const int nears = grid_within_reach(o, m, m->radius + o->widest + m_sqrt(d[0] * d[0] + d[1] * d[1]) + o->fastest * MOTION_DT + MEETS);
  for (int k = 0; k < nears; k++) {
    int32_t j = m->near[k];
    // who comes later in turn is where it was
    double s = free_part(m, &o->mover[j], o->early[j] ? o->puts[j].at : o->mover[j].at, d, n);
    if (s >= least) continue;
    least = s;
    normal[0] = n[0];
    normal[1] = n[1];
    *met = j;
  }
  return least;
}

// On its last steps to where it stops, with no narrow way before it.
static bool is_there_soon(const struct motion *o, int32_t i) {
  const struct mover *m = &o->mover[i];
  return m->leg + 1 == m->legs && m->stretches == 0 && geo_distance(m->at, o->path[i][m->leg]) < FINAL;
}

// From where it is not narrow to where it is. Where it is it went in its last step, mostly, when that was asked too.
static bool gets_narrow(struct twin *t, int32_t i, const double to[2]) {
  struct mover *m = &t->motion->mover[i];
  bool wide = m->wide && m->wide_at[0] == m->at[0] && m->wide_at[1] == m->at[1];
  if (!wide && claim_narrow(t, i, m->at)) return false;
  m->wide = !claim_narrow(t, i, to);
  memcpy(m->wide_at, to, sizeof m->wide_at);
  return !m->wide;
}

// The same for walls: all of it, or nothing; one who stands where it must not (a zone was closed around it) is let out. asks, if not NULL: set
// instead of asking others for a sliver of a narrow way.
static bool walls_allow(struct twin *t, int32_t i, const double to[2], bool *asks) {
  const struct mover *m = &t->motion->mover[i];
  if (t->motion->doors && !door_allows(t, i, to)) return false;
  // nobody is pushed into a narrow way that others may have claimed; slivers of one before its goal are none of its path
  if (m->move == MOVE_WALKS && !is_there_soon(t->motion, i) && m->clear < wide_of(t, i)->radius - m->radius + 0.2 && !m->claimed && !m->yields && !m->led && gets_narrow(t, i, to)) {
    if (asks) *asks = true;
    if (asks || !claim_sliver(t, i, to)) return false;
  }
  if (m->clear > 0.3 && m->move == MOVE_WALKS) return true;             // twice the way between two looks
  const struct floor *f = floor_of(t, i);
  if (floor_shut(f, m->at)) return floor_leaves(f, m->at, to);
  return !floor_free(f, m->at) || (floor_free(f, to) && floor_visible(f, m->at, to));
}

// Without the part towards the wall that is in the way. The wall has taken all of its speed towards it: `gone` of d was still room.
static void slide(const struct twin *t, int32_t i, double d[2], double gone[2]) {
  const struct mover *m = &t->motion->mover[i];
  struct floor_face face[12];
  int n = floor_near(floor_of(t, i), m->at, NULL, 0.1, face, 12);
  for (int k = 0; k < n; k++) {
    double in = d[0] * face[k].normal[0] + d[1] * face[k].normal[1], room = (face[k].distance > 0 ? face[k].distance : 0) - 1e-7;
    // who touches it is moved off by as little as rounding could take
    if (in < 0 && -in > room) {
      for (int a = 0; a < 2; a++) {
        d[a] -= (in + room) * face[k].normal[a];
        if (room > 0) gone[a] -= room * face[k].normal[a];
      }
    }
  }
}

// alone: nobody can be met, and others are not asked for anything; false: they would have to be.
static bool go(struct twin *t, int32_t i, bool alone) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  double d[2] = {m->velocity[0] * MOTION_DT, m->velocity[1] * MOTION_DT}, normal[2] = {0, 0}, first[2], gone[2] = {0, 0};
  bool asks = false, *ask = alone ? &asks : NULL;
  int32_t met = NONE, next = NONE;
  if (d[0] == 0 && d[1] == 0) return true;
  double s = alone ? 1 : guard(t, i, d, normal, &met);
  memcpy(first, normal, sizeof first);
  if (s < 1) {
    // along whoever is in the way, if there is room that way
    double in = d[0] * normal[0] + d[1] * normal[1];
    if (in > 0 && (!m->led || m->lead_joins || in * in < 0.25 * (d[0] * d[0] + d[1] * d[1])))
      for (int k = 0; k < 2; k++) d[k] -= in * (1 - s) * normal[k];
    s = guard(t, i, d, normal, &next);
    for (int k = 0; k < 2; k++) d[k] *= s < 1 ? s * (1 - 1e-9) : 1;
    o->count.cut++;
    m->sways = false;               // there is no room beside its line
  }
  double to[2] = {m->at[0] + d[0], m->at[1] + d[1]};
  if (!walls_allow(t, i, to, ask)) {
    if (asks) return false;
    slide(t, i, d, gone);
    m->sways = false;
    s = alone ? 1 : guard(t, i, d, normal, &next);
    for (int k = 0; k < 2; k++) {
      d[k] *= s < 1 ? s * (1 - 1e-9) : 1;
      to[k] = m->at[k] + d[k];
    }
    if (!walls_allow(t, i, to, ask)) d[0] = d[1] = gone[0] = gone[1] = 0;
    if (asks) return false;
  }
  for (int k = 0; k < 2; k++) {
    m->at[k] += d[k];
    m->velocity[k] = (d[k] - gone[k]) / MOTION_DT;
  }
  if (met != NONE) o->hit[o->hits++] = (struct hit){i, met, {first[0], first[1]}};
  double speed = m_sqrt(m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1]);
  if (speed > 0.15 && m->move == MOVE_WALKS) {
    double turn = m_wrap(m_atan2(m->velocity[1], m->velocity[0]) - m->heading), most = TURN_RATE * MOTION_DT;
    m->heading = m_wrap(m->heading + (turn > most ? most : turn < -most ? -most : turn));
  }
  return true;
}

void step_move(struct twin *t, int32_t i) {
  go(t, i, false);
  grid_move(t->motion, i);
}

// However they move in this step: nobody of those whom it looks out for comes near enough to be touched. Who moves may have moved already, and is where the step found it.
static bool meets_nobody(const struct motion *o, int32_t i) {
  const struct mover *m = &o->mover[i];
  const double way = MOTION_DT * m_sqrt(m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1]), its = o->fastest * MOTION_DT;
  const int nears = grid_within_reach(o, m, m->radius + o->widest + way + its + 2 * MEETS);
  for (int k = 0; k < nears; k++) {
    const struct mover *b = &o->mover[m->near[k]];
    bool walks = mover_moves(b);
    const double *at = walks ? o->put[m->near[k]].at : b->at;
    double x = at[0] - m->at[0], y = at[1] - m->at[1], reach = m->radius + b->radius + way + (walks ? its : 0) + MEETS;
    if (x * x + y * y < reach * reach) return false;
  }
  return true;
}

bool step_move_alone(struct twin *t, int32_t i) { return !t->motion->doors && !t->motion->mover[i].sways && meets_nobody(t->motion, i) && go(t, i, true); }
