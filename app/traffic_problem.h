// A problem of the League of Robot Runners 2024: a JSON file that names a map (octile grid of movingai.com), the robots' cells and
// the tasks, each a list of cells. Everything is checked: what is wrong is said with file and line.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct traffic_problem {
  char     file[256];               // for messages
  char     part[3][512];            // paths of map, robots and tasks
  int32_t  width, height;
  uint8_t *wall;                    // (cells)
  int32_t  robots;
  int32_t *start;                   // (robots) cells; everyone faces east
  int32_t  tasks;
  int32_t *first;                   // (tasks + 1)
  int32_t *errand;                  // (first[tasks]) cells
  double   reveal;                  // tasks known, for each robot
};

// Faults of the JSON go to stderr with their places; others to *e. Not STATUS_OK: *e says why, with e->text empty when it was printed.
enum status traffic_problem_read(struct traffic_problem *p, const char *path, struct error *e);
void        traffic_problem_finish(struct traffic_problem *p);
