#include "robots/walk_push.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "robots/momentum.h"
#include "robots/walk_change.h"
#include "robots/walk_check.h"
#include "robots/walker_state.h"

#define BACK_ASIDE  0.06            // m    that each later step comes back to the line, across and along; guesses
#define BACK_ALONG  0.20
#define JOG_BACK    3               // steps at least in which a jog comes back: one alone would have to be long. A guess
#define HURRY       1.5             // times as much, where the walk ends before
#define PRESS_MARGIN 0.012          // m    inside of the sole that ankles leave
#define LEAST_GAIN  0.1             // 1/s  ankles with less time than that are not asked
#define SOLVES      6
#define SPEED_LEAST 3e-4            // m/s  of it, where the pressure is on the edge of a sole
#define WENT_LEAST  1e-4            // m    that a shift has to be for its effect to say anything
#define GAIN_OFF    2.5             // 1    that the body's gain may be more or less than the pendulum's
#define SPEED_CLOSE 4e-3            // m/s  of the wanted velocity: a quintic takes the rest off and moves the pressure by some 3 mm
#define PRESS_CLOSE 4e-3            // m    of the centre of pressure in a jog: its feet are on their balls
#define SOONER_MOST 0.25            // of the time in which it is hurried, and held back: more asks more of the drives than they have. Guesses
#define LATER_MOST  0.25
#define TRIES       5               // by footsteps alone, then by the clock over two or three steps
#define SHIFT_MOST  0.60            // m    no leg does more

static double size_of(double x) { return x < 0 ? -x : x; }
static double larger(double a, double b) { return a > b ? a : b; }
static double smaller(double a, double b) { return a < b ? a : b; }
static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

static enum status range(const struct walk *w, const char *why, struct error *e) {
  return error_at(e, STATUS_RANGE, w->library->humanoid->model->name, 0, 0, "a pushed walk cannot go on: %s", why);
}

// ---- the push -------------------------------------------------------------------------------------------------

// Change of the root's velocity by which momentum about the floor grows as if all mass had got the impulse, the feet going on as they do.
static bool jump_on_feet(const struct walk *w, const struct walk_body *b, const struct foot_sample foot[2], struct frame_motion *root, const double *q, const double *qd,
                         const double impulse[2]) {
  struct leg leg[2];
  double before[3][2], rates[ROBOT_JOINTS_MAX], floor = foot[LEFT].contact ? foot[LEFT].cop.z : foot[RIGHT].cop.z, jump[2];
  for (int s = 0; s < 2; s++) leg_init(&leg[s], w->library->humanoid, s);
  memcpy(rates, qd, sizeof(double) * (size_t)b->model.joint_count);
  for (int k = 0; k < 3; k++) {
    struct frame_motion r = *root;
    r.velocity.x += k == 1, r.velocity.y += k == 2;
    for (int s = 0; s < 2; s++) {
      const struct leg *l = &leg[s];
      double a[LIMB_JOINTS_MAX], v[LIMB_JOINTS_MAX], acc[LIMB_JOINTS_MAX];
      for (int i = 0; i < l->chain.count; i++) a[i] = q[l->chain.joint[i]];
      leg_rates(l, &r, &foot[s].frame, a, v, acc);
      for (int i = 0; i < l->chain.count; i++) rates[l->chain.joint[i]] = v[i];
    }
    struct base_motion base = {r.position, quaternion_of_m3(&r.rotation), r.velocity, m3_apply_inverse(&r.rotation, r.angular_velocity), v3(0, 0, 0), v3(0, 0, 0)};
    struct floor_momentum f = floor_momentum_of(&b->model, &base, q, rates, floor);
    before[k][0] = f.swing[0], before[k][1] = f.swing[1];
  }
  const double want[2] = {impulse[0] / b->model.mass, impulse[1] / b->model.mass};
  if (!floor_momentum_jump(before, want, jump)) return false;
  root->velocity = v3_add(root->velocity, v3(jump[0], jump[1], 0));
  return true;
}

// Wrench on a root at rest for its accelerations, the feet going on as they do.
static void wrench_of(const struct walk_body *b, const struct leg leg[2], const struct frame_motion *root, const struct foot_sample foot[2], const double *q, double out[6]) {
  double still[ROBOT_JOINTS_MAX] = {0}, qdd[ROBOT_JOINTS_MAX] = {0}, tau[ROBOT_JOINTS_MAX];
  struct wrench w;
  for (int s = 0; s < 2; s++) {
    const struct leg *l = &leg[s];
    struct frame_motion f = {.rotation = foot[s].frame.rotation, .position = foot[s].frame.position};
    double a[LIMB_JOINTS_MAX], v[LIMB_JOINTS_MAX], acc[LIMB_JOINTS_MAX];
    for (int i = 0; i < l->chain.count; i++) a[i] = q[l->chain.joint[i]];
    leg_rates(l, root, &f, a, v, acc);
    for (int i = 0; i < l->chain.count; i++) qdd[l->chain.joint[i]] = acc[i];
  }
  struct base_motion base = {.position = root->position, .orientation = quaternion_of_m3(&root->rotation), .acceleration = root->acceleration,
                             .angular_acceleration = m3_apply_inverse(&root->rotation, root->angular_acceleration)};
  robot_inverse_dynamics(&b->model, &base, q, still, qdd, 0, NULL, NULL, tau, &w);
  struct v3 moment = m3_apply(&root->rotation, w.moment);
  memcpy(out, (double[6]){w.force.x, w.force.y, w.force.z, moment.x, moment.y, moment.z}, sizeof(double[6]));
}

// In flight nothing but the push acts: linear momentum grows by it and angular momentum about the centre of mass does not. With the inertia A that the root
// feels while the feet go on, its velocities jump by A^-1 (J, (com - root) x J).
static bool jump_in_flight(const struct humanoid *h, const struct walk_body *b, struct frame_motion *root, const struct foot_sample foot[2], const double *q, const double impulse[2]) {
  double a[6][7], none[6], with[6];
  struct leg leg[2];
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  struct frame_motion at = {.rotation = root->rotation, .position = root->position};
  struct base_motion base = {.position = root->position, .orientation = quaternion_of_m3(&root->rotation)};
  for (int s = 0; s < 2; s++) leg_init(&leg[s], h, s);
  robot_forward(&b->model, &base, q, NULL, body);
  struct v3 push = v3(impulse[0], impulse[1], 0), moment = v3_cross(v3_sub(robot_com(&b->model, body, NULL), root->position), push);
  wrench_of(b, leg, &at, foot, q, none);
  for (int c = 0; c < 6; c++) {
    struct frame_motion one = at;
    double *add[6] = {&one.acceleration.x, &one.acceleration.y, &one.acceleration.z, &one.angular_acceleration.x, &one.angular_acceleration.y, &one.angular_acceleration.z};
    *add[c] = 1;
    wrench_of(b, leg, &one, foot, q, with);
    for (int i = 0; i < 6; i++) a[i][c] = with[i] - none[i];
  }
  const double want[6] = {push.x, push.y, push.z, moment.x, moment.y, moment.z};
  for (int i = 0; i < 6; i++) a[i][6] = want[i];
  // Gauss with row pivots
  for (int k = 0; k < 6; k++) {
    int best = k;
    for (int i = k + 1; i < 6; i++)
      if (size_of(a[i][k]) > size_of(a[best][k])) best = i;
    if (!(size_of(a[best][k]) > 1e-6)) return false;
    for (int j = k; j < 7; j++) {
      double x = a[best][j];
      a[best][j] = a[k][j], a[k][j] = x;
    }
    for (int i = 0; i < 6; i++) {
      double f = i == k ? 0 : a[i][k] / a[k][k];
      for (int j = k; j < 7; j++) a[i][j] -= f * a[k][j];
    }
  }
  for (int i = 0; i < 6; i++) with[i] = a[i][6] / a[i][i];
  root->velocity = v3_add(root->velocity, v3(with[0], with[1], with[2]));
  root->angular_velocity = v3_add(root->angular_velocity, v3(with[3], with[4], with[5]));
  return true;
}

// ---- the steps ------------------------------------------------------------------------------------------------

static enum status copy_plan(struct walk *out, const struct walk *w, struct error *e) {
  struct step_plan *p = &out->plan;
  *p = w->plan;
  out->targets = w->targets;
  p->step = malloc(sizeof *p->step * (size_t)p->count);
  p->mark = malloc(sizeof *p->mark * (size_t)p->marks);
  out->targets.target = malloc(sizeof *out->targets.target * (size_t)w->targets.count);
  p->footsteps.step = p->step;
  if (!p->step || !p->mark || !out->targets.target) return error_at(e, STATUS_MEMORY, w->library->humanoid->model->name, 0, 0, "a walk of %d steps", p->count);
  memcpy(p->step, w->plan.step, sizeof *p->step * (size_t)p->count);
  memcpy(p->mark, w->plan.mark, sizeof *p->mark * (size_t)p->marks);
  memcpy(out->targets.target, w->targets.target, sizeof *out->targets.target * (size_t)w->targets.count);
  return STATUS_OK;
}

// What is changed, along and across the sole that stands: its pressure, the footstep `first`, and those after it, which come back to the line.
struct change {
  int    first, n;                  //      n steps until it is back
  double sine, cosine;              //      of the standing sole's heading
  double press[2];                  // m    ankles: along (the pressure begins farther ahead), across
  double shift[2];                  // m    of `first`
  bool   limited;                   //      across, `first` goes as far as it can and the next one the rest
  double next;                      // m    of that one
  double sooner;                    // s    that all goes on before its time from the landing of first + span on; or later, < 0
  int    span;                      //      steps
};

// Shift of step j, along (k = 0) and across.
static double shift_of(const struct change *c, int j, int k) {
  int since = j - c->first;
  if (since < 0) return 0;
  if (k && c->limited) return since == 0 ? c->shift[1] : since > c->n ? 0 : c->next * (1 - (double)(since - 1) / c->n);
  return since >= c->n ? 0 : c->shift[k] * (1 - (double)since / c->n);
}

static void to_hall(const struct change *c, const double local[2], double out[2]) {
  out[0] = c->cosine * local[0] - c->sine * local[1];
  out[1] = c->sine * local[0] + c->cosine * local[1];
}

// The last step whose swing begins, passes or ends at a moved footstep.
static int last_touched(const struct change *c) { return c->first + c->n + 1 + c->limited; }

// The plan with it. Feet that have lifted for a moved footstep are in the air.
static void change_plan(struct walk *out, const struct walk *w, const struct change *c, double clock) {
  struct step_plan *p = &out->plan;
  const struct humanoid *h = w->library->humanoid;
  p->time = w->plan.time;
  p->mark[c->first - 2] = w->plan.mark[c->first - 2];
  p->step[c->first - 2] = w->plan.step[c->first - 2];
  struct footstep *stance = &p->step[c->first - 1];
  *stance = w->plan.step[c->first - 1];
  stance->cop_start += c->press[0];
  stance->cop_inward += stance->side == LEFT ? -c->press[1] : c->press[1];
  for (int j = c->first; j < p->count; j++) {
    double by[2];
    to_hall(c, (const double[2]){shift_of(c, j, 0), shift_of(c, j, 1)}, by);
    struct footstep *s = &p->step[j];
    *s = w->plan.step[j];           // whatever an earlier try has made of it
    s->position = v3_add(s->position, v3(by[0], by[1], 0));
    p->mark[j - 1] = w->plan.mark[j - 1];
    p->mark[j - 1].place = v3_add(p->mark[j - 1].place, v3(by[0], by[1], 0));
    out->targets.target[j - 2].place = v3_add(w->targets.target[j - 2].place, v3(by[0], by[1], 0));
    if (p->step[j - 2].lift < clock) s->moved_at = clock, s->moved[0] = by[0], s->moved[1] = by[1];
    else if (j <= last_touched(c)) s->aside = footsteps_aside(h, &p->step[j - 2], &p->step[j - 1], s);
  }
}

// When the load goes to step j, halfway: s.
static double loaded(const struct step_plan *p, int j) { return 0.5 * (p->step[j].land + p->step[j - 1].lift); }

// Velocity at `clock` for a metre of the shift along k (or, of a limited change, of the next step's): w times the integral of w e^(-w t) over the pressure's
// way.
static double gain_of(const struct step_plan *p, const struct change *c, int k, double clock, double rate) {
  struct change unit = *c;
  double sum = 0;
  unit.shift[k] = k && c->limited ? 0 : 1, unit.next = 1;
  for (int j = c->first; j <= c->first + c->n && j + 1 < p->count; j++)
    sum += shift_of(&unit, j, k) * (m_exp(-rate * larger(loaded(p, j) - clock, 0)) - m_exp(-rate * larger(loaded(p, j + 1) - clock, 0)));
  return rate * sum;
}

// The same for a metre of the pressure in the sole that stands.
static double press_gain(const struct step_plan *p, const struct change *c, int k, double clock, double rate) {
  double from = larger(loaded(p, c->first - 1) - clock, 0), to = larger(loaded(p, c->first) - clock, 0), whole = rate * (m_exp(-rate * from) - m_exp(-rate * to));
  return k ? whole : 0.5 * whole;   // along, it comes to where it was to be at the end
}

// A clock that is `by` ahead from the landing of step `last` on.
static struct motion_hurry hurry_of(const struct step_plan *p, int last, double clock, double by) { return (struct motion_hurry){clock, p->step[last].land - by, by}; }

// Velocity along (k = 0) and across for footsteps by that clock: the pressure is ahead of where it would be, so w times the integral of w e^(-w t) over the difference.
static double hurry_gain(const struct step_plan *p, const struct change *c, int k, double clock, double rate, const struct motion_hurry *h) {
  double sum = 0;
  for (int j = c->first; j + 1 < p->count; j++) {
    struct v3 x = v3_sub(p->step[j].position, p->step[j - 1].position);
    double across = (p->step[j].side == LEFT ? -1 : 1) * (p->step[j].cop_inward + p->step[j - 1].cop_inward), at = loaded(p, j);
    double way = k ? c->cosine * x.y - c->sine * x.x + across : c->cosine * x.x + c->sine * x.y;
    sum += way * (m_exp(-rate * larger(motion_when(h, at) - clock, 0)) - m_exp(-rate * larger(at - clock, 0)));
  }
  return rate * sum;
}

// Ankles first: what the standing sole has room for. Along only ahead, of a foot that is flat: later it has to be at the ball.
static void use_ankles(const struct walk *w, struct change *c, const double jump[2], double clock, double rate) {
  const struct footstep *s = &w->plan.step[c->first - 1];
  const struct sole *sole = &w->library->humanoid->sole;
  double inner = sole->inner - PRESS_MARGIN, outer = sole->outer - PRESS_MARGIN, now = s->side == LEFT ? -s->cop_inward : s->cop_inward;
  double low = s->side == LEFT ? -inner : -outer, high = s->side == LEFT ? outer : inner;
  double along = press_gain(&w->plan, c, 0, clock, rate), across = press_gain(&w->plan, c, 1, clock, rate);
  c->press[0] = c->press[1] = 0;
  if (s->strike < 0 || s->lift < w->plan.step[c->first].land) return;  // a foot on its ball
  if (across > LEAST_GAIN && low < high) c->press[1] = clamp(jump[1] / across, smaller(low - now, 0), larger(high - now, 0));
  if (along > LEAST_GAIN && clock >= s->flat && jump[0] > 0) c->press[0] = smaller(jump[0] / along, larger(s->cop_end - s->cop_start, 0));
}

// ---- the whole ------------------------------------------------------------------------------------------------

// Across, the first footstep as far as the soles keep clear, the next one the rest.
static void limit(struct walk *out, const struct walk *w, struct change *c, double clock) {
  double low = 0, high = c->shift[1];
  for (int k = 0; k < 8; k++) {
    double m = 0.5 * (low + high);
    c->shift[1] = m;
    change_plan(out, w, c, clock);
    if (footsteps_all_clear(w->library->humanoid, &out->plan.footsteps, c->first, c->first)) low = m;
    else high = m;
  }
  c->shift[1] = low;
  c->limited = true;
}

// Steps that bring a shift back to the line.
static int steps_back(double along, double across) { return (int)m_floor(larger(size_of(along) / BACK_ALONG, size_of(across) / BACK_ASIDE)) + 1; }

// Shifts for the jump that ankles leave. false: no room for them before the walk ends.
static bool choose(struct walk *out, const struct walk *w, struct change *c, const double jump[2], double clock, double rate) {
  const struct motion_hurry h = hurry_of(&w->plan, c->first + c->span, clock, c->sooner);
  double left[2] = {jump[0], jump[1]};
  if (c->sooner != 0) {
    const double at = loaded(&w->plan, c->first), then = m_exp(-rate * (at - motion_when(&h, at)));
    for (int k = 0; k < 2; k++) left[k] = then * (jump[k] - hurry_gain(&w->plan, c, k, clock, rate, &h));
  }
  int room = w->plan.count - 2 - c->first;
  c->n = 1;
  c->limited = false;
  for (int round = 0; round < 2; round++) {
    for (int k = 0; k < 2; k++) c->shift[k] = left[k] / gain_of(&w->plan, c, k, clock, rate);
    c->n = steps_back(c->shift[0], c->shift[1]);
    if (w->plan.step[c->first].strike < 0 && c->n < JOG_BACK) c->n = JOG_BACK;
    if (c->n > 2 * w->plan.count) return false;
    if (c->n > room && c->n <= HURRY * room) c->n = room;
  }
  for (int k = 0; k < 2; k++) c->shift[k] = left[k] / gain_of(&w->plan, c, k, clock, rate);
  change_plan(out, w, c, clock);
  if (!footsteps_all_clear(w->library->humanoid, &out->plan.footsteps, c->first, c->first)) {
    double all = left[1];
    limit(out, w, c, clock);
    // what the first step leaves, as one step later
    c->next = 0;
    for (int round = 0; round < 2; round++) {
      double alone = rate * (m_exp(-rate * larger(loaded(&w->plan, c->first) - clock, 0)) - m_exp(-rate * larger(loaded(&w->plan, c->first + 1) - clock, 0)));
      c->next = (all - alone * c->shift[1]) / gain_of(&w->plan, c, 1, clock, rate);
      c->n = steps_back(c->shift[0], c->next);
      if (c->n > room - 1 && c->n <= HURRY * (room - 1)) c->n = room - 1;
    }
    return c->n + 1 <= room;
  }
  return c->n <= room;
}

static const char *broken(const struct walk_faults *now, const struct walk_faults *was) {
  if (now->reach > was->reach) return "a leg is too short";
  if (now->joint > was->joint) return "a joint's range";
  if (now->torque > was->torque) return "a drive's torque";
  if (now->speed > was->speed) return "a drive's speed";
  if (now->friction > was->friction) return "friction";
  return "the pressure leaves the soles";
}

// How far ahead the clock would have to be for that velocity along, within what drives can hurry.
static double hurry_for(const struct walk *w, const struct change *c, double along, double clock, double rate) {
  double left = w->plan.step[c->first + c->span].land - clock, low = 0, high = along > 0 ? SOONER_MOST * left : -LATER_MOST * left;
  for (int k = 0; k < 30; k++) {
    double by = k ? 0.5 * (low + high) : high;
    struct motion_hurry h = hurry_of(&w->plan, c->first + c->span, clock, by);
    bool less = size_of(hurry_gain(&w->plan, c, 0, clock, rate, &h)) < size_of(along);
    if (!k && less) return high;
    if (less) low = by;
    else if (k) high = by;
  }
  return low;
}

// past: of a walk that jogs. hurry: share of the jump along that the clock takes, until the landing of the span-th step after the next; 0: the rhythm stays.
static enum status step_over(struct walk *out, const struct walk *w, const struct walk_body *b, int at, int first, const double impulse[2],
                             double hurry, int span, const struct motion_past *past, struct walk_push_answer *answer, struct error *e) {
  double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], rate = m_sqrt(GRAVITY / b->stand.com_height), clock = w->clock + at * w->tick;
  struct walk_sample now;
  const struct footstep *next = &w->plan.step[first];
  if (clock < w->plan.hurried) return range(w, "its foot has been sent elsewhere in this step already", e);
  for (int j = 0; j < 2; j++)
    if (next[j - 2].lift < clock && (next[j].moved[0] != 0 || next[j].moved[1] != 0)) return range(w, "its foot has been sent elsewhere in this step already", e);
  walk_change_begin(out, w);
  out->end = w->end, out->end_heading = w->end_heading;
  out->cost = w->cost;
  enum status status = copy_plan(out, w, e);
  if (status) return status;
  walk_at(w, at * w->tick, &now, q, qd, qdd, 1);
  struct frame_motion root = walker_frame_of(&now.base);
  struct frame_motion pushed = root;
  struct foot_sample foot[2];
  footsteps_sample(w->library->humanoid, &w->plan.footsteps, 1, clock, w->tick, &foot[LEFT], &foot[RIGHT]);
  bool flies = !foot[LEFT].contact && !foot[RIGHT].contact;
  if (!(flies ? jump_in_flight(w->library->humanoid, b, &pushed, foot, q, impulse) : jump_on_feet(w, b, foot, &pushed, q, qd, impulse)))
    return range(w, "its legs do not let it move", e);
  const double jump[2] = {pushed.velocity.x - root.velocity.x, pushed.velocity.y - root.velocity.y};
  struct motion_join join = {clock, pushed, q, qd, qdd, past, NULL};

  const struct footstep *stance = &w->plan.step[first - 1];
  struct change c = {.first = first, .n = 1};
  m_sincos(stance->yaw, &c.sine, &c.cosine);
  double local[2] = {c.cosine * jump[0] + c.sine * jump[1], c.cosine * jump[1] - c.sine * jump[0]}, left[2], error = 0;
  use_ankles(w, &c, local, clock, rate);
  for (int k = 0; k < 2; k++) left[k] = local[k] - c.press[k] * press_gain(&w->plan, &c, k, clock, rate);
  struct motion_hurry faster;
  if (hurry != 0) {
    if (first + span > w->plan.count - 3) return range(w, "too near to its end", e);
    c.press[0] = 0, left[0] = local[0], c.span = span;
    c.sooner = w->tick * m_floor(hurry * hurry_for(w, &c, left[0], clock, rate) / w->tick + 0.5);
    if (c.sooner == 0) return range(w, "nothing to hurry for", e);
    faster = hurry_of(&w->plan, first + span, clock, c.sooner);
    join.hurry = &faster;
  }
  if (!choose(out, w, &c, left, clock, rate)) return range(w, "too near to its end", e);
  double gain[2] = {gain_of(&w->plan, &c, 0, clock, rate), gain_of(&w->plan, &c, 1, clock, rate)}, went[2] = {0, 0}, was[2] = {0, 0};
  for (int solves = 0;; solves++) {
    struct motion_result result;
    if (!(size_of(c.shift[0]) + size_of(c.shift[1]) < SHIFT_MOST && size_of(c.next) < SHIFT_MOST)) return range(w, "no leg steps that far", e);
    change_plan(out, w, &c, clock);
    if (!footsteps_all_clear(w->library->humanoid, &out->plan.footsteps, first, last_touched(&c))) return range(w, "its soles would meet", e);
    walker_forget(out);
    status = walker_solve(out, b, &join, NULL, &result, e);
    if (status) return status;
    double off[2] = {pushed.velocity.x - result.speed[0], pushed.velocity.y - result.speed[1]};
    error = m_sqrt(off[0] * off[0] + off[1] * off[1]);
    // what is left of the velocity is left of the pressure too: near an edge of a sole it has to be less
    bool pressed = !past || out->zmp_error < larger(w->zmp_error, PRESS_CLOSE);
    if (solves == SOLVES || error < SPEED_LEAST || (error < SPEED_CLOSE && pressed && walker_keeps(&out->faults, &w->faults))) break;
    const double miss[2] = {c.cosine * off[0] + c.sine * off[1], c.cosine * off[1] - c.sine * off[0]};
    for (int k = 0; k < 2; k++) {
      // the pendulum's gain first, then what the body has shown (secants)
      double shown = size_of(went[k]) > WENT_LEAST ? (was[k] - miss[k]) / went[k] : gain[k], plain = gain_of(&w->plan, &c, k, clock, rate);
      gain[k] = clamp(shown, plain / GAIN_OFF, plain * GAIN_OFF);
      went[k] = miss[k] / gain[k];
      was[k] = miss[k];
      *(k && c.limited ? &c.next : &c.shift[k]) += went[k];
    }
  }
  if (c.sooner != 0) out->plan.hurried = out->plan.step[first + span - 1].lift;
  *answer = (struct walk_push_answer){.step = first, .left = w->plan.step[first].land - clock, .sooner = c.sooner, .speed_error = error};
  to_hall(&c, (const double[2]){c.shift[0], c.limited && size_of(c.next) > size_of(c.shift[1]) ? c.next : c.shift[1]}, answer->shift);
  if (error > SPEED_CLOSE) return range(w, "no footstep holds it", e);
  if (!walker_keeps(&out->faults, &w->faults)) return range(w, broken(&out->faults, &w->faults), e);
  if (past && !(out->zmp_error < larger(w->zmp_error, PRESS_CLOSE))) return range(w, "the pressure leaves the balls of its feet", e);
  return STATUS_OK;
}

enum status walk_push(struct walk *out, const struct walk *w, double time, const double impulse[2], struct walk_push_answer *answer, struct error *e) {
  struct walk_body body;
  memset(out, 0, sizeof *out);
  memset(answer, 0, sizeof *answer);
  int at = time > 0 ? (int)m_floor(time / w->tick + 0.5) : 0;
  double clock = w->clock + at * w->tick;
  if (w->targets.count < 3 || at > w->samples - 2) return range(w, "too near to its end", e);
  if (clock <= w->plan.step[0].lift) return range(w, "it has not begun", e);
  int first = walk_change_first(&w->plan, clock);
  if (first >= w->plan.count - 2) return range(w, "too near to its end", e);
  enum status status = walk_body_find(&body, w->library, w->load, w->load_pose, e);
  if (status) return status;
  bool jogs = w->plan.pace.speed > 0;
  struct motion_past past = {0};
  if (jogs) status = walker_past(&past, w, at, INFINITY, e);
  // shares and spans are guesses
  static const struct { double share; int span; } hurry[TRIES] = {{0, 0}, {1, 1}, {0.6, 1}, {1, 2}, {0.6, 2}};
  // the reason that is told is that of the first try; an answer whose feet turn on the floor waits for a better one
  struct walk turns = {0};
  struct walk_push_answer turned = {0};
  for (int k = 0; k < (jogs ? 1 : TRIES) && !(k && status != STATUS_RANGE); k++) {
    struct error later;
    if (k) walk_finish(out);
    if (!status || k) status = step_over(out, w, &body, at, first, impulse, hurry[k].share, hurry[k].span, jogs ? &past : NULL, answer, k ? &later : e);
    if (k && status && status != STATUS_RANGE && e) *e = later;
    if (status || out->faults.yaw <= w->faults.yaw) continue;
    if (turns.samples) {
      walk_finish(out);
    } else {
      turns = *out, turned = *answer;
      memset(out, 0, sizeof *out);
    }
    status = STATUS_RANGE;
  }
  if (status == STATUS_RANGE && turns.samples) {
    walk_finish(out);
    *out = turns, *answer = turned;
    status = STATUS_OK;
  } else {
    walk_finish(&turns);
  }
  free((void *)past.pelvis);
  walk_body_finish(&body);
  if (status) walk_finish(out);
  return status;
}
