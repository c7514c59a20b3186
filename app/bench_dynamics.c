#include "app/bench_dynamics.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/random.h"
#include "robots/dynamics.h"

#define ROBOTS 64                   // in columns
#define RUNS   400                  // of each kind; the least counts

// ---- a robot --------------------------------------------------------------------------------------------

// one link and the joint it hangs on
static int hang(FILE *f, int link, int parent, double length, double mass) {
  static const char *const axes[3] = {"1 0 0", "0 1 0", "0 0 1"};
  double i = mass * length * length / 12 + 1e-5;
  fprintf(f, "<link name=\"l%d\"><inertial><origin xyz=\"0.01 -0.005 %.3f\"/><mass value=\"%.3f\"/><inertia ixx=\"%.6g\" iyy=\"%.6g\" izz=\"%.6g\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial></link>\n",
          link, -length / 2, mass, i, i, 0.6 * i);
  fprintf(f, "<joint name=\"j%d\" type=\"continuous\"><origin xyz=\"0.02 0.03 %.3f\" rpy=\"0.1 %.2f -0.2\"/><axis xyz=\"%s\"/><parent link=\"l%d\"/><child link=\"l%d\"/></joint>\n",
          link, -length, 0.05 * (link % 7) - 0.1, axes[link % 3], parent, link);
  return link;
}

static int hang_chain(FILE *f, int *count, int parent, int joints, double length, double mass) {
  for (int i = 0; i < joints; i++) parent = hang(f, ++*count, parent, length, mass);
  return parent;
}

void bench_humanoid(struct robot_model *m) {
  char *text = NULL;
  size_t size = 0;
  int count = 0;
  FILE *f = open_memstream(&text, &size);
  assert(f);
  fprintf(f, "<robot name=\"bench\">\n<link name=\"l0\"><inertial><mass value=\"8\"/><inertia ixx=\"0.1\" iyy=\"0.1\" izz=\"0.1\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial></link>\n");
  for (int side = 0; side < 2; side++) hang_chain(f, &count, 0, 6, 0.15, 2.5);
  int trunk = hang_chain(f, &count, 0, 1, 0.2, 15);
  for (int side = 0; side < 2; side++) {
    int palm = hang_chain(f, &count, trunk, 7, 0.1, 0.8);
    for (int finger = 0; finger < 4; finger++) hang_chain(f, &count, palm, 3, 0.03, 0.02);
  }
  fprintf(f, "</robot>\n");
  fclose(f);
  struct faults faults;
  faults_init(&faults, "bench", NULL, 0);
  enum status s = robot_model_parse(m, text, size, "bench", &faults);
  assert(s == STATUS_OK);
  assert(m->joint_count == 51);
  faults_finish(&faults);
  free(text);
}

// ---- states and times -----------------------------------------------------------------------------------

struct states {
  struct dynamics_columns c;
  double *memory;
  double *inertia;                  // (joint_count + 6) square
};

static double *take(double **at, int rows) {
  double *p = *at;
  *at += rows * ROBOTS;
  return p;
}

static struct states states_make(const struct robot_model *m) {
  int n = m->joint_count, rows = 4 * n + 19 + 6, square = (n + 6) * (n + 6);
  struct states s = {.c = {.n = ROBOTS, .stride = ROBOTS}};
  s.memory = aligned_alloc(64, sizeof *s.memory * (size_t)(rows * ROBOTS + (square + 7) / 8 * 8));
  assert(s.memory);
  struct stream random = stream_make(1, 1, "bench", "dynamics", 0);
  for (int i = 0; i < rows * ROBOTS; i++) s.memory[i] = 2 * stream_unit(&random) - 1;
  double *at = s.memory;
  s.c.q = take(&at, n), s.c.qd = take(&at, n), s.c.qdd = take(&at, n), s.c.tau = take(&at, n);
  for (int k = 0; k < 19; k++) s.c.base[k] = take(&at, 1);
  for (int k = 0; k < 6; k++) s.c.root[k] = take(&at, 1);
  s.inertia = at;
  return s;
}

static double clock_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

enum work { WORK_FORWARD, WORK_SCALAR, WORK_INERTIA, WORK_LANES4, WORK_LANES8 };

// one robot's row of every column, 64 times over
static double run_once(const struct robot_model *m, const struct states *s, enum work w) {
  double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], tau[ROBOT_JOINTS_MAX];
  struct body_motion bodies[ROBOT_JOINTS_MAX + 1];
  struct wrench root;
  struct base_motion base = {.orientation = {0.9, 0.1, -0.2, 0.3}, .velocity = {1, 0, 0}, .angular_velocity = {0.1, 0.2, 0.3}};
  for (int i = 0; i < m->joint_count; i++) q[i] = s->c.q[i * ROBOTS], qd[i] = s->c.qd[i * ROBOTS], qdd[i] = s->c.qdd[i * ROBOTS];
  double begun = clock_us();
  if (w == WORK_LANES4 || w == WORK_LANES8) dynamics_columns_run(m, &s->c, 0, ROBOTS, w == WORK_LANES4 ? LANES_4 : LANES_8);
  else
    for (int r = 0; r < ROBOTS; r++) {
      q[0] = s->c.q[r];
      if (w == WORK_FORWARD) robot_forward(m, &base, q, qd, bodies);
      else if (w == WORK_SCALAR) robot_inverse_dynamics(m, &base, q, qd, qdd, 0, NULL, NULL, tau, &root);
      else robot_inertia(m, &base, q, s->inertia);
    }
  return (clock_us() - begun) / ROBOTS;
}

static double least(const struct robot_model *m, const struct states *s, enum work w) {
  double best = INFINITY;
  for (int i = 0; i < RUNS; i++) best = fmin(best, run_once(m, s, w));
  return best;
}

struct bench_dynamics bench_dynamics(const struct robot_model *m) {
  struct states s = states_make(m);
  enum lane_width w = dynamics_lanes();
  struct bench_dynamics b = {
    .forward = least(m, &s, WORK_FORWARD), .scalar = least(m, &s, WORK_SCALAR), .inertia = least(m, &s, WORK_INERTIA),
    .lanes4 = w >= LANES_4 ? least(m, &s, WORK_LANES4) : -1, .lanes8 = w >= LANES_8 ? least(m, &s, WORK_LANES8) : -1};
  free(s.memory);
  return b;
}
