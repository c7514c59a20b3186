// takt check --fidelities: one layout at event, at motion and at body, with the same random numbers, and by how much they differ.
#pragma once

#include "engine/layout/layout.h"

// Runs of an hour or the layout's own time, after its warm-up or ten minutes, whichever is shorter: five, and five more until the differences of picks (of
// robots and people) and of the robots' energy are known to 1 % or a minute or two of processor is over. It goes by steps, not by the clock: the same runs everywhere. Where
// many walk, warm-up and run are shorter, down to a minute each. Prints both with the difference from event and its 95 % interval, paired by replication (Student's t; looking
// after every five runs makes it a little narrow); a layout in which nothing is drawn has none. Motion and body are left out, with
// their reason, where they cannot run. After Ctrl-C the runs that are done are printed. Returns the exit code.
#define FIDELITIES_FOR         (3600 * NS_SECOND)
#define FIDELITIES_WARMUP      (600 * NS_SECOND)
#define FIDELITIES_SHORTEST    (60 * NS_SECOND)
#define FIDELITIES_LEAST       5        // runs, and how many more at once
#define FIDELITIES_MOST        20
#define FIDELITIES_HALF        1.0      // %    half of an interval that is narrow enough
#define FIDELITIES_STEPS       1e8      // steps of robots, bodies and walkers: some 0.7 us of processor each
#define FIDELITIES_MOTION_RATE 50       // Hz
int fidelities_print(const char *path, const struct layout_override *set, int set_count);
