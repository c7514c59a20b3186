#include "robots/primitive.h"

#include <math.h>
#include <string.h>

#define BESIDE      0.25            // m    of a bench's parts from the place of work, a guess
#define NEARER      0.12            // m    of what both hands take, a guess
#define DRIVER_MASS 0.8             // kg   of an electric screwdriver with its magazine, a guess
#define DRIVER_WIDE 0.04            // m    its grip
#define DRIVER_LONG 0.12
#define SCREW_CLEAR 5e-4            // m    of a screw's tip in a countersunk hole, a guess
#define SCREW_TURNS 8               // of an M6 thread 8 mm deep
#define DRIVER_RATE 10.0            // 1/s  turns, a guess: 600 a minute
#define TIGHTEN     0.3             // s    until the driver's clutch slips, a guess
#define PEG_CLEAR   5e-4            // m
#define PUSH        50.0            // N    to seat a part, a guess
#define PRESS       100.0           // N
#define PRESS_HOLD  0.5             // s
#define SIDES       3               // views of an inspection
#define TURN        0.4             // s    from one view to the next, at least, a guess
#define VIEW        0.3             // rad  that the trunk is turned for a view from the side, a guess
#define TOLERANCE   2e-3            // m    that an inspection tells
#define LOOKS_MOST  100.0
#define MEET_AHEAD  0.40            // m    of the place where one hands something to another one, a guess
#define MEET_UP     0.15            // m    above the bench, a guess
#define BEFORE      0.40            // m    ahead to what is handed over, at most, a guess
#define END_DEEP    0.42            // m    ahead to an end that is set down, at most, a guess
#define IN          0.08            // m    that it is set farther in, a guess
#define APART       0.7             // m    two robots at a bench
#define LID         0.3             // m    that the edge of a lid is led

const char *primitive_text(enum primitive_kind k) {
  static const char *const text[PRIMITIVE_KINDS] = {"pick", "place", "insert", "fasten", "press", "inspect", "scan", "open", "close", "hand over", "carry"};
  return text[k];
}

struct primitive_wish primitive_wish_defaults(enum primitive_kind kind) {
  return (struct primitive_wish){.kind = kind, .part = {.shape = PART_BOX, .size = {0.05, 0.05, 0.05}, .mass = 0.2, .mu = 0.5}, .at = {0.4, 0.9}, .friction = 0.6, .apart = APART, .meet = {MEET_AHEAD, MEET_UP}};
}

static void start(const struct reacher *r, const struct primitive_wish *w, struct primitive_plan *out, struct reach_pose *standing) {
  struct handling_wish *h = &out->wish;
  *h = handling_wish_defaults();
  reach_standing(r, 0, standing, h->foot, NULL);
  out->part = w->part;
  h->part = &out->part;
  h->from = h->to = standing;
  h->friction = w->friction;
}

static void take(struct primitive_plan *out, bool good) {
  const struct handling *h = &out->hands;
  out->possible = good;
  out->why = h->why;
  out->time = h->time;
  out->energy = h->energy;
  out->once = h->outcome[CLOSE_HELD];
  out->slip = h->outcome[CLOSE_SLIPPED];
  out->retry = h->retry;
  out->fit = h->fit;
  for (int i = 0; i < h->steps; i++)
    if (h->step[i].move.torque > out->torque) out->torque = h->step[i].move.torque;
}

// Standing or held still for a while longer.
static void add(struct primitive_plan *out, const struct reacher *r, const struct reach_pose *p, const double *load, double seconds) {
  struct move m = move_hold(r, p, out->wish.foot, load, seconds, out->hands.heat);
  out->time += seconds;
  out->extra += seconds;
  out->energy += m.energy;
  if (m.torque > out->torque) out->torque = m.torque;
  if (!m.possible) out->possible = false, out->why = out->hands.why = m.limit == MOVE_BALANCE || m.limit == MOVE_FLOOR ? HANDLING_BALANCE : HANDLING_TORQUE;
}

// The pose in which the hand is at the place.
static const struct reach_pose *down(const struct handling *h) {
  for (int i = h->steps - 1; i >= 0; i--)
    if (h->step[i].phase == HAND_POSITION) return &h->pose[h->step[i].pose];
  return &h->pose[h->poses - 1];
}

// At the place, for a while. Pressing with a force takes so much weight off the feet.
static void stay(struct primitive_plan *out, const struct reacher *r, double force, double seconds) {
  double load[2] = {0, 0}, borne = out->part.mass - force / GRAVITY;
  if (out->hands.both) load[LEFT] = load[RIGHT] = borne / 2;
  else load[out->hands.side] = borne;
  out->hold = (struct act_hold){seconds, force};
  add(out, r, down(&out->hands), load, seconds);
}

// ---- looking --------------------------------------------------------------------------------------------------------

static void look(struct primitive_plan *out, const struct reacher *r, int pose, double seconds) {
  const double none[2] = {0, 0};
  struct handling *h = &out->hands;
  struct move m = move_hold(r, &h->pose[pose], out->wish.foot, none, seconds, h->heat);
  h->step[h->steps++] = (struct handling_step){HAND_SEE, seconds, m.energy, m, pose};
}

// The trunk turns to there, by the joint that turns it about the upright where there is one.
static bool turn(struct primitive_plan *out, const struct reacher *r, double angle) {
  struct handling *h = &out->hands;
  struct posture straight;
  posture_find(&straight, r->humanoid, LOAD_NONE);
  int from = h->poses - 1;
  h->pose[h->poses] = h->pose[0];
  if (straight.waist_yaw >= 0) h->pose[h->poses].q[straight.waist_yaw] += straight.waist_sign * angle;
  struct move_wish w = {.from = &h->pose[from], .to = &h->pose[h->poses], .foot = {out->wish.foot[0], out->wish.foot[1]}, .friction = out->wish.friction, .time = TURN, .hold = INFINITY};
  struct move m = move_find(r, &w, h->heat);
  h->step[h->steps++] = (struct handling_step){angle == 0 ? HAND_RETURN : HAND_MOVE, m.time, m.energy, m, h->poses++};
  if (!m.possible) h->why = m.limit == MOVE_BALANCE || m.limit == MOVE_FLOOR ? HANDLING_BALANCE : HANDLING_TORQUE;
  return m.possible;
}

static bool looking(const struct reacher *r, const struct primitive_wish *w, struct primitive_plan *out, const struct reach_pose *standing) {
  static const double view[SIDES] = {0, VIEW, -VIEW};
  const struct hand_figures *f = &r->spec->hands;
  struct handling *h = &out->hands;
  struct v3 to = v3_sub(v3(w->at[0], 0, w->at[1]), reach_eye(r, standing));
  struct sight_sigmas s = sight_sigmas(&f->sight, &(struct view){v3_norm(to), 0, 0});
  double tolerance = w->tolerance > 0 ? w->tolerance : TOLERANCE, ratio = 3 * s.across / tolerance;
  h->pose[h->poses++] = *standing;
  h->outcome[CLOSE_HELD] = 1;
  h->hottest = -1;
  bool good = true;
  if (w->kind == PRIMITIVE_SCAN) {
    out->looks = 1 / (1 - s.class_error);
    look(out, r, 0, out->looks * f->look);
  } else {
    out->looks = SIDES * fmax(1, m_floor(ratio * ratio + 0.999999));
    if (out->looks > LOOKS_MOST * SIDES) good = false, h->why = HANDLING_UNSEEN;
    for (int i = 0; i < SIDES && good; i++) {
      if (i > 0) good = turn(out, r, view[i]);
      look(out, r, h->poses - 1, out->looks / SIDES * f->look);
    }
    good = good && turn(out, r, 0);
  }
  for (int i = 0; i < h->steps; i++) h->time += h->step[i].time, h->energy += h->step[i].energy;
  take(out, good);
  out->extra = out->looks * f->look;
  return out->possible;
}

// ---- all of them ----------------------------------------------------------------------------------------------------

bool primitive_find(const struct reacher *r, const struct primitive_wish *w, struct primitive_plan *out) {
  struct reach_pose standing;
  struct handling_wish *h = &out->wish;
  memset(out, 0, sizeof *out);
  start(r, w, out, &standing);
  double x = w->at[0], z = w->at[1], force = w->force;
  h->pick.at = v3(x, -BESIDE, z);
  h->place.at = v3(x, 0, z);
  h->place.clearance = w->clearance;
  switch (w->kind) {
    case PRIMITIVE_INSPECT: case PRIMITIVE_SCAN: return looking(r, w, out, &standing);
    case PRIMITIVE_PICK: h->places = false; break;
    case PRIMITIVE_PLACE: case PRIMITIVE_PRESS: h->picks = false; break;
    case PRIMITIVE_INSERT:
      if (!(w->clearance > 0)) h->place.clearance = PEG_CLEAR;
      h->place.depth = out->part.shape == PART_SPHERE ? out->part.size[0] / 2 : out->part.size[2] / 2;
      if (h->place.depth > 0.08) h->place.depth = 0.08;
      if (!(force > 0)) force = PUSH;
      break;
    case PRIMITIVE_FASTEN:
      out->part = (struct grip_part){.shape = PART_CYLINDER, .size = {DRIVER_WIDE, DRIVER_WIDE, DRIVER_LONG}, .mass = DRIVER_MASS, .mu = 0.8};
      if (!(w->clearance > 0)) h->place.clearance = SCREW_CLEAR;
      h->picks = false;
      break;
    case PRIMITIVE_OPEN: case PRIMITIVE_CLOSE:
      out->part = (struct grip_part){.shape = PART_BOX, .size = {0.02, 0.05, 0.03}, .mass = 0.1, .mu = out->part.mu};
      h->pick.at = v3(x, w->kind == PRIMITIVE_OPEN ? 0 : -LID, z);
      h->place.at = v3(x, w->kind == PRIMITIVE_OPEN ? -LID : 0, z);
      break;
    case PRIMITIVE_HAND_OVER: {
      struct v3 meet = v3(w->meet[0], w->second ? w->apart / 2 : -w->apart / 2, z + w->meet[1]);
      if (x > BEFORE) x = BEFORE;
      h->pick.at = w->second ? meet : v3(x, -BESIDE, z);
      h->place.at = v3(x, 0, z);
      h->pick.room = w->room;
      if (w->second) h->pick.yaw = w->turn, h->pick.room.aloft = true;
      else h->place.at = meet, h->place.yaw = w->turn, h->place.clearance = 0;
      break;
    }
    case PRIMITIVE_CARRY:
      if (x > END_DEEP) x = END_DEEP;
      h->pick.at = v3(x - IN, 0, z);
      h->place.at = v3(x, 0, z);
      break;
    default: break;
  }
  if (w->kind == PRIMITIVE_PRESS) out->part = (struct grip_part){.shape = PART_BOX, .size = {0.04, 0.04, 0.04}, .mass = 1e-3, .mu = 0.5};
  bool good = handling_plan(r, h, &out->hands);
  if (!good && h->picks && w->kind != PRIMITIVE_HAND_OVER && w->kind != PRIMITIVE_CARRY) {
    // what both hands take, or one does not reach beside, lies nearer
    h->pick.at = v3(x - NEARER, 0, z);
    h->place.at = v3(x, 0, z);
    good = handling_plan(r, h, &out->hands);
  }
  if (!good && w->kind == PRIMITIVE_HAND_OVER && !w->second) {
    h->pick.at = v3(x, 0, z);
    good = handling_plan(r, h, &out->hands);
  }
  take(out, good);
  h->from = h->to = &out->hands.pose[0];
  if (!out->possible) return false;
  if (w->kind == PRIMITIVE_INSERT) stay(out, r, force, 3 / (2 * M_PI_D * r->spec->hands.bandwidth));
  if (w->kind == PRIMITIVE_PRESS) stay(out, r, force > 0 ? force : PRESS, PRESS_HOLD);
  if (w->kind == PRIMITIVE_FASTEN) stay(out, r, force > 0 ? force : r->spec->hands.touch, SCREW_TURNS / DRIVER_RATE + TIGHTEN);
  return out->possible;
}

void carry_shares(double mass, double a, double b, double share[2]) {
  double all = a + b;
  share[0] = all > 0 ? mass * b / all : mass / 2;
  share[1] = mass - share[0];
}
