#include "robots/trajectory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN 64                    // bytes: a row of eight lanes
#define HEIGHT_LEAST 0.05           // of the com above the centre of pressure, as a share of the leg
#define ERROR_MOST  1e3             // m
#define SHARED_FROM 256             // samples: fewer are done before another thread is awake; a guess
#define FLIGHT_FORCE 1e-6           // of the weight: below it there is no centre of pressure

// ---- memory -----------------------------------------------------------------------------------------

static size_t rounded(size_t size) { return (size + ALIGN - 1) / ALIGN * ALIGN; }

// Hand out a piece of a block; with NULL only count.
static void *piece(unsigned char *block, size_t *used, size_t size) {
  void *p = block ? block + *used : NULL;
  *used += rounded(size);
  return p;
}

static size_t lay_out(struct trajectory *t, unsigned char *block) {
  size_t used = 0, n = (size_t)t->n, column = sizeof(double) * (size_t)t->stride, joints = (size_t)t->model->joint_count;
  t->pelvis = piece(block, &used, sizeof *t->pelvis * n);
  for (int s = 0; s < 2; s++) t->foot[s] = piece(block, &used, sizeof *t->foot[s] * n);
  t->q = piece(block, &used, column * joints);
  t->qd = piece(block, &used, column * joints);
  t->qdd = piece(block, &used, column * joints);
  t->tau = piece(block, &used, column * joints);
  t->base = piece(block, &used, column * 19);
  t->wrench = piece(block, &used, column * 6);
  t->root = piece(block, &used, sizeof *t->root * n);
  for (int i = 0; i < 2; i++) {
    t->error[i] = piece(block, &used, column);
    t->shift[i] = piece(block, &used, column);
    t->shift_second[i] = piece(block, &used, column);
  }
  for (int s = 0; s < 2; s++) t->load[s] = piece(block, &used, sizeof *t->load[s] * n);
  t->work = piece(block, &used, column * (CORRECTION_WORK(1) + 9));
  return used;
}

static void zero_part(void *block, int from, int to) { memset((unsigned char *)block + (size_t)from * ALIGN, 0, (size_t)(to - from) * ALIGN); }

enum status trajectory_init(struct trajectory *t, const struct humanoid *h, const struct robot_model *model, int n, double start,
                            double dt, enum trajectory_ends ends, struct error *e) {
  return trajectory_init_shared(t, h, model, n, start, dt, ends, NULL, e);
}

enum status trajectory_init_shared(struct trajectory *t, const struct humanoid *h, const struct robot_model *model, int n, double start,
                                   double dt, enum trajectory_ends ends, struct split *split, struct error *e) {
  assert(n >= 8);
  assert(dt > 0);
  assert(model->joint_count == h->model->joint_count);
  memset(t, 0, sizeof *t);
  t->humanoid = h;
  t->model = model;
  t->n = n;
  t->stride = (n + 7) / 8 * 8;
  t->start = start;
  t->dt = dt;
  t->ends = ends;
  size_t size = lay_out(t, NULL);
  t->block = aligned_alloc(ALIGN, size);
  if (!t->block) return error_at(e, STATUS_MEMORY, model->name, 0, 0, "a trajectory of %d samples", n);
  // some ten megabytes of a long walk
  if (split && n >= SHARED_FROM) split_run(split, (int)(size / ALIGN), 1, zero_part, t->block);
  else memset(t->block, 0, size);
  t->split = split;
  lay_out(t, t->block);
  t->lanes = dynamics_lanes();
  for (int k = n; k < t->stride; k++) t->base[3 * t->stride + k] = 1;  // rows beyond the last: a rotation
  for (int s = 0; s < 2; s++) leg_init(&t->leg[s], h, s);
  return STATUS_OK;
}

void trajectory_finish(struct trajectory *t) {
  free(t->block);
  memset(t, 0, sizeof *t);
}

// ---- plan -------------------------------------------------------------------------------------------

void trajectory_feet(struct trajectory *t, const struct footsteps *steps) {
  footsteps_sample(t->humanoid, steps, t->n, t->start, t->dt, t->foot[LEFT], t->foot[RIGHT]);
}

bool trajectory_cop(const struct trajectory *t, int k, struct v3 *cop, struct v3 *normal) {
  const struct foot_sample *l = &t->foot[LEFT][k], *r = &t->foot[RIGHT][k];
  if (l->share + r->share <= 0) return false;
  *cop = v3_add(v3_scale(l->cop, l->share), v3_scale(r->cop, r->share));
  struct v3 n = v3_add(v3_scale(l->normal, l->share), v3_scale(r->normal, r->share));
  *normal = v3_scale(n, 1 / v3_norm(n));
  return true;
}

static struct base_motion base_of(const struct frame_motion *p) {
  return (struct base_motion){p->position, quaternion_of_m3(&p->rotation), p->velocity, m3_apply_inverse(&p->rotation, p->angular_velocity),
                              p->acceleration, m3_apply_inverse(&p->rotation, p->angular_acceleration)};
}

// How a shift of the pelvis moves the body's mass, from the pose of sample 0: all above the hips goes along, legs by the share of
// their height between foot and hip.
static void weigh(struct trajectory *t) {
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  double q[ROBOT_JOINTS_MAX], mass = 0, moment = 0;
  for (int j = 0; j < t->model->joint_count; j++) q[j] = t->q[j * t->stride];
  struct base_motion base = base_of(&t->pelvis[0]);
  robot_forward(t->model, &base, q, NULL, body);
  struct v3 velocity, com = robot_com(t->model, body, &velocity);
  t->com_height = com.z - t->pelvis[0].position.z;
  double hip = t->pelvis[0].position.z + t->leg[LEFT].hip.z, floor = hip - t->humanoid->leg_length;
  for (int i = 0; i <= t->model->joint_count; i++) {
    double z = body[i].position.z + m3_apply(&body[i].rotation, t->model->body[i].com).z, share = (z - floor) / (hip - floor);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    mass += share * t->model->body[i].mass;
    moment += share * t->model->body[i].mass * z;
  }
  t->moved_mass = mass / t->model->mass;
  t->moved_height = moment / mass - t->pelvis[0].position.z;
}

// Add d, d' and d'' to the pelvis.
static void move_pelvis(struct trajectory *t, const double *K, double *f[2]) {
  int n = t->n, stride = t->stride;
  double *d[2] = {t->work + 3 * stride, t->work + 4 * stride}, *first[2] = {t->work + 5 * stride, t->work + 6 * stride};
  double *second[2] = {t->work + 7 * stride, t->work + 8 * stride};
  correction_solve(n, t->dt, t->ends, t->turn, K, (const double *const *)f, d, first, second, t->work + 9 * stride);
  for (int k = 0; k < n; k++) {
    struct frame_motion *p = &t->pelvis[k];
    p->position = v3_add(p->position, v3(d[0][k], d[1][k], 0));
    p->velocity = v3_add(p->velocity, v3(first[0][k], first[1][k], 0));
    p->acceleration = v3_add(p->acceleration, v3(second[0][k], second[1][k], 0));
    for (int i = 0; i < 2; i++) t->shift[i][k] += d[i][k], t->shift_second[i][k] += second[i][k];
  }
}

void trajectory_pendulum(struct trajectory *t) {
  double *K = t->work, *f[2] = {t->work + t->stride, t->work + 2 * t->stride}, least = HEIGHT_LEAST * t->humanoid->leg_length;
  weigh(t);
  for (int k = 0; k < t->n; k++) {
    const struct frame_motion *p = &t->pelvis[k];
    struct v3 cop, normal;
    K[k] = f[0][k] = f[1][k] = 0;
    if (trajectory_cop(t, k, &cop, &normal)) {
      double z = p->position.z + t->com_height - cop.z;
      K[k] = (GRAVITY + p->acceleration.z) / (z > least ? z : least);
      f[0][k] = K[k] * (p->position.x - cop.x) - p->acceleration.x;
      f[1][k] = K[k] * (p->position.y - cop.y) - p->acceleration.y;
    }
  }
  move_pelvis(t, K, f);
}

double trajectory_height(struct trajectory *t, double bend) {
  double move = 1e9;
  for (int s = 0; s < 2; s++) {
    double reach = leg_length_bent(&t->leg[s], bend);
    for (int k = 0; k < t->n; k++) {
      const struct frame_motion *p = &t->pelvis[k];
      struct v3 hip = v3_add(p->position, m3_apply(&p->rotation, t->leg[s].hip)), r = v3_sub(hip, t->foot[s][k].frame.position);
      double square = reach * reach - r.x * r.x - r.y * r.y, room = (square > 0 ? m_sqrt(square) : 0) - r.z;
      if (room < move) move = room;
    }
  }
  for (int k = 0; k < t->n; k++) t->pelvis[k].position.z += move;
  return move;
}

// ---- shared work -------------------------------------------------------------------------------------

void trajectory_share(const struct trajectory *t, split_work *work, void *context) {
  if (t->split && t->n >= SHARED_FROM) split_run_parts(t->split, SPLIT_PARTS * split_threads(t->split), t->n, 8, work, context);
  else work(context, 0, t->n);
}

// The largest of what parts have found, each at its first block: columns of t->work that corrections use, not dynamics.
static double *parts_of(const struct trajectory *t, int column) {
  double *parts = t->work + column * t->stride;
  for (int i = 0; i < t->stride / 8; i++) parts[i] = 0;
  return parts;
}

static double largest_of(const struct trajectory *t, const double *parts) {
  double largest = 0;
  for (int i = 0; i < t->stride / 8; i++)
    if (parts[i] > largest) largest = parts[i];
  return largest;
}

// ---- dynamics ---------------------------------------------------------------------------------------

// Returns how far samples from .. to-1 are out of reach. Legs without closed form go on from the sample before: all in one go.
static double solve_leg(const struct trajectory *t, int s, int from, int to) {
  struct leg_columns c = {to - from, t->stride, t->pelvis + from, &t->foot[s][from].frame, sizeof t->foot[s][0], t->q + from, t->qd + from, t->qdd + from};
  return leg_columns_run(&t->leg[s], &c, t->lanes);
}

static double least_bend(const struct trajectory *t) {
  double least = 1e9;
  for (int s = 0; s < 2; s++) {
    const struct leg *l = &t->leg[s];
    const double *knee = t->q + l->chain.joint[l->knee] * t->stride;
    for (int k = 0; k < t->n; k++) {
      double bend = (knee[k] - l->knee_near) * l->knee_forward;
      if (bend < least) least = bend;
    }
  }
  return least;
}

// Inverse dynamics of samples from .. to-1, a sample a lane; the root's wrench with its moment in world axes.
static void run_dynamics(struct trajectory *t, int from, int to) {
  struct dynamics_columns c = {.n = t->n, .stride = t->stride, .q = t->q, .qd = t->qd, .qdd = t->qdd, .tau = t->tau};
  for (int i = 0; i < 19; i++) c.base[i] = t->base + i * t->stride;
  for (int i = 0; i < 6; i++) c.root[i] = t->wrench + i * t->stride;
  for (int k = from; k < to; k++) {
    struct base_motion b = base_of(&t->pelvis[k]);
    const double row[19] = {b.position.x, b.position.y, b.position.z, b.orientation.w, b.orientation.x, b.orientation.y, b.orientation.z,
                            b.velocity.x, b.velocity.y, b.velocity.z, b.angular_velocity.x, b.angular_velocity.y, b.angular_velocity.z,
                            b.acceleration.x, b.acceleration.y, b.acceleration.z,
                            b.angular_acceleration.x, b.angular_acceleration.y, b.angular_acceleration.z};
    for (int i = 0; i < 19; i++) t->base[i * t->stride + k] = row[i];
  }
  dynamics_columns_run(t->model, &c, from, to, t->lanes);
  for (int k = from; k < to; k++) {
    const double *w = t->wrench + k;
    int s = t->stride;
    struct v3 moment = v3(w[3 * s], w[4 * s], w[5 * s]);
    t->root[k] = (struct wrench){v3(w[0], w[s], w[2 * s]), m3_apply(&t->pelvis[k].rotation, moment)};
  }
}

// Where the wrench on the root has no moment along the floor, as seen from the plan: n x M / (f n).
static struct v3 cop_error(const struct trajectory *t, int k, struct v3 cop, struct v3 normal, struct v3 *moment) {
  struct v3 force = t->root[k].force;
  *moment = v3_add(t->root[k].moment, v3_cross(v3_sub(t->pelvis[k].position, cop), force));
  return v3_scale(v3_cross(normal, *moment), 1 / v3_dot(force, normal));
}

static bool loaded(const struct trajectory *t, int k) {
  return t->root[k].force.z > FLIGHT_FORCE * t->model->mass * GRAVITY;
}

struct dynamics_parts { struct trajectory *t; double *beyond, *error; };

static void dynamics_part(void *context, int from, int to) {
  const struct dynamics_parts *p = context;
  struct trajectory *t = p->t;
  double largest = 0;
  for (int s = 0; s < 2; s++) {
    double beyond = t->leg[s].closed_form ? solve_leg(t, s, from, to) : 0;
    if (beyond > p->beyond[from / 8]) p->beyond[from / 8] = beyond;
  }
  run_dynamics(t, from, to);
  for (int k = from; k < to; k++) {
    struct v3 cop, normal, moment, e = v3(0, 0, 0);
    if (trajectory_cop(t, k, &cop, &normal) && loaded(t, k)) e = cop_error(t, k, cop, normal, &moment);
    t->error[0][k] = e.x, t->error[1][k] = e.y;
    double size = m_sqrt(e.x * e.x + e.y * e.y);
    if (!(size < ERROR_MOST)) size = ERROR_MOST;                       // not a number: legs that have come apart
    if (size > largest) largest = size;
  }
  p->error[from / 8] = largest;
}

double trajectory_dynamics(struct trajectory *t) {
  struct dynamics_parts p = {t, parts_of(t, 0), parts_of(t, 1)};
  t->out_of_reach = 0;
  for (int s = 0; s < 2; s++) {
    double beyond = t->leg[s].closed_form ? 0 : solve_leg(t, s, 0, t->n);
    if (beyond > t->out_of_reach) t->out_of_reach = beyond;
  }
  trajectory_share(t, dynamics_part, &p);
  double beyond = largest_of(t, p.beyond);
  if (beyond > t->out_of_reach) t->out_of_reach = beyond;
  t->bend_least = least_bend(t);
  return largest_of(t, p.error);
}

void trajectory_correct(struct trajectory *t) {
  if (t->moved_mass == 0) weigh(t);
  double *K = t->work, *f[2] = {t->work + t->stride, t->work + 2 * t->stride}, least = HEIGHT_LEAST * t->humanoid->leg_length;
  for (int k = 0; k < t->n; k++) {
    struct v3 cop, normal;
    K[k] = 0;
    if (trajectory_cop(t, k, &cop, &normal) && loaded(t, k)) {
      double z = t->pelvis[k].position.z + t->moved_height - cop.z;
      K[k] = t->root[k].force.z / (t->model->mass * (z > least ? z : least));
    }
    for (int i = 0; i < 2; i++) f[i][k] = K[k] / t->moved_mass * t->error[i][k];
  }
  move_pelvis(t, K, f);
}

bool trajectory_turning(const struct trajectory *t, int k, double *moment) {
  struct v3 cop, normal, m;
  if (!trajectory_cop(t, k, &cop, &normal) || !loaded(t, k)) return false;
  struct v3 e = cop_error(t, k, cop, normal, &m);

  // next to no force has its centre anywhere
  struct v3 at = v3_norm(e) < t->humanoid->sole.toe ? v3_add(cop, e) : cop;
  *moment = v3_dot(v3_add(t->root[k].moment, v3_cross(v3_sub(t->pelvis[k].position, at), t->root[k].force)), normal);
  return true;
}

double trajectory_solve(struct trajectory *t, int passes) {
  for (int i = 0; i < passes; i++) {
    trajectory_dynamics(t);
    trajectory_correct(t);
  }
  return trajectory_dynamics(t);
}

// ---- contacts ---------------------------------------------------------------------------------------

static double size_of(struct wrench w) { return v3_norm(w.force) + v3_norm(w.moment); }

struct contact_parts { struct trajectory *t; double *residual; };

static void contact_part(void *context, int from, int to) {
  const struct contact_parts *p = context;
  struct trajectory *t = p->t;
  double residual = 0;
  for (int k = from; k < to; k++) {
    struct v3 cop, normal, moment, root = t->pelvis[k].position;
    struct wrench left = t->root[k];
    for (int s = 0; s < 2; s++) {
      t->foot[s][k].wrench = (struct wrench){v3(0, 0, 0), v3(0, 0, 0)};
      t->load[s][k] = (struct leg_load){root, t->foot[s][k].wrench};
    }
    if (trajectory_cop(t, k, &cop, &normal) && loaded(t, k)) {
      // the whole force at the actual centre of pressure; what is left there turns about the floor's normal
      struct v3 e = cop_error(t, k, cop, normal, &moment), at = v3_add(cop, e);
      moment = v3_add(t->root[k].moment, v3_cross(v3_sub(root, at), t->root[k].force));
      for (int s = 0; s < 2; s++) {
        struct foot_sample *f = &t->foot[s][k];
        if (f->share <= 0) continue;
        f->cop_actual = v3_add(f->cop, e);
        f->wrench = (struct wrench){v3_scale(t->root[k].force, f->share), v3_scale(moment, f->share)};
        t->load[s][k] = (struct leg_load){f->cop_actual, f->wrench};
        left.force = v3_sub(left.force, f->wrench.force);
        left.moment = v3_sub(left.moment, v3_add(f->wrench.moment, v3_cross(v3_sub(f->cop_actual, root), f->wrench.force)));
      }
    }
    double size = size_of(left);
    if (size > residual) residual = size;
  }
  for (int s = 0; s < 2; s++) {
    struct leg_wrenches c = {to - from, t->stride, t->pelvis + from, t->load[s] + from, t->q + from, t->tau + from, -1};
    leg_wrenches_run(&t->leg[s], &c, t->lanes);
  }
  p->residual[from / 8] = residual;
}

double trajectory_contacts(struct trajectory *t) {
  struct contact_parts p = {t, parts_of(t, 0)};
  trajectory_share(t, contact_part, &p);
  return largest_of(t, p.residual);
}
