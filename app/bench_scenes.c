#include "app/bench_scenes.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// ---- layouts --------------------------------------------------------------------------------------

char *bench_line_layout(int n, int buffer) {
  char *text = NULL;
  size_t size = 0;
  FILE *f = open_memstream(&text, &size);
  assert(f);
  fprintf(f, "takt: 1\nname: Saturated line of %d\nparts: {part: {}}\nstations:\n  raw: {kind: source, makes: part}\n", n);
  for (int i = 1; i <= n; i++) {
    fprintf(f, "  s%d: {kind: machine, time: exponential(1 s)}\n", i);
    if (i < n) fprintf(f, "  b%d: {kind: buffer, capacity: %d}\n", i, buffer);
  }
  fprintf(f, "  out: {kind: sink}\nflow:\n  - raw");
  for (int i = 1; i <= n; i++) {
    fprintf(f, " -> s%d", i);
    if (i < n) fprintf(f, " -> b%d", i);
  }
  fprintf(f, " -> out\n");
  fclose(f);
  return text;
}

// rows of pick-up places along the hall, a set-down place 8 m across from each, chargers on one side
char *bench_robots_layout(int robots) {
  char *text = NULL;
  size_t size = 0;
  FILE *f = open_memstream(&text, &size);
  assert(f);
  int pairs = robots / 10 > 0 ? robots / 10 : 1, columns = pairs < 20 ? pairs : 20, rows = (pairs + columns - 1) / columns;
  double every = 3600.0 / (60.0 * robots / pairs), width = 4.0 * columns + 8, depth = 12.0 * rows + 8;
  int slots = robots / 8 > 0 ? robots / 8 : 1;
  fprintf(f, "takt: 1\nname: %d robots of 60 jobs an hour\nfloor: {size: [%g, %g]}\nparts: {part: {}}\nstations:\n", robots, width, depth);
  for (int i = 0; i < pairs; i++) {
    double x = 6 + 4.0 * (i % columns), y = 5 + 12.0 * (i / columns);
    fprintf(f, "  in%d: {kind: source, makes: part, every: exponential(%.9g s)}\n", i, every);
    fprintf(f, "  from%d: {kind: buffer, at: [%g, %g], facing: 90}\n", i, x, y);
    fprintf(f, "  to%d: {kind: buffer, at: [%g, %g], facing: -90}\n  out%d: {kind: sink}\n", i, x, y + 8, i);
  }
  fprintf(f, "  charge: {kind: charger, at: [2, 2], slots: %d, power: 2 kW}\nflow:\n", slots);
  for (int i = 0; i < pairs; i++)
    fprintf(f, "  - in%d -> from%d\n  - {path: from%d -> to%d, by: crew}\n  - to%d -> out%d\n", i, i, i, i, i, i);
  fprintf(f, "robots:\n  crew: {count: %d, speed: 1.2, handling: 3 s, runs: 4 h, charges: 30 min, charging: {below: 25 %%, until: 90 %%}}\n", robots);
  fclose(f);
  return text;
}

// every crew has a rack of boxes at one side of the hall and a sink at the other, so far apart that nobody waits for the rack
char *bench_bodies_layout(int robots) {
  enum { CREW = 20 };
  char *text = NULL;
  size_t size = 0;
  int crews = robots / CREW;
  FILE *f = open_memstream(&text, &size);
  assert(f);
  fprintf(f, "takt: 1\nname: %d bodies\nfloor: {size: [51, %d]}\nparts: {box: {shape: box, size: [0.3, 0.2, 0.15], mass: 2 kg}}\nstations:\n", robots, 2 * crews + 2);
  for (int i = 0; i < crews; i++)
    fprintf(f, "  from%d: {kind: buffer, capacity: 99, holds: {box: 99}, at: [2, %d], size: [1, 1], facing: 0}\n"
               "  to%d: {kind: sink, at: [49, %d], size: [1, 1], facing: 180}\n", i, 2 + 2 * i, i, 2 + 2 * i);
  fprintf(f, "flow:\n");
  for (int i = 0; i < crews; i++) fprintf(f, "  - {path: from%d -> to%d, by: crew%d}\n", i, i, i);
  fprintf(f, "robots:\n");
  for (int i = 0; i < crews; i++) fprintf(f, "  crew%d: {model: optimus-gen2, count: %d}\n", i, CREW);
  fprintf(f, "run: {fidelity: body, body_rate: 200}\n");
  fclose(f);
  return text;
}

// layouts/cell-sorting.yaml for crews of twenty: belt and tables as much longer, cells as much closer
char *bench_sorting_layout(int robots) {
  enum { CREW = 20, TABLES = CREW / 2, COLUMNS = 5 };
  static const char table[] = "facing: 0, size: [0.5, 0.6], height: 0.9, base: tray, needs: {cell: 24}, makes: full-tray, take: early, pattern: {grid: [6, 4], pitch: [70 mm, 70 mm]}";
  char *text = NULL;
  size_t size = 0;
  int crews = robots / CREW;
  double length = 1.35 * TABLES, width = length + 10.6, depth = 11;
  FILE *f = open_memstream(&text, &size);
  assert(f);
  fprintf(f, "takt: 1\nname: %d robots sort cells\nfloor: {size: [%g, %g]}\nparts:\n  cell: {shape: cylinder, size: [46 mm, 80 mm], mass: 355 g, friction: 0.55}\n"
             "  cell-ng: {like: cell}\n  tray: {shape: box, size: [0.50, 0.35, 0.10], mass: 1.2}\n  full-tray: {like: tray}\nstations:\n",
          robots, width * COLUMNS, depth * ((crews + COLUMNS - 1) / COLUMNS));
  for (int i = 0; i < crews; i++) {
    double x = width * (i % COLUMNS), y = depth * (i / COLUMNS);
    fprintf(f, "  infeed%d: {kind: source, at: [%g, %g], size: [1, 1], makes: {cell: 0.92, cell-ng: 0.08}, every: exponential(%g s)}\n", i, x + 3.1, y + 6, 8 * 1.1 / CREW);
    fprintf(f, "  belt%d: {kind: conveyor, path: [[%g, %g], [%g, %g]], size: [%g, 0.4], speed: 0.4, pitch: 0.1, height: 0.9, choose: emptiest}\n", i, x + 4, y + 6, x + 4 + length, y + 6, length);
    fprintf(f, "  scrap%d: {kind: sink, at: [%g, %g], size: [0.8, 0.8], counts: scrapped}\n", i, x + length + 6.6, y + 6);
    for (int side = 0; side < 2; side++) {
      const char *name = side ? "low" : "up";
      fprintf(f, "  %s%d: {kind: assembly, copies: %d, at: [%g, %g], step: [1.35, 0], %s}\n", name, i, TABLES, x + 4.4, y + (side ? 5.35 : 6.65), table);
      fprintf(f, "  stack-%s%d: {kind: rack, at: [%g, %g], facing: %d, size: [0.6, 1.6], capacity: 16, levels: [0.9]}\n", name, i, x + 5.2, y + (side ? 2.2 : 9.8), side ? 90 : 270);
      fprintf(f, "  good-%s%d: {kind: sink, at: [%g, %g], facing: %d, size: [0.6, 1.6]}\n", name, i, x + 8.2, y + (side ? 2.2 : 9.8), side ? 90 : 270);
    }
    fprintf(f, "  empties%d: {kind: source, makes: tray}\n", i);
    fprintf(f, "  charge%d: {kind: charger, at: [%g, %g], facing: 180, size: [0.6, 4], slots: 6, power: 2 kW}\n", i, x + length + 8.2, y + 6);
    fprintf(f, "  rest%d: {kind: dock, at: [%g, %g], size: [%g, 0.8], slots: %d}\n", i, x + 10 + length / 2, y + 9.8, length, CREW);
  }
  fprintf(f, "flow:\n");
  for (int i = 0; i < crews; i++) {
    fprintf(f, "  - infeed%d -> belt%d\n  - {path: belt%d -> scrap%d, part: cell-ng}\n", i, i, i, i);
    for (int side = 0; side < 2; side++) {
      const char *name = side ? "low" : "up";
      fprintf(f, "  - empties%d -> stack-%s%d\n  - {path: stack-%s%d -> %s%d, by: crew%d, priority: 1}\n", i, name, i, name, i, name, i, i);
      fprintf(f, "  - {path: belt%d -> %s%d, part: cell, by: crew%d}\n  - {path: %s%d -> good-%s%d, by: crew%d, priority: 1}\n", i, name, i, i, name, i, name, i, i);
    }
  }
  fprintf(f, "robots:\n");
  for (int i = 0; i < crews; i++) fprintf(f, "  crew%d: {model: optimus-gen2, count: %d, home: rest%d, charging: {below: 25 %%, until: 80 %%, idle: true}}\n", i, CREW, i);
  fprintf(f, "scheduler: {policy: lookahead}\nrun: {fidelity: body, body_rate: 200}\n");
  fclose(f);
  return text;
}

// docks along one side, islands of intakes and chutes in turn, chargers along the other side
char *bench_hall_layout(int robots) {
  enum { ISLAND = 8 };
  char *text = NULL;
  size_t size = 0;
  FILE *f = open_memstream(&text, &size);
  assert(f);
  double side = sqrt(9.4 * robots);
  int width = (int)(side / ISLAND + 0.5) * ISLAND, slots = (int)((width - 5) / 0.75), docks = (robots + slots - 1) / slots;
  int rows = (int)((side - 2.1 * docks) / ISLAND), columns = width / ISLAND - 1, intakes = (columns + 1) / 2, chutes = columns / 2;
  double first = 2.1 * docks + 6, depth = first + ISLAND * rows;
  if (slots > robots) slots = robots;
  fprintf(f, "takt: 1\nname: %d robots sort\nfloor: {size: [%d, %g]}\nparts:\n  d0: {mass: 3 kg}\n", robots, width, depth);
  for (int k = 1; k < chutes; k++) fprintf(f, "  d%d: {like: d0}\n", k);
  fprintf(f, "stations:\n  lorries: {kind: source, every: exponential(%.9g s), batch: 4, choose: in-turn, when_full: lose, makes: [", 85.0 * 4 / robots);
  for (int k = 0; k < chutes; k++) fprintf(f, "%s{d%d: 1}", k ? ", " : "", k);
  fprintf(f, "]}\n  intake: {kind: buffer, copies: [%d, %d], at: [%d, %g], step: [%d, %d], size: [1, 4], capacity: 16, choose: in-turn}\n", intakes, rows, ISLAND, first, 2 * ISLAND, ISLAND);
  for (int k = 0; k < chutes; k++)
    fprintf(f, "  c%d: {kind: sink, copies: %d, at: [%d, %g], step: [0, %d], facing: 180, size: [1, 4]}\n", k, rows, 2 * ISLAND * (k + 1), first, ISLAND);
  for (int k = 0; k < docks; k++) fprintf(f, "  rest%d: {kind: dock, at: [%g, %g], size: [%g, 0.6], slots: %d}\n", k, width / 2.0, 1 + 2.1 * k, slots * 0.75, slots);
  int swaps = robots / 40 > 0 ? robots / 40 : 1;
  if (swaps > width) swaps = width;
  fprintf(f, "  swap: {kind: charger, at: [%g, %g], facing: 270, size: [0.6, %g], slots: %d, swap: 3 min, packs: %d}\nflow:\n  - lorries -> intake\n", width / 2.0, depth - 0.5, swaps * 0.75, swaps, robots / 8 + 4);
  for (int k = 0; k < chutes; k++) fprintf(f, "  - {path: intake -> c%d, part: d%d, by: robots}\n", k, k);
  fprintf(f, "robots:\n");
  for (int k = 0; k < docks; k++)
    fprintf(f, "  crew%d: {model: optimus-gen2, count: %d, home: rest%d, charging: {below: 20 %%, until: 100 %%, idle: false}}\n", k, k + 1 < docks ? slots : robots - (docks - 1) * slots, k);
  fprintf(f, "run: {fidelity: motion}\n");
  fclose(f);
  return text;
}

// ---- the bare line ----------------------------------------------------------------------------------

#define STATIONS_MAX 64

enum state { IDLE, BUSY, BLOCKED };

struct ending { double at; uint32_t order; int32_t station; };

struct bare {
  uint64_t      random[4];
  struct ending heap[STATIONS_MAX + 1];
  int           size, n, buffer;
  uint32_t      order;
  double        now;
  int           waiting[STATIONS_MAX + 1];     // parts before station i
  uint8_t       state[STATIONS_MAX];
  uint64_t      done;
};

// xoshiro256+ (Blackman & Vigna, ACM TOMS 2021)
static uint64_t next_random(uint64_t s[4]) {
  uint64_t result = s[0] + s[3], t = s[1] << 17;
  s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3];
  s[2] ^= t;
  s[3] = s[3] << 45 | s[3] >> 19;
  return result;
}

static int earlier(const struct ending *a, const struct ending *b) { return a->at < b->at || (a->at == b->at && a->order < b->order); }

static void push(struct bare *b, struct ending e) {
  int i = b->size++;
  for (; i > 0; i = (i - 1) / 4) {
    if (!earlier(&e, &b->heap[(i - 1) / 4])) break;
    b->heap[i] = b->heap[(i - 1) / 4];
  }
  b->heap[i] = e;
}

static struct ending pop(struct bare *b) {
  struct ending top = b->heap[0], last = b->heap[--b->size];
  int i = 0;
  for (;;) {
    int first = 4 * i + 1, least = first;
    if (first >= b->size) break;
    int end = first + 4 < b->size ? first + 4 : b->size;
    for (int k = first + 1; k < end; k++) if (earlier(&b->heap[k], &b->heap[least])) least = k;
    if (!earlier(&b->heap[least], &last)) break;
    b->heap[i] = b->heap[least];
    i = least;
  }
  b->heap[i] = last;
  return top;
}

static void begin(struct bare *b, int i) {
  double u = ((double)(next_random(b->random) >> 11) + 0.5) * 0x1p-53;
  b->state[i] = BUSY;
  push(b, (struct ending){b->now - log(u), b->order++, i});
}

// station i is free: take the next part, which may free the one before
static void feed(struct bare *b, int i) {
  for (;;) {
    if (i == 0) { begin(b, 0); return; }
    if (b->waiting[i] == 0) { b->state[i] = IDLE; return; }
    b->waiting[i]--;
    begin(b, i);
    if (b->state[i - 1] != BLOCKED) return;
    b->waiting[i]++;
    i--;
  }
}

uint64_t bench_bare_line(int n, int buffer, double length, uint64_t seed) {
  assert(n >= 1 && n <= STATIONS_MAX);
  struct bare b = {.n = n, .buffer = buffer, .random = {seed, 0x9E3779B97F4A7C15u, 0xBF58476D1CE4E5B9u, 0x94D049BB133111EBu}};
  begin(&b, 0);
  for (;;) {
    struct ending e = pop(&b);
    if (e.at > length) return b.done;
    b.now = e.at;
    b.done++;
    int i = e.station;
    if (i + 1 < n) {
      if (b.state[i + 1] == IDLE) begin(&b, i + 1);
      else if (b.waiting[i + 1] < buffer) b.waiting[i + 1]++;
      else { b.state[i] = BLOCKED; continue; }
    }
    feed(&b, i);
  }
}
