// Picks, places and work at benches by the bodies of the robots, at every fidelity's clock.
//
// What an act takes comes from a plan (engine/world/hands.h) for where the part lies, what it is and how it is held; plans are pure, so looking
// one up or making it again changes nothing. Tries, drops and searches are drawn from the robot's stream `handling`: each try holds the part with the
// plan's own probability. After HANDS_TRIES a robot has given up trying and somebody sets the part right (an intervention).
// A drive that would get too hot when an act is repeated at once makes the next one wait.
#pragma once

#include "engine/sim/state.h"

struct hands;

// Which flows whose hands cannot do; before the ways are built. STATUS_UNREACHABLE when nobody can do one, with the reason.
enum status hands_create(struct twin *t, struct error *e);
// When the makes of all fleets are known.
enum status hands_makes(struct twin *t, struct error *e);
void        hands_destroy(struct twin *t);

// Bit k: fleet k cannot carry along this flow.
uint64_t hands_cannot(const struct twin *t, int flow);

// Robot i has a body with hands, in a hall.
bool hands_there(const struct twin *t, int32_t i);

// Where its hands will work it stands nearer than the place of the routes: move `at` on by HANDS_STEP_IN. At motion fidelity walkers stop at their spot.
void hands_nearer(const struct twin *t, int32_t i, double at[2]);

// Probability that robots of a fleet take a part where it lies for another one of `classes`, by the eyes that the first of them has now; 0 without hands. On a belt that runs it moves while they look.
double hands_class_error(struct twin *t, int32_t fleet, uint32_t part, int classes);

// The robots of a job pick its part, put it down: how long that takes all of them. Their rows get the power.
ns_t hands_pick(struct twin *t, const struct job *a);
ns_t hands_place(struct twin *t, const struct job *a);

// One go of a step by robot i at station s, handling `mass` kg with the others: s, of them its motion's and of feeling for a place; W; share of tries that
// fail. False: it has no hands; then nothing is drawn.
struct hands_go { double time, motion, feel, power, fails; };
// with, second: who does it together with it (NONE: nobody), and which of both it is.
bool hands_go(struct twin *t, int32_t i, int32_t with, bool second, int32_t s, const struct step *x, double mass, struct stream *draws, struct hands_go *out);
// At body fidelity its arms do it; the go ends in `length`, `feel` of which it feels for the place.
void hands_go_play(struct twin *t, int32_t i, int32_t with, bool second, int32_t s, const struct step *x, double mass, double feel, ns_t length);

// The kind of robot i; NULL: without hands.
const struct kind *hands_kind(const struct twin *t, int32_t i);
