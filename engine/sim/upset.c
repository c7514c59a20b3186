#include "engine/sim/upset.h"

#include <stdlib.h>

#include "engine/sim/body_clear.h"
#include "engine/sim/body_state.h"
#include "engine/sim/broken.h"
#include "engine/sim/footing.h"
#include "engine/sim/robot.h"
#include "engine/sim/update.h"
#include "engine/sim/way.h"
#include "robots/walk_push.h"
#include "robots/walk_stop.h"

#define WEAK_TIME    0.1            // s    that a drive may be asked for more than it has before the body gives way; a guess
#define WALK_AHEAD   0.35           // s    until a foot lifts: from there on a robot with both feet down counts as standing
#define ASTRAY_MOST  0.15           // m    that a walk whose feet have turned may end beside its spot: farther off it is planned anew. Guesses
#define ENDS_SOON    2.5            // s    that a walk is let go on to its end when no other stop does: capture steps take 2.9 and do not always hold. A guess

bool upset_create(struct twin *t, struct body_rows *k) {
  k->push = arena_alloc(&t->arena, sizeof *k->push * (size_t)k->stride, 8);
  k->upset = ARENA_NEW(&t->arena, struct upset, k->stride);
  k->upsets = ARENA_NEW(&t->arena, uint8_t, k->stride);
  k->joint_from = arena_alloc(&t->arena, sizeof *k->joint_from * (size_t)k->stride * (size_t)k->kind.model.joint_count, 8);
  k->twist = ARENA_NEW(&t->arena, double, k->stride);
  return k->twist && k->push && k->upset && k->upsets && k->joint_from;
}

void upset_flags(struct body_rows *k, int r) {
  const struct upset *u = &k->upset[r];
  bool walk = u->slide[0] != 0 || u->slide[1] != 0 || u->turning != 0 || (u->turned - u->told) * (u->turned - u->told) >= TURN_SAID * TURN_SAID || u->lost[0] != 0 || u->lost[1] != 0;
  k->upsets[r] = (uint8_t)((u->make ? UPSET_BODY : 0) | (walk ? UPSET_WALK : 0) | (u->rests ? UPSET_OFF : 0) | (u->stop ? UPSET_STOP : 0));
}

static struct jet *joints_of(const struct body_rows *k, int r) { return k->joint_from + (size_t)r * (size_t)k->kind.model.joint_count; }

bool body_lies(const struct twin *t, int32_t i) {
  if (!body_stepped(t, i)) return false;
  const struct upset *u = &rows_of(t, i)->upset[t->body->row_of[i]];
  return u->make && recover_limp(&u->state);
}

bool body_upset(const struct twin *t, int32_t i) {
  return body_stepped(t, i) && rows_of(t, i)->upset[t->body->row_of[i]].make != NULL;
}

void body_push(struct twin *t, int32_t i, const double impulse[2], double height) {
  assert(height >= 0);
  if (!body_stepped(t, i)) return;
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  if (!k->here[r]) return;
  double share = height / k->kind.library.standing.com_height;
  for (int n = 0; n < 2; n++) k->push[r][n] += impulse[n] * share;
  k->pushed = true;
}

void body_twist(struct twin *t, int32_t i, double twist) {
  if (!body_stepped(t, i)) return;
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  if (!k->here[r]) return;
  k->twist[r] += twist;
  k->pushed = true;
}

// Counted among those that can bring the line on.
static void alive(struct twin *t, struct upset *u, bool yes) {
  if (u->alive == yes) return;
  u->alive = yes;
  if (yes) t->alive++; else t->alive--;
}

// An act that ends when the body has come to rest at its place.
static bool walks_by(uint8_t act) {
  return act == ACT_FETCH || act == ACT_CARRY || act == ACT_TO_POST || act == ACT_HOME || act == ACT_TO_CHARGER || act == ACT_TO_REPAIR;
}

// ---- beginning ------------------------------------------------------------------------------------------------

// The make with what it carries now. NULL: no memory, the twin's fault.
static struct recover_make *make_for(struct twin *t, const struct body_rows *k, int32_t i, double mass) {
  struct error e = {0};
  struct recover_make *m = calloc(1, sizeof *m);
  if (m && recover_make_init(m, &k->kind.library, mass, mass > 0 ? LOAD_HELD_CLOSE : LOAD_NONE, &e) == STATUS_OK) return m;
  free(m);
  twin_fault(t, "R%u cannot be thrown off its balance: %s", t->robot[i].number, e.text);
  return NULL;
}

static void drop_make(struct upset *u) {
  if (!u->make) return;
  recover_make_finish(u->make);
  free(u->make);
  u->make = NULL;
}

// Seconds until the foot in the air lands, or with both down until one lifts; < 0: it stands, or comes to rest.
static double swing_left(const struct body *b, const struct body_rows *k, int r) {
  const struct walk *w = k->walk[r];
  const struct walk_sample *s = &k->sample[r];
  if (!w) return -1;
  double clock = w->clock + (double)(b->step - k->began[r]) * b->dt, next = 1e9;
  bool both = s->contact[LEFT] && s->contact[RIGHT];
  for (int n = 0; n < w->plan.count; n++) {
    const struct footstep *f = &w->plan.step[n];
    double at = both ? f->lift : f->land;
    if (at > clock && at < next && (both || !s->contact[f->side])) next = at;
  }
  double left = next < 1e8 ? next - clock : both ? 1e9 : 0;
  return both && left > WALK_AHEAD ? -1 : left;
}

static void begin(struct twin *t, struct body_rows *k, int r) {
  struct upset *u = &k->upset[r];
  int32_t i = k->robot[r];
  const struct walk_sample *s = &k->sample[r];
  if (k->walk[r]) body_sample(t->body, k, r);
  u->make = make_for(t, k, i, k->mass[r]);
  if (!u->make) return;
  int stance = s->share[LEFT] > s->share[RIGHT] ? LEFT : RIGHT;
  struct recover_start start = {.sample = s, .q = k->q + r, .qd = k->qd + r, .qdd = k->qdd + r, .stride = k->stride, .swing_left = swing_left(t->body, k, r),
                                .heading = k->walk[r] ? s->foot_yaw[stance] : k->facing[r], .floor = s->planned.z, .friction = body_friction(t, s->planned)};
  recover_begin(&u->state, u->make, &start, joints_of(k, r));
  for (int n = 0; n < 2; n++) u->state.slide[n] = u->slide[n];
  u->state.turning = u->turning;
  u->turning = u->turned = u->told = 0;
  u->slide[0] = u->slide[1] = u->slid = u->lost[0] = u->lost[1] = 0;
  u->thrown = u->halts = false;
  u->walked = k->walk[r] != NULL;
  if (u->walked) walks_release(k->walk[r]);
  else t->alive++;
  u->alive = true;
  k->walk[r] = NULL;
  k->still[r] = false;
  if (u->walked) clear_left(t, i);
  // hands wait until it stands again
  uint8_t act = t->robot[i].act;
  u->paused = !u->walked && !t->robot[i].off && (act == ACT_PICK || act == ACT_PLACE);
  if (u->paused) robot_pause(t, i);
}

// A small one in mid-walk: the capture point is off by J / (m w), which the ankles bring back (engine/sim/upset_ground.c).
static bool bears(struct body_rows *k, int r, double jx, double jy) {
  struct upset *u = &k->upset[r];
  double scale = (k->kind.model.mass + k->mass[r]) * m_sqrt(GRAVITY / k->kind.library.standing.com_height), x = u->lost[0] + jx / scale, y = u->lost[1] + jy / scale;
  if (x * x + y * y > UPSET_LOST * UPSET_LOST) return false;
  u->lost[0] = x, u->lost[1] = y;
  upset_flags(k, r);
  return true;
}

// It goes on by a step beside its line: robots/walk_push.h.
static bool steps_on(struct twin *t, struct body_rows *k, int r, double jx, double jy) {
  struct body *b = t->body;
  const struct walk *w = k->walk[r];
  struct walk other;
  struct walk_push_answer a;
  struct error e = {0};
  double time = (double)(b->step - k->began[r]) * b->dt;
  double sn, cs;
  m_sincos(k->upset[r].turned, &sn, &cs);
  const double impulse[2] = {cs * jx + sn * jy, cs * jy - sn * jx};     // in the walk's frame
  if (k->upset[r].stop || time < 0 || walk_push(&other, w, time, impulse, &a, &e) != STATUS_OK) return false;
  if (!body_goes_over(t, k, r, &other, b->step)) return false;
  if (a.shift[0] * a.shift[0] + a.shift[1] * a.shift[1] > UPSET_SHIFT_LEAST * UPSET_SHIFT_LEAST) FLEET_BOOK(t, &t->robot[k->robot[r]], captures, 1);
  twin_note(t, NOTE_ROBOT, k->robot[r], "R%u is pushed and walks on", t->robot[k->robot[r]].number);
  return true;
}

void upset_pushes(struct twin *t, struct body_rows *k) {
  if (!k->pushed) return;
  k->pushed = false;
  for (int r = 0; r < k->n; r++) {
    double jx = k->push[r][0], jy = k->push[r][1], twist = k->twist[r];
    if (jx == 0 && jy == 0 && twist == 0) continue;
    k->push[r][0] = k->push[r][1] = k->twist[r] = 0;
    if (!k->here[r] || (jx * jx + jy * jy < UPSET_PUSH_LEAST * UPSET_PUSH_LEAST && twist * twist < UPSET_TWIST_LEAST * UPSET_TWIST_LEAST)) continue;
    struct upset *u = &k->upset[r];
    FLEET_BOOK(t, &t->robot[k->robot[r]], pushes, 1);
    bool turns = twist * twist >= UPSET_TWIST_LEAST * UPSET_TWIST_LEAST;
    if (!u->make && k->walk[r] && !turns && (bears(k, r, jx, jy) || steps_on(t, k, r, jx, jy))) continue;
    if (!u->make) begin(t, k, r);
    if (!u->make) continue;
    // a robot that was stopped and is pushed: its brakes are on
    k->still[r] = u->rests = false;
    alive(t, u, true);
    recover_push(&u->state, u->make, jx, jy);
    if (turns) recover_twist(&u->state, u->make, twist);
    upset_flags(k, r);
  }
}

void upset_leave(struct twin *t, struct body_rows *k, int r) {
  struct upset *u = &k->upset[r];
  k->push[r][0] = k->push[r][1] = k->twist[r] = 0;
  if (u->alive) t->alive--;
  drop_make(u);
  *u = (struct upset){0};
  upset_flags(k, r);
}

void upset_becomes(struct body_rows *k, int r, struct body_rows *n, int to) {
  const struct upset *u = &k->upset[r];
  assert(!u->make);
  n->upset[to] = (struct upset){.stop = u->stop, .rests = u->rests, .waits = u->waits, .back = u->back};
  upset_flags(n, to);
}

// ---- within a step ----------------------------------------------------------------------------------------------

void upset_sample(const struct body *b, struct body_rows *k, int r) {
  struct upset *u = &k->upset[r];
  u->state.friction = body_friction(b->twin, k->sample[r].planned);
  recover_step(&u->state, u->make, joints_of(k, r), b->dt, &k->sample[r], k->q + r, k->qd + r, k->qdd + r, k->stride);
}

// ---- after it ----------------------------------------------------------------------------------------------------

static void fell(struct twin *t, struct body_rows *k, int r) {
  struct upset *u = &k->upset[r];
  int32_t i = k->robot[r];
  FLEET_BOOK(t, &t->robot[i], falls, 1);
  twin_note(t, NOTE_ROBOT, i, "R%u fell", t->robot[i].number);
  if (u->walked && walks_by(t->robot[i].act)) clear_falls(t, i);
  u->paused = u->walked = false;
  robot_falls(t, i);
  // empty hands from here on
  if (k->mass[r] > 0 && t->robot[i].load <= 0) {
    drop_make(u);
    k->mass[r] = 0;
    u->make = make_for(t, k, i, 0);
  }
}

static void lies(struct twin *t, struct body_rows *k, int r) {
  struct upset *u = &k->upset[r];
  int32_t i = k->robot[r];
  struct fall_params fall = fall_params_of(&u->make->balance);
  alive(t, u, false);
  if (fall_damages(&fall, u->state.energy, stream_unit(&t->robot[i].falls)) && !robot_is_broken(t, i)) {
    twin_note(t, NOTE_ROBOT, i, "R%u was damaged by its fall of %.0f J", t->robot[i].number, u->state.energy);
    robot_break(t, i, BREAK_FALL);
    return;
  }
  robot_lies(t, i, UPSET_RESCUE);
}

// How its kind gets up, found when the first one has fallen. NULL: it does not by itself.
static const struct rise *rise_of(struct body_rows *k, const struct recover_make *m) {
  if (!k->rise.sample && !k->rises) k->rises = rise_make(&k->rise, &k->kind.library, &m->stand, m->crouch, m->crouched, &k->rise_why);
  return k->rises ? NULL : &k->rise;
}

void body_rise(struct twin *t, int32_t i) {
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  struct upset *u = &k->upset[r];
  if (!u->make || u->state.stage != RECOVER_LYING) return;
  bool helped = help_there(t, i, HELP_RESCUE) || u->helpless;
  u->make->rise = helped ? NULL : rise_of(k, u->make);
  if (!u->make->rise && !helped && t->robot[i].act == ACT_FALLEN) {
    u->helpless = true;
    twin_note(t, NOTE_ROBOT, i, "R%u lies until somebody lifts it: %s", t->robot[i].number, k->rise_why.text);
    robot_begin(t, i, ACT_FALLEN, DO_FALL, UPSET_RESCUE);
    return;
  }
  recover_rise(&u->state, u->make, joints_of(k, r), UPSET_LIFT);
  // lifted, it does not carry itself
  u->rise_power = u->make->rise ? k->rise.energy / k->rise.time : gait_library_stand(&k->kind.library, 0);
  u->helpless = false;
  alive(t, u, true);
}

// It stands as walks begin: on to where it was sent, back to its spot, or at rest where it is.
static void stands(struct twin *t, struct body_rows *k, int r) {
  struct upset *u = &k->upset[r];
  int32_t i = k->robot[r];
  if (u->stop == STOPS_KNEEL + 1) {
    recover_crouch(&u->state, u->make);
    return;
  }
  struct v3 at = v3(u->state.pelvis[0].x, u->state.pelvis[1].x, u->state.floor);
  double heading = u->state.heading, goal[2], facing;
  bool lay = u->lay;
  u->lay = false;
  u->rise_power = 0;
  drop_make(u);
  // it may have come to lie where nothing is to be done
  way_goal(t, i, goal, &facing);
  if (t->robot[i].place == NONE) goal[0] = at.x, goal[1] = at.y, facing = heading;
  double x = at.x - goal[0], y = at.y - goal[1], turn = m_cos(facing - heading);
  t->robot[i].astray = true;
  bool away = x * x + y * y > UPSET_SPOT_NEAR * UPSET_SPOT_NEAR || turn < 1 - UPSET_SPOT_TURN * UPSET_SPOT_TURN / 2;
  body_stands(t, i, at, heading);
  alive(t, u, false);
  if (lay && t->robot[i].act == ACT_FALLEN) {
    robot_up(t, i);
    if (k->walk[r]) return;
    away = true;
  }
  bool on = (u->walked || k->again[r]) && walks_by(t->robot[i].act);
  if ((on || away) && u->stop) {
    u->waits = true;
    u->back = !on;
    return;
  }
  if (on || away) {
    t->alive++;
    body_go(t, i, !on);
    return;
  }
  t->robot[i].astray = false;
  if (u->paused) robot_go_on(t, i);
  u->paused = false;
  update_rests(t, i);
}

void upset_back(struct twin *t, struct body_rows *k, int r) {
  struct upset *u = &k->upset[r];
  if (u->paused) robot_go_on(t, k->robot[r]);
  u->paused = false;
  // it may have been told to break meanwhile
  if (!broken_rests(t, k->robot[r])) update_rests(t, k->robot[r]);
}

// Stopped, and nothing moves any more.
static void comes_to_rest(struct twin *t, struct body_rows *k, int r) {
  struct upset *u = &k->upset[r];
  u->rests = k->still[r] = true;
  body_halts(k, r);
  alive(t, u, false);
}

// Another plan from the next footstep on, to a stand: robots/walk_stop.h. Near its end the walk's own is the soonest.
static bool slows_down(struct twin *t, struct body_rows *k, int r) {
  struct body *b = t->body;
  struct walk other;
  struct error e = {0};
  double time = (double)(b->step - k->began[r]) * b->dt;
  if (time < 0) return false;
  bool stops = walk_stop(&other, k->walk[r], time, &e) == STATUS_OK && body_goes_over(t, k, r, &other, b->step);
  if (!stops && k->walk[r]->time - time > ENDS_SOON) return false;
  k->upset[r].halts = true;
  return true;
}

// Is it within `most` m of where it was sent, and looks that way?
static bool near_spot(const struct twin *t, int32_t i, struct v3 at, double heading, double most) {
  double goal[2], facing;
  way_goal(t, i, goal, &facing);
  double x = at.x - goal[0], y = at.y - goal[1];
  return x * x + y * y <= most * most && m_cos(facing - heading) >= 1 - UPSET_SPOT_TURN * UPSET_SPOT_TURN / 2;
}

bool upset_off_spot(const struct twin *t, int32_t i, struct v3 at, double heading) { return !near_spot(t, i, at, heading, UPSET_SPOT_NEAR); }

// Its feet have turned on the floor, and rest. Where the walk would lead too far from its spot it turns off to there, or is planned to a stand, and anew from there.
static void has_turned(struct twin *t, struct body_rows *k, int r) {
  struct upset *u = &k->upset[r];
  const struct walk *w = k->walk[r];
  double more = u->turned - u->told, left = w->time - (double)(t->body->step - k->began[r]) * t->body->dt, sn, cs;
  if (more * more < TURN_SAID * TURN_SAID) return;
  u->told = u->turned;
  twin_note(t, NOTE_ROBOT, k->robot[r], "R%u turned on its soles by %.1f deg", t->robot[k->robot[r]].number, more * 180 / M_PI_D);
  m_sincos(u->turned, &sn, &cs);
  struct v3 end = v3_add(k->origin[r], v3(cs * w->end.x - sn * w->end.y, sn * w->end.x + cs * w->end.y, 0));
  if (u->halts || u->stop || k->again[r] || left < ENDS_SOON || near_spot(t, k->robot[r], end, w->end_heading + u->turned, ASTRAY_MOST)) return;
  if (!body_turns_off(t, k->robot[r])) slows_down(t, k, r);
}

bool upset_halted(struct twin *t, struct body_rows *k, int r, bool back) {
  struct upset *u = &k->upset[r];
  int32_t i = k->robot[r];
  if (!u->stop) return false;
  bool on = !back && walks_by(t->robot[i].act);
  t->alive--;
  if (u->stop == STOPS_KNEEL + 1) {
    begin(t, k, r);
    if (!u->make) return true;
    u->walked = on;
    recover_crouch(&u->state, u->make);
  } else {
    u->waits = true;
    u->back = !on;
  }
  upset_flags(k, r);
  return true;
}

void upset_stop(struct twin *t, int32_t i, enum stop category) {
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  struct upset *u = &k->upset[r];
  if (!k->here[r]) return;
  u->stop = (uint8_t)category + 1;
  bool walks = k->walk[r] != NULL;
  if (!u->make && !walks && category != STOPS_KNEEL) {
    u->rests = category == STOPS_FREEZE;
    upset_flags(k, r);
    return;
  }
  if (!u->make && walks && category != STOPS_FREEZE && slows_down(t, k, r)) {
    upset_flags(k, r);
    return;
  }
  if (!u->make) begin(t, k, r);
  if (!u->make) return;
  if (category == STOPS_FREEZE) recover_freeze(&u->state);
  if (category == STOPS_KNEEL && !walks) recover_crouch(&u->state, u->make);
  upset_flags(k, r);
}

void upset_stops_short(struct twin *t, int32_t i) {
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  const struct upset *u = &k->upset[r];
  if (!k->walk[r] || u->make || u->halts || u->stop || k->walk[r]->time - (double)(t->body->step - k->began[r]) * t->body->dt < ENDS_SOON) return;
  if (slows_down(t, k, r)) twin_note(t, NOTE_ROBOT, i, "R%u stops short of somebody in its way", t->robot[i].number);
}

void upset_restart(struct twin *t, int32_t i) {
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  struct upset *u = &k->upset[r];
  bool rested = u->rests;
  u->stop = 0;
  u->rests = false;
  if (u->make) {
    k->still[r] = false;
    if (!recover_limp(&u->state)) recover_free(&u->state, u->make);
    if (rested) alive(t, u, true);
  } else if (u->waits) {
    t->alive++;
    body_go(t, i, u->back);
  }
  u->waits = u->back = false;
  upset_flags(k, r);
}

void upset_waits(struct twin *t, int32_t i) {
  struct upset *u = &rows_of(t, i)->upset[t->body->row_of[i]];
  u->waits = true;
  u->back = false;
}

static void book(struct twin *t, struct body_rows *k, int r) {
  struct upset *u = &k->upset[r];
  int32_t i = k->robot[r];
  if (u->thrown && k->walk[r]) {
    // from the next step on; at the latest now it knows the floor
    double scale = k->kind.model.mass * m_sqrt(GRAVITY / k->kind.library.standing.com_height), off[2] = {u->lost[0], u->lost[1]};
    const double at[2] = {k->sample[r].planned.x, k->sample[r].planned.y};
    footing_slipped(t, at);
    twin_note(t, NOTE_ROBOT, i, "R%u loses its balance", t->robot[i].number);
    begin(t, k, r);
    if (u->make) recover_push(&u->state, u->make, scale * off[0], scale * off[1]);
  }
  if (k->walk[r] && u->turned != u->told && u->turning == 0) has_turned(t, k, r);
  if (!u->make) return;
  u->weak = k->excess[r] > 0 && !recover_limp(&u->state) ? u->weak + t->body->dt : 0;
  if (u->weak > WEAK_TIME) {
    twin_note(t, NOTE_ROBOT, i, "R%u: its drives do not hold it", t->robot[i].number);
    recover_give_way(&u->state);
    u->weak = 0;
  }
  uint8_t event = u->state.event;
  if (event & RECOVER_EVENT_STEP) FLEET_BOOK(t, &t->robot[i], captures, 1);
  if (event & RECOVER_EVENT_FALL) {
    u->lay = true;
    fell(t, k, r);
    if (!u->make) return;
  }
  if (event & RECOVER_EVENT_DOWN) lies(t, k, r);
  if (event & RECOVER_EVENT_STANDS) stands(t, k, r);
  if (u->make && u->stop && !u->rests && recover_rests(&u->state, u->make)) comes_to_rest(t, k, r);
  // it has something to do again, whoever mended it
  uint8_t act = t->robot[i].act;
  if (u->make && u->state.stage == RECOVER_LYING && !(event & RECOVER_EVENT_DOWN) && act != ACT_FALLEN && act != ACT_BROKEN) body_rise(t, i);
}

void upset_book(struct twin *t, struct body_rows *k, int r) {
  if (!k->upsets[r]) return;
  book(t, k, r);
  upset_flags(k, r);
}
