#include "robots/gait.h"

#include <string.h>

#include "robots/gait_measure.h"
#include "robots/jog.h"
#include "robots/walk.h"

#define LOST   0.03                 // m   centre of pressure from the plan above which there is no walk
#define CLOSE  3e-4                 // m   near enough to the plan
#define PASSES 5                    // corrections after the height is fixed, at most; the error falls to a tenth or less in each

struct gait_wish gait_wish_defaults(enum gait_kind kind, double speed) {
  return (struct gait_wish){.kind = kind, .speed = speed, .friction = 0.6, .foot = FOOT_HEEL_TO_TOE, .samples = 200};
}

static bool between(double x, double low, double high) { return x >= low && x <= high; }

static enum status check_wish(const struct gait_wish *w, const char *name, struct error *e) {
  if (!between(w->speed, -2, 4)) return error_at(e, STATUS_RANGE, name, 0, 0, "speed: %g m/s is not within -2 .. 4 m/s", w->speed);
  if (!between(w->side_speed, -1, 1)) return error_at(e, STATUS_RANGE, name, 0, 0, "side speed: %g m/s is not within -1 .. 1 m/s", w->side_speed);
  if (!between(w->turn_rate, -3, 3)) return error_at(e, STATUS_RANGE, name, 0, 0, "turn rate: %g rad/s is not within -3 .. 3 rad/s", w->turn_rate);
  if (!between(w->load, 0, 200)) return error_at(e, STATUS_RANGE, name, 0, 0, "load: %g kg is not within 0 .. 200 kg", w->load);
  if (!between(w->slope, -0.35, 0.35)) return error_at(e, STATUS_RANGE, name, 0, 0, "slope: %g rad is not within -0.35 .. 0.35 rad", w->slope);
  if (!between(w->friction, 0.01, 10)) return error_at(e, STATUS_RANGE, name, 0, 0, "friction: %g is not within 0.01 .. 10", w->friction);
  if (!between(w->rise, -0.3, 0.3)) return error_at(e, STATUS_RANGE, name, 0, 0, "stairs: %g m a step is not within -0.3 .. 0.3 m", w->rise);
  if (w->rise != 0 && (w->slope != 0 || w->turn_rate != 0 || w->side_speed != 0 || w->speed <= 0))
    return error_at(e, STATUS_CONFLICT, name, 0, 0, "stairs: they are walked straight ahead, without a slope");
  if (w->slope != 0 && (w->turn_rate != 0 || w->side_speed != 0))
    return error_at(e, STATUS_CONFLICT, name, 0, 0, "slope: a ramp is walked straight up or down, without turning or side steps");
  if (w->kind == GAIT_JOG && (w->speed <= 0 || w->side_speed != 0 || w->turn_rate != 0 || w->slope != 0))
    return error_at(e, STATUS_CONFLICT, name, 0, 0, "jog: only straight ahead on level floor");
  if (w->kind == GAIT_JOG && w->samples % 2) return error_at(e, STATUS_RANGE, name, 0, 0, "samples: %d is odd; a jog has two equal steps", w->samples);
  if (!between(w->samples, 200, 4000)) return error_at(e, STATUS_RANGE, name, 0, 0, "samples: %d is not within 200 .. 4000", w->samples);
  return STATUS_OK;
}

enum status gait_solve(struct gait *g, struct gait_report *r, const struct humanoid *h, const struct robot_spec *spec,
                       const struct gait_wish *wish, struct error *e) {
  struct robot_model loaded;
  struct posture posture;
  struct trajectory t;
  memset(g, 0, sizeof *g);
  memset(r, 0, sizeof *r);
  enum status s = check_wish(wish, h->model->name, e);
  if (s) return s;
  if (wish->kind == GAIT_JOG) return jog_gait(g, r, h, spec, wish, e);
  s = posture_load(&loaded, h, wish->load, e);
  if (s) return s;
  struct walk_style style = walk_style_of(h, wish);
  posture_find(&posture, h, wish->load_pose);
  posture_balance(&posture, h, &loaded);
  double step_period = 1 / style.step_rate;
  struct gait_wish used = *wish;    // as it is walked: backwards, sideways and on stairs feet stay flat
  if (style.strike == 0 && style.toe_off == 0) used.foot = FOOT_FLAT;
  s = trajectory_init(&t, h, &loaded, wish->samples, 0, 2 * step_period / wish->samples, ENDS_PERIODIC, e);
  if (!s) {
    double error = walk_solve(&t, wish, &style, &posture, 1);
    for (int i = 1; i < PASSES && error > CLOSE; i++) {
      trajectory_correct(&t);
      error = trajectory_dynamics(&t);
    }
    trajectory_contacts(&t);
    if (!(error < LOST))
      s = error_at(e, STATUS_RANGE, h->model->name, 0, 0, t.out_of_reach > 0 ? "no such walk: at %g m/s a leg is %.2g m too short for its step"
                   : "no such walk: at %g m/s the legs swing so fast that the centre of pressure stays %.2g m from any plan",
                   wish->speed, t.out_of_reach > 0 ? t.out_of_reach : error);
    else s = gait_measure(g, r, &t, spec, &used, step_period, (1 + style.double_support) / 2, e);
    trajectory_finish(&t);
  }
  posture_load_finish(&loaded);
  return s;
}
