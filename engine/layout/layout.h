// A checked layout: plain structs, every value in SI and inside its limits, every name resolved.
//
// The text of the layout language becomes a marked tree (base/tree.h); layout_read checks it
// against the schema table (engine/layout/schema.h) and fills these structs. Whatever is here can
// be trusted by the engine; nothing here moves. Strings, arrays and marks live in the layout's own
// arena. Copies of a station (copies: 8) are rows of their own, NAME-1, NAME-2 ..., and the name
// that a flow uses is a group: a run of consecutive stations.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/distribution.h"
#include "base/fault.h"
#include "base/tree.h"

#define NONE (-1)

// ---- floor -------------------------------------------------------------------------------------

struct polygon { int count; double (*point)[2]; };             // m, simple, counter-clockwise

enum zone_kind { ZONE_SLOW, ZONE_ONE_WAY, ZONE_SLIPPERY, ZONE_RAMP, ZONE_DIM, ZONE_NO_GO, ZONE_PEOPLE, ZONE_CHARGING };

struct zone {
  const char    *name;
  enum zone_kind kind;
  struct polygon area;
  double         speed;             // m/s     slow
  double         towards;           // rad     one-way, ramp
  double         friction;          // 1       slippery
  double         slope;             // rad     ramp
  double         occlusion;         // share   dim
  int            only_count;        // 0: everybody may enter
  int           *only;              // fleets
  struct mark    mark;
};

struct wall     { struct polygon line; struct mark mark; };    // open line of points, 0.1 m thick
struct door     { const char *name; double at[2], width; ns_t time; struct mark mark; };
struct obstacle { const char *name; struct polygon area; struct mark mark; };

// ---- parts -------------------------------------------------------------------------------------

enum part_shape { SHAPE_BOX, SHAPE_CYLINDER, SHAPE_SPHERE, SHAPE_PRISM, SHAPE_BAG, SHAPE_SHEET };

struct part_type {
  const char     *name;
  enum part_shape shape;
  double          size[3];          // m     l w h; cylinder d d h; sphere d d d; prism box of base, h
  struct polygon  base;             //       prism
  double          mass;             // kg
  double          friction;         // 1
  double          fragility;        // N     largest grip force, 0: any
  double          tolerance;        // m
  const char     *colour;           // "" : none given
  int             priority;
  struct mark     mark;
};

// ---- times -------------------------------------------------------------------------------------

// A time that may depend on the part: by_part has one entry per part type, all alike when the
// layout gives one. Entries are NULL for parts that the map of the layout does not name.
struct duration {
  bool                        given;
  const struct distribution **by_part;
  struct mark                 mark;
};

struct shift_break { ns_t start, length; };                     // start: time of day

struct shift {
  const char         *name;
  ns_t                start, end;   // time of day; end <= start: next day
  uint8_t             days;         // bit 0 Monday ... bit 6 Sunday
  int                 break_count;
  struct shift_break *breaks;
  struct mark         mark;
};

// ---- skills and steps ----------------------------------------------------------------------------

// What a step does. The order is that of the skills and of the words of the language.
enum step_do { STEP_PICK, STEP_PLACE, STEP_INSERT, STEP_FASTEN, STEP_PRESS, STEP_INSPECT, STEP_SCAN, STEP_OPEN, STEP_CLOSE, STEP_HANDOVER, STEP_CARRY, STEP_DOS };

const char *step_do_name(enum step_do d);                       // "pick"

// Help that robots may need: the first skills.
enum help { HELP_REPAIR, HELP_RESCUE, HELP_REMOTE, HELPS };

// Skills by number: help, what hands do (enum step_do), then names of the layout's own.
enum { SKILL_HANDS = HELPS, SKILL_NAMED = SKILL_HANDS + STEP_DOS, SKILLS_MAX = 64 };

struct step {
  enum step_do what;
  int          part;                // NONE: not said
  int          count;               // goes, each with its own outcome
  double       clearance;           // m    < 0: not said
  double       force;               // N    < 0: not said
  double       tolerance;           // m    < 0: not said
  int          robots;              // that do it together
  int          tries;               // of one go before it is given up
  int          skill;               // that it takes: its own, or the one of `do`
  struct mark  mark;
};

// How well a fleet does one thing. A figure below 0 is not given: the model's own counts.
struct fleet_skill {
  int                 skill;
  bool                timed;
  struct distribution time;         // typed: of one go
  double              fails;        // typed: share of tries
  double              pace;         // 1    times of the model's tables by this
  double              learning;     // share of the time that is left when practice has doubled, 1: it learns nothing
  double              practice;     // goes behind it at time 0
  double              least;        // share of the time that practice does not shorten
  bool                shared;       // what one has learnt all of the fleet know
};

// ---- stations ----------------------------------------------------------------------------------

enum station_kind {
  STATION_SOURCE, STATION_SINK, STATION_BUFFER, STATION_RACK, STATION_BIN, STATION_MACHINE,
  STATION_ASSEMBLY, STATION_DISASSEMBLY, STATION_SORTER, STATION_CONVEYOR, STATION_INSPECTION,
  STATION_CHARGER, STATION_REPAIR, STATION_DOCK, STATION_KINDS
};

const char *station_kind_name(enum station_kind k);

enum makes_kind   { MAKES_SAME, MAKES_MIX, MAKES_SEQUENCE, MAKES_ORDERS };    // SAME: what went in comes out
enum choose_rule  { CHOOSE_FIRST, CHOOSE_IN_TURN, CHOOSE_EMPTIEST };
enum buffer_order { ORDER_FIFO, ORDER_LIFO, ORDER_PRIORITY };
enum setup_when   { SETUP_NEVER, SETUP_PART_CHANGES, SETUP_EVERY };
enum failure_then { FAILURE_RESUME, FAILURE_RESTART, FAILURE_SCRAP };
enum operator_during { DURING_ALL, DURING_SETUP, DURING_PROCESS };

struct part_share { int part; double share; };                  // mix: shares sum to 1
struct part_count { int part; int count; };                     // sequence, needs, into, holds

struct makes {
  enum makes_kind    kind;
  int                count;
  struct part_share *mix;           // MAKES_MIX (one part: share 1); MAKES_ORDERS: every product that is ordered, by its share
  struct part_count *sequence;      // MAKES_SEQUENCE
};

struct failures {
  bool                given;
  struct distribution up, down;     // s
  bool                calendar;     // clock: calendar, else operating
  enum failure_then   then;
  int                 by;           // fleet that mends, NONE: nobody needed
};

struct operators {
  int                  count;       // 0: none needed
  int                  by_count;    // 0: any fleet
  int                 *by;          // fleets; where skills are asked for, those that have them
  int                  skill;       // NONE: none
  enum operator_during during;
};

struct station {
  const char       *name;           // of this copy: "tray-in-3"
  int               group;
  enum station_kind kind;
  struct mark       mark;           // of the key in the layout

  bool    placed;                   // has `at` or `path`
  double  at[2];                    // m    middle
  double  facing;                   // rad  side where robots stand
  double  size[2];                  // m    w along x, d along y, before turning by facing
  double  height;                   // m    working surface
  int     shift;                    // NONE: always on

  // source
  struct makes    makes;            // also machine, assembly, inspection
  struct duration every;            // of arrivals; not given: whenever the next place takes it
  struct duration first;
  int             arrivals;         // `batch` of a source: parts at once
  int64_t         limit;            // total; INT64_MAX: none
  bool            lose;             // when_full: lose

  // sink
  bool scrapped;                    // counts: scrapped

  // buffer, rack, bin
  int                capacity;      // INT32_MAX: unbounded
  enum buffer_order  order;
  int                holds_count;
  struct part_count *holds;
  int                level_count;
  double            *levels;        // m, heights
  int                slots[2];      // columns, rows of each level; 0: not given

  // machine and its relatives
  struct duration time;
  double          ideal;            // s    planned time of a part for OEE
  int             servers;
  int             batch;            //      of a machine
  struct duration setup;
  enum setup_when setup_when;
  int             setup_every;
  struct failures failures;
  double          scrap;            // share
  double          rework;           // share of what is not scrapped
  int             rework_to;        // station group, NONE
  struct operators operators;
  int             robots;           // `robots` of the layout: as operators.count; 0: not given
  bool            before_service;   // blocking
  int             step_count;       // 0: work by time
  struct step    *steps;
  int             first_step;       // its row among the steps of all stations, copies included
  bool            crew_said;        // the layout says how many are there, whatever a step takes

  // assembly, disassembly
  int                need_count;
  struct part_count *needs;
  bool               early;         // take
  int                base;          // part that comes first, NONE
  int                grid[2];       // pattern, 0: none
  double             pitch[2];      // m
  int                into_count;
  struct part_count *into;

  // inspection: finds[part] is the share found faulty when that part is faulty
  double *finds;                    // one per part type, < 0: not a fault
  double  false_alarm;

  // conveyor
  int     path_count;
  double (*path)[2];                // m
  double  length;                   // m
  double  speed;                    // m/s
  double  part_pitch;               // m, least distance between fronts
  bool    accumulating;

  // charger, repair, dock
  int             place_count;      // slots
  double          power;            // W
  bool            swaps;
  struct duration swap;
  int             packs;

  enum choose_rule choose;          // any station
};

// What flows name: a station, or all copies of one. First the stations as they are declared, in order
// (station.group), then one for each copy by its own name (count 1), so that NAME-3 can be named alone.
struct station_group {
  const char *name;
  int         first, count;         // stations
  struct mark mark;
};

// ---- flows -------------------------------------------------------------------------------------

enum carrier   { CARRIER_DIRECT, CARRIER_ROBOTS, CARRIER_PEOPLE, CARRIER_FLEET };
enum pass_when { WHEN_ANY, WHEN_PASS, WHEN_FAIL };

struct flow {                       // one arrow; `a -> b -> c` makes two, in order
  int             from, to;         // groups
  int             line;             // index in `flow`, counted from 0
  int             part;             // NONE: any
  enum carrier    by;
  int             fleet;            // CARRIER_FLEET
  double          share;            // < 0: none given
  int             priority;
  int             robots;           // carriers at once, 1 or more
  struct duration time;
  enum pass_when  when;
  struct mark     mark;
};

struct flow_limit { int wip, from, to; struct mark mark; };     // groups

// ---- robots and people --------------------------------------------------------------------------

struct fleet {
  const char  *name;
  bool         people;
  int          count;               // at time 0
  int          spares;              // more of them, who come for those that break
  int          count_max;           // with them and everything that events add
  const char  *model;               // folder name, NULL: typed
  double       pace;                // m/s  fastest it goes, with a model; 0: as the model walks
  int          home;                // group of a dock, charger or any placed station; NONE
  int          zone_count;
  int         *zones;               // may only be in these; 0: everywhere
  double       battery;             // share at the start
  double       charge_below, charge_until;
  bool         charge_idle;
  bool         relief;
  int          shift;               // NONE: always on
  const char  *revision;
  bool         skills_given;        // else: what hands do, for those with a model; pick and place for the others
  uint64_t     skills;              // bit k: skill k is in the list
  int          skill_count;
  struct fleet_skill *skill;        // of that list
  ns_t         switching;           // added to the first step at another station than the last
  double       cost;                // per hour for people, price for robots; 0: not given

  // typed fleets and people
  double              speed;        // m/s, 0: walking takes no time
  struct distribution handling;     // of a pick or a place
  ns_t                runs;         // what a full charge lasts, 0: never charges
  ns_t                charges;      // empty to full
  double              falls;        // share of jobs
  struct distribution falls_for;
  double              gives_up;     // share of jobs
  struct distribution gives_up_for;
  struct failures     failures;
  struct mark         mark;
};

// As many as can be there at once: a spare stands in for one that is broken.
static inline int fleet_at_once(const struct fleet *f) { return f->count_max - f->spares; }

// ---- orders ------------------------------------------------------------------------------------

struct order {
  const char *id;                   // "": none given
  int         product;              // part
  int64_t     quantity;
  ns_t        release, due;         // due: NS_NEVER when none is given
  int         priority;             // added to that of the part
  int         level;                // priority as a number of layout.order_priorities, from 1
  struct mark mark;
};

enum policy_rule { POLICY_NEAREST, POLICY_FIFO, POLICY_IDLE_FIRST, POLICY_SPT, POLICY_EDD, POLICY_ATC, POLICY_LOOKAHEAD, POLICY_LIBRARY };

// ---- events, goals, run --------------------------------------------------------------------------

enum happening_kind {
  HAPPENING_FAIL, HAPPENING_MEND, HAPPENING_RATE, HAPPENING_ADD, HAPPENING_REMOVE,
  HAPPENING_CLOSE, HAPPENING_OPEN, HAPPENING_SET, HAPPENING_SPILL, HAPPENING_ESTOP, HAPPENING_RESUME, HAPPENING_UPDATE, HAPPENING_PUSH     // as in the words of `do`
};

enum comparison { COMPARE_LESS, COMPARE_LESS_EQUAL, COMPARE_MORE, COMPARE_MORE_EQUAL, COMPARE_EQUAL };

struct goal { const char *path; enum comparison op; double value; struct mark mark; };

enum stop { STOPS_FREEZE, STOPS_KNEEL, STOPS_HOLD };             // in the order of robots/fall.h

// One entry of `events`, or a command of a viewer or a script.
struct happening {
  ns_t                at;           // from time 0, warm-up included
  enum happening_kind kind;
  int                 station;      // fail, mend, rate: group; NONE
  int                 fleet;        // add, remove; push: of the robot; NONE
  int                 number;       // push, estop, resume: of the robot in its fleet, from 1
  int                 zone;         // close, open; estop, resume: or the fleet, or neither, the floor
  enum stop           category;     // estop
  double              impulse, direction, height;              // N s, rad, m   push; height < 0: of the centre of mass
  double              twist;        // N m s  push
  struct polygon      area;         // spill
  double              friction;     // 1     spill
  ns_t                length;       // fail, spill: `for`; 0: until mended, for ever
  struct duration     every;        // rate
  int                 count;        // add, remove
  const char         *path, *value; // set
  const char         *revision;     // update
  double              share;        //        of the fleet at a time
  ns_t                wave;         //        between two waves, 0: all at once
  struct goal        *rollback;     //        undone when this holds, NULL: never
  struct mark         mark;
};


enum fidelity { FIDELITY_EVENT, FIDELITY_MOTION, FIDELITY_BODY };
static inline const char *fidelity_name(enum fidelity f) { return f == FIDELITY_EVENT ? "event" : f == FIDELITY_MOTION ? "motion" : "body"; }

struct run {
  ns_t          length;             // measured time after the warm-up
  ns_t          warmup;
  bool          warmup_auto;        // MSER-5
  uint64_t      seed;
  int           replications;
  enum fidelity fidelity;
  int           body_rate;          // Hz
  ns_t          start;              // time of the week at time 0
};

// ---- the whole -----------------------------------------------------------------------------------

struct layout {
  struct arena arena;
  const char  *file;                // name for messages, and where neighbours are looked for
  const char  *text;                // after overrides; in the arena
  size_t       text_size;
  const char  *name;
  bool         has_floor;           // false: a logical line

  double           size[2];         // m
  double           friction;
  int              wall_count;      struct wall         *walls;
  int              door_count;      struct door         *doors;
  int              obstacle_count;  struct obstacle     *obstacles;
  int              zone_count;      struct zone         *zones;
  int              part_count;      struct part_type    *parts;
  int              shift_count;     struct shift        *shifts;
  int              skill_count;     const char         **skills;       // names by number
  int              station_count;   struct station      *stations;
  int              group_count;     struct station_group *groups;
  int              step_count;                                         // of all stations
  int              flow_count;      struct flow         *flows;
  int              limit_count;     struct flow_limit   *limits;
  int              fleet_count;     struct fleet        *fleets;
  int              order_count;     struct order        *orders;       // in the order of their release: time, priority, file
  const char      *orders_from;     // source that releases them, NULL: none
  int              level_count;     int                 *order_priorities;  // distinct ones, rising; entry 0 is 0, of parts without an order
  int              happening_count; struct happening    *happenings;   // in order of time
  int              goal_count;      struct goal         *goals;
  enum policy_rule policy;
  const char      *policy_file;     // POLICY_LIBRARY
  double           teach;           // share of jobs
  ns_t             robot_life;      // hours on shift over which the price of a robot is spread
  double           energy_price;    // of one kWh
  struct run       run;
  uint64_t         digest;          // of the checked values, not of the bytes
};

struct layout_override { const char *path, *value; };          // --set PATH=VALUE

// Read, override, check. All faults are reported to f; the status is that of the first error, or
// STATUS_OK. f->file and f->source are set to the text that was checked (after overrides), which
// lives in the layout. On error *out holds nothing that may be run; layout_finish it all the same.
enum status layout_read_file(struct layout *out, const char *path, const struct layout_override *set, int set_count, struct faults *f);
enum status layout_read_text(struct layout *out, const char *file, const char *text, size_t size,
                             const struct layout_override *set, int set_count, struct faults *f);
void        layout_finish(struct layout *l);

// True when a running line can go on with b's numbers instead of a's: the same stations, flows, parts and
// fleets with the same places and servers; times, shares, speeds and capacities may differ.
bool layout_same_line(const struct layout *a, const struct layout *b);

// One happening from a marked map {do: fail, what: belt, for: 10 min}, as `events` has them and as
// viewers send them. Names are those of l; memory is taken from a.
enum status layout_read_happening(const struct layout *l, const struct node *n, struct arena *a, struct happening *out, struct faults *f);

int layout_station(const struct layout *l, const char *name);  // row, NONE
int layout_group(const struct layout *l, const char *name);
int layout_fleet(const struct layout *l, const char *name);
int layout_part(const struct layout *l, const char *name);

// Can somebody of that fleet do what takes this skill?
bool layout_has_skill(const struct layout *l, int fleet, int skill);
// What the fleet says of a skill in its list; NULL: nothing, or it has no list.
const struct fleet_skill *layout_fleet_skill(const struct layout *l, int fleet, int skill);
