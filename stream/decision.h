// Why a robot got its job, as it travels: who else could have come, what each would have cost, who won.
//
// One map for each decision (docs/protocol.md). Reading keeps the newest of each robot, of DECISIONS_KEPT robots at most; texts are
// UTF-8 of the lengths below, costs are finite.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define DECISION_CANDIDATES 8
#define DECISION_TERMS      12
#define DECISIONS_KEPT      1024

enum decision_kind { DECISION_GIVEN, DECISION_CHARGE, DECISION_KINDS };

struct frame_candidate {
  char  robot[16];                  // "R3"
  bool  wins;
  float free_in, walk, cost;        // s
  int   terms;                      // 0: the cost is the walk and what it takes until it is free
  struct { char name[24]; float cost; } term[DECISION_TERMS];
};

struct frame_decision {
  int64_t  at;                      // ns
  uint32_t robot;                   // id of who got it
  uint8_t  kind;                    // enum decision_kind
  char     policy[32], what[128], why[128];     // why: of charging, ""
  float    age, work;               // s   the job has waited; it takes
  float    due;                     // s   from `at`; NaN: never
  int      count, others;           // candidates that are told, the cheapest first; and how many more there were
  struct frame_candidate candidate[DECISION_CANDIDATES];
};
