// Results: the KPIs of a window as one flat row of numbers, each with the path it has in the JSON.
//
//   kpi.throughput_per_h   stations.s1.working   stations.s1.wait_s   robots.sorters.distance_m ...
//
// Definitions are those of docs/kpis.md. OEE and its factors are ISO 22400-2:2014: availability =
// APT/PBT, effectiveness = PRI PQ/APT, quality = GQ/PQ; kpi.oee is that of the constraint, the
// station with the largest ideal time per good part. A row per replication makes the statistics
// (engine/measure/statistics.h) and the goals the same few lines for every number.
#pragma once

#include <stdio.h>

#include "base/json.h"
#include "engine/layout/layout.h"
#include "engine/measure/ledger.h"
#include "engine/measure/statistics.h"

struct fleet_revision;

// Which numbers a layout has. Made once, borrowed by everything below.
struct result_index {
  int          count;
  const char **path;                // (count) "kpi.made", ..., in the order of the JSON
  bool        *total;               // (count) grows with the window (parts, J, m), so batches are scaled up
  int          kpis;                // the first so many are kpi.*
  const struct layout *layout;
  int          revisions;           // rows of engine/layout/revisions.h
  const struct fleet_revision *revision;
};

// Numbers of a station: made, missorted, the shares by cause, then these; of a fleet: the shares by cause, then these.
enum { STATION_MADE, STATION_MISSORTED, STATION_SHARES, STATION_QUEUE = STATION_SHARES + STATION_CAUSES, STATION_WAIT, STATION_OEE, STATION_NUMBERS };
enum { FLEET_DISTANCE = ROBOT_CAUSES, FLEET_ENERGY, FLEET_PICKS, FLEET_DROPS, FLEET_MISSES, FLEET_FALLS, FLEET_STUMBLES, FLEET_SLIPS, FLEET_TWISTS, FLEET_TIPS, FLEET_OVERLOADS, FLEET_PUSHES, FLEET_CAPTURES, FLEET_WORN, FLEET_THROUGH,
       FLEET_BREAKDOWNS, FLEET_GAVE_UP, FLEET_AVAILABILITY, FLEET_HELP_WAIT, FLEET_COST, FLEET_NUMBERS };

// Of a step of a station, after all fleets: paths stations.bench.steps.0.done ...
enum { STEP_GOES_DONE, STEP_FAILED, STEP_GAVE_UP, STEP_MEAN, STEP_NUMBERS };

static inline int result_station(const struct result_index *x, int station, int number) {
  return x->kpis + station * STATION_NUMBERS + number;
}
// Of a revision of a fleet (engine/layout/revisions.h), at the end: paths robots.crew.revisions.b.picks ...; the numbers of a fleet, then these.
enum { REVISION_HOURS = FLEET_NUMBERS, REVISION_PICKS_PER_H, REVISION_NUMBERS };

static inline int result_fleet(const struct result_index *x, int fleet, int number) {
  return x->kpis + x->layout->station_count * STATION_NUMBERS + fleet * FLEET_NUMBERS + number;
}

static inline int result_revision(const struct result_index *x, int revision, int number) {
  return x->kpis + x->layout->station_count * STATION_NUMBERS + x->layout->fleet_count * FLEET_NUMBERS + x->layout->step_count * STEP_NUMBERS + revision * REVISION_NUMBERS + number;
}

// step: its row among those of all stations (station.first_step).
static inline int result_step(const struct result_index *x, int step, int number) {
  return x->kpis + x->layout->station_count * STATION_NUMBERS + x->layout->fleet_count * FLEET_NUMBERS + step * STEP_NUMBERS + number;
}

// Machines and their relatives: what works on parts, and so has an OEE.
bool station_is_machine(enum station_kind k);

bool result_index_make(struct result_index *index, const struct layout *l, struct arena *a);
// Row number of a path; "kpi." may be left out. NONE when there is no such number.
int  result_find(const struct result_index *index, const char *path);

// Fill row (index->count) from two snapshots of one run. A value that has no meaning in this window
// (the wait of parts when none left) is NaN.
// ended_by_parts: the run ended for lack of parts, so makespan_s is the time of the last part.
void result_fill(const struct result_index *index, const struct sums *from, const struct sums *to, bool ended_by_parts, double *row);

// Batches of one run: `batches` rows of equal slices of the window, one after the other; `slices` is the
// length of the window in slices. Estimate i gets the mean of the whole window from `row`, no sd, and an
// interval of that mean from the batches (none for fewer than two).
void result_batch_means(const struct result_index *index, const double *row, const double *batch_rows, int batches, double slices,
                        struct estimate *out);

// The outcome of `takt run`: rows of all replications and what is said beside them.
struct outcome {
  const struct result_index *index;
  const char *layout_path;
  uint64_t seed;
  const char *fidelity;
  int      replications;            // asked for
  int      rows;                    // finished
  double **row;                     // (rows)(index->count)
  struct estimate *estimate;        // (index->count)
  bool     batch_means;             // one replication: intervals come from its batches
  double   simulated_s, warmup_s;   // sums over replications: measured time, warm-up before it
  double   load_s, wall_s;          // reading and tables; elapsed time of the runs alone
  uint64_t events, digest, layout_digest;
  const char *ended;                // "time", "parts", "deadlock" or "interrupted"
  const char *ended_why;            // one sentence for "parts" and "deadlock", else NULL
  bool     complete;
  int      digest_count;            // --digest: one per simulated second of replication 1
  const uint64_t *second_digest;
};

// Estimates of all replications from their rows; out (index->count).
void outcome_estimate(const struct outcome *o, struct estimate *out);
// Mean of a number by its path; NaN when nothing gives it.
double outcome_mean(const struct outcome *o, const char *path);

// Why the line makes no more: the stations and fleets with the largest share of work, with what
// their neighbours say. At most 3 lines into out; returns how many.
struct bottleneck { const char *name; char why[160]; };
int bottleneck_find(const struct outcome *o, struct bottleneck out[3]);

// `takt run --json`, and the readable table: at most 100 columns; bold: the terminal may show it.
void outcome_json(const struct outcome *o, struct json *out);
void estimate_json(const struct estimate *e, bool batch_means, struct json *out);   // {"mean", "sd", "ci95", "n"}, null where unknown
void outcome_print(const struct outcome *o, bool bold, FILE *out);

// True when v is as the goal says; never for NaN.
bool goal_holds(const struct goal *g, double v);
// True when the goal holds for the mean; *value is that mean. A number that no row has is not met.
bool goal_met(const struct goal *g, const struct outcome *o, double *value);
