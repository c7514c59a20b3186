#include "robots/hand_step.h"

#include "base/maths.h"
#include "robots/mtm.h"

#define TRAVEL        0.4           // m    of a hand, a guess: half of an arm's reach
#define PRESSURE      10.6          // TMU  apply pressure, MTM-1 APA
#define PRESSURE_HARD 16.2          // TMU  with a change of grip, APB
#define HARD          50.0          // N    above which that is needed, a guess
#define DRIVE         3.0           // s    of a driver that turns ten times at 200 /min, a guess
#define LOOKS         6             //      eye focuses on the faces of a part, a guess
#define SIGMA         1e-3          // m    of where the hand comes to, a guess
#define CHAMFER       1.5e-3        // m    that compliance and chamfer take in, a guess

static double seconds(const struct robot_tables *t, double tmu) { return tmu * MTM_TMU * t->hand_pace; }

static double reach_and_grasp(void) { return mtm_reach(MTM_REACH_B, TRAVEL) + mtm_grasp(MTM_GRASP_1A); }

// clearances are those of the card's positions: loose, close, exact
static double position(double clearance) {
  return mtm_position(clearance < 0 || clearance > 1.5e-3 ? MTM_POSITION_1SE : clearance > 0.4e-3 ? MTM_POSITION_2SE : MTM_POSITION_3SE);
}

static double insert_fails(double clearance) {
  if (clearance < 0) return 0;
  double r = CHAMFER + clearance / 2;
  return m_exp(-r * r / (2 * SIGMA * SIGMA));
}

struct hand_answer hand_step(const struct robot_tables *t, const struct hand_step *s) {
  struct hand_answer a = {0};
  double pressure = s->force > HARD ? PRESSURE_HARD : PRESSURE;
  switch (s->what) {
    case HAND_PICK:    a.time = robot_pick_time(t, TRAVEL, s->mass, HAND_SINGLE); break;
    case HAND_PLACE:   a.time = robot_place_time(t, TRAVEL, s->mass, s->tolerance > 0 ? s->tolerance : 0); break;
    case HAND_INSERT:
      a.time = robot_pick_time(t, TRAVEL, s->mass, HAND_SINGLE) + robot_place_time(t, TRAVEL, s->mass, 0) +
               seconds(t, position(s->clearance) - mtm_position(MTM_POSITION_1SE) + pressure);
      a.fails = insert_fails(s->clearance);
      break;
    case HAND_FASTEN:  a.time = seconds(t, reach_and_grasp() + mtm_move(MTM_MOVE_C, TRAVEL) + mtm_position(MTM_POSITION_2SE) + mtm_release()) + DRIVE; break;
    case HAND_PRESS:   a.time = seconds(t, reach_and_grasp() + pressure + mtm_release()); break;
    case HAND_INSPECT: a.time = seconds(t, LOOKS * mtm_eye_focus()); break;
    case HAND_SCAN:    a.time = seconds(t, reach_and_grasp() + mtm_eye_focus() + mtm_move(MTM_MOVE_B, TRAVEL) + mtm_release()); break;
    case HAND_HANDOVER:
      a.time = robot_pick_time(t, TRAVEL, s->mass, HAND_SINGLE) + robot_place_time(t, TRAVEL, s->mass, 0) +
               seconds(t, mtm_move(MTM_MOVE_B, TRAVEL) + mtm_grasp(MTM_GRASP_1A) + mtm_release());
      break;
    case HAND_CARRY:   a.time = robot_pick_time(t, TRAVEL, s->mass, HAND_SINGLE) + robot_place_time(t, TRAVEL, s->mass, s->tolerance > 0 ? s->tolerance : 0); break;
    case HAND_OPEN:
    case HAND_CLOSE:   a.time = seconds(t, reach_and_grasp() + mtm_move(MTM_MOVE_B, TRAVEL) + mtm_release()); break;
  }
  return a;
}
