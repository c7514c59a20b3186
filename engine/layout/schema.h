// The one table of the layout language: every key with its kind, limits, default and one line of
// help. The checker, the suggestions for unknown keys and the JSON Schema for editors all come
// from it.
#pragma once

#include "base/json.h"

// Write the JSON Schema (draft 2020-12) of the layout language.
void schema_write(struct json *out);
