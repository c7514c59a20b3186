#include "engine/world/pace_check.h"

enum status pace_check(const struct layout *l, int fleet, double walk, const struct kind *k, struct error *e) {
  const struct fleet *plan = &l->fleets[fleet];
  int line = (int)plan->mark.line, column = (int)plan->mark.column;
  if (plan->pace <= walk) return STATUS_OK;
  if (!k || k->spec.run_speed <= 0)
    return error_at(e, STATUS_RANGE, l->file, line, column, "robots.%s.pace: %g m/s; the model %s walks at %g m/s and does not run", plan->name, plan->pace, plan->model, walk);
  if (plan->pace > k->spec.run_speed)
    return error_at(e, STATUS_RANGE, l->file, line, column, "robots.%s.pace: %g m/s; the model %s runs at %g m/s at most", plan->name, plan->pace, plan->model, k->spec.run_speed);
  if (plan->pace < k->library.jog.change)
    return error_at(e, STATUS_RANGE, l->file, line, column, "robots.%s.pace: %g m/s; the model %s walks at up to %g m/s and jogs from %.2f m/s on, below which walking takes less", plan->name,
                    plan->pace, plan->model, walk, k->library.jog.change);
  return STATUS_OK;
}
