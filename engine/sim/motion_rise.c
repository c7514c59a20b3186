// Who was pushed over at motion gets up, and goes on: to where it was sent, or back to its spot.
#include <stdlib.h>

#include "base/maths.h"
#include "engine/sim/broken.h"
#include "engine/sim/motion_reel.h"
#include "engine/sim/power.h"
#include "engine/sim/robot.h"
#include "engine/sim/upset.h"
#include "robots/recover.h"

// By itself: robots/rise.h.
bool rise_find(struct footing_of *f, const struct gait_library *l) {
  struct recover_make *make = calloc(1, sizeof *make);
  struct rise rise = {0};
  enum status s = make ? recover_make_init(make, l, 0, LOAD_NONE, &f->why) : STATUS_MEMORY;
  if (s == STATUS_OK) {
    s = rise_make(&rise, l, &make->stand, make->crouch, make->crouched, &f->why);
    recover_make_finish(make);
  }
  if (s == STATUS_OK) {
    f->rise_time = recover_rise_time(&rise);
    f->rise_power = rise.energy / rise.time;
  }
  rise_finish(&rise);
  free(make);
  return s != STATUS_MEMORY;
}

bool motion_lies(const struct twin *t, int32_t i) { return motion_stepped(t, i) && t->motion->mover[i].lies; }

void motion_rise(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  struct reel *r = &o->pushes->reel[i];
  const struct footing_of *f = &o->pushes->of[t->robot[i].make];
  if (m->move != MOVE_STANDS) return;
  bool helped = help_there(t, i, HELP_RESCUE) || r->helpless;
  if (!helped && f->rise_time <= 0 && t->robot[i].act == ACT_FALLEN) {
    r->helpless = true;
    twin_note(t, NOTE_ROBOT, i, "R%u lies until somebody lifts it: %s", t->robot[i].number, f->why.text);
    robot_begin(t, i, ACT_FALLEN, DO_FALL, UPSET_RESCUE);
    return;
  }
  r->helpless = false;
  m->move = MOVE_COMES_UP;
  m->turn_from = m->turn_to = m->heading;
  helped = helped || f->rise_time <= 0;
  m->phase = m->phase_left = helped ? UPSET_LIFT : f->rise_time;
  r->power = helped ? 0 : f->rise_power;
  if (r->power > 0) power_book(t, i);
  o->active++;
  reel_alive(t, r, true);
  motion_needs_steps(t);
}

// Its feet stand again.
void push_up(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  struct robot *b = &t->robot[i];
  bool lay = m->lies;
  if (b->stopped) return;           // by order: then when that is over
  m->lies = false;
  m->move = MOVE_STANDS;
  if (o->pushes->reel[i].power > 0) {
    o->pushes->reel[i].power = 0;
    power_book(t, i);
  }
  o->active--;
  reel_alive(t, &o->pushes->reel[i], false);
  if (lay && b->act == ACT_FALLEN) robot_up(t, i);
  if (m->move != MOVE_STANDS) return;
  if (m->owes) {
    o->active++;
    way_set_out(t, i);
    return;
  }
  double facing = m->heading;
  if (m->spot != NONE) robot_faces(t, i, o->spots.spot[m->spot].at, &facing);
  double turn = m_wrap(facing - m->heading);
  if (m->spot == NONE || (geo_distance(m->at, o->spots.spot[m->spot].at) <= UPSET_SPOT_NEAR && turn * turn <= UPSET_SPOT_TURN * UPSET_SPOT_TURN)) {
    claim_stand(t, i);
    if (m->paused) robot_go_on(t, i);
    m->paused = false;
    return;
  }
  // back to its spot; nothing is done when it gets there
  m->owes = m->over = true;
  m->rank = m->since = t->now;
  m->least = 1e30;
  m->told = false;
  m->settle = PATH_READY;
  o->active++;
  t->alive++;
  if (!way_plan(t, i, false)) way_wait_in_line(t, i, false);
}

void push_idles(struct twin *t, int32_t i) {
  uint8_t act = t->robot[i].act;
  if (t->motion->mover[i].lies && act != ACT_FALLEN && act != ACT_BROKEN && act != ACT_GONE) motion_rise(t, i);
}

double motion_rise_power(const struct twin *t, int32_t i) { return motion_stepped(t, i) && t->motion->pushes ? t->motion->pushes->reel[i].power : 0; }
