#include "engine/measure/result.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "engine/layout/revisions.h"

// order of the JSON; true: grows with the window
#define KPI_MAP(X) \
  X(KPI_THROUGHPUT, "throughput_per_h", false) X(KPI_WIP, "wip", false) X(KPI_LEAD, "lead_time_s", false) X(KPI_OEE, "oee", false) \
  X(KPI_MADE, "made", true) X(KPI_SCRAPPED, "scrapped", true) X(KPI_LOST, "lost", true) X(KPI_MISSORTED, "missorted", true) X(KPI_SPOILED, "spoiled", true) X(KPI_MAKESPAN, "makespan_s", false) \
  X(KPI_ENERGY, "energy_kwh", true) X(KPI_INTERVENTIONS, "interventions", true) X(KPI_MTBI, "mtbi_s", false) \
  X(KPI_LATE, "late", true) X(KPI_TARDINESS, "tardiness_s", false) X(KPI_COST, "cost", true) X(KPI_COST_PER_GOOD, "cost_per_good", false)

#define X(name, text, total) name,
enum kpi { KPI_MAP(X) KPIS };
#undef X

static bool add(struct result_index *x, struct arena *a, bool total, const char *format, ...) __attribute__((format(printf, 4, 5)));

static bool add(struct result_index *x, struct arena *a, bool total, const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (n < 0) return false;
  if ((size_t)n >= sizeof text) n = sizeof text - 1;
  x->path[x->count] = arena_text(a, text, (size_t)n);
  x->total[x->count] = total;
  return x->path[x->count++] != NULL;
}

// `name`: of the fleet, or fleet.revisions.word.
static bool add_fleet(struct result_index *x, struct arena *a, const char *name) {
  bool ok = true;
  for (int c = 0; c < ROBOT_CAUSES; c++) ok &= add(x, a, false, "robots.%s.%s", name, robot_cause_name(c));
  ok &= add(x, a, true, "robots.%s.distance_m", name);
  ok &= add(x, a, true, "robots.%s.energy_kwh", name);
  ok &= add(x, a, true, "robots.%s.picks", name);
  ok &= add(x, a, true, "robots.%s.drops", name);
  ok &= add(x, a, true, "robots.%s.misses", name);
  ok &= add(x, a, true, "robots.%s.falls", name);
  ok &= add(x, a, true, "robots.%s.stumbles", name);
  ok &= add(x, a, true, "robots.%s.slips", name);
  ok &= add(x, a, true, "robots.%s.twists", name);
  ok &= add(x, a, true, "robots.%s.tips", name);
  ok &= add(x, a, true, "robots.%s.overloads", name);
  ok &= add(x, a, true, "robots.%s.pushes", name);
  ok &= add(x, a, true, "robots.%s.capture_steps", name);
  ok &= add(x, a, true, "robots.%s.worn_joints", name);
  ok &= add(x, a, true, "robots.%s.through", name);
  ok &= add(x, a, true, "robots.%s.breakdowns", name);
  ok &= add(x, a, true, "robots.%s.gave_up", name);
  ok &= add(x, a, false, "robots.%s.availability", name);
  ok &= add(x, a, false, "robots.%s.help_wait_s", name);
  ok &= add(x, a, true, "robots.%s.cost", name);
  return ok;
}

bool result_index_make(struct result_index *x, const struct layout *l, struct arena *a) {
  size_t n = KPIS + (size_t)l->station_count * STATION_NUMBERS + (size_t)l->fleet_count * FLEET_NUMBERS + (size_t)l->step_count * STEP_NUMBERS + (size_t)layout_revisions(l, NULL) * REVISION_NUMBERS;
  *x = (struct result_index){.layout = l};
  x->path = ARENA_NEW(a, const char *, n);
  x->total = ARENA_NEW(a, bool, n);
  if (!x->path || !x->total) return false;
  bool ok = true;
#define X(name, text, total) ok &= add(x, a, total, "kpi.%s", text);
  KPI_MAP(X)
#undef X
  x->kpis = x->count;
  for (int i = 0; i < l->station_count; i++) {
    const char *name = l->stations[i].name;
    ok &= add(x, a, true, "stations.%s.made", name);
    ok &= add(x, a, true, "stations.%s.missorted", name);
    for (int c = 0; c < STATION_CAUSES; c++) ok &= add(x, a, false, "stations.%s.%s", name, station_cause_name(c));
    ok &= add(x, a, false, "stations.%s.queue", name);
    ok &= add(x, a, false, "stations.%s.wait_s", name);
    ok &= add(x, a, false, "stations.%s.oee", name);
  }
  for (int i = 0; i < l->fleet_count; i++) {
    const char *name = l->fleets[i].name;
    ok &= add_fleet(x, a, name);
  }
  for (int i = 0; i < l->station_count; i++)
    for (int k = 0; k < l->stations[i].step_count; k++) {
      const char *name = l->stations[i].name;
      ok &= add(x, a, true, "stations.%s.steps.%d.done", name, k);
      ok &= add(x, a, true, "stations.%s.steps.%d.failed", name, k);
      ok &= add(x, a, true, "stations.%s.steps.%d.gave_up", name, k);
      ok &= add(x, a, false, "stations.%s.steps.%d.mean_s", name, k);
    }
  int revisions = layout_revisions(l, NULL);
  struct fleet_revision *revision = ARENA_NEW(a, struct fleet_revision, revisions + 1);
  if (!revision) return false;
  layout_revisions(l, revision);
  for (int i = 0; i < revisions; i++) {
    char name[400];
    snprintf(name, sizeof name, "%s.revisions.%s", l->fleets[revision[i].fleet].name, revision_word(&revision[i]));
    ok &= add_fleet(x, a, name);
    ok &= add(x, a, true, "robots.%s.hours", name);
    ok &= add(x, a, false, "robots.%s.picks_per_h", name);
  }
  x->revisions = revisions;
  x->revision = revision;
  assert(!ok || (size_t)x->count == n);
  return ok;
}

int result_find(const struct result_index *x, const char *path) {
  for (int i = 0; i < x->count; i++) {
    if (!strcmp(x->path[i], path)) return i;
    if (i < x->kpis && !strcmp(x->path[i] + strlen("kpi."), path)) return i;
  }
  return NONE;
}

bool station_is_machine(enum station_kind k) {
  switch (k) {
    case STATION_MACHINE: case STATION_ASSEMBLY: case STATION_DISASSEMBLY: case STATION_SORTER: case STATION_INSPECTION: return true;
    default: return false;
  }
}

static double ratio(double a, double b) { return b > 0 ? a / b : NAN; }

// What comes out of one piece of work: the planned time of a disassembly is that of the part it takes apart.
static double pieces_of(const struct station *st) {
  int n = 0;
  for (int k = 0; k < st->into_count; k++) n += st->into[k].count;
  return st->kind == STATION_DISASSEMBLY && n > 0 ? n : 1;
}

// ISO 22400-2: availability APT/PBT, effectiveness PRI PQ/APT, quality GQ/PQ; APT and PQ cancel in the product
static double station_oee(const struct station *st, const struct station_sums *a, const struct station_sums *b) {
  if (!station_is_machine(st->kind) || !(st->ideal > 0)) return NAN;
  ns_t planned = 0;
  for (int c = 0; c < STATION_CAUSES; c++)
    if (c != STATION_OFF_SHIFT) planned += b->cause[c] - a->cause[c];
  int64_t good = (b->made - a->made) - (b->scrapped - a->scrapped) - (b->reworked - a->reworked);
  return ratio(st->ideal * (double)good / pieces_of(st), ns_to_seconds(planned));
}

static void fill_station(const struct station *st, const struct station_sums *a, const struct station_sums *b, double window, double *v) {
  ns_t booked = 0;
  for (int c = 0; c < STATION_CAUSES; c++) booked += b->cause[c] - a->cause[c];
  v[STATION_MADE] = (double)(b->made - a->made);
  v[STATION_MISSORTED] = (double)(b->missorted - a->missorted);
  for (int c = 0; c < STATION_CAUSES; c++) v[STATION_SHARES + c] = ratio((double)(b->cause[c] - a->cause[c]), (double)booked);
  v[STATION_QUEUE] = ratio(b->area - a->area, window);
  v[STATION_WAIT] = ratio(b->wait - a->wait, (double)(b->left - a->left));
  v[STATION_OEE] = station_oee(st, a, b);
}

// Of the hours on shift: people their wage, robots their share of price over life (spares outside all hours) and the energy that they drew.
static double fleet_cost(const struct layout *l, int f, const struct fleet_sums *a, const struct fleet_sums *b) {
  const struct fleet *plan = &l->fleets[f];
  ns_t off = b->cause[ROBOT_OFF_SHIFT] - a->cause[ROBOT_OFF_SHIFT];
  double hours = ns_to_seconds(b->present - a->present + b->outside - a->outside - off) / 3600;
  if (plan->people) return plan->cost * hours;
  return plan->cost * hours / (ns_to_seconds(l->robot_life) / 3600) + l->energy_price * (b->energy - a->energy) / 3.6e6;
}

// Somebody's cost is given: only then the sum says something.
static bool has_costs(const struct layout *l) {
  for (int f = 0; f < l->fleet_count; f++)
    if (l->fleets[f].cost > 0) return true;
  return false;
}

static double availability(const struct fleet_sums *a, const struct fleet_sums *b) {
  double down = 0, present = (double)(b->present - a->present - (b->cause[ROBOT_OFF_SHIFT] - a->cause[ROBOT_OFF_SHIFT]));
  static const enum robot_cause causes[] = {ROBOT_FALLEN, ROBOT_REPAIR};
  for (int k = 0; k < 2; k++) down += (double)(b->cause[causes[k]] - a->cause[causes[k]]);
  return ratio(present - down, present);
}

static void fill_fleet(const struct layout *l, int f, const struct fleet_sums *a, const struct fleet_sums *b, double *v) {
  double present = (double)(b->present - a->present);
  for (int c = 0; c < ROBOT_CAUSES; c++) v[c] = ratio((double)(b->cause[c] - a->cause[c]), present);
  v[FLEET_DISTANCE] = b->distance - a->distance;
  v[FLEET_ENERGY] = (b->energy - a->energy) / 3.6e6;
  v[FLEET_PICKS] = (double)(b->picks - a->picks);
  v[FLEET_DROPS] = (double)(b->drops - a->drops);
  v[FLEET_MISSES] = (double)(b->misses - a->misses);
  v[FLEET_FALLS] = (double)(b->falls - a->falls);
  v[FLEET_STUMBLES] = (double)(b->stumbles - a->stumbles);
  v[FLEET_SLIPS] = (double)(b->slips - a->slips);
  v[FLEET_TWISTS] = (double)(b->twists - a->twists);
  v[FLEET_TIPS] = (double)(b->tips - a->tips);
  v[FLEET_OVERLOADS] = (double)(b->overloads - a->overloads);
  v[FLEET_PUSHES] = (double)(b->pushes - a->pushes);
  v[FLEET_CAPTURES] = (double)(b->captures - a->captures);
  v[FLEET_WORN] = (double)(b->worn - a->worn);
  v[FLEET_THROUGH] = (double)(b->through - a->through);
  v[FLEET_BREAKDOWNS] = (double)(b->breakdowns - a->breakdowns);
  v[FLEET_GAVE_UP] = (double)(b->gave_up - a->gave_up);
  v[FLEET_AVAILABILITY] = availability(a, b);
  v[FLEET_HELP_WAIT] = ratio(b->help_wait - a->help_wait, (double)(b->helps - a->helps));
  v[FLEET_COST] = has_costs(l) ? fleet_cost(l, f, a, b) : NAN;
}

// the mean is of tries, done and failed
static void fill_step(const struct step_sums *a, const struct step_sums *b, double *v) {
  v[STEP_GOES_DONE] = (double)(b->done - a->done);
  v[STEP_FAILED] = (double)(b->failed - a->failed);
  v[STEP_GAVE_UP] = (double)(b->gave_up - a->gave_up);
  v[STEP_MEAN] = ratio(ns_to_seconds(b->time - a->time), v[STEP_GOES_DONE] + v[STEP_FAILED]);
}

// the constraint: most planned seconds of a server for each good part of the line
static int constraint(const struct layout *l, const struct sums *from, const struct sums *to) {
  int best = NONE;
  double most = 0;
  for (int i = 0; i < l->station_count; i++) {
    const struct station *st = &l->stations[i];
    if (!station_is_machine(st->kind) || !(st->ideal > 0)) continue;
    double planned = st->ideal * (double)(to->station[i].made - from->station[i].made) / pieces_of(st) / st->servers;
    if (best == NONE || planned > most) { most = planned; best = i; }
  }
  return best;
}

void result_fill(const struct result_index *x, const struct sums *from, const struct sums *to, bool ended_by_parts, double *row) {
  const struct layout *l = x->layout;
  const struct line_sums *a = &from->line, *b = &to->line;
  assert(to->now >= from->now);
  double window = ns_to_seconds(to->now - from->now), energy = 0, cost = 0;

  double *v = row + KPIS;
  for (int i = 0; i < l->station_count; i++, v += STATION_NUMBERS)
    fill_station(&l->stations[i], &from->station[i], &to->station[i], window, v);
  for (int i = 0; i < l->fleet_count; i++, v += FLEET_NUMBERS) {
    fill_fleet(l, i, &from->fleet[i], &to->fleet[i], v);
    energy += v[FLEET_ENERGY];
    cost += v[FLEET_COST];
  }
  for (int i = 0; i < l->step_count; i++, v += STEP_NUMBERS) fill_step(&from->step[i], &to->step[i], v);
  for (int i = 0; i < x->revisions; i++, v += REVISION_NUMBERS) {
    // who was there is what was booked
    struct fleet_sums ra = from->revision[i], rb = to->revision[i];
    ra.present = rb.present = 0;
    for (int c = 0; c < ROBOT_CAUSES; c++) ra.present += ra.cause[c], rb.present += rb.cause[c];
    fill_fleet(l, x->revision[i].fleet, &ra, &rb, v);
    v[REVISION_HOURS] = ns_to_seconds(rb.present - ra.present) / 3600;
    v[REVISION_PICKS_PER_H] = ratio(v[FLEET_PICKS], v[REVISION_HOURS]);
  }

  row[KPI_MADE] = (double)(b->made - a->made);
  row[KPI_SCRAPPED] = (double)(b->scrapped - a->scrapped);
  row[KPI_LOST] = (double)(b->lost - a->lost);
  row[KPI_MISSORTED] = (double)(b->missorted - a->missorted);
  row[KPI_SPOILED] = (double)(b->spoiled - a->spoiled);
  row[KPI_INTERVENTIONS] = (double)(b->interventions - a->interventions);
  row[KPI_THROUGHPUT] = ratio(row[KPI_MADE], window / 3600);
  row[KPI_WIP] = ratio(b->wip_area - a->wip_area, window);
  row[KPI_LEAD] = ratio(b->lead - a->lead, (double)(b->lead_count - a->lead_count));
  row[KPI_MAKESPAN] = ended_by_parts && b->last_sink > 0 ? ns_to_seconds(b->last_sink) : NAN;
  row[KPI_ENERGY] = energy;
  row[KPI_MTBI] = ratio(window, row[KPI_INTERVENTIONS]);
  row[KPI_COST] = has_costs(l) ? cost : NAN;
  row[KPI_COST_PER_GOOD] = ratio(row[KPI_COST], row[KPI_MADE]);
  // late in this window: not those that ended late before it
  row[KPI_LATE] = (double)(b->late_ended + b->late_open - a->late_ended);
  row[KPI_TARDINESS] = row[KPI_LATE] > 0 ? (b->delay_ended + b->delay_open - a->delay_ended) / row[KPI_LATE] : 0;
  int c = constraint(l, from, to);
  row[KPI_OEE] = c == NONE ? NAN : row[KPIS + c * STATION_NUMBERS + STATION_OEE];
}

void result_batch_means(const struct result_index *x, const double *row, const double *batch_rows, int batches, double slices,
                        struct estimate *out) {
  for (int i = 0; i < x->count; i++) {
    struct estimate e = estimate_make(batch_rows + i, batches, x->count);
    // half the width belongs to the mean of batches; the mean shown is that of the whole window
    double half = (e.high - e.low) / 2 * (x->total[i] ? slices : 1);
    bool number = !isnan(row[i]);
    out[i] = (struct estimate){.mean = row[i], .sd = NAN, .low = row[i] - half, .high = row[i] + half, .n = number};
    if (!number || e.n < 2) out[i].low = out[i].high = NAN;
  }
}

void outcome_estimate(const struct outcome *o, struct estimate *out) {
  double *column = calloc((size_t)(o->rows > 0 ? o->rows : 1), sizeof *column);
  assert(column);
  for (int i = 0; i < o->index->count; i++) {
    for (int k = 0; k < o->rows; k++) column[k] = o->row[k][i];
    out[i] = estimate_make(column, o->rows, 1);
  }
  free(column);
}

double outcome_mean(const struct outcome *o, const char *path) {
  int i = result_find(o->index, path);
  return i == NONE || !o->estimate ? NAN : o->estimate[i].mean;
}

bool goal_holds(const struct goal *g, double v) {
  if (isnan(v)) return false;
  switch (g->op) {
    case COMPARE_LESS: return v < g->value;
    case COMPARE_LESS_EQUAL: return v <= g->value;
    case COMPARE_MORE: return v > g->value;
    case COMPARE_MORE_EQUAL: return v >= g->value;
    case COMPARE_EQUAL: return v == g->value;
  }
  return false;
}

bool goal_met(const struct goal *g, const struct outcome *o, double *value) {
  *value = outcome_mean(o, g->path);
  return goal_holds(g, *value);
}
