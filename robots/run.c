#include "robots/run.h"

#include <stdlib.h>
#include <string.h>

#define AXES       FLIGHT_AXES
#define SHIFT_MOST 0.03             // m    in one pass: the first ones see a body far from its motion
#define TURN_MOST  0.05             // rad
#define LEAST      3                // samples of a flight
#define STEADY     1e-9             // m/s
#define JOIN_WALK  0.25             // s    in which a body that walks comes to the wished height and attitude; a guess

static double size_of(double x) { return x < 0 ? -x : x; }

// ---- flights ----------------------------------------------------------------------------------------

static int sample_at(const struct trajectory *t, double time) { return (int)m_floor((time - t->start) / t->dt + 1e-9); }

static double time_of(const struct trajectory *t, int k) { return t->start + k * t->dt; }

// Flights of the plan that end within the samples.
static enum status find_flights(struct run *r, struct error *e) {
  const struct trajectory *t = r->axes.t;
  const struct footstep *s = r->plan->step;
  int before = -2;
  for (int i = 1; i + 2 < r->plan->count; i++) {
    if (s[i].lift >= s[i + 1].land) continue;
    bool begins = before != i - 1;
    before = i;
    if (s[i + 1].land < t->start) continue;
    struct run_flight *f = &r->flight[r->flights];
    *f = (struct run_flight){.lift = s[i].lift, .land = s[i + 1].land, .begins = begins, .ends = true, .before = s[i - 1].lift, .after = s[i + 2].land};
    if (r->join && !r->flights) r->joined = !begins || f->before < t->start + JOIN_WALK;

    // a sample at most half an interval before lift-off counts, since there is next to no force left
    f->from = sample_at(t, f->lift - t->dt / 2) + 1, f->to = sample_at(t, f->land);
    f->under_way = r->joined && !r->flights && f->from <= 0;
    if (f->under_way) f->from = 0;
    f->steady = !f->under_way && size_of(f->land - f->lift - (r->plan->pace.step.period - r->plan->pace.step.contact)) < STEADY;
    if (!f->begins && r->flights) r->flight[r->flights - 1].ends = false;
    r->flights++;
    if (!f->under_way && f->to - f->from + 1 < LEAST) return error_at(e, STATUS_RANGE, t->model->name, 0, 0, "a flight of %.3f s needs samples closer than %g s", f->land - f->lift, t->dt);
  }
  return STATUS_OK;
}

enum status run_init(struct run *r, struct trajectory *t, const struct step_plan *plan, const struct frame_motion *join, const struct frame_motion *before, double until, struct error *e) {
  const struct frame_motion *past = until > t->start + t->n * t->dt ? before : NULL;
  size_t n = (size_t)t->n, columns = 4 * AXES + 3 + 2 * 4 + CORRECTION_WORK(1), jets = past ? 6 + AXES : 6;
  memset(r, 0, sizeof *r);
  r->axes = (struct flight_axes){.t = t, .inverse = calloc(n, sizeof *r->axes.inverse)};
  r->plan = plan;
  r->join = join, r->past = past, r->before = before, r->until = until;
  r->flight = calloc((size_t)plan->count, sizeof *r->flight);
  double *p = r->axes.x[0] = calloc(columns * n, sizeof *p);
  struct jet *j = r->walk = calloc(jets * n, sizeof *j);
  if (!r->axes.inverse || !r->flight || !p || !j) {
    run_finish(r);
    return error_at(e, STATUS_MEMORY, t->model->name, 0, 0, "a run of %d samples", t->n);
  }
  double **row[] = {r->axes.x, r->axes.v, r->axes.a, r->axes.lack};
  for (int i = 0; i < 4; i++)
    for (int c = 0; c < AXES; c++) row[i][c] = p, p += n;
  double **pair[] = {r->f, r->d, r->first, r->second};
  for (int i = 0; i < 4; i++)
    for (int c = 0; c < 2; c++) pair[i][c] = p, p += n;
  r->length[LEFT] = p, r->length[RIGHT] = p + n, p += 2 * n;
  r->K = p, r->work = p + n;
  r->height = j + n, r->pitch = j + 2 * n, r->yaw = j + 3 * n, r->jets = j + 4 * n, r->jog = j + 5 * n;
  for (int c = 0; past && c < AXES; c++) r->was[c] = j + (6 + c) * n;
  enum status s = find_flights(r, e);
  if (s) run_finish(r);
  return s;
}

void run_finish(struct run *r) {
  free(r->axes.x[0]), free(r->axes.inverse), free(r->walk), free(r->flight);
  memset(r, 0, sizeof *r);
}

// Is sample k between the beginning of a stretch and a share of the last stance of it?
static bool within(const struct run *r, int k, double share) {
  double time = time_of(r->axes.t, k), from = r->joined ? r->axes.t->start - 1 : 0;
  for (int i = 0; i < r->flights; i++) {
    const struct run_flight *f = &r->flight[i];
    if (f->begins && !(r->joined && i == 0)) from = f->before;
    if (f->ends && time > from && time < f->land + share * (f->after - f->land)) return true;
  }
  return false;
}

bool run_covers(const struct run *r, int k) { return within(r, k, 1); }
bool run_flies(const struct run *r, int k) { return within(r, k, 0.5); }

// ---- height -----------------------------------------------------------------------------------------

static struct jet lift_jet(const struct run_flight *f) { return (struct jet){f->level, GRAVITY * (f->land - f->lift) / 2, -GRAVITY}; }

static struct jet land_jet(const struct run *r, const struct run_flight *f) {
  if (f->under_way) return flight_carry(r->at[2], -GRAVITY, -GRAVITY, f->land - r->axes.t->start);
  return (struct jet){f->level, -GRAVITY * (f->land - f->lift) / 2, -GRAVITY};
}

static void fill(struct run *r, struct jet *row, struct jet from, struct jet to, double begin, double end) {
  const struct trajectory *t = r->axes.t;
  struct quintic q = quintic_between(from, to, end - begin);
  for (int k = sample_at(t, begin) + 1; k < t->n && time_of(t, k) < end; k++) row[k] = quintic_at(&q, time_of(t, k) - begin);
}

// Walking height at the time that a stretch begins or ends, from the nearest walking sample.
static struct jet walk_at(const struct run *r, double time, bool end) {
  const struct trajectory *t = r->axes.t;
  int k = sample_at(t, time);
  if (end && time_of(t, k) < time - 1e-9 && k + 1 < t->n) k++;
  struct jet j = r->walk[k];
  return flight_carry(j, j.a, j.a, time - time_of(t, k));
}

// Between two steady flights the spring's, else by quintics.
static void stance(struct run *r, int i) {
  const struct run_flight *f = &r->flight[i], *last = f - 1;
  const struct trajectory *t = r->axes.t;
  const struct jog_pace *p = &r->plan->pace;
  bool steady = f->steady && last->steady && size_of(f->lift - last->land - p->step.contact) < STEADY && f->level == last->level;
  if (!steady) {
    fill(r, r->height, land_jet(r, last), lift_jet(f), last->land, f->lift);
    return;
  }
  for (int k = last->to + 1; k < f->from; k++) {
    struct slip_state a = slip_stance(&p->slip, p->step.land, time_of(t, k) - last->land);
    double length = m_sqrt(a.x * a.x + a.y * a.y);
    r->height[k] = (struct jet){f->level + a.y - p->step.land.y, a.vy, p->slip.stiffness / p->slip.mass * (p->slip.length / length - 1) * a.y - GRAVITY};
  }
}

static void set_height(struct run *r) {
  const struct trajectory *t = r->axes.t;
  memcpy(r->height, r->walk, sizeof *r->height * (size_t)t->n);
  for (int i = 0; i < r->flights; i++) {
    const struct run_flight *f = &r->flight[i];
    struct jet up = lift_jet(f);
    double since = f->lift;
    if (f->under_way) {
      up = r->at[2], since = t->start;
    } else if (r->joined && i == 0) {
      r->height[0] = r->at[2];
      fill(r, r->height, r->at[2], up, t->start, f->lift);
    } else if (f->begins) fill(r, r->height, walk_at(r, f->before, false), up, f->before, f->lift);
    else stance(r, i);
    for (int k = f->from; k <= f->to; k++) r->height[k] = flight_carry(up, -GRAVITY, -GRAVITY, time_of(t, k) - since);
    if (f->ends) fill(r, r->height, land_jet(r, f), walk_at(r, f->after, true), f->land, f->after);
  }
}

void run_take_height(struct run *r) {
  struct trajectory *t = r->axes.t;
  if (r->past) return;
  for (int k = 0; k < t->n; k++) {
    struct frame_motion *p = &t->pelvis[k];
    if (run_covers(r, k)) continue;
    r->walk[k] = (struct jet){p->position.z + r->axes.arm, p->velocity.z, p->acceleration.z};
  }
  struct jet *old = r->jets;
  memcpy(old, r->height, sizeof *old * (size_t)t->n);
  set_height(r);

  // what corrections have added stays
  for (int k = 0; k < t->n; k++) {
    struct jet h = r->height[k], o = old[k];
    if (!run_covers(r, k)) r->axes.x[2][k] = h.x, r->axes.v[2][k] = h.v, r->axes.a[2][k] = h.a;
    else r->axes.x[2][k] += h.x - o.x, r->axes.v[2][k] += h.v - o.v, r->axes.a[2][k] += h.a - o.a;
  }
}

// Least room above the hips for knees bent by that, from the middle of the stance before a flight to that of the one after.
static double room_of(const struct run *r, int i, double bend) {
  const struct trajectory *t = r->axes.t;
  const struct run_flight *f = &r->flight[i];
  int from = i == 0 && r->joined ? 0 : f->begins ? f->from : (f[-1].to + f->from) / 2, to = f->ends ? f->to : (f->to + f[1].from) / 2;
  double least = 1e9;
  for (int s = 0; s < 2; s++) {
    double bent = leg_length_bent(&t->leg[s], bend);
    for (int k = from; k <= to; k++) {
      double reach = r->past && r->length[s][k] > bent ? r->length[s][k] : bent;
      const struct frame_motion *p = &t->pelvis[k];
      struct v3 hip = v3_add(p->position, m3_apply(&p->rotation, t->leg[s].hip)), x = v3_sub(hip, t->foot[s][k].frame.position);
      double square = reach * reach - x.x * x.x - x.y * x.y, room = (square > 0 ? m_sqrt(square) : 0) - x.z;
      if (room < least) least = room;
    }
  }
  return least;
}

// Flights first .. last are one stretch.
static void fit_stretch(struct run *r, int first, int last, double bend) {
  int from = -1, to = -1;
  for (int i = first; i <= last; i++) {
    if (r->flight[i].under_way || r->flight[i].known) continue;
    r->flight[i].level += room_of(r, i, bend);
    if (!r->flight[i].steady) continue;
    from = from < 0 ? i : from;
    to = i;
  }
  if (from < 0) return;
  double steady = r->flight[(from + to) / 2].level;
  for (int i = first; i <= last; i++)
    if (!r->flight[i].known && (r->flight[i].steady || r->flight[i].level > steady)) r->flight[i].level = steady;
}

void run_fit_height(struct run *r, double bend) {
  for (int i = 0; i < r->flights && r->past; i++) {
    struct run_flight *f = &r->flight[i];
    double level = f->level + room_of(r, i, bend);
    f->level = f->under_way || level > 0 ? 0 : level;
  }
  if (r->past) return;
  for (int i = 0, first = 0; i < r->flights; i++) {
    if (r->flight[i].begins || i == 0) first = i;
    if (r->flight[i].ends) fit_stretch(r, first, i, bend);
  }
  run_take_height(r);
  flight_set_pelvis(&r->axes);
}

// ---- to begin with ----------------------------------------------------------------------------------

// Where the root of the join is, with P as it is led now.
static void find_join(struct run *r) {
  if (!r->join) return;
  double whole = 2 * M_PI_D;
  flight_axes_of(r->join, r->axes.arm, r->at);
  r->at[5].x += whole * m_floor((r->yaw[0].x - r->at[5].x) / whole + 0.5);
  for (int k = 0; r->past && k < r->axes.t->n; k++) {
    struct jet was[AXES];
    flight_axes_of(&r->past[k], r->axes.arm, was);
    was[5].x += whole * m_floor((r->yaw[k].x - was[5].x) / whole + 0.5);
    for (int c = 0; c < AXES; c++) r->was[c][k] = was[c];
  }
}

// Lengths of its legs, by its joints.
static void find_lengths(struct run *r) {
  const struct trajectory *t = r->axes.t;
  for (int s = 0; s < 2; s++)
    for (int k = 0; k < t->n; k++) {
      const struct leg *l = &t->leg[s];
      double q[LIMB_JOINTS_MAX];
      struct m3 turn;
      struct v3 at;
      for (int i = 0; i < l->chain.count; i++) q[i] = t->q[l->chain.joint[i] * t->stride + k];
      leg_forward(l, q, &turn, &at);
      r->length[s][k] = v3_norm(v3_sub(at, l->hip));
    }
}

// All of the motion that is left, with P as it is led now.
static void take_past(struct run *r) {
  for (int c = 0; c < AXES; c++)
    for (int k = 0; k < r->axes.t->n; k++) r->axes.x[c][k] = r->was[c][k].x, r->axes.v[c][k] = r->was[c][k].v, r->axes.a[c][k] = r->was[c][k].a;
  flight_set_pelvis(&r->axes);
}

// What a coordinate at sample 0 is off by goes away over T s, or in a flight that is under way goes on as it is until it lands, and away in the stance after it.
static void take_over(struct run *r, int axis, struct jet off) {
  const struct trajectory *t = r->axes.t;
  const struct run_flight *f = &r->flight[0];
  double from = t->start, to = r->joined ? f->lift : t->start + JOIN_WALK;
  bool flies = r->joined && f->under_way;
  if (flies) from = f->land, to = f->ends ? f->after : f[1].lift;
  struct jet then = flies ? (struct jet){off.x + off.v * (from - t->start), off.v, 0} : off;
  struct quintic q = quintic_between(then, (struct jet){0, 0, 0}, to - from);
  for (int k = 0; k < t->n && time_of(t, k) < to; k++) {
    double time = time_of(t, k);
    struct jet d = time < from ? (struct jet){off.x + off.v * (time - t->start), off.v, 0} : quintic_at(&q, time - from);
    r->axes.x[axis][k] += d.x, r->axes.v[axis][k] += d.v, r->axes.a[axis][k] += d.a;
  }
}

static struct jet off_by(const struct run *r, int axis) {
  return (struct jet){r->at[axis].x - r->axes.x[axis][0], r->at[axis].v - r->axes.v[axis][0], r->at[axis].a - r->axes.a[axis][0]};
}

void run_join(struct run *r, double speed[2]) {
  if (!r->join) return;
  for (int c = 0; c < AXES; c++) {
    struct jet off = off_by(r, c);
    if (c < 2) off.a = 0, speed[c] = (c ? r->join->velocity.y : r->join->velocity.x) - off.v;
    take_over(r, c, off);
  }
  flight_set_pelvis(&r->axes);
}

void run_begin(struct run *r) {
  struct trajectory *t = r->axes.t;
  const struct jog_pace *p = &r->plan->pace;
  for (int k = 0; k < t->n; k++) {
    const struct frame_motion *b = &t->pelvis[k];
    double lean = p->style.lean;
    r->pitch[k] = (struct jet){lean * r->jog[k].x, lean * r->jog[k].v, lean * r->jog[k].a};
    const double x[AXES] = {b->position.x, b->position.y, b->position.z, 0, r->pitch[k].x, r->yaw[k].x};
    const double v[AXES] = {b->velocity.x, b->velocity.y, b->velocity.z, 0, r->pitch[k].v, r->yaw[k].v};
    const double a[AXES] = {b->acceleration.x, b->acceleration.y, b->acceleration.z, 0, r->pitch[k].a, r->yaw[k].a};
    for (int c = 0; c < AXES; c++) r->axes.x[c][k] = x[c], r->axes.v[c][k] = v[c], r->axes.a[c][k] = a[c];
    r->walk[k] = r->height[k] = (struct jet){x[2], v[2], a[2]};
  }

  find_join(r);
  if (r->past) {
    find_lengths(r);
    take_past(r);
    return;
  }
  for (int c = 3; c < AXES && r->join; c++) take_over(r, c, off_by(r, c));

  // as high as the spring wishes over a leg that is straight where the spring is
  for (int i = 0; i < r->flights && !r->past; i++) r->flight[i].level = p->step.land.y - p->slip.length + t->leg[LEFT].reach + t->humanoid->sole.height - t->leg[LEFT].hip.z;
  run_take_height(r);
  flight_set_pelvis(&r->axes);
}

// Flights that the motion that is left has too are as high as there.
static void find_known(struct run *r) {
  for (int i = 0; i < r->flights && r->before && !r->past; i++) {
    struct run_flight *f = &r->flight[i];
    struct jet up = lift_jet(f), was[AXES];
    double sum = 0;
    if (f->under_way || f->land > r->until + STEADY) continue;
    for (int k = f->from; k <= f->to; k++) {
      flight_axes_of(&r->before[k], r->axes.arm, was);
      sum += was[2].x - flight_carry(up, -GRAVITY, -GRAVITY, time_of(r->axes.t, k) - f->lift).x;
    }
    f->level += sum / (f->to - f->from + 1);
    f->known = true;
  }
}

void run_lead(struct run *r) {
  const struct run_flight *f = &r->flight[0];
  double rise = flight_find_arm(&r->axes, r->flights ? (f->from + f->to) / 2 : 0);
  find_join(r);
  if (r->past) {
    take_past(r);
    return;
  }
  for (int k = 0; k < r->axes.t->n; k++) r->walk[k].x += r->axes.arm;
  for (int i = 0; i < r->flights && !r->past; i++) r->flight[i].level += rise;
  find_known(r);
  set_height(r);
  for (int k = 0; k < r->axes.t->n; k++) r->axes.x[2][k] = r->height[k].x, r->axes.v[2][k] = r->height[k].v, r->axes.a[2][k] = r->height[k].a;
  flight_set_pelvis(&r->axes);
}

// ---- correction -------------------------------------------------------------------------------------

static struct jet wished(const struct run *r, int axis, int k) {
  if (r->past) return r->was[axis][k];
  if (axis == 2) return r->height[k];
  return axis == 4 ? r->pitch[k] : axis == 5 ? r->yaw[k] : (struct jet){0, 0, 0};
}

// Height and attitude: as flight needs them, and through stance by a quintic on top of what is wished.
static void correct_free(struct run *r, int axis, double share) {
  const struct trajectory *t = r->axes.t;
  const struct jet none = {0, 0, 0};
  struct jet *d = r->jets, lift, land = none;
  memset(d, 0, sizeof *d * (size_t)t->n);
  for (int i = 0; i < r->flights; i++) {
    const struct run_flight *f = &r->flight[i];
    double *accel = r->work;
    struct jet before = land;
    double after = f->land - time_of(t, f->to);
    for (int k = f->from; k <= f->to; k++) accel[k - f->from] = r->axes.a[axis][k] + r->axes.lack[axis][k] - wished(r, axis, k).a;
    if (f->under_way) {
      d[0] = (struct jet){r->at[axis].x - wished(r, axis, 0).x, r->at[axis].v - wished(r, axis, 0).v, accel[0]};
      for (int k = 1; k <= f->to; k++) d[k] = flight_carry(d[k - 1], accel[k - 1], accel[k], t->dt);
      land = flight_carry(d[f->to], accel[f->to], accel[f->to], after);
      if (f->ends) fill(r, d, land, none, f->land, f->after);
      continue;
    }
    flight_path(f->to - f->from + 1, t->dt, time_of(t, f->from) - f->lift, after, accel, d + f->from, &lift, &land);
    if (r->past && axis == 2) {
      // lower where a leg has to reach farther
      for (int k = f->from; k <= f->to; k++) d[k].x += f->level;
      lift.x += f->level, land.x += f->level;
    }
    if (r->joined && i == 0) {
      d[0] = (struct jet){r->at[axis].x - wished(r, axis, 0).x, r->at[axis].v - wished(r, axis, 0).v, r->at[axis].a - wished(r, axis, 0).a};
      fill(r, d, d[0], lift, t->start, f->lift);
    } else if (f->begins) fill(r, d, none, lift, f->before, f->lift);
    else fill(r, d, before, lift, f[-1].land, f->lift);
    if (f->ends) fill(r, d, land, none, f->land, f->after);
    // a sample before lift-off is the flight's
    d[f->from] = (struct jet){d[f->from].x, d[f->from].v, accel[0]};
  }
  if (r->join && !r->joined) {
    struct jet w = wished(r, axis, 0);
    d[0] = (struct jet){r->at[axis].x - w.x, r->at[axis].v - w.v, r->at[axis].a - w.a};
    fill(r, d, d[0], none, t->start, t->start + JOIN_WALK);
  }
  for (int k = 0; k < t->n; k++) {
    struct jet w = wished(r, axis, k);
    d[k] = (struct jet){w.x + d[k].x, w.v + d[k].v, w.a + d[k].a};
  }
  flight_bring(&r->axes, axis, d, axis == 2 ? SHIFT_MOST : TURN_MOST, share);
}

// Along the floor: the centre of pressure where it is planned, what flight lacks in the air.
static void correct_plane(struct run *r, double share) {
  const struct trajectory *t = r->axes.t;
  for (int k = 0; k < t->n; k++) {
    struct v3 cop, normal;
    r->K[k] = 0;
    if (trajectory_cop(t, k, &cop, &normal)) {
      double z = t->pelvis[k].position.z + t->moved_height - cop.z;
      r->K[k] = t->root[k].force.z / (t->model->mass * z);
      if (r->K[k] < 0) r->K[k] = 0;
    }
    for (int i = 0; i < 2; i++) r->f[i][k] = r->K[k] / t->moved_mass * t->error[i][k];
  }
  for (int i = 0; i < r->flights; i++)
    for (int k = r->flight[i].from; k <= r->flight[i].to; k++)
      for (int c = 0; c < 2; c++) r->K[k] = 0, r->f[c][k] = r->axes.lack[c][k];
  correction_solve(t->n, t->dt, ENDS_FIXED, 0, r->K, (const double *const *)r->f, r->d, r->first, r->second, r->work);
  double most = SHIFT_MOST;
  for (int k = 0; k < t->n; k++) {
    double size = m_sqrt(r->d[0][k] * r->d[0][k] + r->d[1][k] * r->d[1][k]);
    if (size > most) most = size;
  }
  double part = share * SHIFT_MOST / most;
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < t->n; k++)
      r->axes.x[i][k] += part * r->d[i][k], r->axes.v[i][k] += part * r->first[i][k], r->axes.a[i][k] += part * r->second[i][k];
}

void run_find_lacks(struct run *r, bool inertia) {
  for (int i = 0; i < r->flights; i++)
    for (int k = r->flight[i].from; k <= r->flight[i].to; k++) flight_find_lack(&r->axes, k, inertia);
}

void run_correct(struct run *r, double share) {
  correct_plane(r, share);
  for (int axis = 2; axis < AXES; axis++) correct_free(r, axis, share);
  flight_set_pelvis(&r->axes);
}

void run_settle(struct run *r, bool inertia) {
  run_find_lacks(r, inertia);
  for (int i = 0; i < r->flights && !r->axes.lost; i++)
    for (int k = r->flight[i].from; k <= r->flight[i].to; k++) {
      for (int c = 0; c < AXES; c++) r->axes.a[c][k] += r->axes.lack[c][k];
      flight_set_sample(&r->axes, k);
    }
}
