// Who keeps its balance at motion, step by step (engine/sim/motion_push.c): ankles, capture steps, a footstep beside its line, a fall.
#include "engine/sim/motion_reel.h"

#include <string.h>

#include "base/maths.h"
#include "engine/sim/broken.h"
#include "engine/sim/footing.h"
#include "engine/sim/robot.h"
#include "engine/sim/upset.h"
#include "robots/fall.h"

#define TICKS 4                     // of the pendulum in a step: 200 a second

// ---- who keeps its balance --------------------------------------------------------------------------------------------

void reel_alive(struct twin *t, struct reel *r, bool yes) {
  if (r->alive == yes) return;
  r->alive = yes;
  if (yes) t->alive++; else t->alive--;
}

static void close_up(struct pushes *x) {
  int32_t left = 0;
  for (int32_t k = 0; k < x->throwns; k++)
    if (x->thrown[k] != NONE) x->thrown[left++] = x->thrown[k];
  x->throwns = left;
}

void reel_begin(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct pushes *x = o->pushes;
  if (o->mover[i].thrown) return;
  o->mover[i].thrown = true;
  if (x->throwns == t->robots) close_up(x);             // some have ended since the last step
  x->thrown[x->throwns++] = i;
  x->reel[i].goes = false;
  x->reel[i].lands = 0;
  o->active++;
  reel_alive(t, &x->reel[i], true);
  motion_needs_steps(t);
}

void reel_ends(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct pushes *x = o->pushes;
  if (!o->mover[i].thrown) return;
  o->mover[i].thrown = false;
  for (int32_t k = 0; k < x->throwns; k++)
    if (x->thrown[k] == i) x->thrown[k] = NONE;         // closed up by push_steps
  o->active--;
  reel_alive(t, &x->reel[i], false);
}

// Its feet no longer stay where they are: whatever it did waits.
void reel_steps(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  const struct robot *b = &t->robot[i];
  if (m->move == MOVE_REELS) return;
  bool active = mover_active(m);
  step_free(t, i);
  lead_drop(o, i);
  m->yields = m->wants = m->sways = false;
  m->stretches = 0;
  claim_drop_wish(o, i);
  claim_stand(t, i);
  bool hands = !m->owes && !b->off && (b->act == ACT_PICK || b->act == ACT_PLACE);
  if (hands) robot_pause(t, i);
  m->paused = m->paused || hands;   // it may be on its way back from another push
  m->move = MOVE_REELS;
  m->inward = 0;
  m->velocity[0] = m->velocity[1] = 0;
  grid_look(o, i);
  m->faces = -1;
  m->apart = false;
  if (!active) o->active++;
}

// ---- a step -------------------------------------------------------------------------------------------------------------

// The moved foot's pendulum against the line: d sinh(w t) until it lands, d e^(w left) being its shift, then towards that as e^(-w t).
double reel_off_line(const struct reel *r, int axis, double time) {
  double w = r->p.rate, e = m_exp(w * (time < r->left ? time : r->left)), to = r->shift[axis] - r->gone[axis], x = to / m_exp(w * r->left) * 0.5 * (e - 1 / e);
  return time < r->left ? x : to + (x - to) * m_exp(-w * (time - r->left));
}

void push_sways(struct twin *t, int32_t i) {
  struct mover *m = &t->motion->mover[i];
  struct reel *r = &t->motion->pushes->reel[i];
  double time = ns_to_seconds(t->now - r->since), to_go = 0;
  for (int k = 0; k < 2; k++) m->velocity[k] -= r->sway[k];
  step_speed(t, i);
  for (int k = 0; k < 2; k++) {
    double now = reel_off_line(r, k, time);
    r->sway[k] = (now - reel_off_line(r, k, time > MOTION_DT ? time - MOTION_DT : 0)) / MOTION_DT;
    to_go += (r->shift[k] - r->gone[k] - now) * (r->shift[k] - r->gone[k] - now);
    m->velocity[k] += r->sway[k];
  }
  // another push may take the sway off it
  double fast = m_sqrt(m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1]) + m_sqrt(r->sway[0] * r->sway[0] + r->sway[1] * r->sway[1]);
  motion_note_speed(t->motion, fast * fast);
  if (time > r->left && to_go < UPSET_SHIFT_LEAST * UPSET_SHIFT_LEAST) m->sways = false;
}

// It goes down: hands are empty from here on, and where it was going it is expected no more.
static void falls(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  FLEET_BOOK(t, &t->robot[i], falls, 1);
  twin_note(t, NOTE_ROBOT, i, "R%u fell", t->robot[i].number);
  m->paused = false;
  robot_falls(t, i);
  way_queue_drop(o, i);
  if (m->owes) {
    // another one may have its spot
    if (m->spot != NONE) spots_leave(&o->spots, m->spot);
    if (m->leaving != NONE) spots_leave(&o->spots, m->leaving);
    m->spot = m->leaving = NONE;
    t->alive--;
  }
  m->owes = m->over = m->due = m->far = false;
  m->gate = NONE;
  m->legs = m->leg = 0;
}

static void lies(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  struct reel *r = &o->pushes->reel[i];
  struct balance_columns c = reel_row(r);
  struct fall_params fall = fall_params_of(&r->p);
  double energy = c.energy[0];
  reel_ends(t, i);
  m->lies = true;
  m->move = MOVE_STANDS;
  m->velocity[0] = m->velocity[1] = 0;
  o->active--;
  claim_stand(t, i);
  lead_keep_cell(t, i);
  if (fall_damages(&fall, energy, stream_unit(&t->robot[i].falls)) && !robot_is_broken(t, i)) {
    twin_note(t, NOTE_ROBOT, i, "R%u was damaged by its fall of %.0f J", t->robot[i].number, energy);
    robot_break(t, i, BREAK_FALL);
    return;
  }
  robot_lies(t, i, UPSET_RESCUE);
  push_idles(t, i);
}

// The pendulum of one for the time of a step.
static void swing(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  struct reel *r = &o->pushes->reel[i];
  struct balance_columns c = reel_row(r);
  uint8_t events = 0;
  if (m->move == MOVE_WALKS && m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1] > REEL_STANDS * REEL_STANDS) {
    reel_ends(t, i);               // its ankles had it, and it walks
    return;
  }
  // what was in the way has held its body
  for (int k = 0; k < 2 && m->move == MOVE_REELS && r->goes; k++) c.com[0][k] = r->com[k] + m->at[k] - r->at[k];
  memcpy(r->com, c.com[0], sizeof r->com);
  memcpy(r->at, m->at, sizeof r->at);
  r->goes = false;
  c.friction[0] = footing_friction(t, m->at, false);
  for (int k = 0; k < TICKS; k++) {
    balance_step(&r->p, &c, 0, 1, MOTION_DT / TICKS);
    events |= c.events[0];
    if (c.events[0] & BALANCE_EVENT_LAND) FLEET_BOOK(t, &t->robot[i], captures, 1);
  }
  if (events & (BALANCE_EVENT_LIFT | BALANCE_EVENT_FALL)) reel_steps(t, i);
  if (events & BALANCE_EVENT_FALL) falls(t, i);
  if (events & BALANCE_EVENT_DOWN) lies(t, i);
  else if (events & BALANCE_EVENT_REST) {
    bool steps = m->move == MOVE_REELS, feet = c.steps[0] > 0;
    reel_ends(t, i);
    if (!steps) return;
    // one more brings its feet together
    m->move = MOVE_COMES_UP;
    m->turn_from = m->turn_to = m->heading;
    m->phase = m->phase_left = feet ? r->p.swing_time : 0;
    m->velocity[0] = m->velocity[1] = 0;
    reel_alive(t, r, true);
  }
  if (m->move == MOVE_WALKS) return;
  r->goes = m->move == MOVE_REELS && (c.mode[0] == BALANCE_STAND || c.mode[0] == BALANCE_STEP);
  for (int k = 0; k < 2; k++) m->velocity[k] = r->goes ? (c.com[0][k] - r->com[k]) / MOTION_DT : 0;
  motion_note_speed(o, m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1]);
}

void push_steps(struct twin *t) {
  struct motion *o = t->motion;
  struct pushes *x = o->pushes;
  int32_t n = x->throwns;
  for (int32_t k = 0; k < n; k++) {
    int32_t i = x->thrown[k];
    if (i == NONE) continue;
    struct mover *m = &o->mover[i];
    struct put *s = &o->put[i];
    swing(t, i);
    s->is = m->move == MOVE_REELS || s->is;
    if (m->move == MOVE_WALKS || !s->is) continue;
    memcpy(s->at, m->at, sizeof s->at);
    for (int a = 0; a < 2; a++) s->velocity[a] = m->move == MOVE_REELS ? m->velocity[a] : 0;
  }
  close_up(x);
}

// ---- from outside -------------------------------------------------------------------------------------------------------

bool push_keeps(const struct twin *t, int32_t i) {
  const struct mover *m = &t->motion->mover[i];
  return m->lies || m->move == MOVE_REELS || m->move == MOVE_COMES_UP;
}

void push_forget(struct twin *t, int32_t i) {
  struct mover *m = &t->motion->mover[i];
  struct reel *r = &t->motion->pushes->reel[i];
  r->power = 0;
  r->lands = 0;
  r->helpless = false;
  reel_ends(t, i);
  reel_alive(t, r, false);
  m->lies = m->sways = m->paused = false;
}

uint64_t push_digest(const struct twin *t, int32_t i, uint64_t chain) {
  const struct mover *m = &t->motion->mover[i];
  const struct reel *r = &t->motion->pushes->reel[i];
  if (m->thrown) chain = digest_bytes(chain, r->row, sizeof r->row);
  if (m->sways) chain = digest_bytes(chain, r->shift, sizeof r->shift);
  return m->lies ? digest_u64(chain, 1, (uint64_t)i) : chain;
}
