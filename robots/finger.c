#include "robots/finger.h"

#include <math.h>

#define STEPS 32                    // of closing that are looked at; in between across goes straight, within 0.1 mm

// One finger: where its end is when it is straight, how far its pad must come across, and how far it has come.
struct closing { struct v3 straight; double need, before, share; bool there; };

struct fingers { const struct hand *hand; const struct robot_model *m; int palm; struct closing digit[HAND_FINGERS_MAX]; };

// Every body with all fingers bent by a share.
static void bend(const struct fingers *d, const struct reach_pose *pose, double share, struct body_motion *b) {
  struct base_motion base = {.position = pose->root, .orientation = {1, 0, 0, 0}};
  double q[ROBOT_JOINTS_MAX];
  for (int j = 0; j < d->m->joint_count; j++) q[j] = pose->q[j];
  for (int i = 0; i < d->hand->fingers; i++) q[d->hand->finger[i]] = d->hand->swings[i] ? 0 : share * d->hand->closed[i];
  for (int i = 0; i < d->hand->fingers; i++) {
    const struct robot_joint *k = &d->m->joint[d->hand->finger[i]];
    if (k->mimic >= 0) q[d->hand->finger[i]] = k->mimic_factor * q[k->mimic] + k->mimic_offset;
  }
  robot_forward(d->m, &base, q, NULL, b);
}

static void set_need(struct fingers *d, const struct body_motion *b, int k, double need) {
  d->digit[k] = (struct closing){.straight = hand_link_end(d->m, b, d->hand->digit[k].end + 1), .need = need, .share = need <= 0 ? 0 : 1, .there = need <= 0};
}

// Of both hands: beneath the part; the thumb stays beside it.
static void find_ledge(struct fingers *d, const struct body_motion *b, double gap) {
  for (int k = 0; k < d->hand->digits; k++) set_need(d, b, k, k == d->hand->thumb ? 0 : HANDLING_LEDGE - gap);
}

// How far each must come: from half the opening to the part's side on its line.
static void find_needs(struct fingers *d, const struct body_motion *b, const struct handling *h, const struct grip_part *part, struct v3 point, struct v3 close, double gap) {
  struct outline o = grip_outline(part, &(struct grip_pose){0, 0, 0, h->yaw});
  const double *a = h->grip.along, half = d->hand->grip.opening / 2;
  struct v3 across = v3_cross(close, point);
  double way = close.x * a[0] + close.y * a[1] >= 0 ? 1 : -1, middle[2];
  for (int k = 0; k < 2; k++) middle[k] = (h->grip.contact[0][k] + h->grip.contact[1][k]) / 2;
  for (int k = 0; k < d->hand->digits; k++) {
    struct v3 off = v3_sub(b[d->hand->digit[k].root + 1].position, b[d->palm].position);
    double aside = way * v3_dot(off, across), on[2] = {middle[0] - aside * a[1], middle[1] + aside * a[0]}, side = h->grip.width / 2;
    struct outline_chord c;
    if (outline_chord(&o, on, a, &c)) {
      double t[2];
      for (int i = 0; i < 2; i++) t[i] = way * ((c.point[i][0] - middle[0]) * a[0] + (c.point[i][1] - middle[1]) * a[1]);
      side = k == d->hand->thumb ? fmax(t[0], t[1]) : -fmin(t[0], t[1]);
    }
    set_need(d, b, k, half - side - gap);
  }
}

void finger_bends(const struct reacher *r, const struct handling *h, enum side side, const struct grip_part *part, const struct reach_pose *pose, double gap, double share[HAND_FINGERS_MAX]) {
  struct fingers d = {.hand = &r->hand[side], .m = r->humanoid->model, .palm = r->humanoid->arm[side].body};
  struct body_motion b[ROBOT_JOINTS_MAX + 1];
  // hand.h gives directions as they are when every joint is at 0
  bend(&d, &(struct reach_pose){.root = pose->root}, 0, b);
  const struct m3 zero = b[d.palm].rotation;
  bend(&d, pose, 0, b);
  struct v3 close = m3_apply(&b[d.palm].rotation, m3_apply_inverse(&zero, d.hand->close)), point = m3_apply(&b[d.palm].rotation, m3_apply_inverse(&zero, d.hand->point));
  if (h->both) find_ledge(&d, b, gap); else find_needs(&d, b, h, part, point, close, gap);
  for (int i = 1; i <= STEPS; i++) {
    bend(&d, pose, (double)i / STEPS, b);
    for (int k = 0; k < d.hand->digits; k++) {
      struct closing *x = &d.digit[k];
      double across = fabs(v3_dot(v3_sub(hand_link_end(d.m, b, d.hand->digit[k].end + 1), x->straight), close));
      if (!x->there && across >= x->need) x->share = (i - 1 + (x->need - x->before) / (across - x->before)) / STEPS, x->there = true;
      x->before = across;
    }
  }
  for (int i = 0; i < d.hand->fingers; i++) share[i] = d.hand->swings[i] ? 0 : d.digit[d.hand->of[i]].share;
}
