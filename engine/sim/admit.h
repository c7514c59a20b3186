// How many jobs are given out at once for the same place: as many as it can serve by the time another one would come. Who is sent to a place that
// others wait for stands in their way. The same at all fidelities, on a floor, but that at event and body, where those who wait stand in
// nobody's way, twice as many (a guess) may be bound for the target: they fetch first.
#pragma once

#include "engine/sim/state.h"

struct admit {
  int32_t *bound;                   // (places) robots with a job there
  int32_t *spots;                   // (places) that can stand there at once
};

// One spot for each place. NULL in t->admit when memory fails.
enum status admit_create(struct twin *t, struct error *e);

// False: the job waits; true: one more is bound for its places now. fresh: count anew.
bool admit_job(struct twin *t, uint32_t j, bool fresh);

// The same for one that i, who has another job now, would be sent to instead. Nothing is bound by asking.
bool admit_room(struct twin *t, uint32_t j, int32_t i);
