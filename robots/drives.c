#include "robots/drives.h"

#include <assert.h>

#define BLOCK 128                   // rows, a multiple of 8
#define DRIVE_ROWS

#define LANES 1
#define KERNEL(name) name##_1
#include "robots/drives_kernel.h"
#define LANES 4
#define KERNEL(name) name##_4
#include "robots/drives_kernel.h"
#define LANES 8
#define KERNEL(name) name##_8
#include "robots/drives_kernel.h"

void drives_prepare(struct drive_tick *ticks, const struct robot_spec *s, double dt) {
  for (int j = 0; j < s->joint_count; j++) {
    const struct actuator *a = &s->actuator[j];
    ticks[j] = (struct drive_tick){.actuator = *a, .driven = a->km > 0};
    if (!ticks[j].driven) continue;
    ticks[j].heat = heat_step_make(a, dt);
    ticks[j].wear = wear_rate(a) * dt;
  }
}

void drives_run(const struct drive_tick *ticks, int joints, const struct drive_columns *c, int from, int to, enum lane_width width) {
  assert(from % 8 == 0);
  assert(to <= c->n);
  int end = (to + 7) / 8 * 8;
  assert(end <= c->stride);
  for (int r = from; r < end; r++) c->electrical[r] = c->mechanical[r] = c->heat[r] = c->rotor[r] = 0, c->excess[r] = -1;

  // a block of rows at a time, so that the sums stay in the first cache
  for (int block = from; block < end; block += BLOCK)
    for (int j = 0; j < joints; j++) {
      int stop = block + BLOCK < end ? block + BLOCK : end, row = j * c->stride;
      if (!ticks[j].driven) continue;
      if (width == LANES_8) rows_8(&ticks[j], c, block, stop, row);
      else if (width == LANES_4) rows_4(&ticks[j], c, block, stop, row);
      else rows_1(&ticks[j], c, block, stop, row);
    }
}
