// Random layouts from one seed each: whatever is asked for, no invariant of the twin breaks. After every few
// events the twin counts its parts and checks its state; the causes of every station and robot sum to the
// time that has passed.
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.h"
#include "engine/world/kinds.h"
#include "engine/world/scene.h"
#include "tests/lines.h"

#define SEED    20260
#define LAYOUTS REPEATS(30, 200)
#define FOLLOWED REPEATS(5, 20)      // of the frail ones in halls, at motion fidelity up to this number: they take longer

struct draw {
  struct stream s;
  bool hall;                        // stations have places and robots walk
  bool motion;                      // at motion fidelity
  bool frail;                       // robots break, fall, give up, come and go
  bool skilled;                     // stations work in steps
  int  together;                    // robots of the steps drawn last
  int  places;
  bool arrivals;                    // the first source has an `every`
  char at[64], time[2][80], work[600];
  char stations[16000], flow[8000], extra[3000];
};

// every draw is a statement of its own: compilers evaluate arguments in different orders
static int pick(struct draw *d, int n) { return (int)(stream_unit(&d->s) * n); }        // 0 ... n - 1
static bool maybe(struct draw *d, double share) { return stream_unit(&d->s) < share; }

static void add(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void add(char *to, size_t size, const char *format, ...) {
  size_t used = strlen(to);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(to + used, size - used, format, arguments);
  va_end(arguments);
}
#define STATION(...) add(d->stations, sizeof d->stations, __VA_ARGS__)
#define FLOW(...)    add(d->flow, sizeof d->flow, __VA_ARGS__)
#define EXTRA(...)   add(d->extra, sizeof d->extra, __VA_ARGS__)

// where a station stands: rows of eight, 4 m apart; nothing in a logical line
static const char *at(struct draw *d) {
  d->at[0] = 0;
  if (d->hall) {
    snprintf(d->at, sizeof d->at, ", at: [%d, %d], size: [0.6, 0.6], facing: 270", 3 + 4 * (d->places % 8), 3 + 4 * (d->places / 8));
    d->places++;
  }
  return d->at;
}

static const char *one_of(struct draw *d, const char *const *words, int n) { return words[pick(d, n)]; }
static const char *perhaps(struct draw *d, double share, const char *text) { return maybe(d, share) ? text : ""; }

// a time of about `mean` seconds, of any distribution; drawn into d->time[which]
static const char *time_of(struct draw *d, double mean, int which) {
  char *out = d->time[which];
  size_t size = sizeof d->time[which];
  switch (pick(d, 9)) {
    case 0: snprintf(out, size, "%.3f s", mean); break;
    case 1: snprintf(out, size, "exponential(%.3f s)", mean); break;
    case 2: snprintf(out, size, "\"uniform(%.3f s, %.3f s)\"", mean / 2, mean * 1.5); break;
    case 3: snprintf(out, size, "\"erlang(3, %.3f s)\"", mean); break;
    case 4: snprintf(out, size, "\"lognormal(%.3f s, %.3f s)\"", mean, mean); break;
    case 5: snprintf(out, size, "\"weibull(1.5, %.3f s)\"", mean); break;
    case 6: snprintf(out, size, "\"hyperexponential(0.8, %.3f s, %.3f s)\"", mean / 2, mean * 3); break;
    case 7: snprintf(out, size, "\"geometric(0.5, %.3f s)\"", mean / 2); break;
    default: snprintf(out, size, "\"triangular(0 s, %.3f s, %.3f s)\"", mean, mean * 2); break;
  }
  return out;
}

// time: ... of a station, or the steps that are done there
static const char *work_of(struct draw *d, double mean) {
  static const char *const dos[] = {"pick", "place", "insert", "insert", "fasten", "inspect"};
  size_t size = sizeof d->work;
  d->together = 1;
  if (!d->skilled || maybe(d, 0.3)) {
    snprintf(d->work, size, "time: %s", time_of(d, mean, 0));
    return d->work;
  }
  snprintf(d->work, size, "steps: [");
  int steps = 1 + pick(d, 3);
  for (int k = 0; k < steps; k++) {
    const char *what = one_of(d, dos, 6);
    add(d->work, size, "%s{do: %s", k ? ", " : "", what);
    if (maybe(d, 0.3)) add(d->work, size, ", count: %d", 1 + pick(d, 3));
    if (maybe(d, 0.4)) add(d->work, size, ", tries: %d", 1 + pick(d, 2));
    if (maybe(d, 0.2)) {
      add(d->work, size, ", robots: 2");
      d->together = 2;
    }
    add(d->work, size, "}");
  }
  add(d->work, size, "]");
  return d->work;
}

static void failures_of(struct draw *d) {
  static const char *const thens[] = {"resume", "restart", "scrap"}, *const clocks[] = {"operating", "calendar"};
  const char *up = time_of(d, 5 + pick(d, 60), 0);
  const char *down = time_of(d, 1 + pick(d, 10), 1);
  const char *clock = one_of(d, clocks, 2);
  const char *then = one_of(d, thens, 3);
  const char *by = perhaps(d, 0.2, ", by: staff");
  STATION(", failures: {up: %s, down: %s, clock: %s, then: %s%s}", up, down, clock, then, by);
}

// what machines and their relatives may have
static void habits_of(struct draw *d, bool machine) {
  static const char *const whens[] = {"when: part-changes", "every: 3"}, *const fleets[] = {"crew", "staff"}, *const durings[] = {"process", "all"};
  static const char *const shifts[] = {"day", "late"}, *const rules[] = {"in-turn", "emptiest"};
  if (maybe(d, 0.3)) STATION(", servers: %d", 1 + pick(d, 3));
  else if (machine && maybe(d, 0.15)) STATION(", batch: %d", 2 + pick(d, 3));
  if (maybe(d, 0.35)) failures_of(d);
  if (maybe(d, 0.2)) STATION(", scrap: %.2f", 0.3 * stream_unit(&d->s));
  if (machine && maybe(d, 0.2)) {
    const char *time = time_of(d, 2, 0), *when = one_of(d, whens, 2);
    STATION(", setup: {time: %s, %s}", time, when);
  }
  if (maybe(d, 0.25)) {
    int count = 1 + pick(d, 2);
    if (count < d->together) count = d->together;
    const char *by = one_of(d, fleets, 2), *during = one_of(d, durings, 2);
    STATION(", operator: {count: %d, by: %s, during: %s}", count, by, during);
  }
  if (maybe(d, 0.15)) STATION(", shift: %s", one_of(d, shifts, 2));
  if (machine && maybe(d, 0.1)) STATION(", blocking: before-service");
  if (maybe(d, 0.2)) STATION(", choose: %s", one_of(d, rules, 2));
  STATION("%s", at(d));
}

// one arrow: direct, with time, or carried
static void arrow(struct draw *d, const char *from, const char *to, const char *more) {
  static const char *const fleets[] = {"robots", "people", "crew", "staff"};
  FLOW("{path: %s -> %s%s", from, to, more);
  if (maybe(d, 0.3)) {
    const char *by = one_of(d, fleets, 4), *both = perhaps(d, 0.15, ", robots: 2");
    FLOW(", by: %s%s", by, both);
  }
  if (maybe(d, 0.15)) FLOW(", time: %.2f s", 2 * stream_unit(&d->s));
  if (maybe(d, 0.15)) FLOW(", priority: %d", pick(d, 3));
  FLOW("}\n");
}

static void buffer(struct draw *d, const char *name) {
  static const char *const orders[] = {"fifo", "lifo", "priority"};
  int capacity = 2 + pick(d, 5);
  const char *order = one_of(d, orders, 3), *holds = perhaps(d, 0.2, ", holds: {b: 1, a: 1}");
  STATION("%s: {kind: buffer, capacity: %d, order: %s%s%s}\n", name, capacity, order, holds, at(d));
}

static void source(struct draw *d, const char *name, const char *makes) {
  STATION("%s: {kind: source, makes: %s", name, makes);
  bool arrivals = maybe(d, 0.7);
  if (d->places == 0) d->arrivals = arrivals;
  if (arrivals) {
    STATION(", every: %s", time_of(d, 1 + pick(d, 30) * 0.1, 0));
    if (maybe(d, 0.3)) STATION(", batch: %d", 1 + pick(d, 4));
    if (maybe(d, 0.3)) STATION(", when_full: lose");
    if (maybe(d, 0.2)) STATION(", first: %d s", pick(d, 20));
  }
  if (maybe(d, 0.3)) STATION(", limit: %d", 1 + pick(d, 300));
  if (maybe(d, 0.1)) STATION(", shift: late");
  STATION("%s}\n", at(d));
}

static void conveyor(struct draw *d, const char *name) {
  double pitch = 0.2 + 0.1 * pick(d, 10);
  const char *stops = perhaps(d, 0.4, ", accumulating: false"), *shift = perhaps(d, 0.2, ", shift: day");
  STATION("%s: {kind: conveyor, speed: 0.5, pitch: %.1f%s%s", name, pitch, stops, shift);
  if (d->hall) {
    int x = 3 + 4 * (d->places % 8), y = 3 + 4 * (d->places / 8);
    d->places++;
    STATION(", path: [[%d, %d], [%d, %d]]}\n", x, y, x + 2, y);
  } else {
    STATION(", length: %d}\n", 1 + pick(d, 8));
  }
}

// two ways that come together in a buffer
static void split(struct draw *d, int k, const char *from, const char *name, const char *next) {
  static const char *const first[] = {", part: a", ", share: 0.3", ""}, *const second[] = {", part: b", ", share: 0.7", ""};
  char way[24];
  snprintf(way, sizeof way, "x%d", k);
  STATION("%s: {kind: sorter, time: %s", name, time_of(d, 0.5, 0));
  habits_of(d, false);
  STATION("}\n%s: {kind: machine, %s", way, work_of(d, 3));
  habits_of(d, true);
  STATION("}\n");
  buffer(d, next);
  arrow(d, from, name, "");
  int kind = pick(d, 3);
  arrow(d, name, way, first[kind]);
  arrow(d, name, next, second[kind]);
  for (int i = 0; kind == 0 && i < 3; i++) FLOW("{path: %s -> %s, part: %s}\n", name, next, i == 0 ? "c" : i == 1 ? "product" : "tray");
  arrow(d, way, next, "");
}

// a set with parts of its own source; half of them onto a tray that comes first
static void set(struct draw *d, int k, const char *from, const char *name) {
  bool base = maybe(d, 0.5), early = base || maybe(d, 0.5);
  int needed = 1 + pick(d, 2);
  STATION("%s: {kind: assembly, needs: {a: %d, b: 1, c: 1}, makes: product, take: %s, %s", name, needed, early ? "early" : "together", work_of(d, 1));
  if (base) STATION(", base: tray, pattern: {grid: [2, 2], pitch: [0.1, 0.1]}");
  habits_of(d, false);
  STATION("}\nc%d: {kind: source, makes: c%s}\n", k, at(d));
  STATION("qc%d: {kind: buffer, capacity: 2%s}\n", k, at(d));
  STATION("qa%d: {kind: buffer, capacity: 4%s}\n", k, at(d));
  STATION("qb%d: {kind: buffer, capacity: 4%s}\n", k, at(d));
  STATION("%s-in: {kind: sorter%s}\n", name, at(d));
  STATION("rest%d: {kind: sink, counts: scrapped%s}\n", k, at(d));
  if (base) {
    STATION("t%d: {kind: source, makes: tray%s}\n", k, at(d));
    FLOW("{path: t%d -> %s%s}\n", k, name, perhaps(d, 0.5, ", by: robots"));
  }
  FLOW("c%d -> qc%d\n%s -> %s-in\n", k, k, from, name);
  FLOW("{path: %s-in -> qa%d, part: a}\n{path: %s-in -> qb%d, part: b}\n", name, k, name, k);
  for (int i = 0; i < 3; i++) FLOW("{path: %s-in -> rest%d, part: %s}\n", name, k, i == 0 ? "c" : i == 1 ? "product" : "tray");
  for (int i = 0; i < 3; i++) FLOW("{path: q%c%d -> %s%s}\n", "abc"[i], k, name, early ? perhaps(d, 0.5, ", by: robots") : "");
}

// A stage takes from `from` and says where the next one takes from.
static void stage(struct draw *d, int k, char *from) {
  char name[24], next[24];
  snprintf(name, sizeof name, "s%d", k);
  snprintf(next, sizeof next, "s%d", k);
  switch (pick(d, 11)) {
    case 0: case 1: case 2:
      STATION("%s: {kind: machine, %s", name, work_of(d, 2));
      habits_of(d, true);
      STATION("}\n");
      arrow(d, from, name, "");
      break;
    case 3: case 4:
      buffer(d, name);
      arrow(d, from, name, "");
      break;
    case 5:
      conveyor(d, name);
      arrow(d, from, name, "");
      break;
    case 6:
      snprintf(next, sizeof next, "j%d", k);
      split(d, k, from, name, next);
      break;
    case 7:
      set(d, k, from, name);
      break;
    case 8: {
      const char *work = work_of(d, 2);
      STATION("%s: {kind: disassembly, %s, into: {a: %d, b: 1}", name, work, 1 + pick(d, 2));
      habits_of(d, false);
      STATION("}\n");
      arrow(d, from, name, "");
      break;
    }
    case 9:
      // another source joins in
      snprintf(next, sizeof next, "n%d", k);
      source(d, name, "b");
      buffer(d, next);
      arrow(d, from, next, "");
      arrow(d, name, next, "");
      break;
    default:
      STATION("%s: {kind: inspection, %s, finds: {b: 0.8}, false_alarm: 0.1", name, work_of(d, 0.5));
      habits_of(d, false);
      STATION("}\nbad%d: {kind: sink, counts: scrapped%s}\n", k, at(d));
      STATION("ok%d: {kind: buffer, capacity: 2%s}\n", k, at(d));
      arrow(d, from, name, "");
      snprintf(next, sizeof next, "ok%d", k);
      FLOW("{path: %s -> %s, when: pass}\n{path: %s -> bad%d, when: fail}\n", name, next, name, k);
  }
  strcpy(from, next);
}

static void crews(struct draw *d) {
  static const char *const charging[] = {"", ", charging: {below: 40 %, until: 90 %, idle: false}", ", charging: {idle: true}"};
  EXTRA("robots: {crew: {count: %d", 2 + pick(d, 4));
  bool model = d->hall && maybe(d, 0.5);
  if (model) {
    EXTRA(", model: optimus-gen2, battery: 30 %%");
  } else {
    int handling = pick(d, 20), speed = pick(d, 3);
    EXTRA(", handling: %d00 ms, speed: %.1f%s", handling, speed * 0.6, perhaps(d, 0.5, ", runs: 5 min, charges: 2 min"));
    if (maybe(d, 0.1)) EXTRA(", falls: {share: 0.05, for: 20 s}");
  }
  if (maybe(d, 0.2)) EXTRA(", relief: true");
  if (maybe(d, 0.2)) EXTRA(", shift: late");
  EXTRA("%s%s}}\n", one_of(d, charging, 3), d->hall ? ", home: charge" : "");
  int staff = 2 + pick(d, 2);
  EXTRA("people: {staff: {count: %d, handling: 1 s%s%s}}\n", staff, perhaps(d, 0.3, ", shift: day"), d->hall ? ", home: rest" : "");
}

// Robots that break every minute or so, fall and give up; who helps them; robots added and taken out.
static void frail_crews(struct draw *d) {
  static const char *const thens[] = {"resume", "restart", "scrap"}, *const clocks[] = {"operating", "calendar"}, *const skills[] = {"repair", "[repair, rescue]", "[repair, remote]", "[rescue, remote]", "[repair, rescue, remote]"};
  for (int f = 0; f < 2; f++) {
    EXTRA("%s{count: %d", f ? ", helpers: " : "robots: {crew: ", 2 + pick(d, 4));
    if (d->motion || (d->hall && maybe(d, 0.5))) {
      EXTRA(", model: optimus-gen2, battery: 40 %%");
    } else {
      int handling = pick(d, 20), speed = pick(d, 3);
      EXTRA(", handling: %d00 ms, speed: %.1f%s", handling, speed * 0.6, perhaps(d, 0.5, ", runs: 8 min, charges: 2 min"));
      if (maybe(d, 0.5)) EXTRA(", falls: {share: 0.1, for: 15 s}");
      if (maybe(d, 0.5)) EXTRA(", gives_up: {share: 0.1, for: 10 s}");
    }
    if (maybe(d, 0.8)) {
      const char *up = time_of(d, 20 + pick(d, 60), 0), *down = time_of(d, 1 + pick(d, 30), 1);
      const char *clock = one_of(d, clocks, 2), *then = one_of(d, thens, 3);
      EXTRA(", failures: {up: %s, down: %s, clock: %s, then: %s%s}", up, down, clock, then, perhaps(d, 0.2, ", by: staff"));
      EXTRA("%s", perhaps(d, 0.3, ", spares: 2"));
    }
    if (maybe(d, 0.15)) EXTRA(", skills: %s", one_of(d, skills, 5));
    if (maybe(d, 0.2)) EXTRA(", relief: true");
    if (maybe(d, 0.2)) EXTRA(", shift: late");
    EXTRA("%s}", d->hall ? ", home: charge" : "");
  }
  int staff = 2 + pick(d, 2);
  EXTRA("}\npeople: {staff: {count: %d, handling: 1 s%s", staff, perhaps(d, 0.3, ", shift: day"));
  if (maybe(d, 0.7)) EXTRA(", skills: %s", one_of(d, skills, 5));
  EXTRA("%s}}\n", d->hall ? ", home: rest" : "");
  EXTRA("events: [");
  for (int k = 0; k < 6; k++) {
    static const char *const whats[] = {"crew", "helpers", "staff"};
    const char *what = one_of(d, whats, 3);
    int at = 60 * (1 + pick(d, 12)), count = 1 + pick(d, 3);
    EXTRA("%s{at: %d s, do: %s, what: %s, count: %d}", k ? ", " : "", at, maybe(d, 0.5) ? "add" : "remove", what, count);
  }
  EXTRA("]\n");
  int bays = pick(d, 3);
  for (int k = 0; k < bays; k++) STATION("bay%d: {kind: repair, slots: %d, time: %s%s}\n", k, 1 + pick(d, 2), time_of(d, 20, 0), at(d));
}

// Skills of a typed fleet or people: some fail, some learn, together or each by itself.
static void skills_of(struct draw *d, const char *more) {
  const char *shared = one_of(d, (const char *const[]){"true", "false"}, 2);
  int fails = pick(d, 4), insert = 5 + pick(d, 20), fasten = pick(d, 20);
  EXTRA(", skills: {pick: {}, place: {}, insert: {time: %d00 ms, fails: 0.%d, learning: 90 %%, shared: %s}, fasten: {time: %d00 ms}, inspect: {time: %s}%s}", insert, fails, shared, fasten,
        time_of(d, 1, 0), more);
  if (maybe(d, 0.3)) EXTRA(", switching: %d s", 1 + pick(d, 3));
}

// Who can do all steps, a fleet that can do some, and people; every other time robots break and people mend them.
static void skilled_crews(struct draw *d, bool frail) {
  EXTRA("robots: {crew: {count: %d", 2 + pick(d, 4));
  if (d->hall && maybe(d, 0.5)) {
    EXTRA(", model: optimus-gen2, battery: 40 %%");
  } else {
    int handling = pick(d, 20), speed = pick(d, 3);
    EXTRA(", handling: %d00 ms, speed: %.1f%s", handling, speed * 0.6, perhaps(d, 0.5, ", runs: 8 min, charges: 2 min"));
    skills_of(d, "");
  }
  if (frail) EXTRA(", failures: {up: %s, down: 10 s}", time_of(d, 60, 0));
  if (maybe(d, 0.3)) EXTRA(", relief: true");
  if (maybe(d, 0.2)) EXTRA(", shift: late");
  EXTRA("%s}, helpers: {count: 2, handling: 500 ms, skills: [pick, place]%s}}\n", d->hall ? ", home: charge" : "", d->hall ? ", home: charge" : "");
  EXTRA("people: {staff: {count: %d, handling: 1 s%s", 2 + pick(d, 2), perhaps(d, 0.3, ", shift: day"));
  skills_of(d, frail ? ", repair: {}" : "");
  EXTRA("%s}}\n", d->hall ? ", home: rest" : "");
  if (frail) EXTRA("events: [{at: 120 s, do: remove, what: crew, count: 1}, {at: 300 s, do: add, what: crew, count: 1}, {at: 400 s, do: remove, what: staff, count: 1}]\n");
}

static void layout_of(struct draw *d, uint32_t number) {
  static const char *const policies[] = {"nearest", "fifo", "idle-first", "spt", "edd", "atc", "lookahead"}, *const mixes[] = {"{a: 0.6, b: 0.4}", "[{a: 2}, {b: 1}]"};
  d->s = stream_make(SEED, number, d->frail ? "frail lines" : d->skilled ? "skilled lines" : "random lines", "draw", 0);
  d->stations[0] = d->flow[0] = d->extra[0] = 0;
  d->places = 0;
  d->hall = maybe(d, 0.4);
  d->motion = d->frail && d->hall && number <= FOLLOWED;
  if (d->motion) EXTRA("run: {fidelity: motion}\n");
  char from[24] = "src";
  source(d, "src", one_of(d, mixes, 2));
  int stages = 1 + pick(d, 7);
  for (int k = 1; k <= stages; k++) stage(d, k, from);
  const char *time = time_of(d, 1, 0);
  STATION("last: {kind: machine, time: %s%s}\n", time, at(d));
  STATION("out: {kind: sink%s}\n", at(d));
  arrow(d, from, "last", "");
  arrow(d, "last", "out", "");
  if (d->hall) {
    STATION("charge: {kind: charger, slots: %d, power: 2 kW%s}\n", 1 + pick(d, 3), at(d));
    STATION("rest: {kind: dock, slots: 3%s}\n", at(d));
    EXTRA("floor: {size: [36, 48]}\n");
  }
  EXTRA("parts: {a: {}, b: {priority: 1}, c: {}, tray: {}, product: {}}\nshifts: {day: {start: 06:00, end: 06:20, breaks: [[06:05, 3 min]]}, late: {start: 06:10, end: 07:00}}\n");
  if (d->skilled) skilled_crews(d, number & 1);
  else if (d->frail) frail_crews(d);
  else crews(d);
  EXTRA("scheduler: {policy: %s}\n", one_of(d, policies, 7));
  if (maybe(d, 0.2)) EXTRA("flow_limits: [{wip: %d, from: last, to: last}]\n", 1 + pick(d, 3));
  if (!d->frail && !d->skilled && maybe(d, 0.3)) {
    EXTRA("events: [{at: 100 s, do: fail, what: last, for: 40 s}, {at: 300 s, do: add, what: crew, count: 1}, {at: 500 s, do: remove, what: crew, count: 1}%s]\n",
          d->arrivals ? ", {at: 200 s, do: rate, what: src, every: 1 s}" : "");
  }
}

static void show(const struct draw *d) { fprintf(stderr, "stations:\n%sflow:\n%s%s", d->stations, d->flow, d->extra); }

// One layout to its end or 6,000 s; the state it ended in, or -1.
static int run(const struct draw *d, uint32_t number, const struct kinds *kinds, int64_t *made) {
  struct line r;
  line_open_kinds(&r, d->stations, d->flow, d->extra, number, 1, kinds);
  // every few events for a while, then in longer strides over the shifts
  const char *broken = NULL;
  r.state = TWIN_RUNS;
  for (int i = 0; i < 2000 && r.state == TWIN_RUNS && !broken; i++) {
    r.state = twin_step(r.twin, 600 * NS_SECOND);
    if (d->frail || i % 7 == 0) broken = twin_validate(r.twin);
  }
  if (broken) fprintf(stderr, "at %.9f s: %s\n", ns_to_seconds(twin_now(r.twin)), broken);
  for (double t = 600; t <= 6000 && !broken && r.state != TWIN_FAULT; t += 300) line_to(&r, t);
  if (r.state == TWIN_FAULT) fprintf(stderr, "%s\n", twin_why(r.twin));
  int state = broken || r.state == TWIN_FAULT ? -1 : (int)r.state;
  *made = r.now.line.made;
  line_close(&r);
  return state;
}

// The same run again, looked at after every few events: pictures, sums, notes and checks change nothing.
static bool looked_at(const struct draw *d, uint32_t number, const struct kinds *kinds) {
  struct line plain, seen;
  struct scene scene;
  struct note notes[64];
  line_open_kinds(&plain, d->stations, d->flow, d->extra, number, 1, kinds);
  line_open_kinds(&seen, d->stations, d->flow, d->extra, number, 1, kinds);
  struct arena arena;
  if (!arena_init(&arena, (size_t)1 << 28) || !scene_make(&scene, &seen.layout, &arena)) return false;
  twin_run(plain.twin, 900 * NS_SECOND);
  enum twin_state s = TWIN_RUNS;
  for (int i = 0; s == TWIN_RUNS && twin_now(seen.twin) < 300 * NS_SECOND && i < 20000; i++) {
    s = twin_step(seen.twin, 300 * NS_SECOND);
    if (i % 5 == 0) {
      twin_scene(seen.twin, &scene);
      twin_measure(seen.twin, &seen.now);
      twin_notes(seen.twin, notes, 64);
      twin_validate(seen.twin);
    }
  }
  twin_run(seen.twin, 900 * NS_SECOND);
  bool same = twin_digest(plain.twin) == twin_digest(seen.twin) && twin_events(plain.twin) == twin_events(seen.twin);
  if (!same)
    fprintf(stderr, "looking changes the run: %llu events, digest %016llx; unseen %llu, %016llx\n", (unsigned long long)twin_events(seen.twin), (unsigned long long)twin_digest(seen.twin),
            (unsigned long long)twin_events(plain.twin), (unsigned long long)twin_digest(plain.twin));
  arena_finish(&arena);
  line_close(&plain);
  line_close(&seen);
  return same;
}

// Each in a process of its own, so that one that dies names its number and the others go on.
static void random_layouts(bool frail, bool skilled) {
  struct draw *d = calloc(1, sizeof *d);
  assert_non_null(d);
  int ended[4] = {0}, productive = 0, bad = 0;
  d->frail = frail;
  d->skilled = skilled;
  // one body for all of them
  struct line model;
  struct error e = {0};
  line_open(&model, "src: {kind: source, makes: part, at: [2, 2]}\nout: {kind: sink, at: [6, 2]}", NULL, "floor: {size: [9, 5]}\nrobots: {crew: {model: optimus-gen2}}");
  struct kinds *kinds = kinds_load(&model.layout, "assets", 2, &e);
  if (!kinds) fail_msg("%s", e.text);
  line_close(&model);
  printf("%s lines: seed %d, layouts 1 to %d\n", frail ? "frail" : skilled ? "skilled" : "random", SEED, LAYOUTS);
  fflush(NULL);
  for (uint32_t number = 1; number <= LAYOUTS; number++) {
    layout_of(d, number);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
      int64_t made;
      int end = run(d, number, kinds, &made);
      if (number % 3 == 0 && !looked_at(d, number, kinds)) end = -1;
      fflush(NULL);
      _exit(end < 0 ? 1 : 10 + end + (made > 20 ? 10 : 0));
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    if (code < 10) {
      fprintf(stderr, "layout %u of seed %d failed\n", number, SEED);
      if (bad++ < 3) show(d);
      continue;
    }
    ended[code % 10]++;
    productive += code >= 20;
  }
  kinds_destroy(kinds);
  printf("%d run on, %d out of parts, %d deadlocked; %d make more than 20 parts\n", ended[TWIN_RUNS], ended[TWIN_PARTS], ended[TWIN_DEADLOCK], productive);
  CHECK(bad, ==, 0);
  CHECK(productive, >, LAYOUTS / REPEATS(3, 2));       // of few it may be chance
  free(d);
}

static void no_invariant_breaks(void **state) {
  (void)state;
  random_layouts(false, false);
}

// Breakdowns, falls, calls for help, robots that come and go: after every event each job is in exactly one state, and no part is lost or doubled.
static void frail_robots_lose_nothing(void **state) {
  (void)state;
  random_layouts(true, false);
}

// Work in steps by who has the skills, alone and in twos, tried again and given up: every try is somebody's practice.
static void steps_lose_nothing(void **state) {
  (void)state;
  random_layouts(false, true);
}

int test_random_lines(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(no_invariant_breaks),
    cmocka_unit_test(frail_robots_lose_nothing),
    cmocka_unit_test(steps_lose_nothing),
  };
  return cmocka_run_group_tests_name("random_lines", tests, NULL, NULL);
}
