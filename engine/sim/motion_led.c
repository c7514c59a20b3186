// One step of one who is led: to the middle of its cell by that of the cell it comes from.
//
// On the lines between middles nobody can touch who keeps out of a cell until the one before has turned in it, but for those who follow each
// other; these stop in time. Nobody slides off its line, except on the way into its first cell.
#include "base/maths.h"
#include "engine/sim/motion_state.h"

// Guesses.
#define SLOPPY      0.04                    // m    from a corner that counts as at it
#define ONWARD      0.15                    // m    ahead on that line where it aims
#define ROUNDS      0.5                     // m/s  around a corner
#define BRAKES      2.0                     // m/s2 towards the middle of a cell, and behind others
#define BRAKES_MANY 2.8                     //      where many walk
#define CLOSE       0.02                    // m    between two of whom the first one does not get on, that the other one makes
#define CREEPS      0.05                    // m/s
#define BACK        0.1                     // m/s
#define GRAZES      0.25                    //      square of the cosine between its way and the other one, below which they only touch in passing

double lead_off2(const struct lead *l, const struct mover *m, int32_t cell) {
  double at[2];
  cells_at(l, cell, at);
  double x = at[0] - m->at[0], y = at[1] - m->at[1];
  return x * x + y * y;
}

// Has the one who had the cell that i goes to not turned in it yet? It comes from any side, so i keeps out of it until then.
static bool before_corner(const struct motion *o, int32_t i) {
  const struct lead *l = &o->lead;
  const struct mover *m = &o->mover[i];
  int32_t j = l->left[m->lead_cell];
  if (j == NONE || j == i || m->lead_from == m->lead_cell) return false;
  const struct mover *b = &o->mover[j];
  if (!b->led || b->lead_from != m->lead_cell || b->lead_cell == m->lead_cell) return false;
  return !b->lead_turned;
}

// Whoever had the cell that i goes to and is held up close before it may be wedged between it and a wall: back by a little, so that it comes free.
static bool back_off(const struct motion *o, int32_t i, double out[2]) {
  const struct mover *m = &o->mover[i];
  int32_t j = o->lead.left[m->lead_cell];
  if (j == NONE || j == i || m->lead_joins || m->lead_from == m->lead_cell) return false;
  const struct mover *b = &o->mover[j];
  if (!b->led || b->lead_from != m->lead_cell || b->lead_cell == m->lead_cell) return false;
  double x = m->at[0] - b->at[0], y = m->at[1] - b->at[1], apart = m_sqrt(x * x + y * y);
  if (apart - m->radius - b->radius > CLOSE || b->velocity[0] * b->velocity[0] + b->velocity[1] * b->velocity[1] > CREEPS * CREEPS) return false;
  out[0] = BACK * x / apart;
  out[1] = BACK * y / apart;
  return true;
}

void lead_velocity(const struct twin *t, int32_t i, double out[2]) {
  const struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  double from[2], end[2], way[2], to[2];
  cells_at(&o->lead, m->lead_from, from);
  cells_at(&o->lead, m->lead_cell, end);
  // by the middle of the cell before: where it turns, those beside it leave no way across the corner
  double length = geo_distance(from, end), along = 0;
  for (int k = 0; k < 2; k++) {
    way[k] = length > 0 ? (end[k] - from[k]) / length : 0;
    along += way[k] * (m->at[k] - from[k]);
  }
  if (before_corner(o, i)) {        // whoever had the cell before has not come to its middle yet
    length = along = 0;
    end[0] = from[0];
    end[1] = from[1];
  }
  double aside = 0;
  for (int k = 0; k < 2; k++) aside += (from[k] + along * way[k] - m->at[k]) * (from[k] + along * way[k] - m->at[k]);
  // once around the corner it is behind it
  m->lead_turned = m->lead_turned || geo_distance(m->at, from) < SLOPPY || (along >= 0 && aside < SLOPPY * SLOPPY);
  bool corner = length > 0 && !m->lead_turned;
  along = corner || along < 0 ? 0 : along > length ? length : along;
  aside = 0;
  for (int k = 0; k < 2; k++) {
    to[k] = from[k] + along * way[k] - m->at[k];
    aside += to[k] * to[k];
  }
  aside = m_sqrt(aside);
  const double brakes = o->lead.many ? BRAKES_MANY : BRAKES;
  double left = length - along, d = 0, v = m_sqrt(2 * brakes * (left + aside));
  if (corner) {
    double most = m_sqrt(2 * brakes * aside + ROUNDS * ROUNDS);
    if (v > most) v = most;
  }
  double ahead = corner ? 0 : left < ONWARD ? left : ONWARD;
  for (int k = 0; k < 2; k++) {
    to[k] += ahead * way[k];
    d += to[k] * to[k];
  }
  d = m_sqrt(d);
  out[0] = out[1] = 0;
  if (o->lead.many && back_off(o, i, out)) return;
  if (d < 1e-6 && left > 0) {       // on the corner
    for (int k = 0; k < 2; k++) to[k] = way[k];
    d = 1;
  }
  if (d < 1e-6) return;
  if (v > m->cruise) v = m->cruise;
  if (v > m->safe) v = m->safe;
  v = step_zone_speed(t, i, v);
  if (v > (left + aside) / MOTION_DT) v = (left + aside) / MOTION_DT;
  for (int k = 0; k < 2; k++) out[k] = to[k] / d * v;
  // behind others: so that it can stop when they do; past them on the way into its first cell
  const int nears = grid_within_reach(o, m, m->radius + o->widest + (out[0] * out[0] + out[1] * out[1]) * (0.502 / brakes) + 0.01);
  for (int k = 0; k < nears; k++) {
    const struct mover *b = &o->mover[m->near[k]];
    double x = b->at[0] - m->at[0], y = b->at[1] - m->at[1];
    // most are behind it, or farther away than it takes to stop
    double far = m->radius + b->radius + (out[0] * out[0] + out[1] * out[1]) * (0.501 / brakes);
    if (out[0] * x + out[1] * y <= 0 || x * x + y * y > far * far) continue;
    double apart = m_sqrt(x * x + y * y), gap = apart - m->radius - b->radius;
    double closing = (out[0] * x + out[1] * y) / apart;
    if (closing <= 0) continue;
    double its = (b->velocity[0] * x + b->velocity[1] * y) / apart, most = (its > 0 ? its : 0) + m_sqrt(2 * brakes * (gap > 0 ? gap : 0));
    if (closing <= most) continue;
    if (!m->lead_joins && closing * closing > GRAZES * (out[0] * out[0] + out[1] * out[1])) {     // on its line it stays, unless it only grazes
      out[0] *= most / closing;
      out[1] *= most / closing;
      continue;
    }
    out[0] -= (closing - most) * x / apart;
    out[1] -= (closing - most) * y / apart;
  }
}

