// The plan of a line with orders, as it travels: which lot is to be on which machine when.
//
// Told once, when the plan is made, as rows of six numbers; what becomes of it is seen in the states of the stations.
#pragma once

#include <stdint.h>

#define PLANNED_MAX 4096

struct frame_bar {
  int32_t station, server;          // row of stations; which of its servers, from 0
  int32_t order, parts;             // row of the layout's orders; how many
  int64_t begin, end;               // ns
};
