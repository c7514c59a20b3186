// What one looks at: the twin at one instant as columns, for streaming, recording and drawing.
//
// Filled on demand (frames, not ticks) from the state of the run; reading it changes nothing.
// Columns are owned by the scene; capacity is fixed by the layout (parts: at most SCENE_PARTS_MAX
// are shown, the rest are counted).
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "engine/layout/layout.h"

#define SCENE_PARTS_MAX 20000

#define SCENE_WAY_MAX 16            // points of a way that are shown: the next ones and, last, its end

// A part as others see it: rows are used again, handles are another part's only after a thousand parts in the same row.
ID_TYPE(part_id, 22);

// What a robot's body shows.
enum robot_pose { POSE_STAND, POSE_WALK, POSE_JOG, POSE_REACH, POSE_CARRY, POSE_SQUAT, POSE_LIE };

struct scene_robots {               //                                              (shape)
  int       n;
  uint32_t *id;                     // 1, 2 ... stable over the run                 (n)
  uint8_t  *fleet;                  // row in layout                                (n)
  float   (*pos)[2];                // m                                            (n x 2)
  float    *heading;                // rad, CCW from +x                             (n)
  float    *speed;                  // m/s                                          (n)
  float    *phase;                  // 1    gait, 0 at left touch-down              (n)
  uint8_t  *cause;                  // enum robot_cause                             (n)
  uint8_t  *pose;                   // enum robot_pose                              (n)
  float    *charge;                 // share                                        (n)
  int16_t  *held;                   // part type in the hands, -1: none             (n)
  float   (*hand)[2][2];            // m    left, right hand in plan, world frame   (n x 2 x 2)
  int16_t  *from, *to;              // stations of the job, -1: none                (n)
  int32_t  *step;                   // of the station `from`: step << 16 | go, both from 0; -1: none  (n)
  int32_t  *waits;                  // id of the robot that keeps it from going on, -1: none  (n)
  float   (*kept)[2];               // m    the part of its way that it keeps others out of, from the way's end: where that begins, where it ends; < 0: none  (n x 2)
  uint8_t  *legs;                   // points of its way, 0: it walks nowhere       (n)
  float   (*way)[SCENE_WAY_MAX][2]; // m    from where it is on                     (n x SCENE_WAY_MAX x 2)
};

struct scene_stations {
  int       n;
  uint8_t  *cause;                  // enum station_cause that most servers show    (n)
  uint16_t *count;                  // parts in it, 65535: more                     (n)
  float    *progress;               // share of the work at hand, 0..1              (n)
  int64_t  *made;                   // parts finished                               (n)
};

struct scene_parts {
  int       n;                      // shown
  int64_t   total;                  // in the line
  part_id  *id;                     // stable while the part lives                  (n)
  uint8_t  *type;                   //                                              (n)
  float   (*pos)[2];                // m                                            (n x 2)
};

struct scene {
  ns_t                  now;
  struct scene_robots   robots;
  struct scene_stations stations;
  struct scene_parts    parts;
};

bool scene_make(struct scene *s, const struct layout *l, struct arena *a);
