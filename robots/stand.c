#include "robots/stand.h"

#include <string.h>

#include "robots/leg.h"

#define MISS  1e-6                  // m    that a leg may be from its place
#define LOWER 1e-3                  // m    by which the root is lowered at least where a leg misses it
#define ROUNDS 40                   // each brings the centre of mass about three times nearer to its place

enum status stand_find(struct stand *s, const struct humanoid *h, const struct robot_model *model, const struct posture *posture, struct error *e) {
  struct leg leg[2];
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  double beyond = 0, lower = 0;
  memset(s, 0, sizeof *s);
  memcpy(s->q, posture->q, sizeof s->q);
  s->half_width = h->hip_half;
  s->rest = (h->sole.heel + h->sole.ball) / 2;
  for (int i = 0; i < 2; i++) {
    leg_init(&leg[i], h, i);
    for (int k = 0; k < leg[i].chain.count; k++) s->q[leg[i].chain.joint[k]] = leg[i].bent[k];
  }
  for (int round = 0; round < ROUNDS; round++) {
    // as high as the knees' bend says, with the ankles where they are now
    double length = leg_length_bent(&leg[LEFT], leg[LEFT].closed_form ? STAND_KNEE : STAND_KNEE_NUMERIC), along = s->ankle_x - leg[LEFT].hip.x, down = length * length - along * along;
    s->root_height = h->sole.height + m_sqrt(down > 0 ? down : 0) - leg[LEFT].hip.z - lower;
    beyond = 0;
    for (int i = 0; i < 2; i++) {
      double q[LIMB_JOINTS_MAX];
      struct m3 level = m3_identity();
      for (int k = 0; k < leg[i].chain.count; k++) q[k] = s->q[leg[i].chain.joint[k]];
      struct v3 ankle = v3(s->ankle_x, s->ankle_y + (i == LEFT ? s->half_width : -s->half_width), h->sole.height - s->root_height);
      double left = leg_solve(&leg[i], &level, ankle, q);
      if (left > beyond) beyond = left;
      for (int k = 0; k < leg[i].chain.count; k++) s->q[leg[i].chain.joint[k]] = q[k];
    }
    // a leg whose hip axes do not meet is shorter than its knee's bend says
    if (beyond > MISS) lower += beyond > 2 * LOWER ? 0.5 * beyond : LOWER;
    struct base_motion base = {.position = {0, 0, s->root_height}, .orientation = {1, 0, 0, 0}};
    robot_forward(model, &base, s->q, NULL, body);
    struct v3 velocity, com = robot_com(model, body, &velocity);
    s->ankle_x = com.x - s->rest;
    s->ankle_y = com.y;
    s->com_height = com.z;
  }
  if (beyond > MISS)
    return error_at(e, STATUS_RANGE, model->name, 0, 0, "standing: the legs miss the pose by %.3g m", beyond);
  return STATUS_OK;
}
