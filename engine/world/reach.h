// Can everybody get where the line needs them? Asked before a run, of a checked layout with a floor.
//
// Every station that robots or people must reach (ends of flows they carry, machines they operate or
// mend, homes, chargers) needs a free place to stand and a walk there and back from where its fleet
// starts, for at least one fleet that may do the work. At a conveyor any free place beside the belt will do.
#pragma once

#include "base/fault.h"
#include "engine/layout/layout.h"

// Errors carry the mark of the station: "stations.press: the place where robots stand [4.80, 7.60] is
// inside belt, or closer than 0.30 m to it". Every walker is taken to have WALKER_RADIUS. Returns the
// status of the first error; STATUS_OK for a logical line.
enum status routes_check(const struct layout *l, struct faults *f);
