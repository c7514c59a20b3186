#include "engine/sim/carry.h"

#include "engine/sim/belt.h"
#include "engine/sim/broken.h"
#include "engine/sim/explain.h"
#include "engine/sim/hands.h"
#include "engine/sim/job.h"
#include "engine/sim/place.h"
#include "engine/sim/robot.h"
#include "engine/sim/team.h"
#include "engine/sim/walk.h"

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
int32_t carry_meet(struct twin *t, int32_t i, uint32_t j) {
  uint32_t part = t->job[j].part;
  int32_t place = walk_meet_any(t, i, &part, t->job[j].to);
  exchange(t, j, part);
  return place;
}

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

static void pick(struct twin *t, int32_t i) {
  uint32_t j = t->robot[i].job;
  struct job *a = &t->job[j];
  a->state = JOB_RUNNING;
  if (t->options.explain) explain_job(t, j, "works", 0);
  robots_begin(t, j, ACT_PICK, DO_PICK, pick_length(t, i, a));
}

// The way from here to the target is open.
static bool can_deliver(const struct twin *t, int32_t i, const struct job *a) {
  const struct robot *b = &t->robot[i];
  int32_t k = t->fleet[b->fleet].routes;
  return k == NONE || b->place == NONE || t->stand[a->to] == NONE || routes_length(t->routes[k], b->place, t->stand[a->to]) >= 0;
}

void carry_at_part(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  struct job *a = &t->job[b->job];
  ns_t wait;
  if (!can_deliver(t, i, a)) {
    // a closed zone lies between: look again in a second
    robot_wait(t, i, ACT_WAIT_PART, ROBOT_WAITING_SPACE, t->now + NS_SECOND);
    return;
  }
  bool belt = !a->on_floor && t->station[a->from].kind == STATION_CONVEYOR && b->place != NONE && t->belt_stand_count[a->from] > 0;
  if (belt) exchange(t, b->job, walk_at_hand(t, a->part, b->place));
  if (!belt || walk_in_reach(t, a->part, b->place, &wait)) {
    a->there++;
    if (a->there == a->need) pick(t, (int32_t)a->robot[0]);
    else robot_wait(t, i, ACT_WAIT_PARTNER, ROBOT_WAITING_PARTNER, NS_NEVER);
    return;
  }
  if (wait != NS_NEVER) {
    robot_wait(t, i, ACT_WAIT_PART, ROBOT_WAITING_PART, wait);
    return;
  }
  int32_t place = walk_meet(t, i, a->part, a->to);
  if (place == b->place) robot_wait(t, i, ACT_WAIT_PART, ROBOT_WAITING_PART, t->now + NS_SECOND);
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

void carry_fetched(struct twin *t, int32_t i) {
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
  carry_at_part(t, i);
}

void carry_picked(struct twin *t, int32_t i) {
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
  robots_begin(t, j, ACT_CARRY, DO_WALK, length);
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

void carry_placed(struct twin *t, int32_t i) {
  struct job *a = &t->job[t->robot[i].job];
  int32_t s = a->to;
  if (t->station[s].kind == STATION_CONVEYOR && !belt_room(t, s, false)) {
    t->belt[t->station[s].belt].droppers++;
    for (int k = 0; k < a->robots; k++) robot_wait(t, (int32_t)a->robot[k], ACT_WAIT_SPACE, ROBOT_WAITING_SPACE, NS_NEVER);
    return;
  }
  set_down(t, i);
}

void carry_gap(struct twin *t, int32_t s) {
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

void carry_put_down(struct twin *t, int32_t i) {
  uint32_t j = t->robot[i].job;
  const struct job *a = &t->job[j];
  for (int k = 0; k < a->robots; k++) t->robot[a->robot[k]].from = t->robot[a->robot[k]].place;
  robots_begin(t, j, ACT_PLACE, DO_PLACE, place_length(t, i, a));
}
