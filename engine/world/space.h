// The hall as a plane world of rigid bodies: a Chipmunk space with walls, stations and obstacles as fixed shapes and one disc
// for each walker.
//
// The gait owns the pose: before a step a disc gets its place and the velocity it is about to move with, the step finds who
// would run into whom and with what impulse (perfectly inelastic, no friction between bodies), and the disc's own drift is
// dropped: the next placing overwrites it. Discs do not turn and damping is 1, so Chipmunk's calls of libm do not matter.
// Contacts are handed out sorted by (a, b): Chipmunk calls back in an order of its own. BB tree, plain cpSpace (cpHastySpace
// gives another result each run). Debian's library prints a line to stdout at the first space; it is kept off.
//
// Numbers are the caller's robots. No call allocates from the C library once as many contacts as there will be were seen.
#pragma once

#include <stdint.h>

#include "base/status.h"
#include "engine/layout/layout.h"

struct space;

#define SPACE_FIXED (-1)            // as b of a contact: a wall, a station, an obstacle

struct space_contact {
  int32_t a, b;                     // a < b, or b is SPACE_FIXED
  double  normal[2];                // 1    from a to b
  double  impulse;                  // N s  that a gets along -normal, b along normal
};

// Shapes of the layout's floor, room for `walkers` discs. NULL with *e filled when memory fails.
struct space *space_create(const struct layout *l, int walkers, struct error *e);
void          space_destroy(struct space *s);           // takes NULL

// Walker i comes in with a mass in kg and a footprint in m, and is nowhere yet; it goes out.
void space_enter(struct space *s, int32_t i, double mass, double radius, const double at[2]);
void space_leave(struct space *s, int32_t i);
bool space_has(const struct space *s, int32_t i);

// Where walker i is and how it is about to move: from here on it takes part in every step, until it is away. Who is away touches nothing and costs nothing; coming
// and going cost about as much as ten steps of one disc.
void space_put(struct space *s, int32_t i, const double at[2], const double velocity[2]);
void space_away(struct space *s, int32_t i);            // nothing when it is already

// One step of dt seconds; returns the contacts of it, sorted, good until the next call.
const struct space_contact *space_step(struct space *s, double dt, int *count);

// How many fixed shapes there are.
int space_shapes(const struct space *s);
