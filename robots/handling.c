#include "robots/handling.h"

#include <math.h>
#include <string.h>

#include "robots/handling_build.h"
#include "robots/heat.h"

#define GRIPS       16
#define ALIKE       0.77            // cosine of 40 degrees: closer directions are one
#define CLEAR_MOST  0.2             // m    that a hand goes back along its fingers at most; a guess
#define WORSE       0.4             // 1    of the best quality that another direction must have
#define FIT_MOST    60.0            // s    of feeling for a place, on average, beyond which it is not tried
#define HALVINGS    12
#define SLIDE_COST  100.0           // s/m  that a part's going on while the hand closes counts for, among ways to pick it: 1 cm as much as a second; a guess
#define LIKELY      0.98            // 1    of the time that another direction's going back is taken to need; a guess
#define FEW         0.5             // 1    of tries that hold a part which goes on, at least; a guess

const char *handling_phase_text(enum handling_phase p) {
  static const char *const text[HAND_PHASES] = {"see", "reach", "approach", "grasp", "lift", "move", "position", "release", "retreat", "return"};
  return text[p];
}

struct handling_wish handling_wish_defaults(void) {
  return (struct handling_wish){.friction = 0.6, .picks = true, .places = true};
}

static double size_of(double x) { return x < 0 ? -x : x; }
double handling_height(const struct grip_part *p) { return p->shape == PART_SPHERE ? p->size[0] : p->size[2]; }

// ---- poses ----------------------------------------------------------------------------------------------------------

void handling_hold(struct build *b) {
  const struct handling *h = b->h;
  for (int s = 0; s < 2; s++) b->load[s] = h->both ? b->w->part->mass / 2 : s == (int)h->side ? b->w->part->mass : 0;
}

void handling_wish_at(struct build *b, struct v3 at, struct v3 approach, struct v3 close, double beside) {
  const struct handling *h = b->h;
  struct reach_wish *w = &b->reach;
  double half = b->w->part->size[1] / 2 + beside;
  for (int s = 0; s < 2; s++) {
    w->use[s] = h->both || s == (int)h->side;
    w->load[s] = b->load[s];
    w->goal[s] = (struct reach_goal){at, approach, close};
    if (h->both) w->goal[s].point.y += s == LEFT ? half : -half;
  }
}

bool handling_near(struct build *b, struct v3 at, struct v3 approach, struct v3 close, double beside) {
  struct handling *h = b->h;
  const struct reach_pose *from = &h->pose[b->now];
  struct reach_pose *to = &h->pose[h->poses];
  handling_wish_at(b, at, approach, close, beside);
  bool good = reach_near(b->r, &b->reach, from, to) || reach_level(b->r, &b->reach, from, from->level, to) || reach_solve(b->r, &b->reach, from, to);
  if (good) b->now = h->poses++;
  return good;
}

// Two poses: above a place, then at it. The place comes first, as it is the harder one.
static bool pose_pair(struct build *b, struct v3 above, struct v3 at, struct v3 approach, struct v3 close, double beside) {
  struct handling *h = b->h;
  const struct reach_pose *from = &h->pose[b->now];
  struct reach_pose *over = &h->pose[h->poses], *there = &h->pose[h->poses + 1];
  handling_wish_at(b, at, approach, close, 0);
  if (!(b->hasty ? reach_quick : reach_solve)(b->r, &b->reach, from, there)) return false;
  handling_wish_at(b, above, approach, close, beside);
  if (!reach_near(b->r, &b->reach, there, over) && !reach_level(b->r, &b->reach, there, there->level, over) && !reach_solve(b->r, &b->reach, from, over)) return false;
  h->poses += 2;
  b->now = h->poses - 1;
  return true;
}

// It stays in a pose for a while; the move before or after it knows what that costs.
static void add_stay(struct build *b, enum handling_phase phase, int pose, double time) {
  b->h->step[b->h->steps++] = (struct handling_step){phase, time, 0, {.time = time, .joint = -1, .possible = true, .law = move_law_rest(time)}, pose};
}

static void add_time(struct build *b, enum handling_phase phase, int pose, double time) {
  struct handling *h = b->h;
  struct move m = move_hold(b->r, &h->pose[pose], b->w->foot, b->load, time, h->heat);
  h->step[h->steps++] = (struct handling_step){phase, time, m.energy, m, pose};
}

struct move_wish handling_move(const struct build *b, const struct reach_pose *from, const struct reach_pose *to) {
  const struct handling *h = b->h;
  bool held = b->load[LEFT] + b->load[RIGHT] > 0;
  return (struct move_wish){.from = from, .to = to, .foot = {b->w->foot[0], b->w->foot[1]}, .load = {b->load[LEFT], b->load[RIGHT]}, .friction = b->w->friction,
                            .both = h->both, .touch = b->w->part->force_max, .hold = held && !h->both ? b->hold : INFINITY};
}

static bool put_move(struct build *b, enum handling_phase phase, const struct move *m, int to) {
  struct handling *h = b->h;
  h->step[h->steps++] = (struct handling_step){phase, m->time, m->energy, *m, to};
  if (!m->possible) h->why = m->limit == MOVE_BALANCE || m->limit == MOVE_FLOOR ? HANDLING_BALANCE : HANDLING_TORQUE;
  return m->possible;
}

bool handling_add_move(struct build *b, enum handling_phase phase, int from, int to, double guard, double before, double after) {
  struct handling *h = b->h;
  struct move_wish w = handling_move(b, &b->h->pose[from], &b->h->pose[to]);
  w.guard = guard, w.before = before, w.after = after;
  struct move m = move_find(b->r, &w, h->heat);
  if (before > 0) h->step[h->steps - 1].energy = m.before;
  return put_move(b, phase, &m, to);
}

static bool add_move(struct build *b, enum handling_phase phase, int from, int to, double guard) { return handling_add_move(b, phase, from, to, guard, 0, 0); }

static struct v3 closing_of(const struct grip *g) { return v3(g->along[0], g->along[1], 0); }

// Where the fingertips go for a part whose underside is at `at`.
static struct v3 grip_point(const struct handling *h, const struct grip_part *part, struct v3 at) {
  if (h->both) return v3_add(at, v3(0, 0, 0.5 * HANDLING_LEDGE < handling_height(part) / 2 ? 0.5 * HANDLING_LEDGE : handling_height(part) / 2));
  double x = (h->grip.contact[0][0] + h->grip.contact[1][0]) / 2, y = (h->grip.contact[0][1] + h->grip.contact[1][1]) / 2;
  return v3_add(at, v3(x, y, h->grip.height));
}

double handling_least(const struct build *b, struct v3 from, struct v3 to, bool held) {
  double d = v3_norm(v3_sub(to, from)), time = 1.875 * d / b->r->spec->hands.speed, grip = held && b->hold < INFINITY ? m_sqrt(5.7735 * d / b->hold) : 0;
  return time > grip ? time : grip;
}

// Where a hand is clear of the part that it is at.
static struct v3 clear_of(const struct handling *h, const struct grip_part *part, struct v3 at, struct v3 approach) {
  double up = handling_height(part) - h->grip.height + HANDLING_CLEAR;
  return h->both ? v3_add(at, v3(0, 0, HANDLING_CLEAR)) : v3_sub(at, v3_scale(approach, up > CLEAR_MOST ? CLEAR_MOST : up));
}

struct handling_touch handling_touch_of(const struct build *b) {
  const struct handling *h = b->h;
  const struct grip_part *part = b->w->part;
  struct handling_touch t = {.at = grip_point(h, part, b->w->pick.at), .guard = 3 * h->sigma[2] > 3e-3 ? 3 * h->sigma[2] : 3e-3};
  t.approach = reach_approach(b->r, t.at.z), t.close = h->both ? v3(0, 1, 0) : closing_of(&h->grip);
  t.above = clear_of(h, part, t.at, t.approach);
  t.shut = hand_close_time(&b->r->hand[h->side], &b->r->spec->hands, h->both ? HANDLING_BOTH_GAP : h->gap, part->force_max);
  return t;
}

double handling_least_after(const struct build *b, const struct handling_touch *t) {
  bool ends = !b->w->places && b->w->to && !b->h->both;
  struct v3 up = v3_add(t->at, v3(0, 0, HANDLING_CLEAR));
  return t->shut + (ends ? handling_least(b, t->at, up, true) + handling_least(b, up, b->hand_to, true) : 0);
}

// Another plan is quicker already, however quick the rest of this one is; not by rounding.
static bool late(const struct build *b, double rest) {
  double time = rest;
  for (int i = 0; i < b->h->steps; i++) time += b->h->step[i].time;
  return time > b->best * (1 + 1e-12);
}

// Likely so: who reaches more slowly goes back as much more slowly. Of 4,000 random picks none of those given up was quicker.
static bool lags(const struct build *b, double rest) {
  const struct handling *h = b->h;
  if (!(b->goes > 0) || !(b->returns > 0)) return false;
  return late(b, rest + LIKELY * b->returns * h->step[HANDLING_REACH].time / b->goes);
}

// One more try, as it is played: the hand opens and goes up in `back` s, looks, comes down and closes.
double handling_retry(const struct build *b, double down, double shut, double back) { return back + b->r->spec->hands.look + down + shut; }

// The move down that is known already.
static bool take_down(struct build *b, int touch) {
  const struct way *way = b->way;
  for (int j = 0; j < b->r->humanoid->model->joint_count; j++)
    for (int k = 0; k < 2; k++) b->h->heat[j][k] += way->heat[j][k];
  return put_move(b, HAND_APPROACH, &way->down, touch);
}

// From over to touch, and closing.
static bool come_down(struct build *b, int over, int touch, double guard, double shut) {
  struct handling *h = b->h;
  if (!(b->way ? take_down(b, touch) : handling_add_move(b, HAND_APPROACH, over, touch, guard, 0, shut))) return false;
  double T = h->step[h->steps - 1].time, grasp = h->step[h->steps - 1].move.after;
  add_stay(b, HAND_GRASP, touch, shut);
  h->step[h->steps - 1].energy = grasp;
  h->retry = handling_retry(b, T, shut, T + shut);
  return true;
}

// Along the same line and with the same hold as at the first look: only the second look and coming down are others.
static bool pick_again(struct build *b) {
  const struct handling *first = b->first;
  struct handling *h = b->h;
  const int over = first->step[HANDLING_REACH].pose, touch = first->step[HANDLING_DOWN].pose;
  const struct handling_touch t = handling_touch_of(b);
  h->poses = first->poses;
  memcpy(h->pose, first->pose, sizeof *h->pose * (size_t)h->poses);
  h->step[0] = first->step[0], h->step[1] = first->step[HANDLING_REACH];
  h->steps = 2;
  for (int j = 0; j < b->r->humanoid->model->joint_count; j++)
    for (int k = 0; k < 2; k++) h->heat[j][k] = first->heat[j][k] - b->known->down[j][k];
  add_time(b, HAND_SEE, over, b->r->spec->hands.look);
  if (!come_down(b, over, touch, t.guard, t.shut)) return false;
  h->step[h->steps++] = first->step[HANDLING_UP];
  h->step[h->steps++] = first->step[HANDLING_BACK];
  return true;
}

static bool do_pick(struct build *b) {
  struct handling *h = b->h;
  const struct hand_figures *f = &b->r->spec->hands;
  const struct handling_touch t = handling_touch_of(b);
  struct v3 at = t.at, approach = t.approach, close = t.close;
  add_stay(b, HAND_SEE, b->now, f->look);
  int start = b->now;
  h->why = HANDLING_REACH_PICK;
  if (b->way) {
    if (!b->way->there) return false;
    h->pose[h->poses++] = b->way->over, h->pose[h->poses++] = b->way->touch;
    b->now = h->poses - 1;
  } else if (!pose_pair(b, t.above, at, approach, close, h->both ? HANDLING_SIDE : 0)) {
    return false;
  }
  int over = b->now - 1, touch = b->now;
  h->why = HANDLING_OK;
  double guard = t.guard, shut = t.shut;
  if (b->w->pick.speed != 0) return handling_pick_belt(b, &t, start, over, touch);
  if (!handling_add_move(b, HAND_REACH, start, over, 0, f->look, 0)) return false;
  double after = handling_least_after(b, &t);
  if (late(b, (b->way ? b->way->down.time : 0) + after)) return false;
  if (h->again) add_time(b, HAND_SEE, over, f->look);
  if (!come_down(b, over, touch, guard, shut)) return false;
  handling_hold(b);
  struct v3 up_there = v3_add(at, v3(0, 0, HANDLING_CLEAR));
  if (late(b, after - shut) || lags(b, handling_least(b, at, up_there, true))) return false;
  h->why = HANDLING_REACH_PICK;
  if (b->same) h->pose[b->now = h->poses++] = b->first->pose[b->first->step[HANDLING_UP].pose];
  else if (!handling_near(b, up_there, approach, close, 0)) return false;
  h->why = HANDLING_OK;
  return add_move(b, HAND_LIFT, touch, b->now, 0);
}

static bool do_place(struct build *b) {
  struct handling *h = b->h;
  const struct grip_part *part = b->w->part;
  const struct hand_figures *f = &b->r->spec->hands;
  const struct handling_spot *p = &b->w->place;
  struct v3 at = grip_point(h, part, p->at), approach = reach_approach(b->r, at.z), close = h->both ? v3(0, 1, 0) : closing_of(&h->grip);
  if (!h->both && size_of(p->yaw - b->w->pick.yaw) > 1e-9) {
    double s, c, x = close.x, y = close.y;
    m_sincos(p->yaw - b->w->pick.yaw, &s, &c);
    close = v3(c * x - s * y, s * x + c * y, 0);
  }
  int start = b->now;
  h->why = HANDLING_REACH_PLACE;
  if (!pose_pair(b, v3_add(at, v3(0, 0, HANDLING_CLEAR + p->depth)), at, approach, close, 0)) return false;
  int over = b->now - 1, down = b->now;
  h->why = HANDLING_OK;
  if (!add_move(b, HAND_MOVE, start, over, 0)) return false;

  // where the place seems to be, and how the part lies in the hand: closing has put it straight along one direction only
  double place[3], yaw, sigma[2];
  struct handling seen = {0};
  if (!handling_see(b->r, &h->pose[start], p, part, &seen, place, &yaw)) {
    h->why = HANDLING_UNSEEN;
    return false;
  }
  double guard = 3 * place[2] > 3e-3 ? 3 * place[2] : 3e-3;
  for (int k = 0; k < 2; k++) {
    double loose = h->both ? 0 : h->sigma[k] * (k == 0 ? size_of(close.y) : size_of(close.x));
    sigma[k] = m_sqrt(place[k] * place[k] + loose * loose);
  }
  if (p->clearance > 0 && p->clearance < 3 * (sigma[0] > sigma[1] ? sigma[0] : sigma[1])) {
    // too close for what was seen on the way: another look from above it
    add_time(b, HAND_POSITION, over, f->look);
  }
  if (!add_move(b, HAND_POSITION, over, down, guard > p->depth ? guard : p->depth)) return false;
  struct handling_step *s = &h->step[h->steps - 1];
  double narrow = part->size[0] < part->size[1] || part->shape != PART_BOX ? part->size[0] : part->size[1], tilt = m_sqrt(yaw * yaw + (f->accuracy / narrow) * (f->accuracy / narrow));
  h->fit = fit_find(f, p->clearance, sigma, tilt, narrow, p->depth, part->mu, 2 * s->time + f->look);
  if (h->fit.time > FIT_MOST) {
    h->why = HANDLING_FIT;
    return false;
  }
  double hold = move_hold(b->r, &h->pose[down], b->w->foot, b->load, 1, NULL).energy;
  s->time += h->fit.time;
  s->energy += h->fit.time * hold;
  double gap = h->both ? HANDLING_BOTH_GAP : h->gap;
  add_time(b, HAND_RELEASE, down, hand_open_time(&b->r->hand[h->side], f, gap));
  b->load[LEFT] = b->load[RIGHT] = 0;
  h->why = HANDLING_REACH_PLACE;
  if (!handling_near(b, clear_of(h, part, at, approach), approach, close, h->both ? HANDLING_SIDE : 0)) return false;
  h->why = HANDLING_OK;
  return add_move(b, HAND_RETREAT, down, b->now, 0);
}
// ---- heat -----------------------------------------------------------------------------------------------------------

// Repeated for ever with a pause of `pause` seconds: the hottest winding, and by how much it is too hot.
static double hottest(const struct reacher *r, struct handling *h, double pause) {
  double over = -1e9;
  h->winding = HEAT_AMBIENT;
  for (int j = 0; j < r->humanoid->model->joint_count; j++) {
    const struct actuator *a = &r->spec->actuator[j];
    if (r->spec->drive[j] < 0) continue;
    double all = h->time + pause, end = heat_steady_warm(a, h->heat[j][0] / all, h->heat[j][1] / all, HEAT_AMBIENT), limit = a->winding_limit - HEAT_DERATING;
    if (end > h->winding) h->winding = end, h->hottest = j;
    if (end - limit > over) over = end - limit;
  }
  return over;
}

static void find_pause(const struct reacher *r, struct handling *h) {
  double low = 0, high = 1;
  if (!(h->time > 0) || hottest(r, h, 0) <= 0) return;
  while (hottest(r, h, high) > 0 && high < 1e5) low = high, high *= 2;
  for (int i = 0; i < HALVINGS; i++) {
    double middle = (low + high) / 2;
    if (hottest(r, h, middle) > 0) low = middle; else high = middle;
  }
  h->pause = high;
  hottest(r, h, high);
}

// ---- the plan -------------------------------------------------------------------------------------------------------

static bool build_once(struct build *b) {
  struct handling *h = b->h;
  const struct handling_wish *w = b->w;
  memset(h->heat, 0, sizeof *h->heat * (size_t)b->r->humanoid->model->joint_count);
  memset(h->drift, 0, sizeof h->drift);
  h->follow.speed = h->slide = 0;
  h->steps = 0;
  h->poses = 1;
  h->pose[0] = *w->from;
  b->now = 0;
  b->load[LEFT] = b->load[RIGHT] = 0;
  bool again = b->same && b->way && b->known->hold == b->hold && !w->places && w->to;
  if (!w->picks) handling_hold(b);
  if (w->picks && !(again ? pick_again : do_pick)(b)) return false;
  if (w->places && !do_place(b)) return false;
  if (w->to && !again) {
    int from = b->now;
    h->pose[h->poses] = *w->to;
    b->now = h->poses++;
    if (!add_move(b, HAND_RETURN, from, b->now, 0)) return false;
  }
  h->time = h->energy = 0;
  for (int i = 0; i < h->steps; i++) h->time += h->step[i].time, h->energy += h->step[i].energy;
  return true;
}

static bool alike(const struct grip *a, const struct grip *b) { return size_of(a->along[0] * b->along[0] + a->along[1] * b->along[1]) > ALIKE; }

// Directions of closing that have been tried are not tried again.
static bool tried(const struct grip *grips, const int *which, int count, const struct grip *g) {
  for (int i = 0; i < count; i++)
    if (alike(&grips[which[i]], g)) return true;
  return false;
}

// The closing line of the first look among others, -1: it is none of them.
static int same_line(const struct grip *first, const struct grip *grips, int count) {
  for (int i = 0; i < count; i++)
    if (!memcmp(first->contact, grips[i].contact, sizeof first->contact) && first->height == grips[i].height) return i;
  return -1;
}

// The direction that may be the quickest of those left, its move down found; -1: none is left that could be quicker than `best`.
static int next_way(struct build *b, struct way *ways, int count, unsigned done, double best) {
  for (;;) {
    int next = -1;
    for (int i = 0; i < count; i++)
      if (!(done >> i & 1) && (next < 0 || ways[i].least < ways[next].least)) next = i;
    if (next < 0 || ways[next].least > best * (1 + 1e-12)) return -1;
    if (ways[next].ready) return next;
    handling_way_more(b, &ways[next]);
  }
}

static double cost(const struct handling *h) { return h->time + SLIDE_COST * h->slide; }

// Of grips that close in different directions the one that takes the least time; of each direction the one of the best quality. Each is planned only as far
// as it could still be the quickest.
static bool grips_one_hand(struct build *b, const double sigma[3], double yaw) {
  struct grip grips[GRIPS];
  struct grip_wish wish;
  struct handling *h = b->h, best;
  int n = GRIPS, which[HANDLING_DIRECTIONS], count = 0, place = 0;
  struct way ways[HANDLING_DIRECTIONS];
  double least = INFINITY, quickest = INFINITY;
  bool found = false, here = false, belt = false;            // here: the best is what h holds
  const struct handling_spot *first = b->w->picks ? &b->w->pick : &b->w->place;
  h->side = first->at.y > 1e-9 ? LEFT : RIGHT;
  if (!handling_choose_grip(b->r, b->w, h->side, sigma, h, &wish, &n, grips)) return false;
  b->hand_from = reach_hand(b->r, b->w->from, h->side);
  if (b->w->to) b->hand_to = reach_hand(b->r, b->w->to, h->side);
  b->hold = wish.up;
  // the hand is there as the first look's direction asks
  const struct grip *like = b->first ? &b->first->grip : NULL;
  int line = like ? same_line(like, grips, n) : -1;
  b->same = line >= 0;
  if (b->same) which[count++] = line;
  for (int i = 0; i < n && count < HANDLING_DIRECTIONS && !b->same; i++)
    if (grips[i].quality >= WORSE * grips[0].quality && (!like || alike(like, &grips[i])) && !tried(grips, which, count, &grips[i])) which[count++] = i;
  for (int i = 0; i < count; i++) ways[i].grip = &grips[which[i]];
  bool stands = b->w->picks && b->w->pick.speed == 0;
  // directions that careful solving alone reaches are tried where no other one is found: a heuristic (of 200 picks none changed by more than 3 %)
  for (int hard = 0; hard < 2 && !found; hard++) {
    b->hasty = !hard;
    b->same &= b->hasty;
    if (b->same && b->hasty) handling_way_again(b, &ways[0]);
    else if (stands && b->hasty) handling_ways(b, ways, count);
    unsigned done = 0;
    for (int i = 0; i < count; i++) {
      b->best = b->w->thorough ? INFINITY : quickest;      // nothing is late then
      int k = stands && b->hasty ? next_way(b, ways, count, done, b->best) : i;
      if (k < 0) break;
      done |= 1u << k;
      const struct way *way = &ways[k];
      b->way = stands && b->hasty ? way : NULL;
      if (here) best = *h;
      here = false;
      h->grip = *way->grip;
      bool good = build_once(b);
      belt = belt || (!good && h->why == HANDLING_BELT);
      if (!good || cost(h) > least || (cost(h) == least && k > place)) continue;
      least = cost(h);
      quickest = h->time;
      if (b->known && !b->first) {
        b->known->hold = b->way ? b->hold : -1;
        if (b->way) memcpy(b->known->down, way->heat, sizeof *way->heat * (size_t)b->r->humanoid->model->joint_count);
      }
      b->goes = h->step[HANDLING_REACH].time, b->returns = stands && !b->w->places && b->w->to ? h->step[h->steps - 1].time : 0;
      place = k;
      found = here = true;
    }
  }
  b->way = NULL;
  b->best = INFINITY;
  b->hasty = false;
  if (!found && belt) h->why = HANDLING_BELT;
  if (!found) return false;
  if (!here) *h = best;
  handling_outcomes(b->r, b->w, &wish, sigma, yaw, h);
  return true;
}

// wide: with the elbows out. from: whose eyes see it; first_look: how it was to be done before it looked again from there, where the hand is above the part; NULL: it looks once.
static bool plan_posed(const struct reacher *r, const struct handling_wish *w, bool wide, const struct reach_pose *from, const struct handling *first_look, struct handling_known *known, struct handling *out) {
  struct build b = {.r = r, .w = w, .h = out, .known = known, .reach = {.foot = {w->foot[0], w->foot[1]}, .wide = wide}, .hold = INFINITY, .best = INFINITY};
  double yaw = 0;
  memset(out, 0, sizeof *out);
  out->hottest = -1;
  out->yaw = w->pick.yaw;
  out->again = first_look;
  if (first_look && !first_look->both) b.first = first_look;
  out->outcome[CLOSE_HELD] = 1;
  const struct handling_spot *first = w->picks ? &w->pick : &w->place;
  if (!handling_see(r, from, first, w->part, out, out->sigma, &yaw)) {
    out->why = HANDLING_UNSEEN;
    return false;
  }
  out->stands = handling_thin(r, w, out->sigma[2]);
  bool good = !w->held_both && grips_one_hand(&b, out->sigma, yaw);
  if (!good && out->stands) {
    out->stands = false;
    out->why = HANDLING_OK;
    good = !w->held_both && grips_one_hand(&b, out->sigma, yaw);
  }
  if (!good && b.first) return false;
  if (!good) {
    enum handling_fault why = out->why;
    enum grip_fault grip_why = out->grip_why;
    if (why == HANDLING_OK) why = HANDLING_GRIP;
    out->why = HANDLING_OK;
    good = handling_grip_both(r, w, out->sigma, out) && build_once(&b);
    if (good && out->slide > 0) handling_outcomes_both(w, out->sigma, out);
    if (!good && (out->why == HANDLING_OK || why == HANDLING_BELT)) out->why = why;
    if (!good) out->grip_why = grip_why;
  }
  if (!good) return false;
  find_pause(r, out);
  return true;
}

// Where arms would go into legs the elbows go out to the sides, if that makes room.
static bool plan_seen(const struct reacher *r, const struct handling_wish *w, const struct reach_pose *from, const struct handling *first_look, struct handling_known *known, struct handling *out) {
  struct handling wide;
  if (!plan_posed(r, w, false, from, first_look, known, out)) return false;
  double apart = handling_legs_apart(r, out, 0);
  if (!(apart < 0)) return true;
  struct handling_known narrow = *known;
  if (plan_posed(r, w, true, from, first_look, known, &wide) && handling_legs_apart(r, &wide, INFINITY) > apart) *out = wide;
  else *known = narrow;
  return true;
}

// s of a pick with all its tries.
static double expected(const struct handling *h) { return h->time + (1 / h->outcome[CLOSE_HELD] - 1) * h->retry; }

// Where trying again costs more than a look, or the hand would feel for the part all the way down: it looks again from above the part, if that is quicker on average.
static bool plan_here(const struct reacher *r, const struct handling_wish *w, struct handling *out) {
  struct handling_known known = {.hold = -1};
  if (!plan_seen(r, w, w->from, NULL, &known, out)) return false;
  bool sure = (1 / out->outcome[CLOSE_HELD] - 1) * out->retry <= r->spec->hands.look && 3 * out->sigma[2] <= HANDLING_CLEAR;
  if (!w->picks || w->pick.speed != 0 || sure) return true;
  struct handling other;
  const struct reach_pose over = out->pose[out->step[1].pose];
  if (plan_seen(r, w, &over, out, &known, &other) && expected(&other) < expected(out)) *out = other;
  return true;
}

// What would slip away from most tries is not picked.
static bool plan_belt(const struct reacher *r, const struct handling_wish *w, struct handling *out) {
  if (!plan_here(r, w, out)) return false;
  if (out->slide > 0 && out->outcome[CLOSE_HELD] < FEW) out->why = HANDLING_BELT;
  return out->why == HANDLING_OK;
}

bool handling_plan(const struct reacher *r, const struct handling_wish *w, struct handling *out) {
  static const double share[] = {-0.5, 0.5, -1, 1};
  bool good = plan_belt(r, w, out);
  if ((good && !(out->slide > 0)) || !w->picks || w->pick.speed == 0 || !(w->pick.window > 0) || out->why == HANDLING_UNSEEN || out->why == HANDLING_GRIP) return good;
  // a part that comes along is met where the hand can go along with it, else where that costs least; the right hand's side first
  struct handling other;
  struct handling_wish there = *w;
  for (int i = 0; i < 4; i++) {
    there.pick.at.y = w->pick.at.y + share[i] * w->pick.window;
    if (!plan_belt(r, &there, &other) || (good && cost(&other) >= cost(out))) continue;
    *out = other;
    good = true;
    if (!(out->slide > 0)) break;
  }
  return good;
}
