// Posts: operating, mending, helping and relieving, where a robot stands at one place until others say that it is over.
#pragma once

#include "engine/sim/state.h"

// It has come to where its job is, and begins or relieves whoever keeps the post.
void post_arrive(struct twin *t, int32_t r);
// It goes from its post; whoever is needed is called anew. It is of no job then and wants robot_done.
void post_leave(struct twin *t, int32_t r);
