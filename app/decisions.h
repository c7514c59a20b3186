// Why robots got their jobs, from the twin to frames and recordings.
//
// Told of the first DECISIONS_FIRST robots, and of those that somebody looks at. Telling changes nothing of the twin.
#pragma once

#include "engine/sim/explain.h"
#include "stream/frame.h"

#define DECISIONS_FIRST  64
#define LOOKS_MAX        8

// The robots that somebody looks at, by number, newest first; 0: none.
struct looks { uint32_t robot[LOOKS_MAX]; };
void looks_add(struct looks *l, uint32_t robot);
bool looks_has(const struct looks *l, uint32_t robot);

struct decisions;

struct decisions *decisions_create(const struct looks *l);      // borrows; NULL: no memory
void decisions_destroy(struct decisions *d);                    // takes NULL
// For struct twin_options; next: who else asks, borrowed as long as d lives, NULL: nobody.
const struct explain *decisions_explain(struct decisions *d, const struct explain *next);

// Append what was decided since the last call: one message, or none. Returns how many decisions.
int decisions_take(struct decisions *d, struct bytes *out);
