// The bodies of a run as pictures: skeletons told once, then points of those that are looked at.
//
// At most FRAME_BODIES_MAX robots are told of: those that somebody looks at, then the first ones of the layout.
#pragma once

#include "app/decisions.h"
#include "base/json.h"
#include "engine/layout/layout.h"
#include "engine/sim/twin.h"
#include "stream/frame.h"

struct bodies;

// Reads the model of every fleet that has one. Borrows the layout. NULL with *e filled.
struct bodies *bodies_create(const struct layout *l, struct error *e);
void           bodies_destroy(struct bodies *b);                     // takes NULL

// Member "skeleton" of fleet f in the plan, for layout_plan_write.
void bodies_plan(void *bodies, int f, struct json *out);

// The bodies of now; good until the next call. Their hands go into the scene.
struct picture_bodies bodies_picture(struct bodies *b, const struct twin *t, struct scene *s, const struct looks *l);
