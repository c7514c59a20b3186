#include "engine/sim/able.h"

#include <stdio.h>
#include <string.h>

#include "engine/sim/explain.h"
#include "engine/sim/robot.h"

// kg that one of the fleet carries, in the strongest of its revisions
static double most_of(const struct twin *t, int fleet) {
  const struct fleet_row *f = &t->fleet[fleet];
  double most = 0;
  for (int32_t m = f->first_make; !f->typed && m < f->first_make + f->makes; m++)
    if (t->make[m].tables.load_max > most) most = t->make[m].tables.load_max;
  return most;
}

uint64_t able_to_carry(const struct twin *t, uint64_t fleets, double mass, int robots) {
  uint64_t able = 0;
  for (uint64_t f = fleets; f; f &= f - 1) {
    int k = __builtin_ctzll(f);
    if (t->fleet[k].typed || mass <= most_of(t, k) * robots * (1 + 1e-6)) able |= UINT64_C(1) << k;
  }
  return able;
}

static uint64_t asked_fleets(const struct twin *t, const struct job *a) {
  if (a->kind != JOB_CARRY) return t->list[a->list].fleets;
  return t->list[t->edge[a->edge].list].fleets;
}

static const char *name_of(const struct twin *t, uint64_t fleets) { return fleets ? t->layout->fleets[__builtin_ctzll(fleets)].name : "its fleets"; }

// Robots of those fleets that are in the hall, or come by an event that is still ahead.
static int come(const struct twin *t, uint64_t fleets) {
  const struct layout *l = t->layout;
  int n = 0;
  for (int32_t i = 0; i < t->robots; i++) n += t->robot[i].act != ACT_GONE && !t->robot[i].leaving && (fleets >> t->robot[i].fleet & 1);
  for (int k = t->next_happening; k < l->happening_count; k++)
    if (l->happenings[k].kind == HAPPENING_ADD && (fleets >> l->happenings[k].fleet & 1)) n += l->happenings[k].count;
  return n;
}

// Somebody of those fleets can get to where the job begins, and on to where it ends.
static bool way_leads(struct twin *t, uint32_t j, uint64_t fleets) {
  const struct job *a = &t->job[j];
  int32_t begin = robots_job_place(t, j), end = a->kind == JOB_CARRY ? t->stand[a->to] : NONE;
  for (int32_t i = 0; i < t->robots; i++) {
    const struct robot *b = &t->robot[i];
    if (b->act == ACT_GONE || !(fleets >> b->fleet & 1)) continue;
    int32_t set = t->fleet[b->fleet].routes;
    if (set == NONE || begin == NONE || b->place == NONE) return true;
    if (routes_length(t->routes[set], b->place, begin) < 0) continue;
    if (end == NONE || routes_length(t->routes[set], begin, end) >= 0) return true;
  }
  return false;
}

bool able_never(const struct twin *twin, uint32_t j, char *why, size_t size) {
  struct twin *t = (struct twin *)twin;         // places of jobs are looked up, nothing is changed
  const struct job *a = &t->job[j];
  uint64_t asked = asked_fleets(t, a), able = t->list[a->list].fleets;
  if (asked && !able) {
    double most = 0;
    for (uint64_t f = asked; f; f &= f - 1)
      if (most_of(t, __builtin_ctzll(f)) > most) most = most_of(t, __builtin_ctzll(f));
    snprintf(why, size, "%.4g kg for each of %d is more than %.60s can carry, %.4g kg", (double)t->part[a->part].mass / a->need, a->need, name_of(t, asked), most);
    return true;
  }
  int there = come(t, able);
  if (there < a->need) {
    if (there == 0) snprintf(why, size, "nobody of %.60s is there, and nobody will be added", name_of(t, able));
    else snprintf(why, size, "it needs %d together, and %.60s has %d", a->need, name_of(t, able), there);
    return true;
  }
  bool opens = false;
  for (int k = t->next_happening; k < t->layout->happening_count; k++) opens = opens || t->layout->happenings[k].kind == HAPPENING_OPEN;
  if (opens || way_leads(t, j, able)) return false;
  snprintf(why, size, "no way leads there for %.60s", name_of(t, able));
  return true;
}

int twin_undone(struct twin *t, struct undone *out, int max) {
  int n = 0;
  for (int32_t k = 0; k < t->lists; k++)
    for (uint32_t j = t->list[k].head; j; j = t->job[j].next) {
      struct undone u = {.count = 1};
      if (!able_never(t, j, u.why, sizeof u.why)) continue;
      explain_what(t, j, u.what, sizeof u.what);
      int i = 0;
      while (i < n && (strcmp(out[i].what, u.what) != 0 || strcmp(out[i].why, u.why) != 0)) i++;
      if (i < n) out[i].count++;
      else if (n < max) out[n++] = u;
    }
  return n;
}
