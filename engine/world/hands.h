// Where parts lie for the hands of a robot that stands at a station, and what picking and placing them there takes.
//
// Robots with a body step in until they stand HANDS_NEAR before a station's edge. A part lies in the station's middle, at most
// HANDS_DEEP behind that edge, on its surface: on the belt, at the height of a rack's level, at its place of an assembly's pattern, among others in a
// bin, or on the floor. Boxes and sheets lie with their longer side ahead, long cylinders lie along it, others stand. Places of a pattern and of a rack's
// slots leave the part the clearance that pitch, size and shape give; elsewhere the part's own `tolerance` counts.
// Several carriers share a part's mass and hold its ends. Plans are those of robots/handling.h; a plan is a pure function of what it is asked.
#pragma once

#include "engine/layout/layout.h"
#include "engine/world/kind.h"
#include "robots/handling.h"
#include "robots/pair.h"

#define HANDS_STEP_IN 0.13          // m    nearer than the place of the routes (engine/world/stand.h)
#define HANDS_NEAR    0.32          // m    from the middle of the robot to the station's edge, a footprint of 0.30 m being there
#define HANDS_WINDOW  0.30          // m    along a belt either way of straight ahead within which a part is met; a guess
#define HANDS_DEEP    0.30          // m    a guess
#define HANDS_WHY     256           //      bytes of a reason

struct hands_ask {
  const struct part_type *part;
  double                  mass;     // kg   of all of it
  int                     carriers;
  const struct station   *at;       //      NULL: on the floor, beside its knee, or before its feet
  int                     slot;     //      of a rack or a pattern, counted from 0; -1: none
  double                  hidden;   // share that others and bad light cover
  bool                    places;   //      else picks
  int                     along;    //      of a belt that runs: 1 to the robot's left, -1 to its right; 0: the part stands
};

// What one act takes.
struct hands_plan {
  bool       possible;
  bool       both;
  double     time, energy;          // s, J  everything going well, without the fit
  double     meets;                 // s    of a pick, until the hand has come down to the part
  double     held, slip;            // 1    of one try
  double     retry;                 // s    of another one
  struct fit fit;                   //      of a place
  double     hold;                  // W    while it feels for the place
  double     pause;                 // s    of rest after it
  double     shift;                 // m    by which it then stands ahead of where it stood
  char       why[HANDS_WHY];        //      it is not possible
};

// The part as fingers take it. carriers: who holds it together.
struct grip_part hands_part(const struct part_type *p, double mass, int carriers);

// Where it lies, in the frame of robots/reach.h, and what is round it.
struct handling_spot hands_spot(const struct hands_ask *a);

// Plan with the kind's reacher. handling (may be NULL) gets the motion itself.
void hands_plan_find(struct hands_plan *out, const struct kind *k, const struct hands_ask *a, struct handling *handling);

// d' of two classes (robots/sight.h) as a standing robot sees such a part there; infinity: it has no arms, and tells them apart.
double hands_apart(const struct kind *k, const struct hands_ask *a);

// Plans that were asked for before are looked up; one that falls on another's slot takes its place. What is found does not depend on it.
struct hands_book;
struct hands_book *hands_book_create(void);                            // NULL: no memory
void               hands_book_destroy(struct hands_book *b);           // takes NULL
// 128 bits of all that a plan depends on.
void hands_hash(const struct kind *k, const struct hands_ask *a, uint64_t out[2]);

const struct hands_plan *hands_book_find(struct hands_book *b, const struct kind *k, const struct hands_ask *a);       // good until the next call

// One go of a step at a bench (engine/layout: steps), by robots/primitive.h.
// part: that is handled, NULL: anything small; mass: kg of all of it. with: the kind of the other one, of handover and carry; second: it takes, or holds the other end.
struct hands_step { const struct station *at; const struct step *step; const struct part_type *part; double mass; const struct kind *with; bool second; };
struct primitive_wish hands_step_wish(const struct hands_step *a);
void hands_step_hash(const struct kind *k, const struct hands_step *a, uint64_t out[2]);
// Its motion, in *out; NULL: it cannot, or the other one cannot, and why says so.
const struct primitive_plan *hands_step_plan(const struct kind *k, const struct hands_step *a, struct pair_plan *out, char *why, size_t size);

struct hands_work {
  bool       possible;
  double     time, energy;          // s, J  of one go that succeeds, without the fit
  double     late;                  // s    until its motion begins: it waits for the other one
  double     fails;                 // 1    of it
  double     hold;                  // W    while it feels for the place
  struct fit fit;
  char       why[HANDS_WHY];
};
const struct hands_work *hands_book_work(struct hands_book *b, const struct kind *k, const struct hands_step *a);

// The level and the places of a rack or pattern differ: how many slots are worth asking for, and the i-th.
int hands_slots(const struct station *s);
int hands_slot(const struct station *s, int i);
