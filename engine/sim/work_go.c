#include "engine/sim/work_go.h"

#include "base/maths.h"
#include "engine/sim/hands.h"
#include "robots/hand_step.h"

_Static_assert((int)ROBOT_SKILLS == (int)STEP_DOS, "a robot's skills are what steps do");

double work_practice(double learning, double least, double at_start, double now) {
  assert(at_start >= 1);
  assert(now >= at_start);
  if (learning >= 1) return 1;
  double b = -m_log(learning) / m_log(2);
  return least + (1 - least) * m_pow(now / at_start, -b);
}

static struct go typed(const struct fleet *plan, const struct fleet_skill *own, struct stream *draws) {
  const struct distribution *d = own && own->timed ? &own->time : &plan->handling;
  return (struct go){.time = ns_to_seconds(distribution_sample(d, draws)), .fails = own ? own->fails : 0};
}

static struct hand_answer by_figures(const struct twin *t, const struct robot_tables *tables, int32_t s, const struct step *x, double mass) {
  struct hand_step ask = {.what = (enum hand_do)x->what, .mass = mass, .clearance = x->clearance, .force = x->force, .tolerance = x->tolerance,
                          .height = t->layout->stations[s].height};
  return hand_step(tables, &ask);
}

struct go work_go_mean(const struct twin *t, int32_t f, int32_t s, const struct step *x, double mass) {
  const struct fleet *plan = &t->layout->fleets[f];
  const struct fleet_skill *own = layout_fleet_skill(t->layout, f, x->skill);
  if (t->fleet[f].typed)
    return (struct go){.time = distribution_mean(own && own->timed ? &own->time : &plan->handling), .fails = own ? own->fails : 0};
  struct hand_answer a = by_figures(t, &t->make[t->fleet[f].first_make].tables, s, x, mass / x->robots);
  return (struct go){.time = a.time * (own ? own->pace : 1), .power = a.power, .fails = a.fails};
}

struct go work_go(struct twin *t, int32_t i, int32_t with, bool second, int32_t s, const struct step *x, double mass, struct stream *draws) {
  const struct robot *b = &t->robot[i];
  const struct fleet *plan = &t->layout->fleets[b->fleet];
  const struct fleet_skill *own = layout_fleet_skill(t->layout, b->fleet, x->skill);
  if (t->fleet[b->fleet].typed) return typed(plan, own, draws);
  struct hands_go h;
  if (hands_go(t, i, with, second, s, x, mass, draws, &h)) {
    double pace = own ? own->pace : 1;
    return (struct go){.time = h.time * pace, .motion = h.motion * pace, .feel = h.feel * pace, .power = h.power, .fails = h.fails};
  }
  struct hand_answer a = by_figures(t, &make_of(t, b)->tables, s, x, mass / x->robots);
  return (struct go){.time = a.time * (own ? own->pace : 1), .power = a.power, .fails = a.fails};
}

void work_go_play(struct twin *t, int32_t i, int32_t with, bool second, int32_t s, const struct step *x, double mass, const struct go *g, ns_t length) {
  hands_go_play(t, i, with, second, s, x, mass, g->feel, length);
}
