// What more there is to tell of a robot whose body travels: joints at their limits, and how its hands hold a part.
//
// A bin of fixed fields and then columns whose lengths the fields say (docs/protocol.md), little endian. Lengths are millimetres from the robot's `pos`,
// along the hall's axes, as those of stream/body.h.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/body.h"

#define LIMBS_CONTACTS_MAX 8

enum limb_limit { LIMB_LOW = 1, LIMB_HIGH = 2, LIMB_TORQUE = 4, LIMB_HEAT = 8 };    // which limit a joint is at

struct limb_contact {
  int16_t  at[3];                   // mm
  int8_t   normal[3];               // 1/127  into the part
  uint8_t  mu;                      // 1/100  friction
  uint16_t force;                   // 0.1 N  pressed with
  uint8_t  hand;                    // 1 left, 2 right
};

struct frame_limbs {
  uint32_t id;                      // of the robot
  uint8_t  points, contacts;
  uint16_t quality;                 // 1/10000  of the grasp, 0: unknown
  uint16_t width;                   // 0.1 mm   between two fingers' contacts, 0: not held so
  int16_t  part[3], size[3];        // mm       middle of the part that is held, and its length, width, height; 0: none
  uint16_t yaw;                     // 1/65536 turn of it
  uint8_t  limit[BODY_POINTS_MAX];  // enum limb_limit
  struct limb_contact contact[LIMBS_CONTACTS_MAX];
};

#define LIMBS_BYTES_MAX (sizeof(struct frame_limbs))

size_t limbs_write(const struct frame_limbs *l, uint8_t *out);          // room for LIMBS_BYTES_MAX; returns the bytes written
bool   limbs_read(struct frame_limbs *l, const uint8_t *data, size_t size);     // false: not of the length it says, a count too large, or a value outside
