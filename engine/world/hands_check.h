// Can everybody's hands do what the flows ask? Asked before a run, of a checked layout with a floor.
//
// For every flow that robots carry, every part that may come along it and every level or corner where it may lie: does each fleet with a
// body reach, grip, lift and put it down? A fleet that cannot is left out of that flow, with a warning that says why; a flow that
// nobody can do is an error. Fleets without a body and people can do everything.
#pragma once

#include "engine/world/hands.h"

// of_fleet: the kind of each fleet, NULL: without a body. cannot (flow_count): bit k of flow i: fleet k cannot. Returns the status of the first error.
enum status hands_check(const struct layout *l, const struct kind *const *of_fleet, struct hands_book *book, uint64_t *cannot, struct faults *f);

// Parts that may come along flow k: bits of part types, 64 to a word. comes has (parts + 63) / 64 words for each flow.
void hands_parts(const struct layout *l, uint64_t *comes);

// Bit k: fleet k may carry along that flow, by what the layout says.
uint64_t hands_carriers(const struct layout *l, const struct flow *f);
