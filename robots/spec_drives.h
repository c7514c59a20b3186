// The parts of robot.yaml that are no single figures: classes of drives, which joint has which, a curve of points.
// Used by robots/robot_file.c; a spec of NULL means: check only.
#pragma once

#include "base/tree.h"
#include "base/units.h"
#include "robots/spec.h"

// One number within [low, high]; false and a fault otherwise. group is for the message.
bool robot_number_read(const struct node *n, const char *group, enum dimension d, double low, double high, double *value, struct faults *f);

// Say that a key is unknown, with the nearest of the words (NULL entries are skipped).
void robot_unknown_key(const struct node *n, const char *const *words, int count, struct faults *f);

void robot_drives_read(struct robot_spec *s, const struct actuator *shared, const struct node *drives, struct faults *f);
void robot_joints_read(struct robot_spec *s, const struct robot_model *m, const struct node *joints, struct faults *f);
void robot_curve_read(struct battery_pack *p, const struct node *list, struct faults *f);
