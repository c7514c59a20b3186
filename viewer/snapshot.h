// Owned copies of pictures and what lies between two of them.
//
// Robots and parts are matched by id; who is in one picture only stays where that picture has it.
// Angles go the short way, gait phases forward. Nothing that is not a number gets through.
#pragma once

#include <stdbool.h>

#include "stream/frame.h"

struct snapshot {
  struct picture p;                 // columns owned
  int       robot_capacity, station_capacity, part_capacity;
  uint32_t *slot;                   // hash of part ids: row + 1
  int       slots;
  struct frame_limbs *limbs;        // of the bodies
};

void snapshot_finish(struct snapshot *s);
bool snapshot_copy(struct snapshot *to, const struct picture *from);            // false: no memory
// Share k of the way from a to b; k > 1 goes on beyond b. States, counts and who is there are b's for
// k >= 0.5 and a's below; out may be neither.
bool snapshot_between(struct snapshot *out, const struct snapshot *a, const struct snapshot *b, double k);

// The short way: result within pi of a.
float angle_between(float a, float b, float k);
