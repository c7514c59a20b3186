#include "robots/walk_body.h"

enum status walk_body_find(struct walk_body *b, const struct gait_library *l, double load, enum load_pose pose, struct error *e) {
  enum status status = posture_load(&b->model, l->humanoid, load, e);
  if (status) return status;
  posture_find(&b->posture, l->humanoid, pose);
  status = stand_find(&b->stand, l->humanoid, &b->model, &b->posture, e);
  if (status) posture_load_finish(&b->model);
  return status;
}

void walk_body_finish(struct walk_body *b) { posture_load_finish(&b->model); }

enum status walk_footsteps(struct step_plan *p, const struct walk_targets *t, const struct gait_library *l, const struct stand *stand,
                      double speed, double load, enum load_pose pose, double ready, struct error *e) {
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, speed);
  wish.load = load;
  wish.load_pose = pose;
  return step_plan_make(p, l->humanoid, stand, &wish, t->from, t->first, t->target, t->count, t->pace.speed > 0 ? &t->pace : NULL, ready, e);
}
