// Speed and separation monitoring: how fast a robot may walk with a person so near, or how far away a person must be.
//
// The protective separation distance of ISO/TS 15066:2016, 5.5.4.2.3, with the robot's speed v_r constant between two looks and the person's monitored:
//   S = S_h + v_r T_r + S_s + C + Z         the person's way, the robot's until it brakes, its braking, intrusion, position errors
// A walker that brakes evenly with a needs T_s = v_r / a and S_s = v_r^2 / (2 a). The person comes on with the speed towards the robot that is seen now,
// and may speed up evenly from there to the most that people walk: S_h is the integral of that over T_r + T_s. Who comes on with the most already goes
// v_h (T_r + T_s), the standard's value for people who are not monitored. Distances are from rim to rim.
//
// Who stands there, at a machine say, is passed and approached at creeping speed however near: slow enough for a touch, as power and force limiting
// has it (ISO/TS 15066, 5.5.5); who comes nearer than S stops the robot. What is a guess is said in separation_defaults.
#pragma once

#include <stdbool.h>

struct separation {
  double person_speed;              // m/s   v_h, the most
  double person_accel;              // m/s2  up to it
  double reaction;                  // s     T_r, from the person being there to the robot braking
  double braking;                   // m/s2  a
  double intrusion;                 // m     C
  double uncertainty;               // m     Z_d + Z_r
  double creep;                     // m/s   beside people who stand
};

// 1.6 m/s is the walking speed of ISO 13855. Guesses: 2 m/s2 of a person's first step, 0.1 s, 3.0 m/s2 (from 1.4 m/s within a step of the feet), C 0 and Z 0.1 m,
// and 0.2 m/s of creep, below the reduced speed of ISO 10218-1 (0.25 m/s): by the two-body spring of TS 15066, F = v (mu k)^1/2, a robot of 56 kg meets a chest (40 kg, 25 N/mm)
// with 130 N then.
struct separation separation_defaults(void);

// approach: m/s towards the robot, as seen; what is below 0 counts as 0, what is above person_speed as that.
double separation_distance(const struct separation *s, double approach, double speed);       // m, for a robot's speed
double separation_speed(const struct separation *s, double approach, double distance);       // m/s, the largest that S allows; 0: stand still
// The same for a walker: beside one who stands not below its creeping speed.
double separation_walk(const struct separation *s, double approach, bool stands, double distance);
