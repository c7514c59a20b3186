#include "robots/calibrate.h"

#include "robots/gait_measure.h"

#define HALVINGS 40                 // 0.55 / 2^40: the power then fits to its last digits

static double power_at(const struct gait *g, struct robot_spec *spec, struct gait_report *r, double factor) {
  robot_spec_scale(spec, factor);
  return gait_power(g, spec, r);
}

enum status gait_calibrate(struct robot_spec *spec, const struct humanoid *h, struct error *e) {
  if (!(spec->calibration.power > 0) || !(spec->calibration.speed > 0)) return STATUS_OK;
  struct gait g;
  struct gait_report r;
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, spec->calibration.speed);
  enum status s = gait_solve(&g, &r, h, spec, &wish, e);
  if (s) return s;

  // power falls as the motor constants rise
  double low = CALIBRATION_LEAST, high = CALIBRATION_MOST, want = spec->calibration.power;
  double at_low = power_at(&g, spec, &r, low), at_high = power_at(&g, spec, &r, high);
  if (at_low >= want && at_high <= want) {
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (power_at(&g, spec, &r, middle) > want) low = middle;
      else high = middle;
    }
    robot_spec_scale(spec, high);
  } else {
    robot_spec_scale(spec, at_low < want ? low : high);
    s = error_at(e, STATUS_RANGE, spec->name, 0, 0, "calibration: walking at %g m/s takes %.0f to %.0f W with motor constants from %g to %g of the estimate, never %g W",
                 spec->calibration.speed, at_high, at_low, high, low, want);
  }
  gait_finish(&g, &r);
  return s;
}
