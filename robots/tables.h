// What a robot's body can do, as the tables that the event engine asks: how long a walk, a pick, a
// place takes, with which load, and what power it draws.
//
// The figures come from assets/robots/NAME/robot.yaml, each with its source or marked as a guess.
// Hand times are MTM-1 (Maynard, Stegemerten & Schwab 1948; 1 TMU = 0.036 s): a pick is reach + grasp,
// a place is move + position + release, times the robot's pace factor; the moved weight adds MTM-1's
// own allowance: its constant to the pick, its factor to the move. Parts above 2.5 lb are taken with
// both hands, each bearing half. The humanoid library will fill the same struct from the whole body.
#pragma once

#include "base/fault.h"

#define ROBOT_SKILLS 11             // pick place insert fasten press inspect scan open close handover carry, as robots/hand_step.h

// What practice changes of one of them; learning 0: nothing is said, nothing is learnt.
struct robot_skill { double learning, practice, least; };

struct robot_tables {
  char   name[64];
  double mass, height;              // kg, m
  double radius;                    // m    of the footprint
  double walk_speed;                // m/s  brisk, unloaded
  double load_max;                  // kg   carried with both hands
  double load_slowdown;             // 1/kg share of speed lost per kg carried
  double start_stop;                // s    added to every walk for starting, stopping and turning
  double hand_pace;                 // 1    hand times over MTM-1's
  double reach;                     // m    of a hand from the shoulder axis, in plan
  double battery;                   // J
  double power_idle, power_walk, power_work;   // W   standing, walking at walk_speed, arms at work
  double power_load;                // W/kg added while carrying
  double charge_power;              // W    the most the pack takes
  struct robot_skill skill[ROBOT_SKILLS];
  double charge_taper;              // share of charge above which the power falls linearly to zero at 1.02 (constant voltage)
};

// Read folder/robot.yaml. Faults carry file:line:column in their sentence, since f may belong to the
// text of a layout.
enum status robot_tables_read(struct robot_tables *t, const char *folder, struct faults *f);

enum hand_case {
  HAND_SINGLE,                      // part by itself, easy to grasp   (reach A/B, grasp 1A)
  HAND_JUMBLED,                     // among others in a bin           (reach C, grasp 4)
  HAND_MOVING                       // on a moving belt                (reach B, grasp 1A, interception)
};

// Seconds. distance: hand travel in m; mass in kg; tolerance in m (0 or above 1.5 mm: loose, MTM P1; to 1.5 mm
// close, P2; to 0.4 mm exact, P3). A part on a moving belt takes one eye focus (7.3 TMU) more: our reading.
double robot_pick_time(const struct robot_tables *t, double distance, double mass, enum hand_case c);
double robot_place_time(const struct robot_tables *t, double distance, double mass, double tolerance);
double robot_walk_speed(const struct robot_tables *t, double load);           // m/s, at least a fifth of walk_speed
double robot_walk_time(const struct robot_tables *t, double distance, double load);   // s, start and stop included

// Seconds to charge from share a to b (at most 1) at a charger of `power` W, which gives min(power, what the
// pack takes); the energy is (b - a) battery, without losses.
double robot_charge_time(const struct robot_tables *t, double a, double b, double power);
