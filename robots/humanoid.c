#include "robots/humanoid.h"

#include <stdio.h>
#include <string.h>

#include "robots/leg.h"

#define MIRROR_TOLERANCE 0.1        // of the distance from the root: how far a foot may be from its mirror image

// Where every body is at q = 0, in the root's frame.
struct rest { struct m3 rotation[ROBOT_JOINTS_MAX + 1]; struct v3 position[ROBOT_JOINTS_MAX + 1]; int children[ROBOT_JOINTS_MAX + 1]; };

static void rest_pose(const struct robot_model *m, struct rest *r) {
  memset(r->children, 0, sizeof r->children);
  r->rotation[0] = m3_identity();
  r->position[0] = v3(0, 0, 0);
  for (int i = 0; i < m->joint_count; i++) {
    const struct robot_joint *j = &m->joint[i];
    r->rotation[i + 1] = m3_product(r->rotation[j->parent], j->rotation);
    r->position[i + 1] = v3_add(r->position[j->parent], m3_apply(&r->rotation[j->parent], j->origin));
    r->children[j->parent]++;
  }
}

// Joints from the root to a body, outwards. Returns how many.
static int chain_to(const struct robot_model *m, int body, int *chain) {
  int n = 0;
  for (int b = body; b > 0; b = m->joint[b - 1].parent) n++;
  int at = n;
  for (int b = body; b > 0; b = m->joint[b - 1].parent) chain[--at] = b - 1;
  return n;
}

// How many joints from the root two chains share.
static int shared(const int *a, int n, const int *b, int m) {
  int k = 0;
  while (k < n && k < m && a[k] == b[k]) k++;
  return k;
}

// The leaf that is the mirror image of leaf a, or -1.
static int mirror_leaf(const struct rest *r, int bodies, int a) {
  struct v3 image = v3(r->position[a].x, -r->position[a].y, r->position[a].z);
  double best = MIRROR_TOLERANCE * v3_norm(image);
  int found = -1;
  for (int b = 1; b < bodies; b++) {
    if (b == a || r->children[b] || r->position[b].y * r->position[a].y >= 0) continue;
    double apart = v3_norm(v3_sub(r->position[b], image));
    if (apart < best) best = apart, found = b;
  }
  return found;
}

// The lowest leaf that has a mirror image is a foot, its image the other.
static bool find_feet(const struct robot_model *m, const struct rest *r, int foot[2]) {
  int found = -1, other = -1;
  for (int b = 1; b <= m->joint_count; b++) {
    if (r->children[b]) continue;
    if (found >= 0 && r->position[b].z >= r->position[found].z) continue;
    int image = mirror_leaf(r, m->joint_count + 1, b);
    if (image >= 0) found = b, other = image;
  }
  if (found < 0) return false;
  bool left = r->position[found].y > 0;
  foot[LEFT] = left ? found : other;
  foot[RIGHT] = left ? other : found;
  return true;
}

static bool set_limb(struct limb *l, const int *chain, int from, int to, int body) {
  if (to - from > LIMB_JOINTS_MAX) return false;
  l->count = to - from;
  for (int i = from; i < to; i++) l->joint[i - from] = chain[i];
  l->body = body;
  return true;
}

// Arms: the deepest leaf on either side that is no leg's; the hand is the first body that branches (fingers), or the leaf.
static void find_arms(struct humanoid *h, const struct rest *r) {
  const struct robot_model *m = h->model;
  int chain[2][ROBOT_JOINTS_MAX], count[2] = {0, 0}, walk[ROBOT_JOINTS_MAX];
  for (int b = 1; b <= m->joint_count; b++) {
    if (r->children[b] || b == h->leg[LEFT].body || b == h->leg[RIGHT].body) continue;
    int n = chain_to(m, b, walk);

    // a joint of a leg on the way: a toe, no arm
    bool leg = false;
    for (int k = 0; k < n; k++)
      for (int s = 0; s < 2; s++)
        for (int i = 0; i < h->leg[s].count; i++) leg |= walk[k] == h->leg[s].joint[i];
    int side = r->position[b].y > 0 ? LEFT : RIGHT;
    double out = r->position[b].y < 0 ? -r->position[b].y : r->position[b].y;
    if (leg || out < h->hip_half / 2 || n <= count[side]) continue;
    memcpy(chain[side], walk, sizeof *walk * (size_t)n);
    count[side] = n;
  }
  if (!count[LEFT] || !count[RIGHT]) return;
  int both = shared(chain[LEFT], count[LEFT], chain[RIGHT], count[RIGHT]);
  if (count[LEFT] - both < 2 || count[RIGHT] - both < 2) return;
  for (int s = 0; s < 2; s++) {
    int to = both + 1;
    while (to < count[s] && r->children[chain[s][to - 1] + 1] < 2) to++;
    if (!set_limb(&h->arm[s], chain[s], both, to, chain[s][to - 1] + 1)) h->arm[s].count = 0;
  }
  if (!h->arm[LEFT].count || !h->arm[RIGHT].count) { h->arm[LEFT].count = h->arm[RIGHT].count = 0; return; }

  // what both arms share and the legs do not
  int leg[ROBOT_JOINTS_MAX], n = chain_to(m, h->leg[LEFT].body, leg), from = shared(chain[LEFT], both, leg, n);
  for (int i = from; i < both && h->waist_count < LIMB_JOINTS_MAX; i++) h->waist[h->waist_count++] = chain[LEFT][i];
}

// A person's sole: lengths as shares of body height, itself from the leg's length (Winter 2009, fig. 4.1: trochanter .530,
// ankle .039, foot length .152, breadth .055 of height). Where the ankle sits along the foot is a guess.
static struct sole sole_of_leg(double reach) {
  double height = reach / (0.530 - 0.039), foot = 0.152 * height;
  return (struct sole){.heel = -0.27 * foot, .ball = 0.50 * foot, .toe = 0.73 * foot,
                       .inner = 0.0275 * height, .outer = 0.0275 * height, .height = 0.039 * height};
}

enum status humanoid_find(struct humanoid *h, const struct robot_model *m, const char *const feet[2], const struct sole *sole, struct error *e) {
  struct rest r;
  int foot[2], chain[2][ROBOT_JOINTS_MAX], count[2];
  memset(h, 0, sizeof *h);
  h->model = m;
  rest_pose(m, &r);
  if (feet) {
    for (int s = 0; s < 2; s++) {
      int link = robot_model_link(m, feet[s]);
      if (link < 0) return error_at(e, STATUS_REF, m->name, 0, 0, "feet: no link is called %s", feet[s]);
      foot[s] = m->link[link].body;
    }
  } else if (!find_feet(m, &r, foot)) {
    return error_at(e, STATUS_REF, m->name, 0, 0, "no two legs: no two ends of the tree are each other's mirror image");
  }
  for (int s = 0; s < 2; s++) count[s] = chain_to(m, foot[s], chain[s]);
  int both = shared(chain[LEFT], count[LEFT], chain[RIGHT], count[RIGHT]);
  for (int s = 0; s < 2; s++) {
    if (count[s] - both < 4)
      return error_at(e, STATUS_REF, m->name, 0, 0, "no two legs: a leg has at least 4 joints of its own, this one %d", count[s] - both);
    if (!set_limb(&h->leg[s], chain[s], both, count[s], foot[s]))
      return error_at(e, STATUS_LIMIT, m->name, 0, 0, "a leg of %d joints; at most %d", count[s] - both, LIMB_JOINTS_MAX);
    h->foot_frame[s] = m3_transpose(r.rotation[foot[s]]);
  }

  struct leg leg[2];
  for (int s = 0; s < 2; s++) leg_init(&leg[s], h, s);
  h->closed_form = leg[LEFT].closed_form && leg[RIGHT].closed_form;
  h->hip_half = (leg[LEFT].hip.y - leg[RIGHT].hip.y) / 2;
  if (h->hip_half <= 0) return error_at(e, STATUS_REF, m->name, 0, 0, "the left hip is not to the left: x must be ahead, y left, z up at q = 0");
  if (h->closed_form) h->thigh = leg[LEFT].thigh, h->shank = leg[LEFT].shank;
  h->sole = sole ? *sole : sole_of_leg(leg[LEFT].reach);
  h->leg_length = leg[LEFT].reach + h->sole.height;
  find_arms(h, &r);
  return STATUS_OK;
}
