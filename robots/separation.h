// Speed and separation monitoring: how fast a robot may walk with a person so near, or how far away a person must be.
//
// The protective separation distance of ISO/TS 15066:2016, 5.5.4.2.3, with constant speeds between two looks:
//   S = v_h (T_r + T_s) + v_r T_r + S_s + C + Z         the person's way, the robot's until it brakes, its braking, intrusion, position errors
// A walker that brakes evenly with a needs T_s = v_r / a and S_s = v_r^2 / (2 a). Distances are from rim to rim.
// What is a guess is said in separation_defaults.
#pragma once

struct separation {
  double person_speed;              // m/s   v_h
  double reaction;                  // s     T_r, from the person being there to the robot braking
  double braking;                   // m/s2  a
  double intrusion;                 // m     C
  double uncertainty;               // m     Z_d + Z_r
};

// 1.6 m/s is the walking speed of ISO 13855; 0.1 s, 3.0 m/s2 (from 1.4 m/s within a step of the feet), C 0 and Z 0.1 m are guesses.
struct separation separation_defaults(void);

double separation_distance(const struct separation *s, double speed);       // m, for a robot's speed
double separation_speed(const struct separation *s, double distance);       // m/s, the largest allowed; 0: stand still
