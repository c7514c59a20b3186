#include "app/traffic_plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/tree.h"
#include "scheduler/traffic.h"

struct change { int32_t now, robot, task; };
struct event  { int32_t now, robot, task, errand; };

struct traffic_plan {
  const struct traffic_problem *p;
  char          *paths;             // a letter for each robot and step      (steps x robots)
  struct change *change;
  struct event  *event;
  double        *seconds;
  int32_t       *task;              // (robots) as last written
  size_t         steps, steps_max, changes, changes_max, events, events_max, timed, timed_max;
};

// A list that grows by doubling; out of memory ends the program: a plan that is cut short is worse than none.
static void *grow(void *list, size_t count, size_t *capacity, size_t size) {
  if (count < *capacity) return list;
  *capacity = *capacity ? 2 * *capacity : 256;
  list = realloc(list, *capacity * size);
  assert(list);
  return list;
}

struct traffic_plan *traffic_plan_create(const struct traffic_problem *p) {
  struct traffic_plan *plan = calloc(1, sizeof *plan);
  if (!plan) return NULL;
  plan->p = p;
  plan->task = malloc((size_t)p->robots * sizeof *plan->task);
  if (!plan->task) {
    free(plan);
    return NULL;
  }
  memset(plan->task, 0xFF, (size_t)p->robots * sizeof *plan->task);
  return plan;
}

void traffic_plan_destroy(struct traffic_plan *plan) {
  if (!plan) return;
  free(plan->paths);
  free(plan->change);
  free(plan->event);
  free(plan->seconds);
  free(plan->task);
  free(plan);
}

void traffic_plan_step(struct traffic_plan *plan, int32_t now, const uint8_t *action, const int32_t *task) {
  static const char letter[] = "WFRC";
  size_t n = (size_t)plan->p->robots;
  assert((size_t)now == plan->steps);
  plan->paths = grow(plan->paths, plan->steps, &plan->steps_max, n);
  for (size_t i = 0; i < n; i++) {
    plan->paths[plan->steps * n + i] = letter[action[i]];
    if (task[i] == plan->task[i]) continue;
    plan->change = grow(plan->change, plan->changes, &plan->changes_max, sizeof *plan->change);
    plan->change[plan->changes++] = (struct change){now + 1, (int32_t)i, task[i]};
    plan->task[i] = task[i];
  }
  plan->steps++;
}

void traffic_plan_errand(struct traffic_plan *plan, int32_t now, int32_t robot, int32_t task, int32_t errand) {
  const struct traffic_problem *p = plan->p;
  plan->event = grow(plan->event, plan->events, &plan->events_max, sizeof *plan->event);
  plan->event[plan->events++] = (struct event){now + 1, robot, task, errand};
  // a finished task is gone from the robot by itself
  if (errand + 1 == p->first[task + 1] - p->first[task]) plan->task[robot] = TRAFFIC_NONE;
}

void traffic_plan_seconds(struct traffic_plan *plan, double seconds) {
  plan->seconds = grow(plan->seconds, plan->timed, &plan->timed_max, sizeof *plan->seconds);
  plan->seconds[plan->timed++] = seconds;
}

// ---- writing ---------------------------------------------------------------------------------------------------------------

static void list_of_starts(struct json *j, const struct traffic_problem *p) {
  json_key(j, "start");
  json_list(j);
  for (int32_t i = 0; i < p->robots; i++) {
    json_list(j);
    json_integer(j, p->start[i] / p->width);
    json_integer(j, p->start[i] % p->width);
    json_text(j, "E");
    json_list_end(j);
  }
  json_list_end(j);
}

static void list_of_paths(struct json *j, const struct traffic_plan *plan, const char *key) {
  size_t n = (size_t)plan->p->robots;
  char *text = malloc(2 * plan->steps + 1);
  assert(text);
  json_key(j, key);
  json_list(j);
  for (size_t i = 0; i < n; i++) {
    size_t size = 0;
    for (size_t t = 0; t < plan->steps; t++) {
      text[size++] = plan->paths[t * n + i];
      text[size++] = ',';
    }
    text[size > 0 ? size - 1 : 0] = 0;
    json_text(j, text);
  }
  json_list_end(j);
  free(text);
}

// "t:task,t:task" for each robot
static void list_of_schedules(struct json *j, const struct traffic_plan *plan, const char *key) {
  size_t n = (size_t)plan->p->robots, *size = calloc(n + 1, sizeof *size);
  assert(size);
  for (size_t k = 0; k < plan->changes; k++) size[plan->change[k].robot + 1] += 24;
  for (size_t i = 0; i < n; i++) size[i + 1] += size[i] + 1;
  char *text = calloc(size[n] + 1, 1);
  size_t *at = malloc(n * sizeof *at);
  assert(text);
  assert(at);
  memcpy(at, size, n * sizeof *at);
  for (size_t k = 0; k < plan->changes; k++) {
    const struct change *c = &plan->change[k];
    at[c->robot] += (size_t)snprintf(text + at[c->robot], 24, "%s%d:%d", at[c->robot] > size[c->robot] ? "," : "", c->now, c->task);
  }
  json_key(j, key);
  json_list(j);
  for (size_t i = 0; i < n; i++) json_text(j, text + size[i]);
  json_list_end(j);
  free(text);
  free(at);
  free(size);
}

static void list_of_events(struct json *j, const struct traffic_plan *plan) {
  json_key(j, "events");
  json_list(j);
  for (size_t k = 0; k < plan->events; k++) {
    const struct event *v = &plan->event[k];
    json_list(j);
    json_integer(j, v->now);
    json_integer(j, v->robot);
    json_integer(j, v->task);
    json_integer(j, v->errand + 1);
    json_list_end(j);
  }
  json_list_end(j);
}

// [number, released, [row, column, row, column, ...]]; when a task became known is not written down: 0
static void list_of_tasks(struct json *j, const struct traffic_problem *p, int32_t visible) {
  json_key(j, "tasks");
  json_list(j);
  for (int32_t k = 0; k < visible; k++) {
    json_list(j);
    json_integer(j, k);
    json_integer(j, 0);
    json_list(j);
    for (int32_t n = p->first[k]; n < p->first[k + 1]; n++) {
      json_integer(j, p->errand[n] / p->width);
      json_integer(j, p->errand[n] % p->width);
    }
    json_list_end(j);
    json_list_end(j);
  }
  json_list_end(j);
}

static void empty_list(struct json *j, const char *key) {
  json_key(j, key);
  json_list(j);
  json_list_end(j);
}

static void integer(struct json *j, const char *key, int64_t value) {
  json_key(j, key);
  json_integer(j, value);
}

enum status traffic_plan_write(const struct traffic_plan *plan, const char *path, int32_t finished, int32_t visible, struct error *e) {
  const struct traffic_problem *p = plan->p;
  struct json j;
  json_init(&j, false);
  json_object(&j);
  json_key(&j, "actionModel");
  json_text(&j, "MAPF_T");
  json_key(&j, "version");
  json_text(&j, "2024 LoRR");
  integer(&j, "teamSize", p->robots);
  list_of_starts(&j, p);
  integer(&j, "numTaskFinished", finished);
  integer(&j, "sumOfCost", (int64_t)plan->steps * p->robots);
  integer(&j, "makespan", (int64_t)plan->steps);
  list_of_paths(&j, plan, "actualPaths");
  list_of_schedules(&j, plan, "actualSchedule");
  list_of_paths(&j, plan, "plannerPaths");
  list_of_schedules(&j, plan, "plannerSchedule");
  json_key(&j, "plannerTimes");
  json_list(&j);
  for (size_t k = 0; k < plan->timed; k++) json_number(&j, plan->seconds[k]);
  json_list_end(&j);
  empty_list(&j, "errors");
  empty_list(&j, "scheduleErrors");
  integer(&j, "numPlannerErrors", 0);
  integer(&j, "numScheduleErrors", 0);
  integer(&j, "numEntryTimeouts", 0);
  list_of_events(&j, plan);
  list_of_tasks(&j, p, visible < p->tasks ? visible : p->tasks);
  json_object_end(&j);
  enum status s = file_write(path, j.text, j.size, e);
  json_finish(&j);
  return s;
}
