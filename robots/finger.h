// Fingers that close until they touch: each by its own joints, until its pad is at the part.
//
// Straight fingers of an open hand stand half the opening to one side of the grip's middle, the thumb to the other (the tree has them in one plane, and its thumb bends
// the way its fingers do: that it comes from the other side is a guess). Closing, the joints of a finger bend in proportion to their angles when the hand is shut
// (robots/hand.h), and the end of its last link comes across by the tree's own kinematics, up to where the line of closing through that finger meets the part's outline.
// Where that line passes the part by, the finger comes as far as the grip is wide. Of both hands, each at its side of the part, the ends come HANDLING_LEDGE in beneath it, each by its
// finger's own joints, and the thumbs stay beside it (a guess: how high the ends are then is not looked at).
#pragma once

#include "robots/handling.h"

// Shares of hand.closed, by joint of hand.finger, at which that hand touches the part as h says, or is `gap` m short of it; pose: where it closes, or holds
// the part. Nothing allocates.
void finger_bends(const struct reacher *r, const struct handling *h, enum side side, const struct grip_part *part, const struct reach_pose *pose, double gap, double share[HAND_FINGERS_MAX]);
