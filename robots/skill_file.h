// How well a make of robots does what its hands do, and how practice changes it: `skills` of robot.yaml.
//
//   skills: {insert: {learning: 98 %, practice: 10000, least: 60 %}}
//
// learning is the share of time and failures that is left when practice has doubled, practice the goes behind it at the start, least the share
// that practice does not change (engine/sim/work.h has the law).
#pragma once

#include "base/fault.h"
#include "base/tree.h"
#include "robots/tables.h"

// into (ROBOT_SKILLS) may be NULL: values are then only checked.
void robot_skills_read(struct robot_skill *into, const struct node *skills, struct faults *f);
