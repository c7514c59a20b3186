// Colours, states and what they mean: one hue for one cause, robots and stations alike.
//
// Cause and pose codes are those of docs/protocol.md. Codes from outside go through robot_look and
// station_look, which answer any number.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct theme {
  bool     dark;
  uint32_t bg, panel, sunk, floor, line, line2, ink, ink2, ink3;
  uint32_t wall, kit, kit2, limb, leg, skin, accent, casing, outline, stopped, on_stop;
  uint32_t cell;                    // a good part's body
};

const struct theme *theme_get(bool dark);

enum cause { CAUSE_WORK, CAUSE_MOVE, CAUSE_PART, CAUSE_SPACE, CAUSE_WAIT, CAUSE_PREPARE, CAUSE_BROKEN, CAUSE_STOPPED, CAUSE_NONE, CAUSES };

uint32_t cause_fill(const struct theme *t, enum cause c);     // colour of an area
uint32_t cause_pen(const struct theme *t, enum cause c);      // icon and pattern on it
uint32_t cause_rim(const struct theme *t, enum cause c);      // the line around it

enum icon {
  ICON_NUT, ICON_CHEVRONS, ICON_EMPTY, ICON_FULL, ICON_YIELD, ICON_BUST, ICON_BOLT, ICON_LYING, ICON_CROSS, ICON_SQUARE,
  ICON_DOTS, ICON_MOON, ICON_SLIDERS, ICON_PLAY, ICON_PAUSE, ICON_STEP, ICON_BACK, ICON_SEARCH, ICON_WAVES, ICON_NO_GO,
  ICON_ARROW, ICON_LEFT, ICON_UP, ICON_DOWN, ICON_GAUGE, ICON_RAMP, ICON_DIM, ICON_CHECK, ICONS
};

struct state_look { enum cause cause; enum icon icon; const char *word; };

#define ROBOT_STATES   13
#define STATION_STATES 8
enum { ROBOT_STATE_WORKING, ROBOT_STATE_WALKING, ROBOT_STATE_CHARGING = 7, ROBOT_STATE_FALLEN = 8, ROBOT_STATE_IDLE = 12 };
enum { POSE_CODE_STAND, POSE_CODE_WALK, POSE_CODE_JOG, POSE_CODE_REACH, POSE_CODE_CARRY, POSE_CODE_SQUAT, POSE_CODE_LIE };

const struct state_look *robot_look(unsigned code);
const struct state_look *station_look(unsigned code);
