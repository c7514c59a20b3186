#include "engine/sim/fleet.h"

#include "engine/sim/body.h"
#include "engine/sim/broken.h"
#include "engine/sim/job.h"
#include "engine/sim/motion.h"
#include "engine/sim/pace.h"
#include "engine/sim/post.h"
#include "engine/sim/power.h"
#include "engine/sim/robot.h"
#include "engine/sim/team.h"

static void robot_off(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  if (b->act == ACT_GONE || b->off) return;
  robot_idle_remove(t, i);
  if (b->act == ACT_POST) {
    post_leave(t, i);
    b->off = true;
    robot_done(t, i);
  } else if (b->act == ACT_TO_POST && t->job[b->job].kind != JOB_RELIEF) {
    uint32_t j = b->job;
    job_drop_robot(&t->job[j], i);
    if (t->job[j].state != JOB_RELEASED) job_release_again(t, j);
    b->off = true;
    robot_done(t, i);
  } else {
    // work stops where it is
    b->off = true;
    if (b->act != ACT_CHARGE && b->act != ACT_TO_CHARGER && b->act != ACT_TO_REPAIR) robot_pause(t, i);
  }
  power_book(t, i);
  robot_book(t, i, ROBOT_OFF_SHIFT);
  if (b->act == ACT_IDLE) power_seek(t, i, false);
  power_watch(t, i);
}

static void robot_on(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  if (b->act == ACT_GONE || !b->off) return;
  b->off = false;
  power_book(t, i);
  robot_cause(t, i);
  robot_go_on(t, i);
  if (robot_together(b) && t->robot[robot_leader(t, i)].remaining >= 0) robot_book(t, i, ROBOT_WAITING_PARTNER);
  bool charged = b->act == ACT_CHARGE && robot_charge(t, i) > t->layout->fleets[b->fleet].charge_below;
  if (charged) b->must_charge = false;
  if (b->act == ACT_IDLE || b->act == ACT_HOME || charged) {
    b->idle_since = t->now;
    robot_idle_add(t, i);
  }
  power_watch(t, i);
}

void fleet_shift(struct twin *t, int32_t f, bool on) {
  t->fleet[f].off = !on;
  for (int32_t i = t->fleet[f].first_robot; i < t->fleet[f].first_robot + t->fleet[f].robots; i++) {
    if (on) robot_on(t, i); else robot_off(t, i);
  }
}

void robot_start(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  struct fleet_row *f = &t->fleet[b->fleet];
  t->sums.fleet[b->fleet].present += (ns_t)f->present * (t->now - f->present_since);
  f->present_since = t->now;
  f->present++;
  b->act = ACT_IDLE;
  b->cause_since = b->idle_since = b->charge_since = t->now;
  b->cause = ROBOT_IDLE;
  b->stopped = 0;
  b->restart = 0;
  b->off = b->turned = b->astray = b->hot = false;
  b->leaving = b->must_charge = b->posted = b->relief_called = false;
  b->job = b->held = 0;
  team_leave(t, i);
  b->work_power = 0;
  b->charge = t->layout->fleets[b->fleet].battery;
  b->charger = b->station = NONE;
  b->drain = 0;
  b->remaining = -1;
  power_dock(t, i);
  broken_start(t, i);
  if (body_stepped(t, i)) body_enter(t, i);
  if (motion_stepped(t, i)) motion_enter(t, i);
  if (pace_walks(t, i)) pace_enter(t, i);
  robot_stand_idle(t, i);
  if (f->off) robot_off(t, i);
}

int fleet_add(struct twin *t, int32_t f, int count) {
  int came = 0;
  for (int32_t i = t->fleet[f].first_robot; i < t->fleet[f].first_robot + t->fleet[f].robots && came < count; i++)
    if (t->robot[i].act == ACT_GONE) {
      robot_start(t, i);
      came++;
    }
  return came;
}

// Those with the largest numbers first.
static void send_away(struct twin *t, int32_t f, int count, bool broken) {
  for (int pass = 0; pass < 2; pass++)
    for (int32_t i = t->fleet[f].first_robot + t->fleet[f].robots - 1; i >= t->fleet[f].first_robot && count > 0; i--) {
      struct robot *b = &t->robot[i];
      bool lies = b->act == ACT_BROKEN || b->act == ACT_TO_REPAIR;
      bool free = b->act == ACT_IDLE || b->act == ACT_HOME || (lies && !b->job) || (b->act == ACT_CHARGE && !b->job);
      if (b->act == ACT_GONE || b->leaving || (lies && !broken) || (pass == 0 && !free)) continue;
      if (free) robot_gone(t, i); else b->leaving = true;
      count--;
    }
}

void fleet_remove(struct twin *t, int32_t f, int count) { send_away(t, f, count, true); }

ns_t fleet_outside(const struct twin *t, int32_t f) { return (ns_t)(t->layout->fleets[f].spares - t->fleet[f].spares) * (t->now - t->fleet[f].spares_since); }

void fleet_spares(struct twin *t, int32_t f) {
  struct fleet_row *r = &t->fleet[f];
  int wanted = r->broken < t->layout->fleets[f].spares ? r->broken : t->layout->fleets[f].spares;
  int more = wanted - r->spares;
  if (more == 0) return;
  t->sums.fleet[f].outside += fleet_outside(t, f);
  r->spares_since = t->now;
  if (more > 0) {
    r->spares += fleet_add(t, f, more);
  } else {
    r->spares = wanted;
    send_away(t, f, -more, false);
  }
}
