// libFuzzer target: any bytes as a URDF. What is accepted must be a tree whose dynamics are finite, whose inertia is
// symmetric and whose limbs can be looked for. How to build it: tests/fuzz/README.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "robots/dynamics.h"
#include "robots/humanoid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define JOINTS_MAX 24               // of those whose dynamics are run

static void run(const struct robot_model *m) {
  double q[JOINTS_MAX], tau[JOINTS_MAX], M[(JOINTS_MAX + 6) * (JOINTS_MAX + 6)];
  struct base_motion base = {.orientation = {1, 0, 0, 0}, .angular_velocity = {0.1, -0.2, 0.3}};
  struct body_motion bodies[JOINTS_MAX + 1];
  struct wrench root;
  int n = m->joint_count;
  for (int j = 0; j < n; j++) q[j] = 0.1 * j - 0.7;
  robot_inverse_dynamics(m, &base, q, q, q, 0, NULL, NULL, tau, &root);
  robot_forward(m, &base, q, q, bodies);
  robot_inertia(m, &base, q, M);
  for (int j = 0; j < n; j++)
    if (!isfinite(tau[j])) abort();
  for (int i = 0; i < n + 6; i++)
    for (int k = 0; k < i; k++)
      if (!(fabs(M[i * (n + 6) + k] - M[k * (n + 6) + i]) <= 1e-6 * (1 + fabs(M[i * (n + 6) + k])))) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct faults f;
  struct robot_model m;
  faults_init(&f, "fuzz", (const char *)data, size);
  enum status s = robot_model_parse(&m, (const char *)data, size, "fuzz.urdf", &f);
  if ((s == STATUS_OK) != (f.errors == 0)) abort();
  if (s == STATUS_OK) {
    for (int j = 0; j < m.joint_count; j++) {
      if (m.joint[j].parent < 0 || m.joint[j].parent > j) abort();
      if (m.joint[j].mimic >= 0 && m.joint[m.joint[j].mimic].mimic >= 0) abort();
    }
    struct humanoid h;
    struct error e;
    humanoid_find(&h, &m, NULL, NULL, &e);
    if (m.joint_count <= JOINTS_MAX) run(&m);
  }
  robot_model_finish(&m);
  faults_finish(&f);
  return 0;
}
