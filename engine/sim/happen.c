#include "engine/sim/happen.h"

#include "base/maths.h"
#include "engine/sim/belt.h"
#include "engine/sim/body.h"
#include "engine/sim/build.h"
#include "engine/sim/estop.h"
#include "engine/sim/fleet.h"
#include "engine/sim/footing.h"
#include "engine/sim/motion.h"
#include "engine/sim/server.h"
#include "engine/sim/source.h"
#include "engine/sim/update.h"
#include "engine/sim/upset.h"

// Who is stopped already stays so as long as either order says: a shorter one does not cut a longer one.
static ns_t stopped_until(const struct twin *t, int32_t s, ns_t length) {
  uint32_t timer = t->timer_mend + (uint32_t)s;
  ns_t until = length > 0 ? t->now + length : NS_NEVER;
  if (!t->station[s].stopped) return until;
  ns_t before = calendar_is_set(&t->calendar, timer) ? calendar_time(&t->calendar, timer) : NS_NEVER;
  return before > until ? before : until;
}

static void station_fail(struct twin *t, int32_t s, ns_t length) {
  struct station_row *r = &t->station[s];
  ns_t until = stopped_until(t, s, length);
  r->stopped = true;
  twin_note(t, NOTE_STATION, s, "%s stopped by order", t->layout->stations[s].name);
  if (r->kind == STATION_SOURCE) source_shift(t, s, false);
  else if (r->kind == STATION_CONVEYOR) belt_halt(t, s, 1);
  else
    for (int32_t i = r->first_server; i < r->first_server + r->servers; i++) server_down(t, i, 2);
  timer_cancel(t, t->timer_mend + (uint32_t)s);
  if (until != NS_NEVER) timer_set(t, t->timer_mend + (uint32_t)s, until, CLASS_REPAIR, true);
}

static void station_mend(struct twin *t, int32_t s) {
  struct station_row *r = &t->station[s];
  r->stopped = false;
  twin_note(t, NOTE_STATION, s, "%s goes on", t->layout->stations[s].name);
  if (r->kind == STATION_SOURCE) source_shift(t, s, true);
  else if (r->kind == STATION_CONVEYOR) belt_run(t, s, 1);
  else
    for (int32_t i = r->first_server; i < r->first_server + r->servers; i++) server_up(t, i, 2);
}

static void push(struct twin *t, const struct happening *h) {
  int32_t i = t->fleet[h->fleet].first_robot + h->number - 1;
  double s, c;
  bool body = body_stepped(t, i);
  if (!body && !motion_stepped(t, i)) return;
  m_sincos(h->direction, &s, &c);
  const double impulse[2] = {h->impulse * c, h->impulse * s};
  if (body) body_push(t, i, impulse, h->height >= 0 ? h->height : body_kind(t, i)->library.standing.com_height);
  if (body && h->twist != 0) body_twist(t, i, h->twist);
  twin_note(t, NOTE_ROBOT, i, "R%u pushed by %g N s", t->robot[i].number, h->impulse);
  if (!body) motion_push(t, i, impulse, h->height, h->twist);
}

static void happen(struct twin *t, const struct happening *h) {
  const struct layout *l = t->layout;
  t->digest = digest_u64(t->digest, (uint64_t)t->now, (uint64_t)h->kind << 32 | (uint32_t)(h->station + h->fleet + h->zone));
  int first = 0, count = 0;
  if (h->station != NONE) {
    first = l->groups[h->station].first;
    count = l->groups[h->station].count;
  }
  switch (h->kind) {
    case HAPPENING_FAIL:
      for (int s = first; s < first + count; s++) station_fail(t, s, h->length);
      break;
    case HAPPENING_MEND:
      for (int s = first; s < first + count; s++) {
        timer_cancel(t, t->timer_mend + (uint32_t)s);
        station_mend(t, s);
      }
      break;
    case HAPPENING_RATE:
      for (int s = first; s < first + count; s++) source_rate(t, s, &h->every);
      break;
    case HAPPENING_ADD:    fleet_add(t, h->fleet, h->count); break;
    case HAPPENING_REMOVE: fleet_remove(t, h->fleet, h->count); break;
    case HAPPENING_CLOSE: case HAPPENING_OPEN:
      t->zone_closed[h->zone] = h->kind == HAPPENING_CLOSE;
      build_routes_again(t);
      break;
    case HAPPENING_UPDATE: update_begin(t, h); break;
    case HAPPENING_PUSH: push(t, h); break;
    case HAPPENING_SPILL: footing_spill(t, &h->area, h->friction, h->length); break;
    case HAPPENING_ESTOP: estop(t, h); break;
    case HAPPENING_RESUME: estop_resume(t, h); break;
    case HAPPENING_SET:
      build_set(t, h->path, h->value);
      break;
  }
}

void happenings_schedule(struct twin *t) {
  if (t->next_happening >= t->layout->happening_count) return;
  timer_set(t, t->timer_happening, t->layout->happenings[t->next_happening].at, CLASS_COMMAND, true);
}

void happening_timer(struct twin *t) {
  happen(t, &t->layout->happenings[t->next_happening++]);
  happenings_schedule(t);
}

static void command_schedule(struct twin *t) {
  timer_cancel(t, t->timer_command);
  if (t->commands > 0) timer_set(t, t->timer_command, t->command_at[0], CLASS_COMMAND, true);
}

ns_t twin_command(struct twin *t, const struct happening *h, bool paused) {
  if (t->commands == 64) return -1;
  ns_t step = NS_SECOND / 10, at = paused ? t->now : (t->now / step + 1) * step;
  t->command[t->commands] = *h;
  t->command_at[t->commands++] = at;
  command_schedule(t);
  return at;
}

void command_timer(struct twin *t) {
  struct happening h = t->command[0];
  t->commands--;
  for (int k = 0; k < t->commands; k++) {
    t->command[k] = t->command[k + 1];
    t->command_at[k] = t->command_at[k + 1];
  }
  twin_note(t, NOTE_COMMAND, 0, "command");
  happen(t, &h);
  command_schedule(t);
}

void mend_timer(struct twin *t, int32_t s) { station_mend(t, s); }
