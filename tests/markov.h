// Exact throughput and shares of small lines: continuous-time Markov chains solved for their
// stationary distribution.
//
// This is the second opinion that the tests and `takt validate` hold the twin against. It shares no
// code with the engine: a line is described by nodes with phase-type service times, its reachable
// states are enumerated, and the balance equations pi Q = 0, sum pi = 1 are solved
//   - by state reduction without subtractions up to 500 states
//       Grassmann, Taksar & Heyman, Operations Research 33 (1985) 1107
//   - by Gauss-Seidel sweeps beyond, until the largest relative change is below 1e-14.
//       Stewart, Introduction to the Numerical Solution of Markov Chains (1994), ch. 3
#pragma once

#include <stdbool.h>
#include <stdint.h>

// ---- any chain -----------------------------------------------------------------------------------

#define MARKOV_BYTES 40             // of a state

struct markov;

// Called once for each state: report every transition by markov_go. Transitions to itself are dropped.
typedef void markov_moves(void *model, const int8_t *state, struct markov *m);
typedef double markov_reward(const void *model, const int8_t *state);

// All states reachable from `first`; NULL when there are more than `limit`. model is borrowed.
struct markov *markov_create(const int8_t first[MARKOV_BYTES], markov_moves *moves, void *model, int limit);
void           markov_destroy(struct markov *m);
void           markov_go(struct markov *m, const int8_t next[MARKOV_BYTES], double rate);

int    markov_states(const struct markov *m);
// Largest |pi Q| over the states: how well the balance equations hold.
double markov_residual(const struct markov *m);
// Mean of a reward under the stationary distribution.
double markov_mean(const struct markov *m, markov_reward *reward);
// Mean time to reach the states that have no way out, from the first state (an absorbing chain).
double markov_time_to_end(const struct markov *m);

// ---- lines ---------------------------------------------------------------------------------------

#define NET_NODES  8
#define NET_INPUTS 4
#define NET_OUTS   3
#define NET_PHASES 10
#define NET_SINK   (-1)

// A service time. serial: phases follow one another (Erlang); else one of them is drawn (hyperexponential).
struct phases {
  int    count;
  bool   serial;
  double rate[NET_PHASES];          // 1/s
  double start[NET_PHASES];         // share that starts here
};

struct phases phases_exponential(double mean);
struct phases phases_erlang(int k, double mean);
struct phases phases_hyper(double p, double mean1, double mean2);

// One station with the buffers before it. A part of every input starts one service (an assembly);
// several nodes may lead to the same input (a merge).
struct net_node {
  struct phases time;
  int    servers;                   // more than one: exponential, one way out, never fails
  double fail, repair;              // 1/s, both 0: never fails; a failed part resumes
  bool   calendar;                  // fails idle and blocked as well; takes no part while down
  double scrap;                     // share that leaves at the end of service
  bool   saturated;                 // input 0 never lacks a part
  double arrivals;                  // 1/s at input 0, lost when there is no room
  bool   before_service;            // takes a part in, starts when the next place has room (lines only)
  bool   priority;                  // of those that wait for room here, the lower node first; else who waited longest
  int    inputs;
  int    room[NET_INPUTS];          // buffer places of each input; 0: straight from the station before
  int    outs;
  int    out[NET_OUTS], out_input[NET_OUTS];
  double out_share[NET_OUTS];       // drawn at the end of service
};

struct net { int count; struct net_node node[NET_NODES]; };

// One input without buffer, one server, no way out yet.
struct net_node net_node_make(struct phases time);
// A line of n stations, saturated, `room[i]` places between station i and i + 1.
struct net net_line(int n, const struct phases *time, const int *room);
// n feeders into an assembly with `room` places for each.
struct net net_assembly(int n, const struct phases *feeder, const int *room, struct phases assembly);

// Shares of time of one node's servers, and rates.
struct net_result {
  int    states;
  double residual;
  double throughput;                // 1/s  into the sink
  double scrapped;                  // 1/s
  double lost;                      // 1/s
  double parts;                     //      mean parts in buffers and servers
  double working[NET_NODES], starved[NET_NODES], blocked[NET_NODES], down[NET_NODES];
  double queue[NET_NODES][NET_INPUTS];
};

// Solve; asserts that the chain has at most 400,000 states.
struct net_result net_solve(const struct net *n);
