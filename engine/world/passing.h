// Will they get in each other's way? Asked of a checked layout with a floor that runs at motion or body fidelity: warnings, no errors.
//
//   docks and chargers   slots off the free floor, or closer together than two footprints; fewer slots than robots that live there
//   stands and ways      where two walkers cannot pass each other: such ways are gone into one by one
#pragma once

#include "base/fault.h"
#include "engine/layout/layout.h"

void passing_check(const struct layout *l, struct faults *f);
