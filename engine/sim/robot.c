#include "engine/sim/robot.h"

#include "engine/sim/admit.h"
#include "engine/sim/bays.h"
#include "engine/sim/belt.h"
#include "engine/sim/body.h"
#include "engine/sim/broken.h"
#include "engine/sim/explain.h"
#include "engine/sim/hands.h"
#include "engine/sim/job.h"
#include "engine/sim/motion.h"
#include "engine/sim/pace.h"
#include "engine/sim/place.h"
#include "engine/sim/power.h"
#include "engine/sim/server.h"
#include "engine/sim/team.h"
#include "engine/sim/update.h"
#include "engine/sim/upset.h"
#include "engine/sim/walk.h"

#define HAND_TRAVEL 0.4             // m, of a hand for a pick or a place at event fidelity; a guess, half of an arm's reach

// It is on its way step by step.
static bool follows(const struct twin *t, int32_t i) { return body_walks(t, i) || motion_walks(t, i); }

static uint32_t timer_of(const struct twin *t, int32_t i) { return t->timer_robot + ROBOT_TIMERS * (uint32_t)i; }

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
  timer_cancel(t, timer_of(t, i));
  if (t->fleet[b->fleet].drains) power_book(t, i);
  b->act = (uint8_t)act;
  // who falls where it picks lies there; who falls in line stands in it no more
  bool idles = act == ACT_IDLE || act == ACT_GONE || act == ACT_BROKEN || act == ACT_CHARGE;
  if (idles && motion_stepped(t, i)) motion_idles(t, i);
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
  bool steps = what == DO_WALK && body_stepped(t, i) && (length > 0 || body_walks(t, i));
  bool moves = what == DO_WALK && motion_stepped(t, i) && !motion_there(t, i);
  if (steps) body_walk(t, i);
  else if (moves) motion_walk(t, i);
  else if (what != DO_WAIT) timer_set(t, timer_of(t, i), t->now + length, CLASS_END, true);
  if (act == ACT_GONE && body_stepped(t, i)) body_leave(t, i);
  if (act == ACT_GONE && motion_stepped(t, i)) motion_leave(t, i);
  if (b->idle_at) {
    t->idle_place[b->idle_at - 1] = b->place;
    t->idle_strolls[b->idle_at - 1] = act == ACT_HOME || act == ACT_TO_CHARGER;
  }
  if (b->stopped) robot_pause(t, i);
}

// A wait that ends by itself at a known time.
static void begin_wait(struct twin *t, int32_t i, enum robot_act act, enum robot_cause cause, ns_t until) {
  robot_begin(t, i, act, DO_WAIT, 0);
  robot_book(t, i, cause);
  if (until != NS_NEVER) timer_set(t, timer_of(t, i), until, CLASS_END, true);
}

void robot_waits_in_line(struct twin *t, int32_t i) {
  begin_wait(t, i, (enum robot_act)t->robot[i].act, ROBOT_TRAFFIC, NS_NEVER);
}

void robot_walks_up(struct twin *t, int32_t i, ns_t length) {
  const struct robot *b = &t->robot[i];
  // who goes off shift, is stopped or breaks has left the line
  assert(!b->off && !b->stopped);
  assert(b->act == ACT_FETCH || b->act == ACT_CARRY);
  robot_book(t, i, ROBOT_WALKING);
  power_book(t, i);
  timer_set(t, timer_of(t, i), t->now + length, CLASS_END, true);
}

static bool together_now(const struct robot *b) { return b->act == ACT_PICK || b->act == ACT_CARRY || b->act == ACT_PLACE; }

// Robots that carry together stop and go on together: the first one's timer speaks for all.
static int32_t leader_of(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  return together_now(b) ? (int32_t)t->job[b->job].robot[0] : i;
}

// Its done, posted by the step in which it came to rest. Those who carry together are there when the last one is; whose shift
// has ended meanwhile goes on from here when it begins again.
void robot_arrived(struct twin *t, int32_t i) {
  int32_t first = leader_of(t, i);
  struct robot *b = &t->robot[first];
  const struct job *a = together_now(b) ? &t->job[b->job] : NULL;
  bool off = t->robot[i].off && t->robot[i].act != ACT_TO_CHARGER && t->robot[i].act != ACT_TO_REPAIR;
  for (int k = 0; a && k < a->robots; k++) {
    if (follows(t, (int32_t)a->robot[k])) return;
    off |= t->robot[a->robot[k]].off;
  }
  if (off) b->remaining = 0;
  else timer_set(t, timer_of(t, first), t->now, CLASS_END, true);
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
  timer_cancel(t, timer_of(t, i) + ROBOT_BATTERY);
  struct fleet_row *f = &t->fleet[b->fleet];
  t->sums.fleet[b->fleet].present += (ns_t)f->present * (t->now - f->present_since);
  f->present_since = t->now;
  f->present--;
  b->drain = 0;
  // one that was to come while this one had not gone yet
  fleet_spares(t, b->fleet);
}

static void stand_idle(struct twin *t, int32_t i) {
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
  if ((b->act == ACT_TO_POST || b->act == ACT_CARRY) && (calendar_is_set(&t->calendar, timer_of(t, i)) || follows(t, i))) {
    // called off on the way: it walks on, and may be given another job
    b->act = ACT_HOME;
    robot_idle_add(t, i);
    return;
  }
  if (t->fleet[b->fleet].drains) {
    power_book(t, i);
    if (b->charge <= t->layout->fleets[b->fleet].charge_below && power_seek(t, i, true)) return;
  }
  stand_idle(t, i);
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

// Job j takes that part in place of its own; the job that part was for takes the other.
static void exchange(struct twin *t, uint32_t j, uint32_t part) {
  struct job *a = &t->job[j];
  if (part == a->part) return;
  uint32_t other = t->part[part].job, edge = t->part[part].edge;
  t->job[other].part = a->part;
  t->part[a->part].job = other;
  t->part[part].edge = t->part[a->part].edge;
  t->part[a->part].edge = edge;
  a->part = part;
  t->part[part].job = j;
}

// Parts of one kind on one belt are alike until somebody grasps one: the robot takes the one that it can deliver
// first, and the jobs exchange their parts. Only a part that holds up the end of the belt comes first.
static int32_t meet(struct twin *t, int32_t i, uint32_t j) {
  uint32_t part = t->job[j].part;
  int32_t place = walk_meet_any(t, i, &part, t->job[j].to);
  exchange(t, j, part);
  return place;
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
    place = a->on_floor ? a->laid : t->station[a->from].kind == STATION_CONVEYOR ? meet(t, i, j) : t->stand[a->from];
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

// ---- carrying ----------------------------------------------------------------------------------------------

static ns_t pick_length(struct twin *t, int32_t i, const struct job *a) {
  struct robot *b = &t->robot[i];
  const struct fleet_row *f = &t->fleet[b->fleet];
  if (f->typed) return distribution_sample(&t->layout->fleets[b->fleet].handling, &b->handling);
  if (hands_there(t, i)) return hands_pick(t, a);
  uint8_t kind = a->on_floor ? STATION_BUFFER : t->station[a->from].kind;
  enum hand_case c = kind == STATION_CONVEYOR ? HAND_MOVING : kind == STATION_BIN ? HAND_JUMBLED : HAND_SINGLE;
  return ns_from_seconds(robot_pick_time(&make_of(t, b)->tables, HAND_TRAVEL, t->part[a->part].mass, c));
}

static ns_t place_length(struct twin *t, int32_t i, const struct job *a) {
  struct robot *b = &t->robot[i];
  const struct fleet_row *f = &t->fleet[b->fleet];
  const struct part *p = &t->part[a->part];
  const struct flow *flow = &t->layout->flows[t->edge[a->edge].flow];
  ns_t extra = 0;
  if (flow->time.given && flow->time.by_part[p->type]) extra = distribution_sample(flow->time.by_part[p->type], &t->station[a->from].makes);
  if (f->typed) return extra + distribution_sample(&t->layout->fleets[b->fleet].handling, &b->handling);
  if (hands_there(t, i)) return extra + hands_place(t, a);
  return extra + ns_from_seconds(robot_place_time(&make_of(t, b)->tables, HAND_TRAVEL, p->mass, t->layout->parts[p->type].tolerance));
}

// All robots of a job begin the same act; the first one's timer speaks for all.
static void together(struct twin *t, uint32_t j, enum robot_act act, enum primitive what, ns_t length) {
  struct job *a = &t->job[j];
  for (int k = 0; k < a->robots; k++) {
    robot_begin(t, (int32_t)a->robot[k], act, what, length);
    if (k > 0) timer_cancel(t, timer_of(t, (int32_t)a->robot[k]));
  }
}

static void pick(struct twin *t, int32_t i) {
  uint32_t j = t->robot[i].job;
  struct job *a = &t->job[j];
  a->state = JOB_RUNNING;
  if (t->options.explain) explain_job(t, j, "works", 0);
  together(t, j, ACT_PICK, DO_PICK, pick_length(t, i, a));
}

// The way from here to the target is open.
static bool can_deliver(const struct twin *t, int32_t i, const struct job *a) {
  const struct robot *b = &t->robot[i];
  int32_t k = t->fleet[b->fleet].routes;
  return k == NONE || b->place == NONE || t->stand[a->to] == NONE || routes_length(t->routes[k], b->place, t->stand[a->to]) >= 0;
}

// At the part: pick it, wait until it comes by, or go where it went.
static void at_part(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  struct job *a = &t->job[b->job];
  ns_t wait;
  if (!can_deliver(t, i, a)) {
    // a closed zone lies between: look again in a second
    begin_wait(t, i, ACT_WAIT_PART, ROBOT_WAITING_SPACE, t->now + NS_SECOND);
    return;
  }
  bool belt = !a->on_floor && t->station[a->from].kind == STATION_CONVEYOR && b->place != NONE && t->belt_stand_count[a->from] > 0;
  if (belt) exchange(t, b->job, walk_at_hand(t, a->part, b->place));
  if (!belt || walk_in_reach(t, a->part, b->place, &wait)) {
    a->there++;
    if (a->there == a->need) pick(t, (int32_t)a->robot[0]);
    else begin_wait(t, i, ACT_WAIT_PARTNER, ROBOT_WAITING_PARTNER, NS_NEVER);
    return;
  }
  if (wait != NS_NEVER) {
    begin_wait(t, i, ACT_WAIT_PART, ROBOT_WAITING_PART, wait);
    return;
  }
  int32_t place = walk_meet(t, i, a->part, a->to);
  if (place == b->place) begin_wait(t, i, ACT_WAIT_PART, ROBOT_WAITING_PART, t->now + NS_SECOND);
  else robot_walk(t, i, place, ACT_FETCH);
}

// It lies until somebody has lifted it, where there are people who do, or gets up by itself.
static void fall(struct twin *t, int32_t i, ns_t length) {
  if (!help_there(t, i, HELP_RESCUE)) {
    robot_begin(t, i, ACT_FALLEN, DO_FALL, length);
    return;
  }
  robot_begin(t, i, ACT_FALLEN, DO_WAIT, 0);
  robot_book(t, i, ROBOT_FALLEN);
  help_call(t, i, HELP_RESCUE, length);
}

static void fetched(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  const struct fleet *plan = &t->layout->fleets[b->fleet];
  bool first = !b->tried;             // once a job, however often it walks after its part
  b->tried = true;
  if (first && b->act == ACT_FETCH && plan->falls > 0 && stream_unit(&b->falls) < plan->falls) {
    FLEET_BOOK(t, b, falls, 1);
    twin_note(t, NOTE_ROBOT, i, "R%u fell", b->number);
    b->then = ACT_FETCH;
    fall(t, i, distribution_sample(&plan->falls_for, &b->falls));
    return;
  }
  if (first && b->act == ACT_FETCH && plan->gives_up > 0 && stream_unit(&b->gives_up) < plan->gives_up) {
    robot_give_up(t, i, distribution_sample(&plan->gives_up_for, &b->gives_up));
    return;
  }
  at_part(t, i);
}

static void picked(struct twin *t, int32_t i) {
  uint32_t j = t->robot[i].job;
  struct job *a = &t->job[j];
  uint32_t p = a->part;
  if (!a->on_floor) place_leave(t, p);
  a->on_floor = false;
  a->laid = NONE;
  t->part[p].state = PART_HELD;
  ns_t length = 0;
  for (int k = 0; k < a->robots; k++) {
    struct robot *b = &t->robot[a->robot[k]];
    b->held = k == 0 ? p : 0;
    b->load = t->part[p].mass / (float)a->robots;
    b->station = a->to;
    double metres, seconds = walk_time(t, (int32_t)a->robot[k], t->stand[a->to], b->load, &metres);
    ns_t one = ns_from_seconds(seconds < 0 ? 0 : seconds);
    if (one > length) length = one;
    b->from = b->place;
    b->turned = false;
    b->place = t->stand[a->to];
    b->walk_length = metres < 0 ? 0 : metres;
    FLEET_BOOK(t, b, distance, b->walk_length);
    FLEET_BOOK(t, b, picks, 1);
  }
  team_turn(t, j);
  together(t, j, ACT_CARRY, DO_WALK, length);
}

// The part is set down: the job is over.
static void set_down(struct twin *t, int32_t i) {
  uint32_t j = t->robot[i].job;
  struct job a = t->job[j];
  uint32_t p = a.part;
  t->part[p].job = 0;
  t->robot[i].held = 0;
  place_unreserve(t, a.to, t->part[p].type, true);
  place_enter(t, p, a.to);
  job_free(t, j);
  for (int k = 0; k < a.robots; k++) robot_done(t, (int32_t)a.robot[k]);
}

static void placed(struct twin *t, int32_t i) {
  struct job *a = &t->job[t->robot[i].job];
  int32_t s = a->to;
  if (t->station[s].kind == STATION_CONVEYOR && !belt_room(t, s, false)) {
    t->belt[t->station[s].belt].droppers++;
    for (int k = 0; k < a->robots; k++) begin_wait(t, (int32_t)a->robot[k], ACT_WAIT_SPACE, ROBOT_WAITING_SPACE, NS_NEVER);
    return;
  }
  set_down(t, i);
}

void robots_gap(struct twin *t, int32_t s) {
  if (!belt_gap(t, s)) return;
  int32_t first = NONE;
  for (int32_t i = 0; i < t->robots; i++) {
    const struct robot *r = &t->robot[i];
    if (r->act != ACT_WAIT_SPACE || t->job[r->job].to != s || t->job[r->job].robot[0] != (uint32_t)i) continue;
    if (first == NONE || r->act_start < t->robot[first].act_start) first = i;
  }
  if (first == NONE) return;
  t->belt[t->station[s].belt].droppers--;
  set_down(t, first);
}

// ---- posts ----------------------------------------------------------------------------------------------

static void job_drop_robot(struct job *a, int32_t i) {
  for (int k = 0; k < a->robots; k++)
    if (a->robot[k] == (uint32_t)i) {
      a->robot[k] = a->robot[--a->robots];
      return;
    }
}

// The robot goes from its post; whoever is needed is called anew.
static void leave_post(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  uint32_t j = b->job;
  struct job *a = &t->job[j];
  int32_t v = a->server;
  bool posted = b->posted;
  job_drop_robot(a, i);
  if (a->there > 0) a->there--;
  if (a->kind == JOB_HELP) {
    broken_helper_left(t, j);
  } else if (a->kind == JOB_MEND) {
    // a repair that has begun runs on by itself
    if (t->server[v].down & 4) {
      job_release_again(t, j);
    } else {
      t->server[v].mender = 0;
      job_free(t, j);
    }
  } else if (posted) {
    if (a->robots == 0) {
      t->server[v].job = 0;
      job_free(t, j);
    }
  } else {
    server_crew(t, v, -1);
  }
}

void robot_drop_job(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  uint32_t j = b->job;
  struct job *a = &t->job[j];
  if (b->act == ACT_POST) {
    leave_post(t, i);
  } else {
    bool picked_together = b->act == ACT_PICK;
    if (picked_together) timer_cancel(t, timer_of(t, leader_of(t, i)));
    if (b->act == ACT_WAIT_PARTNER || picked_together) a->there--;
    job_drop_robot(a, i);
    // who began to pick with it waits for another one
    for (int k = 0; picked_together && k < a->robots; k++) begin_wait(t, (int32_t)a->robot[k], ACT_WAIT_PARTNER, ROBOT_WAITING_PARTNER, NS_NEVER);
    if (a->state != JOB_RELEASED) job_release_again(t, j);
    t->dispatch_wanted = true;
  }
  b->job = 0;
  b->load = 0;
  team_leave(t, i);
  b->posted = b->relief_called = false;
  b->station = NONE;
}

static void relieve(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  uint32_t j = b->job;
  int32_t v = t->job[j].server;
  uint32_t post = t->server[v].job;
  int32_t old = NONE;
  if (post && post != j)
    for (int k = 0; k < t->job[post].robots && old == NONE; k++) {
      struct robot *o = &t->robot[t->job[post].robot[k]];
      if (o->act == ACT_POST && o->relief_called) {
        old = (int32_t)t->job[post].robot[k];
        t->job[post].robot[k] = (uint32_t)i;
      }
    }
  if (old == NONE) {
    // whoever called is gone: take the post if it is still wanted
    job_free(t, j);
    b->job = 0;
    robot_done(t, i);
    return;
  }
  job_free(t, j);
  b->job = post;
  b->posted = t->robot[old].posted;
  b->team = t->robot[old].team, b->teams = t->robot[old].teams;
  robot_begin(t, i, ACT_POST, DO_WAIT, 0);
  robot_book(t, i, (enum robot_cause)t->robot[old].cause);
  robot_done(t, old);
}

static void at_post(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  struct job *a = &t->job[b->job];
  if (a->kind == JOB_RELIEF) {
    relieve(t, i);
    return;
  }
  robot_begin(t, i, ACT_POST, DO_WAIT, 0);
  robot_book(t, i, a->kind == JOB_MEND ? ROBOT_REPAIR : ROBOT_WAITING_PARTNER);
  a->there++;
  if (a->kind == JOB_HELP) {
    a->state = JOB_RUNNING;
    if (t->options.explain) explain_job(t, b->job, "works", 0);
    robot_book(t, i, ROBOT_WORKING);
    broken_helped(t, b->job);
    return;
  }
  if (a->kind == JOB_MEND) {
    a->state = JOB_RUNNING;
    if (t->options.explain) explain_job(t, b->job, "works", 0);
    robot_book(t, i, ROBOT_WORKING);
    server_mend_begins(t, a->server);
    return;
  }
  if (a->there >= a->need) {
    a->state = JOB_RUNNING;
    if (t->options.explain) explain_job(t, b->job, "works", 0);
  }
  server_crew(t, a->server, 1);
  crew_book(t, a->server, (enum station_cause)t->server[a->server].cause);
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
      leave_post(t, i);
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

void robot_put_down(struct twin *t, int32_t i) {
  uint32_t j = t->robot[i].job;
  const struct job *a = &t->job[j];
  for (int k = 0; k < a->robots; k++) t->robot[a->robot[k]].from = t->robot[a->robot[k]].place;
  together(t, j, ACT_PLACE, DO_PLACE, place_length(t, i, a));
}

// ---- the door: done ----------------------------------------------------------------------------------------

void robot_done_timer(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  if (broken_rests(t, i)) return;
  switch ((enum robot_act)b->act) {
    case ACT_FETCH:
      b->from = b->place;
      if (bays_enter(t, i)) fetched(t, i);
      break;
    case ACT_WAIT_PART:  at_part(t, i); break;
    case ACT_PICK:       picked(t, i); break;
    case ACT_CARRY:
      if (bays_enter(t, i)) robot_put_down(t, i);
      break;
    case ACT_PLACE:      placed(t, i); break;
    case ACT_TO_POST:    b->from = b->place; at_post(t, i); break;
    case ACT_FALLEN:
      if (body_stepped(t, i)) {
        body_rise(t, i);
        break;
      }
      b->act = b->then; at_part(t, i); break;
    case ACT_GAVE_UP:    b->act = b->then; at_part(t, i); break;
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
      if (b->leaving) robot_gone(t, i); else stand_idle(t, i);
      break;
    default: assert(!"a timer of an act that has none");
  }
}

// ---- shifts, adding, removing ----------------------------------------------------------------------------

void robot_pause(struct twin *t, int32_t i) {
  int32_t first = leader_of(t, i);
  if (bays_waits(t, i)) {
    // it leaves the line, and asks again when it goes on
    bays_leave(t, i);
    t->robot[i].remaining = t->robot[i].act_length = 0;
    return;
  }
  uint32_t timer = timer_of(t, first);
  if (!calendar_is_set(&t->calendar, timer)) return;
  t->robot[first].remaining = calendar_time(&t->calendar, timer) - t->now;
  timer_cancel(t, timer);
  if (!together_now(&t->robot[i])) return;
  const struct job *a = &t->job[t->robot[i].job];
  for (int k = 0; k < a->robots; k++) robot_book(t, (int32_t)a->robot[k], ROBOT_WAITING_PARTNER);
}

void robot_go_on(struct twin *t, int32_t i) {
  int32_t first = leader_of(t, i);
  struct robot *b = &t->robot[first];
  if (b->remaining < 0 || b->act == ACT_BROKEN || b->stopped) return;
  if (together_now(b)) {
    const struct job *a = &t->job[b->job];
    for (int k = 0; k < a->robots; k++)
      if (t->robot[a->robot[k]].off || t->robot[a->robot[k]].stopped) return;
    for (int k = 0; k < a->robots; k++) robot_book(t, (int32_t)a->robot[k], b->act == ACT_CARRY ? ROBOT_WALKING : ROBOT_WORKING);
  }
  b->act_start = t->now + b->remaining - b->act_length;
  timer_set(t, timer_of(t, first), t->now + b->remaining, CLASS_END, true);
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

static void robot_off(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  if (b->act == ACT_GONE || b->off) return;
  robot_idle_remove(t, i);
  if (b->act == ACT_POST) {
    leave_post(t, i);
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

static void robot_on(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  if (b->act == ACT_GONE || !b->off) return;
  b->off = false;
  power_book(t, i);
  robot_cause(t, i);
  robot_go_on(t, i);
  if (together_now(b) && t->robot[leader_of(t, i)].remaining >= 0) robot_book(t, i, ROBOT_WAITING_PARTNER);
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
  stand_idle(t, i);
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

// Idle ones go at once, the others when their job is done; those with the largest numbers first.
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
