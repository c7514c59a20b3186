#include "engine/sim/body_hands.h"

#include <stdlib.h>

#include "robots/act.h"

#define ACTS_MAX 512                // different motions kept; who asks for one more stands still while its hands work

struct solved { uint64_t hash[2]; struct walk walk; double change, before, after, shift; };
struct acts { int count; struct solved *solved[ACTS_MAX]; };

struct acts *acts_create(void) { return calloc(1, sizeof(struct acts)); }

void acts_destroy(struct acts *a) {
  for (int i = 0; a && i < a->count; i++) {
    walk_finish(&a->solved[i]->walk);
    free(a->solved[i]);
  }
  free(a);
}

static bool solve(struct solved *s, const struct kind *hands, const struct hands_ask *ask, double tick) {
  struct hands_plan plan;
  struct handling h;
  struct reach_pose pose;
  struct error e;
  double foot[2], mass = ask->mass / ask->carriers;
  hands_plan_find(&plan, hands, ask, &h);
  if (!plan.possible) return false;
  s->before = ask->places ? mass : 0;
  s->after = ask->places ? 0 : mass;
  s->shift = plan.shift;
  if (reach_standing(&hands->reacher, s->before, &pose, foot, &e) != STATUS_OK) return false;
  return act_make(&s->walk, &hands->reacher, &h, foot, tick, s->before, s->after, &s->change, &e) == STATUS_OK;
}

static const struct solved *find(struct body *b, const struct kind *hands, const struct hands_ask *ask) {
  struct acts *a = b->acts;
  uint64_t hash[2];
  hands_hash(hands, ask, hash);
  for (int i = 0; i < a->count; i++)
    if (a->solved[i]->hash[0] == hash[0] && a->solved[i]->hash[1] == hash[1]) return a->solved[i];
  if (a->count == ACTS_MAX) return NULL;
  struct solved *s = calloc(1, sizeof *s);
  if (!s || !solve(s, hands, ask, b->dt)) {
    free(s);
    return NULL;
  }
  s->hash[0] = hash[0], s->hash[1] = hash[1];
  a->solved[a->count++] = s;
  return s;
}

void body_act(struct twin *t, int32_t i, const struct kind *hands, const struct hands_ask *ask, ns_t length) {
  struct body *b = t->body;
  struct body_rows *k = rows_of(t, i);
  int r = b->row_of[i];
  if (k->walk[r] || k->upsets[r]) return;
  act_over(b, k, r);
  const struct solved *s = find(b, hands, ask);
  if (!s) return;
  int64_t end = (t->now + length) / b->dt_ns;
  k->act[r] = (struct body_act){.walk = &s->walk, .began = end - (s->walk.samples - 1), .change = s->change, .before = s->before, .after = s->after, .shift = s->shift};
  k->still[r] = false;
}

static struct v3 turned(struct v3 p, double s, double c) { return v3(c * p.x - s * p.y, s * p.x + c * p.y, p.z); }

void act_sample(const struct body *b, struct body_rows *k, int r) {
  struct body_act *a = &k->act[r];
  struct walk_sample *s = &k->sample[r];
  const struct robot *robot = &b->twin->robot[k->robot[r]];
  bool held = robot->stopped || robot->off;
  if (held) a->began++;             // stopped, or off shift: it stays where it is and goes on from there
  double time = (double)(b->step - a->began) * b->dt, sn, cs;
  struct v3 o = k->origin[r];
  walk_at(a->walk, time, s, k->q + r, k->qd + r, k->qdd + r, k->stride);
  if (held || time < 0 || time >= a->walk->time) {
    // it waits before, or holds its last pose
    for (int j = 0; j < a->walk->joints; j++) k->qd[j * k->stride + r] = k->qdd[j * k->stride + r] = 0;
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
  k->mass[r] = time < a->change ? a->before : a->after;
}

void act_over(const struct body *b, struct body_rows *k, int r) {
  struct body_act *a = &k->act[r];
  if (!a->walk) return;
  if ((double)(b->step + 1 - a->began) * b->dt >= a->walk->time - 1e-9) {
    double sn, cs;
    m_sincos(k->facing[r], &sn, &cs);
    k->origin[r] = v3_add(k->origin[r], turned(v3(a->shift, 0, 0), sn, cs));
  }
  a->walk = NULL;
}
