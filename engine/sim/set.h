// Assembly: sets of parts that are collected before work begins.
//
// take: early     parts come one by one into the first server whose set still needs them; with a
//                 base, the others wait until it is there
// take: together  all at once when the whole set waits in the places before
#pragma once

#include "engine/sim/state.h"

bool set_room(const struct twin *t, int32_t s, int type);
// change +1: room for one more of that type is kept; -1: it is given back or about to be used.
void set_reserve(struct twin *t, int32_t s, int type, int change);
void set_enter(struct twin *t, uint32_t p, int32_t s);
// take: together - pull whole sets while there are any.
void set_pull(struct twin *t, int32_t s);
// The product has left: the next set may begin. And: a mended server may begin with a complete set.
void set_emptied(struct twin *t, int32_t v);
void set_ready(struct twin *t, int32_t v);
// Does some set still lack a part of that type, counting what waits for it?
bool set_lacks(const struct twin *t, int32_t s, int type);
