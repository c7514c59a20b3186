// What a walk is planned and solved with: the body with its load, how it stands, footsteps over targets.
#pragma once

#include "robots/library.h"
#include "robots/walk_path.h"

// Everything that a load changes.
struct walk_body { struct robot_model model; struct posture posture; struct stand stand; };

enum status walk_body_find(struct walk_body *b, const struct gait_library *l, double load, enum load_pose pose, struct error *e);
void        walk_body_finish(struct walk_body *b);

// What walk_cost says without what jogs take, which the caller adds for cost->jogs and cost->jogged.
struct walk_cost;
enum status walk_cost_walked(struct walk_cost *c, const struct gait_library *l, const struct walk_route *r, struct error *e);

// Energy of targets and their plan, without a jog: as walk_cost finds it, or by the library's table where walks were fitted. The targets are shortened on the way. Speed, load and tick of the route are read.
enum status walk_steps_energy(double *energy, const struct gait_library *l, struct walk_targets *t, const struct step_plan *p, const struct walk_route *r, struct error *e);

// Footsteps over targets, at least 1. ready: s, of the start; 0: as long as the first steps ask.
enum status walk_footsteps(struct step_plan *p, const struct walk_targets *t, const struct gait_library *l, const struct stand *stand,
                      double speed, double load, enum load_pose pose, double ready, struct error *e);
