// Picking from a belt: the hand goes along with the part while it comes down, closes and lifts (robots/follow.h).
#include "robots/handling_build.h"

#include <string.h>

#define BESIDE      0.014           // m    along a belt, either way, over which joints and way go in proportion; a guess
#define EDGE        0.012           // m    of the soles that the centre of pressure keeps while the hand goes along with a belt; a guess
#define OFF_LINE    0.02            // m    that the hand may be off the belt's line above the part, where it begins and where it ends; a guess
#define SHARES      8               // of the belt's speed that are tried, from all of it down to none
#define FOLLOW_TRIES 10             // of SLOWER each
#define SLOWER      1.15

static double size_of(double x) { return x < 0 ? -x : x; }

// Joints by metres along the belt, from two poses beside the touch.
static bool find_side(struct build *b, int touch, struct v3 at, struct v3 approach, struct v3 close, double *side) {
  const struct reach_pose *there = &b->h->pose[touch];
  struct reach_wish w[2];
  struct reach_pose p[2];
  for (int k = 0; k < 2; k++) {
    handling_wish_at(b, v3_add(at, v3(0, k ? BESIDE : -BESIDE, 0)), approach, close, 0);
    w[k] = b->reach;
  }
  // by the arms alone, else by the waist too
  bool found = reach_near(b->r, &w[0], there, &p[0]) && reach_near(b->r, &w[1], there, &p[1]);
  if (!found && !(reach_beside(b->r, &w[0], there, &p[0]) && reach_beside(b->r, &w[1], there, &p[1]))) return false;
  for (int j = 0; j < b->r->humanoid->model->joint_count; j++) side[j] = (p[1].q[j] - p[0].q[j]) / (2 * BESIDE);
  return true;
}

static bool kept(const struct follow_strain *s) { return s->torque <= 1 && s->speed <= 1 && s->margin >= EDGE && s->slide <= 1 && s->beyond <= 1e-9; }

// False: joints in proportion bring the hand too far off the belt's line there.
static bool drift_to(struct build *b, int pose, double u) {
  struct handling *h = b->h;
  double off = 0;
  for (int s = 0; s < 2; s++) {
    struct v3 wanted = v3_add(reach_hand(b->r, &h->pose[pose], s), v3(0, u, 0));
    struct reach_pose moved = h->pose[pose];
    for (int j = 0; j < b->r->humanoid->model->joint_count; j++) moved.q[j] += u * h->follow.side[j];
    double d = v3_norm(v3_sub(reach_hand(b->r, &moved, s), wanted));
    if (b->reach.use[s] && d > off) off = d;
  }
  h->drift[pose] = u;
  for (int j = 0; j < b->r->humanoid->model->joint_count; j++) h->pose[pose].q[j] += u * h->follow.side[j];
  return off <= OFF_LINE;
}

// A part taken along a belt: down from pose over to pose touch, closing, up to pose up.
struct alongside {
  int                  over, touch, up;
  double               guard, shut; // m, s
  double               load[2];     // kg   from when it is closed on
  struct move          down, lift;
  struct follow_strain strain[3];   //      of down, closing, up
};

static const double nothing[2] = {0, 0};

static struct move find_move(struct build *b, int from, int to, const double load[2], double guard, double time) {
  b->load[LEFT] = load[LEFT], b->load[RIGHT] = load[RIGHT];
  struct move_wish w = handling_move(b, &b->h->pose[from], &b->h->pose[to]);
  w.guard = guard, w.time = time;
  return move_find(b->r, &w, NULL);
}

static struct follow_phase phase_of(const struct build *b, int from, int to, const struct move_law *law, double begin, double time, const double load[2]) {
  return (struct follow_phase){&b->h->pose[from], &b->h->pose[to], law, begin, time, {load[LEFT], load[RIGHT]}, {b->w->foot[0], b->w->foot[1]}, b->w->friction, false};
}

// How long the hand takes back above a belt from having closed on nothing; false: it does not come back.
static bool find_back(const struct build *b, struct follow *f, const struct alongside *a) {
  struct follow_phase back = phase_of(b, a->over, a->touch, &a->down.law, 0, a->down.time + a->shut, nothing);
  back.back = true;
  for (int tries = 0; tries <= FOLLOW_TRIES; tries++, back.time *= SLOWER) {
    f->back = back.time;
    struct follow_strain strain = follow_check(b->r, f, &back, a->down.distance, NULL);
    if (kept(&strain) && strain.hand <= b->r->spec->hands.speed) return true;
  }
  return false;
}

// Its moves and the speeds beside them: as quick as they are for a part that stands, and slower as long as a limit of the body asks for it. `heat` is added to by joint, where it is true.
static bool find_along(struct build *b, struct alongside *a, double heat[][2]) {
  struct handling *h = b->h;
  struct follow *f = &h->follow;
  double slower[2] = {0, 0}, most = b->r->spec->hands.speed;
  h->why = HANDLING_BELT;
  for (int tries = 0; tries <= FOLLOW_TRIES; tries++) {
    const struct move *down = &a->down, *lift = &a->lift;
    a->down = find_move(b, a->over, a->touch, nothing, a->guard, slower[0]);
    a->lift = find_move(b, a->touch, a->up, a->load, 0, slower[1]);
    if (!down->possible || !lift->possible) {
      const struct move *m = down->possible ? lift : down;
      h->step[h->steps++] = (struct handling_step){HAND_APPROACH, m->time, m->energy, *m, a->touch};
      h->why = m->limit == MOVE_BALANCE || m->limit == MOVE_FLOOR ? HANDLING_BALANCE : HANDLING_TORQUE;
      return false;
    }
    // with the belt before a touch may come; where one may come all the way down, half of the way before the part's seeming place
    f->run = down->law.rate > 0 ? down->law.quick : move_law_when(&down->law, a->guard < down->distance ? 1 - a->guard / down->distance : 0.5);
    f->touch = down->time;
    f->level = down->time - f->run + a->shut;
    f->stop = lift->time;
    const struct follow_phase phase[3] = {phase_of(b, a->over, a->touch, &down->law, 0, down->time, nothing), phase_of(b, a->touch, a->touch, NULL, down->time, a->shut, nothing),
                                          phase_of(b, a->touch, a->up, &lift->law, down->time + a->shut, lift->time, a->load)};
    const double distance[3] = {down->distance, 0, lift->distance};
    double warm[ROBOT_JOINTS_MAX][2] = {{0}};
    for (int i = 0; i < 3; i++) a->strain[i] = follow_check(b->r, f, &phase[i], distance[i], warm);
    double aside = 1.5 * f->speed / lift->time, pull = m_sqrt(aside * aside + lift->acceleration * lift->acceleration);
    bool good[2] = {kept(&a->strain[0]) && a->strain[0].hand <= most, kept(&a->strain[2]) && a->strain[2].hand <= most && (h->both || pull <= b->hold)};
    if (!kept(&a->strain[1])) return false;
    if (!good[0]) slower[0] = SLOWER * down->time;
    if (!good[1]) slower[1] = SLOWER * lift->time;
    if (!good[0] || !good[1]) continue;
    if (!find_back(b, f, a)) return false;
    for (int j = 0; j < b->r->humanoid->model->joint_count; j++) heat[j][0] += warm[j][0], heat[j][1] += warm[j][1];
    return true;
  }
  return false;
}

static void add_along(struct build *b, enum handling_phase phase, struct move m, const struct follow_strain *s, int pose) {
  m.torque = s->torque, m.margin = s->margin, m.speed = s->hand, m.energy = s->energy;
  b->h->step[b->h->steps++] = (struct handling_step){phase, m.time, s->energy, m, pose};
}

// There, down, closing and up at a share of the belt's speed.
static bool go_along(struct build *b, double share, int start, struct alongside *a) {
  struct handling *h = b->h;
  struct follow *f = &h->follow;
  double u, rate, second, before[ROBOT_JOINTS_MAX][2];
  f->speed = share * b->w->pick.speed;
  h->slide = (1 - share) * size_of(b->w->pick.speed) * a->shut;
  memcpy(before, h->heat, sizeof before);
  if (!find_along(b, a, h->heat)) return false;
  follow_at(f, 0, &u, &rate, &second);
  bool good = drift_to(b, a->over, u);
  follow_at(f, f->touch + a->shut + f->stop, &u, &rate, &second);
  good = good && drift_to(b, a->up, u);
  b->load[LEFT] = b->load[RIGHT] = 0;
  if (good) {
    h->why = HANDLING_OK;
    good = handling_add_move(b, HAND_REACH, start, a->over, 0, b->r->spec->hands.look, 0);
    // at a smaller share it begins nearer
    if (!good && share > 0) h->why = HANDLING_BELT;
  }
  b->load[LEFT] = a->load[LEFT], b->load[RIGHT] = a->load[RIGHT];
  if (!good) {
    memcpy(h->heat, before, sizeof before);
    return false;
  }
  struct move close = {.time = a->shut, .joint = -1, .possible = true, .law = move_law_rest(a->shut)};
  add_along(b, HAND_APPROACH, a->down, &a->strain[0], a->touch);
  add_along(b, HAND_GRASP, close, &a->strain[1], a->touch);
  add_along(b, HAND_LIFT, a->lift, &a->strain[2], a->up);
  h->retry = handling_retry(b, a->down.time, a->shut, f->back);
  return true;
}

bool handling_pick_belt(struct build *b, const struct handling_touch *t, int start, int over, int touch) {
  struct handling *h = b->h;
  h->why = HANDLING_REACH_PICK;
  bool sides = find_side(b, touch, t->at, t->approach, t->close, h->follow.side);
  struct alongside a = {.over = over, .touch = touch, .guard = t->guard, .shut = t->shut};
  handling_hold(b);
  for (int s = 0; s < 2; s++) a.load[s] = b->load[s];
  if (!handling_near(b, v3_add(t->at, v3(0, 0, HANDLING_CLEAR)), t->approach, t->close, 0)) return false;
  a.up = b->now;
  // as fast as the belt, else as fast as it can
  struct reach_pose above_it = h->pose[over], up_it = h->pose[b->now];
  int steps = h->steps;
  for (int k = sides ? 0 : SHARES; k <= SHARES; k++) {
    if (go_along(b, 1 - (double)k / SHARES, start, &a)) return true;
    if (h->why != HANDLING_BELT) return false;
    h->pose[over] = above_it, h->pose[b->now] = up_it;
    h->steps = steps;
    h->drift[over] = h->drift[b->now] = 0;
  }
  return false;
}
