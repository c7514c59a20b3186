// Why robots got their jobs, from the twin to frames and recordings.
//
// Told of the first DECISIONS_FIRST robots, and of those that somebody looks at. Telling changes nothing of the twin.
#pragma once

#include "engine/sim/explain.h"
#include "stream/frame.h"

#define DECISIONS_FIRST  64
#define LOOKS_MAX        8

// The newest robots that somebody looks at, by number.
struct looks { uint32_t robot[LOOKS_MAX]; int next; };
void looks_add(struct looks *l, uint32_t robot);
bool looks_has(const struct looks *l, uint32_t robot);

struct decisions;

struct decisions *decisions_create(const struct looks *l);      // borrows; NULL: no memory
void decisions_destroy(struct decisions *d);                    // takes NULL
const struct explain *decisions_explain(struct decisions *d);   // for struct twin_options

// Append what was decided since the last call: one message, or none. Returns how many decisions.
int decisions_take(struct decisions *d, struct bytes *out);
