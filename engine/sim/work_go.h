// One go of a step by one robot or person: the door between work in steps and what hands can do.
//
// A typed fleet's times are drawn from what the layout says of its skill, a model's come from its tables.
#pragma once

#include "engine/sim/state.h"

struct go {
  double time;                      // s
  double motion;                    // s    of it that a body at its limits takes: practice cannot shorten it
  double feel;                      // s    of it that it feels for the place
  double power;                     // W    of the whole robot; 0: as the tables say of work
  double fails;                     // share of tries
};

// mass: kg of what all together handle; draws: of typed times.
// with, second: the other one of handover and carry (NONE: none), and which of both it is.
struct go work_go(struct twin *t, int32_t robot, int32_t with, bool second, int32_t station, const struct step *x, double mass, struct stream *draws);

// At body fidelity its arms do that go, which ends in `length`.
void work_go_play(struct twin *t, int32_t robot, int32_t with, bool second, int32_t station, const struct step *x, double mass, const struct go *g, ns_t length);

// What to expect of a go by a robot of that fleet as it begins: typed times by their means, a model's by published work times (robots/hand_step.h).
struct go work_go_mean(const struct twin *t, int32_t fleet, int32_t station, const struct step *x, double mass);

// Factor of time and failures after so much practice (>= at_start >= 1).
double work_practice(double learning, double least, double at_start, double now);
