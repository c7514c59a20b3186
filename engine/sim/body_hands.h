// What the hands of stepped bodies do: arms, fingers, trunk and legs move as their plan says, on planted feet, while the act's timer runs.
//
// A motion is solved once (robots/act.h) for all who do the same where the part lies the same, in the robot's own frame. It ends when the act
// ends: pauses come before it, standing; a try that failed goes up, looks and comes down again; what is felt for is felt for at its place. When the act is over
// the robot stands as it walks on: with the part held close, or with free arms. A push ends the motion; the act's time goes on as it does for walks
// (engine/sim/upset.h). Who stands still by order, off shift, or at a bench that has stopped, stays where it is and goes on from there.
#pragma once

#include "engine/sim/body_state.h"
#include "engine/world/hands.h"

struct acts *acts_create(void);                                        // NULL: no memory
void         acts_destroy(struct acts *a);                             // takes NULL

// How it goes: failed tries of a pick, s from one down to the next, and s that somebody's help takes after them; s of feeling for a place.
// late: s that it waits for another one first; then it need not end with its act (timed).
struct act_course { int again; double look, help, feel; bool timed; double late; };

// Robot i begins an act that ends in `length`; its motion ends with it. hands: the kind that the plan was made with. Too short for the motion: it stands still.
void body_act(struct twin *t, int32_t i, const struct kind *hands, const struct hands_ask *ask, const struct act_course *course, ns_t length);
// The same of a step at a bench.
void body_work(struct twin *t, int32_t i, const struct kind *hands, const struct hands_step *ask, const struct act_course *course, ns_t length);

// Row r plays one. Its sample now, in the hall.
static inline bool act_played(const struct body_rows *k, int r) { return k->act[r].act != NULL; }
void act_sample(const struct body *b, struct body_rows *k, int r);
// Something bears on its hands at that step: what it took, or carries.
bool act_bears(const struct body_rows *k, int r, int64_t step);
// It has come to its end, or nothing is played.
bool act_ends(const struct body *b, const struct body_rows *k, int r);
// It is over, or broken off before its end: the robot stands where the motion has brought it.
void act_over(const struct body *b, struct body_rows *k, int r);
