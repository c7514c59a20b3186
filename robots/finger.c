#include "robots/finger.h"

#include <math.h>

#define STEPS 32                    // of closing that are looked at; in between across goes straight, within 0.1 mm

// One finger: the joint and body at its root, the body at its end, and how far its pad must come across.
struct digit { int root, end; struct v3 straight; double need, before, share; bool there; };

struct digits { const struct hand *hand; const struct robot_model *m; int palm, count, of[HAND_FINGERS_MAX]; bool swings[HAND_FINGERS_MAX]; struct digit digit[HAND_FINGERS_MAX]; };

static void find_digits(struct digits *d) {
  for (int i = 0; i < d->hand->fingers; i++) {
    int j = d->hand->finger[i], before = -1;
    for (int k = 0; k < i; k++)
      if (d->hand->finger[k] + 1 == d->m->joint[j].parent) before = k;
    d->of[i] = before >= 0 ? d->of[before] : d->count;
    if (before < 0) d->digit[d->count++] = (struct digit){.root = j + 1, .before = 0};
    d->digit[d->of[i]].end = j + 1;
  }
}

// Every body with all fingers bent by a share.
static void bend(const struct digits *d, const struct reach_pose *pose, double share, struct body_motion *b) {
  struct base_motion base = {.position = pose->root, .orientation = {1, 0, 0, 0}};
  double q[ROBOT_JOINTS_MAX];
  for (int j = 0; j < d->m->joint_count; j++) q[j] = pose->q[j];
  for (int i = 0; i < d->hand->fingers; i++) q[d->hand->finger[i]] = d->swings[i] ? 0 : share * d->hand->closed[i];
  for (int i = 0; i < d->hand->fingers; i++) {
    const struct robot_joint *k = &d->m->joint[d->hand->finger[i]];
    if (k->mimic >= 0) q[d->hand->finger[i]] = k->mimic_factor * q[k->mimic] + k->mimic_offset;
  }
  robot_forward(d->m, &base, q, NULL, b);
}

// A link reaches as far beyond its centre of mass as that is from its joint, a guess.
static struct v3 end_of(const struct digits *d, const struct body_motion *b, int body) {
  return v3_add(b[body].position, m3_apply(&b[body].rotation, v3_scale(d->m->body[body].com, 2)));
}

// What turns a finger about itself brings it nowhere across: it stays.
static void find_swings(struct digits *d, const struct body_motion *b, struct v3 point) {
  for (int i = 0; i < d->hand->fingers; i++) {
    const double *r = b[d->hand->finger[i] + 1].rotation.m;
    d->swings[i] = fabs(v3_dot(v3(r[2], r[5], r[8]), point)) > 0.5;
  }
}

// The thumb's root lies nearest to the wrist, a guess.
static int thumb_of(const struct digits *d, const struct body_motion *b, struct v3 point) {
  int thumb = 0;
  for (int k = 1; k < d->count; k++)
    if (v3_dot(v3_sub(b[d->digit[k].root].position, b[d->digit[thumb].root].position), point) < 0) thumb = k;
  return thumb;
}

// How far each must come: from half the opening to the part's side on its line.
static void find_needs(struct digits *d, const struct body_motion *b, const struct handling *h, const struct grip_part *part, struct v3 point, struct v3 close, double gap) {
  struct outline o = grip_outline(part, &(struct grip_pose){0, 0, 0, h->yaw});
  const double *a = h->grip.along, half = d->hand->grip.opening / 2;
  struct v3 across = v3_cross(close, point);
  double way = close.x * a[0] + close.y * a[1] >= 0 ? 1 : -1, middle[2];
  int thumb = thumb_of(d, b, point);
  for (int k = 0; k < 2; k++) middle[k] = (h->grip.contact[0][k] + h->grip.contact[1][k]) / 2;
  for (int k = 0; k < d->count; k++) {
    struct v3 off = v3_sub(b[d->digit[k].root].position, b[d->palm].position);
    double aside = way * v3_dot(off, across), on[2] = {middle[0] - aside * a[1], middle[1] + aside * a[0]}, side = h->grip.width / 2;
    struct outline_chord c;
    if (outline_chord(&o, on, a, &c)) {
      double t[2];
      for (int i = 0; i < 2; i++) t[i] = way * ((c.point[i][0] - middle[0]) * a[0] + (c.point[i][1] - middle[1]) * a[1]);
      side = k == thumb ? fmax(t[0], t[1]) : -fmin(t[0], t[1]);
    }
    d->digit[k].need = half - side - gap;
    d->digit[k].there = d->digit[k].need <= 0;
    d->digit[k].share = d->digit[k].there ? 0 : 1;
    d->digit[k].straight = end_of(d, b, d->digit[k].end);
  }
}

void finger_bends(const struct reacher *r, const struct handling *h, const struct grip_part *part, const struct reach_pose *pose, double gap, double share[HAND_FINGERS_MAX]) {
  struct digits d = {.hand = &r->hand[h->side], .m = r->humanoid->model, .palm = r->humanoid->arm[h->side].body};
  struct body_motion b[ROBOT_JOINTS_MAX + 1];
  find_digits(&d);
  // hand.h gives directions as they are when every joint is at 0
  bend(&d, &(struct reach_pose){.root = pose->root}, 0, b);
  const struct m3 zero = b[d.palm].rotation;
  bend(&d, pose, 0, b);
  struct v3 close = m3_apply(&b[d.palm].rotation, m3_apply_inverse(&zero, d.hand->close)), point = m3_apply(&b[d.palm].rotation, m3_apply_inverse(&zero, d.hand->point));
  find_swings(&d, b, point);
  find_needs(&d, b, h, part, point, close, gap);
  for (int i = 1; i <= STEPS; i++) {
    bend(&d, pose, (double)i / STEPS, b);
    for (int k = 0; k < d.count; k++) {
      struct digit *x = &d.digit[k];
      double across = fabs(v3_dot(v3_sub(end_of(&d, b, x->end), x->straight), close));
      if (!x->there && across >= x->need) x->share = (i - 1 + (x->need - x->before) / (across - x->before)) / STEPS, x->there = true;
      x->before = across;
    }
  }
  for (int i = 0; i < d.hand->fingers; i++) share[i] = d.swings[i] ? 0 : d.digit[d.of[i]].share;
}
