// Guidance from the flow: what robots do on a grid becomes costs of going, so that streams against each other part by themselves.
//
// Counts who goes from which cell to which side, fading with time, and makes going dearer where robots come the other way:
//
//   cost = one step x (1 + against x moves against it / mean moves of a side that was ever used),   a few steps at most
//
// which is the contraflow term of guide paths (Chen, Harabor, Li, Stuckey, "Traffic flow optimisation for lifelong multi-agent path finding",
// AAAI 2024) as a cost of the grid for traffic_guide. Fields have to be built anew for new costs, so these come the more seldom the larger
// that work is. Same moves, same costs. Nothing here allocates but traffic_flow_create.
#pragma once

#include <stdint.h>

#include "scheduler/traffic.h"

struct traffic_flow;

// The grid must be plain (assert): its own costs would be overwritten. against: steps, for each mean flow. NULL: out of memory.
struct traffic_flow *traffic_flow_create(const struct traffic_grid *g, double against);
void                 traffic_flow_destroy(struct traffic_flow *f);           // takes NULL

// Robots that stood at cell, facing, did action (n), enum traffic_action. Returns costs for traffic_guide (cells x 4), owned here, when it is
// time for new ones, else NULL.
const uint8_t *traffic_flow_step(struct traffic_flow *f, int32_t n, const int32_t *cell, const uint8_t *facing, const uint8_t *action);
