#include <math.h>
#include <stdio.h>

#include "robots/handling.h"

#define HALVINGS 10

static bool comes_to(const struct reacher *r, const struct reach_pose *start, const double foot[2], double x, double z, bool both, double width, double load) {
  struct reach_wish w = {.use = {both, true}, .load = {both ? load / 2 : 0, both ? load / 2 : load}, .foot = {foot[0], foot[1]}};
  struct reach_pose p;
  for (int s = 0; s < 2; s++) w.goal[s] = (struct reach_goal){v3(x, both ? (s == LEFT ? width : -width) / 2 : 0, z), reach_approach(r, z), v3(0, both ? 1 : 0, 0)};
  return reach_solve(r, &w, start, &p);
}

double handling_reach(const struct reacher *r, double z, bool both, double width, double load) {
  struct reach_pose start;
  double foot[2];
  if (reach_standing(r, 0, &start, foot, NULL) != STATUS_OK) return 0;
  // inwards from what nobody reaches; then the edge
  double step = 0.05, x = r->shoulder;
  while (x > 0.1 && !comes_to(r, &start, foot, x, z, both, width, load)) x -= step;
  if (x <= 0.1) return 0;
  double low = x, high = x + step;
  for (int i = 0; i < HALVINGS; i++) {
    double middle = (low + high) / 2;
    if (comes_to(r, &start, foot, middle, z, both, width, load)) low = middle; else high = middle;
  }
  return low;
}

static double height_reached(const struct reacher *r, const struct handling_wish *w, bool both, double x) {
  struct reach_pose start;
  double foot[2], high = 0;
  if (reach_standing(r, 0, &start, foot, NULL) != STATUS_OK) return 0;
  for (double z = 0.05; z < 1.6 * r->shoulder; z += 0.05)
    if (comes_to(r, &start, foot, x, z, both, w->part->size[1], w->part->mass)) high = z;
  return high;
}

// The greatest speed of a belt at which it is picked after all.
static double speed_followed(const struct reacher *r, const struct handling_wish *w) {
  struct handling_wish slow = *w;
  struct handling h;
  double low = 0, high = w->pick.speed;
  for (int i = 0; i < HALVINGS; i++) {
    slow.pick.speed = (low + high) / 2;
    if (handling_plan(r, &slow, &h)) low = slow.pick.speed; else high = slow.pick.speed;
  }
  return low < 0 ? -low : low;
}

void handling_say(const struct reacher *r, const struct handling_wish *w, const struct handling *h, char *out, size_t size) {
  bool place = h->why == HANDLING_REACH_PLACE;
  const struct handling_spot *s = place || !w->picks ? &w->place : &w->pick;
  const struct grip_part *p = w->part;
  switch (h->why) {
    case HANDLING_OK: snprintf(out, size, "it can"); break;
    case HANDLING_REACH_PICK: case HANDLING_REACH_PLACE: {
      double far = handling_reach(r, s->at.z, h->both, p->size[1], p->mass);
      if (far > 0) snprintf(out, size, "reach %.2f m at this height, %s at %.2f m ahead and %.2f m up", far, place ? "place" : "part", s->at.x, s->at.z);
      else snprintf(out, size, "reach up to %.2f m at %.2f m ahead, %s at %.2f m", height_reached(r, w, h->both, s->at.x), s->at.x, place ? "place" : "part", s->at.z);
      break;
    }
    case HANDLING_GRIP: snprintf(out, size, "no grip: %s", grip_fault_text(h->grip_why)); break;
    case HANDLING_HEAVY: {
      double hook = r->hand[LEFT].hook < r->hand[RIGHT].hook ? r->hand[LEFT].hook : r->hand[RIGHT].hook;
      if (p->force_max > 0 && p->force_max < hook) snprintf(out, size, "%.3g kg ask %.0f N of each hand, it stands %.0f N", p->mass, p->mass * 12.3 / 2, p->force_max);
      else snprintf(out, size, "%.3g kg, the fingers of both hands carry %.3g kg (one hand: %s)", p->mass, 2 * hook / 12.3, grip_fault_text(h->grip_why));
      break;
    }
    case HANDLING_TORQUE: case HANDLING_BALANCE: {
      const struct move *m = &h->step[h->steps > 0 ? h->steps - 1 : 0].move;
      if (m->joint >= 0) snprintf(out, size, "%.3g kg at %.2f m ahead and %.2f m up ask more than %s gives", p->mass, s->at.x, s->at.z, r->humanoid->model->joint[m->joint].name);
      else snprintf(out, size, "%.3g kg at %.2f m ahead and %.2f m up bring it out of balance", p->mass, s->at.x, s->at.z);
      break;
    }
    case HANDLING_UNSEEN: snprintf(out, size, "%.0f %% of it is hidden, it is seen up to %.0f %%", 100 * s->hidden, 100 * (1 - r->spec->hands.sight.visible_min)); break;
    case HANDLING_FIT:
      snprintf(out, size, "a clearance of %.3g mm takes %.0f s to feel for, seen with %.2g and %.2g mm", 1000 * s->clearance, h->fit.time, 1000 * h->sigma[0], 1000 * h->sigma[1]);
      break;
    case HANDLING_BELT:
      snprintf(out, size, "the belt runs at %.2f m/s, parts are picked from it up to %.2f m/s", s->speed < 0 ? -s->speed : s->speed, speed_followed(r, w));
      break;
    case HANDLING_LEGS: snprintf(out, size, "both arms would go %.0f mm into its legs", -1000 * handling_legs_apart(r, h, INFINITY)); break;
    case HANDLING_SPAN: snprintf(out, size, "%.2f m wide, both hands span 0.7 m (one hand: %s)", p->size[1], grip_fault_text(h->grip_why)); break;
  }
}
