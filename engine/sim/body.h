// Bodies: at `body` fidelity every robot of a fleet with a model is stepped run.body_rate times a second.
//
// The door of engine/sim/robot.h stays: a walk that begins is planned and solved as a whole-body motion (robots/walker.h), and
// its done is posted by the step in which the last foot has come to rest. One step of a robot is
//   the walk's sample            pelvis, joints, feet and their planned wrenches
//   inverse dynamics             joint torques with the feet's wrenches; what is left at the root is an error
//   contact checks               pull, friction, centre of pressure, yaw, against the floor where the foot stands
//   drives                       motor torque, power, heat, wear            robots/drives.h
//   bus and battery              robots/bus.h, robots/battery.h
// Steps are events of the calendar. Rows are split over threads inside a step; what meets others (done, notes, sums) is booked after
// it, in the order of the robots. Nothing here allocates but the solving of walks and acts that nobody has done before, and the recovery of one that
// is thrown off its balance.
//
// What hands do is played by all joints too (engine/sim/body_hands.h), and so is what a body does about pushes, slips and falls
// (engine/sim/upset.h). Who sets out waits until its way is clear of everybody else's (engine/sim/body_clear.h).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/sim/twin.h"
#include "engine/world/kind.h"
#include "robots/walker.h"

struct body;

// What did not hold in a step; an episode counts once in struct fleet_sums.
enum body_fault {
  BODY_STUMBLE = 1,                 // a foot would have to pull on the floor
  BODY_SLIP = 2,                    // more force along the floor than its friction holds
  BODY_TWIST = 4,                   // more moment about the upright than the sole's friction holds
  BODY_TIP = 8,                     // the centre of pressure left the sole
  BODY_OVERLOAD = 16,               // a drive is asked for more torque than it has
  BODY_ERROR = 32                   // feet and body disagree: our mistake
};

// Read the models, make columns and threads. STATUS_CONFLICT where a fleet of robots on the floor has no model; people have no row.
enum status body_create(struct twin *t, struct error *e);
void        body_destroy(struct twin *t);

// True when robot i is stepped. All below but body_digest are for those only.
bool body_stepped(const struct twin *t, int32_t i);

// It comes into the hall, standing at its place; it goes out.
void body_enter(struct twin *t, int32_t i);
void body_leave(struct twin *t, int32_t i);

// It becomes that make of its fleet where it stands, at rest and with nothing in its hands, before its row says so: share of charge, heat and wear stay, joint by joint.
void body_become(struct twin *t, int32_t i, int32_t make);

// Walk to where the row says (from, place, turned, load); robot_arrived is called when it has come to rest there. One that is
// walking already turns off to there if it was called back and can, else it walks to its end first.
void body_walk(struct twin *t, int32_t i);
bool body_walks(const struct twin *t, int32_t i);

// One step: the timer's event.
void body_timer(struct twin *t);

// All state columns, for the digest of a simulated second.
uint64_t body_digest(const struct twin *t, uint64_t chain);

// Share of charge in its pack; set it (charging and swapping go by the tables).
double body_charge(const struct twin *t, int32_t i);
void   body_recharge(struct twin *t, int32_t i, double share);

// Its trunk is more across than upright.
bool body_flat(const struct twin *t, int32_t i);
// Where it stands, or where the walk at hand began; false: not in the hall.
bool body_stands_at(const struct twin *t, int32_t i, double at[2]);
// Where the floor is below its pelvis, heading, and the pelvis' speed.
void body_position(const struct twin *t, int32_t i, double at[2], double *heading, double *speed);

// How hands hold the part that they took last.
struct body_grip {
  bool      both;                   //      fingers of both hands beneath it
  enum side side;
  double    width, force;           // m, N between the contacts; of each finger, of weight on each hand
  double    mu, quality;            // 1    friction; Ferrari-Canny (robots/grip.h), 0 with both hands
  double    size[3], height;        // m    of the part, as it lies: ahead, across, up; of the contacts above its underside
  double    along;                  // rad  of the closing line in the part's frame
};

// A robot's whole body now, for pictures: joints and root, feet, and what its drives do.
struct body_view {
  const struct kind *kind;
  struct base_motion base;
  double             q[ROBOT_JOINTS_MAX];       // rad
  double             load[ROBOT_JOINTS_MAX];    // 1      torque over the drive's peak; -1: no drive
  double             heat[ROBOT_JOINTS_MAX];    // degC   of the winding
  bool               contact[2];
  double             cop[2];                    // m      of both feet together; where neither stands, of the pelvis
  double             power;                     // W      from the pack
  bool               walks;
  const struct walk *walk;                      // NULL: stands
  double             time;                      // s      into the walk
  struct v3          origin;                    // m      of the walk's frame
  double             turned;                    // rad    of it against the hall
  bool               holds;                     //        something bears on its hands, and grip is known
  struct body_grip   grip;
};
void body_look(const struct twin *t, int32_t i, struct body_view *out);

// The model of robot i, which is stepped.
const struct kind *body_kind(const struct twin *t, int32_t i);

// twin_bodies.
struct twin_bodies body_counted(const struct twin *t);
