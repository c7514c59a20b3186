#include "engine/sim/robot.h"

#include "engine/sim/admit.h"
#include "engine/sim/bays.h"
#include "engine/sim/belt.h"
#include "engine/sim/body.h"
#include "engine/sim/body_clear.h"
#include "engine/sim/broken.h"
#include "engine/sim/carry.h"
#include "engine/sim/fleet.h"
#include "engine/sim/job.h"
#include "engine/sim/motion.h"
#include "engine/sim/pace.h"
#include "engine/sim/post.h"
#include "engine/sim/power.h"
#include "engine/sim/team.h"
#include "engine/sim/update.h"
#include "engine/sim/upset.h"
#include "engine/sim/walk.h"

// It is on its way step by step.
static bool follows(const struct twin *t, int32_t i) { return body_walks(t, i) || motion_walks(t, i); }

uint32_t robot_timer(const struct twin *t, int32_t i) { return t->timer_robot + ROBOT_TIMERS * (uint32_t)i; }

// ---- books and acts -----------------------------------------------------------------------------------

void robot_book(struct twin *t, int32_t i, enum robot_cause cause) {
  struct robot *b = &t->robot[i];
  if (b->off && b->act != ACT_GONE) cause = ROBOT_OFF_SHIFT;
  else if (b->stopped && b->act != ACT_GONE && cause != ROBOT_FALLEN && cause != ROBOT_REPAIR) cause = ROBOT_STOPPED;
  if (b->cause == cause) return;
  FLEET_BOOK(t, b, cause[b->cause], t->now - b->cause_since);
  b->cause_since = t->now;
  broken_clock(t, i, (uint8_t)cause);
  b->cause = (uint8_t)cause;
  if (b->act == ACT_POST) {
    power_book(t, i);
    power_watch(t, i);
  }
}

void robot_begin(struct twin *t, int32_t i, enum robot_act act, enum primitive what, ns_t length) {
  struct robot *b = &t->robot[i];
  timer_cancel(t, robot_timer(t, i));
  if (t->fleet[b->fleet].drains) power_book(t, i);
  b->act = (uint8_t)act;
  // who falls where it picks lies there; who falls in line stands in it no more
  bool idles = act == ACT_IDLE || act == ACT_GONE || act == ACT_BROKEN || act == ACT_CHARGE;
  if (idles && motion_stepped(t, i)) motion_idles(t, i);
  if (idles && body_stepped(t, i)) clear_idles(t, i);
  if (what == DO_WALK || idles || (act == ACT_FALLEN && bays_waits(t, i))) bays_leave(t, i);
  if (what == DO_WALK && length > 0 && pace_walks(t, i)) length = pace_walk(t, i);
  b->act_start = t->now;
  b->act_length = length;
  b->remaining = -1;
  static const uint8_t cause[] = {[DO_WALK] = ROBOT_WALKING, [DO_PICK] = ROBOT_WORKING, [DO_PLACE] = ROBOT_WORKING,
                                  [DO_WAIT] = ROBOT_IDLE, [DO_FALL] = ROBOT_FALLEN, [DO_CHARGE] = ROBOT_CHARGING};
  if (what != DO_WAIT) robot_book(t, i, cause[what]);
  if (t->fleet[b->fleet].drains) {
    power_book(t, i);
    power_watch(t, i);
  }
  // a body that has somewhere to go walks there and says itself when it has come to rest
  bool steps = what == DO_WALK && body_stepped(t, i) && (length > 0 || body_walks(t, i) || !clear_there(t, i));
  bool moves = what == DO_WALK && motion_stepped(t, i) && !motion_there(t, i);
  if (steps) body_walk(t, i);
  else if (moves) motion_walk(t, i);
  else if (what != DO_WAIT) timer_set(t, robot_timer(t, i), t->now + length, CLASS_END, true);
  if (act == ACT_GONE && body_stepped(t, i)) body_leave(t, i);
  if (act == ACT_GONE && motion_stepped(t, i)) motion_leave(t, i);
  if (b->idle_at) {
    t->idle_place[b->idle_at - 1] = b->place;
    t->idle_strolls[b->idle_at - 1] = act == ACT_HOME || act == ACT_TO_CHARGER;
  }
  if (b->stopped) robot_pause(t, i);
}

void robot_wait(struct twin *t, int32_t i, enum robot_act act, enum robot_cause cause, ns_t until) {
  robot_begin(t, i, act, DO_WAIT, 0);
  robot_book(t, i, cause);
  if (until != NS_NEVER) timer_set(t, robot_timer(t, i), until, CLASS_END, true);
}

void robot_waits_in_line(struct twin *t, int32_t i) {
  robot_wait(t, i, (enum robot_act)t->robot[i].act, ROBOT_TRAFFIC, NS_NEVER);
}

void robot_walks_up(struct twin *t, int32_t i, ns_t length) {
  const struct robot *b = &t->robot[i];
  // who goes off shift, is stopped or breaks has left the line
  assert(!b->off && !b->stopped);
  assert(b->act == ACT_FETCH || b->act == ACT_CARRY);
  robot_book(t, i, ROBOT_WALKING);
  power_book(t, i);
  timer_set(t, robot_timer(t, i), t->now + length, CLASS_END, true);
}

bool robot_together(const struct robot *b) { return b->act == ACT_PICK || b->act == ACT_CARRY || b->act == ACT_PLACE; }

int32_t robot_leader(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  return robot_together(b) ? (int32_t)t->job[b->job].robot[0] : i;
}

// Its done, posted by the step in which it came to rest. Those who carry together are there when the last one is; whose shift
// has ended meanwhile goes on from here when it begins again.
void robot_arrived(struct twin *t, int32_t i) {
  int32_t first = robot_leader(t, i);
  struct robot *b = &t->robot[first];
  const struct job *a = robot_together(b) ? &t->job[b->job] : NULL;
  bool off = t->robot[i].off && t->robot[i].act != ACT_TO_CHARGER && t->robot[i].act != ACT_TO_REPAIR;
  for (int k = 0; a && k < a->robots; k++) {
    if (follows(t, (int32_t)a->robot[k])) return;
    off |= t->robot[a->robot[k]].off;
  }
  if (off) b->remaining = 0;
  else timer_set(t, robot_timer(t, first), t->now, CLASS_END, true);
}

void robot_walk(struct twin *t, int32_t i, int32_t place, enum robot_act act) {
  struct robot *b = &t->robot[i];
  double length, seconds = walk_time(t, i, place, b->load, &length);
  walk_turn(t, i);
  if (seconds < 0) seconds = length = 0;     // cannot be: the dispatcher asked first; stand still rather than lose the job
  b->from = b->place;
  b->place = place;
  b->walk_length = length;
  FLEET_BOOK(t, b, distance, length);
  robot_begin(t, i, act, DO_WALK, ns_from_seconds(seconds));
}

void robots_begin(struct twin *t, uint32_t j, enum robot_act act, enum primitive what, ns_t length) {
  struct job *a = &t->job[j];
  for (int k = 0; k < a->robots; k++) {
    robot_begin(t, (int32_t)a->robot[k], act, what, length);
    if (k > 0) timer_cancel(t, robot_timer(t, (int32_t)a->robot[k]));
  }
}

void robot_fresh(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  if (b->fresh) return;
  b->fresh = true;
  t->fresh[(t->fresh_first + t->freshes++) % t->robots] = i;
}

// ---- idle and busy --------------------------------------------------------------------------------------

void robot_idle_add(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  if (b->off || b->stopped || b->must_charge || b->leaving) return;
  int32_t k = b->idle_at ? (int32_t)b->idle_at - 1 : t->idles++;
  t->idle_robot[k] = i;
  t->idle_place[k] = b->place;
  t->idle_fleet[k] = b->fleet;
  t->idle_time[k] = b->idle_since;
  t->idle_number[k] = b->number;
  t->idle_strolls[k] = b->act == ACT_HOME || b->act == ACT_TO_CHARGER;
  b->idle_at = (uint32_t)k + 1;
  robot_fresh(t, i);
  t->dispatch_wanted = true;
}

void robot_idle_remove(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  if (!b->idle_at) return;
  int32_t k = (int32_t)b->idle_at - 1, last = --t->idles;
  t->idle_robot[k] = t->idle_robot[last];
  t->idle_place[k] = t->idle_place[last];
  t->idle_fleet[k] = t->idle_fleet[last];
  t->idle_time[k] = t->idle_time[last];
  t->idle_number[k] = t->idle_number[last];
  t->idle_strolls[k] = t->idle_strolls[last];
  t->robot[t->idle_robot[k]].idle_at = (uint32_t)k + 1;
  b->idle_at = 0;
}

void robot_gone(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  broken_leave(t, i);
  robot_idle_remove(t, i);
  power_leave(t, i);
  robot_begin(t, i, ACT_GONE, DO_WAIT, 0);
  // what it did so far is booked, also when it stood by order: nothing counts after it
  robot_book(t, i, b->cause == ROBOT_STOPPED ? ROBOT_IDLE : ROBOT_STOPPED);
  timer_cancel(t, robot_timer(t, i) + ROBOT_BATTERY);
  struct fleet_row *f = &t->fleet[b->fleet];
  t->sums.fleet[b->fleet].present += (ns_t)f->present * (t->now - f->present_since);
  f->present_since = t->now;
  f->present--;
  b->drain = 0;
  // one that was to come while this one had not gone yet
  fleet_spares(t, b->fleet);
}

void robot_stand_idle(struct twin *t, int32_t i) {
  robot_begin(t, i, ACT_IDLE, DO_WAIT, 0);
  robot_book(t, i, ROBOT_IDLE);
  robot_idle_add(t, i);
}

void robot_done(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  b->job = 0;
  b->load = 0;
  team_leave(t, i);
  b->posted = b->relief_called = false;
  b->station = NONE;
  b->idle_since = t->now;
  update_due(t, i);
  if (b->leaving) {
    robot_gone(t, i);
    return;
  }
  if ((b->act == ACT_TO_POST || b->act == ACT_CARRY) && (calendar_is_set(&t->calendar, robot_timer(t, i)) || follows(t, i))) {
    // called off on the way: it walks on, and may be given another job
    b->act = ACT_HOME;
    robot_idle_add(t, i);
    return;
  }
  if (t->fleet[b->fleet].drains) {
    power_book(t, i);
    if (b->charge <= t->layout->fleets[b->fleet].charge_below && power_seek(t, i, true)) return;
  }
  robot_stand_idle(t, i);
}

// Nothing to do at this instant: charge, or go home. Called after the dispatch, for those that have just become idle.
// Who must charge may send another away from its charger, who then stands in this line again.
void robots_settle(struct twin *t) {
  while (t->freshes > 0) {
    int32_t i = t->fresh[t->fresh_first];
    struct robot *b = &t->robot[i];
    t->fresh_first = (t->fresh_first + 1) % t->robots;
    t->freshes--;
    b->fresh = false;
    if (!b->idle_at || b->act != ACT_IDLE || b->charger != NONE) continue;
    if (power_seek(t, i, false)) {
      if (b->must_charge) robot_idle_remove(t, i);
      continue;
    }
    int32_t home = t->fleet[b->fleet].home;
    double length;
    if (home != NONE && t->stand[home] != NONE && b->place != t->stand[home] && b->place != NONE && walk_time(t, i, t->stand[home], 0, &length) >= 0)
      robot_walk(t, i, t->stand[home], ACT_HOME);
  }
}

void robot_assign(struct twin *t, int32_t i, uint32_t j) {
  struct robot *b = &t->robot[i];
  struct job *a = &t->job[j];
  robot_idle_remove(t, i);
  power_book(t, i);
  // a stroll or an opportunity charge is broken off where it is
  int32_t place = NONE;
  enum robot_act act = ACT_TO_POST;
  if (a->kind == JOB_CARRY) {
    act = ACT_FETCH;
    place = a->on_floor ? a->laid : t->station[a->from].kind == STATION_CONVEYOR ? carry_meet(t, i, j) : t->stand[a->from];
  } else if (a->kind == JOB_HELP) {
    place = broken_place(t, j);
    if (place == NONE) place = b->place;
  } else {
    place = t->stand[a->from];
  }
  double length, seconds = walk_time(t, i, place, 0, &length);
  bool on_the_way = walk_strolls(b);
  walk_turn(t, i);
  power_leave(t, i);
  b->job = j;
  team_join(t, i, j);
  b->work_power = 0;
  b->tried = false;
  b->station = a->from;
  b->from = on_the_way ? b->from : b->place;
  b->place = place;
  if (seconds < 0) seconds = length = 0;
  b->walk_length = length;
  admit_sent(t, j, seconds);
  FLEET_BOOK(t, b, distance, length);
  // who stands at the place already steps to its side
  ns_t length_ns = ns_from_seconds(seconds);
  double here[2];
  bool known = body_stepped(t, i) ? body_stands_at(t, i, here) : pace_walks(t, i) && pace_stands_at(t, i, here);
  if (length_ns == 0 && known && team_aside(t, i, here)) length_ns = 1;
  robot_begin(t, i, act, DO_WALK, length_ns);
}

void robot_drop_job(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  uint32_t j = b->job;
  struct job *a = &t->job[j];
  if (b->act == ACT_POST) {
    post_leave(t, i);
  } else {
    bool picked_together = b->act == ACT_PICK;
    if (picked_together) timer_cancel(t, robot_timer(t, robot_leader(t, i)));
    if (b->act == ACT_WAIT_PARTNER || picked_together) a->there--;
    job_drop_robot(a, i);
    // who began to pick with it waits for another one
    for (int k = 0; picked_together && k < a->robots; k++) robot_wait(t, (int32_t)a->robot[k], ACT_WAIT_PARTNER, ROBOT_WAITING_PARTNER, NS_NEVER);
    if (a->state != JOB_RELEASED) job_release_again(t, j);
    t->dispatch_wanted = true;
  }
  b->job = 0;
  b->load = 0;
  team_leave(t, i);
  b->posted = b->relief_called = false;
  b->station = NONE;
}

void robot_battery_timer(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  power_book(t, i);
  const struct fleet *plan = &t->layout->fleets[b->fleet];
  if (b->act == ACT_IDLE && b->charge <= plan->charge_below) {
    robot_idle_remove(t, i);
    if (!power_seek(t, i, true)) {
      robot_idle_add(t, i);
      power_watch(t, i);
    }
    return;
  }
  if (b->act == ACT_POST && plan->relief && t->job[b->job].kind == JOB_OPERATE) {
    if (b->charge <= 1e-9) {
      post_leave(t, i);
      robot_done(t, i);
      return;
    }
    if (!b->relief_called) {
      b->relief_called = true;
      job_relief(t, t->job[b->job].server);
    }
  }
  power_watch(t, i);
}

// ---- the door: done ----------------------------------------------------------------------------------------

void robot_done_timer(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  if (broken_rests(t, i)) return;
  switch ((enum robot_act)b->act) {
    case ACT_FETCH:
      b->from = b->place;
      if (bays_enter(t, i)) carry_fetched(t, i);
      break;
    case ACT_WAIT_PART:  carry_at_part(t, i); break;
    case ACT_PICK:       carry_picked(t, i); break;
    case ACT_CARRY:
      if (bays_enter(t, i)) carry_put_down(t, i);
      break;
    case ACT_PLACE:      carry_placed(t, i); break;
    case ACT_TO_POST:    b->from = b->place; post_arrive(t, i); break;
    case ACT_FALLEN:
      if (body_stepped(t, i)) {
        body_rise(t, i);
        break;
      }
      if (motion_lies(t, i)) {
        motion_rise(t, i);
        break;
      }
      b->act = b->then; carry_at_part(t, i); break;
    case ACT_GAVE_UP:    b->act = b->then; carry_at_part(t, i); break;
    case ACT_TO_REPAIR:  b->from = b->place; broken_arrive(t, i); break;
    case ACT_HOME:
      b->from = b->place;
      robot_begin(t, i, ACT_IDLE, DO_WAIT, 0);
      robot_book(t, i, ROBOT_IDLE);
      update_due(t, i);
      break;
    case ACT_TO_CHARGER: b->from = b->place; power_arrive(t, i); break;
    case ACT_CHARGE:
      power_book(t, i);
      if (power_wanted(t, i) || b->leaving || b->off) power_leave(t, i);
      b->must_charge = false;
      b->idle_since = t->now;
      update_due(t, i);
      if (b->leaving) robot_gone(t, i); else robot_stand_idle(t, i);
      break;
    default: assert(!"a timer of an act that has none");
  }
}

// ---- stopping and going on -----------------------------------------------------------------------------

void robot_pause(struct twin *t, int32_t i) {
  int32_t first = robot_leader(t, i);
  if (bays_waits(t, i)) {
    // it leaves the line, and asks again when it goes on
    bays_leave(t, i);
    t->robot[i].remaining = t->robot[i].act_length = 0;
    return;
  }
  uint32_t timer = robot_timer(t, first);
  if (!calendar_is_set(&t->calendar, timer)) return;
  t->robot[first].remaining = calendar_time(&t->calendar, timer) - t->now;
  timer_cancel(t, timer);
  if (!robot_together(&t->robot[i])) return;
  const struct job *a = &t->job[t->robot[i].job];
  for (int k = 0; k < a->robots; k++) robot_book(t, (int32_t)a->robot[k], ROBOT_WAITING_PARTNER);
}

void robot_go_on(struct twin *t, int32_t i) {
  int32_t first = robot_leader(t, i);
  struct robot *b = &t->robot[first];
  if (b->remaining < 0 || b->act == ACT_BROKEN || b->stopped) return;
  if (robot_together(b)) {
    const struct job *a = &t->job[b->job];
    for (int k = 0; k < a->robots; k++)
      if (t->robot[a->robot[k]].off || t->robot[a->robot[k]].stopped) return;
    for (int k = 0; k < a->robots; k++) robot_book(t, (int32_t)a->robot[k], b->act == ACT_CARRY ? ROBOT_WALKING : ROBOT_WORKING);
  }
  b->act_start = t->now + b->remaining - b->act_length;
  timer_set(t, robot_timer(t, first), t->now + b->remaining, CLASS_END, true);
  b->remaining = -1;
}

void robot_stroll_on(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  assert(b->remaining >= 0);
  power_book(t, i);
  b->act = ACT_HOME;
  power_book(t, i);
  b->station = NONE;
  b->idle_since = t->now;
  robot_book(t, i, ROBOT_WALKING);
  if (b->off) return;
  robot_go_on(t, i);
  if (b->leaving) robot_gone(t, i);
  else robot_idle_add(t, i);
}

void robot_cause(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  static const uint8_t cause[] = {[ACT_IDLE] = ROBOT_IDLE, [ACT_HOME] = ROBOT_WALKING, [ACT_FETCH] = ROBOT_WALKING, [ACT_WAIT_PART] = ROBOT_WAITING_PART,
    [ACT_WAIT_PARTNER] = ROBOT_WAITING_PARTNER, [ACT_PICK] = ROBOT_WORKING, [ACT_CARRY] = ROBOT_WALKING, [ACT_WAIT_SPACE] = ROBOT_WAITING_SPACE,
    [ACT_PLACE] = ROBOT_WORKING, [ACT_TO_POST] = ROBOT_WALKING, [ACT_POST] = ROBOT_WAITING_PART, [ACT_TO_CHARGER] = ROBOT_WALKING,
    [ACT_WAIT_CHARGER] = ROBOT_WAITING_CHARGER, [ACT_CHARGE] = ROBOT_CHARGING, [ACT_FALLEN] = ROBOT_FALLEN,
    [ACT_BROKEN] = ROBOT_REPAIR, [ACT_TO_REPAIR] = ROBOT_REPAIR, [ACT_GAVE_UP] = ROBOT_WAITING_PARTNER};
  robot_book(t, i, (enum robot_cause)cause[b->act]);
  if (b->act == ACT_POST && b->job && t->job[b->job].kind == JOB_OPERATE) crew_book(t, t->job[b->job].server, (enum station_cause)t->server[t->job[b->job].server].cause);
}

// On a belt the part can be taken anywhere, so the job begins beside its target; a part that holds up the end is
// fetched where it is.
int32_t robots_job_place(struct twin *t, uint32_t j) {
  const struct job *a = &t->job[j];
  int32_t s = a->from;
  if (a->kind == JOB_HELP) return broken_place(t, j);
  if (a->on_floor) return a->laid;
  if (a->kind != JOB_CARRY || t->station[s].kind != STATION_CONVEYOR || t->belt_stand_count[s] == 0) return t->stand[s];
  const struct belt *b = &t->belt[t->station[s].belt];
  bool at_end = b->part[0] == a->part && belt_position(t, a->part) >= t->layout->stations[s].length - 1e-9;
  int32_t best = t->belt_stand[s];
  double  least = 1e300;
  for (int32_t k = t->belt_stand[s]; k < t->belt_stand[s] + t->belt_stand_count[s]; k++) {
    double away = at_end ? t->layout->stations[s].length - t->place_belt[k] : routes_length(t->routes[0], k, t->stand[a->to]);
    if (away < 0 || away >= least) continue;
    least = away;
    best = k;
  }
  return best;
}

// All idle robots at once by the table of the first one's fleet; then those that stroll, or walk otherwise.
void robots_walk_times(void *twin, int place, double *seconds) {
  struct twin *t = twin;
  const struct fleet_row *f = &t->fleet[t->idle_fleet[0]];
  bool floor = f->routes != NONE && place != NONE;
  const struct robot *first = &t->robot[t->idle_robot[0]];
  const struct robot_tables *tables = &make_of(t, first)->tables;
  double speed = f->typed ? f->speed : tables->walk_speed, extra = f->typed ? 0 : tables->start_stop;
  if (floor) routes_times(t->routes[f->routes], t->idles, t->idle_place, place, speed, seconds);
  double length;
  for (int32_t k = 0; k < t->idles; k++) {
    const struct fleet_row *own = &t->fleet[t->idle_fleet[k]];
    if (!floor || t->idle_strolls[k] || own != f || t->robot[t->idle_robot[k]].make != first->make) seconds[k] = walk_time(t, t->idle_robot[k], place, 0, &length);
    else if (seconds[k] > 0) seconds[k] += extra;
  }
}
