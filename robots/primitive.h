// What hands do at a bench beside picking and placing: insert, fasten, press, inspect, scan, open and close, hand over.
//
//   insert   pick a part that lies beside its place, bring it in (robots/fit.h: by sight or by feeling), push it down
//   fasten   bring an electric driver with its screw to the hole, feel for it, drive
//   press    come down on the place and press; the body bears the force as it would bear so much less weight
//   inspect  turn the trunk to look from some sides, as often each as averages the error of seeing down to a third of the tolerance
//   scan     look until the code is read: one less the error of telling two classes apart, each time
//   open     take the edge of a lid and lead it over, close the same way back
//   hand     take a part and bring it to the middle between two robots; or take it there, from the other one's hand, and bring it to its place (robots/pair.h)
//   carry    lift one's end of a part with both hands and set it down farther in, as others do at theirs
//
// Each gives time, energy, heat and chances of one try, as motions of the whole body with every limit of robots/reach_move.h; robots/act.h plays them. Drivers, lids and
// turns are guesses, marked in primitive.c.
#pragma once

#include "robots/act.h"

enum primitive_kind {
  PRIMITIVE_PICK, PRIMITIVE_PLACE, PRIMITIVE_INSERT, PRIMITIVE_FASTEN, PRIMITIVE_PRESS, PRIMITIVE_INSPECT, PRIMITIVE_SCAN, PRIMITIVE_OPEN, PRIMITIVE_CLOSE, PRIMITIVE_HAND_OVER,
  PRIMITIVE_CARRY, PRIMITIVE_KINDS
};
const char *primitive_text(enum primitive_kind k);

struct primitive_wish {
  enum primitive_kind kind;
  struct grip_part    part;         //      that is handled; of fasten the driver's is taken
  double              at[2];        // m    ahead and up: the place of work on the bench
  double              clearance;    // m    to every side; 0: the kind's own
  double              force;        // N    to press or push with; 0: the kind's own
  double              tolerance;    // m    of what is inspected; 0: the kind's own
  double              friction;     // 1    of the floor
  double              apart;        // m    to the one beside it, of hand
  double              meet[2], turn;//      m ahead and above the bench, rad: where, and how turned, the part changes hands
  bool                second;       //      it takes, of hand
  struct grip_room    room;         //      round the part where it is taken, of hand: the other one's fingers
};

struct primitive_plan {
  bool                possible;
  enum handling_fault why;
  struct handling     hands;        //      its motion
  struct grip_part    part;         //      that is in the hand
  struct handling_wish wish;        //      what it was made for, for handling_say; points into this plan, which must stay where it is
  double              time, energy; // s, J of one, everything going well on average: searches and second looks in
  double              once;         // 1    probability that the part is held at the first try
  double              slip;         // 1    of that it slips: a drop
  double              retry;        // s    of another try
  struct fit          fit;          //      of the place
  double              extra;        // s    of time, of driving, pressing, looking
  double              looks;        // 1    mean number of looks of inspect and scan
  double              torque;       // 1    largest share of a drive's peak
  struct act_hold     hold;         //      at the place: pressed, driven, held for the other hand
};

struct primitive_wish primitive_wish_defaults(enum primitive_kind kind);

// From standing with free arms back to it. False: cannot, see why and handling_say.
bool primitive_find(const struct reacher *r, const struct primitive_wish *w, struct primitive_plan *out);

// Masses that two carriers of one rigid part bear, who hold it `a` and `b` metres from its centre of mass on either side.
void carry_shares(double mass, double a, double b, double share[2]);
