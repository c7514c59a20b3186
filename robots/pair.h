// Two robots, side by side at a bench, with one thing: one hands it to the other, or both lift it and set it down farther in.
//
//   hand over  the first takes the part and brings it to the middle between both, where the second's hand is waiting; the second closes on it, the first lets
//              go, the second brings it to its place. Neither lets go before the other holds.
//   carry      both hold their ends, and every phase of the one takes as long as that of the other: the slower one sets the pace. Who holds an end
//              a from the centre of mass bears b / (a + b) of the weight (carry_shares, primitive.h); here both ends are as far.
//
// Both grips of a hand over must fit on the part at once: who plans second finds the fingers of the other one on it, with the room that they open into, as neighbours
// (robots/grip.h); first the one who takes, then the one who gives. Nor may palms and forearms of one meet those of the other, as rods with round ends (robots/body_rods.h), where the second waits over
// the part, where both hold it, and where the first has drawn back; on the way between these nobody looks, nor at fingers of who holds it with both hands.
//
// The second stands `apart` to the right of the first. Plans are those of robots/primitive.h, with all their limits; robots/act.h plays them. Nothing allocates.
#pragma once

#include "robots/primitive.h"

#define PAIR_LONGEST 0.6              // m      of parts whose length is looked for; a guess

struct pair_plan {
  bool                  possible;
  int                   who;        //        0, 1: which of them cannot, else
  bool                  crowded;    //        each of them could, but not both hands at once: near the centre of mass there is no room, and farther out the part turns in the fingers
  double                meets;      // m      least by which palms or forearms of one would be inside those of the other, where both hands would fit on the part; 0: that is not why
  double                length;     // m      of the part's longer side that would do then, the rest of it as it is; 0: none up to PAIR_LONGEST
  struct primitive_plan plan[2];    //        of each, from its own beginning to its own end; must stay where they are
  double                late[2];    // s      from the beginning of both until its motion begins
  double                time;       // s      until both are done, the second's fit in
};

// w: kind PRIMITIVE_HAND_OVER or PRIMITIVE_CARRY; the part is what each has in its hands.
bool pair_find(const struct reacher *const r[2], const struct primitive_wish *w, struct pair_plan *out);
