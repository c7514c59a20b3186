// Choosing a grip: how two fingers can take a part where it lies, and why not.
//
// The hand comes from above and closes level. Candidates are antipodal pairs (Nguyen 1988): for two sides of the part's outline
// the closing line at equal angles to both, through the shadow of the centre of mass and at quarters of what the sides share; for a
// round part, lines through its middle. The friction left over by the slant is what carries: closing at an angle s to the normals leaves
// sqrt(mu^2 cos^2 s - sin^2 s) of the closing force. A candidate is dropped, in this order, when
//   it is lower than the whole contact; where fingertips rest on the floor, than their middle    GRIP_SHALLOW
//   the opening cannot span it with the seeing's tolerance on both sides        GRIP_WIDE
//   its two fingers, as they come down, meet a neighbour or leave the pocket    GRIP_CROWDED
//   the force that holds it, times the margin, is more than the part stands     GRIP_FRAGILE
//   ... or more than the hand gives                                            GRIP_HEAVY
//   the wrist would be farther from the shoulder than the arm reaches           GRIP_FAR
// and what is left is ordered by Ferrari-Canny quality (robots/grasp.h, L1, torque over the outline's radius), then by force, then
// as it was found. Plain functions of arrays; nothing here allocates or draws at random.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/vector.h"
#include "robots/outline.h"

enum grip_shape { PART_BOX, PART_CYLINDER, PART_SPHERE, PART_PRISM };

// A part lying on a level floor as it is gripped; a cylinder stands. Its centre of mass is half way up.
struct grip_part {
  enum grip_shape shape;
  double size[3];                   // m    box: along x, y, z; cylinder and sphere: diameter first; cylinder and prism: height last
  double corner[OUTLINE_CORNERS_MAX][2];      // m  prism: convex, counter-clockwise, about the centre of mass
  int    corners;
  double mass;                      // kg
  double mu;                        // 1    finger on part
  double force_max;                 // N    of one finger that it stands; 0: any
};

struct grip_pose { double x, y, floor, yaw; };        // m, m, m, rad: centre of mass in plan, and what it lies on

// Fingertips are round.
struct grip_hand {
  double opening;                   // m    between the fingers when open
  double thickness;                 // m    of a finger along the closing line
  double width;                     // m    of a finger across it
  double length;                    // m    of a finger from the palm down
  double patch;                     // m    radius of a fingertip's contact; 0: hard, holds no torque
  double force_max;                 // N    of each finger
  double palm;                      // m    from the wrist down to the palm
  double rests;                     // m    of the contacts above what the part lies on, the fingertips standing on it: felt, so no error of its height matters; 0: they close half way up
};

// What is around the part. Other parts may be higher than it: fingers pass beside them.
struct grip_room {
  const struct outline *neighbour;
  int                   neighbours;
  const struct outline *pocket;     // the inside of a bin or a pocket of a tray; NULL: open
  bool                  aloft;      //    nothing is beneath it: it is held
  double                aside;      // m  along the part by which the one closing line that is looked at passes the centre of mass, for somebody else's fingers beside it; 0: any line
};

struct grip_wish {
  double    tolerance;              // m     of the pose as it was seen, kept free on every side
  double    up, sideways;           // m/s2  accelerations while it is carried
  double    margin;                 // 1     force pressed over force needed, 1 or above
  struct v3 shoulder;               // m     in the frame of the pose
  double    reach;                  // m     shoulder to wrist
};

struct grip {
  double contact[2][2];             // m    in plan
  double along[2];                  // 1    unit, from the first finger to the second
  double height;                    // m    of the contacts, same frame as floor
  double width;                     // m    between the contacts
  double slant;                     // rad  of the closing line to both normals
  double force;                     // N    to press with each finger, margin included
  double quality;                   // 1    epsilon
};

#define GRIP_FAULT_MAP(X)                                                           \
  X(GRIP_OK,       "can be gripped")                                                \
  X(GRIP_SLIPPERY, "no two sides face each other within its friction")              \
  X(GRIP_SHALLOW,  "lower than the fingertips' contact")                            \
  X(GRIP_DEEP,     "higher than the fingers are long where they would hold it")     \
  X(GRIP_WIDE,     "wider than the hand opens")                                     \
  X(GRIP_CROWDED,  "no room for the fingers beside it")                             \
  X(GRIP_FRAGILE,  "does not stand the force that holds it")                        \
  X(GRIP_HEAVY,    "needs more force than the hand gives")                          \
  X(GRIP_FAR,      "out of reach")

enum grip_fault {
#define X(name, text) name,
  GRIP_FAULT_MAP(X)
#undef X
  GRIP_FAULT_COUNT
};

const char *grip_fault_text(enum grip_fault why);

// The part's outline where it lies. A prism's corners must be convex (outline_is_convex).
struct outline grip_outline(const struct grip_part *part, const struct grip_pose *pose);

// How far the centre of mass is above the closing line of fingertips that rest on the floor, m; it counts as if it were beside it.
double grip_above(const struct grip_part *part, const struct grip_hand *hand);

// The closing lines that a part's shape and friction leave, found once for any number of wishes.
#define GRIP_LINES_MAX (5 * OUTLINE_CORNERS_MAX * (OUTLINE_CORNERS_MAX - 1) / 2)
#define GRIP_ROOMS     4            // tolerances whose room is remembered

struct grip_line {
  struct grip grip;                 //      but for force; slant and quality once it is asked for
  double      sine, cosine;         // 1    of the slant
  double      normal[2][2];         // 1    inward, at the contacts
  enum { LINE_NEW, LINE_OPEN, LINE_CLOSED } closed;    // force closure
  uint8_t     asked, has;           //      bits by place in rooms: whether there is room for its fingers
};

struct grip_lines {
  const struct grip_part *part;     //      borrowed, as what follows
  const struct grip_hand *hand;
  const struct grip_room *room;
  struct outline          outline;
  double                  height;   // m    of the contacts
  enum grip_fault         why;      //      when there is no line at all
  double                  tolerance[GRIP_ROOMS];       // m
  int                     rooms, count;
  struct grip_line        line[GRIP_LINES_MAX];
};

void grip_lines_find(struct grip_lines *l, const struct grip_part *part, const struct grip_pose *pose, const struct grip_hand *hand, const struct grip_room *room);

// The best grips of those lines, at most `most`, best first; returns how many. *why: GRIP_OK, or what the last candidates left failed by.
int grip_lines_judge(struct grip_lines *l, const struct grip_wish *wish, struct grip *out, int most, enum grip_fault *why);

// Both at once.
int grip_plan(const struct grip_part *part, const struct grip_pose *pose, const struct grip_hand *hand, const struct grip_room *room,
              const struct grip_wish *wish, struct grip *out, int most, enum grip_fault *why);
