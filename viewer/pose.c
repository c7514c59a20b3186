#include "viewer/pose.h"

#include <string.h>

#include "base/maths.h"

_Static_assert(SKELETON_CONTACTS == LIMBS_CONTACTS_MAX, "as many contacts as travel");
_Static_assert((int)AT_LOW == (int)LIMB_LOW && (int)AT_HIGH == (int)LIMB_HIGH && (int)AT_TORQUE == (int)LIMB_TORQUE && (int)AT_HEAT == (int)LIMB_HEAT, "and the same limits");

const struct frame_body *pose_body(const struct picture *p, int row) {
  if (row < 0 || row >= p->robots.n) return NULL;
  for (int i = 0; i < p->bodies.n; i++)
    if (p->bodies.body[i].id == p->robots.id[row]) return &p->bodies.body[i];
  return NULL;
}

const struct frame_limbs *pose_limbs(const struct picture *p, int row) {
  const struct frame_body *b = pose_body(p, row);
  return b && p->bodies.limbs ? &p->bodies.limbs[b - p->bodies.body] : NULL;
}

const struct skeleton *pose_skeleton(const struct plan *plan, const struct picture *p, int row) {
  if (row < 0 || row >= p->robots.n || p->robots.fleet[row] >= plan->fleet_count) return NULL;
  return plan->fleets[p->robots.fleet[row]].skeleton;
}

// mm along the hall's axes -> m in the robot's
static void turn(const int16_t *mm, float s, float c, float out[2]) {
  float x = (float)mm[0] * 0.001f, y = (float)mm[1] * 0.001f;
  out[0] = x * c + y * s;
  out[1] = y * c - x * s;
}

static void turn3(const int16_t mm[3], float s, float c, float out[3]) {
  turn(mm, s, c, out);
  out[2] = (float)mm[2] * 0.001f;
}

bool pose_of_body(const struct skeleton *s, const struct frame_body *b, float heading, struct skeleton_pose *out) {
  if (b->points != s->points) return false;
  double sine, cosine;
  m_sincos((double)heading, &sine, &cosine);
  float sn = (float)sine, cs = (float)cosine;
  memset(out, 0, sizeof *out);
  for (int i = 0; i < s->points; i++) {
    turn3(b->point[i], sn, cs, out->point[i]);
    out->load[i] = b->load[i] == BODY_UNKNOWN ? -1 : (float)b->load[i] * 0.01f;
    out->heat[i] = b->heat[i] == BODY_UNKNOWN ? -300 : (float)b->heat[i];
  }
  for (int k = 0; k < 12; k++) turn3(b->sole[k], sn, cs, out->sole[k / 6][k % 6]);
  out->feet = out->massed = true;
  for (int f = 0; f < 2; f++) out->contact[f] = b->contact >> f & 1;
  out->pressed = b->contact != 0;
  turn3(b->com, sn, cs, out->com);
  turn(b->cop, sn, cs, out->cop);
  out->steps = b->steps < SKELETON_STEPS ? b->steps : SKELETON_STEPS;
  out->ahead = b->ahead < out->steps ? b->ahead : out->steps;
  for (int i = 0; i < out->steps; i++) {
    const int16_t at[2] = {b->step[i].x, b->step[i].y};
    float p[2];
    turn(at, sn, cs, p);
    out->step[i] = (struct skeleton_step){p[0], p[1], (float)b->step[i].heading * (float)(2 * M_PI_D / 65536) - heading, (uint8_t)b->step[i].side};
  }
  return true;
}

void pose_add_limbs(const struct frame_limbs *l, float heading, struct skeleton_pose *out) {
  double sine, cosine;
  m_sincos((double)heading, &sine, &cosine);
  float sn = (float)sine, cs = (float)cosine;
  memcpy(out->limit, l->limit, l->points);
  out->grip_width = (float)l->width * 1e-4f;
  out->grip_quality = (float)l->quality * 1e-4f;
  if (l->size[0] > 0) {
    turn3(l->part, sn, cs, out->box);
    for (int n = 0; n < 3; n++) out->box_size[n] = (float)l->size[n] * 1e-3f;
    out->box_turn = (float)l->yaw * (float)(2 * M_PI_D / 65536) - heading;
  }
  for (out->touches = 0; out->touches < l->contacts; out->touches++) {
    const struct limb_contact *from = &l->contact[out->touches];
    struct skeleton_contact *to = &out->touch[out->touches];
    float x = (float)from->normal[0] / 127, y = (float)from->normal[1] / 127;
    turn3(from->at, sn, cs, to->at);
    to->normal[0] = x * cs + y * sn;
    to->normal[1] = y * cs - x * sn;
    to->normal[2] = (float)from->normal[2] / 127;
    to->mu = (float)from->mu * 0.01f;
    to->force = (float)from->force * 0.1f;
    to->side = from->hand;
  }
}
