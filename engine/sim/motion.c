#include "engine/sim/motion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "engine/sim/admit.h"
#include "engine/sim/motion_state.h"
#include "engine/sim/pace.h"
#include "engine/sim/power.h"
#include "engine/sim/robot.h"
#include "engine/sim/wide.h"

#define CELL        1.5             // m    of the grid
#define CELLS_MAX   4000000         //      of it
#define ACCEL       1.0             // m/s2 until it walks at its speed: two steps of the feet; a guess
#define PERSON_MASS 75.0            // kg
#define BEHIND      0.05            // m    beside two radii from a spot at which it is free for the next
#define NEAR_GOAL   0.004           // m
#define ROUNDING    1e-4            // m/s  more than rounding adds to a speed

static const double still[2] = {0, 0};

// ---- making ---------------------------------------------------------------------------------------------------

static enum status refuse(const struct twin *t, const struct fleet *plan, struct error *e, const char *what) {
  return error_at(e, STATUS_CONFLICT, t->layout->file, (int)plan->mark.line, (int)plan->mark.column, "%s.%s: at motion fidelity %s", plan->people ? "people" : "robots", plan->name, what);
}

static enum status check_fleets(const struct twin *t, struct error *e) {
  for (int f = 0; f < t->layout->fleet_count; f++) {
    const struct fleet *plan = &t->layout->fleets[f];
    if (t->fleet[f].routes == NONE) continue;
    if (!plan->people && !plan->model) return refuse(t, plan, e, "a fleet of robots needs a model");
    if (t->fleet[f].typed && t->fleet[f].speed <= 0) return refuse(t, plan, e, "walking takes time: `speed` must be above 0");
  }
  return STATUS_OK;
}

static void find_wide_places(struct twin *t) {
  for (int32_t p = 0; p < t->places; p++)
    for (int32_t i = 0; i < t->robots && !t->motion->lies_wide[p]; i = t->fleet[t->robot[i].fleet].first_robot + t->fleet[t->robot[i].fleet].robots)
      t->motion->lies_wide[p] = t->fleet[t->robot[i].fleet].routes != NONE && !claim_narrow(t, i, t->place_at[p]);
}

enum status motion_create(struct twin *t, struct error *e) {
  struct motion *o = calloc(1, sizeof *o);
  struct arena *a = &t->arena;
  enum status s = error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for %d walkers", t->robots);
  if (!o) return s;
  t->motion = o;
  o->cell_size = CELL;
  if (t->layout->size[0] / CELL * (t->layout->size[1] / CELL) > CELLS_MAX)
    return error_at(e, STATUS_LIMIT, t->layout->file, 0, 0, "floor.size: %g x %g m is more than motion can take, %g km2", t->layout->size[0], t->layout->size[1], CELLS_MAX * CELL * CELL / 1e6);
  o->nx = (int)(t->layout->size[0] / CELL) + 1;
  o->ny = (int)(t->layout->size[1] / CELL) + 1;
  o->mover = arena_alloc(a, sizeof *o->mover * (size_t)(t->robots + 1), 64);
  o->path = arena_alloc(a, sizeof *o->path * (size_t)(t->robots + 1), 64);
  o->cell = ARENA_NEW(a, int32_t, o->nx * o->ny);
  o->seat = ARENA_NEW(a, struct seat, t->robots + 1);
  o->has = ARENA_NEW(a, uint8_t, t->robots + 1);
  o->queue = ARENA_NEW(a, int32_t, t->robots + 1);
  o->claimer = ARENA_NEW(a, int32_t, t->robots + 1);
  o->claim = arena_alloc(a, sizeof *o->claim * (size_t)(t->robots + 1), 8);
  o->wish = arena_alloc(a, sizeof *o->wish * (size_t)(t->robots + 1), 8);
  if (!o->mover || !o->path || !o->cell || !o->seat || !o->has || !o->queue || !o->claimer || !o->claim || !o->wish) return s;
  for (int k = 0; k < o->nx * o->ny; k++) o->cell[k] = -1;
  for (int32_t i = 0; i < t->robots; i++) {
    const struct fleet_row *f = &t->fleet[t->robot[i].fleet];
    o->seat[i].cell = NONE;
    o->widest = f->radius > o->widest ? f->radius : o->widest;
    o->mover[i] = (struct mover){.spot = NONE, .leaving = NONE, .helps = NONE, .gate = NONE, .lead_cell = NONE, .lead_goal = NONE, .faces = -1, .radius = f->radius, .accel = ACCEL, .safe = 1e30, .person = t->layout->fleets[t->robot[i].fleet].people};
  }
  if ((s = check_fleets(t, e)) != STATUS_OK || (s = pace_create(t, e)) != STATUS_OK) return s;
  if ((s = spots_make(&o->spots, t, a, e)) != STATUS_OK || (s = wide_make(t, o->wide, e)) != STATUS_OK) return s;
  if (!(o->lies_wide = ARENA_NEW(a, bool, t->places + 1))) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for places");
  if ((s = admit_create(t, &o->spots, e)) != STATUS_OK) return s;
  o->separation = separation_defaults();
  if (!(o->inside = ARENA_NEW(a, int32_t, t->layout->zone_count + 1))) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for zones");
  for (int f = 0; f < t->layout->fleet_count; f++) o->people = o->people || (t->layout->fleets[f].people && t->fleet[f].routes != NONE);
  find_wide_places(t);
  door_init(t);
  o->lead.cell = ARENA_NEW(a, int32_t, t->robots + 1);
  o->lead.goal = ARENA_NEW(a, int32_t, TRAFFIC_GOALS * (t->robots + 1));
  o->lead.urgency = ARENA_NEW(a, int32_t, t->robots + 1);
  o->lead.state = ARENA_NEW(a, uint8_t, t->robots + 1);
  o->lead.facing = ARENA_NEW(a, uint8_t, t->robots + 1);
  o->lead.action = ARENA_NEW(a, uint8_t, t->robots + 1);
  if (!o->lead.cell || !o->lead.goal || !o->lead.urgency || !o->lead.state || !o->lead.facing || !o->lead.action || !cells_make(t))
    return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for the coordinator of %d walkers", t->robots);
  if (!rows_create(t)) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for %d walkers", t->robots);
  if (!push_create(t, e)) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for the balance of %d walkers", t->robots);
  o->space = space_create(t->layout, t->robots, e);
  return o->space ? STATUS_OK : STATUS_MEMORY;
}

void motion_destroy(struct twin *t) {
  struct motion *o = t->motion;
  if (!o) return;
  rows_destroy(o);
  for (int k = 0; k < t->route_sets; k++) floor_finish(&o->wide[k]);
  cells_finish(&o->lead);
  space_destroy(o->space);
  free(o);
  t->motion = NULL;
}

bool motion_stepped(const struct twin *t, int32_t i) { return t->motion && t->fleet[t->robot[i].fleet].routes != NONE && t->robot[i].place != NONE; }

// ---- coming and going ---------------------------------------------------------------------------------------------

static bool empty(const struct twin *t, int32_t i, const double p[2]) {
  int32_t other[1];
  return floor_free(floor_of(t, i), p) && grid_near(t->motion, p, 2 * t->motion->mover[i].radius + 0.05, i, other, 1) == 0;
}

// Rings of squares around its place until one is empty.
static bool find_start(const struct twin *t, int32_t i, double out[2]) {
  const double *at = t->place_at[t->robot[i].place];
  double pitch = 2 * t->motion->mover[i].radius + 0.1;
  bool shut = floor_shut(floor_of(t, i), at);           // it stands before the closed zone then
  struct lead *l = &t->motion->lead;
  // on the middles of cells where there are some, so that nobody has to be sorted out first
  double base[2] = {at[0], at[1]};
  int32_t c = l->traffic ? cells_nearest(t, NONE, at, 3 * l->pitch) : NONE;
  if (c != NONE) {
    pitch = l->pitch;
    for (int k = 0; k < 2; k++) base[k] = cells_middle(l, c, k);
  }
  int most = (int)((t->layout->size[0] + t->layout->size[1]) / pitch);
  // where others can pass, if there is room
  for (int k = 0; k < 2 * most; k++) {
    int pass = k / most, ring = k % most + 1;
    for (int y = -ring; y <= ring; y++)
      for (int x = -ring; x <= ring; x += y == -ring || y == ring ? 1 : 2 * ring) {
        const double p[2] = {base[0] + x * pitch, base[1] + y * pitch};
        if (spots_near(&t->motion->spots, p, pitch) || !empty(t, i, p) || (pass == 0 && claim_narrow(t, i, p))) continue;
        if (!shut && routes_from(t->routes[t->fleet[t->robot[i].fleet].routes], p, NONE, t->robot[i].place, NULL) < 0) continue;
        out[0] = p[0];
        out[1] = p[1];
        return true;
      }
  }
  return false;
}

void motion_enter(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  struct robot *b = &t->robot[i];
  int32_t k = spots_free(&o->spots, i, b->place, b->charger != NONE ? b->slot : NONE, t->place_at[b->place]);
  if (k != NONE && empty(t, i, o->spots.spot[k].at)) {
    spots_take(&o->spots, k, i);
    m->spot = k;
    memcpy(m->at, o->spots.spot[k].at, sizeof m->at);
  } else if (!find_start(t, i, m->at)) {
    twin_fault(t, "R%u: there is no room in the hall where it could stand", b->number);
    return;
  }
  m->heading = 0;
  robot_faces(t, i, m->at, &m->heading);
  m->move = MOVE_STANDS;
  m->velocity[0] = m->velocity[1] = 0;
  rows_look_again(t);
  grid_enter(o, i);
  o->claimer[o->claimers++] = i;
  lead_keep_cell(t, i);
  claim_stand(t, i);
  const struct fleet_row *f = &t->fleet[b->fleet];
  rows_settle(t);
  space_enter(o->space, i, f->typed ? PERSON_MASS : make_of(t, b)->tables.mass, m->radius, m->at);
}

static void leave_spots(struct motion *o, struct mover *m) {
  if (m->spot != NONE) spots_leave(&o->spots, m->spot);
  if (m->leaving != NONE) spots_leave(&o->spots, m->leaving);
  m->spot = m->leaving = NONE;
}

void motion_leave(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  if (m->move == MOVE_GONE) return;
  o->put[i].is = m->put = o->here[i] = false;
  push_forget(t, i);
  lead_drop(o, i);
  way_queue_drop(o, i);
  leave_spots(o, m);
  if (mover_active(m)) o->active--;
  if (m->owes) t->alive--;
  m->owes = m->yields = m->held = m->due = false;
  m->gate = NONE;
  m->move = MOVE_GONE;
  rows_look_again(t);
  grid_leave(o, i);
  rows_settle(t);
  space_leave(o->space, i);
  lead_keep_cell(t, i);
  claim_none(o, i);
  int32_t k = 0;
  while (o->claimer[k] != i) k++;
  o->claimer[k] = o->claimer[--o->claimers];
}

// ---- the door ---------------------------------------------------------------------------------------------------

bool motion_walks(const struct twin *t, int32_t i) { return motion_stepped(t, i) && t->motion->mover[i].owes; }

void motion_idles(struct twin *t, int32_t i) {
  push_idles(t, i);
  if (t->motion->mover[i].spot != NONE) spots_done(&t->motion->spots, t->motion->mover[i].spot);
}

bool motion_there(const struct twin *t, int32_t i) {
  const struct mover *m = &t->motion->mover[i];
  if (m->spot == NONE || m->move != MOVE_STANDS || m->lies) return false;
  const struct spot *s = &t->motion->spots.spot[m->spot];
  if (s->slot >= SPOT_TEAM || way_team(t, i) != NONE) return s->place == t->robot[i].place && s->slot == way_team(t, i);
  // the spots of a crew are for those who operate, the others for those who come and go
  if (spots_crew(&t->motion->spots, s->place) && (s->slot == SPOT_CREW) != way_crew(t, i)) return false;
  return s->place == t->robot[i].place && (t->robot[i].charger == NONE || s->slot == NONE || s->slot == t->robot[i].slot);
}

double motion_left(const struct twin *t, int32_t i) {
  double length = t->robot[i].walk_length, rest = way_rest(t->motion, i);
  return rest < length ? rest / length : 1;
}

bool motion_held_up(const struct twin *t, int32_t i) { return t->motion->mover[i].held && t->motion->mover[i].owes; }

bool motion_room(const struct twin *t, int32_t i, int32_t place) {
  return spots_free(&t->motion->spots, i, place, NONE, t->motion->mover[i].at) != NONE;
}

void motion_needs_steps(struct twin *t) {
  if (!calendar_is_set(&t->calendar, t->timer_motion)) timer_set(t, t->timer_motion, (t->now / MOTION_DT_NS + 1) * MOTION_DT_NS, CLASS_END, false);
}

void motion_walk(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  if (m->move == MOVE_GONE) return;
  bool keeps = push_keeps(t, i);
  if (!keeps && !mover_active(m)) o->active++;
  if (!m->owes) t->alive++;
  m->owes = true;
  m->held = m->over = m->paused = false;
  m->rank = m->since = t->now;
  m->least = 1e30;
  m->told = false;
  if (!keeps) way_set_out(t, i);    // else when it stands
  else if (m->lies) motion_rise(t, i);
  motion_needs_steps(t);
}

static void arrive(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  bool over = m->over && t->robot[i].act != ACT_CARRY && t->robot[i].act != ACT_HOME;
  m->move = MOVE_STANDS;
  m->inward = way_inward(t, i);
  if (m->spot != NONE) spots_stand(&o->spots, m->spot);
  m->owes = m->over = m->held = false;
  m->stretches = 0;
  claim_stand(t, i);
  o->active--;
  if (m->leaving != NONE) {
    spots_leave(&o->spots, m->leaving);
    m->leaving = NONE;
  }
  t->alive--;
  if (m->paused) {                  // back from where a push had sent it
    m->paused = false;
    robot_go_on(t, i);
  }
  if (!over) robot_arrived(t, i);
}

// ---- the step -----------------------------------------------------------------------------------------------------

// What time alone brings about: the end of turning and of coming to rest.
static void pass_phase(struct twin *t, int32_t i) {
  struct mover *m = &t->motion->mover[i];
  if (m->move != MOVE_TURNS && m->move != MOVE_SETTLES && m->move != MOVE_COMES_UP) return;
  m->phase_left -= MOTION_DT;
  double share = m->phase > 0 ? 1 - m->phase_left / m->phase : 1;
  m->heading = m_wrap(m->turn_from + (m->turn_to - m->turn_from) * (share > 1 ? 1 : share));
  if (m->phase_left > 1e-9) return;
  if (m->move == MOVE_SETTLES) {
    arrive(t, i);
    return;
  }
  if (m->move == MOVE_COMES_UP) {
    push_up(t, i);
    return;
  }
  m->move = MOVE_WALKS;
  m->sways = false;
  m->wish[0] = m->wish[1] = 0;
  m->nearer = t->now;
  step_look(t, i);
}

static void settle(struct twin *t, int32_t i) {
  struct mover *m = &t->motion->mover[i];
  m->velocity[0] = m->velocity[1] = 0;
  step_free(t, i);
  m->turn_from = m->heading;
  m->turn_to = m->heading + m_wrap(m->facing - m->heading);
  m->phase = m->phase_left = m->settle;
  m->move = MOVE_SETTLES;
}

static void check_goal(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  if (m->led) return;
  if (m->yields && t->now >= m->until) {
    way_back(t, i);
    return;
  }
  if (m->helps != NONE && !m->waits && !m->yields && geo_distance(m->at, o->mover[m->helps].at) < m->radius + o->mover[m->helps].radius + HELP_REACH) {
    m->leg = m->legs;
    settle(t, i);
    return;
  }
  if (m->leg + 1 != m->legs || geo_distance(m->at, o->path[i][m->leg]) > (m->waits || m->yields ? ASIDE_STOPS : NEAR_GOAL)) return;
  if (m->waits || m->yields) m->leg = m->legs;
  else if (m->due) {
    claim_stand(t, i);
    way_set_out(t, i);
  } else {
    const double *goal = o->path[i][m->leg], d[2] = {goal[0] - m->at[0], goal[1] - m->at[1]};
    int32_t other[1];
    m->leg = m->legs;
    // what braking on it would take
    m->settle += m_sqrt(2 * geo_distance(m->at, goal) / m->accel);
    if (grid_near(o, goal, 2 * m->radius, i, other, 1) == 0) {
      m->at[0] += d[0];
      m->at[1] += d[1];
      double by = m_sqrt(d[0] * d[0] + d[1] * d[1]);
      o->snapped = by > o->snapped ? by : o->snapped;
      grid_move(o, i);
    }
    settle(t, i);
  }
}

static void leave_behind(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  if (m->leaving == NONE || geo_distance(m->at, o->spots.spot[m->leaving].at) < 2 * m->radius + BEHIND) return;
  spots_leave(&o->spots, m->leaving);
  m->leaving = NONE;
  t->dispatch_wanted = t->dispatch_wanted || (t->jobs_waiting > 0 && t->idles > 0);     // some job may be admitted now
}

static void count_people(struct twin *t) {
  struct motion *o = t->motion;
  for (int z = 0; z < t->layout->zone_count; z++) {
    o->inside[z] = 0;
    if (t->layout->zones[z].kind != ZONE_PEOPLE) continue;
    for (int32_t i = 0; i < t->robots; i++)
      o->inside[z] += o->mover[i].person && o->mover[i].move != MOVE_GONE && polygon_contains(&t->layout->zones[z].area, o->mover[i].at);
  }
}

static void step(struct twin *t) {
  struct motion *o = t->motion;
  o->step = t->now / MOTION_DT_NS;
  o->count.steps++;
  o->together = o->split && o->active >= SPLIT_FROM;
  o->count.split_steps += o->together;
  rows_look(t);
  if (o->people && o->step % LOOK_EVERY == 0) count_people(t);
  for (int32_t i = 0; i < t->robots; i++) {
    struct mover *m = &o->mover[i];
    struct put *s = &o->put[i];
    bool active = mover_active(m);
    s->is = active || m->put;       // who has just stopped stands still there too
    m->put = active;
    if (!s->is) continue;
    if (!active) {
      memcpy(s->at, m->at, sizeof s->at);
      memcpy(s->velocity, still, sizeof s->velocity);
      continue;
    }
    o->count.walker_steps++;
    if ((o->step + i) % LOOK_EVERY == 0) {
      step_look(t, i);
      leave_behind(t, i);
    }
    if (m->move == MOVE_WALKS && m->sways) push_sways(t, i);
    else if (m->move == MOVE_WALKS) {
      step_speed(t, i);
      motion_note_speed(o, m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1]);
    }
    memcpy(s->at, m->at, sizeof s->at);
    memcpy(s->velocity, mover_moves(m) ? m->velocity : still, sizeof s->velocity);
  }
  o->looked = false;
  rows_settle(t);
  push_contacts(t);
  push_steps(t);
  o->fastest = m_sqrt(o->fast2) + ROUNDING;
  rows_put(t);
  if (o->together) rows_move(t);
  rows_space(t);
  for (int32_t i = 0; i < t->robots; i++) {
    if (o->early[i]) {
      o->early[i] = false;
      o->count.early++;
      grid_move(o, i);
    } else if (mover_moves(&o->mover[i])) step_move(t, i);
  }
  hits_settle(o);
  o->gone += o->fastest * MOTION_DT;
  o->before2 = o->fastest * o->fastest;
  o->fast2 = 0;
  for (int32_t i = 0; i < t->robots; i++) {
    struct mover *m = &o->mover[i];
    if (!mover_active(m)) continue;
    pass_phase(t, i);
    if (m->move == MOVE_WALKS) check_goal(t, i);
    if (m->shut) m->shut = floor_shut(floor_of(t, i), m->at);
    if ((o->step + i) % 25 == 0) watch_stuck(t, i);
  }
  o->gone += o->snapped;
  o->snapped = 0;
  rows_look_ahead(t);
  if (o->step % LOOK_EVERY == 0) way_grant(t);
  if (o->step % 50 == 0) lead_watch(t);
  if (o->lead.leds > 0 && o->step % o->lead.every == 0) lead_step(t);
}

void motion_timer(struct twin *t) {
  step(t);
  if (t->motion->active == 0) {     // nobody's step will do it
    rows_settle(t);
    push_contacts(t);
  }
  if (t->motion->active > 0) motion_needs_steps(t);
}

void motion_routes_changed(struct twin *t) {
  struct motion *o = t->motion;
  struct error e;
  rows_look_again(t);
  if (wide_make(t, o->wide, &e) != STATUS_OK) {
    twin_fault(t, "no memory for new routes");
    return;
  }
  lead_routes_changed(t);
  for (int32_t i = 0; i < t->robots; i++) {
    o->mover[i].wide = false;
    o->mover[i].shut = floor_shut(floor_of(t, i), o->mover[i].at);
  }
  for (int32_t i = 0; i < t->robots; i++)
    if (o->mover[i].move == MOVE_WALKS && !o->mover[i].yields && o->mover[i].owes) {
      claim_stand(t, i);            // its way may be closed
      way_set_out(t, i);
    }
}

// ---- looking -----------------------------------------------------------------------------------------------------

uint64_t motion_digest(const struct twin *t, uint64_t chain) {
  const struct motion *o = t->motion;
  for (int32_t i = 0; i < t->robots; i++) {
    const struct mover *m = &o->mover[i];
    if (m->move == MOVE_GONE) continue;
    const double state[5] = {m->at[0], m->at[1], m->velocity[0], m->velocity[1], m->heading};
    chain = push_digest(t, i, digest_bytes(digest_u64(chain, (uint64_t)i, m->move), state, sizeof state));
  }
  return chain;
}

void motion_position(const struct twin *t, int32_t i, double at[2], double *heading, double *speed) {
  const struct mover *m = &t->motion->mover[i];
  at[0] = m->at[0];
  at[1] = m->at[1];
  *heading = m->heading;
  *speed = m_sqrt(m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1]);
}

const char *motion_validate(const struct twin *t) {
  const struct motion *o = t->motion;
  static _Thread_local char text[160];
  for (int32_t i = 0; i < t->robots; i++) {
    const struct mover *m = &o->mover[i];
    int32_t times = 0;
    for (int32_t k = 0; k < o->queued; k++) times += o->queue[k] == i;
    if (times != m->waits) {
      snprintf(text, sizeof text, "R%u stands %d times in the line of those who wait", t->robot[i].number, times);
      return text;
    }
    if (m->move == MOVE_GONE) continue;
    int32_t other[16];
    int n = grid_near(o, m->at, m->radius + 1, i, other, 16);
    for (int k = 0; k < n; k++) {
      const struct mover *j = &o->mover[other[k]];
      double apart = geo_distance(m->at, j->at);
      if (apart >= m->radius + j->radius - 1e-4) continue;
      snprintf(text, sizeof text, "R%u and R%u are %.4f m apart at [%.3f, %.3f], their footprints need %.2f m", t->robot[i].number, t->robot[other[k]].number, apart, m->at[0], m->at[1], m->radius + j->radius);
      return text;
    }
    if (floor_free(floor_of(t, i), m->at) || (m->shut && floor_shut(floor_of(t, i), m->at))) continue;
    char what[96];
    floor_cover(floor_of(t, i), m->at, what, sizeof what);
    snprintf(text, sizeof text, "R%u at [%.3f, %.3f] is %s", t->robot[i].number, m->at[0], m->at[1], what);
    return text;
  }
  return NULL;
}

void motion_settle(struct twin *t) {
  if (!t->motion) return;
  rows_look_end(t);
  rows_settle(t);
}

struct twin_motion motion_counted(const struct twin *t) { return t->motion ? t->motion->count : (struct twin_motion){0}; }
