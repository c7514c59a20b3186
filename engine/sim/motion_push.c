// Pushes at motion fidelity: orders, and contacts from BUMP on. What they do to a robot its balance says, in closed form and by the pendulum on finite feet that
// balance at `body` is made of too (robots/impulse.h, robots/balance.h), without a joint being moved.
//
//   stands    ankles while the capture point stays in the soles: it stays where it is, the pendulum runs on until it rests, so that another push meanwhile finds
//             it where it is. Else capture steps: it reels, its disc goes with the pendulum's centre of mass as far as walls and others let it, what it
//             touches then is pushed; at rest it brings its feet together, goes on with its walk or back to its spot
//   walks     ankles, or a footstep beside its line: it goes on there, and its disc with it (the pendulum over the moved foot). Else it stops by capture steps, from where
//             the footstep at hand is: steps are counted back from the end of the way, where the feet come together
//   falls     as at body: what it carried is laid down, damage is drawn, it is lifted or gets up by itself (engine/sim/fallen.c)
//
// A contact's impulse J is the space's; J acts on one and -J on the other, at the height of the centre of mass (a guess). People, and models without a body, take
// pushes without an answer: their balance is not known.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "engine/sim/broken.h"
#include "engine/sim/footing.h"
#include "engine/sim/motion_state.h"
#include "engine/sim/pace.h"
#include "engine/sim/power.h"
#include "engine/sim/robot.h"
#include "engine/sim/upset.h"
#include "engine/world/kind.h"
#include "robots/fall.h"
#include "robots/impulse.h"
#include "robots/recover.h"

#define STANDS       0.1            // m/s  below which one who is held up stands on both feet; a guess
#define TICKS        4              // of the pendulum in a step: 200 a second
#define ROW          40             // doubles of one row of the pendulum's columns

// One robot's balance.
struct reel {
  struct balance_params p;          //      with what it carried when it was pushed
  double row[ROW];                  //      of struct balance_columns
  double com[2], at[2];             // m    of the pendulum and of the disc before this step
  bool   alive;                     //      counted among those that can bring the line on
  bool   goes;                      //      its disc goes with it in this step
  double power;                     // W    of getting up by itself, 0: it does not now
  bool   helpless;                  //      nobody came, and it cannot get up by itself: lifted next
  // walks on beside its line
  double impulse[2];                // N s  of the swing at hand, as if all at once
  ns_t   since, lands;              //      when it was pushed last; when the foot in the air lands
  double shift[2], gone[2];         // m    of that foot; of it before
  double left;                      // s    of the swing that was left
  double sway[2];                   // m/s  that this adds now
  double sum[2];                    // N s  of contacts in one step
  bool   touched;
};

// What robots of a make stand on, with load[k] kg in their hands, and how they get up.
struct footing_of {
  bool   known;
  double load[LIBRARY_LOADS];
  struct balance_params p[LIBRARY_LOADS];
  double rise_time, rise_power;     // s, W  by itself; 0: it cannot, and why
  struct error why;
};

struct pushes {
  struct reel       *reel;          // (robots)
  struct footing_of *of;            // (makes)
  int32_t           *thrown, throwns;                   // (robots) whose pendulum runs, in the order in which they were pushed; NONE: no more
  int32_t           *touched;       // (robots) scratch
};

_Static_assert(sizeof(struct balance_params) % sizeof(double) == 0, "numbers only");

static struct balance_columns row_of(struct reel *r) { return balance_columns_of(r->row, 1); }

// ---- what stands there ----------------------------------------------------------------------------------------------

static enum status params_with(const struct kind *k, double load, struct balance_params *out, struct error *e) {
  struct robot_model model;
  struct posture posture;
  struct stand stand;
  enum status s = posture_load(&model, &k->humanoid, load, e);
  if (s) return s;
  posture_find(&posture, &k->humanoid, load > 0 ? LOAD_HELD_CLOSE : LOAD_NONE);
  s = stand_find(&stand, &k->humanoid, &model, &posture, e);
  if (s == STATUS_OK) *out = balance_params_of(&k->humanoid, &model, &stand);
  posture_load_finish(&model);
  return s;
}

// By itself (robots/rise.h). false: no memory.
static bool find_rise(struct footing_of *f, const struct gait_library *l) {
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

bool push_create(struct twin *t, struct error *e) {
  struct motion *o = t->motion;
  struct pushes *x = o->pushes = ARENA_NEW(&t->arena, struct pushes, 1);
  if (!x) return false;
  x->of = ARENA_NEW(&t->arena, struct footing_of, t->makes + 1);
  x->thrown = ARENA_NEW(&t->arena, int32_t, t->robots + 1);
  x->touched = ARENA_NEW(&t->arena, int32_t, t->robots + 1);
  x->reel = arena_alloc(&t->arena, sizeof *x->reel * (size_t)(t->robots + 1), 8);
  if (!x->of || !x->thrown || !x->touched || !x->reel) return false;
  assert(balance_columns_size(1) <= sizeof x->reel->row);
  for (int32_t m = 0; m < t->makes; m++) {
    struct footing_of *f = &x->of[m];
    const struct kind *k = pace_kind(t, m);
    f->known = k != NULL;
    for (int n = 0; n < LIBRARY_LOADS && f->known; n++) {
      f->load[n] = k->library.load[n];
      f->known = params_with(k, f->load[n], &f->p[n], e) == STATUS_OK;
    }
    if (f->known && !find_rise(f, &k->library)) return false;
  }
  return true;
}

// With the load that it has: between those of the library every length, mass and time goes straight. false: nobody knows.
static bool params_of(const struct twin *t, int32_t i, struct balance_params *out) {
  const struct pushes *x = t->motion->pushes;
  const struct robot *b = &t->robot[i];
  const struct footing_of *f = &x->of[b->make];
  if (t->motion->mover[i].person || !f->known) return false;
  double load = (double)b->load;
  int n = LIBRARY_LOADS - 2;
  while (n > 0 && f->load[n] > load) n--;
  double width = f->load[n + 1] - f->load[n], s = load > 0 && width > 0 ? (load - f->load[n]) / width : 0;
  double a[sizeof *out / sizeof(double)], z[sizeof *out / sizeof(double)];
  memcpy(a, &f->p[load > 0 ? n : 0], sizeof a);
  memcpy(z, &f->p[n + 1], sizeof z);
  for (size_t k = 0; k < sizeof a / sizeof *a && load > 0; k++) a[k] += s * (z[k] - a[k]);
  memcpy(out, a, sizeof a);
  return true;
}

// ---- who keeps its balance --------------------------------------------------------------------------------------------

static void keeps_alive(struct twin *t, struct reel *r, bool yes) {
  if (r->alive == yes) return;
  r->alive = yes;
  if (yes) t->alive++; else t->alive--;
}

static void needs_steps(struct twin *t) {
  if (!calendar_is_set(&t->calendar, t->timer_motion)) timer_set(t, t->timer_motion, (t->now / MOTION_DT_NS + 1) * MOTION_DT_NS, CLASS_END, false);
}

static void throw(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  if (o->mover[i].thrown) return;
  o->mover[i].thrown = true;
  o->pushes->thrown[o->pushes->throwns++] = i;
  o->pushes->reel[i].goes = false;
  o->pushes->reel[i].lands = 0;
  o->active++;
  keeps_alive(t, &o->pushes->reel[i], true);
  needs_steps(t);
}

static void throw_ends(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct pushes *x = o->pushes;
  if (!o->mover[i].thrown) return;
  o->mover[i].thrown = false;
  for (int32_t k = 0; k < x->throwns; k++)
    if (x->thrown[k] == i) x->thrown[k] = NONE;         // closed up by push_steps
  o->active--;
  keeps_alive(t, &x->reel[i], false);
}

// Its feet no longer stay where they are: whatever it did waits.
static void reels(struct twin *t, int32_t i) {
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
  m->nears = grid_near(o, m->at, LOOK_REACH, i, m->near, LOOK_NEAR);
  m->faces = 0;
  m->apart = false;
  if (!active) o->active++;
}

// ---- a push -----------------------------------------------------------------------------------------------------------

// Where its feet are in a walk of that speed, as many whole steps before the end of its way as there is room for. Steps are as quick as capture steps, as in
// `takt robot MODEL push`: in the walk's own rhythm, a quarter slower, no footstep would be within the pendulum's reach that a push has moved, where the body's are.
static struct impulse_walk stride_of(const struct motion *o, int32_t i, const struct balance_params *p, double speed) {
  double period = p->swing_time, rest = way_rest(o, i) / speed, steps = m_floor(rest / period), left = rest - steps * period;
  return (struct impulse_walk){speed, period, left > 0 ? left : 0, m_floor(steps / 2) * 2 == steps ? LEFT : RIGHT};
}

// A steady walk's pendulum at that instant, about the foot that stands (Kajita and others 2001): half a step either side of the pressure along, from side to side across.
static void under_way(const struct motion *o, int32_t i, struct reel *r, const struct impulse_walk *w, double way, double friction) {
  const struct balance_params *p = &r->p;
  struct balance_columns c = row_of(r);
  double half = 0.5 * w->speed * w->period, from = w->period / 2 - w->left, e = m_exp(p->rate * from), h = m_exp(p->rate * w->period / 2), side = w->stance == LEFT ? -1 : 1, s, k;
  double co = 0.5 * (e + 1 / e), si = 0.5 * (e - 1 / e), most = 0.5 * (h + 1 / h), along = half / (0.5 * (h - 1 / h)), across = 0.5 * p->width / most;
  const double at[2] = {p->rest + along * si, side * across * co}, v[2] = {p->rate * along * co, side * p->rate * across * si};
  m_sincos(way, &s, &k);
  balance_stand(p, &c, 0, 0, 0, way, friction);
  double ankle[2] = {o->mover[i].at[0] - (k * at[0] - s * at[1]), o->mover[i].at[1] - (s * at[0] + k * at[1])};
  for (int x = 0; x < 2; x++) {
    double ahead = x ? s : k, left = x ? k : -s;
    c.com[0][x] = o->mover[i].at[x];
    c.vel[0][x] = ahead * v[0] + left * v[1];
    c.foot[0][w->stance][x] = ankle[x];
    c.foot[0][!w->stance][x] = c.lift[0][x] = ankle[x] - ahead * 2 * half + left * side * p->width;
    c.target[0][x] = ankle[x] + ahead * 2 * half + left * side * p->width;
    c.cop[0][x] = ankle[x] + ahead * p->rest;
  }
  c.mode[0] = BALANCE_STEP;
  c.stance[0] = (uint8_t)w->stance;
  c.phase[0] = w->left < p->swing_time ? p->swing_time - w->left : 0;
}

static void to_own(double heading, const double v[2], double out[2]) {
  double s, c;
  m_sincos(heading, &s, &c);
  out[0] = c * v[0] + s * v[1];
  out[1] = c * v[1] - s * v[0];
}

// What it was pushed by before in this swing, as if it were now: its capture point has gone off by d e^(w t) - p (e^(w t) - 1), p being where the pressure was moved to
// (robots/impulse.h), which is what is left of it when the foot lands where it shall.
static void so_far(const struct reel *r, double time, double out[2]) {
  double e = m_exp(r->p.rate * time), g = m_exp(r->p.rate * r->left), scale = r->p.mass * r->p.rate;
  for (int k = 0; k < 2; k++) {
    double d = r->impulse[k] / scale, press = g > 1 ? (d * g - r->shift[k]) / (g - 1) : 0;
    out[k] = scale * (d * e - press * (e - 1));
  }
}

// The moved foot's pendulum against the line: d sinh(w t) until it lands, d e^(w left) being its shift, then towards that as e^(-w t).
static double off_line(const struct reel *r, int axis, double time) {
  double w = r->p.rate, e = m_exp(w * (time < r->left ? time : r->left)), to = r->shift[axis] - r->gone[axis], x = to / m_exp(w * r->left) * 0.5 * (e - 1 / e);
  return time < r->left ? x : to + (x - to) * m_exp(-w * (time - r->left));
}

// It walks with `came` m/s, its sway included: the walk that it is in, and all that it has been pushed by in this swing. Pushes in one swing are one.
static struct impulse_walk in_walk(struct twin *t, int32_t i, struct reel *r, const struct balance_params *p, const double impulse[2], const double came[2], double *way) {
  struct mover *m = &t->motion->mover[i];
  double before[2] = {0, 0}, along[2] = {came[0], came[1]}, time = ns_to_seconds(t->now - r->since);
  bool again = t->now < r->lands;
  if (again) so_far(r, time, before);
  for (int k = 0; k < 2; k++) {
    double gone = again && m->sways ? r->gone[k] + off_line(r, k, time) : 0;
    if (m->sways) along[k] -= r->sway[k], m->velocity[k] -= r->sway[k];
    r->sway[k] = 0;
    r->impulse[k] = before[k] + impulse[k];
    r->gone[k] = gone;
  }
  m->sways = false;
  r->p = *p;
  *way = m_atan2(along[1], along[0]);
  double speed = m_sqrt(along[0] * along[0] + along[1] * along[1]);
  return stride_of(t->motion, i, p, speed > STANDS ? speed : STANDS);
}

// true: it goes on.
static bool walks_on(struct twin *t, int32_t i, struct reel *r, const struct impulse_walk *w, double way, double friction) {
  struct mover *m = &t->motion->mover[i];
  double s, c;
  struct impulse j = {{0, 0}, 0, 0};
  to_own(way, r->impulse, j.along);
  struct impulse_answer a = impulse_walking(&r->p, &j, w, friction);
  if (a.strategy > IMPULSE_WALKS_ON) return false;
  m->sways = a.shift[0] * a.shift[0] + a.shift[1] * a.shift[1] > UPSET_SHIFT_LEAST * UPSET_SHIFT_LEAST;
  if (m->sways) FLEET_BOOK(t, &t->robot[i], captures, 1);
  m_sincos(way, &s, &c);
  r->since = t->now;
  r->left = w->left;
  r->lands = t->now + ns_from_seconds(w->left);
  r->shift[0] = c * a.shift[0] - s * a.shift[1];
  r->shift[1] = s * a.shift[0] + c * a.shift[1];
  twin_note(t, NOTE_ROBOT, i, "R%u is pushed and walks on", t->robot[i].number);
  return true;
}

// An impulse in N s as if at its centre of mass, a twist in N m s, on robot i that moved with `came` m/s before it.
static void pushed(struct twin *t, int32_t i, const double impulse[2], double twist, const double came[2]) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  struct reel *r = &o->pushes->reel[i];
  double j2 = impulse[0] * impulse[0] + impulse[1] * impulse[1], friction = footing_friction(t, m->at, false);
  bool turns = twist * twist >= UPSET_TWIST_LEAST * UPSET_TWIST_LEAST, walks = m->move == MOVE_WALKS && came[0] * came[0] + came[1] * came[1] > STANDS * STANDS;
  struct balance_params p;
  if (m->move == MOVE_GONE || (j2 < UPSET_PUSH_LEAST * UPSET_PUSH_LEAST && !turns) || !params_of(t, i, &p)) return;
  FLEET_BOOK(t, &t->robot[i], pushes, 1);
  if (m->lies) return;
  if (walks && m->thrown && m->move != MOVE_REELS) throw_ends(t, i);
  struct balance_columns c = row_of(r);
  if (m->thrown) balance_push(&r->p, &c, 0, impulse[0], impulse[1]);
  else {
    struct impulse_walk w = {0};
    double way = 0;
    struct impulse j = {{0, 0}, 0, 0};
    if (walks) {
      w = in_walk(t, i, r, &p, impulse, came, &way);
      if (!turns && walks_on(t, i, r, &w, way, friction)) return;
      under_way(o, i, r, &w, way, friction);
      balance_push(&r->p, &c, 0, r->impulse[0], r->impulse[1]);
    } else {
      r->p = p;
      to_own(m->heading, impulse, j.along);
      double sn, cs;
      m_sincos(m->heading, &sn, &cs);
      balance_stand(&r->p, &c, 0, m->at[0] - cs * p.rest, m->at[1] - sn * p.rest, m->heading, friction);
      balance_push(&r->p, &c, 0, impulse[0], impulse[1]);
    }
    throw(t, i);
    if (walks || impulse_standing(&p, &j, friction).strategy != IMPULSE_ANKLES) reels(t, i);
  }
  if (!turns) return;
  double turn = impulse_turn(&p, twist, friction, walks ? 1 : 2);
  if (!isfinite(turn)) turn = 0;    // without friction nothing ends it, and nothing turns it back either
  m->heading = m_wrap(m->heading + turn);
  c.heading[0] = m->heading;
  if (turn * turn > UPSET_SPOT_TURN * UPSET_SPOT_TURN) reels(t, i);
}

void motion_push(struct twin *t, int32_t i, const double impulse[2], double height, double twist) {
  struct balance_params p;
  if (!motion_stepped(t, i) || !params_of(t, i, &p)) return;
  double share = height >= 0 ? height / p.com_height : 1;
  const double j[2] = {impulse[0] * share, impulse[1] * share};
  pushed(t, i, j, twist, t->motion->mover[i].velocity);
}

// ---- contacts -----------------------------------------------------------------------------------------------------------

static void touched(struct twin *t, int32_t i, double jx, double jy, int32_t *n) {
  struct pushes *x = t->motion->pushes;
  struct reel *r = &x->reel[i];
  if (!r->touched) {
    r->touched = true;
    r->sum[0] = r->sum[1] = 0;
    x->touched[(*n)++] = i;
  }
  r->sum[0] += jx;
  r->sum[1] += jy;
}

static double size_of(const double v[2]) { return m_sqrt(v[0] * v[0] + v[1] * v[1]); }

void push_contacts(struct twin *t) {
  struct motion *o = t->motion;
  struct pushes *x = o->pushes;
  int32_t n = 0;
  for (int k = 0; k < o->contacts; k++) {
    const struct space_contact *c = &o->contact[k];
    touched(t, c->a, -c->impulse * c->normal[0], -c->impulse * c->normal[1], &n);
    if (c->b != SPACE_FIXED) touched(t, c->b, c->impulse * c->normal[0], c->impulse * c->normal[1], &n);
  }
  for (int k = 0; k < o->contacts; k++) {
    // of who stands between two, what both sides press is no bump
    const struct space_contact *c = &o->contact[k];
    double size = c->impulse, a = size_of(x->reel[c->a].sum), b = c->b != SPACE_FIXED ? size_of(x->reel[c->b].sum) : size;
    size = a < size ? a : size;
    size = b < size ? b : size;
    if (size > o->count.hardest) o->count.hardest = size;
    if (size < MOTION_BUMP) continue;
    o->count.bumps++;
    if (c->b != SPACE_FIXED)
      twin_note(t, NOTE_ROBOT, c->a, "%c%u and %c%u run into each other, %.0f N s", robot_letter(t, c->a), t->robot[c->a].number, robot_letter(t, c->b), t->robot[c->b].number, size);
  }
  o->contacts = 0;
  for (int32_t k = 0; k < n; k++) {
    int32_t i = x->touched[k];
    struct reel *r = &x->reel[i];
    struct mover *m = &o->mover[i];
    static const double still[2] = {0, 0};
    r->touched = false;
    if (m->move == MOVE_GONE) continue;
    if (r->sum[0] * r->sum[0] + r->sum[1] * r->sum[1] >= MOTION_BUMP * MOTION_BUMP) pushed(t, i, r->sum, 0, o->puts[i].is ? o->puts[i].velocity : still);
    else if (m->move == MOVE_REELS) {
      struct balance_columns c = row_of(r);
      balance_push(&r->p, &c, 0, r->sum[0], r->sum[1]);
    }
  }
}

// ---- a step -------------------------------------------------------------------------------------------------------------

void push_sways(struct twin *t, int32_t i) {
  struct mover *m = &t->motion->mover[i];
  struct reel *r = &t->motion->pushes->reel[i];
  double time = ns_to_seconds(t->now - r->since), to_go = 0;
  for (int k = 0; k < 2; k++) m->velocity[k] -= r->sway[k];
  step_speed(t, i);
  for (int k = 0; k < 2; k++) {
    double now = off_line(r, k, time);
    r->sway[k] = (now - off_line(r, k, time > MOTION_DT ? time - MOTION_DT : 0)) / MOTION_DT;
    to_go += (r->shift[k] - r->gone[k] - now) * (r->shift[k] - r->gone[k] - now);
    m->velocity[k] += r->sway[k];
  }
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
  struct balance_columns c = row_of(r);
  struct fall_params fall = fall_params_of(&r->p);
  double energy = c.energy[0];
  throw_ends(t, i);
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
  struct balance_columns c = row_of(r);
  uint8_t events = 0;
  if (m->move == MOVE_WALKS && m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1] > STANDS * STANDS) {
    throw_ends(t, i);               // its ankles had it, and it walks
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
  if (events & (BALANCE_EVENT_LIFT | BALANCE_EVENT_FALL)) reels(t, i);
  if (events & BALANCE_EVENT_FALL) falls(t, i);
  if (events & BALANCE_EVENT_DOWN) lies(t, i);
  else if (events & BALANCE_EVENT_REST) {
    bool steps = m->move == MOVE_REELS, feet = c.steps[0] > 0;
    throw_ends(t, i);
    if (!steps) return;
    // one more brings its feet together
    m->move = MOVE_COMES_UP;
    m->turn_from = m->turn_to = m->heading;
    m->phase = m->phase_left = feet ? r->p.swing_time : 0;
    m->velocity[0] = m->velocity[1] = 0;
    keeps_alive(t, r, true);
  }
  if (m->move == MOVE_WALKS) return;
  r->goes = m->move == MOVE_REELS && (c.mode[0] == BALANCE_STAND || c.mode[0] == BALANCE_STEP);
  for (int k = 0; k < 2; k++) m->velocity[k] = r->goes ? (c.com[0][k] - r->com[k]) / MOTION_DT : 0;
}

void push_steps(struct twin *t) {
  struct motion *o = t->motion;
  struct pushes *x = o->pushes;
  int32_t n = x->throwns, left = 0;
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
  for (int32_t k = 0; k < x->throwns; k++)
    if (x->thrown[k] != NONE) x->thrown[left++] = x->thrown[k];
  x->throwns = left;
}

// ---- up again -------------------------------------------------------------------------------------------------------------

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
  keeps_alive(t, r, true);
  needs_steps(t);
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
  keeps_alive(t, &o->pushes->reel[i], false);
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

bool push_keeps(const struct twin *t, int32_t i) {
  const struct mover *m = &t->motion->mover[i];
  return m->lies || m->move == MOVE_REELS || m->move == MOVE_COMES_UP;
}

double motion_rise_power(const struct twin *t, int32_t i) { return motion_stepped(t, i) && t->motion->pushes ? t->motion->pushes->reel[i].power : 0; }

void push_forget(struct twin *t, int32_t i) {
  struct mover *m = &t->motion->mover[i];
  t->motion->pushes->reel[i].power = 0;
  throw_ends(t, i);
  keeps_alive(t, &t->motion->pushes->reel[i], false);
  m->lies = m->sways = m->paused = false;
}

uint64_t push_digest(const struct twin *t, int32_t i, uint64_t chain) {
  const struct mover *m = &t->motion->mover[i];
  const struct reel *r = &t->motion->pushes->reel[i];
  if (m->thrown) chain = digest_bytes(chain, r->row, sizeof r->row);
  if (m->sways) chain = digest_bytes(chain, r->shift, sizeof r->shift);
  return m->lies ? digest_u64(chain, 1, (uint64_t)i) : chain;
}
