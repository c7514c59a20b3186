// Nobody waits for ever: whoever gets no nearer to its goal gets its way made free.
#include "base/maths.h"
#include "engine/sim/motion_state.h"

#define NEARER  0.15                // m    that counts as getting on; guesses
#define PATIENCE (2 * NS_SECOND + NS_SECOND / 2)
#define WAITING  (10 * NS_SECOND)
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

static bool goes_first(const struct motion *o, int32_t a, int32_t b) {
  if (o->mover[a].rank != o->mover[b].rank) return o->mover[a].rank < o->mover[b].rank;
  return a < b;
}

// A point beside whoever stands in the way, to walk around it.
static void detour(struct twin *t, int32_t i, int32_t j) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i], *b = &o->mover[j];
  double x = b->at[0] - m->at[0], y = b->at[1] - m->at[1], d = m_sqrt(x * x + y * y), away = m->radius + b->radius + 0.15;
  if (m->legs + 1 >= PATH_POINTS) return;
  for (int side = 0; side < 2; side++) {
    double s = side ? 1 : -1;
    const double p[2] = {b->at[0] + s * away * -y / d, b->at[1] + s * away * x / d};
    int32_t other[4];
    if (!floor_free(floor_of(t, i), p) || !floor_visible(floor_of(t, i), m->at, p)) continue;
    if (grid_near(o, p, 2 * m->radius, i, other, 4) > 0) continue;
    for (int k = m->legs; k > m->leg; k--)
      for (int a = 0; a < 2; a++) o->path[i][k][a] = o->path[i][k - 1][a];
    for (int a = 0; a < 2; a++) o->path[i][m->leg][a] = p[a];
    m->legs++;
    o->count.detours++;
    return;
  }
}

void watch_stuck(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  if (m->move != MOVE_WALKS || m->yields || m->wants) return;
  if (m->waits && m->leg >= m->legs) {
    if (o->claim[i].count > 0 && t->now - m->nearer > PATIENCE) way_wait_elsewhere(t, i);
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
  if (m->waits) {
    // on its way to where it waits, and itself in somebody's narrow way
    if (o->claim[i].count > 0 && t->now - m->nearer > WAITING) way_wait_elsewhere(t, i);
    return;                         // near enough
  }
  if (j == NONE) {
    way_plan(t, i, false);
    return;
  }
  struct mover *b = &o->mover[j];
  bool walks = b->move == MOVE_WALKS && !b->yields, idle = b->move == MOVE_STANDS && !b->owes && t->robot[j].act == ACT_IDLE;
  if (idle || (walks && (b->waits || goes_first(o, i, j)))) way_aside(t, j, i);
  else if (walks) way_aside(t, i, j);
  else detour(t, i, j);
}
