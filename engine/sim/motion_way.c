// Where a walker goes: spots, waiting in line, who of a team stands where.
#include <string.h>

#include "base/maths.h"
#include "engine/sim/broken.h"
#include "engine/sim/motion_state.h"
#include "engine/sim/power.h"
#include "engine/sim/robot.h"
#include "engine/sim/team.h"

// Guesses.
#define ARRANGE     0.3             // m      more way in all that it may cost a team to have the nearest on the farthest side
#define SIDES_AT    2.0             // m      before its goal where a team that carries may still change sides
#define WAIT_STEP   0.3             // m      between points tried
#define HELP_RINGS  4               //        around whoever is to be helped
#define HELP_RING   0.25            // m      between them

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

int32_t way_team(const struct twin *t, int32_t i) { return spots_team(t, i); }

// No other team has one of its spots: two that each hold one would wait for each other for ever. Who has nothing to do there any more makes room.
static bool ours(const struct twin *t, int32_t i) {
  const struct spots *s = &t->motion->spots;
  for (int32_t k = s->first[t->robot[i].place]; k < s->first[t->robot[i].place + 1]; k++) {
    int32_t h = s->spot[k].slot >= SPOT_TEAM ? s->spot[k].holder : NONE;
    if (h != NONE && h != i && t->robot[h].act != ACT_IDLE && t->robot[h].job != t->robot[i].job) return false;
  }
  return true;
}

bool way_crew(const struct twin *t, int32_t i) { return spots_operates(&t->motion->spots, t, i); }

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


// ---- setting out ----------------------------------------------------------------------------------------------

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
  if (fresh) m->settle = PATH_READY;
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
  path_time(t, i, facing);
  m->velocity[0] = m->velocity[1] = 0;
  step_free(t, i);
  m->move = MOVE_TURNS;
  if (t->fleet[b->fleet].drains) power_book(t, i);
}

// Who comes to help stands beside the other one, wherever that is: its place's spot may be the one that it lies on. The nearest point that is free.
static int32_t helped_by(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  if (b->act != ACT_TO_POST || t->job[b->job].kind != JOB_HELP || broken_place(t, b->job) == NONE) return NONE;
  int32_t j = t->job[b->job].server;
  return motion_stepped(t, j) && t->motion->mover[j].move != MOVE_GONE ? j : NONE;
}

static bool help_plan(struct twin *t, int32_t i, bool fresh) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const struct mover *who = &o->mover[m->helps];
  const struct floor *f = floor_of(t, i);
  double best[2] = {0, 0}, least = -1;
  m->leg = m->legs = 0;
  // past others who lie there, when it is near
  if (geo_distance(m->at, who->at) < ROOM_REACH - 1 && way_beside(t, i, m->helps)) {
    begin_path(t, i, fresh);
    return true;
  }
  m->leg = m->legs = 0;
  for (int ring = 0; ring < HELP_RINGS && least < 0; ring++)
    for (int k = 0; k < 16; k++) {
      double s, c, away = m->radius + who->radius + 0.05 + ring * HELP_RING;
      int32_t other[2];
      m_sincos(M_PI_D / 8 * k, &s, &c);
      const double p[2] = {who->at[0] + away * c, who->at[1] + away * s};
      double d = geo_distance(m->at, p);
      if ((least >= 0 && d >= least) || !floor_free(f, p) || grid_near(o, p, 2 * m->radius, i, other, 2) > 0 || !floor_visible(f, who->at, p)) continue;
      least = d;
      memcpy(best, p, sizeof best);
    }
  if (least < 0 || !path_any(t, i, best)) {
    m->legs = 0;
    return false;
  }
  begin_path(t, i, fresh);
  return true;
}

bool way_plan(struct twin *t, int32_t i, bool fresh) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  if (m->helps != NONE) return help_plan(t, i, fresh);
  if (!path_find(t, i, o->spots.spot[m->spot].at)) {
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

bool way_good_to_wait(const struct twin *t, int32_t i, const double p[2]) {
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
      if (!way_good_to_wait(t, i, p)) continue;
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
  const struct routes *r = path_routes(t, i);
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
      if (k < 0 || routes_from(path_routes(t, i), m->at, t->robot[i].from, place[k], &r) < 0) continue;
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
      if (!way_good_to_wait(t, i, p)) continue;
      memcpy(o->path[i][k], p, sizeof p);
      m->legs = (int16_t)(k + 1);
      return;
    }
    behind += length;
  }
  m->legs = 0;
  // here then, unless others need this very place
  if (m->leaving == NONE && way_good_to_wait(t, i, m->at)) return;
  if (!way_out(t, i, false)) way_room(t, i, NONE, 0);
}

void way_wait_elsewhere(struct twin *t, int32_t i) {
  struct mover *m = &t->motion->mover[i];
  m->nearer = t->now;
  if (way_out(t, i, true) || way_out(t, i, false)) begin_path(t, i, false);
}

void way_wait_in_line(struct twin *t, int32_t i, bool fresh) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  queue_add(o, i);
  if (path_find(t, i, t->place_at[t->robot[i].place])) cut_path(t, i);
  begin_path(t, i, fresh && m->legs > 0);
}

// The way to its goal is not to be had: out of here by another, to where others can pass, and in line again.
bool way_retreat(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  bool waited = m->waits;
  if (m->far || !way_out(t, i, true)) {
    // none: it keeps asking for the one it has
    if (!waited && m->helps != NONE) way_plan(t, i, false);
    else if (waited ? way_out(t, i, false) : path_find(t, i, m->far ? t->place_at[t->robot[i].place] : o->spots.spot[m->spot].at)) begin_path(t, i, false);
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
    if (way_team(t, j) == NONE || !o->mover[j].owes || o->mover[j].move == MOVE_SETTLES || push_keeps(t, j) || t->robot[j].place != t->robot[i].place) continue;
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
    if (who[k] != i && (s == NONE || !way_plan(t, who[k], false))) way_wait_in_line(t, who[k], false);
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
  if (!way_plan(t, j, false)) way_wait_in_line(t, j, false);
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
  if (b->team != team && (m->spot == NONE || !way_plan(t, i, false))) way_wait_in_line(t, i, false);
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
  m->helps = helped_by(t, i);
  if (m->helps != NONE) {
    m->far = false;
    if (m->spot != NONE) {
      if (m->leaving != NONE) spots_leave(&o->spots, m->leaving);
      m->leaving = m->spot;
      m->spot = NONE;
    }
    if (!way_plan(t, i, fresh)) way_wait_in_line(t, i, fresh);
    return;
  }
  m->far = m->spot == NONE && geo_distance(m->at, t->place_at[b->place]) > NEAR_SPOT;
  if (m->far && path_find(t, i, t->place_at[b->place])) {
    begin_path(t, i, fresh);
    return;
  }
  m->far = false;
  if (m->spot == NONE && may) take_spot(t, i, slot);
  if (m->spot == NONE || !way_plan(t, i, fresh)) way_wait_in_line(t, i, fresh);
}

void way_near(struct twin *t, int32_t i) {
  struct mover *m = &t->motion->mover[i];
  int32_t slot;
  m->far = false;
  if (slot_of(t, &t->robot[i], &slot)) take_spot(t, i, slot);
  if (m->spot == NONE || !way_plan(t, i, false)) way_wait_in_line(t, i, false);
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
    if (m->yields || push_keeps(t, i) || claim_through(t, i) || !slot_of(t, &t->robot[i], &slot)) continue;
    if (m->helps != NONE) {
      // where there was no room beside it there may be now
      if (t->now < m->again) continue;
      m->again = t->now + NS_SECOND;
      if (!way_plan(t, i, false)) continue;
      way_queue_drop(o, i);
      q--;
      continue;
    }
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
  if (m->waits || (!m->far && !mover_placed(m))) return false;
  double rest = m->rest;
  ns_t nearer = m->nearer;
  if (m->far) way_set_out(t, i);
  else if (!way_plan(t, i, false)) way_wait_in_line(t, i, false);
  m->rest = rest;                   // that is no progress
  m->nearer = nearer;
  return true;
}
