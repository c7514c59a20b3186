// Nobody waits for ever: whoever gets no nearer to its goal gets its way made free.
#include <stdio.h>
#include <string.h>

#include "base/maths.h"
#include "engine/sim/motion_state.h"

#define NEARER  0.15                // m    that counts as getting on; guesses
#define PATIENCE (2 * NS_SECOND + NS_SECOND / 2)
#define TOLD     (60 * NS_SECOND)   // without getting nearer, until it is said
#define CLEARS   (15 * NS_SECOND)   // without getting nearer, until all around it who have nothing to do are sent away
#define TOUCH    0.03               // m    between two who touch
#define ENCLOSED 0.3                // m    between two of whom one keeps the other from stepping aside
#define OUTSIDE  0.3                // m    from where it waits for a narrow way that counts as there
#define ARM      0.7                // m    before it where whoever blocks it stands

// The nearest in front of i.
static int32_t blocker(const struct twin *t, int32_t i) {
  const struct motion *o = t->motion;
  const struct mover *m = &o->mover[i];
  if (m->leg >= m->legs) return NONE;
  const double *p = o->path[i][m->leg];
  double d = geo_distance(m->at, p);
  if (d <= 0) return NONE;
  for (int k = 0; k < m->nears; k++) {
    const struct mover *j = &o->mover[m->near[k]];
    double x = j->at[0] - m->at[0], y = j->at[1] - m->at[1], apart = m_sqrt(x * x + y * y);
    double ahead = (x * (p[0] - m->at[0]) + y * (p[1] - m->at[1])) / d;
    if (apart - m->radius - j->radius < ARM && ahead > 0.05 * apart) return m->near[k];
  }
  return NONE;
}

// Does it stand where i wants to go in the next metres?
static bool in_way(const struct motion *o, int32_t i, const struct mover *b) {
  const struct mover *m = &o->mover[i];
  const double *a = m->at;
  double seen = 0;
  // who touches it is, whatever the direction: walls may turn its way
  if (geo_distance(m->at, b->at) < m->radius + b->radius + TOUCH) return true;
  for (int k = m->leg; k < m->legs && seen < 3; k++) {
    if (geo_segment_distance(b->at, a, o->path[i][k]) < m->radius + b->radius) return true;
    seen += geo_distance(a, o->path[i][k]);
    a = o->path[i][k];
  }
  return false;
}

static bool goes_first(const struct motion *o, int32_t a, int32_t b) {
  if (o->mover[a].owes != o->mover[b].owes) return o->mover[a].owes;    // idle ones have time
  if (o->mover[a].rank != o->mover[b].rank) return o->mover[a].rank < o->mover[b].rank;
  return a < b;
}

// A point beside whoever stands in the way, to walk around it.
static void detour(struct twin *t, int32_t i, int32_t j) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i], *b = &o->mover[j];
  double x = b->at[0] - m->at[0], y = b->at[1] - m->at[1], d = m_sqrt(x * x + y * y), away = m->radius + b->radius + 0.15;
  // what is behind it is no longer needed
  memmove(o->path[i], o->path[i][m->leg], sizeof o->path[i][0] * (size_t)(m->legs - m->leg));
  m->legs = (int16_t)(m->legs - m->leg), m->leg = 0;
  if (m->legs + 2 >= PATH_POINTS) return;
  for (int side = 0; side < 2; side++) {
    double s = side ? 1 : -1;
    const double p[2] = {b->at[0] + s * away * -y / d, b->at[1] + s * away * x / d};
    int32_t other[4];
    if (!floor_free(floor_of(t, i), p) || !floor_visible(floor_of(t, i), m->at, p)) continue;
    if (grid_near(o, p, 2 * m->radius, i, other, 4) > 0) continue;
    // and on past it where a next point close behind it would make that one a point that lies behind
    const double past[2] = {p[0] + x, p[1] + y}, *next = o->path[i][m->leg];
    bool behind = (next[0] - p[0]) * (m->at[0] - p[0]) + (next[1] - p[1]) * (m->at[1] - p[1]) > 0;
    int points = behind && floor_free(floor_of(t, i), past) && floor_visible(floor_of(t, i), p, past) ? 2 : 1;
    for (int k = m->legs - 1; k >= m->leg; k--)
      for (int a = 0; a < 2; a++) o->path[i][k + points][a] = o->path[i][k][a];
    for (int a = 0; a < 2; a++) o->path[i][m->leg][a] = p[a];
    for (int a = 0; a < 2 && points > 1; a++) o->path[i][m->leg + 1][a] = past[a];
    m->legs = (int16_t)(m->legs + points);
    o->count.detours++;
    // this way is longer: it has its own time
    m->rest = 1e30;
    m->nearer = t->now;
    return;
  }
}

// Who i waits for: whoever has what it claims, stands on its spot, or stands before it. NONE: nobody.
int32_t watch_waits(const struct twin *t, int32_t i) {
  const struct motion *o = t->motion;
  const struct mover *m = &o->mover[i];
  if (m->led) return lead_waits(o, i);
  if (m->wants) return claim_holder(t, i);
  if (!m->waits) return blocker(t, i);
  int32_t place = t->robot[i].place;
  for (int32_t k = o->spots.first[place]; k < o->spots.first[place + 1]; k++) {
    const struct spot *s = &o->spots.spot[k];
    if ((s->slot == SPOT_CREW) != way_crew(t, i)) continue;
    if (s->holder != NONE && s->holder != i) return s->holder;
    for (uint32_t n = s->first_near; n < s->first_near + s->nears; n++)
      if (o->spots.spot[o->spots.near[n]].holder != NONE) return o->spots.spot[o->spots.near[n]].holder;
  }
  return NONE;
}

#define CHAIN 8

// Say who has not got on for long, and the chain, or the ring, of those it waits for.
static void tell(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  bool in_line = m->waits && m->leg >= m->legs;
  if (m->told || !m->owes || in_line || t->now - m->since < TOLD) return;
  m->told = true;
  char text[80];
  int32_t at = i;
  size_t n = (size_t)snprintf(text, sizeof text, "%c%u stuck at [%.1f, %.1f]", robot_letter(t, i), t->robot[i].number, m->at[0], m->at[1]);
  for (int k = 0; k < CHAIN && n < sizeof text - 12; k++) {
    at = watch_waits(t, at);
    if (at == NONE) break;
    n += (size_t)snprintf(text + n, sizeof text - n, " < %c%u", robot_letter(t, at), t->robot[at].number);
    if (at == i) break;
  }
  twin_note(t, NOTE_ROBOT, i, "%s", text);
}

// Whoever stands beside it with nothing to do goes elsewhere: it may leave too little room, without being in the way.
static void clear_around(struct twin *t, int32_t i) {
  const struct mover *m = &t->motion->mover[i];
  for (int k = 0; k < m->nears; k++) {
    const struct mover *b = &t->motion->mover[m->near[k]];
    if (geo_distance(m->at, b->at) < m->radius + b->radius + ARM) lead_away(t, m->near[k], i);
  }
}

// A door opens for it, or for whoever is before it in a line.
static bool waits_at_door(const struct twin *t, int32_t i) {
  for (int k = 0; k < CHAIN && i != NONE; k++) {
    if (door_waits(t, i)) return true;
    i = t->motion->mover[i].move == MOVE_WALKS ? blocker(t, i) : NONE;
  }
  return false;
}

// It is where it waits for a narrow way.
static bool is_outside(const struct motion *o, int32_t i) {
  const struct mover *m = &o->mover[i];
  return m->stop < 0 || way_rest(o, i) < m->stop + OUTSIDE;
}

// Somebody stands in the way of i: makes room, or is enclosed by others, of whom the first one who can makes room for it.
static bool clear_way(struct twin *t, int32_t i, int32_t j) {
  struct motion *o = t->motion;
  const struct mover *m = &o->mover[i], *b = &o->mover[j];
  if (way_aside(t, j, i, false)) return true;
  if ((!m->claimed && t->now - m->since < CLEARS) || b->yields) return false;
  if (lead_clear(t, j, i)) return true;
  int32_t other[LOOK_NEAR];
  int n = grid_near(o, b->at, 2 * b->radius + ENCLOSED, j, other, LOOK_NEAR);
  for (int k = 0; k < n; k++)
    if (other[k] != i && !o->mover[other[k]].claimed && way_open(t, other[k], j)) return true;
  return false;
}

void watch_stuck(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  bool in_line = m->waits && m->leg >= m->legs;
  if (o->doors && waits_at_door(t, i)) {
    m->nearer = m->since = t->now;
    return;
  }
  double to_go = m->led ? lead_rest(o, i) : way_rest(o, i);
  // stepping aside brings nobody nearer
  if (!m->yields && to_go < m->least - NEARER) {
    m->least = to_go;
    m->since = t->now;
    m->told = false;
  }
  tell(t, i);
  if (lead_begin(t, i)) return;
  if (m->owes && !in_line && m->move == MOVE_WALKS && t->now - m->since > CLEARS) clear_around(t, i);
  if (m->move != MOVE_WALKS || m->yields || m->led || (m->wants && is_outside(o, i))) return;
  if (m->helps != NONE && !m->waits && t->now - m->nearer > PATIENCE && geo_distance(m->at, o->mover[m->helps].at) < ROOM_REACH - 1 && way_again(t, i)) {
    m->nearer = t->now;
    return;
  }
  if (m->waits && m->leg >= m->legs) {
    if (t->now - m->nearer > PATIENCE && claim_narrow(t, i, m->at)) way_wait_elsewhere(t, i);
    return;
  }
  double rest = way_rest(o, i);
  if (rest < m->rest - NEARER) {
    m->rest = rest;
    m->nearer = t->now;
  }
  if (t->now - m->nearer < PATIENCE) return;
  if (t->now - m->nearer > o->count.worst) o->count.worst = t->now - m->nearer;
  int32_t j = blocker(t, i);
  if (m->wants) {                   // it has not come to where it waits: whoever stands in a line there makes room, others who want in too have as much right to it
    if (j != NONE && o->mover[j].waits && o->mover[j].leg >= o->mover[j].legs) way_aside(t, j, i, false);
    return;
  }
  // others have moved it off its path, which leads through a wall from here
  if (m->leg < m->legs && !floor_passes(floor_of(t, i), m->at, o->path[i][m->leg]) && way_again(t, i)) return;
  // everybody in its way
  for (int k = 0; k < m->nears && !mover_polite(m); k++) {
    const struct mover *b = &o->mover[m->near[k]];
    if (m->near[k] != j && !b->claimed && (m->claimed || mover_polite(b) || goes_first(o, i, m->near[k])) && in_way(o, i, b)) clear_way(t, i, m->near[k]);
  }
  if (m->waits) {                   // here then, or somewhere else
    m->nearer = t->now;
    if (!claim_narrow(t, i, m->at) && !spots_near(&o->spots, m->at, 2 * m->radius + 0.1)) {
      m->leg = m->legs = 0;
      m->stretches = 0;
    } else way_wait_elsewhere(t, i);
    return;
  }
  if (j == NONE) {
    if (m->due && claim_through(t, i)) return;
    claim_stand(t, i);
    if (m->far || m->due) way_set_out(t, i);
    else way_plan(t, i, false);
    return;
  }
  struct mover *b = &o->mover[j];
  bool walks = b->move == MOVE_WALKS && !b->yields, idle = b->move == MOVE_STANDS && !b->owes && t->robot[j].act == ACT_IDLE;
  if (walks && m->claimed && !m->inside && b->wants && !b->claimed) {
    // it stands before the narrow way that i has claimed, and wants in itself: it goes first
    claim_stand(t, i);
    m->after = t->now + NS_SECOND;
    m->nearer = t->now;
    return;
  }
  if (idle || (walks && !b->claimed && (m->claimed || mover_polite(b) || goes_first(o, i, j)))) {
    // no room for it: back then, so that it has some
    if (!clear_way(t, i, j) && !b->yields && !lead_away(t, j, i)) way_aside(t, i, j, true);
  } else if (walks && !m->claimed) way_aside(t, i, j, false);
  else if (walks) {
    // both have claimed what is theirs: who is not in yet makes room
    if (!b->inside && (m->inside || goes_first(o, i, j))) way_aside(t, j, i, true);
    else if (!m->inside) way_aside(t, i, j, true);
  }
  else detour(t, i, j);
}
