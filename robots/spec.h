// What the URDF does not say of a robot: drives, battery, bus, hands, eyes and feet.
//
// From robot.yaml beside the URDF, where each figure names its source or is called a guess. Without a file, or without its
// `drives`, every joint gets a drive from its effort limit, between the classes that are known: all guesses, with a warning.
// robots/tables.h reads its keys from the same file (robots/robot_file.h checks them all).
//
//   drives: {NAME: {torque, speed, km, ...}}    classes of drives, constants at the joint
//   joints: {JOINT: NAME}                       JOINT or, for both sides, what follows left_ and right_
//
// One factor on all motor constants, km_factor, is free: whoever has the gait chooses it so that walking at
// calibration.speed takes calibration.power (robot_spec_scale). Nothing else is fitted.
//
// A joint that follows another (mimic) has no drive of its own: its actuator is zero and drive -1.
#pragma once

#include "base/fault.h"
#include "robots/actuator.h"
#include "robots/battery.h"
#include "robots/bus.h"
#include "robots/hand.h"
#include "robots/humanoid.h"

#define DRIVE_CLASSES_MAX 64        // in a file

struct drive_class {
  char            name[32];
  struct actuator actuator;         // km as written, before the factor
};

struct robot_spec {
  char                 name[ROBOT_NAME_SIZE];
  bool                 guessed;     // drives were made from effort limits
  int                  class_count;
  struct drive_class  *classes;     // of the file, or one for each kind of effort limit      (class_count)
  int                  joint_count;
  int                 *drive;       // class of each joint; -1: none         (joint_count)
  struct actuator     *actuator;    // km_factor included                    (joint_count)
  int                  driven;      // joints with a drive
  double               enabled;     // W    all drives enabled: standing, walking
  double               km_factor;   // 1    on every class's km
  struct { double power, speed; } calibration;        // W, m/s   0: none given
  double               walk_speed, run_speed;         // m/s  of its walks; the most that it jogs at, 0: it does not
  struct bus           bus;
  struct battery_pack  battery;
  char                 foot[2][ROBOT_NAME_SIZE];      // link names by enum side; empty: found from the tree
  struct hand_figures  hands;
  bool                 sole_known;
  struct sole          sole;
};

// Read folder/robot.yaml for model m; folder may be NULL (no file). Faults name file:line:column in their sentence.
enum status robot_spec_read(struct robot_spec *s, const struct robot_model *m, const char *folder, struct faults *f);
void        robot_spec_finish(struct robot_spec *s);                 // takes an empty one too

// Set km_factor (0.1 .. 10): every actuator's km is its class's times this.
void robot_spec_scale(struct robot_spec *s, double km_factor);

// Names and sole as humanoid_find takes them: feet is filled and returned, or NULL when the file names none.
const char *const *robot_spec_feet(const struct robot_spec *s, const char *feet[2]);

// A drive from an effort limit (N m) and a speed limit (rad/s; infinity: the class's), between the known classes by
// interpolation of logarithms. A guess.
struct actuator actuator_guess(double torque, double speed);
