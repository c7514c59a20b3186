// What holds the line back, in plain words.
//
// A bottleneck is busy nearly always, what feeds it is blocked and what follows it is starved (the
// arrow rule of Kuo, Lim & Meerkov, Math. Probl. Eng. 1996). Candidates are machines, fleets, and a
// source whose arrivals set the pace; they are ranked by their busy share of the time on shift.
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/measure/groups.h"

struct candidate { double score; int group, fleet; };

// words of at most `size` bytes, cut rather than overrun
struct words { char *text; size_t size, used; };

// "NAME is blocked 41 %": skipped when too small to matter
static void say(struct words *w, const char *name, const char *verb, double share) {
  if (!(share >= 0.005) || w->used >= w->size) return;
  int n = snprintf(w->text + w->used, w->size - w->used, "%s%s%s %.0f %%", w->used ? ", " : "", name, verb, 100 * share);
  if (n > 0) w->used += (size_t)n;
  if (w->used >= w->size) w->used = w->size - 1;
}

// nearest machines up (or down) the flows from a group, through everything that only holds parts;
// returns the one with the largest share of `cause`, or NONE
static int neighbour(const struct outcome *o, int group, bool up, enum station_cause cause, double *share) {
  const struct layout *l = o->index->layout;
  int *queue = calloc((size_t)l->group_count, sizeof *queue), head = 0, tail = 0, best = NONE;
  bool *seen = calloc((size_t)l->group_count, sizeof *seen);
  assert(queue);
  assert(seen);
  queue[tail++] = group;
  seen[group] = true;
  *share = 0;
  while (head < tail) {
    int g = queue[head++];
    for (int i = 0; i < l->flow_count; i++) {
      int next = up ? (l->flows[i].to == g ? l->flows[i].from : NONE) : (l->flows[i].from == g ? l->flows[i].to : NONE);
      if (next == NONE || seen[next]) continue;
      seen[next] = true;
      if (!station_is_machine(l->stations[l->groups[next].first].kind)) { queue[tail++] = next; continue; }
      double v = group_mean(o, next, STATION_SHARES + (int)cause);
      if (v > *share) { *share = v; best = next; }
    }
  }
  free(queue);
  free(seen);
  return best;
}

static void explain_group(const struct outcome *o, int group, struct words *w) {
  const struct layout *l = o->index->layout;
  static const struct { enum station_cause cause; const char *word; } own[] = {
    {STATION_WORKING, "working"}, {STATION_SETUP, "set-up"}, {STATION_DOWN, "down"}, {STATION_WAITING_ROBOT, "waiting for a robot"},
    {STATION_STARVED, "starved"}, {STATION_BLOCKED, "blocked"}};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) say(w, own[i].word, "", group_mean(o, group, STATION_SHARES + (int)own[i].cause));
  double share;
  int g = neighbour(o, group, true, STATION_BLOCKED, &share);
  if (g != NONE) say(w, l->groups[g].name, " before it is blocked", share);
  g = neighbour(o, group, false, STATION_STARVED, &share);
  if (g != NONE) say(w, l->groups[g].name, " after it is starved", share);
}

static void explain_fleet(const struct outcome *o, int fleet, struct words *w) {
  const struct layout *l = o->index->layout;
  static const struct { enum robot_cause cause; const char *word; } own[] = {
    {ROBOT_WORKING, "working"}, {ROBOT_WALKING, "walking"}, {ROBOT_TRAFFIC, "in traffic"}, {ROBOT_CHARGING, "charging"},
    {ROBOT_WAITING_CHARGER, "waiting for a charger"}, {ROBOT_FALLEN, "fallen"}, {ROBOT_REPAIR, "in repair"}};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) say(w, own[i].word, "", o->estimate[result_fleet(o->index, fleet, (int)own[i].cause)].mean);
  int worst = NONE;
  double most = 0;
  for (int g = 0; g < l->group_count; g++) {
    if (!group_whole(l, g)) continue;
    double v = group_mean(o, g, STATION_SHARES + STATION_WAITING_ROBOT);
    if (v > most) { most = v; worst = g; }
  }
  if (worst != NONE) say(w, l->groups[worst].name, " waits for a robot", most);
}

static void explain_source(const struct outcome *o, int group, struct words *w) {
  const struct layout *l = o->index->layout;
  double share;
  int n = snprintf(w->text, w->size, "arrivals set the pace");
  w->used = (size_t)n;
  int g = neighbour(o, group, false, STATION_STARVED, &share);
  if (g != NONE) say(w, l->groups[g].name, " after it is starved", share);
}

// parts come at a given pace and the line takes them all
static bool paces(const struct outcome *o, int group) {
  const struct station *s = &o->index->layout->stations[o->index->layout->groups[group].first];
  if (s->kind != STATION_SOURCE || !s->every.given) return false;
  double blocked = group_mean(o, group, STATION_SHARES + STATION_BLOCKED);
  return outcome_mean(o, "kpi.lost") == 0 && !(blocked > 0.05);
}

static int by_score(const void *a, const void *b) {
  const struct candidate *x = a, *y = b;
  if (x->score != y->score) return x->score > y->score ? -1 : 1;
  // file order, stations first
  int p = x->group == NONE ? 1 << 24 : x->group, q = y->group == NONE ? 1 << 24 : y->group;
  return p != q ? p - q : x->fleet - y->fleet;
}

int bottleneck_find(const struct outcome *o, struct bottleneck out[3]) {
  const struct layout *l = o->index->layout;
  if (!o->estimate) return 0;
  struct candidate *c = calloc((size_t)(l->group_count + l->fleet_count + 1), sizeof *c);
  assert(c);
  int n = 0;
  for (int g = 0; g < l->group_count; g++)
    if (group_whole(l, g) && station_is_machine(l->stations[l->groups[g].first].kind)) c[n++] = (struct candidate){group_busy(o, g), g, NONE};
  for (int f = 0; f < l->fleet_count; f++) c[n++] = (struct candidate){fleet_busy(o, f), NONE, f};

  // without a number there is nothing to say; nearly idle is no bottleneck
  int kept = 0;
  for (int i = 0; i < n; i++) if (c[i].score > 0.5) c[kept++] = c[i];
  qsort(c, (size_t)kept, sizeof *c, by_score);

  // everybody has time left: then what arrives is what comes out
  int said = 0;
  if (kept == 0 || c[0].score < 0.9) {
    for (int g = 0; g < l->group_count && said == 0; g++) {
      if (!group_whole(l, g) || !paces(o, g)) continue;
      struct words w = {out[said].why, sizeof out->why, 0};
      explain_source(o, g, &w);
      out[said++].name = l->groups[g].name;
    }
  }
  // then the busiest, and those hardly less busy than it
  for (int i = 0; i < kept && said < 3; i++) {
    if (i > 0 && c[i].score < c[0].score - 0.1) break;
    struct words w = {out[said].why, sizeof out->why, 0};
    out[said].why[0] = 0;
    if (c[i].group != NONE) explain_group(o, c[i].group, &w); else explain_fleet(o, c[i].fleet, &w);
    out[said++].name = c[i].group != NONE ? l->groups[c[i].group].name : l->fleets[c[i].fleet].name;
  }
  free(c);
  return said;
}
