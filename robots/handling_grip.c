// How a part is held: what is seen of it, the grip of one hand or of both, and what comes of closing on it.
#include "robots/handling_build.h"

#include <math.h>

#include "robots/grip_force.h"

#define SPAN_MOST   0.7             // m    between both hands; a guess
#define SIDE_LEFT   0.01            // m    of the room beside it that is kept; a guess
#define ACROSS_LEAST 5e-3           // m    that ledges bear off the middle at least; a guess
#define LONG_LEAST  0.17            // m    of a part that both hands take one behind the other: two hands' breadths; a guess

static double size_of(double x) { return x < 0 ? -x : x; }

// Sigmas ahead, left and up of a thing seen from the eye; the belt runs to the left or right.
bool handling_see(const struct reacher *r, const struct reach_pose *from, const struct handling_spot *spot, const struct grip_part *part, struct handling *out, double sigma[3], double *yaw) {
  const struct hand_figures *f = &r->spec->hands;
  struct v3 to = v3_sub(v3_add(spot->at, v3(0, 0, handling_height(part))), reach_eye(r, from));
  double far = v3_norm(to), c = m_sqrt(to.x * to.x + to.y * to.y) / far, s = -to.z / far;
  out->distance = far;
  out->seen = sight_sigmas(&f->sight, &(struct view){far, size_of(spot->speed), spot->hidden});
  if (!out->seen.found) return false;
  double a = out->seen.across, d = out->seen.depth, own = f->accuracy * f->accuracy;
  sigma[0] = m_sqrt(d * d * c * c + a * a * s * s + own);
  sigma[1] = m_sqrt(out->seen.along * out->seen.along + own);
  sigma[2] = m_sqrt(d * d * s * s + a * a * c * c + own);
  *yaw = out->seen.yaw;
  return true;
}

double handling_apart(const struct reacher *r, const struct reach_pose *from, const struct handling_spot *spot, const struct grip_part *part) {
  struct handling seen = {0};
  double sigma[3], yaw;
  return handling_see(r, from, spot, part, &seen, sigma, &yaw) ? seen.seen.apart : 0;
}

// Hands come down so gently that they may touch what the part lies on (robots/hand.h). Where the part is so thin that three sigmas of its height leave the whole contact above or below it,
// they do: fingertips that stand there know how high they are. (Hands that use what is around them: Eppner, Deimel, Alvarez-Ruiz, Maertens & Brock, IJRR 34 (2015) 1021.) They hold by what of their contact is on the part, no
// less than the disc as high as it is; and nothing whose middle is above their contact.
bool handling_thin(const struct reacher *r, const struct handling_wish *w, double sigma) {
  const struct grip_part *part = w->part;
  double patch = r->hand[LEFT].grip.patch, left = part->size[2] / 2 - patch;
  return w->picks && !w->pick.room.aloft && part->shape != PART_SPHERE && left < 3 * sigma && left <= patch && part->size[2] >= patch;
}

struct grip_hand handling_fingers(const struct reacher *r, const struct grip_part *part, enum side side, bool stands) {
  struct grip_hand hand = r->hand[side].grip;
  if (!stands) return hand;
  hand.rests = hand.patch;
  if (part->size[2] / 2 < hand.patch) hand.patch = part->size[2] / 2;
  return hand;
}

// ---- the grip -------------------------------------------------------------------------------------------------------

// How many of the errors, the smallest first, are surely held: as many as if each were as large in every way as its largest.
static int held_surely(const struct reacher *r, const struct grip_sure *sure, const double sigma[3], double yaw, double slide) {
  int low = 0, high = REACH_LOOKS;
  while (low < high) {
    int middle = (low + high) / 2;
    double e = r->look_most[middle], x = sigma[0] * e, y = sigma[1] * e + slide * 0.5, z = sigma[2] * e, turn = yaw * e, left = sure->moved - sure->radius * turn;
    if (left > 0 && x * x + y * y <= left * left && turn <= sure->turned && -z >= sure->low && z <= sure->high) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Outcomes of closing over a lattice of errors; where a hold is sure nothing is closed.
void handling_outcomes(const struct reacher *r, const struct handling_wish *w, const struct grip_wish *wish, const double sigma[3], double yaw, struct handling *out) {
  const struct grip_pose pose = {0, 0, 0, w->pick.yaw};
  const struct grip_hand hand = handling_fingers(r, w->part, out->side, out->stands);
  const struct grip_sure sure = grip_surely(w->part, &pose, &hand, wish, &out->grip, out->gap, 3 * yaw, 3 * sigma[2]);
  const struct grip_open open = grip_opened(&hand, &out->grip, out->gap);
  int count[GRIP_OUTCOME_COUNT] = {0};
  count[CLOSE_HELD] = held_surely(r, &sure, sigma, yaw, out->slide);
  for (int i = count[CLOSE_HELD]; i < REACH_LOOKS; i++) {
    const double *e = r->look[i];
    double x = sigma[0] * e[0], y = sigma[1] * e[1] + out->slide * e[4], z = sigma[2] * e[2], turn = yaw * e[3], left = sure.moved - sure.radius * size_of(turn);
    if (left > 0 && x * x + y * y <= left * left && size_of(turn) <= sure.turned && z >= sure.low && z <= sure.high) {
      count[CLOSE_HELD]++;
      continue;
    }
    struct grip_pose truth = {x, y, z, w->pick.yaw + turn};
    count[grip_close_on(w->part, &truth, &hand, wish, &out->grip, out->gap, &open, NULL)]++;
  }
  for (int k = 0; k < GRIP_OUTCOME_COUNT; k++) out->outcome[k] = (double)count[k] / REACH_LOOKS;
}

// Whether `force` times what holds the part straight, with all of its friction, is more than hand and part stand: then no closing line does.
static bool too_heavy(const struct grip_part *part, const struct grip_hand *hand, double hold, double force) {
  const struct grip_load load = grip_load_lift(part->mass, hold, hold);
  double least = force * grip_force(&load, &(struct grip_contact){part->mu, hand->patch, 2}) * (1 - 1e-9);
  return least > hand->force_max || (part->force_max > 0 && least > part->force_max);
}

// One hand: pressed so hard that the part's twist about the fingers is held within three sigmas of where they take it, with room for three
// sigmas on every side, at the greatest acceleration that can be held; less of each where there is no other way.
bool handling_choose_grip(const struct reacher *r, const struct handling_wish *w, enum side side, const double sigma[3], struct handling *out, struct grip_wish *wish, int *most, struct grip *grips) {
  static const double margin[] = {3, 2, 1, 0.5}, press[] = {3, 2, 1, 0}, hold[] = {12, 8, 4, HANDLING_CARRY};
  const struct grip_hand hand = handling_fingers(r, w->part, side, out->stands);
  double wide = sigma[0] > sigma[1] ? sigma[0] : sigma[1], lever = 2.0 / 3 * hand.patch;
  enum grip_fault why = GRIP_OK;
  struct grip_lines lines;
  grip_lines_find(&lines, w->part, &(struct grip_pose){0, 0, 0, w->pick.yaw}, &hand, &w->pick.room);
  for (int k = 0; k < 16; k++)
    for (int m = 0; m < 4; m++) {
      double twist = lever > 0 ? press[k / 4] * wide / lever : 0, force = m_sqrt(1 + twist * twist);
      if (force < r->spec->hands.margin) force = r->spec->hands.margin;
      if (k < 15 && too_heavy(w->part, &hand, hold[k % 4], force)) break;         // the last says why
      *wish = (struct grip_wish){.tolerance = margin[m] * wide, .up = hold[k % 4], .sideways = hold[k % 4], .margin = force, .shoulder = v3(0, 0, 0), .reach = 1e3};
      int n = grip_lines_judge(&lines, wish, grips, *most, &why);
      if (n > 0) {
        *most = n;
        out->gap = wish->tolerance;
        return true;
      }
      if (why != GRIP_WIDE && why != GRIP_CROWDED) break;
    }
  out->grip_why = why;
  return false;
}

// ---- both hands -----------------------------------------------------------------------------------------------------

// What goes on while both close leaves them as much less room.
void handling_outcomes_both(const struct handling_wish *w, const double sigma[3], struct handling *out) {
  struct sight_tolerance t = {.along = HANDLING_SIDE - SIDE_LEFT - out->slide / 2, .across = w->part->size[0] / 2 - HANDLING_LEDGE / 2, .depth = HANDLING_CLEAR, .yaw = INFINITY};
  if (t.across < ACROSS_LEAST) t.across = ACROSS_LEAST;
  double held = t.along > 0 ? sight_within(t.along, sigma[1]) * sight_within(t.across, sigma[0]) * sight_within(t.depth, sigma[2]) : 0;
  out->outcome[CLOSE_HELD] = held;
  out->outcome[CLOSE_MISSED] = 1 - held;
}

bool handling_grip_both(const struct reacher *r, const struct handling_wish *w, const double sigma[3], struct handling *out) {
  const struct grip_part *part = w->part;
  double span = part->shape == PART_BOX ? part->size[1] : part->size[0];
  double hook = r->hand[LEFT].hook < r->hand[RIGHT].hook ? r->hand[LEFT].hook : r->hand[RIGHT].hook;
  // fingers beneath it from both sides need room for two ledges, else one behind the other
  if (span < 2 * HANDLING_LEDGE - 1e-9 && (part->shape != PART_BOX || part->size[0] < LONG_LEAST)) return false;      // what is said is why one hand cannot
  out->both = true;
  if (span > SPAN_MOST) {
    out->why = HANDLING_SPAN;
    return false;
  }
  // what does not lie on its ledge is held by friction alone, the arms pressing as hard as one hand's fingers carry
  double force = part->mass * (GRAVITY + HANDLING_CARRY) / 2;
  if (force > hook || (part->force_max > 0 && force > part->force_max)) {
    out->why = HANDLING_HEAVY;
    return false;
  }
  out->slide = 0;
  handling_outcomes_both(w, sigma, out);
  return true;
}
