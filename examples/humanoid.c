// An example of the humanoid library by itself: base/ and robots/, nothing else of Takt.
//
//   make -C build config=release humanoid
//   build/humanoid assets/robots/optimus-gen2 1.2
//   build/humanoid any.urdf
//
// Reads a URDF (and the robot.yaml beside it, where there is one), lets the robot stand, walk at a speed and be pushed, and holds
// the walk against the floor: at every sample inverse dynamics is asked once more what the root still needs when the feet
// carry what the gait says they carry. It needs nothing but rounding.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "robots/balance.h"
#include "robots/gait_measure.h"
#include "robots/impulse.h"
#include "robots/spec.h"

#define SPEED    1.0                // m/s  unless another is given
#define FRICTION 0.6                // 1    rubber on a factory floor

struct robot {
  struct robot_model model;         // the tree of bodies
  struct robot_spec  spec;          // drives, pack, hands: guesses where there is no robot.yaml
  struct humanoid    limbs;         // which of its links are legs, feet, arms, hands
};

// A folder holds a URDF of its own name; a file is the URDF itself.
static bool paths(const char *given, char urdf[1024], char folder[1024]) {
  struct stat s;
  if (strlen(given) > 400 || stat(given, &s)) return false;
  snprintf(folder, 1024, "%s", given);
  while (strlen(folder) > 1 && folder[strlen(folder) - 1] == '/') folder[strlen(folder) - 1] = 0;
  char *slash = strrchr(folder, '/');
  if (S_ISDIR(s.st_mode)) snprintf(urdf, 1024, "%.500s/%.400s.urdf", folder, slash ? slash + 1 : folder);
  else {
    snprintf(urdf, 1024, "%s", given);
    snprintf(slash ? slash : folder, 3, "%s", slash ? "" : ".");
  }
  return true;
}

static bool open_robot(struct robot *r, const char *given) {
  char urdf[1024], folder[1024], yaml[1100];
  if (!paths(given, urdf, folder)) {
    fprintf(stderr, "humanoid: %s is not there\n", given);
    return false;
  }
  struct faults f;
  faults_init(&f, urdf, NULL, 0);
  enum status s = robot_model_read(&r->model, urdf, &f);
  faults_print(&f, stderr);
  faults_finish(&f);
  if (s != STATUS_OK) return false;

  struct stat there;
  snprintf(yaml, sizeof yaml, "%s/robot.yaml", folder);
  faults_init(&f, yaml, NULL, 0);
  s = robot_spec_read(&r->spec, &r->model, stat(yaml, &there) ? NULL : folder, &f);
  faults_print(&f, stderr);
  faults_finish(&f);
  if (s != STATUS_OK) return false;

  const char *feet[2];
  struct error e;
  s = humanoid_find(&r->limbs, &r->model, robot_spec_feet(&r->spec, feet), r->spec.sole_known ? &r->spec.sole : NULL, &e);
  if (s != STATUS_OK) fprintf(stderr, "humanoid: %s\n", e.text);
  return s == STATUS_OK;
}

static void close_robot(struct robot *r) {
  robot_spec_finish(&r->spec);
  robot_model_finish(&r->model);
}

// The largest force (N) and moment (N m), added, that are left at the root over a stride, with the feet's wrenches from outside.
static double left_over(const struct robot *r, const struct gait *g) {
  struct body_motion b[ROBOT_JOINTS_MAX + 1];
  int joints = g->joints, body[2] = {r->limbs.leg[LEFT].body, r->limbs.leg[RIGHT].body};
  double *tau = calloc((size_t)joints + 1, sizeof *tau), most = 0;
  if (!tau) return INFINITY;
  for (int k = 0; k < g->samples; k++) {
    const double *q = g->q + k * joints, *qd = g->qd + k * joints, *qdd = g->qdd + k * joints;
    struct wrench foot[2], root;
    robot_forward(&r->model, &g->base[k], q, NULL, b);
    for (int s = 0; s < 2; s++) {
      // from the floor below the ankle up to the ankle
      foot[s] = g->foot[s][k];
      foot[s].moment = v3_add(foot[s].moment, v3_cross(v3(0, 0, -b[body[s]].position.z), foot[s].force));
    }
    robot_inverse_dynamics(&r->model, &g->base[k], q, qd, qdd, 2, body, foot, tau, &root);
    most = fmax(most, v3_norm(root.force) + v3_norm(root.moment));
  }
  free(tau);
  return most;
}

static enum status walk(const struct robot *r, double speed, struct error *e) {
  struct gait g;
  struct gait_report report;
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, speed);
  wish.friction = FRICTION;
  enum status s = gait_solve(&g, &report, &r->limbs, &r->spec, &wish, e);
  if (s != STATUS_OK) return s;
  int hardest = 0;
  for (int i = 1; i < g.joints; i++)
    if (report.torque_share[i] > report.torque_share[hardest]) hardest = i;
  printf("walks  %.2f m/s by steps of %.2f m in %.2f s, %.0f W, friction %.2f\n", speed, g.step_length, g.step_period, report.power,
         report.friction_demand);
  printf("       %s gives the most: %.0f %% of its peak torque\n", r->model.joint[hardest].name, 100 * report.torque_share[hardest]);
  for (int i = 0; gait_limit_name(i); i++)
    if (report.broken >> i & 1) printf("       breaks a limit: %s\n", gait_limit_name(i));
  printf("       the floor and the body differ by %.1e N and N m\n", left_over(r, &g));
  gait_finish(&g, &report);
  return STATUS_OK;
}

// The strongest push from behind, N s to a tenth, after which it stands or has stepped.
static enum status push(const struct robot *r, struct error *e) {
  struct posture posture;
  struct stand stand;
  posture_find(&posture, &r->limbs, LOAD_NONE);
  enum status s = stand_find(&stand, &r->limbs, &r->model, &posture, e);
  if (s != STATUS_OK) return s;
  struct balance_params p = balance_params_of(&r->limbs, &r->model, &stand);
  double most[2] = {0};
  for (int tenths = 1; tenths < 1000; tenths++) {
    struct balance_outcome o = balance_try_push(&p, 0.1 * tenths, 0, FRICTION, 200);
    if (o.fell) break;
    most[o.steps > 0] = 0.1 * tenths;
  }
  printf("stands on %.2f m of legs, its centre of mass at %.2f m\n", r->limbs.leg_length, p.com_height);
  printf("pushed from behind it stands up to %.1f N s, and takes steps up to %.1f N s\n", most[0], fmax(most[0], most[1]));
  return STATUS_OK;
}

int main(int argc, char **argv) {
  double speed = argc > 2 ? strtod(argv[2], NULL) : SPEED;
  if (argc < 2 || argc > 3 || !(speed > 0)) {
    fprintf(stderr, "usage: humanoid FOLDER or URDF [SPEED]\n");
    return 2;
  }
  struct robot r = {0};
  if (!open_robot(&r, argv[1])) {
    close_robot(&r);
    return 3;
  }
  printf("%s: %.1f kg, %d joints, %d of them driven\n", r.model.name, r.model.mass, r.model.joint_count, r.spec.driven);
  struct error e;
  enum status s = push(&r, &e);
  if (s == STATUS_OK) s = walk(&r, speed, &e);
  if (s != STATUS_OK) fprintf(stderr, "humanoid: %s\n", e.text);
  close_robot(&r);
  return s == STATUS_OK ? 0 : 1;
}
