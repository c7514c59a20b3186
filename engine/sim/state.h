// The state of a running twin, shared by the files of engine/sim and by nobody else.
//
// Columns are sized by the layout in twin_create and live in one arena. Rows refer to each other by
// number; parts and jobs are pools whose rows are reused, with 0 as "none".
//
//   station --- servers          what the ledger books: every station has at least one
//      |------- ways --- edges   where its finished parts can go
//      `------- in-edges         who may bring it parts; `active` are those with a part waiting
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/random.h"
#include "engine/layout/layout.h"
#include "engine/measure/ledger.h"
#include "engine/sim/calendar.h"
#include "engine/sim/twin.h"
#include "engine/world/routes.h"
#include "engine/world/scene.h"
#include "robots/tables.h"
#include "scheduler/dispatch.h"

#define PARTS_MAX        ((uint32_t)part_id_rows)
#define JOBS_MAX         ((uint32_t)1 << 22)
#define EDGES_MAX        4000000
#define INSTANT_MAX      1000000  // events and moves at one instant
#define LIMITS_MAX       32
#define DEPTH_MAX        16       // places that one move passes a part on through before others have their turn
#define NOTES_MAX        4096
#define FOOTING_SPEEDS   4
#define JOB_ROBOTS_MAX   16       // robots on one job, as the layout language has it

// ---- parts -------------------------------------------------------------------------------------

enum part_state {
  PART_FREE,                        // row is not in use
  PART_INSIDE,                      // in a station, being worked on, collected or conveyed
  PART_BEFORE,                      // waits for room ahead before its service begins
  PART_READY,                       // waits in a way for the next place
  PART_RESERVED,                    // stays until its robot grasps it
  PART_TRANSIT,                     // on a direct flow that takes time
  PART_HELD,                        // in a robot's hands
  PART_LAID                         // laid down on the way, for another robot to fetch
};

struct part {
  ns_t     entered;                 // into its station
  ns_t     since;                   // ready since
  ns_t     born;                    // left its source; a product is as old as its oldest part
  union {
    ns_t    belt;                   // on a belt: belt time at which its front was at 0
    int32_t server;                 // in a server: its row
  };
  uint32_t next, prev;              // in its way, or among those no server has begun
  uint32_t mate;                    // next part in the same server
  int32_t  station;                 // where it is or was last
  int32_t  way;                     // chosen for it, NONE
  uint32_t edge;                    // taken (transit, reserved room before service)
  uint32_t limits;                  // bit k: counted in flow limit k
  uint32_t limits_ahead;            // of those, counted for the place whose room is kept
  uint32_t job;                     // that will carry it, 0: none
  float    mass;                    // kg
  uint32_t order;                   // row + 1, 0: of no order
  uint32_t lot;                     // number + 1 of the lot of the plan, 0: of none
  float    rank;                    // in the plan, where it waits
  uint16_t type, becomes;           // what it is taken for, and goes as; becomes: after the service that has begun
  uint16_t is;                      // what it is (engine/sim/seeing.h)
  uint16_t wrong;                   // sorted wrongly in it: itself, or what was put into it
  uint16_t gen;                     // of this row: how many parts it has been
  uint8_t  state, failed;           // failed: inspection said so
  uint8_t  scrapped, holding;       // drawn before service; room ahead is kept for it
  uint8_t  stage;                   // of the plan that comes next
};

// ---- stations ------------------------------------------------------------------------------------

enum server_phase {
  PHASE_IDLE,                       // empty, or collecting a set
  PHASE_CALL_SETUP, PHASE_SETUP,    // operators called for it; being set up
  PHASE_SPACE,                      // waits for room ahead, blocking before service
  PHASE_CALL_WORK, PHASE_WORK,
  PHASE_DONE                        // holds finished parts
};

struct server {
  _Alignas(64)
  int32_t  station;
  uint8_t  phase, cause;            // enum server_phase, enum station_cause
  bool     running;                 // its work timer is set (or stands for a failure in work)
  bool     fails;                   // that timer is a failure
  uint8_t  down;                    // reasons to be down: bit 0 failure, bit 1 event; mending needs somebody: bit 2
  uint8_t  crew, crew_needed;       // operators here, and wanted for this phase
  uint16_t last_type;               // of the last part begun + 1, 0: none yet
  uint32_t since_setup;             // parts since the last set-up
  uint32_t first_part, parts;       // being worked on or waiting to leave
  uint32_t reserved;                // of those that wait to leave: room ahead is kept, a robot will come
  uint32_t pending;                 // of the batch: still without room ahead (blocking before service)
  uint32_t job;                     // operators' job, 0: none
  uint32_t mender;                  // job of who mends, 0: none
  ns_t     cause_since;
  ns_t     started, remaining;      // of the running phase
  ns_t     whole;                   // full length of the phase, for progress and restarts
  ns_t     up_left;                 // operating time to the next failure, NS_NEVER: none
};
static_assert(sizeof(struct server) == 128, "two cache lines");

// Draws of the failures of a server.
struct failing { struct stream up, down; };

// Where a server that works in steps is (engine/sim/work.h).
struct work {
  int32_t step, go;                 // at hand, from 0
  int32_t failed;                   // tries of this go
  bool    gave_up;
  double  fails;                    // share of tries like this one
  struct stream draws;
};

enum { SERVER_WORK, SERVER_FAIL, SERVER_TIMERS };

struct edge {
  _Alignas(32)
  int32_t  way, to;
  int32_t  order;                   // of the flow in the file, then of the copies
  int32_t  flow;                    // NONE: rework
  int16_t  priority;
  bool     by_robots;
  bool     plain;                   // one place feeds one place, at once, whatever the part: needs no comparison when nobody else waits
  int32_t  list;                    // of waiting jobs, for by_robots
  uint32_t active_at;               // index + 1 in `active` of its target, 0: no part waits
};

struct way {
  _Alignas(64)
  int32_t  station;
  uint32_t first_edge, edges;
  uint32_t head, tail, count;       // parts that wait, in order
  uint32_t turn;                    // choose: in-turn, the edge after the last one used
  int32_t  higher;                  // same edges, next larger part priority, NONE
  int32_t  type;                    // the only part in it when its targets care, NONE: any
  bool     queue;                   // first in, first out, whatever the type: who comes behind others changes nothing
};

// How a ready part gets its way: one, or drawn by share.
struct choice { int32_t way; int32_t first_share, shares; };
struct share  { double up_to; int32_t way; };

struct belt {
  ns_t      length, pitch;          // as time at belt speed
  ns_t      offset, frozen;         // belt time = now - offset while it runs
  uint32_t *part;                   // from the end backwards, (capacity)
  uint32_t  count, capacity;
  uint8_t   halted;                 // bit 0 down, bit 1 off shift, bit 2 a part waits at the end (not accumulating)
  uint32_t  droppers;               // robots that stand there with a part for it
  uint32_t  kept;                   // parts on a flow that takes time: the gap at the beginning is theirs
};

struct station_row {
  _Alignas(64)
  uint8_t  kind;                    // enum station_kind
  bool     dirty, off, lifo, careful; // careful: what it accepts depends on the part
  bool     plain;                   // machine of single parts: no set-up, operators, room kept, scrap, rework, change of kind
  bool     stopped;                 // by order (an event `fail`)
  bool     multi;                   // some way has several edges: a filled target may change choices
  int32_t  first_server, servers;
  int32_t  count, incoming, capacity;
  int32_t  batch;
  int32_t  waiting;                 // parts inside that no server has begun
  uint32_t first_waiting, last_waiting;
  int32_t  idle_servers;
  uint32_t limit_from, limit_to;    // flow limits that begin or end here
  int32_t  choice;                  // first of its choices
  int32_t  only_way;                // of every part that leaves, NONE: it is to be chosen
  int32_t  feed, next;              // straight: way of the store that feeds it, place that takes its parts; else NONE
  bool     choice_by_type;
  uint8_t  levels;                  // of order priorities that its choices tell apart, 1 or all
  uint32_t *active, actives;        // edges to it whose way has a part
  uint32_t in_edges;                // all that lead to it
  int32_t  first_way, ways;
  int32_t  rework_way;
  int32_t  belt;                    // row, NONE
  int32_t  operate_list, mend_list; // of waiting jobs, NONE
  int32_t  mixed;                   // row of `seeing`, NONE: classes need not be told apart here
  int32_t  set;                     // assembly sets: first of servers x needs, NONE
  int32_t  need_count;              // needs with the base among them
  const struct part_count *needs;
  __int128 entered;                 // ns, sum over the parts in it
  __int128 waited;                  // ns, sum over the parts that left
  struct stream time, setup, route, outcome, makes;   // draws
  const struct distribution *ahead_of;  // the next draw of `time` is taken already, for this one; NULL: not taken
  ns_t     ahead;
  struct stream before;             // `time` as it was before that draw
  int64_t  made_left;               // source: parts still to make
  int32_t  sequence_item, sequence_done;
  int32_t  drawn_type;              // source: of the next part + 1, 0: not drawn yet
  ns_t     arrival_left;            // source: time left when its timer was stopped
  struct duration every;            // source: now
};

// One need of one assembly server.
struct set_need { int32_t have, coming; };

// ---- orders ----------------------------------------------------------------------------------------

// One row for each order of the layout, in the same order.
struct order_row {
  int64_t left;                     // parts still to be released
  int64_t live;                     // parts of it in the line, and of what became of them
  ns_t    ended;                    // its last part left the line; -1: it is open
};

// What is released together: an order, or with a plan a part of one. In the order in which they are released.
struct lot_row {
  int32_t order, number;
  int64_t left;                     // parts still to be released
  double  begin;                    // s    planned
};

// ---- robots ----------------------------------------------------------------------------------------

enum job_kind  { JOB_CARRY, JOB_OPERATE, JOB_MEND, JOB_RELIEF, JOB_HELP };
enum job_state { JOB_FREE, JOB_RELEASED, JOB_ASSIGNED, JOB_RUNNING };

struct job {
  uint8_t  kind, state;
  uint8_t  need, robots, there;     // wanted, assigned, arrived
  int16_t  priority;
  int32_t  from, to;                // stations; from only for the others
  int32_t  server;                  // operate, mend; of a help: the robot that needs it
  int32_t  laid;                    // place where its part was laid down, NONE: it is in its station
  bool     on_floor;                // its part was laid down
  int32_t  order;                   // file order
  uint32_t part, edge;
  uint32_t next, prev;              // in its list of waiting jobs
  int32_t  list;
  float    work, rest, reach;       // s   expected; work, reach < 0: not asked yet
  ns_t     created;
  uint32_t robot[JOB_ROBOTS_MAX];
};

// Jobs that the same fleets may do at the same priority, oldest first.
struct job_list { uint64_t fleets; int16_t priority; uint32_t head, tail; };

enum robot_act {
  ACT_GONE,                         // not in the hall
  ACT_IDLE, ACT_HOME,               // stands; strolls home
  ACT_FETCH, ACT_WAIT_PART, ACT_WAIT_PARTNER, ACT_PICK,
  ACT_CARRY, ACT_WAIT_SPACE, ACT_PLACE,
  ACT_TO_POST, ACT_POST,            // walks to, stands at a station it operates or mends
  ACT_TO_CHARGER, ACT_WAIT_CHARGER, ACT_CHARGE, ACT_FALLEN,
  ACT_BROKEN, ACT_TO_REPAIR, ACT_GAVE_UP
};

struct robot {
  uint8_t  fleet, act, cause;
  bool     off;                     // shift
  bool     leaving;                 // removed as soon as its job is done
  bool     must_charge;             // charge fell below: not to be given jobs
  bool     posted;                  // relief: keeps its post between parts
  bool     tried;                   // whether this job makes it fall has been drawn
  bool     relief_called;
  bool     fresh;                   // just become idle: looks for a charger or goes home at the end of this instant
  uint32_t number;                  // over all fleets, from 1
  uint32_t job, held;               // part in the hands
  uint8_t  team, teams;             // on which side of how many who work together (engine/sim/team.h); 0: alone
  uint32_t idle_at;                 // index + 1 among the idle
  int32_t  place, from;             // where it stands or walks to; where the walk began
  int32_t  station;                 // of its post, or its charger; NONE
  int32_t  charger, slot;           // whose slot it has or waits for, NONE; which, -1 in line
  uint32_t next_waiting;            // for a slot
  float    load;                    // kg
  uint8_t  then;                    // act that follows a fall or a repair
  uint16_t make;                    // what it is now
  uint16_t next_make;               // what it will be when its job is over
  ns_t     cause_since, idle_since;
  ns_t     act_start, act_length;   // of the act at hand; length 0: open end
  ns_t     remaining;               // of an act stopped by the end of a shift; -1: not stopped
  double   walk_length;             // m
  double   was_done;                // turned: m walked from was_from towards was_to when it was called back
  int32_t  was_from, was_to;
  bool     turned;
  ns_t     restart;                 // that its act takes longer for having been stopped
  uint8_t  stopped;                 // by order: enum stop + 1, 0: not
  bool     hot;                     // a winding near its limit: it walks more slowly
  bool     astray;                  // its body stands beside its way, not at `from`
  double   charge;                  // share at charge_since
  double   drain;                   // share per ns, negative while charging
  int32_t  worked_at;               // group of the station where it did its last step + 1, 0: none yet
  double   work_power;              // W     of the go at hand, by its hands; 0: by the figures
  double   walk_power;              // W     of the walk at hand, by the body; 0: by the figures
  double   hand_power;              // W     of the pick, place or work at hand, by the body; 0: by the figures
  ns_t     charge_since;
  struct stream falls, handling, gives_up;
};

enum { ROBOT_ACT, ROBOT_BATTERY, ROBOT_TIMERS };
enum { BROKEN_FAIL, BROKEN_HELP, BROKEN_TIMERS };               // the next failure; the end of help or repair

// What the robots of a fleet are at one revision of their model.
struct make {
  const char         *revision;     // "": the model as it is
  int32_t             revision_row; // of the sums, NONE: the fleet has one
  struct robot_tables tables;       // of the model, fleets without one: zero
  double rate_idle, rate_walk, rate_work;     // share per ns
  double jog, jog_friction;         // m/s, 1  of a jog where the way allows one, and the friction that it needs; 0: walks
  double footing[FOOTING_SPEEDS];   // 1    friction that walking needs (engine/sim/footing.h); 0: not known
};

// Fleet as it runs: one row per fleet of the layout.
struct fleet_row {
  bool     typed, drains;
  double   speed;                   // m/s
  double   radius;
  int32_t  first_make, makes;       // rows of its makes: the one it begins with, then those that updates bring
  int32_t  routes;                  // which set of routes, NONE: no floor
  bool     off;
  int32_t  first_robot, robots;     // rows, capacity
  int32_t  present, broken;         // in the hall; of them, those that are broken
  ns_t     present_since;
  int32_t  spares;                  // in the hall for those that are broken
  ns_t     spares_since;
  int32_t  home;                    // station
};

struct charger_row {
  int32_t  station, slots, taken;   // taken: in use or on the way
  uint32_t head, tail;              // robots that wait for a slot, linked by next_waiting
  int32_t  packs;
  ns_t    *pack_ready;              // swap: when each pack is charged, (packs)
};

// ---- the twin ----------------------------------------------------------------------------------------

struct shift_row { bool on; };

struct twin {
  ns_t            now;
  uint64_t        digest, events;
  uint32_t        instant;          // events and moves at `now`
  uint32_t        depth;            // of parts passed on within one move
  bool            settling;         // every event of this instant is done
  bool            quiet;            // no other event is set for this instant
  uint32_t        alive;            // timers set that can bring the line on
  enum twin_state state;

  struct calendar calendar;
  const struct layout *layout;
  struct sums     sums;
  int64_t         wip, created, retired;      // parts made by sources (and holds); parts that left the line
  int64_t         wrong_out;                  // sorted wrongly in those that left it
  ns_t            wip_since;

  struct part    *part;      uint32_t part_free, part_top, parts_live;
  struct station_row *station;
  struct server  *server;    struct failing *failing; int32_t servers;
  struct work    *work;                       // (servers); NULL: no station works in steps
  uint64_t       *practice;                   // goes done: of each robot, then of each fleet    (robots + fleets) x skills
  struct edge    *edge;      uint32_t edges;
  struct way     *way;       int32_t ways;
  struct choice  *choice;
  struct share   *share;
  struct seeing  *seeing;    uint16_t *seen_class;                // of stations where classes are told apart
  struct belt    *belt;      int32_t belts;
  struct set_need *set;
  int32_t        *dirty;     uint32_t dirty_head, dirty_count;     // ring of (stations)
  int32_t        *losing;    int32_t losings;                      // sources with arrivals to turn away
  int32_t         limit_count[LIMITS_MAX];

  struct order_row *order;   int32_t order_next;                    // first lot that may have parts to release
  struct lot_row *lot;       int32_t lots;
  struct ahead   *ahead;                                            // plan of the whole line, NULL: none
  bool            planned;                                          // released by it, else by time, priority and file

  struct job     *job;       uint32_t job_free, job_top, jobs_waiting;
  struct job_list *list;     uint32_t *cursor; int32_t lists;
  struct robot   *robot;     int32_t robots;
  struct fleet_row *fleet;
  struct make    *make;      int32_t makes;
  struct charger_row *charger; int32_t chargers;
  struct routes  *routes[64]; int32_t route_sets;
  int32_t        *stand;                      // place number of each station, NONE
  int32_t        *belt_stand, *belt_stand_count;  // first place along each belt, and how many
  double        (*place_at)[2];               // m, of each place
  double         *place_belt;                 // m along its belt
  int32_t         places;
  // idle robots as columns for the scheduler
  int32_t        *idle_place; uint8_t *idle_fleet; int64_t *idle_time; uint32_t *idle_number; int32_t *idle_robot; bool *idle_strolls; int32_t idles;
  int32_t        *fresh; int32_t fresh_first, freshes;    // just become idle: a ring, each robot in it once
  int32_t        *wait_place; uint64_t *wait_fleets; uint8_t *wait_need; uint32_t *wait_job;
  bool           *taken; double *seconds_away; int (*pairs)[2];
  int32_t         pairs_max;
  struct decide  *decide;           // policies beyond the plainest, NULL: none of them
  float          *rest;             // s  of an order from each station and part on: (stations x parts x 2); NULL: nothing is due
  bool            dispatch_wanted;  // a job or an idle robot is new

  struct shift_row *shift;
  bool           *zone_closed;
  int32_t         next_happening;
  struct happening command[64]; ns_t command_at[64]; int32_t commands;

  uint32_t        timer_fail, timer_robot, timer_belt, timer_source, timer_shift, timer_mend, timer_happening, timer_command, timer_body, timer_motion, timer_part, timer_broken, timer_update;
  uint8_t        *timer_alive;
  struct body    *body;             // at body fidelity, else NULL
  struct admit   *admit;            // on a floor, else NULL
  struct motion  *motion;           // at motion fidelity, else NULL
  struct team    *team;             // where several work together, else NULL
  struct bays    *bays;             // on a floor where walkers have no footprints, else NULL
  struct footing *footing;          // friction and slopes of the floor
  struct hands   *hands;            // where robots have bodies and a floor, else NULL
  struct pace    *pace;             // at event fidelity, when a fleet walks by its body; else NULL
  struct broken  *broken;           // engine/sim/broken.h
  struct reassign *reassign;        // engine/sim/reassign.h; NULL: nobody is sent elsewhere
  struct strain  *strain;           // engine/sim/strain.h; NULL at body fidelity
  struct updates *updates;          // engine/sim/update.h

  struct twin_options options;
  ns_t            next_watch, watch_every, next_second;
  uint64_t       *second; int32_t seconds, seconds_max;
  float          *lead; int32_t leads, leads_max;
  struct note     note[NOTES_MAX]; uint32_t notes, notes_read;
  struct layout  *adopted[64]; int32_t adoptions;                  // layouts that `set` made, newest last
  char            why[512];
  struct arena    arena;
};

// ---- small things that every file needs -----------------------------------------------------------------

static inline struct make *make_of(const struct twin *t, const struct robot *b) { return &t->make[b->make]; }
// As robot i is called: R3, or P3 of people.
static inline char robot_letter(const struct twin *t, int32_t i) { return t->layout->fleets[t->robot[i].fleet].people ? 'P' : 'R'; }

// Count for the fleet of robot b, and for its revision where the fleet has several.
#define FLEET_BOOK(t, b, what, amount) do { \
    (t)->sums.fleet[(b)->fleet].what += (amount); \
    if (make_of(t, b)->revision_row != NONE) (t)->sums.revision[make_of(t, b)->revision_row].what += (amount); \
  } while (0)

static inline struct station_sums *sums_of(struct twin *t, int32_t s) { return &t->sums.station[s]; }

static inline void timer_set(struct twin *t, uint32_t timer, ns_t at, enum event_class k, bool alive) {
  calendar_set(&t->calendar, timer, at, k);
  if (at == t->now) t->quiet = false;
  t->timer_alive[timer] = alive;
  t->alive += alive;
}

static inline void timer_cancel(struct twin *t, uint32_t timer) {
  if (!calendar_is_set(&t->calendar, timer)) return;
  calendar_cancel(&t->calendar, timer);
  t->alive -= t->timer_alive[timer];
}

static inline void server_book(struct twin *t, struct server *v, enum station_cause cause) {
  if (v->cause == cause) return;
  t->sums.station[v->station].cause[v->cause] += t->now - v->cause_since;
  v->cause_since = t->now;
  v->cause = (uint8_t)cause;
}

// A part of station s came in at `entered`, or goes now. The mean number of parts follows from the same sums as
// their waits: its integral is the waits of those that left and the ages of those still there.
static inline void station_in(struct station_row *r, ns_t entered) {
  r->count++;
  r->entered += entered;
}
static inline void station_out(struct station_row *r, ns_t entered, ns_t now) {
  r->count--;
  r->entered -= entered;
  r->waited += now - entered;
}

static inline void wip_add(struct twin *t, int64_t n) {
  t->sums.line.wip_area += (double)t->wip * ns_to_seconds(t->now - t->wip_since);
  t->wip_since = t->now;
  t->wip += n;
}

// Look again whether parts can move into station s, at the end of this instant. Whoever comes later to a station
// that nothing waits for says so itself.
static inline void station_dirty(struct twin *t, int32_t s) {
  if (t->station[s].dirty || t->station[s].actives == 0) return;
  t->station[s].dirty = true;
  uint32_t n = (uint32_t)t->layout->station_count, at = t->dirty_head + t->dirty_count;
  t->dirty[at >= n ? at - n : at] = s;
  t->dirty_count++;
}

void twin_fault(struct twin *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void twin_note(struct twin *t, enum note_kind kind, int row, const char *format, ...) __attribute__((format(printf, 4, 5)));
