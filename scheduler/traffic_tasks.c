#include "scheduler/traffic_tasks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/assignment.h"
#include "scheduler/traffic_pick.h"

#define NONE     TRAFFIC_NONE
#define STICKY   (TRAFFIC_UNIT / 2)     // what a change of tasks must save
#define LATE     100000.0               // for a task that cannot be done in time
#define UNDONE   1e7                    // for a robot without a task: never by choice

struct traffic_tasks {
  struct traffic_task_list    list;
  struct traffic_tasks_params params;
  struct traffic *traffic;
  int32_t *task_of;                 // (robots)
  int32_t *owner;                   // (count)
  uint8_t *done;                    // (count)   errands done, at most 255
  double  *length;                  // (count)   cost of the errands behind the first when first asked for, guidance of then included; < 0: not yet
  double  *price;                   // (count)   of the last matching
  // open: visible, not begun                                              (visible_max)
  int32_t *open, opens, seen;       // seen: tasks visible so far
  int32_t *x, *y;                   // (visible_max) of the first errand
  double  *behind;                  // (visible_max) share of the errands behind it
  // a matching: jobs are robots, what they get are open tasks
  struct assignment *assignment;
  int32_t *robot;                   // (robots)  that may choose
  int32_t *first, *pair, *got;      // (robots + 1), (robots x candidates), (robots)
  double  *cost, *skip, *row_price; // (robots x candidates), (robots), (visible_max)
  int32_t *row_of;                  // (count)   row of an open task
  struct pick *pick;                // (visible_max)
  struct patches *patches;          // of the open tasks; NULL: the grid is so small that all are valued
  // how long what was ideal took: the sum of both over tasks done
  double   ideal, taken;
  int32_t *begun;                   // (robots)  step in which its first errand was done
  int32_t  now;
};

struct traffic_tasks_params traffic_tasks_defaults(int32_t robots, int32_t visible_max) {
  return (struct traffic_tasks_params){.robots = robots, .visible_max = visible_max, .candidates = 48, .share = 0.3};
}

struct traffic_tasks *traffic_tasks_create(const struct traffic_task_list *list, const struct traffic_tasks_params *p, struct traffic *traffic) {
  struct traffic_tasks *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->list = *list;
  s->params = *p;
  s->traffic = traffic;
  size_t robots = (size_t)p->robots, count = (size_t)list->count + 1, open = (size_t)p->visible_max + 1, pairs = robots * (size_t)p->candidates + 1;
  s->task_of = malloc(robots * sizeof *s->task_of);
  s->owner = malloc(count * sizeof *s->owner);
  s->done = calloc(count, 1);
  s->length = malloc(count * sizeof *s->length);
  s->price = calloc(count, sizeof *s->price);
  s->open = malloc(open * sizeof *s->open);
  s->x = malloc(open * sizeof *s->x);
  s->y = malloc(open * sizeof *s->y);
  s->behind = malloc(open * sizeof *s->behind);
  s->robot = malloc(robots * sizeof *s->robot);
  s->first = malloc((robots + 1) * sizeof *s->first);
  s->pair = malloc(pairs * sizeof *s->pair);
  s->got = malloc(robots * sizeof *s->got);
  s->cost = malloc(pairs * sizeof *s->cost);
  s->skip = malloc(robots * sizeof *s->skip);
  s->row_price = malloc(open * sizeof *s->row_price);
  s->row_of = malloc(count * sizeof *s->row_of);
  s->pick = malloc(open * sizeof *s->pick);
  s->begun = calloc(robots, sizeof *s->begun);
  if (!traffic_is_small(traffic)) s->patches = pick_create(traffic_width(traffic), traffic_height(traffic), p->visible_max);
  s->assignment = assignment_create(p->robots, p->visible_max, (int)pairs, true);
  if (!s->task_of || !s->owner || !s->done || !s->length || !s->price || !s->open || !s->x || !s->y || !s->behind || (!s->patches && !traffic_is_small(traffic)) ||
       !s->robot || !s->first || !s->pair || !s->got || !s->cost ||
      !s->skip || !s->row_price || !s->row_of || !s->pick || !s->begun || !s->assignment) {
    traffic_tasks_destroy(s);
    return NULL;
  }
  memset(s->task_of, 0xFF, robots * sizeof *s->task_of);
  memset(s->owner, 0xFF, count * sizeof *s->owner);
  for (size_t k = 0; k < count; k++) s->length[k] = -1;
  return s;
}

void traffic_tasks_destroy(struct traffic_tasks *s) {
  if (!s) return;
  free(s->task_of);
  free(s->owner);
  free(s->done);
  free(s->length);
  free(s->price);
  free(s->open);
  free(s->x);
  free(s->y);
  free(s->behind);
  pick_destroy(s->patches);
  free(s->robot);
  free(s->first);
  free(s->pair);
  free(s->got);
  free(s->cost);
  free(s->skip);
  free(s->row_price);
  free(s->row_of);
  free(s->pick);
  free(s->begun);
  assignment_destroy(s->assignment);
  free(s);
}

static int32_t errands(const struct traffic_tasks *s, int32_t task) { return s->list.first[task + 1] - s->list.first[task]; }

// From errand `from` to the one before `to`, each leg from the better facing.
static int32_t leg_sum(const struct traffic_tasks *s, int32_t from, int32_t to) {
  int32_t sum = 0;
  for (int32_t e = from; e + 1 < to; e++) {
    int32_t least = INT32_MAX;
    for (int k = 0; k < 4; k++) {
      int32_t v = traffic_cost(s->traffic, s->list.cell[e], k, s->list.cell[e + 1]);
      if (v < least) least = v;
    }
    // two errands in one cell take a step each
    sum += least > 0 ? least : TRAFFIC_UNIT;
  }
  return sum;
}

static double task_length(struct traffic_tasks *s, int32_t task) {
  if (s->length[task] < 0) s->length[task] = leg_sum(s, s->list.first[task], s->list.first[task + 1]);
  return s->length[task];
}

// The same by the costs as they are now: guidance may have changed since.
static double length_now(struct traffic_tasks *s, int32_t task) {
  for (int32_t e = s->list.first[task]; e < s->list.first[task + 1]; e++) traffic_want(s->traffic, s->list.cell[e], s->list.cell[e]);
  return leg_sum(s, s->list.first[task], s->list.first[task + 1]);
}

static void refresh_open(struct traffic_tasks *s, int32_t visible) {
  if (visible > s->list.count) visible = s->list.count;
  int32_t n = 0;
  for (int32_t k = 0; k < s->opens; k++)
    if (s->done[s->open[k]] == 0) s->open[n++] = s->open[k];
  int32_t was = s->seen;
  for (; s->seen < visible && n < s->params.visible_max; s->seen++) s->open[n++] = s->seen;
  s->opens = n;
  if (s->seen > was && traffic_is_small(s->traffic)) {
    for (int32_t e = s->list.first[was]; e < s->list.first[s->seen]; e++) traffic_want(s->traffic, s->list.cell[e], s->list.cell[e]);
    traffic_build(s->traffic, 0);
  }
  int32_t width = traffic_width(s->traffic);
  for (int32_t k = 0; k < n; k++) {
    int32_t cell = s->list.cell[s->list.first[s->open[k]]];
    s->row_of[s->open[k]] = k;
    s->x[k] = cell % width;
    s->y[k] = cell / width;
    s->behind[k] = s->params.share * (s->patches ? task_length(s, s->open[k]) : length_now(s, s->open[k]));
  }
  // on a large grid the tasks to choose from are picked by straight lines, and only those are valued
  if (s->patches) pick_fill(s->patches, n, s->x, s->y, s->behind);
}

// The cheapest `k` of n picks to the front, in no order (quickselect by the middle of three).
static void select_cheapest(struct pick *p, int32_t n, int32_t k) {
  int32_t low = 0, high = n - 1;
  while (low < high) {
    struct pick a = p[low], b = p[low + (high - low) / 2], c = p[high];
    double pivot = a.cost < b.cost ? (b.cost < c.cost ? b.cost : a.cost < c.cost ? c.cost : a.cost) : (a.cost < c.cost ? a.cost : b.cost < c.cost ? c.cost : b.cost);
    int32_t i = low, j = high;
    while (i <= j) {
      while (p[i].cost < pivot) i++;
      while (p[j].cost > pivot) j--;
      if (i > j) break;
      struct pick x = p[i];
      p[i++] = p[j];
      p[j--] = x;
    }
    if (k - 1 <= j) high = j;
    else if (k - 1 >= i) low = i;
    else return;
  }
}

void traffic_tasks_assign(struct traffic_tasks *s, int32_t now, int32_t visible, const int32_t *cell, const uint8_t *facing) {
  s->now = now;
  refresh_open(s, visible);
  // how much longer tasks have taken than their lengths say
  double slower = s->taken > 0 ? s->taken / s->ideal : 1.2;
  int32_t n = 0, pairs = 0, width = traffic_width(s->traffic);
  for (int32_t i = 0; i < s->params.robots; i++) {
    int32_t has = s->task_of[i];
    if (has != NONE && s->done[has] > 0) continue;
    s->robot[n] = i;
    s->first[n] = pairs;
    s->got[n] = has == NONE ? ASSIGNMENT_NONE : s->row_of[has];
    s->skip[n] = UNDONE;
    n++;
    int32_t look = s->opens;
    if (look > s->params.candidates && s->patches) look = pick_cheapest(s->patches, cell[i] % width, cell[i] / width, TRAFFIC_UNIT, s->params.candidates, s->pick);
    else
      for (int32_t k = 0; k < s->opens; k++) s->pick[k].row = k;
    for (int32_t k = 0; k < look; k++) {
      int32_t row = s->pick[k].row, task = s->open[row];
      int32_t to = traffic_cost(s->traffic, cell[i], facing[i], s->list.cell[s->list.first[task]]);
      double length = task_length(s, task), v = to + s->behind[row];
      if (task != has) v += STICKY;
      if (s->params.end > 0 && now + slower * (to + length) / TRAFFIC_UNIT > s->params.end) v += LATE;
      s->pick[k] = (struct pick){v, row};
    }
    int32_t take = look;
    if (take > s->params.candidates) {
      take = s->params.candidates;
      select_cheapest(s->pick, look, take);
    }
    for (int32_t k = 0; k < take; k++) {
      s->pair[pairs] = s->pick[k].row;
      s->cost[pairs++] = s->pick[k].cost;
    }
  }
  s->first[n] = pairs;
  for (int32_t k = 0; k < s->opens; k++) s->row_price[k] = s->price[s->open[k]];
  const struct assignment_problem p = {.jobs = n, .robots = s->opens, .first = s->first, .robot = s->pair, .cost = s->cost, .skip = s->skip, .slack = 0.01};
  assignment_solve(s->assignment, &p, s->got, s->row_price, NULL);
  for (int32_t k = 0; k < s->opens; k++) s->price[s->open[k]] = s->row_price[k];
  for (int32_t k = 0; k < n; k++)
    if (s->task_of[s->robot[k]] != NONE) s->owner[s->task_of[s->robot[k]]] = NONE;
  for (int32_t k = 0; k < n; k++) {
    int32_t i = s->robot[k];
    s->task_of[i] = s->got[k] == ASSIGNMENT_NONE ? NONE : s->open[s->got[k]];
    if (s->task_of[i] != NONE) s->owner[s->task_of[i]] = i;
  }
}

int32_t traffic_tasks_arrive(struct traffic_tasks *s, const int32_t *cell, uint8_t *done) {
  int32_t finished = 0;
  for (int32_t i = 0; i < s->params.robots; i++) {
    int32_t task = s->task_of[i];
    if (done) done[i] = 0;
    if (task == NONE || cell[i] != s->list.cell[s->list.first[task] + s->done[task]]) continue;
    if (done) done[i] = 1;
    if (s->done[task]++ == 0) s->begun[i] = s->now;
    if (s->done[task] < errands(s, task)) continue;
    finished++;
    s->ideal += task_length(s, task) / TRAFFIC_UNIT;
    s->taken += s->now - s->begun[i];
    s->task_of[i] = s->owner[task] = NONE;
  }
  return finished;
}

const int32_t *traffic_tasks_of(const struct traffic_tasks *s) { return s->task_of; }
int32_t traffic_tasks_errand(const struct traffic_tasks *s, int32_t task) { return s->done[task]; }

void traffic_tasks_goals(const struct traffic_tasks *s, int32_t *goal) {
  for (int32_t i = 0; i < s->params.robots; i++) {
    int32_t task = s->task_of[i];
    for (int32_t k = 0; k < TRAFFIC_GOALS; k++) {
      int32_t e = task == NONE ? 0 : s->list.first[task] + s->done[task] + k;
      goal[i * TRAFFIC_GOALS + k] = task != NONE && e < s->list.first[task + 1] ? s->list.cell[e] : NONE;
    }
  }
}

void traffic_tasks_left(struct traffic_tasks *s, const int32_t *cell, const uint8_t *facing, int32_t *left) {
  for (int32_t i = 0; i < s->params.robots; i++) {
    int32_t task = s->task_of[i];
    left[i] = 0;
    if (task == NONE) continue;
    int32_t e = s->list.first[task] + s->done[task];
    left[i] = traffic_cost(s->traffic, cell[i], facing[i], s->list.cell[e]) + leg_sum(s, e, s->list.first[task + 1]);
  }
}
