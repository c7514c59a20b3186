// Sources: where parts come from, by the clock or whenever the next place takes one.
#pragma once

#include "engine/sim/state.h"

void source_start(struct twin *t, int32_t s);       // at time 0
void source_timer(struct twin *t, int32_t s);       // an arrival is due
void source_left(struct twin *t, int32_t s);        // a part has left it
void source_rate(struct twin *t, int32_t s, const struct duration *every);  // from now on
void source_shift(struct twin *t, int32_t s, bool on);
void source_book(struct twin *t, int32_t s);
void sources_lose(struct twin *t);                  // turn away what found no room
