// One robot's body as it travels: points of its skeleton, loads and temperatures of its joints, soles, footsteps.
//
// A bin of fixed fields and then columns whose lengths the fields say (docs/protocol.md). All lengths are little endian
// millimetres from the robot's `pos` in the same frame, along the hall's axes; z from the floor. What the points are is told once,
// by the skeletons of the plan's fleets.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BODY_POINTS_MAX 96
#define BODY_STEPS_MAX  16
#define BODY_UNKNOWN    255

struct body_step { int16_t x, y; uint16_t heading; uint16_t side; };    // heading 1/65536 turn; side 1 left, 2 right

struct frame_body {
  uint32_t id;                      // of the robot
  uint16_t power;                   // W from the pack
  uint8_t  contact;                 // bit 0 left, bit 1 right foot on the floor
  uint8_t  points, steps, ahead;    // ahead: first of the steps that are planned
  int16_t  cop[2];                  // centre of pressure
  int16_t  com[3];                  // centre of mass
  int16_t  sole[12][3];             // left, then right: heel outer, ball outer, toe outer, toe inner, ball inner, heel inner
  int16_t  point[BODY_POINTS_MAX][3];
  uint8_t  load[BODY_POINTS_MAX];   // 1/100 of the drive's peak torque, at most 254; BODY_UNKNOWN: no drive
  uint8_t  heat[BODY_POINTS_MAX];   // degC, at most 254; BODY_UNKNOWN
  struct body_step step[BODY_STEPS_MAX];
};

#define BODY_BYTES_MAX (sizeof(struct frame_body))

size_t body_write(const struct frame_body *b, uint8_t *out);            // room for BODY_BYTES_MAX; returns the bytes written
bool   body_read(struct frame_body *b, const uint8_t *data, size_t size);       // false: not of the length it says, or a count too large

// Share k of the way from a to b of one robot, where every number may lie between; otherwise the nearer one.
void   body_between(struct frame_body *out, const struct frame_body *a, const struct frame_body *b, float k);
