// Tasks for robots on a grid: which robot does which list of errands, decided anew in every step.
//
// A task is a list of cells to be visited in order by one robot, at most one a step. Only the first `visible` tasks are known.
// Until its first errand is reached a task may change hands or be put back; then its robot has to finish it. Robots and tasks
// that may still be paired are matched at least sum of   cost to the first errand + share x cost of the errands behind it   (assignment of
// scheduler/assignment.h over the nearest tasks of each robot). A share of 1 would be the time that the task takes; less leaves long
// tasks for later without walking far for short ones. When the end is known, tasks that cannot be done by then are left.
//
// Arrays in, arrays out; the same calls give the same answers. A step allocates nothing.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "scheduler/traffic.h"

struct traffic_task_list {          //                                        (shape)
  int32_t        count;
  const int32_t *first;             // errands of task k: first[k] .. first[k + 1] - 1      (count + 1)
  const int32_t *cell;              // of an errand                           (first[count])
};

struct traffic_tasks_params {
  int32_t robots;
  int32_t visible_max;              // tasks        that can be open to choice at once: visible and not finished
  int32_t candidates;               // nearest tasks looked at for each robot, at most
  double  share;                    // of the errands' own length in the cost of a pairing
  int32_t end;                      // steps        after which nothing counts; 0: goes on for ever
};

struct traffic_tasks_params traffic_tasks_defaults(int32_t robots, int32_t visible_max);

struct traffic_tasks;

// List and traffic are borrowed. NULL: out of memory.
struct traffic_tasks *traffic_tasks_create(const struct traffic_task_list *list, const struct traffic_tasks_params *p, struct traffic *traffic);
void                  traffic_tasks_destroy(struct traffic_tasks *s);       // takes NULL

// Choose. cell, facing (robots): where robots stand before step `now` (counted from 0).
void traffic_tasks_assign(struct traffic_tasks *s, int32_t now, int32_t visible, const int32_t *cell, const uint8_t *facing);

// After the step: who stands at its errand has done it. done (robots) or NULL: 1 where an errand was done. Returns the tasks finished by it.
int32_t traffic_tasks_arrive(struct traffic_tasks *s, const int32_t *cell, uint8_t *done);

const int32_t *traffic_tasks_of(const struct traffic_tasks *s);              // task of each robot, TRAFFIC_NONE: none  (robots)
int32_t        traffic_tasks_errand(const struct traffic_tasks *s, int32_t task);      // errands done of it
// The next errands of each robot, TRAFFIC_NONE behind the last.              (robots x TRAFFIC_GOALS)
void           traffic_tasks_goals(const struct traffic_tasks *s, int32_t *goal);
// Cost of all that is left of each robot's task.                             (robots)
void           traffic_tasks_left(struct traffic_tasks *s, const int32_t *cell, const uint8_t *facing, int32_t *left);
