#include "robots/grip.h"

#include <assert.h>
#include <math.h>

#include "robots/grasp.h"
#include "robots/grip_force.h"

#define ROUND_LINES 16              // closing lines of a round part, over half a turn

const char *grip_fault_text(enum grip_fault why) {
  static const char *const text[] = {
#define X(name, text) text,
    GRIP_FAULT_MAP(X)
#undef X
  };
  return text[why];
}

struct outline grip_outline(const struct grip_part *part, const struct grip_pose *pose) {
  if (part->shape == PART_BOX) return outline_rectangle(pose->x, pose->y, pose->yaw, part->size[0], part->size[1]);
  if (part->shape == PART_PRISM) return outline_polygon(pose->x, pose->y, pose->yaw, part->corner, part->corners);
  return outline_circle(pose->x, pose->y, part->size[0] / 2);
}

double grip_above(const struct grip_part *part, const struct grip_hand *hand) {
  return hand->rests > 0 && part->shape != PART_SPHERE && part->size[2] / 2 > hand->rests ? part->size[2] / 2 - hand->rests : 0;
}

// ---- one candidate --------------------------------------------------------------------------------------------------

// What a finger takes in plan: it comes down open by the tolerance and closes to the contact, and may be off by the tolerance.
static struct outline finger_path(const struct grip_hand *hand, const double *contact, double ux, double uy, double tolerance) {
  double deep = hand->thickness + 2 * tolerance;
  return outline_block(contact[0] + ux * deep / 2, contact[1] + uy * deep / 2, ux, uy, deep, hand->width + 2 * tolerance);
}

static bool fits(const struct grip_lines *l, const struct grip *g, double tolerance) {
  for (int side = 0; side < 2; side++) {
    double out = side == 0 ? -1 : 1;
    struct outline path = finger_path(l->hand, g->contact[side], out * g->along[0], out * g->along[1], tolerance);
    if (l->room->pocket && !outline_holds(l->room->pocket, &path)) return false;
    for (int i = 0; i < l->room->neighbours; i++)
      if (outlines_overlap(&path, &l->room->neighbour[i])) return false;
  }
  return true;
}

// The place of a tolerance among those that are remembered; the first is given up when there are too many.
static int room_of(struct grip_lines *l, double tolerance) {
  for (int i = 0; i < l->rooms; i++)
    if (l->tolerance[i] == tolerance) return i;
  int place = l->rooms < GRIP_ROOMS ? l->rooms++ : 0;
  l->tolerance[place] = tolerance;
  for (int i = 0; i < l->count; i++) l->line[i].asked &= (uint8_t)~(1u << place);
  return place;
}

static bool has_room(const struct grip_lines *l, struct grip_line *n, int place) {
  uint8_t bit = (uint8_t)(1u << place);
  if (!(n->asked & bit)) {
    n->asked |= bit;
    n->has = (uint8_t)(fits(l, &n->grip, l->tolerance[place]) ? n->has | bit : n->has & ~bit);
  }
  return (n->has & bit) != 0;
}

static double force_of(const struct grip_lines *l, const struct grip *g, struct grip_load load, double margin, double friction) {
  // the centre of mass hangs beside the closing line by `arm`
  double x = l->outline.middle[0] - g->contact[0][0], y = l->outline.middle[1] - g->contact[0][1];
  double arm = fabs(g->along[0] * y - g->along[1] * x);
  load.arm = arm < 1e-9 * l->outline.radius ? 0 : arm;
  double above = grip_above(l->part, l->hand);
  if (above > 0) load.arm = m_sqrt(load.arm * load.arm + above * above);
  return margin * grip_force(&load, &(struct grip_contact){friction, l->hand->patch, 2});
}

static enum grip_fault judge(const struct grip_lines *l, const struct grip_wish *wish, const struct grip_load *load, int place, struct grip_line *n) {
  struct grip *g = &n->grip;
  if (g->width + 2 * wish->tolerance > l->hand->opening) return GRIP_WIDE;
  if (!has_room(l, n, place)) return GRIP_CROWDED;
  // the friction that the slant leaves over
  g->force = force_of(l, g, *load, wish->margin, m_sqrt(l->part->mu * l->part->mu * n->cosine * n->cosine - n->sine * n->sine));
  if (l->part->force_max > 0 && g->force > l->part->force_max) return GRIP_FRAGILE;
  if (g->force > l->hand->force_max) return GRIP_HEAVY;
  double up = l->hand->length + l->hand->palm;
  struct v3 wrist = v3((g->contact[0][0] + g->contact[1][0]) / 2, (g->contact[0][1] + g->contact[1][1]) / 2, g->height + up);
  return v3_norm(v3_sub(wrist, wish->shoulder)) > wish->reach ? GRIP_FAR : GRIP_OK;
}

// False: on the boundary of force closure.
static bool closes(const struct grip_lines *l, struct grip_line *n) {
  if (n->closed != LINE_NEW) return n->closed == LINE_CLOSED;
  struct planar_contact c[2];
  for (int i = 0; i < 2; i++) {
    c[i] = (struct planar_contact){.n = {n->normal[i][0], n->normal[i][1]}, .mu = l->part->mu};
    for (int k = 0; k < 2; k++) c[i].p[k] = (n->grip.contact[i][k] - l->outline.middle[k]) / l->outline.radius;
  }
  bool closed = grasp_planar_sum(c, 2, &n->grip.quality);
  n->closed = closed ? LINE_CLOSED : LINE_OPEN;
  n->grip.slant = m_atan2(n->sine, n->cosine);
  return closed;
}

static bool better(const struct grip *a, const struct grip *b) {
  // of equal quality but for rounding, the lighter touch
  if (fabs(a->quality - b->quality) > 1e-9) return a->quality > b->quality;
  return a->force < b->force * (1 - 1e-9);
}

// The closing line from a to b, with inward normals there, where friction holds it.
static void consider(struct grip_lines *l, const double *a, const double *b, const double *normal_a, const double *normal_b) {
  assert(l->count < GRIP_LINES_MAX);
  struct grip_line *n = &l->line[l->count];
  double x = b[0] - a[0], y = b[1] - a[1], width = m_sqrt(x * x + y * y);
  if (!(width > 0)) return;
  *n = (struct grip_line){.grip = {.contact = {{a[0], a[1]}, {b[0], b[1]}}, .along = {x / width, y / width}, .height = l->height, .width = width},
                          .normal = {{normal_a[0], normal_a[1]}, {normal_b[0], normal_b[1]}}};
  const double *along = n->grip.along;
  n->sine = fabs(along[0] * normal_a[1] - along[1] * normal_a[0]), n->cosine = along[0] * normal_a[0] + along[1] * normal_a[1];
  l->count += n->sine < l->part->mu * n->cosine;
}

// ---- candidates -----------------------------------------------------------------------------------------------------

static void round_lines(struct grip_lines *l) {
  for (int i = 0; i < ROUND_LINES; i++) {
    double sine, cosine, r = l->outline.radius;
    m_sincos(M_PI_D * i / ROUND_LINES, &sine, &cosine);
    const double *m = l->outline.middle;
    consider(l, (double[]){m[0] - r * cosine, m[1] - r * sine}, (double[]){m[0] + r * cosine, m[1] + r * sine}, (double[]){cosine, sine}, (double[]){-cosine, -sine});
  }
}

struct side { const double *from, *to; double normal[2]; };

static struct side side_of(const struct outline *o, int i) {
  struct side a = {o->corner[i], o->corner[(i + 1) % o->corners], {0, 0}};
  double x = a.to[0] - a.from[0], y = a.to[1] - a.from[1], length = m_sqrt(x * x + y * y);
  a.normal[0] = -y / length, a.normal[1] = x / length;
  return a;
}

// Where the line {p : p . t = v} crosses a side, t not across it.
static void cross(const struct side *a, const double *t, double v, double *out) {
  double from = a->from[0] * t[0] + a->from[1] * t[1], to = a->to[0] * t[0] + a->to[1] * t[1], share = (v - from) / (to - from);
  for (int k = 0; k < 2; k++) out[k] = a->from[k] + share * (a->to[k] - a->from[k]);
}

static void span(const struct side *a, const double *t, double *low, double *high) {
  double from = a->from[0] * t[0] + a->from[1] * t[1], to = a->to[0] * t[0] + a->to[1] * t[1];
  *low = fmax(*low, fmin(from, to));
  *high = fmin(*high, fmax(from, to));
}

static void side_pair(struct grip_lines *l, const struct side *a, const struct side *b) {
  // along the closing line both normals lie at the same angle; t is across it
  double x = a->normal[0] - b->normal[0], y = a->normal[1] - b->normal[1], length = m_sqrt(x * x + y * y);
  if (a->normal[0] * b->normal[0] + a->normal[1] * b->normal[1] >= 0) return;
  double t[2] = {-y / length, x / length}, low = -INFINITY, high = INFINITY;
  span(a, t, &low, &high);
  span(b, t, &low, &high);
  double tip = l->hand->patch;                              // the whole contact on both sides
  low += tip, high -= tip;
  if (!(low <= high)) return;
  double mass = l->outline.middle[0] * t[0] + l->outline.middle[1] * t[1] + l->room->aside;
  const double at[5] = {fmin(fmax(mass, low), high), low, low + (high - low) / 4, low + (high - low) / 2, high - (high - low) / 4};
  for (int i = 0; i < (l->room->aside != 0 ? 1 : 5); i++) {
    double p[2], q[2];
    cross(a, t, at[i], p);
    cross(b, t, at[i], q);
    consider(l, p, q, a->normal, b->normal);
  }
}

// ---- the plan -------------------------------------------------------------------------------------------------------

// Half way up, or as far down as the fingers come, or at the fingertips that stand on the floor. A sphere is held at its widest.
static enum grip_fault contact_height(const struct grip_part *part, const struct grip_hand *hand, double *height) {
  double full = part->shape == PART_SPHERE ? part->size[0] : part->size[2], at = full / 2;
  if (hand->rests > 0 && part->shape != PART_SPHERE) {
    *height = hand->rests;
    return full < hand->rests ? GRIP_SHALLOW : GRIP_OK;
  }
  if (full < 2 * hand->patch) return GRIP_SHALLOW;
  if (full - at > hand->length) {
    if (part->shape == PART_SPHERE || hand->length < hand->patch) return GRIP_DEEP;
    at = full - hand->length;
  }
  *height = at;
  return GRIP_OK;
}

void grip_lines_find(struct grip_lines *l, const struct grip_part *part, const struct grip_pose *pose, const struct grip_hand *hand, const struct grip_room *room) {
  l->part = part, l->hand = hand, l->room = room;
  l->outline = grip_outline(part, pose);
  l->rooms = l->count = 0;
  l->why = contact_height(part, hand, &l->height);
  if (l->why != GRIP_OK) return;
  l->why = GRIP_SLIPPERY;
  l->height += pose->floor;
  if (l->outline.corners == 0) round_lines(l);
  for (int i = 0; i < l->outline.corners; i++)
    for (int j = i + 1; j < l->outline.corners; j++) {
      struct side a = side_of(&l->outline, i), b = side_of(&l->outline, j);
      side_pair(l, &a, &b);
    }
}

int grip_lines_judge(struct grip_lines *l, const struct grip_wish *wish, struct grip *out, int most, enum grip_fault *why) {
  const struct grip_load load = grip_load_lift(l->part->mass, wish->up, wish->sideways);
  int count = 0, place = room_of(l, wish->tolerance);
  *why = l->why;                    // the farthest that any line comes
  for (int i = 0; i < l->count; i++) {
    struct grip_line *n = &l->line[i];
    enum grip_fault fault = judge(l, wish, &load, place, n);
    if (fault > *why) *why = fault;
    if (fault != GRIP_OK || !closes(l, n)) continue;
    int at = count < most ? count++ : most;                 // most: behind the last
    while (at > 0 && better(&n->grip, &out[at - 1])) {
      if (at < most) out[at] = out[at - 1];
      at--;
    }
    if (at < most) out[at] = n->grip;
  }
  if (count > 0) *why = GRIP_OK;
  return count;
}

int grip_plan(const struct grip_part *part, const struct grip_pose *pose, const struct grip_hand *hand, const struct grip_room *room,
              const struct grip_wish *wish, struct grip *out, int most, enum grip_fault *why) {
  struct grip_lines l;
  grip_lines_find(&l, part, pose, hand, room);
  return grip_lines_judge(&l, wish, out, most, why);
}
