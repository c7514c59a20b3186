// Stepping aside: whoever stands in somebody's way goes where it does not.
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "engine/sim/motion_state.h"

#define ASIDE_TIME (5 * NS_SECOND)  // a guess
#define ROOM_NEAR  8                // steps of the search for which those near do
#define SQUARE     1.4143           //       sqrt 2, and a little

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

// A search over points 0.1 m apart around i, breadth first (Lee 1961): others are taken to stay where they are. Fills i's path. beside: it is to end beside
// that one; NONE: out of everybody's way.
static bool search(struct twin *t, int32_t i, int32_t from, double more, int32_t beside) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const struct floor *f = floor_of(t, i);
  struct room_search *s = &o->room;
  int32_t other[64];
  int near = ROOM_NEAR, others = grid_within(o, m->at, near * ROOM_STEP * SQUARE + m->radius + o->widest, i, other, 64), head = 0, tail = 0, found = -1;
  memset(s->before, 0xff, sizeof s->before);
  s->before[ROOM_SIDE * ROOM_SIDE / 2] = ROOM_SIDE * ROOM_SIDE / 2;
  s->queue[tail++] = ROOM_SIDE * ROOM_SIDE / 2;
  while (head < tail && found < 0) {
    int c = s->queue[head++], x = c % ROOM_SIDE, y = c / ROOM_SIDE;
    for (int k = 0; k < 8 && found < 0; k++) {
      static const int step[8][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}, {1, 1}, {-1, 1}, {-1, -1}, {1, -1}};
      int nx = x + step[k][0], ny = y + step[k][1], n = ny * ROOM_SIDE + nx;
      if (nx < 0 || ny < 0 || nx >= ROOM_SIDE || ny >= ROOM_SIDE || s->before[n] >= 0) continue;
      int out = abs(nx - ROOM_SIDE / 2) > abs(ny - ROOM_SIDE / 2) ? abs(nx - ROOM_SIDE / 2) : abs(ny - ROOM_SIDE / 2);
      if (out > near) {             // farther than most have to look
        near = ROOM_SIDE;
        others = grid_within(o, m->at, ROOM_REACH + 1, i, other, 64);
      }
      const double p[2] = {m->at[0] + (nx - ROOM_SIDE / 2) * ROOM_STEP, m->at[1] + (ny - ROOM_SIDE / 2) * ROOM_STEP};
      bool open = floor_free(f, p);
      for (int j = 0; j < others && open; j++) open = geo_distance(p, o->mover[other[j]].at) >= m->radius + o->mover[other[j]].radius;
      s->before[n] = (int16_t)(open ? c : n);
      if (!open) continue;
      s->queue[tail++] = (int16_t)n;
      // where the coordinator leads, it ends outside of the spot and of the way; in large sparse halls the longer step aside holds up more than it frees (a tenth of
      // warehouse-1000's parcels)
      double stops = lead_leads(&o->lead) ? ASIDE_STOPS : 0;
      bool clear = beside != NONE ? geo_distance(p, o->mover[beside].at) < m->radius + o->mover[beside].radius + HELP_REACH : from == NONE ? way_good_to_wait(t, i, p) : way_clear_of(o, from, p, m->radius + o->mover[from].radius + 0.05 + stops + more) && !spots_near(&o->spots, p, 2 * m->radius + 0.1 + stops);
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

bool way_room(struct twin *t, int32_t i, int32_t from, double more) { return search(t, i, from, more, NONE); }

bool way_beside(struct twin *t, int32_t i, int32_t who) { return search(t, i, NONE, 0, who); }

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
  grid_look(o, i);      // who comes to be near is looked for from now on
  m->faces = -1;
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
      else if (!mover_placed(m) || !way_plan(t, i, false)) way_wait_in_line(t, i, false);
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
