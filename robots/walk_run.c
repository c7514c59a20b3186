#include "robots/walk_run.h"

#include "robots/slip.h"

#define FROUDE_LOW  0.15            // speeds between which the change is looked for
#define FROUDE_HIGH 0.90
#define STRIDES     16              // first look: equal parts of them
#define HALVINGS    12

#define CANNOT (LIMIT_TORQUE | LIMIT_SPEED | LIMIT_REACH | LIMIT_FRICTION | LIMIT_LIFT)

struct trial { bool there; double power; int broken; };

static int count_of(unsigned bits) {
  int n = 0;
  for (; bits; bits &= bits - 1) n++;
  return n;
}

static struct trial solve(const struct humanoid *h, const struct robot_spec *spec, struct gait_wish wish, enum gait_kind kind, double speed) {
  struct gait g;
  struct gait_report r;
  struct error e;
  wish.kind = kind, wish.speed = speed, wish.side_speed = wish.turn_rate = wish.slope = 0;
  if (gait_solve(&g, &r, h, spec, &wish, &e) != STATUS_OK) return (struct trial){0};
  struct trial s = {true, r.power, count_of(r.broken & CANNOT)};
  gait_finish(&g, &r);
  return s;
}

// Does the body do better to run?
static bool runs(const struct humanoid *h, const struct robot_spec *spec, const struct gait_wish *wish, double speed, struct walk_run *out) {
  struct trial jog = solve(h, spec, *wish, GAIT_JOG, speed);
  if (!jog.there) return false;
  struct trial walk = solve(h, spec, *wish, GAIT_WALK, speed);
  bool limit = !walk.there || walk.broken > jog.broken;
  if (!limit && !(jog.power < walk.power)) return false;
  *out = (struct walk_run){speed, speed * speed / (GRAVITY * h->leg_length), jog.power, limit ? WALK_RUN_LIMIT : WALK_RUN_COST};
  return true;
}

enum status walk_run_find(struct walk_run *out, const struct humanoid *h, const struct robot_spec *spec, const struct gait_wish *wish, struct error *e) {
  double low = froude_speed(FROUDE_LOW, h->leg_length), high = froude_speed(FROUDE_HIGH, h->leg_length), part = (high - low) / STRIDES;
  int i = 0;
  while (i <= STRIDES && !runs(h, spec, wish, low + i * part, out)) i++;
  if (i > STRIDES)
    return error_at(e, STATUS_RANGE, h->model->name, 0, 0, "no change from walk to run between %.2f and %.2f m/s: walking is the better gait, or there is no jog", low, high);
  if (i == 0) return STATUS_OK;
  double from = low + (i - 1) * part, to = low + i * part;
  for (int k = 0; k < HALVINGS && to - from > 1e-3; k++) {
    double middle = (from + to) / 2;
    if (runs(h, spec, wish, middle, out)) to = middle;
    else from = middle;
  }
  return STATUS_OK;
}
