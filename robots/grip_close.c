#include "robots/grip_close.h"

#include <math.h>

#include "robots/grip_force.h"

#define LIFTS 4                     // shares of the height that is of interest which are tried; a guess

const char *grip_outcome_text(enum grip_outcome o) {
  static const char *const text[] = {
#define X(name, text) text,
    GRIP_OUTCOME_MAP(X)
#undef X
  };
  return text[o];
}

struct grip_open grip_opened(const struct grip_hand *hand, const struct grip *g, double gap) {
  struct grip_open o;
  for (int side = 0; side < 2; side++) {
    double out = side == 0 ? -1 : 1, at = gap + hand->thickness / 2, ux = out * g->along[0], uy = out * g->along[1];
    o.finger[side] = outline_block(g->contact[side][0] + ux * at, g->contact[side][1] + uy * at, ux, uy, hand->thickness, hand->width);
  }
  return o;
}

// From the part's outline that at the height of the contacts, and what the surface leans there: tan of its angle to upright.
static enum grip_outcome section(const struct grip_part *part, const struct grip_pose *truth, double height, const struct grip_hand *hand, struct outline *out, double *lean) {
  double above = height - truth->floor;
  *lean = 0;
  if (hand->rests > 0 && part->shape != PART_SPHERE) return CLOSE_HELD;
  if (above < (part->shape == PART_SPHERE ? 0 : hand->patch)) return CLOSE_STRUCK;
  if (part->shape != PART_SPHERE) return above > part->size[2] - hand->patch ? CLOSE_MISSED : CLOSE_HELD;
  double r = part->size[0] / 2, off = fabs(above - r);
  if (off >= r) return CLOSE_MISSED;
  out->radius = m_sqrt(r * r - off * off);
  *lean = off / out->radius;
  return CLOSE_HELD;
}

static enum grip_outcome lift(const struct grip_part *part, const struct grip_hand *hand, const struct grip_wish *wish, const double *middle, const struct grip *g, double friction) {
  struct grip_load load = grip_load_lift(part->mass, wish->up, wish->sideways);
  load.arm = g->along[0] * (middle[1] - g->contact[0][1]) - g->along[1] * (middle[0] - g->contact[0][0]);
  if (fabs(load.arm) < 1e-9 * g->width) load.arm = 0;
  double above = grip_above(part, hand);
  if (above > 0) load.arm = m_sqrt(load.arm * load.arm + above * above);
  // a margin of 1 is no slip by rounding
  return grip_slips(&load, &(struct grip_contact){friction, hand->patch, 2}, g->force * (1 + 1e-9)) ? CLOSE_SLIPPED : CLOSE_HELD;
}

enum grip_outcome grip_close(const struct grip_part *part, const struct grip_pose *truth, const struct grip_hand *hand,
                             const struct grip_wish *wish, const struct grip *planned, double gap, struct grip *got) {
  const struct grip_open open = grip_opened(hand, planned, gap);
  return grip_close_on(part, truth, hand, wish, planned, gap, &open, got);
}

enum grip_outcome grip_close_on(const struct grip_part *part, const struct grip_pose *truth, const struct grip_hand *hand, const struct grip_wish *wish, const struct grip *planned, double gap,
                                const struct grip_open *open, struct grip *got) {
  struct outline cut = grip_outline(part, truth);
  double lean;
  for (int side = 0; side < 2; side++)
    if (outlines_overlap(&open->finger[side], &cut)) return CLOSE_STRUCK;
  enum grip_outcome o = section(part, truth, planned->height, hand, &cut, &lean);
  if (o != CLOSE_HELD) return o;

  // the part must lie between the fingers: the chord is inside what they span
  struct outline_chord chord;
  if (!outline_chord(&cut, planned->contact[0], planned->along, &chord)) return CLOSE_MISSED;
  double from = 0, to = 0;
  for (int k = 0; k < 2; k++) {
    from += (chord.point[0][k] - planned->contact[0][k]) * planned->along[k];
    to += (chord.point[1][k] - planned->contact[1][k]) * planned->along[k];
  }
  if (from < -gap - 1e-12 || to > gap + 1e-12) return CLOSE_MISSED;
  struct grip g = *planned;
  double least = 1;                 // cosine of the larger angle between the closing line and a normal in plan
  for (int i = 0; i < 2; i++) {
    double c = (i ? -1 : 1) * (planned->along[0] * chord.normal[i][0] + planned->along[1] * chord.normal[i][1]);
    least = c < least ? c : least;
    for (int k = 0; k < 2; k++) g.contact[i][k] = chord.point[i][k];
  }
  g.width = planned->width + to - from;

  // the normal is tilted by lean out of the plan; the closing line is level
  double cosine = least / m_sqrt(1 + lean * lean), sine = m_sqrt(cosine < 1 ? 1 - cosine * cosine : 0);
  if (got) *got = g, got->slant = m_atan2(sine, cosine);
  if (!(sine < part->mu * cosine)) return CLOSE_SQUEEZED;
  return lift(part, hand, wish, cut.middle, &g, m_sqrt(part->mu * part->mu * cosine * cosine - sine * sine));
}

// ---- what is sure ---------------------------------------------------------------------------------------------------

// How far along its side a contact of a polygon is from the side's nearer end, and the cosine of the closing line to the side's normal.
static double side_room(const struct outline *o, const double *contact, const double *out, double *cosine) {
  double best = INFINITY, room = 0;
  for (int i = 0; i < o->corners; i++) {
    const double *a = o->corner[i], *b = o->corner[(i + 1) % o->corners];
    double x = b[0] - a[0], y = b[1] - a[1], length = m_sqrt(x * x + y * y);
    double along = ((contact[0] - a[0]) * x + (contact[1] - a[1]) * y) / length, off = fabs((contact[0] - a[0]) * y - (contact[1] - a[1]) * x) / length;
    if (off > best || along < 0 || along > length) continue;
    best = off;
    room = fmin(along, length - along);
    *cosine = (y * out[0] - x * out[1]) / length;           // the outward normal is (y, -x)
  }
  return best < 1e-9 ? room : -1;
}

// Between the inner faces of the open fingers and all of the part.
static double face_room(const struct outline *o, const struct grip *g, double gap) {
  double least = INFINITY;
  for (int side = 0; side < 2; side++) {
    double out = side ? 1 : -1, ux = out * g->along[0], uy = out * g->along[1], far = o->middle[0] * ux + o->middle[1] * uy + o->radius;
    if (o->corners > 0) far = -INFINITY;
    for (int i = 0; i < o->corners; i++) far = fmax(far, o->corner[i][0] * ux + o->corner[i][1] * uy);
    least = fmin(least, g->contact[side][0] * ux + g->contact[side][1] * uy + gap - far);
  }
  return least;
}

// Of a part of the outline o whose surface leans by `lean` (tan of its angle to upright) at the height of the contacts; round: the radius there.
static double sure_move(const struct grip_part *part, const struct outline *o, double round, double lean, const struct grip_hand *hand, const struct grip_wish *wish, const struct grip *planned, double gap, double turned) {
  double moved = face_room(o, planned, gap), slant = 0;
  if (o->corners > 0) {
    for (int i = 0; i < 2; i++) {
      double out[2] = {(i ? 1 : -1) * planned->along[0], (i ? 1 : -1) * planned->along[1]}, cosine = 0, room = side_room(o, planned->contact[i], out, &cosine);
      if (room < 0 || !(cosine > 0)) return -1;
      double angle = m_atan2(m_sqrt(cosine < 1 ? 1 - cosine * cosine : 0), cosine) + turned, c = m_cos(angle);
      if (!(angle < 1.5)) return -1;
      // the line meets the side that much farther along it
      moved = fmin(moved, fmin(room, gap) * c);
      slant = fmax(slant, angle);
    }
  } else {
    // moved across by t the line meets it at asin(t / r)
    double r = round, t = fmin(moved, 0.5 * r * part->mu / m_sqrt(1 + part->mu * part->mu));
    for (int i = 0; i < 8 && t > 0; i++) {
      slant = m_atan2(t, m_sqrt(r * r - t * t));
      if (t + r * (1 - m_cos(slant)) <= gap) break;
      t = i < 7 ? 0.8 * t : -1;
    }
    moved = t;
  }
  double cosine = m_cos(slant) / m_sqrt(1 + lean * lean), square = part->mu * part->mu * cosine * cosine - (1 - cosine * cosine);
  if (!(square > 0) || !(moved > 0)) return -1;
  struct grip_load load = grip_load_lift(part->mass, wish->up, wish->sideways);
  double share = load.mass * load.across / (2 * m_sqrt(square) * planned->force), arm = fabs(planned->along[0] * (o->middle[1] - planned->contact[0][1]) - planned->along[1] * (o->middle[0] - planned->contact[0][0]));
  if (!(share < 1)) return -1;
  double most = 2.0 / 3 * hand->patch * m_sqrt(1 / (share * share) - 1), above = grip_above(part, hand);
  if (above > 0) most = most > above ? m_sqrt(most * most - above * above) : 0;
  return fmin(moved, most - arm) * (1 - 1e-9);
}

struct grip_sure grip_surely(const struct grip_part *part, const struct grip_pose *pose, const struct grip_hand *hand, const struct grip_wish *wish,
                             const struct grip *planned, double gap, double turned, double lifted) {
  struct outline o = grip_outline(part, pose);
  // the fingers close at planned->height: that much above what the part lies on
  double above = planned->height - pose->floor;
  if (part->shape != PART_SPHERE) {
    double moved = sure_move(part, &o, o.radius, 0, hand, wish, planned, gap, turned);
    struct grip_sure sure = {.radius = o.radius, .moved = moved, .turned = turned, .low = above - (part->size[2] - hand->patch), .high = above - hand->patch};
    if (hand->rests > 0) sure.low = -INFINITY, sure.high = INFINITY;
    if (o.corners == 0) sure.radius = 0, sure.turned = INFINITY;     // a round part turns into itself
    return sure;
  }
  // a ball's section is smaller and leans more the farther it is from its widest
  struct grip_sure sure = {.moved = -1, .turned = INFINITY};
  for (int i = 0; i < LIFTS && !(sure.moved > 0); i++) {
    double lift = lifted * (LIFTS - i) / LIFTS, off = fabs(above - o.radius) + lift, square = o.radius * o.radius - off * off;
    if (!(square > 0)) continue;
    sure.moved = sure_move(part, &o, m_sqrt(square), off / m_sqrt(square), hand, wish, planned, gap, 0);
    sure.low = -lift, sure.high = lift;
  }
  return sure;
}

double grip_arm_max(const struct grip_part *part, const struct grip_hand *hand, const struct grip_wish *wish, double force) {
  // (F / 2 mu N)^2 + (F arm / (2 (2/3) mu a N))^2 = 1
  struct grip_load load = grip_load_lift(part->mass, wish->up, wish->sideways);
  double share = load.mass * load.across / (2 * part->mu * force);
  return share < 1 ? 2.0 / 3 * hand->patch * m_sqrt(1 / (share * share) - 1) : 0;
}
