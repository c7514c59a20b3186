// Robots that do one thing together stand and walk side by side, each on its own side.
//
// The k-th of n (from 0) stands k - (n-1)/2 pitches beside the middle of a station's place, along the station's face, where the floor has room for
// all of them; else all stand in the middle. A pitch is two radii of the largest footprint that walks, and TEAM_GAP. When they carry from place to place they walk
// abreast, and who is on the left stays there: so who has which end of the next place comes from how the way leaves the one and comes to the
// other. At motion two who come near their place may still change sides (motion_way.c: who is ahead takes the farther one). Rows of the twin:
// robot.team is k, robot.teams n, 0 for whoever works alone.
#pragma once

#include "engine/sim/state.h"

#define TEAM_GAP 0.1                // m    between two footprints, a guess

// Which places have room; none when nobody works together. False: no memory.
bool team_create(struct twin *t);

// The largest team that this place has room for, 1: none.
int  team_room(const struct twin *t, int32_t place);
// Where the k-th of n stands there; at: the place, then that. False: no room, it is left as it is.
bool team_spot(const struct twin *t, int32_t place, int n, int k, double at[2]);

// Robot r has taken job j on, as one of several: it gets the first side that nobody has.
void team_join(struct twin *t, int32_t r, uint32_t j);
void team_leave(struct twin *t, int32_t r);
// They set out along the job's way: sides as they will be at its end. left (team's robots): metres to the left of the way's line that each walks.
void team_turn(struct twin *t, uint32_t j);

// Robot r, that stands at `here`, stands beside its side of the place.
bool team_aside(const struct twin *t, int32_t r, const double here[2]);
// How robot r faces there: across the face, as the others. False: it stands alone.
bool team_faces(const struct twin *t, int32_t r, double *heading);
// Metres to the left of its way that it walks, 0: on it.
double team_beside(const struct twin *t, int32_t r);
// The bends of its way, the ends left out, moved as far to its side as there is room.
void   team_abreast(const struct twin *t, int32_t r, struct route *way);
