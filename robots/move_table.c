#include "robots/move_table.h"

#include <string.h>

#include "robots/move_lanes.h"
#include "robots/reach_move.h"

#define LANES 1
#define KERNEL(name) name##_1
#include "robots/drives_kernel.h"

#define MOVE_POWER struct power_1
#define MOVE_DRIVE drive_1
#include "robots/move_kernel.h"

#define STRIDE MOVE_SAMPLES_MAX

// What one fill works with.
struct work {
  double zero[MOVE_CELLS], base[19][STRIDE], root[6][STRIDE], load[2][STRIDE];
  struct frame_motion frame[STRIDE], foot;
  struct leg_load on[STRIDE];
  enum lane_width lanes;
};

static bool legs_move(const struct reacher *r, const struct move_wish *w) {
  struct v3 step = v3_sub(w->to->root, w->from->root);
  if (v3_dot(step, step) > 0) return true;
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < r->leg[i].chain.count; k++)
      if (w->from->q[r->leg[i].chain.joint[k]] != w->to->q[r->leg[i].chain.joint[k]]) return true;
  return false;
}

// Straight lines above the hips; legs by inverse kinematics where they move.
static void lay_path(struct move_table *t, struct work *o, const struct reacher *r, const struct move_wish *w) {
  struct v3 step = v3_sub(w->to->root, w->from->root);
  int n = t->n;
  for (int k = 0; k < n; k++) {
    t->root[k] = v3_mul_add(w->from->root, step, t->s[k]);
    o->frame[k] = (struct frame_motion){.rotation = m3_identity(), .position = t->root[k], .velocity = step};
  }
  for (int j = 0; j < t->joints; j++) {
    double from = w->from->q[r->lump.joint[j]], d = w->to->q[r->lump.joint[j]] - from;
    for (int k = 0; k < n; k++) t->q[j * n + k] = from + t->s[k] * d, t->along[j * n + k] = d;
  }
  memset(t->bend, 0, sizeof *t->bend * (size_t)(t->joints * n));
  if (!legs_move(r, w)) return;
  for (int i = 0; i < 2; i++) {
    const struct leg *leg = &r->lump_leg[i];
    o->foot = (struct frame_motion){.rotation = m3_identity(), .position = v3(w->foot[0], w->foot[1] + (i == LEFT ? r->standing.half_width : -r->standing.half_width), r->humanoid->sole.height)};
    if (leg->closed_form) {
      leg_columns_run(leg, &(struct leg_columns){.n = n, .stride = n, .root = o->frame, .foot = &o->foot, .q = t->q, .qd = t->along, .qdd = t->bend}, o->lanes);
      continue;
    }
    for (int k = 0; k < n; k++) {
      double a[LIMB_JOINTS_MAX], ad[LIMB_JOINTS_MAX], add[LIMB_JOINTS_MAX];
      for (int c = 0; c < leg->chain.count; c++) a[c] = t->q[leg->chain.joint[c] * n + k];
      leg_motion(leg, &o->frame[k], &o->foot, a, ad, add);
      for (int c = 0; c < leg->chain.count; c++) {
        int at = leg->chain.joint[c] * n + k;
        t->q[at] = a[c], t->along[at] = ad[c], t->bend[at] = add[c];
      }
    }
  }
}

// The wrench that the floor gives about the middle of the ankles, and each leg's half of it taken off the legs' torques.
static void stand_on(struct move_table *t, struct work *o, const struct reacher *r, const double foot[2], double *tau, struct wrench *floor) {
  struct v3 middle = v3(foot[0], foot[1], r->humanoid->sole.height);
  for (int k = 0; k < t->n; k++) {
    struct wrench w = {v3(o->root[0][k], o->root[1][k], o->root[2][k]), v3(o->root[3][k], o->root[4][k], o->root[5][k])};
    w.moment = v3_add(w.moment, v3_cross(v3_sub(t->root[k], middle), w.force));
    floor[k] = w;
    o->on[k].wrench = (struct wrench){v3_scale(w.force, 0.5), v3_scale(w.moment, 0.5)};
  }
  for (int i = 0; i < 2; i++) {
    struct v3 at = v3_add(middle, v3(0, i == LEFT ? r->standing.half_width : -r->standing.half_width, 0));
    for (int k = 0; k < t->n; k++) o->on[k].point = at;
    leg_wrenches_run(&r->lump_leg[i], &(struct leg_wrenches){.n = t->n, .stride = t->n, .root = o->frame, .load = o->on, .q = t->q, .tau = tau, .scale = -1}, o->lanes);
  }
}

// velocity, acceleration: of s at the samples, NULL: 0.
static void run(struct move_table *t, struct work *o, const struct reacher *r, const struct move_wish *w, const double *qd, const double *qdd, const double *velocity, const double *acceleration,
                double *tau, struct wrench *floor) {
  struct v3 step = v3_sub(w->to->root, w->from->root);
  for (int k = 0; k < t->n; k++) {
    double v = velocity ? velocity[k] : 0, a = acceleration ? acceleration[k] : 0;
    const double base[19] = {t->root[k].x, t->root[k].y, t->root[k].z, 1, 0, 0, 0, v * step.x, v * step.y, v * step.z, 0, 0, 0, a * step.x, a * step.y, a * step.z};
    for (int i = 0; i < 19; i++) o->base[i][k] = base[i];
  }
  struct robot_model model = lump_model(&r->lump);
  struct dynamics_columns c = {.n = t->n, .stride = t->n, .q = t->q, .qd = qd, .qdd = qdd, .tau = tau, .load_count = 2};
  for (int i = 0; i < 19; i++) c.base[i] = o->base[i];
  for (int i = 0; i < 6; i++) c.root[i] = o->root[i];
  for (int s = 0; s < 2; s++) c.load_body[s] = r->lump.body[r->humanoid->arm[s].body], c.load[s] = o->load[s];
  dynamics_columns_run(&model, &c, 0, t->n, o->lanes);
  stand_on(t, o, r, w->foot, tau, floor);
}

// Bodies that move somewhere on the path, and those between them and the floor.
static void find_moving(struct move_dynamics *d, const struct move_table *t, bool legs) {
  int n = d->model->joint_count;
  d->moves[0] = d->pulls[0] = !d->holds && (d->step.x != 0 || d->step.y != 0 || d->step.z != 0);
  for (int i = 0; i < n && !d->holds; i++) d->moves[i + 1] = t->along[i * t->n] != 0 || d->moves[d->model->row[i + 1].parent];
  for (int s = 0; s < 2 && legs && !d->holds; s++)
    for (int b = d->foot[s]; b > 0; b = d->model->row[b].parent) d->moves[b] = true;
  for (int i = 0; i < n; i++) d->pulls[i + 1] = d->moves[i + 1] |= d->moves[d->model->row[i + 1].parent];       // what hangs on a leg that moves too
  for (int i = n; i > 0; i--) d->pulls[d->model->row[i].parent] |= d->pulls[i];
}

static void run_pass(struct move_table *t, const struct move_dynamics *d, enum lane_width lanes) {
  for (int k = 0; k < t->n; k += (int)lanes) {
    if (lanes == LANES_8) move_avx512_pass(t, d, k);
    else if (lanes == LANES_4) move_avx2_pass(t, d, k);
    else move_pass(t, d, k);
  }
}

void move_table_fill(struct move_table *t, const struct reacher *r, const struct move_wish *w, bool holds) {
  _Alignas(64) struct work o;
  const struct humanoid *h = r->humanoid;
  t->joints = r->lump.count;
  t->lanes = o.lanes = r->lanes;
  lay_path(t, &o, r, w);
  const struct robot_model model = lump_model(&r->lump);
  struct move_dynamics d = {.model = &model, .holds = holds, .step = v3_sub(w->to->root, w->from->root), .load = {w->load[LEFT], w->load[RIGHT]}, .middle = v3(w->foot[0], w->foot[1], h->sole.height)};
  for (int s = 0; s < 2; s++) {
    d.load_body[s] = r->lump.body[h->arm[s].body];
    d.foot[s] = r->lump.body[h->leg[s].body];
    d.ankle[s] = v3_add(d.middle, v3(0, s == LEFT ? r->standing.half_width : -r->standing.half_width, 0));
  }
  if (holds) {
    memset(t->floor[1], 0, sizeof t->floor[1]);
    memset(t->floor[2], 0, sizeof t->floor[2]);
  }
  find_moving(&d, t, legs_move(r, w));
  run_pass(t, &d, o.lanes);
}

struct move_drive move_table_drive(const struct move_table *t, const struct actuator *a, int row, const struct move_rates *r, double *electrical) {
  if (t->lanes == LANES_8) return move_avx512_drive(t, a, row, r, electrical);
  if (t->lanes == LANES_4) return move_avx2_drive(t, a, row, r, electrical);
  return move_drive(t, a, row, r, electrical);
}

void move_table_passed(const struct move_table *t, const struct move_law *l, double *when, double *rate, double *second) {
  for (int k = 0; k < t->n; k += (int)t->lanes) {
    if (t->lanes == LANES_8) move_avx512_passed(l, t->s, k, when, rate, second);
    else if (t->lanes == LANES_4) move_avx2_passed(l, t->s, k, when, rate, second);
    else move_passed(l, t->s, k, when, rate, second);
  }
}

bool move_table_bound(const struct move_table *t, const struct actuator *a, int row, const struct move_rates *r, double peak, double u) {
  if (t->lanes == LANES_8) return move_avx512_bound(t, a, row, r, peak, u);
  if (t->lanes == LANES_4) return move_avx2_bound(t, a, row, r, peak, u);
  return move_bound(t, a, row, r, peak, u);
}

void move_table_time(struct move_table *t, const struct reacher *r, const struct move_wish *w, const struct move_timing *m) {
  _Alignas(64) struct work o;
  t->joints = r->lump.count;
  o.lanes = r->lanes;
  for (int s = 0; s < 2; s++)
    for (int k = 0; k < t->n; k++) o.load[s][k] = w->load[s];
  lay_path(t, &o, r, w);
  for (int i = 0; i < t->joints; i++) {
    double side = m->side[r->lump.joint[i]];
    for (int k = 0, c = i * t->n; k < t->n; k++, c++) {
      double along = t->along[c];
      t->q[c] += side * m->u[k];
      t->along[c] = along * m->rate[k] + side * m->u_rate[k];
      t->bend[c] = along * m->second[k] + t->bend[c] * m->rate[k] * m->rate[k] + side * m->u_second[k];
    }
  }
  run(t, &o, r, w, t->along, t->bend, m->rate, m->second, t->rest, t->floor[0]);
}
