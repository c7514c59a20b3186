// Will they get in each other's way? Asked of a checked layout with a floor: warnings, no errors. Only at motion fidelity has anybody a footprint that is in another
// one's way; at body fidelity, where they walk through each other, slots off the free floor are all that is said.
//
//   docks and chargers   slots off the free floor, or closer together than two footprints; fewer slots than robots that live there
//                        a slot that nobody leaves while others stand in theirs
//   room                 nowhere two can pass each other, or more walkers than can stand where others pass: the hall can only jam
//   stands and ways      where two walkers cannot pass each other: such ways are gone into one by one
#pragma once

#include "base/fault.h"
#include "engine/layout/layout.h"

void passing_check(const struct layout *l, struct faults *f);
