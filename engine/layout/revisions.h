// Which revisions of its model each fleet has in a run: those of fleets that rolling updates change.
#pragma once

#include "engine/layout/layout.h"

// name: "" is the model as it is.
struct fleet_revision { int fleet; const char *name; };

// By fleet, the one it begins with first, then those that updates bring, in the order of the events, each once. Fleets without updates have no rows.
// out (NULL: only counted) has room for as many; names are borrowed from the layout. Returns how many.
int layout_revisions(const struct layout *l, struct fleet_revision *out);

// The word for it in paths and tables; the model as it is has one that no revision may have.
#define REVISION_MODEL "model"
static inline const char *revision_word(const struct fleet_revision *r) { return r->name[0] ? r->name : REVISION_MODEL; }
