// How many robots are let go for their goals at once: a control law for traffic_admit.
//
// In a hall that jams fewer of the steps that robots make bring them nearer to their goals, and then the more go the less is done in all. So that share
// decides: below 0.66 of them fewer are admitted (7 % less at a look), above 0.72 more (2 % more), within bounds in shares of the free cells;
// a look every eight steps. Slowly up, quickly down, as in the congestion control of networks (Chiu & Jain 1989). All constants are guesses, tried on random halls.
//
// A value, owned by the caller; allocates nothing. Same counts, same answers.
#pragma once

#include <stdint.h>

struct traffic_gate {
  double  admitted, least, most;    // robots
  int64_t going, nearer;            // as counted at the last look
};

// For so many robots on so many free cells: at first 26 % of the cells, never below 4 % or above 29 %, at least one, at most all.
struct traffic_gate traffic_gate_make(int32_t robots, int32_t open);

// Before step `step`, counted from 0: how many to admit from now on. going, nearer: of struct traffic_count, since the beginning.
int32_t traffic_gate_step(struct traffic_gate *g, int32_t step, int64_t going, int64_t nearer);
