#include "engine/sim/walk.h"

#include "base/maths.h"
#include "engine/sim/belt.h"
#include "engine/sim/body_clear.h"
#include "engine/sim/motion.h"
#include "engine/sim/team.h"
#include "engine/world/geometry.h"

#define BELT_REACH 0.45             // m along the belt either side of where one stands; a guess from an arm of 0.6 m

static const struct routes *routes_of(const struct twin *t, int32_t r) {
  int32_t k = t->fleet[t->robot[r].fleet].routes;
  return k == NONE ? NULL : t->routes[k];
}

static double speed_of(const struct twin *t, int32_t r, double load) {
  const struct fleet_row *f = &t->fleet[t->robot[r].fleet];
  return f->typed ? f->speed : robot_walk_speed(&make_of(t, &t->robot[r])->tables, load);
}

// Metres of the walk at hand that are done.
static double walked(const struct twin *t, const struct robot *b) {
  if (b->act_length <= 0) return b->walk_length;
  double share = (double)(t->now - b->act_start) / (double)b->act_length;
  if (b->remaining >= 0) share = 1 - (double)b->remaining / (double)b->act_length;
  return b->walk_length * (share > 1 ? 1 : share);
}

bool walk_strolls(const struct robot *b) {
  // one that broke in mid-walk stands there
  bool stopped = b->act == ACT_BROKEN && b->remaining >= 0;
  return (b->act == ACT_HOME || b->act == ACT_TO_CHARGER || stopped) && b->from != NONE && b->from != b->place && !b->turned;
}

double walk_time(const struct twin *t, int32_t i, int32_t place, double load, double *length) {
  const struct robot *b = &t->robot[i];
  const struct fleet_row *f = &t->fleet[b->fleet];
  const struct routes *routes = routes_of(t, i);
  *length = 0;
  if (!routes || place == NONE || b->place == NONE) return 0;
  double speed = speed_of(t, i, load), extra = f->typed ? 0 : make_of(t, b)->tables.start_stop;
  if (walk_strolls(b)) {
    // on along its way, or back to where it came from: never less than the shortest walk from the middle of a leg
    double done = walked(t, b), on = routes_length(routes, b->place, place), back = routes_length(routes, b->from, place);
    if (on < 0 || back < 0) {
      *length = -1;
      return -1;
    }
    on += b->walk_length - done;
    back += done;
    *length = on < back ? on : back;
    return *length == 0 || speed <= 0 ? 0 : extra + *length / speed;
  }
  if (place == b->place) return 0;
  *length = routes_length(routes, b->place, place);
  if (*length < 0) return -1;
  if (*length == 0) return 0;
  return speed > 0 ? extra + routes_time(routes, b->place, place, speed) : 0;
}

static bool has_spot(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  return t->motion && motion_stepped(t, i) && (b->act == ACT_IDLE || b->act == ACT_CHARGE) && b->place != NONE;
}

double walk_time_from_spot(const struct twin *t, int32_t i, int32_t place) {
  double length, s = walk_time(t, i, place, 0, &length);
  if (length <= 0 || !has_spot(t, i)) return s;
  double at[2], speed = speed_of(t, i, 0);
  walk_stands(t, i, at);
  return speed > 0 ? s + routes_longer(routes_of(t, i), at, t->robot[i].place, place) / speed : s;
}

void walk_stands(const struct twin *t, int32_t i, double at[2]) {
  const struct robot *b = &t->robot[i];
  double heading, speed;
  if (has_spot(t, i)) {
    motion_position(t, i, at, &heading, &speed);
  } else if (walk_strolls(b)) {
    walk_position(t, i, at, &heading, &speed);
  } else {
    at[0] = b->place == NONE ? 0 : t->place_at[b->place][0];
    at[1] = b->place == NONE ? 0 : t->place_at[b->place][1];
  }
}

void walk_turn(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  b->turned = walk_strolls(b);
  if (!b->turned) return;
  b->was_from = b->from;
  b->was_to = b->place;
  b->was_done = walked(t, b);
  // what it does not go any more; where it does, who walks it books that
  FLEET_BOOK(t, b, distance, b->was_done - b->walk_length);
}

void walk_goes(struct twin *t, int32_t i, double metres) {
  struct robot *b = &t->robot[i];
  FLEET_BOOK(t, b, distance, metres - b->walk_length);
  b->walk_length = metres;
}

void walk_not_begun(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  double length = b->from == NONE || b->from == b->place ? 0 : routes_length(routes_of(t, i), b->from, b->place);
  if (b->turned) walk_goes(t, i, length > 0 ? length : 0);
  b->turned = false;
}

void walk_goes_on(struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  const struct routes *routes = routes_of(t, i);
  double was = routes_length(routes, b->was_from, b->was_to), on = b->was_to != b->place ? routes_length(routes, b->was_to, b->place) : 0;
  walk_goes(t, i, (was > b->was_done ? was - b->was_done : 0) + (on > 0 ? on : 0));
}

bool walk_in_reach(const struct twin *t, uint32_t part, int32_t place, ns_t *wait) {
  double at = t->place_belt[place], x = belt_position(t, part);
  *wait = NS_NEVER;
  if (x > at + BELT_REACH + 1e-6) return false;
  if (x >= at - BELT_REACH - 1e-6) return true;
  *wait = belt_passes(t, part, at - BELT_REACH);
  return false;
}

// Where a robot could pick along belt s on its way to `target`, with the times of both walks.
struct meeting { double walk, carry, at; };

static bool meeting(const struct twin *t, int32_t i, int32_t k, double mass, int32_t target, struct meeting *m) {
  const struct routes *routes = routes_of(t, i);
  const struct fleet_row *f = &t->fleet[t->robot[i].fleet];
  double length, speed = speed_of(t, i, mass);
  m->at = t->place_belt[k];
  m->walk = walk_time(t, i, k, 0, &length);
  m->carry = target == NONE || t->stand[target] == NONE || speed <= 0 ? 0 : routes_time(routes, k, t->stand[target], speed);
  if (m->carry > 0 && !f->typed) m->carry += make_of(t, &t->robot[i])->tables.start_stop;      // one that need not walk is the quicker by that
  if (t->motion && motion_stepped(t, i) && !motion_room(t, i, k)) return false;       // somebody stands there, or right beside it
  if (t->body && body_stepped(t, i) && !clear_room(t, i, k)) return false;
  return m->walk >= 0 && m->carry >= 0;
}

// Seconds from now until the part can be picked there, < 0: it gets by before the robot comes, or never comes.
static double delay(const struct twin *t, uint32_t part, double x, double stop, const struct meeting *m) {
  double in = m->at - BELT_REACH, out = m->at + BELT_REACH;
  if (x > out || stop < in) return -1;
  ns_t comes = in <= x ? t->now : belt_passes(t, part, in);
  if (comes == NS_NEVER) return -1;
  ns_t goes = out >= stop ? NS_NEVER : belt_passes(t, part, out);
  double now = ns_to_seconds(t->now), there = now + m->walk;
  if (goes != NS_NEVER && there > ns_to_seconds(goes)) return -1;
  return (there > ns_to_seconds(comes) ? there : ns_to_seconds(comes)) - now;
}

int32_t walk_meet(const struct twin *t, int32_t i, uint32_t part, int32_t target) {
  int32_t s = t->part[part].station;
  if (!routes_of(t, i) || t->belt_stand_count[s] == 0) return t->stand[s];
  int32_t best = NONE, near = t->belt_stand[s];
  double  least = 0, nearest = 1e300, x = belt_position(t, part), stop = belt_stop(t, part);
  for (int32_t k = t->belt_stand[s]; k < t->belt_stand[s] + t->belt_stand_count[s]; k++) {
    struct meeting m;
    if (!meeting(t, i, k, (double)t->part[part].mass, target, &m)) continue;
    double away = m.at > stop ? m.at - stop : stop - m.at;
    if (away < nearest) {
      nearest = away;
      near = k;
    }
    double wait = delay(t, part, x, stop, &m);
    if (wait < 0 || (best != NONE && wait + m.carry >= least)) continue;
    best = k;
    least = wait + m.carry;
  }
  return best == NONE ? near : best;
}

// Like `part`, and free to be exchanged: its job waits and nobody comes for it yet.
static bool alike(const struct twin *t, uint32_t part, uint32_t other) {
  const struct part *a = &t->part[part], *b = &t->part[other];
  if (b->state != PART_RESERVED || b->type != a->type || b->job == 0) return false;
  const struct job *job = &t->job[b->job], *mine = &t->job[a->job];
  return b->job == a->job || (job->state == JOB_RELEASED && job->robots == 0 && job->list == mine->list && job->need == mine->need);
}

int32_t walk_meet_any(const struct twin *t, int32_t i, uint32_t *part, int32_t target) {
  int32_t s = t->part[*part].station;
  const struct belt *b = &t->belt[t->station[s].belt];
  if (!routes_of(t, i) || t->belt_stand_count[s] == 0) return t->stand[s];
  // a part that waits at the end holds up everything behind it
  if (b->part[0] == *part && belt_position(t, *part) >= t->layout->stations[s].length - 1e-9) return walk_meet(t, i, *part, target);
  int32_t  best = NONE;
  uint32_t chosen = *part;
  double   least = 0;
  for (int32_t k = t->belt_stand[s]; k < t->belt_stand[s] + t->belt_stand_count[s]; k++) {
    struct meeting m;
    if (!meeting(t, i, k, (double)t->part[*part].mass, target, &m) || (best != NONE && m.walk + m.carry >= least)) continue;
    // from the end backwards: the first that is still in time
    for (uint32_t n = 0; n < b->count; n++) {
      uint32_t p = b->part[n];
      double x = belt_front(t, s, n);
      if (x > m.at + BELT_REACH || !alike(t, *part, p)) continue;
      double wait = delay(t, p, x, belt_stand_of(t, s, n), &m);
      if (wait < 0) continue;
      if (best == NONE || wait + m.carry < least) {
        best = k;
        chosen = p;
        least = wait + m.carry;
      }
      break;
    }
  }
  if (best == NONE) return walk_meet(t, i, *part, target);
  *part = chosen;
  return best;
}

uint32_t walk_at_hand(const struct twin *t, uint32_t part, int32_t place) {
  int32_t s = t->part[part].station;
  const struct belt *b = &t->belt[t->station[s].belt];
  double at = t->place_belt[place], x = belt_position(t, part);
  if (x >= at - BELT_REACH - 1e-6 && x <= at + BELT_REACH + 1e-6) return part;
  // from the end backwards: what is there now, the one that goes by first
  for (uint32_t n = 0; n < b->count; n++) {
    x = belt_front(t, s, n);
    if (x < at - BELT_REACH - 1e-6) break;
    if (x <= at + BELT_REACH + 1e-6 && alike(t, part, b->part[n])) return b->part[n];
  }
  return part;
}

// The walk at hand as it was set out on; its length, < 0: it walks nowhere.
static double way_at_hand(const struct twin *t, int32_t i, struct route *way) {
  const struct robot *b = &t->robot[i];
  const struct routes *routes = routes_of(t, i);
  bool moves = b->act == ACT_FETCH || b->act == ACT_CARRY || b->act == ACT_TO_POST || b->act == ACT_HOME || b->act == ACT_TO_CHARGER || b->act == ACT_TO_REPAIR || (b->act == ACT_BROKEN && b->remaining >= 0);
  if (!routes || b->place == NONE || !moves || b->from == NONE || (b->from == b->place && !b->turned) || b->walk_length <= 0) return -1;
  if (b->turned) return routes_turn(routes, b->was_from, b->was_to, b->was_done, b->place, way);
  routes_walk(routes, b->from, b->place, way);
  return routes_length(routes, b->from, b->place);
}

void walk_position(const struct twin *t, int32_t i, double at[2], double *heading, double *speed) {
  const struct robot *b = &t->robot[i];
  *speed = *heading = 0;
  if (!routes_of(t, i) || b->place == NONE) {
    at[0] = at[1] = 0;
    return;
  }
  struct route way;
  at[0] = t->place_at[b->place][0];
  at[1] = t->place_at[b->place][1];
  double whole = way_at_hand(t, i, &way), left = walked(t, b);
  if (whole < 0) return;
  if (b->walk_length > 0) left *= whole / b->walk_length;
  for (int k = 0; k + 1 < way.count; k++) {
    double dx = way.point[k + 1][0] - way.point[k][0], dy = way.point[k + 1][1] - way.point[k][1];
    double length = m_sqrt(dx * dx + dy * dy);
    if (left <= length || k + 2 == way.count) {
      double share = length > 0 ? left / length : 0;
      if (share > 1) share = 1;
      double beside = length > 0 ? team_beside(t, i) / length : 0;
      at[0] = way.point[k][0] + share * dx - beside * dy;
      at[1] = way.point[k][1] + share * dy + beside * dx;
      *heading = m_atan2(dy, dx);
      if (b->act_length > 0 && b->remaining < 0) *speed = b->walk_length / ns_to_seconds(b->act_length);
      return;
    }
    left -= length;
  }
}

int walk_rest(const struct twin *t, int32_t i, const double at[2], double out[][2]) {
  struct route way;
  if (way_at_hand(t, i, &way) < 0 || way.count < 2) return 0;
  // on from the leg that is nearest
  int first = 1;
  double least = 1e300;
  for (int k = 1; k < way.count; k++) {
    double d = geo_segment_distance(at, way.point[k - 1], way.point[k]);
    if (d >= least) continue;
    least = d;
    first = k;
  }
  for (int k = first; k < way.count; k++)
    for (int a = 0; a < 2; a++) out[k - first][a] = way.point[k][a];
  return way.count - first;
}
