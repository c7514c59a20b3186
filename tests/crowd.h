// A made-up line in motion for tests of the stream: robots that walk, reach and work, stations that
// change their cause, parts that come, ride and go. A pure function of the number of steps taken.
#pragma once

#include <stdint.h>

#include "stream/frame.h"

struct crowd {
  struct picture  picture;
  uint64_t        dice;             // a 64-bit congruential generator, Knuth's constants
  uint32_t        next_part;
  int             parts_max;
  const char    **names;            // enough for parts, stations and fleets
};

void crowd_make(struct crowd *c, int robots, int stations, int parts, uint64_t seed);
void crowd_finish(struct crowd *c);

// Everything moves on by dt seconds; nine of ten robots walk.
void crowd_step(struct crowd *c, double dt);

// A hello that names what the picture refers to.
struct frame_hello crowd_hello(struct crowd *c);

// Fails the test when `got` is further from `want` than stream/frame.h says; delta: the wider bands.
void crowd_check(const struct picture *want, const struct picture *got, bool delta);
