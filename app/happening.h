// A command of a viewer or of a recording: one happening as YAML, {do: fail, what: belt, for: 10 min}.
//
// A command may read no file: empirical(file) is for layouts. Nor may it have a backslash, behind which
// such a word could hide until the value stands in the layout's text.
#pragma once

#include "engine/layout/layout.h"

// Memory that *out points to is taken from a. `at` may be left out: a command happens when it comes.
enum status happening_read(const struct layout *l, const char *text, size_t size, struct arena *a, struct happening *out, struct faults *f);
