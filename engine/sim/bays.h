// Admission to places where nobody is in anybody's way: at event fidelity, where walkers have no footprints.
//
// The spots of a place are those of motion and body (engine/sim/spot.h): one robot picks or places at each. Who carries a part takes one when it
// arrives; who finds none free waits in line, first come first served, and books `traffic`. A spot is free again when its holder sets off; the next one
// then walks the last steps to it. Places along belts are chosen anew when they are taken, chargers and docks have slots of their own, crews and those
// who carry together stand where they are needed: none of these wait here.
#pragma once

#include "engine/sim/state.h"

struct bays;

// NULL in t->bays without a floor.
enum status bays_create(struct twin *t, struct error *e);

// Robot i has come to its place to pick or to put down. False: it waits there, and comes again when it may.
bool bays_enter(struct twin *t, int32_t i);
// It begins something else.
void bays_leave(struct twin *t, int32_t i);
// It has a spot.
bool bays_has(const struct twin *t, int32_t i);
// It waits in line.
bool bays_waits(const struct twin *t, int32_t i);
// It has waited, and walks the last steps or has walked them: they are in the energy of its walk already, which was solved to the spot.
bool bays_walks_up(const struct twin *t, int32_t i);

// NULL, or what is wrong.
const char *bays_validate(const struct twin *t);
