#include "robots/pair.h"

#include "base/maths.h"

// Seconds of a plan until the end of the last step of a phase, its own feeling for the place left out.
static double until(const struct handling *h, enum handling_phase phase) {
  double time = 0, end = 0;
  for (int i = 0; i < h->steps; i++) {
    time += h->step[i].time;
    if (h->step[i].phase == phase) end = time;
  }
  return phase == HAND_POSITION ? end - h->fit.time : end;
}

static void hand_over(const struct reacher *const r[2], struct pair_plan *out) {
  struct primitive_plan *gives = &out->plan[0], *takes = &out->plan[1];
  // the second is over the meeting point when the first comes there, and closes then
  double there = until(&gives->hands, HAND_POSITION), over = until(&takes->hands, HAND_REACH), shut = until(&takes->hands, HAND_GRASP);
  out->late[1] = there > over ? there - over : 0;
  double held = out->late[1] + shut - there, load[2] = {0, 0};
  load[gives->hands.side] = gives->part.mass;
  if (gives->hands.both) load[LEFT] = load[RIGHT] = gives->part.mass / 2;
  const struct handling *h = &gives->hands;
  const struct reach_pose *pose = &h->pose[h->poses - 1];
  for (int i = 0; i < h->steps; i++)
    if (h->step[i].phase == HAND_POSITION) pose = &h->pose[h->step[i].pose];
  struct move m = move_hold(r[0], pose, gives->wish.foot, load, held, gives->hands.heat);
  gives->hold = (struct act_hold){held, 0};
  gives->time += held, gives->extra += held, gives->energy += m.energy;
  out->possible = m.possible;
  if (!m.possible) out->who = 0, gives->why = HANDLING_TORQUE;
}

// The last step of a phase, or before it where there is none; phases follow each other.
static int last_of(const struct handling *h, int phase) {
  int last = 0;
  for (int i = 0; i < h->steps; i++)
    if ((int)h->step[i].phase <= phase) last = i;
  return last;
}

static double time_of(const struct handling *h, int phase) {
  double time = 0;
  for (int i = 0; i < h->steps; i++)
    if ((int)h->step[i].phase == phase) time += h->step[i].time;
  return time;
}

// Phase by phase as long as the slower one, whatever steps it takes: waiting draws what the whole draws on average.
static void together(struct pair_plan *out) {
  double power[2], warm[2], waits[2] = {0, 0};
  for (int k = 0; k < 2; k++) {
    const struct handling *h = &out->plan[k].hands;
    power[k] = h->time > 0 ? h->energy / h->time : 0;
    warm[k] = h->time > 0 ? 1 / h->time : 0;
  }
  for (int phase = 0; phase < HAND_PHASES; phase++) {
    const double time[2] = {time_of(&out->plan[0].hands, phase), time_of(&out->plan[1].hands, phase)};
    int k = time[0] < time[1] ? 0 : 1;
    double more = time[!k] - time[k];
    if (!(more > 0)) continue;
    struct primitive_plan *p = &out->plan[k];
    struct handling_step *s = &p->hands.step[last_of(&p->hands, phase)];
    s->time += more, s->energy += more * power[k];
    p->hands.time += more, p->hands.energy += more * power[k];
    p->time += more, p->energy += more * power[k];
    waits[k] += more;
  }
  for (int k = 0; k < 2; k++)
    for (int j = 0; j < ROBOT_JOINTS_MAX; j++)
      for (int i = 0; i < 2; i++) out->plan[k].hands.heat[j][i] *= 1 + waits[k] * warm[k];
}

static bool both(const struct reacher *const r[2], const struct primitive_wish *w, struct pair_plan *out) {
  struct primitive_wish own = *w;
  *out = (struct pair_plan){0};
  for (int k = 0; k < 2; k++) {
    own.second = k == 1;
    if (primitive_find(r[k], &own, &out->plan[k])) continue;
    out->who = k;
    return false;
  }
  return true;
}

bool pair_find(const struct reacher *const r[2], const struct primitive_wish *w, struct pair_plan *out) {
  // as it lies, across, and slanted; at the height of the bench's things and higher: the first that both arms reach is taken
  static const double turn[] = {0, 90, 45, -45}, up[] = {1, 2, 0.5}, ahead[] = {1, 1.15, 0.85};
  struct primitive_wish own = *w;
  out->possible = both(r, &own, out);
  for (int i = 1; i < 4 * 3 * 3 && !out->possible && w->kind == PRIMITIVE_HAND_OVER; i++) {
    own.turn = turn[i % 4] * M_PI_D / 180;
    own.meet[0] = ahead[i / 4 % 3] * w->meet[0];
    own.meet[1] = up[i / 12] * w->meet[1];
    out->possible = both(r, &own, out);
  }
  if (!out->possible) return false;
  if (w->kind == PRIMITIVE_HAND_OVER) hand_over(r, out);
  else together(out);
  for (int k = 0; k < 2; k++) {
    double end = out->late[k] + out->plan[k].time;
    if (end > out->time) out->time = end;
  }
  return out->possible;
}
