// A policy from a shared library.
//
// The library is code that runs with all rights of the program: a layout that names one is trusted like a program. The twin
// checks every answer of it (engine/sim/decide.h), but not what else it does.
#pragma once

#include "base/status.h"
#include "scheduler/policy.h"

// Open `file`, looked for beside the layout (NULL: not), then from where the program runs. NULL with *e filled: it is not there, is no
// library, has no takt_policy, or one that cannot be: another version of the interface, half a pair of create and destroy, a horizon below 0.
// It stays loaded until the program ends: explanations keep the names that it gives.
const struct policy *library_open(const char *file, const char *layout, struct error *e);
