// robot.yaml: one file for all that the URDF does not say of a robot, checked whole whoever reads it.
//
// Every key has its kind and its limits in one table (robot_file.c). A reader gets the values it is interested in; a wrong value
// or an unknown key anywhere in the file is an error for every reader.
#pragma once

#include "robots/spec.h"
#include "robots/tables.h"

// Read robot.yaml of a folder, or of a revision of it (robots/revision.h). t and s may be NULL: their values are then only checked. With t, all of its
// keys must be there. With s, drives and joints are read for model m, and values that the file does not give stay as they are. A model with a
// body (a URDF of the folder's name in it) says itself how long walks take and what they draw: walking.start_stop, power.walking and
// power.per_kg_carried belong to models without one, and are errors beside one.
// Faults carry file:line:column in their sentence, since f may belong to another text.
enum status robot_file_read(const char *folder, struct robot_tables *t, struct robot_spec *s, const struct robot_model *m, struct faults *f);

// The same for text of `size` bytes under the name `path`; body: there is a URDF. s, when given, has arrays for m's joints (robot_spec_read makes them).
enum status robot_file_parse(const char *text, size_t size, const char *path, bool body, struct robot_tables *t, struct robot_spec *s,
                             const struct robot_model *m, struct faults *f);

// True when it is there.
bool robot_file_exists(const char *folder);

// The path of the body's URDF, folder/NAME.urdf with the folder's own name, and whether it can be opened.
bool robot_urdf_path(const char *folder, char *path, size_t size);
bool robot_urdf_exists(const char *folder);
