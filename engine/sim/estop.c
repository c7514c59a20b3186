#include "engine/sim/estop.h"

#include "engine/sim/body.h"
#include "engine/sim/power.h"
#include "engine/sim/robot.h"
#include "engine/sim/upset.h"
#include "engine/sim/walk.h"
#include "engine/world/geometry.h"
#include "robots/fall.h"

#define HEIGHT_GUESS 0.99           // m    of the centre of mass of a robot without a body

_Static_assert((int)STOPS_FREEZE == (int)STOP_FREEZE && (int)STOPS_KNEEL == (int)STOP_KNEEL && (int)STOPS_HOLD == (int)STOP_HOLD, "one order");

static bool walks(const struct robot *b) {
  return b->act == ACT_FETCH || b->act == ACT_CARRY || b->act == ACT_TO_POST || b->act == ACT_HOME || b->act == ACT_TO_CHARGER || b->act == ACT_TO_REPAIR;
}

void robot_stop(struct twin *t, int32_t i, enum stop category) {
  struct robot *b = &t->robot[i];
  if (b->act == ACT_GONE || b->stopped) return;
  robot_idle_remove(t, i);
  power_book(t, i);
  bool body = body_stepped(t, i), on_way = walks(b) && !body;
  b->stopped = (uint8_t)category + 1;
  if (!b->off) robot_pause(t, i);
  b->restart = on_way ? ns_from_seconds(make_of(t, b)->tables.start_stop) : 0;
  if (!body && category == STOPS_KNEEL) b->restart += ns_from_seconds(2 * stop_kneel_time(HEIGHT_GUESS));
  if (on_way && category == STOPS_FREEZE) {
    // it lies where it was, and what it carried beside it
    struct fall_params fall = fall_params_of(&(struct balance_params){.mass = 1, .com_height = HEIGHT_GUESS});
    FLEET_BOOK(t, b, falls, 1);
    if (b->held) FLEET_BOOK(t, b, drops, 1);
    b->restart = ns_from_seconds(fall.rise_time);
    twin_note(t, NOTE_ROBOT, i, "R%u fell", b->number);
  }
  if (body) upset_stop(t, i, category);
  robot_book(t, i, ROBOT_STOPPED);
}

void robot_restart(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  if (!b->stopped) return;
  power_book(t, i);
  b->stopped = 0;
  robot_cause(t, i);
  if (b->remaining >= 0 && !b->off) {
    b->remaining += b->restart;
    robot_go_on(t, i);
  }
  b->restart = 0;
  if (body_stepped(t, i)) upset_restart(t, i);
  if (b->act == ACT_IDLE || b->act == ACT_HOME) robot_idle_add(t, i);
  power_watch(t, i);
}

// Those that an order means.
static void each(struct twin *t, const struct happening *h, bool stop) {
  for (int32_t i = 0; i < t->robots; i++) {
    const struct robot *b = &t->robot[i];
    double at[2], heading, speed;
    if (t->layout->fleets[b->fleet].people || b->act == ACT_GONE) continue;
    if (h->fleet != NONE && i != t->fleet[h->fleet].first_robot + h->number - 1) continue;
    if (h->zone != NONE) {
      if (body_stepped(t, i)) body_position(t, i, at, &heading, &speed);
      else walk_position(t, i, at, &heading, &speed);
      if (b->place == NONE || !polygon_contains(&t->layout->zones[h->zone].area, at)) continue;
    }
    if (stop) robot_stop(t, i, h->category);
    else robot_restart(t, i);
  }
}

void estop(struct twin *t, const struct happening *h) {
  each(t, h, true);
  twin_note(t, NOTE_COMMAND, 0, "emergency stop");
}

void estop_resume(struct twin *t, const struct happening *h) {
  each(t, h, false);
  twin_note(t, NOTE_COMMAND, 0, "robots go on");
}
