#include "engine/sim/body_hands.h"

#include <stdlib.h>

#include "base/maths.h"

#define ACTS_MAX 512                // different motions kept; who asks for one more stands still while its hands work
#define EARLY    6                  // steps that a motion may have begun before its act: phases rounded to steps

struct solved { uint64_t hash[2]; bool good, takes; struct act act; double mass, shift; struct body_grip grip; };
struct acts { int count; struct solved *solved[ACTS_MAX]; };

struct acts *acts_create(void) { return calloc(1, sizeof(struct acts)); }

void acts_destroy(struct acts *a) {
  for (int i = 0; a && i < a->count; i++) {
    act_finish(&a->solved[i]->act);
    free(a->solved[i]);
  }
  free(a);
}

// ---- motions that were solved before --------------------------------------------------------------------------------

// How a plan holds its part.
static struct body_grip grip_of(const struct handling *h, const struct grip_part *part) {
  struct body_grip g = {.both = h->both, .side = h->side, .width = h->grip.width, .force = h->grip.force, .mu = part->mu, .quality = h->grip.quality, .height = h->grip.height};
  bool box = part->shape == PART_BOX, prism = part->shape == PART_PRISM;
  for (int i = 0; i < 3; i++) g.size[i] = box || i == 2 ? part->size[i] : part->size[0];
  for (int i = 0; prism && i < 2; i++) {
    g.size[i] = 0;
    for (int k = 0; k < part->corners; k++) g.size[i] = 2 * part->corner[k][i] > g.size[i] ? 2 * part->corner[k][i] : g.size[i];
  }
  if (part->shape == PART_SPHERE) g.size[2] = part->size[0];
  g.along = m_atan2(h->grip.along[1], h->grip.along[0]);
  if (h->both) g.width = g.size[1], g.force = 0, g.quality = 0, g.height = 0, g.along = M_PI_D / 2;
  return g;
}

static void solve_act(struct solved *s, const struct kind *hands, const struct hands_ask *ask, double tick) {
  struct hands_plan plan;
  struct handling h;
  struct reach_pose pose;
  struct error e;
  double foot[2];
  const struct grip_part part = hands_part(ask->part, ask->mass, ask->carriers);
  const struct act_hold none = {0, 0};
  hands_plan_find(&plan, hands, ask, &h);
  s->mass = ask->places ? 0 : part.mass;
  s->shift = plan.shift;
  s->takes = !ask->places && plan.possible;
  if (s->takes) s->grip = grip_of(&h, &part);
  s->good = plan.possible && reach_standing(&hands->reacher, ask->places ? part.mass : 0, &pose, foot, &e) == STATUS_OK && act_make(&s->act, &hands->reacher, &h, &part, &none, foot, tick, &e) == STATUS_OK;
}

static void solve_work(struct solved *s, const struct kind *hands, const struct hands_step *ask, double tick) {
  struct pair_plan pair;
  struct error e;
  char why[HANDS_WHY];
  const struct primitive_plan *p = hands_step_plan(hands, ask, &pair, why, sizeof why);
  s->good = p && act_make(&s->act, &hands->reacher, &p->hands, &p->part, &p->hold, p->wish.foot, tick, &e) == STATUS_OK;
  s->takes = s->good;
  if (s->takes) s->grip = grip_of(&p->hands, &p->part);
}

// The row for a hash, new when *fresh; NULL: no more are kept.
static struct solved *find(struct acts *a, const uint64_t hash[2], bool *fresh) {
  *fresh = false;
  for (int i = 0; i < a->count; i++)
    if (a->solved[i]->hash[0] == hash[0] && a->solved[i]->hash[1] == hash[1]) return a->solved[i];
  if (a->count == ACTS_MAX) return NULL;
  struct solved *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->hash[0] = hash[0], s->hash[1] = hash[1];
  a->solved[a->count++] = s;
  *fresh = true;
  return s;
}

// ---- one course of it -----------------------------------------------------------------------------------------------

static void leg(struct body_act *a, int32_t *now, int32_t steps, int32_t sample, int32_t way) {
  if (steps <= 0 || a->legs == ACT_LEGS_MAX) return;
  a->leg[a->legs++] = (struct act_leg){*now, sample, way};
  *now += steps;
}

// Legs that last `steps` in all; false: there is no time for the motion.
static bool lay(struct body_act *a, const struct act *act, const struct act_course *c, double dt, int64_t steps) {
  int32_t down = act->mark[ACT_TOUCH_BEGIN], touch = act->mark[ACT_TOUCH_END], placed = act->mark[ACT_PLACED], last = act->last, now = 0, sample = 0;
  int32_t again = touch > 0 ? c->again : 0, look = (int32_t)(c->look / dt), help = again > 0 ? (int32_t)(c->help / dt) : 0, feel = placed >= 0 ? (int32_t)(c->feel / dt) : 0;
  int64_t wait = steps - last - again * (act->back + look + touch - down) - help - feel;
  if (wait < -EARLY - 2 * again) return false;
  // a try begins before there is time for it by what was rounded: less is waited for help, or felt
  if (wait < 0 && help > -wait) help += (int32_t)wait, wait = 0;
  if (wait < 0 && feel > -wait) feel += (int32_t)wait, wait = 0;
  if (wait < -EARLY) return false;
  a->legs = 0;
  if (c->timed && wait > (int32_t)(c->late / dt)) wait = (int32_t)(c->late / dt);       // then it stands where it has come to
  leg(a, &now, (int32_t)wait, 0, 0);
  for (int32_t k = 0; k < again; k++) {
    leg(a, &now, touch - sample, sample, 1);
    leg(a, &now, act->back, last + 1, 1);
    leg(a, &now, look + (k == again - 1 ? help : 0), down, 0);
    sample = down;
  }
  if (feel > 0) {
    leg(a, &now, placed - sample, sample, 1);
    leg(a, &now, feel, placed, 0);
    sample = placed;
  }
  leg(a, &now, last - sample + 1, sample, 1);
  a->began = wait < 0 ? wait : 0;
  return true;
}

static void begin(struct twin *t, int32_t i, const struct solved *s, const struct act_course *course, ns_t length) {
  struct body *b = t->body;
  struct body_rows *k = rows_of(t, i);
  int r = b->row_of[i];
  struct body_act a = {.act = &s->act, .mass = s->mass, .shift = s->shift};
  int64_t end = (t->now + length) / b->dt_ns, first = (t->now + b->dt_ns - 1) / b->dt_ns;
  if (!s->good || !lay(&a, &s->act, course, b->dt, end - first)) return;
  a.began += first;
  k->act[r] = a;
  if (s->takes) k->grip[r] = s->grip;
  k->still[r] = false;
}

// What was under way is over; false: i walks or keeps its balance, and does nothing with its hands.
static bool hands_free(struct twin *t, int32_t i) {
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  if (k->walk[r] || k->upsets[r]) return false;
  act_over(t->body, k, r);
  return true;
}

void body_act(struct twin *t, int32_t i, const struct kind *hands, const struct hands_ask *ask, const struct act_course *course, ns_t length) {
  if (!hands_free(t, i)) return;
  uint64_t hash[2];
  bool fresh;
  hands_hash(hands, ask, hash);
  struct solved *s = find(t->body->acts, hash, &fresh);
  if (fresh) solve_act(s, hands, ask, t->body->dt);
  if (s) begin(t, i, s, course, length);
}

void body_work(struct twin *t, int32_t i, const struct kind *hands, const struct hands_step *ask, const struct act_course *course, ns_t length) {
  if (!hands_free(t, i)) return;
  uint64_t hash[2];
  bool fresh;
  hands_step_hash(hands, ask, hash);
  struct solved *s = find(t->body->acts, hash, &fresh);
  if (fresh) solve_work(s, hands, ask, t->body->dt);
  if (s) begin(t, i, s, course, length);
}

// ---- its samples ----------------------------------------------------------------------------------------------------

static struct v3 turned(struct v3 p, double s, double c) { return v3(c * p.x - s * p.y, s * p.x + c * p.y, p.z); }

// The sample at hand; way 0: it stays there.
static int32_t sample_of(const struct body_act *a, int64_t step, int32_t *way) {
  int64_t n = step - a->began;
  int k = a->legs - 1;
  while (k > 0 && a->leg[k].begin > n) k--;
  const struct act_leg *l = &a->leg[k];
  int64_t at = n < l->begin ? l->sample : l->sample + (n - l->begin) * l->way;
  *way = n < l->begin ? 0 : l->way;
  if (k < a->legs - 1 || at < a->act->last) return (int32_t)at;
  *way = 0;
  return a->act->last;
}

void act_sample(const struct body *b, struct body_rows *k, int r) {
  struct body_act *a = &k->act[r];
  struct walk_sample *s = &k->sample[r];
  const struct robot *robot = &b->twin->robot[k->robot[r]];
  bool held = robot->stopped || robot->off || (robot->act == ACT_POST && robot->cause != ROBOT_WORKING);
  if (held) a->began++;
  double sn, cs;
  int32_t way, at = sample_of(a, b->step, &way);
  struct v3 o = k->origin[r];
  walk_at(&a->act->walk, at * a->act->walk.tick, s, k->q + r, k->qd + r, k->qdd + r, k->stride);
  if (held || way == 0) {
    for (int j = 0; j < a->act->walk.joints; j++) k->qd[j * k->stride + r] = k->qdd[j * k->stride + r] = 0;
    s->base.velocity = s->base.acceleration = v3(0, 0, 0);
  }
  m_sincos(k->facing[r], &sn, &cs);
  struct m3 turn = {{cs, -sn, 0, sn, cs, 0, 0, 0, 1}};
  s->base.orientation = quaternion_of_m3(&turn);
  s->base.position = v3_add(turned(s->base.position, sn, cs), o);
  s->base.velocity = turned(s->base.velocity, sn, cs);
  s->base.acceleration = turned(s->base.acceleration, sn, cs);
  s->planned = v3_add(turned(s->planned, sn, cs), o);
  for (int f = 0; f < 2; f++) {
    s->cop[f] = v3_add(turned(s->cop[f], sn, cs), o);
    s->foot[f] = v3_add(turned(s->foot[f], sn, cs), o);
    s->foot_yaw[f] = k->facing[r];
    s->wrench[f].force = turned(s->wrench[f].force, sn, cs);
    s->wrench[f].moment = turned(s->wrench[f].moment, sn, cs);
  }
  const double *mass = act_load_at(a->act, at);
  k->load[LEFT][r] = mass[LEFT], k->load[RIGHT][r] = mass[RIGHT];
  k->mass[r] = mass[LEFT] + mass[RIGHT] > 0 ? mass[LEFT] + mass[RIGHT] : 0;
}

bool act_bears(const struct body_rows *k, int r, int64_t step) {
  const struct body_act *a = &k->act[r];
  if (!a->act) return k->mass[r] > 0;
  int32_t way;
  const double *mass = act_load_at(a->act, sample_of(a, step, &way));
  return mass[LEFT] > 0 || mass[RIGHT] > 0;
}

bool act_ends(const struct body *b, const struct body_rows *k, int r) {
  int32_t way;
  return !k->act[r].act || sample_of(&k->act[r], b->step + 1, &way) == k->act[r].act->last;
}

void act_over(const struct body *b, struct body_rows *k, int r) {
  struct body_act *a = &k->act[r];
  if (!a->act) return;
  if (act_ends(b, k, r)) {
    double sn, cs;
    m_sincos(k->facing[r], &sn, &cs);
    k->origin[r] = v3_add(k->origin[r], turned(v3(a->shift, 0, 0), sn, cs));
    k->mass[r] = a->mass;
  }
  a->act = NULL;
}
