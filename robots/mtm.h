// Hand times of a trained person, Methods-Time Measurement MTM-1: Maynard, Stegemerten & Schwab,
// Methods-Time Measurement, McGraw-Hill 1948. 1 TMU = 0.00001 h = 0.036 s at 100 %.
//
// Distances are those the hand travels. Between the distances of the card times are interpolated
// linearly; below 3/4 inch the card gives one time, beyond 30 inches the last two entries are
// carried on. Weight is what each hand bears (effective net weight); the card's steps are kept.
#pragma once

#define MTM_TMU 0.036               // s

enum mtm_reach { MTM_REACH_A, MTM_REACH_B, MTM_REACH_CD, MTM_REACH_E };
enum mtm_move  { MTM_MOVE_A, MTM_MOVE_B, MTM_MOVE_C };
enum mtm_grasp { MTM_GRASP_1A, MTM_GRASP_1B, MTM_GRASP_4A, MTM_GRASP_4B, MTM_GRASP_4C };
enum mtm_position { MTM_POSITION_1SE, MTM_POSITION_2SE, MTM_POSITION_3SE };     // loose, close, exact; symmetric, easy to handle

// TMU.
double mtm_reach(enum mtm_reach c, double distance);            // m
double mtm_move(enum mtm_move c, double distance);              // m, without weight
double mtm_grasp(enum mtm_grasp c);
double mtm_position(enum mtm_position c);
double mtm_release(void);                                       // RL1, opening the fingers
double mtm_eye_focus(void);                                     // EF

// Weight in one hand, kg: TMU to gain control of it, and the factor on the move.
double mtm_weight_constant(double mass);
double mtm_weight_factor(double mass);
