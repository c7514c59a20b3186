// What the layout's `events` and commands do to the running line.
#pragma once

#include "engine/sim/state.h"

// Set the timer of the next entry of `events`.
void happenings_schedule(struct twin *t);
void happening_timer(struct twin *t);
void command_timer(struct twin *t);
// A failure that an event began is over.
void mend_timer(struct twin *t, int32_t station);
