// Typed handles: row + 1 and a generation, so that {0} is null and a reused row makes old ones stale.
//
//   ID_TYPE(robot_id);             typedef struct { uint32_t row1; uint32_t gen; } robot_id;
#pragma once

#include <stdint.h>

#define ID_TYPE(name) typedef struct { uint32_t row1, gen; } name
#define ID_NULL(id)   ((id).row1 == 0)
#define ID_SAME(a, b) ((a).row1 == (b).row1 && (a).gen == (b).gen)
#define ID_ROW(id)    ((id).row1 - 1)
