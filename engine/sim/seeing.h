// What robots take parts for, and what becomes of those that they took for something else.
//
// Where parts of several classes lie together and robots with eyes take some of them (sources, stores, belts), a part is looked at once it lies there. With the
// class error of robots/sight.h, for the distance at which it is picked there and what hides it, it is taken for another one of the classes that leave that place another way, each
// alike. It then goes as that one: `type` is what it is taken for, by which it is carried, counted into sets, worked on; `is` what it is, which hands feel and
// viewers show. Where no other class goes another way nobody need tell them apart, and nothing is drawn. Draws come from the stream `seeing` of the station, one a
// look; the eyes are those of the first fleet that may take parts there, as the first of its robots is now. The error is that
// of all classes that leave there (sight_confusion), each of the others being as likely; to take it for one that goes the same way does no harm.
//
// `wrong` of a part counts what was sorted wrongly in it, itself or what was put into it. It goes
//   at the next look, which tells what it is, or errs anew
//   at a station one of whose steps is `scan`: what was taken for something else goes on as what it is, where that has a way from there; the rest, and a product with something
//   wrong in it, is reworked, if the station says where, else scrapped
//   at a station that works on what an inspection failed (an inspection finds everything wrong, but what `finds` names only as often as it says: a guess)
//   with the part, into a sink or to scrap.
#pragma once

#include "engine/sim/state.h"

// When fleets and ways are known, before anything lies anywhere.
bool seeing_create(struct twin *t);

// A part is ready to leave a station whose row is `mixed`.
void seeing_look(struct twin *t, uint32_t p);

// Service of a part is over, before it is decided what it becomes. False: something wrong was found that keeps it from going on.
bool seeing_worked(struct twin *t, uint32_t p);

// What was wrong in a part goes to another one with it.
void seeing_join(struct part *into, struct part *a);

// Wrong in all parts of the line, counted; validate.
int64_t seeing_count(const struct twin *t);
