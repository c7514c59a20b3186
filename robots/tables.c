#include "robots/tables.h"

#include <assert.h>

#include "base/maths.h"
#include "robots/mtm.h"
#include "robots/robot_file.h"

#define TAPER_END     1.02          // share of charge at which the falling power would be zero
#define SPEED_SHARE_MIN 0.2         // of walk_speed, under any load

enum status robot_tables_read(struct robot_tables *t, const char *folder, struct faults *f) {
  *t = (struct robot_tables){0};
  return robot_file_read(folder, t, NULL, NULL, f);
}

// ---- hands --------------------------------------------------------------------------------------------

// A part that MTM-1 calls heavy for one hand (above 2.5 lb) is taken with both; each bears half.
static double per_hand(double mass) {
  return mass > 2.5 * 0.45359237 ? mass / 2 : mass;
}

double robot_pick_time(const struct robot_tables *t, double distance, double mass, enum hand_case c) {
  double tmu = mtm_weight_constant(per_hand(mass));
  if (c == HAND_JUMBLED) tmu += mtm_reach(MTM_REACH_CD, distance) + mtm_grasp(MTM_GRASP_4B);
  else tmu += mtm_reach(MTM_REACH_B, distance) + mtm_grasp(MTM_GRASP_1A);
  if (c == HAND_MOVING) tmu += mtm_eye_focus();         // to see where the part will be: our reading, MTM-1 has no belt
  return tmu * MTM_TMU * t->hand_pace;
}

double robot_place_time(const struct robot_tables *t, double distance, double mass, double tolerance) {
  enum mtm_position p = tolerance > 0 && tolerance <= 0.4e-3 ? MTM_POSITION_3SE
                      : tolerance > 0 && tolerance <= 1.5e-3 ? MTM_POSITION_2SE : MTM_POSITION_1SE;
  double tmu = mtm_move(MTM_MOVE_C, distance) * mtm_weight_factor(per_hand(mass)) + mtm_position(p) + mtm_release();
  return tmu * MTM_TMU * t->hand_pace;
}

// ---- walking and charging -----------------------------------------------------------------------------

double robot_walk_speed(const struct robot_tables *t, double load) {
  assert(load >= 0);
  double share = 1 - t->load_slowdown * load;
  return t->walk_speed * (share > SPEED_SHARE_MIN ? share : SPEED_SHARE_MIN);
}

double robot_walk_time(const struct robot_tables *t, double distance, double load) {
  assert(distance >= 0);
  return distance > 0 ? distance / robot_walk_speed(t, load) + t->start_stop : 0;
}

double robot_charge_time(const struct robot_tables *t, double a, double b, double power) {
  assert(power > 0);
  if (b > 1) b = 1;
  if (!(b > a)) return 0;

  // what the pack takes falls linearly from charge_power at the taper to zero at TAPER_END; a weaker
  // charger gives its own power until that line has come down to it
  double top = power < t->charge_power ? power : t->charge_power;
  double slope = t->charge_power / (TAPER_END - t->charge_taper);       // W per share
  double bend = TAPER_END - top / slope, time = 0;
  if (a < bend) time += ((b < bend ? b : bend) - a) * t->battery / top;
  if (b > bend) time += t->battery / slope * m_log((TAPER_END - (a > bend ? a : bend)) / (TAPER_END - b));
  return time;
}
