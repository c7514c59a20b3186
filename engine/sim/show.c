// The picture of now: fills a scene from the state; changes nothing.
#include <string.h>

#include "base/maths.h"
#include "engine/sim/belt.h"
#include "engine/sim/body.h"
#include "engine/sim/broken.h"
#include "engine/sim/motion.h"
#include "engine/sim/robot.h"
#include "engine/sim/team.h"
#include "engine/sim/walk.h"
#include "engine/sim/work.h"
#include "engine/world/stand.h"

_Static_assert(MOTION_WAY_MAX >= ROUTE_POINTS_MAX, "room for any way");

#define STEP_LENGTH 0.6             // m, for the phase of the gait that is drawn; a guess, half a stride at a brisk walk

void robot_spot(const struct twin *t, int32_t i, double at[2]) {
  const struct robot *b = &t->robot[i];
  int32_t s = b->charger != NONE ? t->charger[b->charger].station : t->fleet[b->fleet].home;
  bool rests = b->act == ACT_IDLE || b->act == ACT_CHARGE || b->act == ACT_WAIT_CHARGER || b->act == ACT_HOME || b->act == ACT_TO_CHARGER;
  if (!rests || s == NONE || t->stand[s] != b->place) return;
  int slot = b->slot;
  if (b->charger == NONE || slot < 0) {
    // each robot has its own place in the dock, over all fleets that share it
    slot = i - t->fleet[b->fleet].first_robot;
    for (int32_t f = 0; f < b->fleet; f++)
      if (t->fleet[f].home == s) slot += t->fleet[f].robots;
  }
  station_slot(&t->layout->stations[s], slot, t->fleet[b->fleet].radius, at);
}

static void look_at(const struct twin *t, int32_t s, const double at[2], double *heading) {
  const struct station *p = &t->layout->stations[s];
  double dx = p->at[0] - at[0], dy = p->at[1] - at[1];
  if (p->kind == STATION_CONVEYOR && p->path_count > 1) {
    // the nearest point of the belt
    double best = 1e300;
    for (int k = 0; k + 1 < p->path_count; k++) {
      double ex = p->path[k + 1][0] - p->path[k][0], ey = p->path[k + 1][1] - p->path[k][1], l2 = ex * ex + ey * ey;
      double u = l2 > 0 ? ((at[0] - p->path[k][0]) * ex + (at[1] - p->path[k][1]) * ey) / l2 : 0;
      u = u < 0 ? 0 : u > 1 ? 1 : u;
      double qx = p->path[k][0] + u * ex - at[0], qy = p->path[k][1] + u * ey - at[1];
      if (qx * qx + qy * qy < best) {
        best = qx * qx + qy * qy;
        dx = qx;
        dy = qy;
      }
    }
  }
  if (dx != 0 || dy != 0) *heading = m_atan2(dy, dx);
}

static void part_point(const struct twin *t, uint32_t p, double at[2]);

static void hands(const struct twin *t, int32_t i, const double at[2], double heading, float out[2][2]) {
  const struct robot *b = &t->robot[i];
  double c = m_cos(heading), s = m_sin(heading), x = 0.03, y[2] = {0.23, -0.23};
  bool both = b->held != 0 || b->load > 0;
  if (both) {
    x = 0.30;
    y[0] = 0.18;
    y[1] = -0.18;
  }
  for (int h = 0; h < 2; h++) {
    out[h][0] = (float)(at[0] + c * x - s * y[h]);
    out[h][1] = (float)(at[1] + s * x + c * y[h]);
  }
  if (b->act != ACT_PICK || !b->job) return;
  // the right hand goes to the part, as far as an arm reaches
  double to[2];
  part_point(t, t->job[b->job].part, to);
  double dx = to[0] - at[0], dy = to[1] - at[1], d = m_sqrt(dx * dx + dy * dy);
  double reach = d > 0.59 ? 0.59 / d : 1;
  out[1][0] = (float)(at[0] + dx * reach);
  out[1][1] = (float)(at[1] + dy * reach);
}

void robot_faces(const struct twin *t, int32_t i, const double at[2], double *heading) {
  const struct robot *b = &t->robot[i];
  bool rests = b->act == ACT_IDLE || b->act == ACT_HOME || b->act == ACT_CHARGE || b->act == ACT_WAIT_CHARGER || b->act == ACT_TO_CHARGER;
  int32_t home = t->fleet[b->fleet].home;
  if (rests && b->charger != NONE) look_at(t, t->charger[b->charger].station, at, heading);
  else if (rests && home != NONE) *heading = t->layout->stations[home].facing;
  else if (!rests && b->station != NONE && !team_faces(t, i, heading)) look_at(t, b->station, at, heading);
}

static uint8_t pose_of(const struct robot *b) {
  switch (b->act) {
    case ACT_HOME: case ACT_FETCH: case ACT_TO_POST: case ACT_TO_CHARGER: case ACT_TO_REPAIR: return POSE_WALK;
    case ACT_CARRY: return POSE_CARRY;
    case ACT_PICK: case ACT_PLACE: return POSE_REACH;
    case ACT_POST: return b->cause == ROBOT_WORKING ? POSE_REACH : POSE_STAND;
    case ACT_FALLEN: return POSE_LIE;
    default: return POSE_STAND;
  }
}

// A body that lies, or is on its way up.
static uint8_t body_pose(const struct twin *t, int32_t i, uint8_t pose) {
  if (body_flat(t, i)) return POSE_LIE;
  return t->robot[i].act == ACT_FALLEN ? POSE_SQUAT : pose;
}

// The next points of a way and its end.
static uint8_t keep_way(int points, double point[][2], float out[SCENE_WAY_MAX][2]) {
  int n = points < SCENE_WAY_MAX ? points : SCENE_WAY_MAX;
  for (int k = 0; k < n; k++)
    for (int a = 0; a < 2; a++) out[k][a] = (float)point[k + 1 < n ? k : points - 1][a];
  return (uint8_t)n;
}

static void show_way(const struct twin *t, int32_t i, const double at[2], struct scene_robots *out, int n) {
  struct motion_way w = {.kept = {-1, -1}, .waits = NONE};
  if (!body_stepped(t, i) && motion_stepped(t, i)) motion_way(t, i, &w);
  else w.points = walk_rest(t, i, at, w.point);
  out->waits[n] = w.waits == NONE ? -1 : (int32_t)t->robot[w.waits].number;
  for (int k = 0; k < 2; k++) out->kept[n][k] = (float)w.kept[k];
  out->legs[n] = keep_way(w.points, w.point, out->way[n]);
}

static void show_robots(struct twin *t, struct scene_robots *out) {
  out->n = 0;
  for (int32_t i = 0; i < t->robots; i++) {
    const struct robot *b = &t->robot[i];
    if (b->act == ACT_GONE || b->place == NONE) continue;
    int n = out->n++;
    double at[2], heading, speed;
    walk_position(t, i, at, &heading, &speed);
    if (b->act == ACT_PICK || b->act == ACT_PLACE || b->act == ACT_POST || b->act == ACT_WAIT_PART || b->act == ACT_WAIT_PARTNER || b->act == ACT_WAIT_SPACE) {
      if (b->station != NONE) {
        team_spot(t, b->place, b->teams, b->team, at);
        robot_faces(t, i, at, &heading);
      }
    } else if (speed == 0 && t->fleet[b->fleet].home != NONE && b->job == 0) {
      heading = t->layout->stations[t->fleet[b->fleet].home].facing;
    }
    bool resting = b->act == ACT_IDLE || b->act == ACT_CHARGE || b->act == ACT_WAIT_CHARGER;
    if (body_stepped(t, i)) body_position(t, i, at, &heading, &speed);
    else if (motion_stepped(t, i)) motion_position(t, i, at, &heading, &speed);
    else if (resting) robot_spot(t, i, at);
    out->id[n] = b->number;
    out->fleet[n] = b->fleet;
    out->pos[n][0] = (float)at[0];
    out->pos[n][1] = (float)at[1];
    out->heading[n] = (float)heading;
    out->speed[n] = (float)speed;
    double steps = speed > 0 ? speed * ns_to_seconds(t->now - b->act_start) / (2 * STEP_LENGTH) : 0;
    out->phase[n] = (float)(steps - m_floor(steps));
    out->cause[n] = b->cause;
    out->pose[n] = body_stepped(t, i) ? body_pose(t, i, pose_of(b)) : motion_lies(t, i) ? POSE_LIE : pose_of(b);
    out->charge[n] = (float)robot_charge(t, i);
    bool holds = b->held != 0;
    out->held[n] = holds ? (int16_t)t->part[b->held].is : -1;
    const struct job *a = b->job ? &t->job[b->job] : NULL;
    out->from[n] = a ? (int16_t)a->from : -1;
    out->to[n] = a ? (int16_t)(a->to != NONE ? a->to : a->from) : -1;
    out->step[n] = work_shown(t, i);
    hands(t, i, at, heading, out->hand[n]);
    show_way(t, i, at, out, n);
  }
}

// Robots that stand in their dock: nobody else counts them.
static void count_docked(const struct twin *t, struct scene_stations *out) {
  for (int32_t i = 0; i < t->robots; i++) {
    const struct robot *b = &t->robot[i];
    int32_t home = t->fleet[b->fleet].home;
    if (b->act != ACT_IDLE || b->charger != NONE || home == NONE || t->stand[home] != b->place) continue;
    if (t->layout->stations[home].kind == STATION_DOCK && out->count[home] < UINT16_MAX) out->count[home]++;
  }
}

static void show_stations(struct twin *t, struct scene_stations *out) {
  const struct layout *l = t->layout;
  out->n = l->station_count;
  for (int32_t s = 0; s < l->station_count; s++) {
    const struct station_row *r = &t->station[s];
    int show[STATION_CAUSES] = {0}, best = STATION_STARVED;
    double progress = 0;
    for (int32_t i = r->first_server; i < r->first_server + r->servers; i++) {
      const struct server *v = &t->server[i];
      show[v->cause]++;
      if (v->whole > 0 && (v->phase == PHASE_WORK || v->phase == PHASE_SETUP)) {
        ns_t left = v->running ? v->remaining - (t->now - v->started) : v->remaining;
        double p = 1 - (double)left / (double)v->whole;
        if (v->phase == PHASE_WORK && l->stations[s].step_count) p = work_progress(t, i, p);
        if (p > progress) progress = p;
      }
    }
    for (int c = 0; c < STATION_CAUSES; c++)
      if (show[c] > show[best] || (show[c] == show[best] && show[c] > 0 && best == STATION_STARVED)) best = c;
    out->cause[s] = (uint8_t)best;
    out->count[s] = r->count > 65535 ? 65535 : (uint16_t)r->count;
    if (r->kind == STATION_CHARGER) {
      int taken = 0;
      for (int c = 0; c < t->chargers; c++) if (t->charger[c].station == s) taken = t->charger[c].taken;
      out->count[s] = (uint16_t)taken;
    }
    if (r->kind == STATION_REPAIR) out->count[s] = (uint16_t)broken_taken(t, s);
    out->progress[s] = (float)progress;
    out->made[s] = t->sums.station[s].made;
  }
  count_docked(t, out);
}

// Where a part is seen: on its belt, in its robot's hands, in the middle of its station.
static void part_point(const struct twin *t, uint32_t p, double at[2]) {
  const struct part *a = &t->part[p];
  const struct station *s = &t->layout->stations[a->station];
  at[0] = s->at[0];
  at[1] = s->at[1];
  double heading;
  if (a->state == PART_LAID && t->job[a->job].laid != NONE) {
    at[0] = t->place_at[t->job[a->job].laid][0];
    at[1] = t->place_at[t->job[a->job].laid][1];
    return;
  }
  if (a->state != PART_HELD && a->state != PART_TRANSIT && s->kind == STATION_CONVEYOR && s->path_count > 1) belt_point(s, belt_position(t, p), at, &heading);
}

static part_id part_handle(const struct twin *t, uint32_t p) { return part_id_of(p, t->part[p].gen); }

static void show_parts(struct twin *t, struct scene_parts *out) {
  out->n = 0;
  out->total = t->wip;
  // belts first: they are walked in order, which keeps this linear
  for (int32_t s = 0; s < t->layout->station_count; s++) {
    const struct station *plan = &t->layout->stations[s];
    if (plan->kind != STATION_CONVEYOR || plan->path_count < 2) continue;
    const struct belt *b = &t->belt[t->station[s].belt];
    ns_t now = b->halted ? b->frozen : t->now - b->offset;
    for (uint32_t k = 0; k < b->count && out->n < SCENE_PARTS_MAX; k++) {
      uint32_t p = b->part[k];
      ns_t x = now - t->part[p].belt, end = plan->accumulating ? b->length - (ns_t)k * b->pitch : b->length;
      double at[2], heading;
      belt_point(plan, ns_to_seconds(x < end ? x : end) * plan->speed, at, &heading);
      out->id[out->n] = part_handle(t, p);
      out->type[out->n] = (uint8_t)(t->part[p].is > 255 ? 255 : t->part[p].is);
      out->pos[out->n][0] = (float)at[0];
      out->pos[out->n++][1] = (float)at[1];
    }
  }
  for (uint32_t p = 1; p <= t->part_top && out->n < SCENE_PARTS_MAX; p++) {
    const struct part *a = &t->part[p];
    if (a->state == PART_FREE || a->state == PART_TRANSIT || a->state == PART_HELD) continue;
    const struct station *plan = &t->layout->stations[a->station];
    if (!plan->placed || plan->kind == STATION_CONVEYOR || plan->kind == STATION_SOURCE) continue;
    out->id[out->n] = part_handle(t, p);
    out->type[out->n] = (uint8_t)(a->is > 255 ? 255 : a->is);
    out->pos[out->n][0] = (float)plan->at[0];
    out->pos[out->n++][1] = (float)plan->at[1];
  }
}

void twin_scene(struct twin *t, struct scene *s) {
  s->now = t->now;
  show_robots(t, &s->robots);
  show_stations(t, &s->stations);
  show_parts(t, &s->parts);
}
