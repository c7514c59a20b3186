#include "engine/layout/keys.h"

#include <string.h>

#include "engine/layout/layout.h"

#define OF(k)      (1u << STATION_##k)
#define STORES     (OF(BUFFER) | OF(RACK) | OF(BIN))
#define SHELVES    (OF(RACK) | OF(BIN))
#define WORKS      (OF(MACHINE) | OF(ASSEMBLY) | OF(DISASSEMBLY) | OF(SORTER) | OF(INSPECTION))
#define POINTS_OF  (~OF(CONVEYOR) & ((1u << STATION_KINDS) - 1))   // stations that are a point, not a path
#define ZONE(k)    (1u << ZONE_##k)
#define DO(k)      (1u << HAPPENING_##k)

#define PUT(s, type, field) .store = STORE_##s, .offset = offsetof(struct type, field)
#define LIST(s, type, field, size) PUT(s, type, field), .counter = offsetof(struct type, size)
#define TIMES      .dimension = DIM_TIME, .min = 0, .max = KEY_TIME_MAX
#define METRES(a, b)  .dimension = DIM_LENGTH, .min = (a), .max = (b)
#define SHARES     .dimension = DIM_SHARE, .min = 0, .max = 1
#define COUNTS(a, b)  .min = (a), .max = (b)
#define PLACE      METRES(0, 1e5), .flags = KEY_INSIDE
#define PLACE_REQUIRED METRES(0, 1e5), .flags = KEY_INSIDE | KEY_REQUIRED
#define ANGLE      .dimension = DIM_ANGLE, .min = -360, .max = 360

static const struct key table[] = {
  // ---- the whole ----
  {SCOPE_ROOT, "takt", VALUE_INTEGER, COUNTS(1, 1), .flags = KEY_REQUIRED, .help = "version of the layout language"},
  {SCOPE_ROOT, "name", VALUE_TEXT, .fallback = "", PUT(TEXT, layout, name), .help = "what the line is called"},
  {SCOPE_ROOT, "floor", VALUE_MAP, .inner = SCOPE_FLOOR, .help = "the hall: size, walls, doors, obstacles, zones"},
  {SCOPE_ROOT, "parts", VALUE_NAMED, .inner = SCOPE_PART, .flags = KEY_REQUIRED, .help = "types of parts"},
  {SCOPE_ROOT, "shifts", VALUE_NAMED, .inner = SCOPE_SHIFT, .help = "working hours by name"},
  {SCOPE_ROOT, "orders", VALUE_LIST, .inner = SCOPE_ORDER, .help = "orders, or a csv file of them"},
  {SCOPE_ROOT, "stations", VALUE_NAMED, .inner = SCOPE_STATION, .flags = KEY_REQUIRED, .help = "everything that parts pass through, and docks and chargers"},
  {SCOPE_ROOT, "flow", VALUE_LIST, .inner = SCOPE_FLOW, .help = "how parts move: a -> b -> c, or {path: a -> b, ...}"},
  {SCOPE_ROOT, "flow_limits", VALUE_LIST, .inner = SCOPE_LIMIT, .help = "most parts between two stations"},
  {SCOPE_ROOT, "robots", VALUE_NAMED, .inner = SCOPE_ROBOTS, .help = "fleets of robots"},
  {SCOPE_ROOT, "people", VALUE_NAMED, .inner = SCOPE_PEOPLE, .help = "groups of people"},
  {SCOPE_ROOT, "scheduler", VALUE_MAP, .inner = SCOPE_SCHEDULER, .help = "who gets which job"},
  {SCOPE_ROOT, "events", VALUE_LIST, .inner = SCOPE_EVENT, .help = "what happens at a given time"},
  {SCOPE_ROOT, "goals", VALUE_SPECIAL, .help = "numbers of the result and what they shall be, throughput_per_h: \">= 110\""},
  {SCOPE_ROOT, "cost", VALUE_MAP, .inner = SCOPE_COST, .help = "what robots' hours and energy cost, beside the `cost` of fleets and people"},
  {SCOPE_ROOT, "run", VALUE_MAP, .inner = SCOPE_RUN, .help = "how long, how often, how fine"},

  // ---- floor ----
  {SCOPE_FLOOR, "size", VALUE_PAIR, METRES(1, 1e5), .flags = KEY_REQUIRED, PUT(PAIR, layout, size), .help = "the hall is [0, w] x [0, d]"},
  {SCOPE_FLOOR, "friction", VALUE_NUMBER, COUNTS(0, 2), .fallback = "0.6", PUT(DOUBLE, layout, friction), .help = "of feet on the floor"},
  {SCOPE_FLOOR, "walls", VALUE_SPECIAL, .help = "lines of points, 0.1 m thick"},
  {SCOPE_FLOOR, "doors", VALUE_NAMED, .inner = SCOPE_DOOR, .help = "gaps in walls"},
  {SCOPE_FLOOR, "obstacles", VALUE_NAMED, .inner = SCOPE_OBSTACLE, .help = "areas that nobody can cross"},
  {SCOPE_FLOOR, "zones", VALUE_NAMED, .inner = SCOPE_ZONE, .help = "areas with rules of their own"},

  {SCOPE_DOOR, "at", VALUE_PAIR, PLACE_REQUIRED, PUT(PAIR, door, at), .help = "middle of the gap, on a wall"},
  {SCOPE_DOOR, "width", VALUE_NUMBER, METRES(0.1, 100), .fallback = "1.2", PUT(DOUBLE, door, width), .help = "of the gap"},
  {SCOPE_DOOR, "time", VALUE_NUMBER, TIMES, .fallback = "0 s", PUT(NS, door, time), .help = "to open, added to every walk through it"},

  {SCOPE_OBSTACLE, "area", VALUE_AREA, PLACE_REQUIRED, PUT(POLYGON, obstacle, area), .help = "simple polygon"},

  {SCOPE_ZONE, "kind", VALUE_WORD, .words = "slow one-way slippery ramp dim no-go people charging", .flags = KEY_REQUIRED | KEY_VARIANT, PUT(ENUM, zone, kind), .help = "what the zone does"},
  {SCOPE_ZONE, "area", VALUE_AREA, PLACE_REQUIRED, PUT(POLYGON, zone, area), .help = "simple polygon"},
  {SCOPE_ZONE, "only", VALUE_NAMES, .refers = NAMED_FLEET, LIST(REFS, zone, only, only_count), .help = "fleets that may enter; nobody else may"},
  {SCOPE_ZONE, "speed", VALUE_NUMBER, .dimension = DIM_SPEED, .min = 0, .max = 10, .flags = KEY_REQUIRED | KEY_ABOVE, .of = ZONE(SLOW), PUT(DOUBLE, zone, speed), .help = "nobody walks faster here"},
  {SCOPE_ZONE, "towards", VALUE_NUMBER, ANGLE, .flags = KEY_REQUIRED, .of = ZONE(ONE_WAY) | ZONE(RAMP), PUT(RADIANS, zone, towards), .help = "direction of travel, or uphill"},
  {SCOPE_ZONE, "friction", VALUE_NUMBER, COUNTS(0, 2), .flags = KEY_REQUIRED, .of = ZONE(SLIPPERY), PUT(DOUBLE, zone, friction), .help = "of feet on the floor"},
  {SCOPE_ZONE, "slope", VALUE_NUMBER, .dimension = DIM_ANGLE, .min = 0, .max = 10, .flags = KEY_REQUIRED, .of = ZONE(RAMP), PUT(RADIANS, zone, slope), .help = "of the ramp"},
  {SCOPE_ZONE, "occlusion", VALUE_NUMBER, SHARES, .flags = KEY_REQUIRED, .of = ZONE(DIM), PUT(DOUBLE, zone, occlusion), .help = "share of a part that the light hides from hands that work there"},

  // ---- parts ----
  {SCOPE_PART, "like", VALUE_NAME, .refers = NAMED_PART, .help = "part whose values these are unless said"},
  {SCOPE_PART, "shape", VALUE_WORD, .words = "box cylinder sphere prism bag sheet", .fallback = "box", PUT(ENUM, part_type, shape), .help = "of its body"},
  {SCOPE_PART, "size", VALUE_SPECIAL, METRES(1e-6, 20), .help = "box, bag, sheet [l, w, h]; cylinder [d, h]; sphere [d]; prism [h]"},
  {SCOPE_PART, "base", VALUE_SPECIAL, METRES(-20, 20), .help = "convex polygon of a prism"},
  {SCOPE_PART, "mass", VALUE_NUMBER, .dimension = DIM_MASS, .min = 0, .max = 1e5, .flags = KEY_ABOVE, .fallback = "0.1", PUT(DOUBLE, part_type, mass), .help = "of one part"},
  {SCOPE_PART, "friction", VALUE_NUMBER, COUNTS(0, 2), .fallback = "0.5", PUT(DOUBLE, part_type, friction), .help = "of its surface in a hand"},
  {SCOPE_PART, "fragility", VALUE_NUMBER, .dimension = DIM_FORCE, .min = 0, .max = 1e6, .flags = KEY_ABOVE, PUT(DOUBLE, part_type, fragility), .help = "largest grip force; any when left out"},
  {SCOPE_PART, "tolerance", VALUE_NUMBER, METRES(0, 1), PUT(DOUBLE, part_type, tolerance), .help = "of its place when it is put down"},
  {SCOPE_PART, "colour", VALUE_TEXT, .fallback = "", PUT(TEXT, part_type, colour), .help = "name, or #rrggbb"},
  {SCOPE_PART, "priority", VALUE_INTEGER, COUNTS(-1e6, 1e6), .fallback = "0", PUT(INT, part_type, priority), .help = "larger goes first in buffers with order: priority"},

  // ---- shifts ----
  {SCOPE_SHIFT, "start", VALUE_CLOCK, .flags = KEY_REQUIRED, PUT(NS, shift, start), .help = "time of day"},
  {SCOPE_SHIFT, "end", VALUE_CLOCK, .flags = KEY_REQUIRED, PUT(NS, shift, end), .help = "time of day; not after the start: the next day"},
  {SCOPE_SHIFT, "days", VALUE_SPECIAL, .fallback = "Mon-Sun", .help = "Mon-Fri, Sat, or a list of days"},
  {SCOPE_SHIFT, "breaks", VALUE_SPECIAL, TIMES, .help = "[[10:00, 15 min], ...]"},

  // ---- stations ----
  {SCOPE_STATION, "kind", VALUE_WORD, .words = "source sink buffer rack bin machine assembly disassembly sorter conveyor inspection charger repair dock",
   .flags = KEY_REQUIRED | KEY_VARIANT, PUT(ENUM, station, kind), .help = "what the station does"},
  {SCOPE_STATION, "at", VALUE_PAIR, PLACE, .of = POINTS_OF, PUT(PAIR, station, at), .help = "middle of the station"},
  {SCOPE_STATION, "facing", VALUE_NUMBER, ANGLE, .fallback = "0", PUT(RADIANS, station, facing), .help = "side where robots stand"},
  {SCOPE_STATION, "height", VALUE_NUMBER, METRES(0, 20), .fallback = "0.9", PUT(DOUBLE, station, height), .help = "of the working surface"},
  {SCOPE_STATION, "shift", VALUE_NAME, .refers = NAMED_SHIFT, PUT(REF, station, shift), .help = "working hours; always on when left out"},
  {SCOPE_STATION, "copies", VALUE_SPECIAL, COUNTS(1, 10000), .help = "n or [nx, ny]: NAME-1, NAME-2 ..."},
  {SCOPE_STATION, "step", VALUE_PAIR, METRES(-1e5, 1e5), .help = "from one copy to the next"},
  {SCOPE_STATION, "robots", VALUE_INTEGER, COUNTS(1, 16), .of = WORKS, PUT(INT, station, robots), .help = "that work here together, as operator: {count: n}"},
  {SCOPE_STATION, "choose", VALUE_WORD, .words = "first in-turn emptiest", .fallback = "first", PUT(ENUM, station, choose), .help = "among flows without shares that have room"},

  // sizes by kind: along x and y before turning by facing, so the first is along facing: robots stand at the long side
  {SCOPE_STATION, "size", VALUE_PAIR, METRES(0.01, 1000), .of = OF(SOURCE) | OF(SINK) | OF(BUFFER) | OF(MACHINE) | OF(DISASSEMBLY) | OF(SORTER) | OF(INSPECTION),
   .fallback = "[1, 1]", PUT(PAIR, station, size), .help = "along x and y at facing 0, turned with it"},
  {SCOPE_STATION, "size", VALUE_PAIR, METRES(0.01, 1000), .of = OF(ASSEMBLY), .fallback = "[0.6, 1]", PUT(PAIR, station, size), .help = "along x and y at facing 0, turned with it"},
  {SCOPE_STATION, "size", VALUE_PAIR, METRES(0.01, 1000), .of = OF(RACK), .fallback = "[0.5, 1.2]", PUT(PAIR, station, size), .help = "along x and y at facing 0, turned with it"},
  {SCOPE_STATION, "size", VALUE_PAIR, METRES(0.01, 1000), .of = OF(BIN), .fallback = "[0.4, 0.6]", PUT(PAIR, station, size), .help = "along x and y at facing 0, turned with it"},
  {SCOPE_STATION, "size", VALUE_PAIR, METRES(0.01, 1000), .of = OF(CONVEYOR), .fallback = "[0.5, 0.5]", PUT(PAIR, station, size), .help = "the second value is the width of the belt"},
  {SCOPE_STATION, "size", VALUE_PAIR, METRES(0.01, 1000), .of = OF(CHARGER), .fallback = "[0.8, 0.6]", PUT(PAIR, station, size), .help = "along x and y at facing 0, turned with it; the default is for each slot"},
  {SCOPE_STATION, "size", VALUE_PAIR, METRES(0.01, 1000), .of = OF(REPAIR), .fallback = "[1, 1]", PUT(PAIR, station, size), .help = "along x and y at facing 0, turned with it; the default is for each slot"},
  {SCOPE_STATION, "size", VALUE_PAIR, METRES(0.01, 1000), .of = OF(DOCK), .fallback = "[0.6, 0.6]", PUT(PAIR, station, size), .help = "along x and y at facing 0, turned with it; the default is for each slot"},

  {SCOPE_STATION, "makes", VALUE_SPECIAL, SHARES, .of = OF(SOURCE) | OF(ASSEMBLY), .flags = KEY_REQUIRED, .help = "a part, a mix with shares; a source also a sequence [{a: 12}, {b: 8}] or orders"},
  {SCOPE_STATION, "makes", VALUE_SPECIAL, SHARES, .of = OF(MACHINE) | OF(INSPECTION), .help = "a part or a mix with shares; what went in when left out"},
  {SCOPE_STATION, "every", VALUE_DURATION, TIMES, .flags = KEY_ABOVE, .of = OF(SOURCE), PUT(DURATION, station, every), .help = "between arrivals; left out: whenever the next place takes a part"},
  {SCOPE_STATION, "first", VALUE_DURATION, TIMES, .of = OF(SOURCE), PUT(DURATION, station, first), .help = "time of the first arrival"},
  {SCOPE_STATION, "batch", VALUE_INTEGER, COUNTS(1, 1e6), .of = OF(SOURCE), .fallback = "1", PUT(INT, station, arrivals), .help = "parts that arrive at once"},
  {SCOPE_STATION, "limit", VALUE_INTEGER, COUNTS(1, 1e12), .of = OF(SOURCE), PUT(INT64, station, limit), .help = "total number of parts; no end when left out"},
  {SCOPE_STATION, "when_full", VALUE_WORD, .words = "wait lose", .fallback = "wait", .of = OF(SOURCE), PUT(FLAG, station, lose), .help = "what an arrival does that finds no room"},

  {SCOPE_STATION, "counts", VALUE_WORD, .words = "good scrapped", .fallback = "good", .of = OF(SINK), PUT(FLAG, station, scrapped), .help = "what its parts count as"},

  {SCOPE_STATION, "capacity", VALUE_INTEGER, COUNTS(1, 1e9), .of = STORES, PUT(INT, station, capacity), .help = "most parts in it; no end when left out"},
  {SCOPE_STATION, "order", VALUE_WORD, .words = "fifo lifo priority", .fallback = "fifo", .of = STORES, PUT(ENUM, station, order), .help = "which part leaves first"},
  {SCOPE_STATION, "holds", VALUE_COUNTS, COUNTS(1, 1e6), .of = STORES, LIST(COUNTS, station, holds, holds_count), .help = "parts in it at the start"},
  {SCOPE_STATION, "levels", VALUE_NUMBERS, METRES(0, 20), .of = SHELVES, LIST(NUMBERS, station, levels, level_count), .help = "heights; one at `height` when left out"},
  {SCOPE_STATION, "slots", VALUE_INTEGERS, COUNTS(1, 1000), .of = SHELVES, PUT(INTEGERS, station, slots), .help = "[columns, rows] of each level"},
  {SCOPE_STATION, "pattern", VALUE_MAP, .inner = SCOPE_PATTERN, .of = SHELVES | OF(ASSEMBLY), .store = STORE_MAP, .help = "where parts lie: {grid: [nx, ny], pitch: [dx, dy]}"},

  {SCOPE_STATION, "time", VALUE_DURATION, TIMES, .of = WORKS, PUT(DURATION, station, time), .help = "of the work on a part"},
  {SCOPE_STATION, "time", VALUE_DURATION, TIMES, .flags = KEY_REQUIRED, .of = OF(REPAIR), PUT(DURATION, station, time), .help = "to mend a robot"},
  {SCOPE_STATION, "ideal", VALUE_NUMBER, TIMES, .flags = KEY_ABOVE, .of = WORKS, PUT(DOUBLE, station, ideal), .help = "planned time of a part for OEE; the mean of `time` over `batch` when left out"},
  {SCOPE_STATION, "servers", VALUE_INTEGER, COUNTS(1, 10000), .of = WORKS, .fallback = "1", PUT(INT, station, servers), .help = "that work side by side"},
  {SCOPE_STATION, "batch", VALUE_INTEGER, COUNTS(1, 1e6), .of = OF(MACHINE) | OF(SORTER) | OF(INSPECTION), .fallback = "1", PUT(INT, station, batch), .help = "parts worked on at once"},
  {SCOPE_STATION, "setup", VALUE_MAP, .inner = SCOPE_SETUP, .of = WORKS, .store = STORE_MAP, .help = "time before the work"},
  {SCOPE_STATION, "failures", VALUE_MAP, .inner = SCOPE_FAILURES, .of = WORKS, PUT(MAP, station, failures), .help = "breakdowns by chance"},
  {SCOPE_STATION, "scrap", VALUE_NUMBER, SHARES, .of = WORKS, .fallback = "0", PUT(DOUBLE, station, scrap), .help = "share of parts spoilt here"},
  {SCOPE_STATION, "rework", VALUE_MAP, .inner = SCOPE_REWORK, .of = WORKS, .store = STORE_MAP, .help = "share of parts sent back"},
  {SCOPE_STATION, "operator", VALUE_MAP, .inner = SCOPE_OPERATOR, .of = WORKS, .store = STORE_MAP, .help = "who must stand there"},
  {SCOPE_STATION, "blocking", VALUE_WORD, .words = "after-service before-service", .fallback = "after-service", .of = WORKS & ~OF(DISASSEMBLY), PUT(FLAG, station, before_service), .help = "whether work may start without room behind"},
  {SCOPE_STATION, "steps", VALUE_LIST, .inner = SCOPE_STEP, .of = WORKS, .help = "work that a robot does, instead of a time"},

  {SCOPE_STATION, "needs", VALUE_COUNTS, COUNTS(1, 10000), .flags = KEY_REQUIRED, .of = OF(ASSEMBLY), LIST(COUNTS, station, needs, need_count), .help = "parts of one product"},
  {SCOPE_STATION, "take", VALUE_WORD, .words = "together early", .fallback = "together", .of = OF(ASSEMBLY), PUT(FLAG, station, early), .help = "when its parts leave the places before it"},
  {SCOPE_STATION, "base", VALUE_NAME, .refers = NAMED_PART, .of = OF(ASSEMBLY), PUT(REF, station, base), .help = "part that comes first and holds the others"},
  {SCOPE_STATION, "into", VALUE_COUNTS, COUNTS(1, 10000), .flags = KEY_REQUIRED, .of = OF(DISASSEMBLY), LIST(COUNTS, station, into, into_count), .help = "what one part becomes"},
  {SCOPE_STATION, "finds", VALUE_SPECIAL, SHARES, .of = OF(INSPECTION), .help = "faulty parts and the share of them that is found"},
  {SCOPE_STATION, "false_alarm", VALUE_NUMBER, SHARES, .of = OF(INSPECTION), .fallback = "0", PUT(DOUBLE, station, false_alarm), .help = "share of good parts that fail"},

  {SCOPE_STATION, "path", VALUE_POINTS, PLACE, .of = OF(CONVEYOR), .help = "line of points that the belt follows"},
  {SCOPE_STATION, "length", VALUE_NUMBER, METRES(0, 1e5), .flags = KEY_ABOVE, .of = OF(CONVEYOR), PUT(DOUBLE, station, length), .help = "of the belt, without a path"},
  {SCOPE_STATION, "speed", VALUE_NUMBER, .dimension = DIM_SPEED, .min = 0, .max = 100, .flags = KEY_ABOVE | KEY_REQUIRED, .of = OF(CONVEYOR), PUT(DOUBLE, station, speed), .help = "of the belt"},
  {SCOPE_STATION, "pitch", VALUE_NUMBER, METRES(0.001, 1000), .flags = KEY_REQUIRED, .of = OF(CONVEYOR), PUT(DOUBLE, station, part_pitch), .help = "least distance between the fronts of two parts"},
  {SCOPE_STATION, "accumulating", VALUE_BOOL, .fallback = "true", .of = OF(CONVEYOR), PUT(BOOL, station, accumulating), .help = "false: a part that waits at the end stops the belt"},

  {SCOPE_STATION, "slots", VALUE_INTEGER, COUNTS(1, 10000), .of = OF(CHARGER) | OF(REPAIR) | OF(DOCK), .fallback = "1", PUT(INT, station, place_count), .help = "robots at once"},
  {SCOPE_STATION, "power", VALUE_NUMBER, .dimension = DIM_POWER, .min = 0, .max = 1e6, .flags = KEY_ABOVE, .of = OF(CHARGER), PUT(DOUBLE, station, power), .help = "of one slot"},
  {SCOPE_STATION, "swap", VALUE_DURATION, TIMES, .of = OF(CHARGER), PUT(DURATION, station, swap), .help = "time to change the battery pack"},
  {SCOPE_STATION, "packs", VALUE_INTEGER, COUNTS(1, 1e5), .of = OF(CHARGER), PUT(INT, station, packs), .help = "full packs at the start"},

  {SCOPE_SETUP, "time", VALUE_DURATION, TIMES, .flags = KEY_REQUIRED, PUT(DURATION, station, setup), .help = "of one set-up"},
  {SCOPE_SETUP, "when", VALUE_WORD, .words = "part-changes", .help = "before a part of another type"},
  {SCOPE_SETUP, "every", VALUE_INTEGER, COUNTS(1, 1e9), PUT(INT, station, setup_every), .help = "before every n-th part"},

  {SCOPE_FAILURES, "up", VALUE_DISTRIBUTION, TIMES, .flags = KEY_REQUIRED | KEY_ABOVE, PUT(DISTRIBUTION, failures, up), .help = "from a repair to the next failure"},
  {SCOPE_FAILURES, "down", VALUE_DISTRIBUTION, TIMES, .flags = KEY_REQUIRED, PUT(DISTRIBUTION, failures, down), .help = "of a repair"},
  {SCOPE_FAILURES, "clock", VALUE_WORD, .words = "operating calendar", .fallback = "operating", PUT(FLAG, failures, calendar), .help = "which time wears it"},
  {SCOPE_FAILURES, "then", VALUE_WORD, .words = "resume restart scrap", .fallback = "resume", PUT(ENUM, failures, then), .help = "what becomes of the part in work"},
  {SCOPE_FAILURES, "by", VALUE_NAME, .refers = NAMED_FLEET, PUT(REF, failures, by), .help = "fleet that mends; nobody is needed when left out"},

  {SCOPE_REWORK, "share", VALUE_NUMBER, SHARES, .flags = KEY_REQUIRED, PUT(DOUBLE, station, rework), .help = "of what is not scrapped"},
  {SCOPE_REWORK, "to", VALUE_NAME, .refers = NAMED_STATION, .flags = KEY_REQUIRED, PUT(REF, station, rework_to), .help = "where those parts go"},

  {SCOPE_OPERATOR, "count", VALUE_INTEGER, COUNTS(1, 16), .fallback = "1", PUT(INT, station, operators.count), .help = "how many must be there; by default as many as a step of the station takes"},
  {SCOPE_OPERATOR, "by", VALUE_NAMES, .refers = NAMED_FLEET, LIST(REFS, station, operators.by, operators.by_count), .help = "a fleet or a list; any when left out"},
  {SCOPE_OPERATOR, "skill", VALUE_SPECIAL, .help = "what they must be able to do"},
  {SCOPE_OPERATOR, "during", VALUE_WORD, .words = "all setup process", .fallback = "all", PUT(ENUM, station, operators.during), .help = "which part of the work"},

  {SCOPE_PATTERN, "grid", VALUE_INTEGERS, COUNTS(1, 1000), .flags = KEY_REQUIRED, PUT(INTEGERS, station, grid), .help = "[nx, ny]"},
  {SCOPE_PATTERN, "pitch", VALUE_PAIR, METRES(0.001, 10), .fallback = "[0.1, 0.1]", PUT(PAIR, station, pitch), .help = "[dx, dy]"},

  {SCOPE_STEP, "do", VALUE_WORD, .words = "pick place insert fasten press inspect scan open close handover carry", .flags = KEY_REQUIRED, PUT(ENUM, step, what), .help = "what is done"},
  {SCOPE_STEP, "part", VALUE_NAME, .refers = NAMED_PART, PUT(REF, step, part), .help = "with which part"},
  {SCOPE_STEP, "count", VALUE_INTEGER, COUNTS(1, 10000), .fallback = "1", PUT(INT, step, count), .help = "how often"},
  {SCOPE_STEP, "clearance", VALUE_NUMBER, METRES(0, 1), PUT(DOUBLE, step, clearance), .help = "of a hole"},
  {SCOPE_STEP, "force", VALUE_NUMBER, .dimension = DIM_FORCE, .min = 0, .max = 1e6, PUT(DOUBLE, step, force), .help = "that is needed"},
  {SCOPE_STEP, "tolerance", VALUE_NUMBER, METRES(0, 1), PUT(DOUBLE, step, tolerance), .help = "of the place"},
  {SCOPE_STEP, "robots", VALUE_INTEGER, COUNTS(1, 16), .fallback = "1", PUT(INT, step, robots), .help = "that do it together; 2 for handover and carry when left out"},
  {SCOPE_STEP, "tries", VALUE_INTEGER, COUNTS(1, 1000), .fallback = "3", PUT(INT, step, tries), .help = "of one go; after that many failures the product is given up: reworked, if the station says where, else scrapped"},
  {SCOPE_STEP, "skill", VALUE_SPECIAL, .help = "that it takes; the one of `do` when left out"},

  // ---- flows ----
  {SCOPE_FLOW, "path", VALUE_TEXT, .flags = KEY_REQUIRED, .help = "a -> b -> c"},
  {SCOPE_FLOW, "part", VALUE_NAME, .refers = NAMED_PART, PUT(REF, flow, part), .help = "only this part; any when left out"},
  {SCOPE_FLOW, "by", VALUE_SPECIAL, .fallback = "direct", .help = "direct, robots, people or a fleet"},
  {SCOPE_FLOW, "share", VALUE_NUMBER, SHARES, PUT(DOUBLE, flow, share), .help = "of the parts that could go here"},
  {SCOPE_FLOW, "priority", VALUE_INTEGER, COUNTS(-1e6, 1e6), .fallback = "0", PUT(INT, flow, priority), .help = "larger goes first"},
  {SCOPE_FLOW, "robots", VALUE_INTEGER, COUNTS(1, 16), .fallback = "1", PUT(INT, flow, robots), .help = "that carry one part together"},
  {SCOPE_FLOW, "time", VALUE_DURATION, TIMES, PUT(DURATION, flow, time), .help = "on the way, or added to every job"},
  {SCOPE_FLOW, "when", VALUE_WORD, .words = "pass fail", .help = "verdict of the inspection that it leaves"},

  {SCOPE_LIMIT, "wip", VALUE_INTEGER, COUNTS(1, 1e9), .flags = KEY_REQUIRED, PUT(INT, flow_limit, wip), .help = "most parts between the two"},
  {SCOPE_LIMIT, "from", VALUE_NAME, .refers = NAMED_STATION, .flags = KEY_REQUIRED, PUT(REF, flow_limit, from), .help = "first station that counts"},
  {SCOPE_LIMIT, "to", VALUE_NAME, .refers = NAMED_STATION, .flags = KEY_REQUIRED, PUT(REF, flow_limit, to), .help = "last station that counts"},

  // ---- robots and people ----
  {SCOPE_ROBOTS, "model", VALUE_TEXT, PUT(TEXT, fleet, model), .help = "folder of a robot, looked for beside the layout, in $TAKT_ASSETS, beside the program; typed values when left out"},
  {SCOPE_ROBOTS, "count", VALUE_INTEGER, COUNTS(0, 1e5), .fallback = "1", PUT(INT, fleet, count), .help = "robots at the start"},
  {SCOPE_ROBOTS, "spares", VALUE_INTEGER, COUNTS(0, 1e5), .fallback = "0", PUT(INT, fleet, spares), .help = "more of them outside: one comes in for each that is broken, and goes when it is mended"},
  {SCOPE_ROBOTS, "pace", VALUE_NUMBER, .dimension = DIM_SPEED, .min = 0.2, .max = 4, PUT(DOUBLE, fleet, pace), .help = "with a model: the fastest they go; they walk up to the model's speed, and jog above its change of gait where the way allows it"},
  {SCOPE_ROBOTS, "home", VALUE_NAME, .refers = NAMED_STATION, PUT(REF, fleet, home), .help = "where idle robots go"},
  {SCOPE_ROBOTS, "skills", VALUE_SPECIAL, .help = "what they are able to do: names, or {NAME: {time: 5 s}}; what hands do when left out (typed: pick and place)"},
  {SCOPE_ROBOTS, "switching", VALUE_NUMBER, TIMES, .fallback = "0 s", PUT(NS, fleet, switching), .help = "added to the first step at another station than the last one worked at"},
  {SCOPE_ROBOTS, "zones", VALUE_NAMES, .refers = NAMED_ZONE, LIST(REFS, fleet, zones, zone_count), .help = "where they may be; everywhere when left out"},
  {SCOPE_ROBOTS, "battery", VALUE_NUMBER, SHARES, .fallback = "100 %", PUT(DOUBLE, fleet, battery), .help = "charge at the start"},
  {SCOPE_ROBOTS, "charging", VALUE_MAP, .inner = SCOPE_CHARGING, .store = STORE_MAP, .help = "when they charge"},
  {SCOPE_ROBOTS, "relief", VALUE_BOOL, .fallback = "false", PUT(BOOL, fleet, relief), .help = "a robot keeps its post until the next one stands there"},
  {SCOPE_ROBOTS, "revision", VALUE_TEXT, .fallback = "", PUT(TEXT, fleet, revision), .help = "of the model: its folder MODEL@NAME or MODEL/revisions/NAME.yaml"},
  {SCOPE_ROBOTS, "shift", VALUE_NAME, .refers = NAMED_SHIFT, PUT(REF, fleet, shift), .help = "working hours"},
  {SCOPE_ROBOTS, "cost", VALUE_NUMBER, COUNTS(0, 1e9), PUT(DOUBLE, fleet, cost), .help = "price of one robot"},
  {SCOPE_ROBOTS, "failures", VALUE_MAP, .inner = SCOPE_FAILURES, PUT(MAP, fleet, failures), .help = "breakdowns of robots; `then` is for what they carry"},
  {SCOPE_ROBOTS, "speed", VALUE_NUMBER, .dimension = DIM_SPEED, .min = 0, .max = 20, .fallback = "1.2", PUT(DOUBLE, fleet, speed), .help = "typed: of walking; 0: walking takes no time"},
  {SCOPE_ROBOTS, "handling", VALUE_DISTRIBUTION, TIMES, .fallback = "0 s", PUT(DISTRIBUTION, fleet, handling), .help = "typed: of a pick or a place"},
  {SCOPE_ROBOTS, "runs", VALUE_NUMBER, TIMES, .flags = KEY_ABOVE, PUT(NS, fleet, runs), .help = "typed: what a full charge lasts"},
  {SCOPE_ROBOTS, "charges", VALUE_NUMBER, TIMES, .flags = KEY_ABOVE, PUT(NS, fleet, charges), .help = "typed: time from empty to full"},
  {SCOPE_ROBOTS, "falls", VALUE_MAP, .inner = SCOPE_FALLS, .store = STORE_MAP, .help = "typed: share of jobs with a fall"},
  {SCOPE_ROBOTS, "gives_up", VALUE_MAP, .inner = SCOPE_GIVES_UP, .store = STORE_MAP, .help = "typed: share of jobs in which it waits for a remote answer"},

  {SCOPE_PEOPLE, "count", VALUE_INTEGER, COUNTS(0, 1e5), .fallback = "1", PUT(INT, fleet, count), .help = "people at the start"},
  {SCOPE_PEOPLE, "home", VALUE_NAME, .refers = NAMED_STATION, PUT(REF, fleet, home), .help = "where they wait"},
  {SCOPE_PEOPLE, "skills", VALUE_SPECIAL, .help = "what they are able to do: names, or {NAME: {time: 5 s}}; pick and place when left out"},
  {SCOPE_PEOPLE, "switching", VALUE_NUMBER, TIMES, .fallback = "0 s", PUT(NS, fleet, switching), .help = "added to the first step at another station than the last one worked at"},
  {SCOPE_PEOPLE, "speed", VALUE_NUMBER, .dimension = DIM_SPEED, .min = 0, .max = 20, .fallback = "1.2", PUT(DOUBLE, fleet, speed), .help = "of walking"},
  {SCOPE_PEOPLE, "handling", VALUE_DISTRIBUTION, TIMES, .fallback = "0 s", PUT(DISTRIBUTION, fleet, handling), .help = "of a pick or a place"},
  {SCOPE_PEOPLE, "shift", VALUE_NAME, .refers = NAMED_SHIFT, PUT(REF, fleet, shift), .help = "working hours"},
  {SCOPE_PEOPLE, "cost", VALUE_NUMBER, COUNTS(0, 1e9), PUT(DOUBLE, fleet, cost), .help = "of one hour of one person"},

  {SCOPE_SKILL, "time", VALUE_DISTRIBUTION, TIMES, PUT(DISTRIBUTION, fleet_skill, time), .help = "typed: of one go; for pick and place `handling` when left out"},
  {SCOPE_SKILL, "fails", VALUE_NUMBER, SHARES, .fallback = "0", PUT(DOUBLE, fleet_skill, fails), .help = "typed: share of tries that fail"},
  {SCOPE_SKILL, "pace", VALUE_NUMBER, COUNTS(0.1, 100), .fallback = "1", PUT(DOUBLE, fleet_skill, pace), .help = "times of the model's hands by this"},
  {SCOPE_SKILL, "learning", VALUE_NUMBER, .dimension = DIM_SHARE, .min = 0.7, .max = 1, PUT(DOUBLE, fleet_skill, learning), .help = "share of time and failures left when practice has doubled; typed: 1"},
  {SCOPE_SKILL, "practice", VALUE_NUMBER, COUNTS(1, 1e9), PUT(DOUBLE, fleet_skill, practice), .help = "goes behind it at time 0; typed: 1"},
  {SCOPE_SKILL, "least", VALUE_NUMBER, SHARES, PUT(DOUBLE, fleet_skill, least), .help = "share that practice does not shorten; typed: 0"},
  {SCOPE_SKILL, "shared", VALUE_BOOL, .fallback = "false", PUT(BOOL, fleet_skill, shared), .help = "what one has learnt all of the fleet know"},

  {SCOPE_CHARGING, "below", VALUE_NUMBER, SHARES, .fallback = "20 %", PUT(DOUBLE, fleet, charge_below), .help = "charge at which a robot goes"},
  {SCOPE_CHARGING, "until", VALUE_NUMBER, SHARES, .fallback = "95 %", PUT(DOUBLE, fleet, charge_until), .help = "charge at which it leaves"},
  {SCOPE_CHARGING, "idle", VALUE_BOOL, .fallback = "true", PUT(BOOL, fleet, charge_idle), .help = "an idle robot charges when a slot is free"},

  {SCOPE_FALLS, "share", VALUE_NUMBER, SHARES, .flags = KEY_REQUIRED, PUT(DOUBLE, fleet, falls), .help = "of jobs"},
  {SCOPE_FALLS, "for", VALUE_DISTRIBUTION, TIMES, .flags = KEY_REQUIRED, PUT(DISTRIBUTION, fleet, falls_for), .help = "time until it works again"},

  {SCOPE_GIVES_UP, "share", VALUE_NUMBER, SHARES, .flags = KEY_REQUIRED, PUT(DOUBLE, fleet, gives_up), .help = "of jobs"},
  {SCOPE_GIVES_UP, "for", VALUE_DISTRIBUTION, TIMES, .flags = KEY_REQUIRED, PUT(DISTRIBUTION, fleet, gives_up_for), .help = "time of an answer, once somebody is free to give it"},

  // ---- orders ----
  {SCOPE_ORDER, "product", VALUE_NAME, .refers = NAMED_PART, .flags = KEY_REQUIRED, PUT(REF, order, product), .help = "part that is ordered"},
  {SCOPE_ORDER, "quantity", VALUE_INTEGER, COUNTS(1, 1e9), .flags = KEY_REQUIRED, PUT(INT64, order, quantity), .help = "how many"},
  {SCOPE_ORDER, "release", VALUE_NUMBER, TIMES, .fallback = "0 s", PUT(NS, order, release), .help = "when it may begin"},
  {SCOPE_ORDER, "due", VALUE_NUMBER, TIMES, PUT(NS, order, due), .help = "when it should be done"},
  {SCOPE_ORDER, "priority", VALUE_INTEGER, COUNTS(-1e6, 1e6), .fallback = "0", PUT(INT, order, priority), .help = "added to that of the part"},
  {SCOPE_ORDER, "id", VALUE_TEXT, .fallback = "", PUT(TEXT, order, id), .help = "name of the order"},

  // ---- scheduler, events, run ----
  {SCOPE_SCHEDULER, "policy", VALUE_WORD, .words = "nearest fifo idle-first spt edd atc lookahead", .fallback = "nearest",
   PUT(ENUM, layout, policy), .help = "rule of dispatch, or a shared library ./mine.so"},
  {SCOPE_SCHEDULER, "teach", VALUE_NUMBER, SHARES, .fallback = "0", PUT(DOUBLE, layout, teach), .help = "share of the jobs at which one learns that go to who has most to learn; lookahead"},

  {SCOPE_EVENT, "at", VALUE_NUMBER, TIMES, .flags = KEY_REQUIRED | KEY_EVENT, PUT(NS, happening, at), .help = "from time 0, warm-up included"},
  {SCOPE_EVENT, "do", VALUE_WORD, .words = "fail mend rate add remove close open set spill estop resume update push", .flags = KEY_REQUIRED | KEY_VARIANT, PUT(ENUM, happening, kind), .help = "what happens"},
  {SCOPE_EVENT, "what", VALUE_NAME, .refers = NAMED_STATION, .flags = KEY_REQUIRED, .of = DO(FAIL) | DO(MEND) | DO(RATE), PUT(REF, happening, station), .help = "to which station"},
  {SCOPE_EVENT, "what", VALUE_NAME, .refers = NAMED_FLEET, .flags = KEY_REQUIRED, .of = DO(ADD) | DO(REMOVE), PUT(REF, happening, fleet), .help = "to which fleet"},
  {SCOPE_EVENT, "what", VALUE_NAME, .refers = NAMED_FLEET, .flags = KEY_REQUIRED, .of = DO(UPDATE), PUT(REF, happening, fleet), .help = "to which fleet"},
  {SCOPE_EVENT, "what", VALUE_NAME, .refers = NAMED_ZONE, .flags = KEY_REQUIRED, .of = DO(CLOSE) | DO(OPEN), PUT(REF, happening, zone), .help = "to which zone"},
  {SCOPE_EVENT, "what", VALUE_SPECIAL, .flags = KEY_REQUIRED, .of = DO(ESTOP) | DO(RESUME), .help = "floor, a zone or a robot"},
  {SCOPE_EVENT, "what", VALUE_SPECIAL, .flags = KEY_REQUIRED, .of = DO(PUSH), .help = "which robot, NAME-3"},
  {SCOPE_EVENT, "impulse", VALUE_NUMBER, COUNTS(0, 1e4), .flags = KEY_REQUIRED | KEY_ABOVE, .of = DO(PUSH), PUT(DOUBLE, happening, impulse), .help = "in N s, at body and motion; robots whose model has a body answer it"},
  {SCOPE_EVENT, "direction", VALUE_NUMBER, ANGLE, .fallback = "0", .of = DO(PUSH), PUT(RADIANS, happening, direction), .help = "that it pushes towards, from +x"},
  {SCOPE_EVENT, "height", VALUE_NUMBER, METRES(0, 3), .of = DO(PUSH), PUT(DOUBLE, happening, height), .help = "above the floor; that of the centre of mass when left out"},
  {SCOPE_EVENT, "twist", VALUE_NUMBER, COUNTS(-1000, 1000), .fallback = "0", .of = DO(PUSH), PUT(DOUBLE, happening, twist), .help = "in N m s about the vertical, counter-clockwise"},
  {SCOPE_EVENT, "for", VALUE_NUMBER, TIMES, .flags = KEY_ABOVE, .of = DO(FAIL), PUT(NS, happening, length), .help = "how long; until mended when left out"},
  {SCOPE_EVENT, "every", VALUE_DURATION, TIMES, .flags = KEY_REQUIRED | KEY_ABOVE, .of = DO(RATE), PUT(DURATION, happening, every), .help = "between arrivals from then on"},
  {SCOPE_EVENT, "count", VALUE_INTEGER, COUNTS(1, 1e5), .fallback = "1", .of = DO(ADD) | DO(REMOVE), PUT(INT, happening, count), .help = "how many"},
  {SCOPE_EVENT, "path", VALUE_TEXT, .flags = KEY_REQUIRED, .of = DO(SET), PUT(TEXT, happening, path), .help = "of a value of the layout"},
  {SCOPE_EVENT, "value", VALUE_TEXT, .flags = KEY_REQUIRED, .of = DO(SET), PUT(TEXT, happening, value), .help = "from then on"},
  {SCOPE_EVENT, "area", VALUE_AREA, PLACE_REQUIRED, .of = DO(SPILL), PUT(POLYGON, happening, area), .help = "simple polygon"},
  {SCOPE_EVENT, "friction", VALUE_NUMBER, COUNTS(0, 2), .flags = KEY_REQUIRED, .of = DO(SPILL), PUT(DOUBLE, happening, friction), .help = "of feet on the wet floor"},
  {SCOPE_EVENT, "for", VALUE_NUMBER, TIMES, .flags = KEY_ABOVE, .of = DO(SPILL), PUT(NS, happening, length), .help = "how long; for ever when left out"},
  {SCOPE_EVENT, "category", VALUE_WORD, .words = "freeze kneel hold", .fallback = "hold", .of = DO(ESTOP), PUT(ENUM, happening, category), .help = "how they stop (docs/balance.md)"},
  {SCOPE_EVENT, "revision", VALUE_TEXT, .flags = KEY_REQUIRED, .of = DO(UPDATE), PUT(TEXT, happening, revision), .help = "that they get"},
  {SCOPE_EVENT, "share", VALUE_NUMBER, SHARES, .flags = KEY_ABOVE, .fallback = "1", .of = DO(UPDATE), PUT(DOUBLE, happening, share), .help = "of the fleet at a time"},
  {SCOPE_EVENT, "every", VALUE_NUMBER, TIMES, .flags = KEY_ABOVE, .of = DO(UPDATE), PUT(NS, happening, wave), .help = "between two waves"},
  {SCOPE_EVENT, "rollback", VALUE_SPECIAL, .of = DO(UPDATE), .help = "when to undo, \"throughput_per_h < 100\""},

  {SCOPE_COST, "life", VALUE_NUMBER, TIMES, .flags = KEY_ABOVE, .fallback = "20000 h", PUT(NS, layout, robot_life), .help = "hours on shift over which the price of a robot is spread"},
  {SCOPE_COST, "energy", VALUE_NUMBER, COUNTS(0, 1e6), .fallback = "0.2", PUT(DOUBLE, layout, energy_price), .help = "of one kWh from a charger, in the money of the prices"},

  {SCOPE_RUN, "for", VALUE_NUMBER, TIMES, .flags = KEY_ABOVE, .fallback = "8 h", PUT(NS, layout, run.length), .help = "measured time after the warm-up"},
  {SCOPE_RUN, "warmup", VALUE_SPECIAL, TIMES, .fallback = "0 s", .help = "time before measuring, or auto (MSER-5)"},
  {SCOPE_RUN, "seed", VALUE_INTEGER, COUNTS(0, 9e15), .fallback = "1", PUT(INT64, layout, run.seed), .help = "of all chance"},
  {SCOPE_RUN, "replications", VALUE_INTEGER, COUNTS(1, 1e6), .fallback = "1", PUT(INT, layout, run.replications), .help = "runs with different chance"},
  {SCOPE_RUN, "fidelity", VALUE_WORD, .words = "event motion body", .fallback = "event", PUT(ENUM, layout, run.fidelity), .help = "how finely robots move"},
  {SCOPE_RUN, "body_rate", VALUE_SPECIAL, .words = "200 100 50", .fallback = "200", .help = "steps of the body a second"},
  {SCOPE_RUN, "start", VALUE_SPECIAL, .help = "clock at time 0, Mon 06:00"},
};

#define TABLE_COUNT ((int)(sizeof(table) / sizeof(table[0])))

const struct key *keys_all(int *count) {
  *count = TABLE_COUNT;
  return table;
}

void keys_of(enum scope s, const struct key **begin, const struct key **end) {
  int first = 0;
  while (first < TABLE_COUNT && table[first].scope != s) first++;
  int last = first;
  while (last < TABLE_COUNT && table[last].scope == s) last++;
  *begin = table + first;
  *end = table + last;
}

const struct key *key_find(enum scope s, int variant, const char *name) {
  const struct key *k, *end;
  for (keys_of(s, &k, &end); k < end; k++)
    if ((variant < 0 || !k->of || k->of >> variant & 1) && strcmp(k->name, name) == 0) return k;
  return NULL;
}

const struct key *key_variant(enum scope s) {
  const struct key *k, *end;
  for (keys_of(s, &k, &end); k < end; k++)
    if (k->flags & KEY_VARIANT) return k;
  return NULL;
}

const char *word_at(const char *words, int i, size_t *length) {
  while (*words) {
    size_t n = strcspn(words, " ");
    if (i-- == 0) {
      *length = n;
      return words;
    }
    words += n;
    if (*words == ' ') words++;
  }
  return NULL;
}

int word_index(const char *words, const char *text, size_t length) {
  size_t n;
  const char *w;
  for (int i = 0; (w = word_at(words, i, &n)); i++)
    if (n == length && memcmp(w, text, n) == 0) return i;
  return -1;
}
