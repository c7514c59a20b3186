// Pushes at motion fidelity: orders, and contacts from BUMP on. What they do to a robot its balance says, in closed form and by the pendulum on finite feet that
// balance at `body` is made of too (robots/impulse.h, robots/balance.h), without a joint being moved.
//
//   stands    ankles while the capture point stays in the soles: it stays where it is, the pendulum runs on until it rests, so that another push meanwhile finds
//             it where it is. Else capture steps: it reels, its disc goes with the pendulum's centre of mass as far as walls and others let it, what it
//             touches then is pushed; at rest it brings its feet together, goes on with its walk or back to its spot
//   walks     ankles, or a footstep beside its line: it goes on there, and its disc with it (the pendulum over the moved foot). Else it stops by capture steps, from where
//             the footstep at hand is: steps are counted back from the end of the way, where the feet come together
//   falls     as at body: what it carried is laid down, damage is drawn, it is lifted or gets up by itself (engine/sim/fallen.c)
//
// A contact's impulse J is the space's; J acts on one and -J on the other, at the height of the centre of mass (a guess). People, and models without a body, take
// pushes without an answer: their balance is not known.
#include <math.h>
#include <string.h>

#include "base/maths.h"
#include "engine/sim/footing.h"
#include "engine/sim/motion_reel.h"
#include "engine/sim/pace.h"
#include "engine/sim/upset.h"
#include "engine/world/kind.h"
#include "robots/impulse.h"

_Static_assert(sizeof(struct balance_params) % sizeof(double) == 0, "numbers only");

// ---- what stands there ----------------------------------------------------------------------------------------------

static enum status params_with(const struct kind *k, double load, enum load_pose pose, struct balance_params *out, struct error *e) {
  struct robot_model model;
  struct posture posture;
  struct stand stand;
  enum status s = posture_load(&model, &k->humanoid, load, e);
  if (s) return s;
  posture_find(&posture, &k->humanoid, pose);
  s = stand_find(&stand, &k->humanoid, &model, &posture, e);
  if (s == STATUS_OK) *out = balance_params_of(&k->humanoid, &model, &stand);
  posture_load_finish(&model);
  return s;
}

bool push_create(struct twin *t, struct error *e) {
  struct motion *o = t->motion;
  struct pushes *x = o->pushes = ARENA_NEW(&t->arena, struct pushes, 1);
  if (!x) return false;
  x->of = ARENA_NEW(&t->arena, struct footing_of, t->makes + 1);
  x->thrown = ARENA_NEW(&t->arena, int32_t, t->robots + 1);
  x->touched = ARENA_NEW(&t->arena, int32_t, t->robots + 1);
  x->reel = arena_alloc(&t->arena, sizeof *x->reel * (size_t)(t->robots + 1), 8);
  if (!x->of || !x->thrown || !x->touched || !x->reel) return false;
  assert(balance_columns_size(1) <= sizeof x->reel->row);
  for (int32_t m = 0; m < t->makes; m++) {
    struct footing_of *f = &x->of[m];
    const struct kind *k = pace_kind(t, m);
    f->known = k != NULL;
    for (int n = 0; n < LIBRARY_LOADS && f->known; n++) {
      f->load[n] = k->library.load[n];
      f->known = params_with(k, f->load[n], n > 0 ? LOAD_HELD_CLOSE : LOAD_NONE, &f->p[n], e) == STATUS_OK;
    }
    if (f->known && !rise_find(f, &k->library)) return false;
  }
  return true;
}

// With the load that it has: between those of the library every length, mass and time goes straight. false: nobody knows.
static bool params_of(const struct twin *t, int32_t i, struct balance_params *out) {
  const struct pushes *x = t->motion->pushes;
  const struct robot *b = &t->robot[i];
  const struct footing_of *f = &x->of[b->make];
  if (t->motion->mover[i].person || !f->known) return false;
  double load = (double)b->load;
  int n = LIBRARY_LOADS - 2;
  while (n > 0 && f->load[n] > load) n--;
  double width = f->load[n + 1] - f->load[n], s = load > 0 && width > 0 ? (load - f->load[n]) / width : 0;
  double a[sizeof *out / sizeof(double)], z[sizeof *out / sizeof(double)];
  memcpy(a, &f->p[load > 0 ? n : 0], sizeof a);
  memcpy(z, &f->p[n + 1], sizeof z);
  for (size_t k = 0; k < sizeof a / sizeof *a && load > 0; k++) a[k] += s * (z[k] - a[k]);
  memcpy(out, a, sizeof a);
  return true;
}

// ---- a push -----------------------------------------------------------------------------------------------------------

// Where its feet are in a walk of that speed, as many whole steps before the end of its way as there is room for. Steps are as quick as capture steps, as in
// `takt robot MODEL push`: in the walk's own rhythm, a quarter slower, no footstep would be within the pendulum's reach that a push has moved, where the body's are.
static struct impulse_walk stride_of(const struct motion *o, int32_t i, const struct balance_params *p, double speed) {
  double period = p->swing_time, rest = way_rest(o, i) / speed, steps = m_floor(rest / period), left = rest - steps * period;
  return (struct impulse_walk){speed, period, left > 0 ? left : 0, m_floor(steps / 2) * 2 == steps ? LEFT : RIGHT};
}

// A steady walk's pendulum at that instant, about the foot that stands (Kajita and others 2001): half a step either side of the pressure along, from side to side across.
static void under_way(const struct motion *o, int32_t i, struct reel *r, const struct impulse_walk *w, double way, double friction) {
  const struct balance_params *p = &r->p;
  struct balance_columns c = reel_row(r);
  double half = 0.5 * w->speed * w->period, from = w->period / 2 - w->left, e = m_exp(p->rate * from), h = m_exp(p->rate * w->period / 2), side = w->stance == LEFT ? -1 : 1, s, k;
  double co = 0.5 * (e + 1 / e), si = 0.5 * (e - 1 / e), most = 0.5 * (h + 1 / h), along = half / (0.5 * (h - 1 / h)), across = 0.5 * p->width / most;
  const double at[2] = {p->rest + along * si, side * across * co}, v[2] = {p->rate * along * co, side * p->rate * across * si};
  m_sincos(way, &s, &k);
  balance_stand(p, &c, 0, 0, 0, way, friction);
  double ankle[2] = {o->mover[i].at[0] - (k * at[0] - s * at[1]), o->mover[i].at[1] - (s * at[0] + k * at[1])};
  for (int x = 0; x < 2; x++) {
    double ahead = x ? s : k, left = x ? k : -s;
    c.com[0][x] = o->mover[i].at[x];
    c.vel[0][x] = ahead * v[0] + left * v[1];
    c.foot[0][w->stance][x] = ankle[x];
    c.foot[0][!w->stance][x] = c.lift[0][x] = ankle[x] - ahead * 2 * half + left * side * p->width;
    c.target[0][x] = ankle[x] + ahead * 2 * half + left * side * p->width;
    c.cop[0][x] = ankle[x] + ahead * p->rest;
  }
  c.mode[0] = BALANCE_STEP;
  c.stance[0] = (uint8_t)w->stance;
  c.phase[0] = w->left < p->swing_time ? p->swing_time - w->left : 0;
}

static void to_own(double heading, const double v[2], double out[2]) {
  double s, c;
  m_sincos(heading, &s, &c);
  out[0] = c * v[0] + s * v[1];
  out[1] = c * v[1] - s * v[0];
}

// What it was pushed by before in this swing, as if it were now: its capture point has gone off by d e^(w t) - p (e^(w t) - 1), p being where the pressure was moved to
// (robots/impulse.h), which is what is left of it when the foot lands where it shall.
static void so_far(const struct reel *r, double time, double out[2]) {
  double e = m_exp(r->p.rate * time), g = m_exp(r->p.rate * r->left), scale = r->p.mass * r->p.rate;
  for (int k = 0; k < 2; k++) {
    double d = r->impulse[k] / scale, press = g > 1 ? (d * g - r->shift[k]) / (g - 1) : 0;
    out[k] = scale * (d * e - press * (e - 1));
  }
}

// It walks with `came` m/s, its sway included: the walk that it is in, and all that it has been pushed by in this swing. Pushes in one swing are one.
static struct impulse_walk in_walk(struct twin *t, int32_t i, struct reel *r, const struct balance_params *p, const double impulse[2], const double came[2], double *way) {
  struct mover *m = &t->motion->mover[i];
  double before[2] = {0, 0}, along[2] = {came[0], came[1]}, time = ns_to_seconds(t->now - r->since);
  bool again = t->now < r->lands;
  if (again) so_far(r, time, before);
  for (int k = 0; k < 2; k++) {
    double gone = again && m->sways ? r->gone[k] + reel_off_line(r, k, time) : 0;
    if (m->sways) along[k] -= r->sway[k], m->velocity[k] -= r->sway[k];
    r->sway[k] = 0;
    r->impulse[k] = before[k] + impulse[k];
    r->gone[k] = gone;
  }
  m->sways = false;
  r->p = *p;
  *way = m_atan2(along[1], along[0]);
  double speed = m_sqrt(along[0] * along[0] + along[1] * along[1]);
  return stride_of(t->motion, i, p, speed > REEL_STANDS ? speed : REEL_STANDS);
}

// true: it goes on.
static bool walks_on(struct twin *t, int32_t i, struct reel *r, const struct impulse_walk *w, double way, double friction) {
  struct mover *m = &t->motion->mover[i];
  double s, c;
  struct impulse j = {{0, 0}, 0, 0};
  to_own(way, r->impulse, j.along);
  struct impulse_answer a = impulse_walking(&r->p, &j, w, friction);
  if (a.strategy > IMPULSE_WALKS_ON) return false;
  m->sways = a.shift[0] * a.shift[0] + a.shift[1] * a.shift[1] > UPSET_SHIFT_LEAST * UPSET_SHIFT_LEAST;
  if (m->sways) FLEET_BOOK(t, &t->robot[i], captures, 1);
  m_sincos(way, &s, &c);
  r->since = t->now;
  r->left = w->left;
  r->lands = t->now + ns_from_seconds(w->left);
  r->shift[0] = c * a.shift[0] - s * a.shift[1];
  r->shift[1] = s * a.shift[0] + c * a.shift[1];
  twin_note(t, NOTE_ROBOT, i, "R%u is pushed and walks on", t->robot[i].number);
  return true;
}

// An impulse in N s as if at its centre of mass, a twist in N m s, on robot i that moved with `came` m/s before it.
static void pushed(struct twin *t, int32_t i, const double impulse[2], double twist, const double came[2]) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  struct reel *r = &o->pushes->reel[i];
  double j2 = impulse[0] * impulse[0] + impulse[1] * impulse[1], friction = footing_friction(t, m->at, false);
  bool turns = twist * twist >= UPSET_TWIST_LEAST * UPSET_TWIST_LEAST, walks = m->move == MOVE_WALKS && came[0] * came[0] + came[1] * came[1] > REEL_STANDS * REEL_STANDS;
  struct balance_params p;
  if (m->move == MOVE_GONE || (j2 < UPSET_PUSH_LEAST * UPSET_PUSH_LEAST && !turns) || !params_of(t, i, &p)) return;
  FLEET_BOOK(t, &t->robot[i], pushes, 1);
  if (m->lies) return;
  if (walks && m->thrown && m->move != MOVE_REELS) reel_ends(t, i);
  struct balance_columns c = reel_row(r);
  if (m->thrown) balance_push(&r->p, &c, 0, impulse[0], impulse[1]);
  else {
    struct impulse_walk w = {0};
    double way = 0;
    struct impulse j = {{0, 0}, 0, 0};
    if (walks) {
      w = in_walk(t, i, r, &p, impulse, came, &way);
      if (!turns && walks_on(t, i, r, &w, way, friction)) return;
      under_way(o, i, r, &w, way, friction);
      balance_push(&r->p, &c, 0, r->impulse[0], r->impulse[1]);
    } else {
      r->p = p;
      to_own(m->heading, impulse, j.along);
      double sn, cs;
      m_sincos(m->heading, &sn, &cs);
      balance_stand(&r->p, &c, 0, m->at[0] - cs * p.rest, m->at[1] - sn * p.rest, m->heading, friction);
      balance_push(&r->p, &c, 0, impulse[0], impulse[1]);
    }
    reel_begin(t, i);
    if (walks || impulse_standing(&p, &j, friction).strategy != IMPULSE_ANKLES) reel_steps(t, i);
  }
  if (!turns) return;
  double turn = impulse_turn(&p, twist, friction, walks ? 1 : 2);
  if (!isfinite(turn)) turn = 0;    // without friction nothing ends it, and nothing turns it back either
  m->heading = m_wrap(m->heading + turn);
  c.heading[0] = m->heading;
  if (turn * turn > UPSET_SPOT_TURN * UPSET_SPOT_TURN) reel_steps(t, i);
}

void motion_push(struct twin *t, int32_t i, const double impulse[2], double height, double twist) {
  struct balance_params p;
  if (!motion_stepped(t, i) || !params_of(t, i, &p)) return;
  double share = height >= 0 ? height / p.com_height : 1;
  const double j[2] = {impulse[0] * share, impulse[1] * share};
  pushed(t, i, j, twist, t->motion->mover[i].velocity);
}

// ---- contacts -----------------------------------------------------------------------------------------------------------

static void touched(struct twin *t, int32_t i, double jx, double jy, int32_t *n) {
  struct pushes *x = t->motion->pushes;
  struct reel *r = &x->reel[i];
  if (!r->touched) {
    r->touched = true;
    r->sum[0] = r->sum[1] = 0;
    x->touched[(*n)++] = i;
  }
  r->sum[0] += jx;
  r->sum[1] += jy;
}

static double size_of(const double v[2]) { return m_sqrt(v[0] * v[0] + v[1] * v[1]); }

void push_contacts(struct twin *t) {
  struct motion *o = t->motion;
  struct pushes *x = o->pushes;
  int32_t n = 0;
  for (int k = 0; k < o->contacts; k++) {
    const struct space_contact *c = &o->contact[k];
    touched(t, c->a, -c->impulse * c->normal[0], -c->impulse * c->normal[1], &n);
    if (c->b != SPACE_FIXED) touched(t, c->b, c->impulse * c->normal[0], c->impulse * c->normal[1], &n);
  }
  for (int k = 0; k < o->contacts; k++) {
    // of who stands between two, what both sides press is no bump
    const struct space_contact *c = &o->contact[k];
    double size = c->impulse, a = size_of(x->reel[c->a].sum), b = c->b != SPACE_FIXED ? size_of(x->reel[c->b].sum) : size;
    size = a < size ? a : size;
    size = b < size ? b : size;
    if (size > o->count.hardest) o->count.hardest = size;
    if (size < MOTION_BUMP) continue;
    o->count.bumps++;
    if (c->b != SPACE_FIXED)
      twin_note(t, NOTE_ROBOT, c->a, "%c%u and %c%u run into each other, %.0f N s", robot_letter(t, c->a), t->robot[c->a].number, robot_letter(t, c->b), t->robot[c->b].number, size);
  }
  o->contacts = 0;
  for (int32_t k = 0; k < n; k++) {
    int32_t i = x->touched[k];
    struct reel *r = &x->reel[i];
    struct mover *m = &o->mover[i];
    static const double still[2] = {0, 0};
    r->touched = false;
    if (m->move == MOVE_GONE) continue;
    if (r->sum[0] * r->sum[0] + r->sum[1] * r->sum[1] >= MOTION_BUMP * MOTION_BUMP) pushed(t, i, r->sum, 0, o->puts[i].is ? o->puts[i].velocity : still);
    else if (m->move == MOVE_REELS) {
      struct balance_columns c = reel_row(r);
      balance_push(&r->p, &c, 0, r->sum[0], r->sum[1]);
    }
  }
}
