#include "engine/sim/power.h"

#include "engine/sim/bays.h"
#include "engine/sim/body.h"
#include "engine/sim/motion.h"
#include "engine/sim/robot.h"
#include "engine/sim/strain.h"
#include "engine/sim/walk.h"

static double rate_of(const struct twin *t, const struct robot *b) {
  switch (b->act) {
    case ACT_GONE: case ACT_CHARGE: case ACT_BROKEN: return 0;   // who is broken is switched off
    case ACT_IDLE: {
      // docked: fed by its charger; without any charger in the layout whoever is idle stands at one
      bool fed = b->charger != NONE || (t->chargers == 0 && t->layout->fleets[b->fleet].charge_idle);
      return fed ? 0 : make_of(t, b)->rate_idle;
    }
    case ACT_HOME: case ACT_FETCH: case ACT_CARRY: case ACT_TO_POST: case ACT_TO_CHARGER: case ACT_TO_REPAIR: return make_of(t, b)->rate_walk;
    case ACT_PICK: case ACT_PLACE: return make_of(t, b)->rate_work;
    case ACT_POST:
      if (b->cause != ROBOT_WORKING) return make_of(t, b)->rate_idle;
      return b->work_power > 0 ? b->work_power / make_of(t, b)->tables.battery * 1e-9 : make_of(t, b)->rate_work;
    default: return make_of(t, b)->rate_idle;
  }
}

double robot_charge(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  // a body's pack is drawn from step by step; only charging goes by the clock
  if (body_stepped(t, i) && b->act != ACT_CHARGE && b->act != ACT_GONE) return body_charge(t, i);
  double charge = b->charge - b->drain * (double)(t->now - b->charge_since);
  return charge < 0 ? 0 : charge > 1 ? 1 : charge;
}

double power_since(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  const struct fleet_row *f = &t->fleet[b->fleet];
  if (body_stepped(t, i)) return 0;             // booked by its steps
  return f->drains && b->drain > 0 && !f->typed ? (b->charge - robot_charge(t, i)) * make_of(t, b)->tables.battery : 0;
}

static void book(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  struct fleet_row *f = &t->fleet[b->fleet];
  double charge = robot_charge(t, i);
  if (body_stepped(t, i) && b->act == ACT_CHARGE) body_recharge(t, i, charge);
  FLEET_BOOK(t, b, energy, power_since(t, i));
  if (charge <= 0 && b->charge > 0) {
    // somebody brings it through its job by hand
    t->sums.line.interventions++;
    twin_note(t, NOTE_ROBOT, i, "R%u: battery empty", b->number);
  }
  b->charge = charge;
  b->charge_since = t->now;
  if (b->act == ACT_CHARGE) return;
  double rise = t->motion && !f->typed ? motion_rise_power(t, i) : 0;
  if (rise > 0) {
    b->drain = rise / make_of(t, b)->tables.battery * 1e-9;
    return;
  }
  bool walks = b->act == ACT_HOME || b->act == ACT_FETCH || b->act == ACT_CARRY || b->act == ACT_TO_POST || b->act == ACT_TO_CHARGER;
  bool counted = b->walk_power > 0 && bays_walks_up(t, i);      // its walk was solved to the spot
  if (walks && (bays_waits(t, i) || counted || (t->motion && motion_stepped(t, i) && motion_held_up(t, i)))) {
    // it stands, or hardly moves
    b->drain = b->off ? 0 : make_of(t, b)->rate_idle * (1 + (f->typed ? 0 : (double)b->load * make_of(t, b)->tables.power_load / make_of(t, b)->tables.power_walk));
    return;
  }
  if (walks && b->walk_power > 0) {
    // a walk by the body: its load is in its power
    b->drain = b->off ? 0 : b->walk_power / make_of(t, b)->tables.battery * 1e-9;
    return;
  }
  // in a crew of both, a typed robot has no body's power
  if ((b->act == ACT_PICK || b->act == ACT_PLACE) && b->hand_power > 0 && !f->typed) {
    b->drain = b->off ? 0 : b->hand_power / make_of(t, b)->tables.battery * 1e-9;
    return;
  }
  b->drain = b->off ? 0 : rate_of(t, b) * (1 + (f->typed ? 0 : (double)b->load * make_of(t, b)->tables.power_load / make_of(t, b)->tables.power_walk));
}

void power_book(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  if (!t->fleet[b->fleet].drains) return;
  book(t, i);
  if (!t->strain) return;
  // what it has charges it, not its drives
  double cold = b->act != ACT_CHARGE && b->drain > 0 ? b->drain * 1e9 * make_of(t, b)->tables.battery : 0;
  double warm = strain_warm(t, i, cold);
  if (cold > 0) b->drain *= warm / cold;
  strain_power(t, i, warm);
}

void power_watch(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  const struct fleet *plan = &t->layout->fleets[b->fleet];
  uint32_t timer = t->timer_robot + ROBOT_TIMERS * (uint32_t)i + ROBOT_BATTERY;
  timer_cancel(t, timer);
  if (b->drain <= 0 || b->off) return;
  bool post = b->act == ACT_POST && plan->relief && t->job[b->job].kind == JOB_OPERATE;       // who repairs or helps is not relieved
  if (!post && b->act != ACT_IDLE) return;
  // at a post: call for relief at `below`, also when that moment has just passed; leave it when nothing is left
  double until = post && b->relief_called ? 0 : plan->charge_below;
  if (b->charge <= until && !post) return;
  double left = b->charge > until ? b->charge - until : 0;
  ns_t after = ns_from_seconds(left / b->drain * 1e-9) + 1;
  if (body_stepped(t, i) && after < NS_SECOND) after = NS_SECOND;       // an estimate there: look again, but not at every step
  timer_set(t, timer, t->now + after, CLASS_END, false);
}

// ---- chargers -----------------------------------------------------------------------------------------

static bool has_chargers(const struct twin *t, const struct fleet_row *f) { return t->chargers > 0 && f->routes != NONE; }

static ns_t charge_length(struct twin *t, int32_t i, double to) {
  struct robot *b = &t->robot[i];
  const struct fleet_row *f = &t->fleet[b->fleet];
  const struct fleet *plan = &t->layout->fleets[b->fleet];
  if (to <= b->charge) return 0;
  if (f->typed) return (ns_t)((to - b->charge) * (double)plan->charges);
  // a rack of packs that names no power charges them as fast as they take
  double power = b->charger == NONE ? 0 : t->layout->stations[t->charger[b->charger].station].power;
  if (power <= 0) power = make_of(t, b)->tables.charge_power;
  return ns_from_seconds(robot_charge_time(&make_of(t, b)->tables, b->charge, to, power));
}

// Begin to charge here; a slot is taken, or none is needed.
static void begin(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  const struct fleet *plan = &t->layout->fleets[b->fleet];
  const struct station *s = b->charger == NONE ? NULL : &t->layout->stations[t->charger[b->charger].station];
  double to = plan->charge_until;
  ns_t length;
  if (s && s->swaps) {
    // the pack that is ready first; the robot's own goes on the rack to charge
    struct charger_row *c = &t->charger[b->charger];
    int pack = 0;
    for (int k = 1; k < c->packs; k++) if (c->pack_ready[k] < c->pack_ready[pack]) pack = k;
    ns_t wait = c->packs > 0 && c->pack_ready[pack] > t->now ? c->pack_ready[pack] - t->now : 0;
    const struct distribution *d = s->swap.by_part ? s->swap.by_part[0] : NULL;
    length = wait + (d ? distribution_sample(d, &t->station[t->charger[b->charger].station].time) : 0);
    to = 1;
    if (c->packs > 0) c->pack_ready[pack] = t->now + length + charge_length(t, i, 1);
  } else {
    length = charge_length(t, i, to);
  }
  robot_begin(t, i, ACT_CHARGE, DO_CHARGE, length > 0 ? length : 1);
  robot_book(t, i, ROBOT_CHARGING);
  // linear in between: exact for typed fleets, the ends are exact for a tapering pack
  b->drain = -(to - b->charge) / (double)b->act_length;
}

static int32_t nearest(const struct twin *t, int32_t i, bool free_only) {
  int32_t best = NONE;
  double  least = 0;
  for (int32_t c = 0; c < t->chargers; c++) {
    if (free_only && t->charger[c].taken >= t->charger[c].slots) continue;
    double length, time = walk_time(t, i, t->stand[t->charger[c].station], 0, &length);
    if (time < 0) continue;
    if (best == NONE || time < least) {
      best = c;
      least = time;
    }
  }
  return best;
}

// Take the first free slot of a charger that has one.
static void take_slot(struct twin *t, int32_t i, int32_t c) {
  int32_t slot = 0;
  for (bool taken = true; taken; slot += taken) {
    taken = false;
    for (int32_t k = 0; k < t->robots && !taken; k++) taken = t->robot[k].charger == c && t->robot[k].slot == slot && k != i;
  }
  t->charger[c].taken++;
  t->robot[i].charger = c;
  t->robot[i].slot = slot;
}

// A robot that is idle at its charger, full or nearly, makes way for one that must charge.
static int32_t make_way(struct twin *t, int32_t i) {
  int32_t best = NONE;
  for (int32_t k = 0; k < t->robots; k++) {
    const struct robot *o = &t->robot[k];
    double length;
    if (o->act != ACT_IDLE || o->charger == NONE || walk_time(t, i, t->stand[t->charger[o->charger].station], 0, &length) < 0) continue;
    if (best == NONE || robot_charge(t, k) > robot_charge(t, best)) best = k;
  }
  if (best == NONE) return NONE;
  int32_t c = t->robot[best].charger;
  power_book(t, best);
  power_leave(t, best);
  power_book(t, best);
  power_watch(t, best);
  t->robot[best].idle_since = t->now;
  robot_fresh(t, best);             // it goes home, or to another charger
  return c;
}

bool power_seek(struct twin *t, int32_t i, bool must) {
  struct robot *b = &t->robot[i];
  struct fleet_row *f = &t->fleet[b->fleet];
  const struct fleet *plan = &t->layout->fleets[b->fleet];
  if (!f->drains || b->act == ACT_CHARGE) return false;
  power_book(t, i);
  must = must || b->charge <= plan->charge_below;
  if (!must && b->charge >= plan->charge_until - 1e-9) return false;
  if (!must && !plan->charge_idle && !b->off) return false;
  if (!has_chargers(t, f)) {
    // no charger in the layout: it charges where it stands
    if (f->typed && plan->charges <= 0) return false;
    b->charger = NONE;
    b->must_charge = must;
    begin(t, i);
    return true;
  }
  int32_t c = nearest(t, i, true);
  if (c == NONE && !must) return false;
  if (c == NONE) c = make_way(t, i);
  b->must_charge = must;
  if (c != NONE) {
    take_slot(t, i, c);
  } else {
    // no slot: stand in line at the nearest
    c = nearest(t, i, false);
    if (c == NONE) return false;
    if (t->charger[c].tail) t->robot[t->charger[c].tail - 1].next_waiting = (uint32_t)i + 1; else t->charger[c].head = (uint32_t)i + 1;
    t->charger[c].tail = (uint32_t)i + 1;
    b->next_waiting = 0;
    b->charger = c;
    b->slot = -1;
  }
  b->station = t->charger[c].station;
  robot_walk(t, i, t->stand[b->station], ACT_TO_CHARGER);
  return true;
}

static bool in_line(const struct twin *t, int32_t i) {
  for (uint32_t k = t->charger[t->robot[i].charger].head; k; k = t->robot[k - 1].next_waiting)
    if (k == (uint32_t)i + 1) return true;
  return false;
}

void power_dock(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  int32_t home = t->fleet[b->fleet].home;
  for (int32_t c = 0; c < t->chargers; c++)
    if (t->charger[c].station == home && t->charger[c].taken < t->charger[c].slots) {
      take_slot(t, i, c);
      return;
    }
}

bool power_wanted(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  return b->charger == NONE || t->charger[b->charger].head != 0;
}

void power_arrive(struct twin *t, int32_t i) {
  if (in_line(t, i)) {
    robot_begin(t, i, ACT_WAIT_CHARGER, DO_WAIT, 0);
    robot_book(t, i, ROBOT_WAITING_CHARGER);
    return;
  }
  begin(t, i);
}

// Out of the line in which it stands for a slot.
static void leave_line(struct twin *t, int32_t i) {
  struct charger_row *c = &t->charger[t->robot[i].charger];
  uint32_t before = 0, me = (uint32_t)i + 1;
  for (uint32_t k = c->head; k != me; k = t->robot[k - 1].next_waiting) before = k;
  if (before) t->robot[before - 1].next_waiting = t->robot[i].next_waiting; else c->head = t->robot[i].next_waiting;
  if (c->tail == me) c->tail = before;
  t->robot[i].next_waiting = 0;
  t->robot[i].charger = t->robot[i].station = NONE;
}

void power_leave(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  if (b->charger == NONE) return;
  struct charger_row *c = &t->charger[b->charger];
  if (in_line(t, i)) {
    leave_line(t, i);
    return;
  }
  int32_t slot = b->slot;
  b->charger = NONE;
  b->station = NONE;
  if (!c->head) {
    c->taken--;
    t->dispatch_wanted = true;
    return;
  }
  // hand the slot to the first in line
  uint32_t next = c->head;
  c->head = t->robot[next - 1].next_waiting;
  if (!c->head) c->tail = 0;
  t->robot[next - 1].next_waiting = 0;
  t->robot[next - 1].slot = slot;
  if (t->robot[next - 1].act == ACT_WAIT_CHARGER) begin(t, (int32_t)next - 1);
}
