// Which jobs are given out: those for which nobody will wait at their places, as far as it can be known. Who is sent to where others still stand when it comes
// does nothing meanwhile that is worth more, and at motion and body it is in everybody's way.
//
// Each robot with a job is expected at its places at a time: after the walk that is left, then the pick and the walk on. There it takes a spot, and those that
// its footprint overlaps, for as long as a visit to that place takes: measured, from standing on a spot to leaving it to others (engine/sim/spot.h); at motion and body,
// where the next one stands aside, for its last steps too. Spots are served in the order in which robots come. A job waits while one more who comes then would wait,
// or others for it. One that does not is shown to the policy, and counts as given for those that are looked at after it; it is begun after the walk that it
// takes on the mean from where robots get free. At event, where who waits is in nobody's way, it may wait for a twentieth of its job; at motion and
// body the places along belts are for one at a time too.
#pragma once

#include "engine/sim/state.h"

struct spots;

struct coming { double at, stay; int32_t next; };     // s from now, before 0: it is there already; s

// What is known of a place until one more is expected there.
struct admit_known {
  double waits;                     // s    that all who come wait there; below 0: not counted yet
  double at, free, full;            // s    one more who came then was let in with that much to bear, and turned away with that much; at is not a number: nobody asked
};

struct admit {
  const struct spots *spots;
  int32_t       *room;              // (places) that can stand there at once, each alone
  int32_t       *first, *late;      // (places) who comes there, in the order of `at`; those not sorted in yet, the last first; NONE
  struct coming *coming;  int32_t count, most;
  double         walk_up;           // s    of the last steps to a spot that got free, at motion; else 0
  struct admit_known *known;        // (places)
  int32_t       *kept;              // (places) those who operate there
  int32_t       *first_near, *near; // (places + 1) those with a spot that overlaps one of this place
  float         *walk;              // s  (stations) of those who are sent there to fetch, running mean
  uint8_t       *walks;             // (stations) that are in it, at most SPOT_NEWEST
};

// Where one stands as spots has it, which it borrows. NULL in t->admit when memory fails.
enum status admit_create(struct twin *t, const struct spots *s, struct error *e);

// False: the job waits; true: one more is bound for its places now. fresh: count anew.
bool admit_job(struct twin *t, uint32_t j, bool fresh);

// The same for one that i, who has another job now, would be sent to instead. Nothing is bound by asking.
bool admit_room(struct twin *t, uint32_t j, int32_t i);

// Somebody sets out for job j, with a walk of so many seconds before it.
void admit_sent(struct twin *t, uint32_t j, double walk);
