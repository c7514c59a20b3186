// Robots that break, fall and give up, and whoever helps them.
//
//   robot_break --> stops where it is: its job goes back to the list, what it carries goes by `failures: {then}`
//     walks, and there is a repair station:  to a slot, or in line for one --.
//     else:                                  stays where it is  -------------+--> technician, if there are any --> mended
//
// Who mends is the fleet of `failures: {by}`, else everybody with the skill `repair`; when there is nobody of either kind in the layout, time alone
// mends. A repair takes the `time` of its station, elsewhere `down`. It is one intervention when somebody came for it. From the break
// until it is mended a robot books `repair`.
//
// What it holds: `resume`, it keeps the part and job and goes on with them when it is mended (to a slot it takes the part along); `restart`,
// the part is laid down at the nearer end of the walk at hand and waits there for another robot (several that carry together always
// lay down); `scrap`, the part is scrapped and the job is over. Before the part is grasped the job always goes back to the list.
//
// `failures: {clock: operating}` runs while the robot walks or works; `calendar` always. Draws come from streams of each robot by itself.
// At `body` fidelity a robot that breaks in mid-walk comes to the end of that walk first. Nothing here allocates after broken_create.
#pragma once

#include "engine/sim/state.h"

// Why a robot breaks. Those that do not walk are mended where they stand (or lie).
enum break_cause {
  BREAK_FAILURE,                    // its own clock; it walks
  BREAK_ARM,                        // a joint of arms, hands or head; it walks
  BREAK_LEG,                        // a joint of legs or waist; it does not walk
  BREAK_FALL                        // damaged by a fall; it does not walk
};

// The robot breaks now, whatever it does. Nothing happens to one that is broken already or not in the hall.
void robot_break(struct twin *t, int32_t robot, enum break_cause cause);
// It is whole again at once: goes on with what it kept, or looks for something to do. For those that are broken.
void robot_mended(struct twin *t, int32_t robot);
bool robot_is_broken(const struct twin *t, int32_t robot);

// A robot that carries lays the part down at the nearer end of its walk, for another one, or it is scrapped. Its hands are empty then, it has no job.
void robot_lay_down(struct twin *t, int32_t robot, bool scrapped);

// Somebody in the layout can give that help to this robot.
bool help_there(const struct twin *t, int32_t robot, enum help help);
// Call for it: the robot stays as it is (a fallen one, one that gave up); its help lasts `length` from when somebody is there, and at its
// end the act at hand is done (robot_done_timer). One call at a time.
void help_call(struct twin *t, int32_t robot, enum help help, ns_t length);

// The robot cannot go on by itself and waits for a remote answer of that length, when anybody gives some; else the time
// alone passes. The act at hand is begun again after it: for acts that robot_done_timer ends.
void robot_give_up(struct twin *t, int32_t robot, ns_t length);

// ---- for engine/sim ----

enum status broken_create(struct twin *t, struct error *e);
void broken_start(struct twin *t, int32_t robot);               // it has come into the hall
void broken_leave(struct twin *t, int32_t robot);               // it goes out
void broken_clock(struct twin *t, int32_t robot, uint8_t cause);// what it books from now on
double broken_age(const struct twin *t, int32_t robot);         // time on its clock since it was mended, over the mean; 0: no clock, or exponential
bool broken_rests(struct twin *t, int32_t robot);               // its walk has ended: true when it breaks here and now
void broken_arrive(struct twin *t, int32_t robot);              // at its repair station
bool broken_slot(const struct twin *t, int32_t robot, int32_t *slot);   // of one on its way to be mended; false: it stands in line
int broken_taken(const struct twin *t, int32_t station);        // slots of a repair station that are taken
void broken_timer(struct twin *t, uint32_t k);                  // timers from t->timer_broken on: BROKEN_TIMERS a robot
void broken_helped(struct twin *t, uint32_t job);               // the helper stands there
void broken_helper_left(struct twin *t, uint32_t job);          // the helper goes before the end: the rest runs on by itself
int32_t broken_place(const struct twin *t, uint32_t job);       // where the helper is wanted, NONE: anywhere
const char *broken_check(const struct twin *t, int32_t robot);  // an invariant that does not hold, NULL: all do
