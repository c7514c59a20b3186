// The time ledger: running sums that only grow, from which every KPI is a difference.
//
// Every second of every station server and of every robot is booked under exactly one cause, in
// integer nanoseconds, so shares sum to 1 exactly. A window (after the warm-up, one batch, one
// hour) is the difference of two snapshots; nothing is ever reset.
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "engine/layout/layout.h"

#define STATION_CAUSE_MAP(X) \
  X(STATION_WORKING, "working") X(STATION_STARVED, "starved") X(STATION_BLOCKED, "blocked") X(STATION_SETUP, "setup") \
  X(STATION_DOWN, "down") X(STATION_WAITING_ROBOT, "waiting_robot") X(STATION_STOPPED, "stopped") X(STATION_OFF_SHIFT, "off_shift")

#define ROBOT_CAUSE_MAP(X) \
  X(ROBOT_WORKING, "working") X(ROBOT_WALKING, "walking") X(ROBOT_WAITING_PART, "waiting_part") X(ROBOT_WAITING_SPACE, "waiting_space") \
  X(ROBOT_WAITING_PARTNER, "waiting_partner") X(ROBOT_WAITING_CHARGER, "waiting_charger") X(ROBOT_TRAFFIC, "traffic") \
  X(ROBOT_CHARGING, "charging") X(ROBOT_FALLEN, "fallen") X(ROBOT_REPAIR, "repair") X(ROBOT_STOPPED, "stopped") \
  X(ROBOT_OFF_SHIFT, "off_shift") X(ROBOT_IDLE, "idle")

#define X(name, text) name,
enum station_cause { STATION_CAUSE_MAP(X) STATION_CAUSES };
enum robot_cause   { ROBOT_CAUSE_MAP(X) ROBOT_CAUSES };
#undef X

const char *station_cause_name(enum station_cause c);           // "working" ...
const char *robot_cause_name(enum robot_cause c);

struct station_sums {
  ns_t     cause[STATION_CAUSES];   // ns of servers
  int64_t  made;                    // parts finished here
  int64_t  scrapped, reworked;      // of those
  int64_t  missorted;               // parts that were taken for another class here
  int64_t  left;                    // parts that left this place
  double   wait;                    // s    time in this place of the parts that left
  double   area;                    // s    integral of the parts in it
};

// One row for each step of each station (station.first_step).
struct step_sums {
  int64_t done, failed;             // goes that succeeded; tries that did not
  int64_t gave_up;                  // products
  ns_t    time;                     // ns  of all of them
};

struct fleet_sums {
  ns_t    cause[ROBOT_CAUSES];      // ns of robots
  ns_t    present;                  // ns of robots (removed ones no longer count)
  ns_t    outside;                  // ns of spares that nobody needs
  double  distance;                 // m
  double  energy;                   // J   drawn from the batteries
  int64_t picks, drops, falls;
  int64_t misses;                   // tries of a pick or a place by hands that did not succeed
  int64_t breakdowns, gave_up;      // robots that broke; that asked for a remote answer
  int64_t helps;                    // times that somebody came to help one of them
  double  help_wait;                // s   from the call until somebody was there
  int64_t pushes, captures, worn;   // impulses on bodies, capture steps, joints that failed by wear
  int64_t through;                  // walks through others at body fidelity (engine/sim/body_clear.h)
  int64_t stumbles, slips, twists, tips, overloads;     // contact checks and drives that did not hold, at body fidelity (engine/sim/body.h)
};

struct line_sums {
  int64_t made, scrapped, lost;     // parts: into good sinks; into others or at a station; arrivals turned away
  int64_t missorted, found;         // parts that robots took for another class; those of them that were seen to be wrong later
  int64_t spoiled;                  // parts into good sinks that are wrong or have something wrong in them
  int64_t interventions;
  int64_t lead_count;
  double  lead;                     // s   of parts into sinks, since they left their source
  double  wip_area;                 // s
  int64_t late_ended, late_open;    // orders that ended after they were due; that are open and past it
  double  delay_ended, delay_open;  // s   by which, in sum
  ns_t    last_sink;                // when the last part went into a sink; 0: none yet
};

struct sums {
  ns_t                 now;
  int                  stations, fleets, steps, revisions;
  struct line_sums     line;
  struct station_sums *station;     // (stations)
  struct fleet_sums   *fleet;       // (fleets)
  struct step_sums    *step;        // (steps)
  struct fleet_sums   *revision;    // of the robots of a fleet while they had it (engine/layout/revisions.h); `present` is not kept   (revisions)
};

// Zeroed sums for a layout; NULL arrays when the arena is full.
struct sums sums_make(const struct layout *l, struct arena *a);
// Copy values between two sums of the same layout.
void        sums_copy(struct sums *to, const struct sums *from);
