#include "app/limbs.h"

#include <math.h>
#include <string.h>

#include "robots/handling.h"

#define AT_LIMIT  0.02              // rad or m from the end of a joint's range that counts as at it
#define BEHIND    2.1               // rad  of the outermost direction that is tried, from ahead
#define HALVINGS  6

// ---- reach ----------------------------------------------------------------------------------------------

static bool comes_to(const struct reacher *r, const struct reach_pose *start, const double foot[2], enum side s, struct v3 p) {
  struct reach_pose at;
  struct reach_wish w = {.foot = {foot[0], foot[1]}};
  w.use[s] = true;
  w.goal[s] = (struct reach_goal){p, reach_approach(r, p.z), v3(0, 0, 0)};
  return reach_solve(r, &w, start, &at);
}

// m from the middle in direction (c, s), inwards until a hand gets there, then the edge.
static double farthest(const struct reacher *r, const struct reach_pose *start, const double foot[2], enum side side, double c, double s, double z) {
  double step = 0.08, x = r->shoulder;
  while (x > 0.15 && !comes_to(r, start, foot, side, v3(c * x, s * x, z))) x -= step;
  if (x <= 0.15) return 0;
  double low = x, high = x + step;
  for (int i = 0; i < HALVINGS; i++) {
    double middle = (low + high) / 2;
    if (comes_to(r, start, foot, side, v3(c * middle, s * middle, z))) low = middle;
    else high = middle;
  }
  return low;
}

static double direction(int k) { return BEHIND * (2.0 * k / (LIMBS_ROUND - 1) - 1); }

static void find_reach(struct limbs_of *l, const struct reacher *r) {
  struct reach_pose start;
  double foot[2];
  if (reach_standing(r, 0, &start, foot, NULL) != STATUS_OK) return;
  l->reaches = true;
  for (int k = 0; k < LIMBS_HEIGHTS; k++) l->ahead[k] = handling_reach(r, 2.0 * k / (LIMBS_HEIGHTS - 1), false, 0, 0);
  for (int k = 0; k < LIMBS_ROUND; k++) {
    double a = direction(k);
    enum side near = a > 0 ? LEFT : RIGHT;
    l->around[k] = farthest(r, &start, foot, near, cos(a), sin(a), LIMBS_BENCH);
  }
}

void limbs_of_make(struct limbs_of *l, struct kind *k) {
  struct body_motion bodies[ROBOT_JOINTS_MAX + 1];
  struct base_motion base = {.orientation = {1, 0, 0, 0}};
  double zero[ROBOT_JOINTS_MAX] = {0};
  *l = (struct limbs_of){0};
  robot_forward(&k->model, &base, zero, NULL, bodies);
  for (int s = 0; s < 2; s++) {
    const struct limb *arm = &k->humanoid.arm[s];
    if (arm->count == 0) return;
    l->rest[s] = bodies[arm->body].rotation;
    hand_find(&l->hand[s], &k->humanoid, &k->spec, (enum side)s);
  }
  if (reacher_make(&k->reacher, &k->humanoid, &k->spec, NULL) == STATUS_OK) find_reach(l, &k->reacher);
}

static void put_numbers(struct json *out, const char *key, const double *v, int n) {
  json_key(out, key);
  json_list(out);
  for (int i = 0; i < n; i++) json_number(out, rint(v[i] * 1000) / 1000);
  json_list_end(out);
}

void limbs_of_plan(const struct limbs_of *l, const struct kind *k, const struct figure *f, int points, struct json *out) {
  double peak[SKELETON_POINTS], around[2 * LIMBS_ROUND], ahead[2 * LIMBS_HEIGHTS];
  for (int i = 0; i < points; i++) peak[i] = f->joint[i] >= 0 && k->spec.drive[f->joint[i]] >= 0 ? k->spec.actuator[f->joint[i]].torque_peak : 0;
  put_numbers(out, "peaks", peak, points);
  if (!l->reaches) return;
  for (int i = 0; i < LIMBS_HEIGHTS; i++) {
    ahead[2 * i] = l->ahead[i];
    ahead[2 * i + 1] = 2.0 * i / (LIMBS_HEIGHTS - 1);
  }
  for (int i = 0; i < LIMBS_ROUND; i++) {
    around[2 * i] = l->around[i] * cos(direction(i));
    around[2 * i + 1] = l->around[i] * sin(direction(i));
  }
  json_key(out, "reach");
  json_object(out);
  json_key(out, "height");
  json_number(out, LIMBS_BENCH);
  put_numbers(out, "ahead", ahead, 2 * LIMBS_HEIGHTS);
  put_numbers(out, "around", around, 2 * LIMBS_ROUND);
  json_object_end(out);
}

// ---- what it holds --------------------------------------------------------------------------------------

int16_t limbs_mm(double m) {
  double mm = m * 1000;
  return (int16_t)(mm > 32767 ? 32767 : mm < -32767 ? -32767 : lrint(mm));
}

static void put_contact(struct frame_limbs *out, struct v3 at, struct v3 normal, double mu, double force, enum side hand) {
  const double n[3] = {normal.x, normal.y, normal.z};
  struct limb_contact *c = &out->contact[out->contacts++];
  *c = (struct limb_contact){.at = {limbs_mm(at.x), limbs_mm(at.y), limbs_mm(at.z)}, .mu = (uint8_t)(mu > 2.55 ? 255 : mu < 0 ? 0 : lrint(mu * 100)),
                             .force = (uint16_t)(force > 6553 ? 65535 : force < 0 ? 0 : lrint(force * 10)), .hand = hand == LEFT ? 1 : 2};
  for (int k = 0; k < 3; k++) c->normal[k] = (int8_t)lrint(n[k] * 127);
}

static uint16_t turn_of(double angle) {
  double turns = angle / (2 * M_PI_D);
  return (uint16_t)((int64_t)lrint((turns - floor(turns)) * 65536) & 65535);
}

static void put_part(struct frame_limbs *out, const struct body_grip *g, struct v3 middle, double yaw) {
  out->part[0] = limbs_mm(middle.x);
  out->part[1] = limbs_mm(middle.y);
  out->part[2] = limbs_mm(middle.z);
  for (int k = 0; k < 3; k++) out->size[k] = limbs_mm(g->size[k]);
  out->yaw = turn_of(yaw);
}

// A hand's direction in the hall.
static struct v3 pointed(const struct limbs_of *l, const struct kind *k, const struct body_motion *bodies, int s, struct v3 d) {
  struct m3 back = m3_transpose(l->rest[s]);
  return m3_apply(&bodies[k->humanoid.arm[s].body].rotation, m3_apply(&back, d));
}

bool limbs_of_hands(const struct limbs_of *l, const struct kind *k, const struct body_motion *bodies, struct v3 out[2]) {
  if (!k->humanoid.arm[LEFT].count || !k->humanoid.arm[RIGHT].count) return false;
  for (int s = 0; s < 2; s++) out[s] = v3_add(bodies[k->humanoid.arm[s].body].position, pointed(l, k, bodies, s, l->hand[s].tool));
  return true;
}

static void hold(const struct limbs_of *l, const struct kind *k, const struct body_view *v, const struct body_motion *bodies, double x, double y, struct frame_limbs *out) {
  struct v3 at[2];
  const struct body_grip *g = &v->grip;
  if (!limbs_of_hands(l, k, bodies, at)) return;
  for (int s = 0; s < 2; s++) at[s] = v3_sub(at[s], v3(x, y, 0));
  if (g->both) {
    // fingers beneath, a hand at each side: what each bears is weight
    double ledge = 0.5 * HANDLING_LEDGE < g->size[2] / 2 ? 0.5 * HANDLING_LEDGE : g->size[2] / 2;
    struct v3 across = v3_sub(at[LEFT], at[RIGHT]), middle = v3_scale(v3_add(at[LEFT], at[RIGHT]), 0.5);
    for (int s = 0; s < 2; s++) put_contact(out, at[s], v3(0, 0, 1), g->mu, g->force, (enum side)s);
    middle.z += g->size[2] / 2 - ledge;
    put_part(out, g, middle, atan2(across.y, across.x) - M_PI_D / 2);
    return;
  }
  struct v3 p = at[g->side], c = pointed(l, k, bodies, g->side, l->hand[g->side].close);
  for (int side = -1; side <= 1; side += 2) put_contact(out, v3_add(p, v3_scale(c, side * g->width / 2)), v3_scale(c, -side), g->mu, g->force, g->side);
  out->width = (uint16_t)(g->width > 6.5 ? 65535 : lrint(g->width * 10000));
  out->quality = (uint16_t)(g->quality > 6.5 ? 65535 : g->quality > 0 ? lrint(g->quality * 10000) : 0);
  put_part(out, g, v3_add(p, v3(0, 0, g->size[2] / 2 - g->height)), atan2(c.y, c.x) - g->along);
}

void limbs_of_body(const struct limbs_of *l, const struct kind *k, const struct figure *f, const struct body_view *v, const struct body_motion *bodies, double x, double y,
                   const struct frame_body *body, struct frame_limbs *out) {
  *out = (struct frame_limbs){.id = body->id, .points = body->points};
  for (int i = 0; i < out->points; i++) {
    int j = f->joint[i];
    if (j < 0 || !f->shape.point[i].driven) continue;
    const struct robot_joint *joint = &k->model.joint[j];
    out->limit[i] = (uint8_t)((v->q[j] < joint->lower + AT_LIMIT ? LIMB_LOW : 0) | (v->q[j] > joint->upper - AT_LIMIT ? LIMB_HIGH : 0) | (v->load[j] >= 1 ? LIMB_TORQUE : 0) |
                              (v->load[j] >= 0 && v->heat[j] > k->spec.actuator[j].winding_limit ? LIMB_HEAT : 0));
  }
  if (v->holds) hold(l, k, v, bodies, x, y, out);
}
