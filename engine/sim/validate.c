// Invariants of the whole state, counted from the ground: what is broken here is our own mistake.
#include <stdio.h>
#include <stdlib.h>

#include "engine/sim/bays.h"
#include "engine/sim/body_clear.h"
#include "engine/sim/broken.h"
#include "engine/sim/motion.h"
#include "engine/sim/seeing.h"
#include "engine/sim/work.h"

static const char *say(struct twin *t, const char *what, int64_t a, int64_t b) {
  snprintf(t->why, sizeof t->why, "%s: %lld against %lld at %.9f s", what, (long long)a, (long long)b, ns_to_seconds(t->now));
  return t->why;
}

static const char *check_parts(struct twin *t) {
  const struct layout *l = t->layout;
  int64_t in_line = 0, live = 0;
  for (int32_t s = 0; s < l->station_count; s++) {
    int64_t there = 0;
    for (uint32_t p = 1; p <= t->part_top; p++) {
      const struct part *a = &t->part[p];
      if (a->state != PART_FREE && a->state != PART_TRANSIT && a->state != PART_HELD && a->state != PART_LAID && a->station == s) there++;
    }
    if (there != t->station[s].count) return say(t, l->stations[s].name, there, t->station[s].count);
    if (l->stations[s].kind <= STATION_BIN && l->stations[s].kind >= STATION_BUFFER && there > l->stations[s].capacity && t->adoptions == 0) return say(t, "more parts than the buffer holds", there, l->stations[s].capacity);
  }
  for (uint32_t p = 1; p <= t->part_top; p++) {
    const struct part *a = &t->part[p];
    if (a->state == PART_FREE) continue;
    live++;
    bool in_source = t->station[a->station].kind == STATION_SOURCE && a->state != PART_TRANSIT && a->state != PART_HELD && a->state != PART_LAID;
    in_line += !in_source;
  }
  if (live != t->parts_live) return say(t, "live parts", live, t->parts_live);
  if (in_line != t->wip) return say(t, "parts in the line", in_line, t->wip);
  if (t->created - t->retired != t->wip) return say(t, "parts in = parts out + parts in the line", t->created - t->retired, t->wip);
  return NULL;
}

static const char *check_wrong(struct twin *t) {
  int64_t there = seeing_count(t) + t->wrong_out, all = t->sums.line.missorted - t->sums.line.found, taken = 0;
  for (uint32_t p = 1; p <= t->part_top; p++) taken += t->part[p].state != PART_FREE && t->part[p].is != t->part[p].type && t->part[p].wrong == 0;
  if (taken) return say(t, "parts that are not what they go as, and not counted as wrong", taken, 0);
  return there == all ? NULL : say(t, "sorted wrongly, and where they are", all, there);
}

static const char *check_ways(struct twin *t) {
  for (int32_t w = 0; w < t->ways; w++) {
    const struct way *y = &t->way[w];
    uint32_t n = 0, last = 0;
    for (uint32_t p = y->head; p; last = p, p = t->part[p].next) {
      n++;
      if (t->part[p].way != w || t->part[p].prev != last) return say(t, "links of a way", w, p);
      if (t->part[p].state != PART_READY && t->part[p].state != PART_BEFORE) return say(t, "state of a waiting part", t->part[p].state, PART_READY);
    }
    if (n != y->count || last != (y->count ? y->tail : 0)) return say(t, "parts in a way", n, y->count);
    for (uint32_t e = y->first_edge; e < y->first_edge + y->edges; e++)
      if ((t->edge[e].active_at != 0) != (y->count > 0)) return say(t, "active edges", e, y->count);
  }
  return NULL;
}

static const char *check_servers(struct twin *t) {
  const struct layout *l = t->layout;
  for (int32_t s = 0; s < l->station_count; s++) {
    const struct station_row *r = &t->station[s];
    ns_t booked = 0;
    int idle = 0;
    for (int c = 0; c < STATION_CAUSES; c++) booked += t->sums.station[s].cause[c];
    for (int32_t i = r->first_server; i < r->first_server + r->servers; i++) {
      booked += t->now - t->server[i].cause_since;
      idle += t->server[i].phase == PHASE_IDLE;
    }
    if (booked != t->now * r->servers) return say(t, "seconds of a station", booked, t->now * r->servers);
    if (idle != r->idle_servers) return say(t, "idle servers", idle, r->idle_servers);
    if (r->incoming < 0) return say(t, "room kept", r->incoming, 0);
  }
  return NULL;
}

static const char *check_robots(struct twin *t) {
  for (int32_t f = 0; f < t->layout->fleet_count; f++) {
    ns_t booked = 0, present = t->sums.fleet[f].present + (ns_t)t->fleet[f].present * (t->now - t->fleet[f].present_since);
    int here = 0, broken_ones = 0;
    for (int c = 0; c < ROBOT_CAUSES; c++) booked += t->sums.fleet[f].cause[c];
    for (int32_t i = t->fleet[f].first_robot; i < t->fleet[f].first_robot + t->fleet[f].robots; i++) {
      const struct robot *b = &t->robot[i];
      if (b->act == ACT_GONE) continue;
      here++;
      broken_ones += robot_is_broken(t, i);
      booked += t->now - b->cause_since;
      if (!(b->charge >= 0 && b->charge <= 1)) return say(t, "charge in parts of 1e9", (int64_t)(b->charge * 1e9), i);
      if (b->job && t->job[b->job].state == JOB_FREE) return say(t, "a robot with a job that is over", i, b->job);
      if (b->idle_at && t->idle_robot[b->idle_at - 1] != i) return say(t, "columns of the idle", i, b->idle_at);
      if (b->idle_at && b->job) return say(t, "an idle robot with a job", i, b->job);
      const char *broken = broken_check(t, i);
      if (broken) return say(t, broken, i, b->act);
    }
    if (broken_ones != t->fleet[f].broken) return say(t, "broken robots", broken_ones, t->fleet[f].broken);
    if (here != t->fleet[f].present) return say(t, "robots here", here, t->fleet[f].present);
    if (booked != present) return say(t, "seconds of a fleet", booked, present);
  }
  uint32_t waiting = 0;
  for (int32_t k = 0; k < t->lists; k++)
    for (uint32_t j = t->list[k].head; j; j = t->job[j].next) {
      waiting++;
      if (t->job[j].state != JOB_RELEASED) return say(t, "state of a waiting job", t->job[j].state, JOB_RELEASED);
    }
  if (waiting != t->jobs_waiting) return say(t, "waiting jobs", waiting, t->jobs_waiting);
  return NULL;
}

static const char *check_orders(struct twin *t) {
  int64_t of = 0, live = 0, released = 0, left = 0;
  for (uint32_t p = 1; p <= t->part_top; p++) of += t->part[p].state != PART_FREE && t->part[p].order;
  for (int k = 0; k < t->layout->order_count; k++) {
    const struct order_row *r = &t->order[k];
    live += r->live;
    left += r->left;
    released += r->ended >= 0 && (r->live > 0 || r->left > 0);
  }
  if (of != live) return say(t, "parts of orders", of, live);
  if (released) return say(t, "orders that have ended with parts in the line", released, 0);
  if (left < 0) return say(t, "parts of orders to release", left, 0);
  return NULL;
}

// Each job is in exactly one state, and so is what it is about: a waiting job stands in its list once, everybody who is on it knows it,
// and the part of a carrying job lies in its place, in a robot's hands or where it was laid down.
static const char *check_job(struct twin *t, uint32_t j, int on_it, bool listed) {
  const struct job *a = &t->job[j];
  if (a->state == JOB_FREE) return on_it || listed ? say(t, "a job that is over but not left", j, on_it) : NULL;
  if (listed != (a->state == JOB_RELEASED)) return say(t, "a waiting job out of its list, or another in it", j, a->state);
  if (on_it != a->robots) return say(t, "robots on a job", on_it, a->robots);
  if (a->robots > a->need || (a->state != JOB_RELEASED && a->robots == 0)) return say(t, "robots of a job", a->robots, a->need);
  for (int k = 0; k < a->robots; k++)
    if (t->robot[a->robot[k]].job != j) return say(t, "a robot that does not know its job", a->robot[k], j);
  if (a->kind != JOB_CARRY) return NULL;
  const struct part *p = &t->part[a->part];
  if (p->job != j) return say(t, "a part that does not know its job", a->part, j);
  bool held = a->robots > 0 && t->robot[a->robot[0]].held == a->part;
  uint8_t state = held ? PART_HELD : a->on_floor ? PART_LAID : PART_RESERVED;
  return p->state == state ? NULL : say(t, "state of a part with a job", p->state, state);
}

static const char *check_jobs(struct twin *t) {
  size_t n = (size_t)t->job_top + 1;
  int32_t *on_it = calloc(n, sizeof *on_it);
  bool *listed = calloc(n, sizeof *listed);
  const char *broken = NULL;
  if (on_it && listed) {
    for (int32_t i = 0; i < t->robots; i++)
      if (t->robot[i].act != ACT_GONE) on_it[t->robot[i].job]++;
    for (int32_t k = 0; k < t->lists; k++)
      for (uint32_t j = t->list[k].head; j; j = t->job[j].next) {
        if (listed[j]) broken = say(t, "a job that waits twice", j, k);
        listed[j] = true;
      }
    for (uint32_t j = 1; j <= t->job_top && !broken; j++) broken = check_job(t, j, on_it[j], listed[j]);
    int64_t of_parts = 0, of_jobs = 0;
    for (uint32_t p = 1; p <= t->part_top; p++) of_parts += t->part[p].state == PART_RESERVED || t->part[p].state == PART_HELD || t->part[p].state == PART_LAID;
    for (uint32_t j = 1; j <= t->job_top; j++) of_jobs += t->job[j].state != JOB_FREE && t->job[j].kind == JOB_CARRY;
    if (!broken && of_parts != of_jobs) broken = say(t, "parts to be carried against jobs", of_parts, of_jobs);
  }
  free(on_it);
  free(listed);
  return broken;
}

const char *twin_validate(struct twin *t) {
  if (!calendar_valid(&t->calendar)) return say(t, "the calendar is out of order", 0, 0);
  const char *broken = check_parts(t);
  if (!broken) broken = check_ways(t);
  if (!broken) broken = check_servers(t);
  if (!broken) broken = check_robots(t);
  if (!broken) broken = bays_validate(t);
  const char *inside = broken ? NULL : t->motion ? motion_validate(t) : t->body ? clear_validate(t) : NULL;
  if (inside) {
    snprintf(t->why, sizeof t->why, "%s at %.9f s", inside, ns_to_seconds(t->now));
    broken = t->why;
  }
  if (!broken) broken = check_wrong(t);
  if (!broken) broken = check_orders(t);
  if (!broken) broken = check_jobs(t);
  if (!broken) broken = work_check(t);
  return broken;
}
