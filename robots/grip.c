#include "robots/grip.h"

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

struct search {
  const struct grip_part *part;
  const struct grip_hand *hand;
  const struct grip_room *room;
  const struct grip_wish *wish;
  struct outline          outline;
  double                  height;             // of the contacts
  struct grip            *out;
  int                     most, count;
  enum grip_fault         why;                // the farthest that any candidate came
};

// ---- one candidate --------------------------------------------------------------------------------------------------

// What a finger takes in plan: it comes down open by the tolerance and closes to the contact, and may be off by the tolerance.
static struct outline finger_path(const struct search *s, const double *contact, double ux, double uy) {
  double deep = s->hand->thickness + 2 * s->wish->tolerance;
  return outline_block(contact[0] + ux * deep / 2, contact[1] + uy * deep / 2, ux, uy, deep, s->hand->width + 2 * s->wish->tolerance);
}

static bool has_room(const struct search *s, const struct grip *g) {
  for (int side = 0; side < 2; side++) {
    double out = side == 0 ? -1 : 1;
    struct outline path = finger_path(s, g->contact[side], out * g->along[0], out * g->along[1]);
    if (s->room->pocket && !outline_holds(s->room->pocket, &path)) return false;
    for (int i = 0; i < s->room->neighbours; i++)
      if (outlines_overlap(&path, &s->room->neighbour[i])) return false;
  }
  return true;
}

static double force_of(const struct search *s, const struct grip *g, double friction) {
  // the centre of mass hangs beside the closing line by `arm`
  double x = s->outline.middle[0] - g->contact[0][0], y = s->outline.middle[1] - g->contact[0][1];
  double arm = fabs(g->along[0] * y - g->along[1] * x);
  struct grip_load load = grip_load_lift(s->part->mass, s->wish->up, s->wish->sideways);
  load.arm = arm < 1e-9 * s->outline.radius ? 0 : arm;
  return s->wish->margin * grip_force(&load, &(struct grip_contact){friction, s->hand->patch, 2});
}

// friction2: the square of the friction that the slant leaves over
static enum grip_fault judge(const struct search *s, struct grip *g, double friction2) {
  if (g->width + 2 * s->wish->tolerance > s->hand->opening) return GRIP_WIDE;
  if (!has_room(s, g)) return GRIP_CROWDED;
  g->force = force_of(s, g, m_sqrt(friction2));
  if (s->part->force_max > 0 && g->force > s->part->force_max) return GRIP_FRAGILE;
  if (g->force > s->hand->force_max) return GRIP_HEAVY;
  double up = s->hand->length + s->hand->palm;
  struct v3 wrist = v3((g->contact[0][0] + g->contact[1][0]) / 2, (g->contact[0][1] + g->contact[1][1]) / 2, g->height + up);
  return v3_norm(v3_sub(wrist, s->wish->shoulder)) > s->wish->reach ? GRIP_FAR : GRIP_OK;
}

static bool better(const struct grip *a, const struct grip *b) {
  // of equal quality but for rounding, the lighter touch
  if (fabs(a->quality - b->quality) > 1e-9) return a->quality > b->quality;
  return a->force < b->force * (1 - 1e-9);
}

// The closing line from a to b, with inward normals there.
static void consider(struct search *s, const double *a, const double *b, const double *normal_a, const double *normal_b) {
  struct grip g = {.contact = {{a[0], a[1]}, {b[0], b[1]}}, .height = s->height};
  double x = b[0] - a[0], y = b[1] - a[1];
  g.width = m_sqrt(x * x + y * y);
  if (!(g.width > 0)) return;
  g.along[0] = x / g.width, g.along[1] = y / g.width;
  double sine = fabs(g.along[0] * normal_a[1] - g.along[1] * normal_a[0]), cosine = g.along[0] * normal_a[0] + g.along[1] * normal_a[1];
  if (!(sine < s->part->mu * cosine)) return;
  struct planar_contact c[2] = {{.n = {normal_a[0], normal_a[1]}, .mu = s->part->mu}, {.n = {normal_b[0], normal_b[1]}, .mu = s->part->mu}};
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < 2; k++) c[i].p[k] = (g.contact[i][k] - s->outline.middle[k]) / s->outline.radius;
  enum grip_fault why = judge(s, &g, s->part->mu * s->part->mu * cosine * cosine - sine * sine);
  if (why != GRIP_OK) {
    s->why = why > s->why ? why : s->why;
    return;
  }
  struct grasp_quality q = grasp_planar(c, 2);
  if (!q.closed) return;                                    // on the boundary
  g.slant = m_atan2(sine, cosine);
  g.quality = q.epsilon_sum;
  int at = s->count < s->most ? s->count++ : s->most;       // most: behind the last
  while (at > 0 && better(&g, &s->out[at - 1])) {
    if (at < s->most) s->out[at] = s->out[at - 1];
    at--;
  }
  if (at < s->most) s->out[at] = g;
}

// ---- candidates -----------------------------------------------------------------------------------------------------

static void round_lines(struct search *s) {
  for (int i = 0; i < ROUND_LINES; i++) {
    double sine, cosine, r = s->outline.radius;
    m_sincos(M_PI_D * i / ROUND_LINES, &sine, &cosine);
    const double *m = s->outline.middle;
    consider(s, (double[]){m[0] - r * cosine, m[1] - r * sine}, (double[]){m[0] + r * cosine, m[1] + r * sine}, (double[]){cosine, sine}, (double[]){-cosine, -sine});
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

static void side_pair(struct search *s, const struct side *a, const struct side *b) {
  // along the closing line both normals lie at the same angle; t is across it
  double x = a->normal[0] - b->normal[0], y = a->normal[1] - b->normal[1], length = m_sqrt(x * x + y * y);
  if (a->normal[0] * b->normal[0] + a->normal[1] * b->normal[1] >= 0) return;
  double t[2] = {-y / length, x / length}, low = -INFINITY, high = INFINITY;
  span(a, t, &low, &high);
  span(b, t, &low, &high);
  double tip = s->hand->patch;                              // the whole contact on both sides
  low += tip, high -= tip;
  if (!(low <= high)) return;
  double mass = s->outline.middle[0] * t[0] + s->outline.middle[1] * t[1];
  const double at[5] = {fmin(fmax(mass, low), high), low, low + (high - low) / 4, low + (high - low) / 2, high - (high - low) / 4};
  for (int i = 0; i < 5; i++) {
    double p[2], q[2];
    cross(a, t, at[i], p);
    cross(b, t, at[i], q);
    consider(s, p, q, a->normal, b->normal);
  }
}

// ---- the plan -------------------------------------------------------------------------------------------------------

// Half way up, or as far down as the fingers come. A sphere is held at its widest.
static enum grip_fault contact_height(const struct grip_part *part, const struct grip_hand *hand, double *height) {
  double full = part->shape == PART_SPHERE ? part->size[0] : part->size[2], at = full / 2;
  if (full < 2 * hand->patch) return GRIP_SHALLOW;
  if (full - at > hand->length) {
    if (part->shape == PART_SPHERE || hand->length < hand->patch) return GRIP_DEEP;
    at = full - hand->length;
  }
  *height = at;
  return GRIP_OK;
}

int grip_plan(const struct grip_part *part, const struct grip_pose *pose, const struct grip_hand *hand, const struct grip_room *room,
              const struct grip_wish *wish, struct grip *out, int most, enum grip_fault *why) {
  struct search s = {part, hand, room, wish, grip_outline(part, pose), 0, out, most, 0, GRIP_SLIPPERY};
  *why = contact_height(part, hand, &s.height);
  if (*why != GRIP_OK) return 0;
  s.height += pose->floor;
  if (s.outline.corners == 0) round_lines(&s);
  for (int i = 0; i < s.outline.corners; i++)
    for (int j = i + 1; j < s.outline.corners; j++) {
      struct side a = side_of(&s.outline, i), b = side_of(&s.outline, j);
      side_pair(&s, &a, &b);
    }
  *why = s.count > 0 ? GRIP_OK : s.why;
  return s.count;
}
