#include "viewer/pose.h"

#include <string.h>

#include "base/maths.h"

const struct frame_body *pose_body(const struct picture *p, int row) {
  if (row < 0 || row >= p->robots.n) return NULL;
  for (int i = 0; i < p->bodies.n; i++)
    if (p->bodies.body[i].id == p->robots.id[row]) return &p->bodies.body[i];
  return NULL;
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
