// What of a step several threads do, with the same result to the bit as one: what each walker sees, the moves of those who can meet nobody, and the
// space's step beside everything that does not need its contacts.
//
// The rest is done in turn, for it depends on it: who asks first for a narrow way gets it, a velocity answers those chosen before it, and a move that is cut by
// another one ends where that one has come to. Looking reads where all are, and nobody moves while they look. A walker moves out of turn when nobody it
// looks out for is nearer than both can go in the step: whoever moves first, neither is cut. Those who move in turn see it where it was until it would
// have been its turn.
#include <string.h>

#include "engine/sim/motion_state.h"

#define STAYS 10                    // steps for which the space keeps who touches nothing any more: it may again soon
#define NEAR  1e-3                  // m    more than two have to be apart, at the end of a step, for not touching

static const double still[2] = {0, 0};

bool rows_create(struct twin *t) {
  struct motion *o = t->motion;
  o->look = ARENA_NEW(&t->arena, struct look, t->robots / LOOK_EVERY + 1);
  o->early = ARENA_NEW(&t->arena, bool, t->robots + 1);
  o->put = ARENA_NEW(&t->arena, struct put, t->robots + 1);
  o->puts = ARENA_NEW(&t->arena, struct put, t->robots + 1);
  o->touches = ARENA_NEW(&t->arena, int64_t, t->robots + 1);
  o->here = ARENA_NEW(&t->arena, bool, t->robots + 1);
  o->hit = ARENA_NEW(&t->arena, struct hit, t->robots + 1);
  if (!o->look || !o->early || !o->put || !o->puts || !o->touches || !o->here || !o->hit) return false;
  o->looks = NONE;
  for (int32_t i = 0; i < t->robots; i++) o->touches[i] = -STAYS - 1;
  if (t->options.threads > 1 && t->robots >= SPLIT_FROM && !(o->split = split_create(t->options.threads))) return false;
  return true;
}

void rows_destroy(struct motion *o) {
  split_destroy(o->split);
  o->split = NULL;
  o->looking = false;
}

// ---- looking ----------------------------------------------------------------------------------------------------

// Rows are those who look in a step, every LOOK_EVERY-th robot.
static int32_t looker(int64_t step, int row) { return (int32_t)((LOOK_EVERY - step % LOOK_EVERY) % LOOK_EVERY) + LOOK_EVERY * row; }

static int lookers(const struct twin *t) { return t->robots / LOOK_EVERY + 1; }

static void look(void *context, int from, int to) {
  const struct twin *t = context;
  struct motion *o = t->motion;
  for (int row = from; row < to; row++) {
    struct look *l = &o->look[row];
    if (l->who == NONE) continue;
    double ahead[2];
    brake_ahead(l->velocity, ahead);
    l->nears = grid_neighbours(o, l->who, l->near, l->near_at);
    if (l->walks) l->faces = floor_near(floor_of(t, l->who), o->seat[l->who].at, ahead, LOOK_WALLS, l->face, LOOK_FACES);
  }
}

static void begin_looks(struct twin *t, int64_t step) {
  struct motion *o = t->motion;
  for (int row = 0; row < lookers(t); row++) {
    int32_t i = looker(step, row);
    struct look *l = &o->look[row];
    l->who = i < t->robots && mover_active(&o->mover[i]) ? i : NONE;
    if (l->who == NONE) continue;
    l->walks = o->mover[i].move == MOVE_WALKS;
    memcpy(l->velocity, o->mover[i].velocity, sizeof l->velocity);
    l->gone = o->gone;
  }
  o->looks = step;
  o->looking = true;
  split_start(o->split, SPLIT_PARTS * split_threads(o->split), lookers(t), 1, look, t);
}

void rows_look_end(struct twin *t) {
  struct motion *o = t->motion;
  if (o->looking) split_finish(o->split);
  o->looking = false;
}

void rows_look_again(struct twin *t) {
  rows_look_end(t);
  t->motion->looks = NONE;
}

void rows_look_ahead(struct twin *t) {
  struct motion *o = t->motion;
  if (o->together && o->active >= SPLIT_FROM) begin_looks(t, o->step + 1);
}

void rows_look(struct twin *t) {
  struct motion *o = t->motion;
  if (o->together && o->looks != o->step) {
    rows_look_end(t);
    begin_looks(t, o->step);
  }
  rows_look_end(t);
  o->looked = o->looks == o->step;
}

// Between the steps it may have been pushed, or have begun or ceased to walk: then it looks itself.
const struct look *rows_seen(const struct motion *o, int32_t i) {
  const struct look *l = &o->look[i / LOOK_EVERY];
  const struct mover *m = &o->mover[i];
  return o->looked && l->who == i && l->walks == (m->move == MOVE_WALKS) && l->velocity[0] == m->velocity[0] && l->velocity[1] == m->velocity[1] ? l : NULL;
}

// ---- moving -----------------------------------------------------------------------------------------------------

static void move(void *context, int from, int to) {
  struct twin *t = context;
  struct motion *o = t->motion;
  for (int32_t i = from; i < to; i++) o->early[i] = o->mover[i].move == MOVE_WALKS && step_move_alone(t, i);
}

void rows_move(struct twin *t) {
  struct split *s = t->motion->split;
  int parts = SPLIT_PARTS * split_threads(s);                 // one of the threads may be busy with the space
  split_run_parts(s, parts, t->robots, 64, move, t);
}

// ---- the space --------------------------------------------------------------------------------------------------

// What it has seen at its last look lies behind those faces, when it could keep all of them.
static bool at_wall(const struct motion *o, const struct mover *m, double way) {
  if (m->clear > o->gone - m->cleared + way + NEAR) return false;
  if (m->faces < 0 || m->faces == BRAKE_FACES) return true;
  for (int k = 0; k < m->faces; k++) {
    const double *n = m->face[k].normal, towards = m->velocity[0] * n[0] + m->velocity[1] * n[1];
    if (n[0] * m->at[0] + n[1] * m->at[1] - m->face[k].at + (towards < 0 ? towards * MOTION_DT : 0) < NEAR) return true;
  }
  return false;
}

// Who could touch somebody or a wall in this step is in the space, and whom it could touch: others are far from everything, or stand.
static void find_touches(struct twin *t) {
  struct motion *o = t->motion;
  const double way = o->fastest * MOTION_DT;
  for (int32_t i = 0; i < t->robots; i++) {
    const struct mover *m = &o->mover[i];
    if (!mover_active(m)) continue;
    bool touches = m->move == MOVE_REELS || (m->move == MOVE_WALKS && at_wall(o, m, way));
    int nears = grid_within_reach(o, m, m->radius + o->widest + 2 * way + NEAR);
    for (int k = 0; k < nears; k++) {
      const struct mover *b = &o->mover[m->near[k]];
      double x = b->at[0] - m->at[0], y = b->at[1] - m->at[1], reach = m->radius + b->radius + (mover_active(b) ? 2 : 1) * way + NEAR;
      if (x * x + y * y > reach * reach) continue;
      touches = true;
      if (!mover_active(b)) o->touches[m->near[k]] = o->step;
    }
    if (touches) o->touches[i] = o->step;
  }
}

void rows_put(struct twin *t) {
  struct motion *o = t->motion;
  find_touches(t);
  for (int32_t i = 0; i < t->robots; i++) {
    struct put *s = &o->put[i];
    bool here = o->step - o->touches[i] <= STAYS && o->mover[i].move != MOVE_GONE;
    s->space = !here ? o->here[i] ? PUT_AWAY : PUT_AS_IT_IS : s->is || !o->here[i] ? PUT_HERE : PUT_AS_IT_IS;
    if (s->space == PUT_HERE && !s->is) {               // it stands, and somebody comes
      memcpy(s->at, o->mover[i].at, sizeof s->at);
      memcpy(s->velocity, still, sizeof s->velocity);
    }
    o->here[i] = here;
  }
}

static void step_space(void *context, int from, int to) {
  (void)from, (void)to;
  const struct twin *t = context;
  struct motion *o = t->motion;
  for (int32_t i = 0; i < t->robots; i++) {
    const struct put *s = &o->puts[i];
    if (s->space == PUT_HERE) space_put(o->space, i, s->at, s->velocity);
    else if (s->space == PUT_AWAY) space_away(o->space, i);
  }
  o->contact = space_step(o->space, MOTION_DT, &o->contacts);
}

void rows_space(struct twin *t) {
  struct motion *o = t->motion;
  struct put *old = o->puts;
  o->puts = o->put;
  o->put = old;
  o->stepping = true;
  if (o->together) split_begin(o->split, step_space, t);
  else step_space(t, 0, 1);
}

void rows_settle(struct twin *t) {
  struct motion *o = t->motion;
  if (!o->stepping) return;
  if (o->split) split_end(o->split);
  o->stepping = false;
  for (int k = 0; k < o->contacts; k++) {
    const struct space_contact *c = &o->contact[k];
    // who is at rest now stays where it is
    for (int side = 0; side < 2; side++) {
      int32_t i = side ? c->b : c->a;
      if (i >= 0 && space_has(o->space, i)) space_put(o->space, i, o->mover[i].at, still);
    }
  }
}
