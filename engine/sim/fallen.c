// What a fall does to the work of a robot with a body: engine/sim/robot.h.
#include "engine/sim/body.h"
#include "engine/sim/broken.h"
#include "engine/sim/power.h"
#include "engine/sim/robot.h"

// Guesses
#define LIES_TIME    NS_SECOND      // until a robot that fell begins to get up by itself
#define HANDS_HEIGHT 1.0            // m    from which a part drops
#define STOP_WAY     0.005          // m    on which it is stopped by the floor

// A part that drops from the hands meets the floor with a mean force of m g h / d; more than its largest grip force breaks it.
static bool breaks(const struct twin *t, uint32_t p) {
  const struct part_type *type = &t->layout->parts[t->part[p].is];
  return type->fragility > 0 && (double)t->part[p].mass * 9.81 * HANDS_HEIGHT / STOP_WAY > type->fragility;
}

void robot_falls(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  enum robot_act act = (enum robot_act)b->act, then = ACT_IDLE;
  if (act == ACT_GONE || act == ACT_FALLEN || act == ACT_GAVE_UP || robot_is_broken(t, i)) return;
  robot_idle_remove(t, i);
  power_book(t, i);
  switch (act) {
    case ACT_CARRY: case ACT_PLACE: case ACT_WAIT_SPACE:
      FLEET_BOOK(t, b, drops, 1);
      robot_lay_down(t, i, breaks(t, t->job[b->job].part));
      break;
    case ACT_PICK: case ACT_WAIT_PART: case ACT_WAIT_PARTNER: case ACT_POST:
      robot_drop_job(t, i);
      break;
    case ACT_CHARGE: case ACT_WAIT_CHARGER:
      power_leave(t, i);
      break;
    case ACT_FETCH: case ACT_TO_POST: case ACT_TO_CHARGER:
      then = act;
      break;
    default: break;
  }
  b->then = (uint8_t)then;
  robot_begin(t, i, ACT_FALLEN, DO_WAIT, 0);
  robot_book(t, i, ROBOT_FALLEN);
}

void robot_lies(struct twin *t, int32_t i, ns_t length) {
  if (t->robot[i].act != ACT_FALLEN) return;
  if (help_there(t, i, HELP_RESCUE)) help_call(t, i, HELP_RESCUE, length);
  else robot_begin(t, i, ACT_FALLEN, DO_FALL, LIES_TIME);
}

void robot_up(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  if (b->act != ACT_FALLEN) return;
  if (b->then == ACT_IDLE) {
    b->from = b->place;
    b->turned = false;
    robot_done(t, i);
    return;
  }
  // on to where it was sent: how long that is, its body knows
  robot_begin(t, i, (enum robot_act)b->then, DO_WALK, NS_SECOND);
}
