#include "robots/act.h"

#include <stdlib.h>
#include <string.h>

#include "robots/finger.h"

enum fingers { OWN = -1, OPEN, SHUT };          // those of the pose; beside the part; on it
#define SAMPLES 4                   // in which fingers move, at least
#define BLOCK  8                    // samples of one pass of inverse dynamics

// One piece of the motion, on samples.
struct play { int begin, end, from, to; double mass[2]; enum fingers finger[2][2]; struct move_law law; };      // finger: by side, at both ends

struct plays {
  int           count;
  struct play   play[HANDLING_PHASES_MAX + 1];
  struct follow follow;             // on whole samples
  int           first, last;        // samples over which the hand goes along with a belt; last 0: none
  double        delay;              // s    of rest before it
  double        back;               // s    of the way back after closing on nothing
  double        bend[2][2][HAND_FINGERS_MAX];  // 1    by side; OPEN, SHUT: shares of hand.closed
};

// ---- pieces ---------------------------------------------------------------------------------------------------------

// How the fingers of the hands at work are bent beside the part and on it.
static void find_bends(struct plays *p, const struct reacher *r, const struct handling *h, const struct grip_part *part) {
  const struct reach_pose *pose = &h->pose[0];
  bool grasps = false, places = false;
  for (int i = 0; i < h->steps && !grasps; i++) {
    grasps = h->step[i].phase == HAND_GRASP;
    places = h->step[i].phase == HAND_POSITION;
    if (grasps || places) pose = &h->pose[h->step[i].pose];
  }
  double wide = r->hand[h->side].grip.opening, share = wide > HANDLING_BOTH_GAP ? 1 - HANDLING_BOTH_GAP / wide : 0;
  for (int s = 0; s < 2; s++) {
    for (int i = 0; i < HAND_FINGERS_MAX; i++) p->bend[s][OPEN][i] = share, p->bend[s][SHUT][i] = 1;
    if (!part || (!h->both && (s != (int)h->side || !(h->grip.width > 0)))) continue;
    finger_bends(r, h, (enum side)s, part, pose, h->both ? HANDLING_BOTH_GAP : h->gap, p->bend[s][OPEN]);
    finger_bends(r, h, (enum side)s, part, pose, 0, p->bend[s][SHUT]);
  }
}

// Of the hands at work after a phase.
static enum fingers fingers_after(enum handling_phase p, enum fingers now) {
  switch (p) {
    case HAND_REACH: case HAND_APPROACH: case HAND_RELEASE: case HAND_RETREAT: return OPEN;
    case HAND_GRASP: case HAND_LIFT: case HAND_MOVE: case HAND_POSITION: return SHUT;
    case HAND_RETURN: return OWN;
    default: return now;
  }
}

// No move is quicker than it was planned; what is rounded up is taken from the next time of rest.
static void add(struct plays *p, double *end, double time, double tick, int from, int to, bool along, const struct move_law *law, const double mass[2], const enum fingers finger[2]) {
  int begin = p->count > 0 ? p->play[p->count - 1].end : 0, stop = (int)m_floor((*end + time) / tick + 1e-9);
  struct play *x = &p->play[p->count++];
  *end += time;
  if (from != to || along) stop = begin + (int)m_floor(time / tick + 1 - 1e-9);
  *x = (struct play){.begin = begin, .end = stop > begin ? stop : begin, .from = from, .to = to, .mass = {mass[0], mass[1]}, .law = law ? *law : move_law_rest(time)};
  for (int s = 0; s < 2; s++) x->finger[s][0] = x->finger[s][1] = finger[s];
}

static void set_load(const struct handling *h, const struct grip_part *part, bool held, double mass[2]) {
  for (int s = 0; s < 2; s++) mass[s] = !held ? 0 : h->both ? part->mass / 2 : s == (int)h->side ? part->mass : 0;
}

// Phases last whole samples: it sets out as much later, and is at the belt's speed as much longer, with the same way before and after it.
static void fit_follow(struct plays *p, const struct handling *h, enum handling_phase phase, double tick) {
  const struct play *x = &p->play[p->count - 1];
  struct follow *f = &p->follow;
  double time = (x->end - x->begin) * tick, shut = h->follow.level - (h->follow.touch - h->follow.run);
  if (phase == HAND_APPROACH) {
    *f = h->follow;
    p->delay = time - h->follow.touch;
    p->back = h->follow.back;
  } else if (phase == HAND_GRASP) {
    f->level = f->touch - f->run + time;
    f->stop = h->follow.stop - 2 * (time - shut);
  } else {
    p->last = x->end;
  }
}

static void cut(struct act *a, struct plays *p, const struct handling *h, const struct grip_part *part, const struct act_hold *hold, double tick) {
  double end = 0, mass[2];
  enum fingers finger[2] = {OWN, OWN};
  int pose = 0, place = -1;
  bool picks = false;
  for (int i = 0; i < h->steps; i++) {
    if (h->step[i].phase == HAND_GRASP) picks = true;
    if (h->step[i].phase == HAND_POSITION) place = i;
  }
  for (int k = 0; k < ACT_MARKS; k++) a->mark[k] = -1;
  set_load(h, part, part && !picks, mass);
  for (int i = 0; i < h->steps; i++) {
    const struct handling_step *s = &h->step[i];
    double time = i == place ? s->time - h->fit.time : s->time;
    enum fingers after[2];
    for (int k = 0; k < 2; k++) after[k] = h->both || k == (int)h->side ? fingers_after(s->phase, finger[k]) : OWN;
    if (s->phase == HAND_APPROACH) a->mark[ACT_TOUCH_BEGIN] = p->play[p->count - 1].end;
    bool along = h->follow.speed != 0 && (s->phase == HAND_APPROACH || s->phase == HAND_GRASP || s->phase == HAND_LIFT);
    if (along && s->phase == HAND_APPROACH) p->first = p->play[p->count - 1].end;
    add(p, &end, time, tick, pose, s->pose, along, s->pose != pose ? &s->move.law : NULL, mass, finger);
    if (along) fit_follow(p, h, s->phase, tick);
    // too short for fingers: with the next piece
    bool none = p->play[p->count - 1].end - p->play[p->count - 1].begin < SAMPLES;
    for (int k = 0; k < 2 && !none; k++) p->play[p->count - 1].finger[k][1] = finger[k] = after[k];
    if (s->phase == HAND_GRASP) {
      a->mark[ACT_TOUCH_END] = p->play[p->count - 1].end;
      set_load(h, part, true, mass);
    }
    if (s->phase == HAND_RELEASE) set_load(h, part, false, mass);
    pose = s->pose;
    if (i != place) continue;
    a->mark[ACT_PLACED] = p->play[p->count - 1].end;
    if (!(hold->time > 0)) continue;
    double pressed[2] = {mass[0], mass[1]};
    for (int k = 0; k < 2; k++)
      if (h->both || k == (int)h->side) pressed[k] -= hold->force / GRAVITY / (h->both ? 2 : 1);
    add(p, &end, hold->time, tick, pose, pose, false, NULL, pressed, finger);
  }
  // looking on after the last move, standing
  if (place < 0 && hold->time > 0) add(p, &end, hold->time, tick, pose, pose, false, NULL, mass, finger);
}

// ---- samples --------------------------------------------------------------------------------------------------------

// The floor's wrench on each foot: force and yaw moment by shares, so that both together press where the body asks.
static void stand_on(const struct reacher *r, const double foot[2], const struct base_motion *base, const struct wrench *root, struct walk_sample *s) {
  double half = r->standing.half_width, height = r->humanoid->sole.height;
  struct v3 moment = v3_add(root->moment, v3_cross(base->position, root->force));       // the root is level: its axes are the frame's
  double z = root->force.z, x = -moment.y / z, y = moment.x / z, turn = moment.z - (x * root->force.y - y * root->force.x);
  double left = (y - foot[1] + half) / (2 * half);
  left = left < 0 ? 0 : left > 1 ? 1 : left;
  double middle = foot[1] + (2 * left - 1) * half;                                      // what the shares alone bring
  s->planned = v3(x, y, 0);
  for (int i = 0; i < 2; i++) {
    double share = i == LEFT ? left : 1 - left, at = foot[1] + (i == LEFT ? half : -half);
    s->contact[i] = true;
    s->share[i] = share;
    s->foot[i] = v3(foot[0], at, height);
    s->foot_yaw[i] = 0;
    s->cop[i] = v3(x, at + y - middle, 0);
    s->wrench[i] = (struct wrench){v3_scale(root->force, share), v3(0, 0, share * turn)};
  }
}

// Where in the motion it is: at a sample or between two, going on by `pace` samples a tick, below 0 back; u of the belt there.
struct moment { double at, pace, u, v, a; };

// Where along its way piece p is then, 1/s and 1/s2.
static void way_of(const struct play *p, const struct moment *m, double tick, double *s, double *rate, double *second) {
  double time = (p->end - p->begin) * tick, x = time > 0 ? (m->at - p->begin) / (p->end - p->begin) : 1;
  if (!(time > 0)) time = tick;
  // the piece lasts whole samples, its law may end a little sooner: as much slower all the way
  double planned = move_law_time(&p->law), pace = m->pace * planned / time;
  move_law_at(&p->law, x * planned, s, rate, second);
  *rate *= pace, *second *= pace * pace;
}

static void set_fingers(const struct reacher *r, const struct handling *h, const struct plays *all, const struct play *p, double s, double rate, double second, double *q, double *qd, double *qdd) {
  const struct robot_model *m = r->humanoid->model;
  for (int side = 0; side < 2; side++) {
    const struct hand *hand = &r->hand[side];
    if (p->finger[side][0] == OWN && p->finger[side][1] == OWN) continue;
    for (int i = 0; i < hand->fingers; i++) {
      int j = hand->finger[i];
      const int poses[2] = {p->from, p->to};
      double end[2];
      for (int k = 0; k < 2; k++) end[k] = p->finger[side][k] == OWN ? h->pose[poses[k]].q[j] : all->bend[side][p->finger[side][k]][i] * hand->closed[i];
      q[j] = end[0] + s * (end[1] - end[0]);
      qd[j] = rate * (end[1] - end[0]), qdd[j] = second * (end[1] - end[0]);
    }
    for (int i = 0; i < hand->fingers; i++) {
      const struct robot_joint *k = &m->joint[hand->finger[i]];
      if (k->mimic < 0) continue;
      int j = hand->finger[i];
      q[j] = k->mimic_factor * q[k->mimic] + k->mimic_offset;
      qd[j] = k->mimic_factor * qd[k->mimic], qdd[j] = k->mimic_factor * qdd[k->mimic];
    }
  }
}

// Joints moved along with the belt, beside the straight lines between poses that are moved along themselves.
static void go_along(const struct handling *h, const struct plays *all, const struct play *p, const struct moment *m, double s, double rate, double second, int joints, double *q, double *qd, double *qdd) {
  double from = h->drift[p->from], step = h->drift[p->to] - from;
  if (all->last == 0 || m->at < all->first || m->at > all->last || p->end <= all->first) return;
  double u = m->u - (from + s * step), v = m->v - rate * step, a = m->a - second * step;
  for (int j = 0; j < joints; j++) {
    double side = h->follow.side[j];
    q[j] += side * u, qd[j] += side * v, qdd[j] += side * a;
  }
}

// Some samples side by side.
struct block {
  _Alignas(64) double q[ROBOT_JOINTS_MAX * BLOCK];
  double qd[ROBOT_JOINTS_MAX * BLOCK], qdd[ROBOT_JOINTS_MAX * BLOCK], tau[ROBOT_JOINTS_MAX * BLOCK], base[19][BLOCK], root[6][BLOCK], load[2][BLOCK];
};

static void put_sample(struct block *b, int k, const struct base_motion *base, const double *q, const double *qd, const double *qdd, int joints, const double mass[2]) {
  const double number[19] = {base->position.x, base->position.y, base->position.z, 1, 0, 0, 0, base->velocity.x, base->velocity.y, base->velocity.z, 0, 0, 0,
                             base->acceleration.x, base->acceleration.y, base->acceleration.z};
  for (int i = 0; i < 19; i++) b->base[i][k] = number[i];
  for (int j = 0; j < joints; j++) b->q[j * BLOCK + k] = q[j], b->qd[j * BLOCK + k] = qd[j], b->qdd[j * BLOCK + k] = qdd[j];
  for (int s = 0; s < 2; s++) b->load[s][k] = mass[s];
}

static void run_block(const struct reacher *r, struct block *b) {
  const struct humanoid *h = r->humanoid;
  struct dynamics_columns c = {.n = BLOCK, .stride = BLOCK, .q = b->q, .qd = b->qd, .qdd = b->qdd, .tau = b->tau, .load_count = 2};
  for (int i = 0; i < 19; i++) c.base[i] = b->base[i];
  for (int i = 0; i < 6; i++) c.root[i] = b->root[i];
  for (int s = 0; s < 2; s++) c.load_body[s] = h->arm[s].body, c.load[s] = b->load[s];
  dynamics_columns_run(h->model, &c, 0, BLOCK, dynamics_lanes());
}

static enum status allocate(struct walk *w, int joints, struct error *e) {
  size_t all = (size_t)w->samples * (size_t)joints;
  w->joints = joints;
  w->moving_count = joints;
  w->moving = malloc(sizeof *w->moving * (size_t)joints);
  w->rest = calloc((size_t)joints, sizeof *w->rest);
  w->sample = calloc((size_t)w->samples, sizeof *w->sample);
  w->q = malloc(sizeof(double) * all), w->qd = malloc(sizeof(double) * all), w->qdd = malloc(sizeof(double) * all);
  return w->moving && w->rest && w->sample && w->q && w->qd && w->qdd ? STATUS_OK : error_at(e, STATUS_MEMORY, "act", 0, 0, "a motion of %d samples", w->samples);
}

// Joints that stay where they are need no columns.
static void drop_still(struct walk *w) {
  int kept = 0, joints = w->joints;
  for (int j = 0; j < joints; j++) {
    bool moves = false;
    for (int k = 1; k < w->samples && !moves; k++) moves = w->q[k * joints + j] != w->q[j];
    w->rest[j] = w->q[j];
    if (moves) w->moving[kept++] = j;
  }
  double *columns[3] = {w->q, w->qd, w->qdd};
  for (int k = 0; k < w->samples; k++)
    for (int c = 0; c < 3; c++)
      for (int i = 0; i < kept; i++) columns[c][k * kept + i] = columns[c][k * joints + w->moving[i]];
  w->moving_count = kept;
}

static void note_load(struct act *a, int sample, const double mass[2]) {
  if (a->loads == ACT_LOADS_MAX) return;
  const double *last = a->loads > 0 ? a->load[a->loads - 1].mass : NULL;
  if (last && last[0] == mass[0] && last[1] == mass[1]) return;
  a->load[a->loads++] = (struct act_load){sample, {mass[0], mass[1]}};
}

const double *act_load_at(const struct act *a, int sample) {
  int k = a->loads - 1;
  while (k > 0 && a->load[k].sample > sample) k--;
  return a->load[k].mass;
}

// Sample k of the motion, or of the way back behind it.
static struct moment moment_of(const struct act *a, const struct plays *all, int k, double tick) {
  struct moment m = {.at = k, .pace = 1};
  if (k <= a->last) {
    if (all->last > 0) follow_at(&all->follow, (k - all->first) * tick - all->delay, &m.u, &m.v, &m.a);
    return m;
  }
  int gone = k - a->last - 1, touch = a->mark[ACT_TOUCH_END], down = a->mark[ACT_TOUCH_BEGIN];
  m.pace = -(double)(touch - down) / a->back;
  m.at = touch + gone * m.pace;
  if (all->last > 0) follow_back_at(&all->follow, gone * tick, &m.u, &m.v, &m.a);
  return m;
}

// Of a plan that picks something up: back as it came, on a belt as slowly as that was planned.
static void add_back(struct act *a, struct plays *p, double tick) {
  int played = a->mark[ACT_TOUCH_END] - a->mark[ACT_TOUCH_BEGIN];
  a->back = 0;
  if (a->mark[ACT_TOUCH_END] < 0) return;
  a->back = (int)m_floor(p->back / tick + 1 - 1e-9);
  if (a->back < played) a->back = played;
  p->follow.back = a->back * tick;
}

enum status act_make(struct act *a, const struct reacher *r, const struct handling *h, const struct grip_part *part, const struct act_hold *hold, const double foot[2], double tick,
                     struct error *e) {
  struct plays plays = {0};
  struct walk *w = &a->walk;
  const double empty[2] = {0, 0};
  int n = r->humanoid->model->joint_count;
  memset(a, 0, sizeof *a);
  find_bends(&plays, r, h, part);
  cut(a, &plays, h, part, hold, tick);
  add_back(a, &plays, tick);
  a->last = plays.play[plays.count - 1].end;
  w->tick = tick;
  w->samples = a->last + a->back + 1;
  w->time = (w->samples - 1) * tick;
  enum status status = allocate(w, n, e);
  struct block block;
  memset(&block, 0, sizeof block);
  for (int i = 0; i < BLOCK; i++) block.base[3][i] = 1;
  for (int k = 0; k < w->samples && status == STATUS_OK; k++) {
    double s, rate, second, *q = w->q + (size_t)k * (size_t)n, *qd = w->qd + (size_t)k * (size_t)n, *qdd = w->qdd + (size_t)k * (size_t)n;
    const struct moment now = moment_of(a, &plays, k, tick);
    // a boundary is the end of the piece before it
    int i = 0;
    while (i + 1 < plays.count && now.at > plays.play[i].end) i++;
    const struct play *p = &plays.play[i];
    way_of(p, &now, tick, &s, &rate, &second);
    struct move_wish m = {.from = &h->pose[p->from], .to = &h->pose[p->to], .foot = {foot[0], foot[1]}};
    struct frame_motion root;
    move_path(r, &m, s, rate, second, &root, q, qd, qdd);
    go_along(h, &plays, p, &now, s, rate, second, n, q, qd, qdd);
    set_fingers(r, h, &plays, p, s, rate, second, q, qd, qdd);
    struct base_motion *base = &w->sample[k].base;
    *base = (struct base_motion){.position = root.position, .orientation = {1, 0, 0, 0}, .velocity = root.velocity, .acceleration = root.acceleration};
    note_load(a, k, k <= a->last ? p->mass : empty);
    put_sample(&block, k % BLOCK, base, q, qd, qdd, n, act_load_at(a, k));
    if (k % BLOCK != BLOCK - 1 && k != w->samples - 1) continue;
    run_block(r, &block);
    for (int o = k - k % BLOCK; o <= k; o++) {
      int c = o % BLOCK;
      struct wrench on = {v3(block.root[0][c], block.root[1][c], block.root[2][c]), v3(block.root[3][c], block.root[4][c], block.root[5][c])};
      stand_on(r, foot, &w->sample[o].base, &on, &w->sample[o]);
    }
  }
  if (status != STATUS_OK) act_finish(a);
  else drop_still(w);
  return status;
}

void act_finish(struct act *a) { walk_finish(&a->walk); }
