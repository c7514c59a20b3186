// A revision of a robot model: the same robot with some figures of its robot.yaml changed, or another body altogether.
//
// A model's folder has an address. FOLDER is the model as it is; FOLDER@NAME is its revision NAME, which is
//   1. the folder of that very name, FOLDER@NAME/, with a robot.yaml (and URDF FOLDER@NAME.urdf) of its own, or else
//   2. FOLDER with the values of FOLDER/revisions/NAME.yaml in place of those of its robot.yaml; keys as in robot.yaml, only
//      those that differ. The URDF is FOLDER's.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define REVISION_NAME_MAX 64

// Split an address of the second kind: folder gets what is before the @, *name what is behind it. False for any other address.
bool revision_split(const char *address, char folder[1024], const char **name);

// True when robot.yaml of this address can be made: FOLDER/robot.yaml is there, and the revision.
bool revision_there(const char *address);

// robot.yaml of this address as text (malloc). NULL with *e: a file that cannot be read, a revision that is no map, a key that
// robot.yaml does not have; FILE:LINE:COLUMN of it.
char *revision_text(const char *address, size_t *size, struct error *e);
