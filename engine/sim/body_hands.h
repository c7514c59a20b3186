// Picks and places of stepped bodies: arms, trunk and legs move as their plan says, on planted feet, while the act's timer runs.
//
// A motion is solved once (robots/act.h) for all who do the same where the part lies the same, in the robot's own frame; tries, waits and feeling
// for a place come before it, standing. When the act is over the robot stands as it walks on: with the part held close, or with free arms. A push ends the
// motion; the act's time goes on as it does for walks (engine/sim/upset.h). Fingers keep their pose.
#pragma once

#include "engine/sim/body_state.h"
#include "engine/world/hands.h"

struct acts *acts_create(void);                                        // NULL: no memory
void         acts_destroy(struct acts *a);                             // takes NULL

// Robot i begins an act that ends in `length`; its motion ends with it. hands: the kind that the plan was made with.
void body_act(struct twin *t, int32_t i, const struct kind *hands, const struct hands_ask *ask, ns_t length);

// Row r plays one. Its sample now, in the hall.
static inline bool act_played(const struct body_rows *k, int r) { return k->act[r].walk != NULL; }
void act_sample(const struct body *b, struct body_rows *k, int r);
// It is over, or broken off before its end: the robot stands where the motion has brought it.
void act_over(const struct body *b, struct body_rows *k, int r);
