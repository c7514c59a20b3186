// Small layouts in tests: write, read, run to a moment, look at the sums.
//
//   struct line r;
//   line_open(&r, "raw: {kind: source, makes: part}\nm: {kind: machine, time: 5 s}\nout: {kind: sink}", NULL, NULL);
//   line_made_at(&r, "m", 1, 5.0);        // not a nanosecond earlier
//   line_close(&r);
//
// Every move forward checks the twin's own invariants, that the causes of each station and robot sum
// to the time that has passed, and that parts are conserved.
#pragma once

#include "engine/layout/layout.h"
#include "engine/sim/twin.h"
#include "tests/check.h"

struct line {
  struct layout   layout;
  struct twin    *twin;
  struct arena    arena;
  struct sums     now, before;      // before: a nanosecond before the last moment that was asked for
  enum twin_state state;
};

// stations, flow: entries, one a line; flow NULL: a chain in the order of the stations; extra: further
// keys, a `parts` key there replaces the usual ones (part, a, b, c, d, tray, product). Fails the test when the layout is refused.
void line_open(struct line *r, const char *stations, const char *flow, const char *extra);
void line_open_seed(struct line *r, const char *stations, const char *flow, const char *extra, uint64_t seed, uint32_t replication);
// With bodies that are loaded already, borrowed; NULL: the twin loads its own.
void line_open_kinds(struct line *r, const char *stations, const char *flow, const char *extra, uint64_t seed, uint32_t replication, const struct kinds *kinds);
void line_close(struct line *r);

// Run to a time in seconds (nearest nanosecond), or in nanoseconds.
void line_to(struct line *r, double seconds);
void line_to_ns(struct line *r, ns_t t);

const struct station_sums *line_station(const struct line *r, const char *name);
const struct fleet_sums   *line_fleet(const struct line *r, const char *name);
double line_cause(const struct line *r, const char *station, enum station_cause c);       // s
double line_robot(const struct line *r, const char *fleet, enum robot_cause c);           // s

// The nth part is finished at station (or reaches a sink: name NULL) at exactly this time.
#define line_made_at(r, station, nth, seconds) line_made_at_(r, station, nth, seconds, __FILE__, __LINE__)
void line_made_at_(struct line *r, const char *station, int64_t nth, double seconds, const char *file, int row);

// The station was under this cause for so many seconds up to now.
#define line_was(r, station, cause, seconds) line_was_(r, station, cause, seconds, __FILE__, __LINE__)
void line_was_(const struct line *r, const char *station, enum station_cause c, double seconds, const char *file, int row);
#define line_robots_were(r, fleet, cause, seconds) line_robots_were_(r, fleet, cause, seconds, __FILE__, __LINE__)
void line_robots_were_(const struct line *r, const char *fleet, enum robot_cause c, double seconds, const char *file, int row);
