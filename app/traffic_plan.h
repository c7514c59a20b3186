// The plan of a run in the output format of the League of Robot Runners 2024, for its own visualizer and for anyone's check.
#pragma once

#include <stdbool.h>

#include "app/traffic_problem.h"

struct traffic_plan;

struct traffic_plan *traffic_plan_create(const struct traffic_problem *p);
void                 traffic_plan_destroy(struct traffic_plan *plan);        // takes NULL

// Step `now` (from 0): what robots do in it, and the tasks they have from its end on.
void traffic_plan_step(struct traffic_plan *plan, int32_t now, const uint8_t *action, const int32_t *task);
// Errand `errand` of the robot's task is done at the end of step now.
void traffic_plan_errand(struct traffic_plan *plan, int32_t now, int32_t robot, int32_t task, int32_t errand);
void traffic_plan_seconds(struct traffic_plan *plan, double seconds);        // that the step took

// Write it. finished: tasks; visible: tasks that were known at the end.
enum status traffic_plan_write(const struct traffic_plan *plan, const char *path, int32_t finished, int32_t visible, struct error *e);
