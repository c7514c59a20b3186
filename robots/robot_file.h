// robot.yaml: one file for all that the URDF does not say of a robot, checked whole whoever reads it.
//
// Every key has its kind and its limits in one table (robot_file.c). A reader gets the values it is interested in; a wrong value
// or an unknown key anywhere in the file is an error for every reader.
#pragma once

#include "robots/spec.h"
#include "robots/tables.h"

// Read robot.yaml of a folder, or of a revision of it (robots/revision.h). t and s may be NULL: their values are then only checked. With t, all of its keys must be there. With
// s, drives and joints are read for model m, and values that the file does not give stay as they are.
// Faults carry file:line:column in their sentence, since f may belong to another text.
enum status robot_file_read(const char *folder, struct robot_tables *t, struct robot_spec *s, const struct robot_model *m, struct faults *f);

// The same for text of `size` bytes under the name `path`. s, when given, has arrays for m's joints (robot_spec_read makes them).
enum status robot_file_parse(const char *text, size_t size, const char *path, struct robot_tables *t, struct robot_spec *s,
                             const struct robot_model *m, struct faults *f);

// True when it is there.
bool robot_file_exists(const char *folder);
