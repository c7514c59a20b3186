// Carrying, one part from place to place: fetch it, wait for it or for who carries along, pick, carry, put down.
//
// Each function is what follows the done of one act of the first robot of the job (engine/sim/robot.h); it begins the next act of all of them.
#pragma once

#include "engine/sim/state.h"

#define HAND_TRAVEL 0.4             // m    of a hand without a body, for a pick or a place; a guess, half of an arm's reach

// Where robot r goes to fetch the part of job j from its belt; the job may exchange its part for one of the same kind.
int32_t carry_meet(struct twin *t, int32_t r, uint32_t j);
// It has come to where the part is: it may fall or give up there, once a job.
void carry_fetched(struct twin *t, int32_t r);
// It is at the part: pick it, wait until it comes by, or go where it went.
void carry_at_part(struct twin *t, int32_t r);
void carry_picked(struct twin *t, int32_t r);
// It stands at the target: begin to put down. And: the hands are there; the part is set down as soon as there is room.
void carry_put_down(struct twin *t, int32_t r);
void carry_placed(struct twin *t, int32_t r);

// A gap has opened at the beginning of conveyor s: the first robot that waits there drops its part.
void carry_gap(struct twin *t, int32_t s);
