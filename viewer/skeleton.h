// A robot's body as points and bones: from the side, from ahead and from above.
//
// Whoever has a body model says where its joints are; nothing here knows how a pose is made. Coordinates are
// metres in an upright frame: x ahead, y left, z up from the floor. The side view looks to the left, so the
// robot walks to the right and its right limbs are the near ones.
#pragma once

#include <stdbool.h>

#include "viewer/look.h"

#define SKELETON_POINTS 128
#define SKELETON_STEPS  24
#define SKELETON_REACH  48
#define SKELETON_CONTACTS 8

enum skeleton_side { SKELETON_MIDDLE, SKELETON_LEFT, SKELETON_RIGHT };
enum skeleton_bone_kind { BONE_TRUNK, BONE_LIMB, BONE_FINGER };

// What stays the same: one for each model.
struct skeleton {
  int points, bones;
  struct skeleton_point { char name[28]; uint8_t side; bool driven; float peak; } point[SKELETON_POINTS];    // a joint; "hip pitch", without its side
  struct skeleton_bone  { uint8_t a, b, side, kind; } bone[SKELETON_POINTS];
  int   head;                       // point in the middle of the head, -1: none
  float head_radius;                // m
  int   ankle[2];                   // points that carry the left and the right sole, -1: none
  // how far one empty hand gets: m ahead and up; m ahead and left at a height. Counts 0: not known
  int   reach_ahead, reach_around;
  float ahead[SKELETON_REACH][2], around[SKELETON_REACH][2];
};

// What moves.
struct skeleton_pose {
  float point[SKELETON_POINTS][3];  // m
  float load[SKELETON_POINTS];      // 1      torque over its limit; < 0: not known
  float heat[SKELETON_POINTS];      // degC   of the winding; < -273: not known
  bool  feet, contact[2];           // sole[] is known; stands on the floor
  float sole[2][6][3];              // m      heel outer, ball outer, toe outer, toe inner, ball inner, heel inner
  bool  massed, pressed;            // com, cop are known
  float com[3], cop[2];             // m      centre of mass, of pressure
  int   steps;                      // footsteps, oldest first; those from `ahead` on are planned
  int   ahead;
  struct skeleton_step { float x, y, heading; uint8_t side; } step[SKELETON_STEPS];
  float box[3], box_size[3];        // m      load in the hands: middle, length, width, height; 0: none
  float box_turn;                   // rad    of it about the upright
  bool  box_round;                  // seen from above
  uint8_t limit[SKELETON_POINTS];   // enum skeleton_limit of each joint
  int   touches;                    // contacts of fingers on that load
  struct skeleton_contact { float at[3], normal[3], mu, force; uint8_t side; } touch[SKELETON_CONTACTS];       // m; into the load; N
  float grip_width, grip_quality;   // m, 1   between two fingers; 0: not known
};

enum skeleton_limit { AT_LOW = 1, AT_HIGH = 2, AT_TORQUE = 4, AT_HEAT = 8 };

enum skeleton_from { FROM_SIDE, FROM_AHEAD, FROM_ABOVE };

// Where the frame's origin (on the floor) is on the screen.
struct skeleton_view { float x, y, zoom; enum skeleton_from from; };

struct point skeleton_project(const struct skeleton_view *v, const float p[3]);

// How far its hand gets: the outline seen from the side, or from above at one height. Under the body.
void skeleton_reach(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_view *v);
// The floor: a line, or footsteps and support polygon from above. Under the body.
void skeleton_floor(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_pose *p, const struct skeleton_view *v, float x0, float x1);
// The body with joints (colour: temperature, arc: torque over its limit), load, centre of mass.
void skeleton_draw(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_pose *p, const struct skeleton_view *v);
// Torque over its limit of every driven joint, left and right beside each other, in rows of `row` px; `rows` at most, the
// largest first when they do not all fit. Returns the height used.
float skeleton_bars(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_pose *p, float x, float y, float w, float row, int rows);

// Corners of the load as it lies, seen from above, in turn.
void skeleton_load(const struct skeleton_pose *p, const struct skeleton_view *v, struct point out[4]);

// Support polygon of the soles on the floor: corners counter-clockwise, at most 12. 0: none stands.
int skeleton_support(const struct skeleton_pose *p, float out[12][2]);

// Colour of a share 0..1 on the viridis ramp (Smith & van der Walt 2015), bright is much.
uint32_t ramp_viridis(float share);
