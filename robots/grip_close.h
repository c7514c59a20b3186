// Closing the hand: a grip that was planned on what was seen meets the part where it really lies.
//
// The hand comes down open by `gap` beside each planned contact. A finger that comes down on the part strikes it. Otherwise the fingers
// close along the planned line and touch where that line really goes through the part; the first to touch takes the part along. From
// there on it is the planned grip's own mechanics (robots/grip.h): the slant at the true contacts must be within friction, and the
// planned force must bear weight and twist at the true arm, with the friction of the worse contact. So misses, drops and jams come out of pose error, clearance,
// friction and force alone.
#pragma once

#include "robots/grip.h"

#define GRIP_OUTCOME_MAP(X)                                           \
  X(CLOSE_HELD,     "held")                                           \
  X(CLOSE_STRUCK,   "a finger came down on the part or the floor")    \
  X(CLOSE_MISSED,   "the fingers closed beside or above the part")    \
  X(CLOSE_SQUEEZED, "the part slid out of the closing fingers")       \
  X(CLOSE_SLIPPED,  "the part slipped when it was lifted")

enum grip_outcome {
#define X(name, text) name,
  GRIP_OUTCOME_MAP(X)
#undef X
  GRIP_OUTCOME_COUNT
};

const char *grip_outcome_text(enum grip_outcome o);

// truth: the part's pose. planned: from grip_plan on the pose that was seen, with its force. gap: m, opened beyond each contact; the wish's
// tolerance is what the plan kept free. *got (may be NULL): the contacts as they came about, width, slant and height, when the fingers touched.
struct grip_open { struct outline finger[2]; };            // the fingers of a grip, open by the gap, in plan
struct grip_open grip_opened(const struct grip_hand *hand, const struct grip *planned, double gap);
enum grip_outcome grip_close_on(const struct grip_part *part, const struct grip_pose *truth, const struct grip_hand *hand, const struct grip_wish *wish, const struct grip *planned, double gap,
                                const struct grip_open *open, struct grip *got);
// Both at once.
enum grip_outcome grip_close(const struct grip_part *part, const struct grip_pose *truth, const struct grip_hand *hand,
                             const struct grip_wish *wish, const struct grip *planned, double gap, struct grip *got);

// Errors that surely end in a hold: the part moved in plan by d and turned by psi, so that no point of it is moved by more than |d| + radius |psi|. What is beyond may hold too.
struct grip_sure {
  double radius;                    // m
  double moved;                     // m    of |d| + radius |psi|; below 0: nothing is sure
  double turned;                    // rad  of |psi|
  double low, high;                 // m    of the part's height
};

// pose: on which the grip was planned. turned, lifted: rad, m either way that are of interest.
struct grip_sure grip_surely(const struct grip_part *part, const struct grip_pose *pose, const struct grip_hand *hand, const struct grip_wish *wish,
                             const struct grip *planned, double gap, double turned, double lifted);

// The arm, m, of the centre of mass beside the closing line at which a part pressed with `force` begins to slip, closing straight (slant 0);
// 0: it slips at any, or the fingertip is hard.
double grip_arm_max(const struct grip_part *part, const struct grip_hand *hand, const struct grip_wish *wish, double force);
