// Jogging on the straight pieces of a way that are long enough.
//
// The way is first made shorter by what is to be jogged and walked as ever; then the jog is put between two full walking steps on each
// piece, and what comes after is moved on. So a jog always has the same steps, and the walk around it fits the length.
#pragma once

#include "robots/jog_steps.h"
#include "robots/walk_steps.h"

struct jog_cut { int steps; double length; };                          // of one piece: jogging steps put in, 0: none; m that they take

// Shorten level, straight pieces by as many steps as leave `keep` m to walk on each, and move those after. Returns how many will be jogged on.
int jog_way_cut(struct jog_cut *cut, struct way_piece *piece, int pieces, const struct humanoid *h, const struct gait_wish *wish, const struct jog_pace *pace, double keep);

// Put the steps into the targets of a row from `from` on, which are those of the shortened pieces, and give these their length again. *fits: false when
// a piece has no two full steps; row and pieces are then as they were. STATUS_MEMORY, STATUS_LIMIT.
enum status jog_way_fill(struct walk_row *row, int from, const struct jog_cut *cut, struct way_piece *piece, int pieces, const struct humanoid *h, const struct gait_wish *wish,
                         const struct jog_pace *pace, bool *fits, struct error *e);

// Give shortened pieces their length again.
void jog_way_restore(const struct jog_cut *cut, struct way_piece *piece, int pieces);

// Take the jogging steps out of a row of targets again: the walk around them, on a way that is so much shorter. Returns how many jogs there were.
int jog_way_take_out(struct step_target *target, int *count);

// Way of n jogging steps, with the one onto the walking foot after it, beyond that of one walking step, m.
double jog_way_length(const struct humanoid *h, const struct gait_wish *wish, const struct jog_pace *pace, int n);
