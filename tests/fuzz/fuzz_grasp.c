// libFuzzer target: any bytes as grasp cases. What is accepted must have an answer: epsilons that are positive where the grasp is
// closed, in their order, and forces that are numbers. How to build it: tests/fuzz/README.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "robots/grasp_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void answer(const struct grasp_file *g) {
  static struct hull *work;
  struct grasp_quality q;
  if (!work && !(work = hull_create(2000))) abort();
  for (int i = 0; i < g->planar_count; i++) {
    q = grasp_planar(g->planar[i].contact, g->planar[i].count);
    if (q.closed && !(q.epsilon_sum > 0 && q.epsilon_each >= q.epsilon_sum * (1 - 1e-6) && isfinite(q.epsilon_each))) abort();
  }
  for (int i = 0; i < g->spatial_count; i++)
    if (grasp_spatial(work, g->spatial[i].contact, g->spatial[i].count, &q) && q.closed && !(q.epsilon_sum > 0 && isfinite(q.epsilon_sum))) abort();
  for (int i = 0; i < g->grip_count; i++)
    if (!(grip_force(&g->grip[i].load, &g->grip[i].contact) >= 0)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct grasp_file g;
  struct faults f;
  faults_init(&f, "fuzz.json", (const char *)data, size);
  enum status s = grasp_file_parse(&g, (const char *)data, size, &f);
  if ((s == STATUS_OK) != (f.errors == 0)) abort();
  if (s == STATUS_OK) answer(&g);
  else if (g.planar_count + g.spatial_count + g.grip_count != 0) abort();
  grasp_file_finish(&g);
  faults_finish(&f);
  return 0;
}
