// What pictures tell of a walker: where it is going, what it keeps free for itself, whom it waits for.
#include <string.h>

#include "engine/sim/motion_state.h"

_Static_assert(PATH_POINTS <= MOTION_WAY_MAX, "a whole path can be shown");

void motion_way(const struct twin *t, int32_t i, struct motion_way *out) {
  const struct motion *o = t->motion;
  const struct mover *m = &o->mover[i];
  out->points = 0;
  out->kept[0] = out->kept[1] = -1;
  out->waits = NONE;
  if (!mover_active(m)) return;
  if (m->led) {
    const double cell[2] = {cells_middle(&o->lead, m->lead_cell, 0), cells_middle(&o->lead, m->lead_cell, 1)};
    memcpy(out->point[out->points++], cell, sizeof cell);
    for (int k = m->legs > m->leg ? m->legs - 1 : m->legs; k < m->legs; k++) memcpy(out->point[out->points++], o->path[i][k], sizeof o->path[i][k]);
    double to_cell = geo_distance(m->at, cell), after = out->points > 1 ? geo_distance(cell, out->point[1]) : 0;
    out->kept[0] = to_cell + after;
    out->kept[1] = after > o->lead.pitch / 2 ? after - o->lead.pitch / 2 : 0;
    if (out->kept[0] - out->kept[1] < 1e-3) out->kept[0] = out->kept[1] = -1;   // it is there
    if (m->held) out->waits = watch_waits(t, i);
    return;
  }
  for (int k = m->leg; k < m->legs; k++) memcpy(out->point[out->points++], o->path[i][k], sizeof o->path[i][k]);
  if (m->claimed && m->stretches > 0) {
    const struct stretch *s = &m->stretch[m->stretches - 1];
    out->kept[0] = s->begin;
    out->kept[1] = s->end > 0 ? s->end : 0;
  }
  bool stays = m->move == MOVE_WALKS && m->owes && (m->held || m->wants || (m->waits && m->leg >= m->legs));
  if (stays) out->waits = watch_waits(t, i);
}
