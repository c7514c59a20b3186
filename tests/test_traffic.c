// Traffic: no two robots in one cell, no swap, everyone gets there; the same on any number of threads.
#include "scheduler/traffic.h"
#include "scheduler/traffic_flow.h"
#include "scheduler/traffic_gate.h"
#include "scheduler/traffic_pick.h"
#include "scheduler/traffic_tasks.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/random.h"
#include "tests/check.h"

#define SIDE_MAX   40
#define CELLS      (SIDE_MAX * SIDE_MAX)
#define ROBOTS_MAX 400

struct hall {
  struct traffic_grid grid;
  uint8_t wall[CELLS];
  int32_t open[CELLS], opens;       // cells that robots may be in
  int32_t n, cell[ROBOTS_MAX], goal[ROBOTS_MAX * TRAFFIC_GOALS], after[ROBOTS_MAX], scratch[CELLS];
  uint8_t facing[ROBOTS_MAX], after_facing[ROBOTS_MAX], action[ROBOTS_MAX], state[ROBOTS_MAX];
  int32_t reached[ROBOTS_MAX];      // goals, by robot
  struct stream dice;
};

static uint32_t dice(struct hall *h, uint32_t n) { return (uint32_t)(stream_unit(&h->dice) * n); }

// A hall where every free cell lies on a ring: small boxes in an open floor, none touching another or the outer wall.
static void draw_hall(struct hall *h, uint32_t number, int32_t width, int32_t height, double boxes) {
  memset(h, 0, sizeof *h);
  h->dice = stream_make(11, 1, "traffic", "hall", number);
  h->grid = (struct traffic_grid){width, height, h->wall, NULL};
  for (int32_t y = 1; y + 1 < height; y++)
    for (int32_t x = 1; x + 1 < width; x++) {
      if (stream_unit(&h->dice) >= boxes) continue;
      bool touches = false;
      for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) touches |= h->wall[(y + dy) * width + x + dx];
      if (!touches) h->wall[y * width + x] = 1;
    }
  for (int32_t c = 0; c < width * height; c++)
    if (!h->wall[c]) h->open[h->opens++] = c;
}

static void draw_robots(struct hall *h, int32_t n) {
  h->n = n;
  for (int32_t i = 0; i < n; i++) {
    int32_t k = i + (int32_t)dice(h, (uint32_t)(h->opens - i)), c = h->open[k];
    h->open[k] = h->open[i];
    h->open[i] = c;
    h->cell[i] = c;
    h->facing[i] = (uint8_t)dice(h, 4);
  }
  for (int32_t k = 0; k < n * TRAFFIC_GOALS; k++) h->goal[k] = h->open[dice(h, (uint32_t)h->opens)];
}

// One step, checked; goals that are reached are replaced.
static void step(struct hall *h, struct traffic *t) {
  const struct traffic_robots r = {h->n, h->cell, NULL, h->facing, h->state, h->goal, NULL, 0, NULL};
  char fault[128] = "";
  traffic_step(t, &r, h->action);
  if (!traffic_check(&h->grid, h->n, h->cell, h->facing, h->action, h->after, h->after_facing, h->scratch, fault, sizeof fault)) fail_msg("%s", fault);
  for (int32_t i = 0; i < h->n; i++) {
    if (h->state[i] != TRAFFIC_OBEYS) CHECK(h->action[i], ==, TRAFFIC_WAIT);
    h->cell[i] = h->after[i];
    h->facing[i] = h->after_facing[i];
    if (h->cell[i] != h->goal[i * TRAFFIC_GOALS]) continue;
    h->reached[i]++;
    for (int k = 0; k + 1 < TRAFFIC_GOALS; k++) h->goal[i * TRAFFIC_GOALS + k] = h->goal[i * TRAFFIC_GOALS + k + 1];
    h->goal[i * TRAFFIC_GOALS + TRAFFIC_GOALS - 1] = h->open[dice(h, (uint32_t)h->opens)];
  }
}

static struct traffic *make(const struct hall *h, int32_t window, int32_t threads) {
  struct traffic_params p = traffic_defaults();
  p.robots_max = h->n;
  p.window = window;
  p.work = 2000;
  p.threads = threads;
  struct traffic *t = traffic_create(&h->grid, &p);
  assert_non_null(t);
  return t;
}

// many small halls, half of them crowded: everyone gets to a goal and to the next
static void halls(uint32_t count, int32_t window) {
  struct hall *h = malloc(sizeof *h);
  for (uint32_t k = 0; k < count; k++) {
    draw_hall(h, k, 3 + (int32_t)(k % 7), 3 + (int32_t)(k / 7 % 6), k % 3 * 0.15);
    int32_t most = k % 2 ? h->opens * 6 / 10 : h->opens / 4;
    draw_robots(h, most > 0 ? 1 + (int32_t)dice(h, (uint32_t)most) : 1);
    struct traffic *t = make(h, window, 1);
    int32_t steps = 0, least = 0;
    for (; steps < 4000 && least < 2; steps++) {
      step(h, t);
      least = h->reached[0];
      for (int32_t i = 1; i < h->n; i++) least = h->reached[i] < least ? h->reached[i] : least;
    }
    if (least < 2) fail_msg("hall %u: %d x %d, %d robots: after %d steps one has reached %d goals", k, h->grid.width, h->grid.height, h->n, steps, least);
    traffic_destroy(t);
  }
  free(h);
}

static void test_halls(void **state) {
  (void)state;
  halls(REPEATS(700, 7000), 0);
}

static void test_halls_window(void **state) {
  (void)state;
  halls(REPEATS(300, 3000), 6);
}

// ---- sideways, without rings, who has no goal makes room -----------------------------------------------------------------

// Nobody who moves is in a ring: following who moves into whose cell comes to an end.
static void check_no_ring(struct hall *h) {
  for (int32_t c = 0; c < h->grid.width * h->grid.height; c++) h->scratch[c] = TRAFFIC_NONE;
  for (int32_t i = 0; i < h->n; i++) h->scratch[h->cell[i]] = i;
  for (int32_t i = 0; i < h->n; i++) {
    int32_t at = i, length = 0;
    while (h->after[at] != h->cell[at] && h->scratch[h->after[at]] != TRAFFIC_NONE && length <= h->n) {
      at = h->scratch[h->after[at]];
      length++;
    }
    CHECK(length, <=, h->n);
  }
}

static void test_sideways(void **state) {
  (void)state;
  struct hall *h = malloc(sizeof *h);
  for (uint32_t k = 0; k < 300; k++) {
    draw_hall(h, k, 4 + (int32_t)(k % 7), 4 + (int32_t)(k / 7 % 6), k % 3 * 0.1);
    draw_robots(h, 1 + (int32_t)dice(h, (uint32_t)(h->opens * 4 / 10)));
    struct traffic_params p = traffic_defaults();
    p.robots_max = h->n;
    p.sideways = true;
    p.rings = false;
    p.spread = true;
    struct traffic *t = traffic_create(&h->grid, &p);
    assert_non_null(t);
    // half of them have nowhere to go, and one cell is shut now and then
    int32_t goers = (h->n + 1) / 2, steps = 0, least = 0;
    for (; steps < 3000 && least < 2; steps++) {
      for (int32_t i = goers; i < h->n; i++)
        for (int g = 0; g < TRAFFIC_GOALS; g++) h->goal[i * TRAFFIC_GOALS + g] = TRAFFIC_NONE;
      int32_t shut = h->open[dice(h, (uint32_t)h->opens)];
      const struct traffic_robots r = {.n = h->n, .cell = h->cell, .goal = h->goal, .shuts = steps % 2, .shut = &shut};
      traffic_step(t, &r, h->action);
      for (int32_t i = 0; i < h->n; i++) {
        if (h->action[i] < TRAFFIC_GO) continue;
        h->facing[i] = (uint8_t)(h->action[i] - TRAFFIC_GO);
        h->action[i] = TRAFFIC_FORWARD;
      }
      char fault[128];
      if (!traffic_check(&h->grid, h->n, h->cell, h->facing, h->action, h->after, h->after_facing, h->scratch, fault, sizeof fault)) fail_msg("%s", fault);
      check_no_ring(h);
      for (int32_t i = 0; i < h->n; i++) {
        if (steps % 2 && h->after[i] != h->cell[i]) CHECK(h->after[i], !=, shut);
        h->cell[i] = h->after[i];
        if (i >= goers || h->cell[i] != h->goal[i * TRAFFIC_GOALS]) continue;
        h->reached[i]++;
        h->goal[i * TRAFFIC_GOALS] = h->open[dice(h, (uint32_t)h->opens)];
        h->goal[i * TRAFFIC_GOALS + 1] = TRAFFIC_NONE;
      }
      least = h->reached[0];
      for (int32_t i = 1; i < goers; i++) least = h->reached[i] < least ? h->reached[i] : least;
    }
    if (least < 2) fail_msg("hall %u: %d x %d, %d robots: after %d steps one has reached %d goals", k, h->grid.width, h->grid.height, h->n, steps, least);
    traffic_destroy(t);
  }
  free(h);
}

static uint64_t digest_of_run(int32_t window, int32_t threads, int32_t steps) {
  struct hall *h = malloc(sizeof *h);
  draw_hall(h, 77, 40, 30, 0.2);
  draw_robots(h, 300);
  struct traffic *t = make(h, window, threads);
  uint64_t digest = DIGEST_START;
  for (int32_t k = 0; k < steps; k++) {
    step(h, t);
    digest = digest_bytes(digest, h->action, (size_t)h->n);
  }
  traffic_destroy(t);
  free(h);
  return digest;
}

static void test_threads(void **state) {
  (void)state;
  for (int32_t window = 0; window <= 8; window += 8) {
    uint64_t one = digest_of_run(window, 1, 60);
    for (int32_t threads = 1; threads <= 5; threads += 2) assert_true(digest_of_run(window, threads, 60) == one);
  }
}

// ---- against brute force: every state of a small hall ------------------------------------------------------------------

#define PAIR_CELLS  9
#define PAIR_STATES (PAIR_CELLS * 4)        // cell x 4 + facing

static int after_action[PAIR_STATES][4];    // -1: into a wall

static void all_actions(const struct traffic_grid *g) {
  for (int s = 0; s < PAIR_STATES; s++)
    for (int k = 0; k < 4; k++) {
      const int32_t c = s / 4;
      const uint8_t f = (uint8_t)(s % 4), a = (uint8_t)k;
      int32_t cell, scratch[PAIR_CELLS];
      uint8_t facing;
      char fault[96];
      bool ok = !g->wall[c] && traffic_check(g, 1, &c, &f, &a, &cell, &facing, scratch, fault, sizeof fault);
      after_action[s][k] = ok ? cell * 4 + facing : -1;
    }
}

// Fewest steps until both have been at their goals, by looking at every pair of states; bit 0 and 1 of a state: who has been there.
static int brute_pair(int from_a, int from_b, int goal_a, int goal_b) {
  static int16_t far[PAIR_STATES * PAIR_STATES * 4];
  static int queue[PAIR_STATES * PAIR_STATES * 4];
  memset(far, 0xFF, sizeof far);
  int head = 0, tail = 0, first = (from_a * PAIR_STATES + from_b) * 4;
  far[first] = 0;
  queue[tail++] = first;
  while (head < tail) {
    int at = queue[head++], been = at & 3, a = at / 4 / PAIR_STATES, b = at / 4 % PAIR_STATES;
    if (been == 3) return far[at];
    for (int k = 0; k < 16; k++) {
      int na = after_action[a][k / 4], nb = after_action[b][k % 4];
      if (na < 0 || nb < 0 || na / 4 == nb / 4 || (na / 4 == b / 4 && nb / 4 == a / 4)) continue;
      int to = (na * PAIR_STATES + nb) * 4 + (been | (na / 4 == goal_a) | (nb / 4 == goal_b) << 1);
      if (far[to] >= 0) continue;
      far[to] = (int16_t)(far[at] + 1);
      queue[tail++] = to;
    }
  }
  return -1;
}

static int steps_of_pair(struct hall *h, struct traffic *t, const int goal[2]) {
  int been = 0, steps = 0;
  for (; steps < 60 && been != 3; steps++) {
    // who has been there only makes room
    for (int i = 0; i < 2; i++) h->goal[i * TRAFFIC_GOALS] = been >> i & 1 ? TRAFFIC_NONE : goal[i];
    const struct traffic_robots r = {2, h->cell, NULL, h->facing, NULL, h->goal, NULL, 0, NULL};
    char fault[128];
    traffic_step(t, &r, h->action);
    assert_true(traffic_check(&h->grid, 2, h->cell, h->facing, h->action, h->after, h->after_facing, h->scratch, fault, sizeof fault));
    memcpy(h->cell, h->after, sizeof h->cell);
    memcpy(h->facing, h->after_facing, sizeof h->facing);
    for (int i = 0; i < 2; i++) been |= (h->cell[i] == goal[i]) << i;
  }
  return been == 3 ? steps : -1;
}

// Two robots in a ring of eight cells, from all cells to all cells: what can be done is done, with few steps more than brute force needs.
static void test_pairs(void **state) {
  (void)state;
  struct hall *h = calloc(1, sizeof *h);
  h->grid = (struct traffic_grid){3, 3, h->wall, NULL};
  h->wall[4] = 1;
  h->n = 2;
  all_actions(&h->grid);
  int64_t best = 0, taken = 0, optimal = 0, cases = 0;
  struct traffic *t = make(h, 8, 1);
  for (int i = 0; i < h->n * TRAFFIC_GOALS; i++) h->goal[i] = TRAFFIC_NONE;
  for (int k = 0; k < 9 * 9 * 9 * 9; k++) {
    int a = k % 9, b = k / 9 % 9, goal[2] = {k / 81 % 9, k / 729}, fa = k % 4, fb = k / 9 % 4;
    if (a == 4 || b == 4 || goal[0] == 4 || goal[1] == 4 || a == b) continue;
    int least = brute_pair(a * 4 + fa, b * 4 + fb, goal[0], goal[1]);
    h->cell[0] = a;
    h->cell[1] = b;
    h->facing[0] = (uint8_t)fa;
    h->facing[1] = (uint8_t)fb;
    int steps = steps_of_pair(h, t, goal);
    if (steps < least) fail_msg("from %d, %d to %d, %d: %d steps, brute force takes %d", a, b, goal[0], goal[1], steps, least);
    best += least;
    taken += steps;
    optimal += steps == least;
    cases++;
  }
  if (taken * 100 > best * 105) fail_msg("%lld steps, brute force takes %lld; optimal in %lld of %lld", (long long)taken, (long long)best, (long long)optimal, (long long)cases);
  traffic_destroy(t);
  free(h);
}

// ---- distances -------------------------------------------------------------------------------------------------------------

// Costs to go by sweeping until nothing changes, with slow and one-way cells.
static void test_distances(void **state) {
  (void)state;
  struct hall *h = malloc(sizeof *h);
  uint8_t *cost = malloc(CELLS * 4);
  int32_t *far = malloc(CELLS * 4 * sizeof *far);
  for (uint32_t k = 0; k < 6; k++) {
    draw_hall(h, 500 + k, 14, 11, 0.3);
    draw_robots(h, 1);
    int32_t cells = 14 * 11, ahead[4] = {1, 14, -1, -14};
    for (int32_t c = 0; c < 4 * cells; c++) cost[c] = (uint8_t)(k % 2 ? TRAFFIC_UNIT : dice(h, 8) == 0 ? 0 : TRAFFIC_UNIT + dice(h, 3) * 5);
    h->grid.cost = cost;
    struct traffic *t = make(h, 0, 1);
    int32_t goal = h->open[dice(h, (uint32_t)h->opens)];
    traffic_want(t, goal, goal);
    traffic_build(t, 0);
    for (int32_t c = 0; c < 4 * cells; c++) far[c] = c / 4 == goal ? 0 : TRAFFIC_FAR;
    for (bool changed = true; changed;) {
      changed = false;
      for (int32_t c = 0; c < 4 * cells; c++) {
        if (h->wall[c / 4]) continue;
        int e = c % 4, x = c / 4 % 14, y = c / 4 / 14;
        int32_t best = far[c];
        for (int turn = 1; turn <= 3; turn += 2) {
          int32_t v = far[c / 4 * 4 + ((e + turn) & 3)] + TRAFFIC_UNIT;
          if (v < best) best = v;
        }
        bool edge = (e == 0 && x == 13) || (e == 1 && y == 10) || (e == 2 && x == 0) || (e == 3 && y == 0);
        if (!edge && cost[c] > 0 && !h->wall[c / 4 + ahead[e]] && far[(c / 4 + ahead[e]) * 4 + e] + cost[c] < best) best = far[(c / 4 + ahead[e]) * 4 + e] + cost[c];
        if (best < far[c]) {
          far[c] = best;
          changed = true;
        }
      }
    }
    for (int32_t c = 0; c < 4 * cells; c++)
      if (!h->wall[c / 4] && far[c] < TRAFFIC_FAR) CHECK(traffic_cost(t, c / 4, c % 4, goal), ==, far[c]);
    traffic_destroy(t);
  }
  free(far);
  free(cost);
  free(h);
}

// A way that winds through a hall of 100 x 100, 5,000 cells and two turns at each bend: longer around than two bytes hold, and exact all the same.
static void test_long_way(void **state) {
  (void)state;
  enum { SIDE = 100 };
  uint8_t *wall = calloc(SIDE * SIDE, 1);
  for (int y = 1; y < SIDE; y += 2)
    for (int x = 0; x < SIDE; x++) wall[y * SIDE + x] = x != (y % 4 == 1 ? SIDE - 1 : 0);
  const struct traffic_grid grid = {SIDE, SIDE, wall, NULL};
  struct traffic_params p = traffic_defaults();
  p.robots_max = 1;
  struct traffic *t = traffic_create(&grid, &p);
  assert_non_null(t);
  traffic_want(t, 0, SIDE * SIDE - 1);       // its rectangle is the whole hall
  traffic_build(t, 0);
  int32_t cells = 0, turns = 0;
  for (int row = 0; row < SIDE; row += 2) {
    // from the goal along the row, robots there face the way they came from
    int facing = row % 4 == 0 ? TRAFFIC_WEST : TRAFFIC_EAST;
    for (int k = 0; k < SIDE; k++) {
      int x = row % 4 == 0 ? k : SIDE - 1 - k, cell = row * SIDE + x;
      CHECK(traffic_cost(t, cell, facing, 0), ==, TRAFFIC_UNIT * (cells + turns));
      if (k < SIDE - 1) cells++;
    }
    // two cells to the north, a turn before them and one behind them
    cells += 2;
    turns += 2;
  }
  traffic_destroy(t);
  free(wall);
}

// ---- robots that do not do as they are told ---------------------------------------------------------------------------------

// Some are held for a while in turn, a cell is blocked and freed: nobody meets, nobody enters the blocked cell, and everyone gets on.
static void test_disturbed(void **state) {
  (void)state;
  for (int32_t window = 0; window <= 6; window += 6) {
    struct hall *h = malloc(sizeof *h);
    draw_hall(h, 900, 20, 16, 0.2);
    draw_robots(h, 60);
    struct traffic *t = make(h, window, 1);
    int32_t blocked = TRAFFIC_NONE;
    for (int32_t k = 0; k < 900; k++) {
      for (int32_t i = 0; i < h->n; i++) h->state[i] = (k / 20 + i) % 12 == 0 ? TRAFFIC_HELD : TRAFFIC_OBEYS;
      if (k % 50 == 0) {
        if (blocked != TRAFFIC_NONE) traffic_block(t, blocked, false);
        blocked = h->open[dice(h, (uint32_t)h->opens)];
        traffic_block(t, blocked, true);
      }
      bool inside = false;
      for (int32_t i = 0; i < h->n; i++) inside |= h->cell[i] == blocked;
      for (int32_t i = 0; i < h->n; i++)
        for (int g = 0; g < TRAFFIC_GOALS; g++)
          if (h->goal[i * TRAFFIC_GOALS + g] == blocked) h->goal[i * TRAFFIC_GOALS + g] = h->open[dice(h, (uint32_t)h->opens)];
      step(h, t);
      for (int32_t i = 0; i < h->n; i++) assert_true(inside || h->cell[i] != blocked);
    }
    for (int32_t i = 0; i < h->n; i++)
      if (h->reached[i] < 3) fail_msg("window %d: robot %d reached %d goals in 900 steps", window, i, h->reached[i]);
    traffic_destroy(t);
    free(h);
  }
}

// A robot that may go anywhere has empty cells beside it, but for those who stand there already.
static void test_rogue(void **state) {
  (void)state;
  struct hall *h = malloc(sizeof *h);
  draw_hall(h, 901, 12, 12, 0.0);
  draw_robots(h, 30);
  struct traffic *t = make(h, 6, 1);
  h->state[0] = TRAFFIC_ROGUE;
  for (int32_t k = 0; k < 200; k++) {
    int32_t c = h->cell[0], before[ROBOTS_MAX];
    memcpy(before, h->cell, sizeof before);
    step(h, t);
    for (int32_t i = 1; i < h->n; i++) {
      int32_t d = h->cell[i] - c, x = c % 12;
      bool beside = d == 12 || d == -12 || (d == 1 && x < 11) || (d == -1 && x > 0);
      assert_true(!beside || h->cell[i] == before[i]);
    }
  }
  traffic_destroy(t);
  free(h);
}

// Two in a lane that is too narrow to pass: the watchdog names both as a ring.
static void test_jam(void **state) {
  (void)state;
  struct hall *h = calloc(1, sizeof *h);
  h->grid = (struct traffic_grid){6, 1, h->wall, NULL};
  h->n = 2;
  struct traffic *t = make(h, 4, 1);
  h->cell[0] = 1;
  h->cell[1] = 4;
  h->facing[1] = TRAFFIC_WEST;
  for (int i = 0; i < 2 * TRAFFIC_GOALS; i++) h->goal[i] = TRAFFIC_NONE;
  h->goal[0] = 5;
  h->goal[TRAFFIC_GOALS] = 0;
  h->opens = 1;
  for (int k = 0; k < 150; k++) step(h, t);
  struct traffic_jam jam = traffic_stuck(t);
  CHECK(jam.count, ==, 2);
  assert_true(jam.ring);
  assert_true(jam.steps >= 100);
  traffic_destroy(t);
  free(h);
}

// The gate: few steps that bring somebody nearer let fewer go, many let more go, within its bounds; between the two, and between looks, nothing changes.
static void test_gate(void **state) {
  (void)state;
  struct traffic_gate g = traffic_gate_make(400, 1000);
  CHECK((int32_t)g.admitted, ==, 260);
  CHECK((int32_t)g.least, ==, 40);
  CHECK((int32_t)g.most, ==, 290);
  int64_t going = 0, nearer = 0;
  int32_t step = 0;
  static const struct { int share, sign; } phase[] = {{50, -1}, {90, 1}, {69, 0}, {0, -1}, {100, 1}, {65, -1}, {73, 1}};
  for (size_t k = 0; k < sizeof phase / sizeof *phase; k++) {
    int32_t before = (int32_t)g.admitted;
    for (int n = 0; n < 1000; n++, step++) {
      int32_t was = (int32_t)g.admitted, now = traffic_gate_step(&g, step, going, nearer);
      // the first look of a phase is at the steps of the one before
      if (n > 0 && (phase[k].sign <= 0 || step % 8)) CHECK(now, <=, was);
      if (n > 0 && (phase[k].sign >= 0 || step % 8)) CHECK(now, >=, was);
      CHECK(now, >=, 40);
      CHECK(now, <=, 290);
      going += 100;
      nearer += phase[k].share;
    }
    if (phase[k].sign < 0) CHECK((int32_t)g.admitted, ==, 40);
    if (phase[k].sign == 0) CHECK((int32_t)g.admitted, ==, before);
    if (phase[k].sign > 0) CHECK((int32_t)g.admitted, ==, 290);
  }
  // never more than there are, never nobody
  g = traffic_gate_make(3, 800);
  for (int n = 0; n < 100; n++) CHECK(traffic_gate_step(&g, n, n, 0), ==, 3);
  g = traffic_gate_make(5, 2);
  for (int n = 0; n < 100; n++) CHECK(traffic_gate_step(&g, n, n, 0), ==, 1);
}

// ---- tasks -------------------------------------------------------------------------------------------------------------------

// Two robots, two tasks: each gets the one that costs least in all, a task that is begun stays, all errands are done in order.
static void test_tasks(void **state) {
  (void)state;
  struct hall *h = calloc(1, sizeof *h);
  h->grid = (struct traffic_grid){12, 3, h->wall, NULL};
  h->n = 2;
  static const int32_t first[] = {0, 2, 3, 5}, cell[] = {11, 23, 12, 35, 35};
  const struct traffic_task_list list = {3, first, cell};
  struct traffic *t = make(h, 6, 1);
  struct traffic_tasks_params p = traffic_tasks_defaults(2, 3);
  struct traffic_tasks *s = traffic_tasks_create(&list, &p, t);
  assert_non_null(s);
  h->cell[0] = 14;
  h->cell[1] = 21;
  int32_t finished = 0, owner_of_first = TRAFFIC_NONE;
  for (int k = 0; k < 80 && finished < 3; k++) {
    traffic_tasks_assign(s, k, 3, h->cell, h->facing);
    const int32_t *task = traffic_tasks_of(s);
    assert_true(task[0] != task[1] || task[0] == TRAFFIC_NONE);
    if (k == 0) {
      CHECK(task[0], ==, 1);
      CHECK(task[1], ==, 0);
    }
    if (traffic_tasks_errand(s, 0) > 0 && traffic_tasks_errand(s, 0) < 2) {
      int32_t who = task[0] == 0 ? 0 : 1;
      CHECK(task[who], ==, 0);
      if (owner_of_first != TRAFFIC_NONE) CHECK(who, ==, owner_of_first);
      owner_of_first = who;
    }
    traffic_tasks_goals(s, h->goal);
    const struct traffic_robots r = {2, h->cell, NULL, h->facing, NULL, h->goal, NULL, 0, NULL};
    char fault[128];
    traffic_step(t, &r, h->action);
    assert_true(traffic_check(&h->grid, 2, h->cell, h->facing, h->action, h->after, h->after_facing, h->scratch, fault, sizeof fault));
    memcpy(h->cell, h->after, sizeof h->cell);
    memcpy(h->facing, h->after_facing, sizeof h->facing);
    finished += traffic_tasks_arrive(s, h->cell, NULL);
  }
  CHECK(finished, ==, 3);
  traffic_tasks_destroy(s);
  traffic_destroy(t);
  free(h);
}

static int compare_costs(const void *a, const void *b) {
  double x = ((const struct pick *)a)->cost, y = ((const struct pick *)b)->cost;
  return (x > y) - (x < y);
}

// The cheapest tasks by patches are the cheapest of all, on grids of any shape, from any corner, with few tasks and many.
static void test_picks(void **state) {
  (void)state;
  enum { TASKS = 600 };
  static const int32_t size[][2] = {{1, 1}, {300, 1}, {1, 77}, {40, 40}, {480, 530}, {9, 700}};
  struct stream dice = stream_make(5, 1, "traffic", "picks", 0);
  int32_t x[TASKS], y[TASKS];
  double length[TASKS];
  struct pick all[TASKS], got[TASKS];
  for (size_t g = 0; g < sizeof size / sizeof *size; g++) {
    struct patches *p = pick_create(size[g][0], size[g][1], TASKS);
    assert_non_null(p);
    for (int round = 0; round < 40; round++) {
      int32_t n = round == 0 ? 0 : (int32_t)(stream_unit(&dice) * TASKS) + 1, most = 1 + (int32_t)(stream_unit(&dice) * 60);
      double spread = round % 2 ? 0 : 4.0 * (size[g][0] + size[g][1]);
      for (int32_t k = 0; k < n; k++) {
        x[k] = (int32_t)(stream_unit(&dice) * size[g][0]);
        y[k] = (int32_t)(stream_unit(&dice) * size[g][1]);
        length[k] = spread * stream_unit(&dice);
      }
      pick_fill(p, n, x, y, length);
      int32_t at[2] = {(int32_t)(stream_unit(&dice) * size[g][0]), (int32_t)(stream_unit(&dice) * size[g][1])};
      if (round == 1) at[0] = at[1] = 0;
      for (int32_t k = 0; k < n; k++) all[k] = (struct pick){4.0 * (abs(x[k] - at[0]) + abs(y[k] - at[1])) + length[k], k};
      qsort(all, (size_t)n, sizeof *all, compare_costs);
      int32_t count = pick_cheapest(p, at[0], at[1], 4, most, got);
      CHECK(count, ==, n < most ? n : most);
      qsort(got, (size_t)count, sizeof *got, compare_costs);
      for (int32_t k = 0; k < count; k++) assert_true(got[k].cost == all[k].cost);
    }
    pick_destroy(p);
  }
}

// Three robots go east along the middle row, one comes back west beside them: only the ways against them get dearer, each by the flow against it over the
// mean, and what they planned stays when costs change without a way being closed.
static void test_flow(void **state) {
  (void)state;
  static const uint8_t wall[5 * 3];
  const struct traffic_grid grid = {5, 3, wall, NULL};
  struct traffic_flow *f = traffic_flow_create(&grid, 0.5);
  assert_non_null(f);
  static const int32_t cell[] = {5, 6, 7, 3};
  static const uint8_t facing[] = {TRAFFIC_EAST, TRAFFIC_EAST, TRAFFIC_EAST, TRAFFIC_WEST};
  const uint8_t *cost = NULL;
  int steps = 0;
  while (!cost && steps < 1000) {
    // the one that goes west does so in every other step
    const uint8_t action[] = {TRAFFIC_FORWARD, TRAFFIC_FORWARD, TRAFFIC_FORWARD, steps % 2 ? TRAFFIC_FORWARD : TRAFFIC_WAIT};
    cost = traffic_flow_step(f, 4, cell, facing, action);
    steps++;
  }
  assert_non_null(cost);
  for (int k = 0; k < 4 * 15; k++) {
    int c = k / 4, e = k % 4;
    if (e == TRAFFIC_WEST && c >= 6 && c <= 8) assert_int_equal(cost[k], (int)(TRAFFIC_UNIT * (1 + 0.5 * 4 / 3.5) + 0.5));
    else if (e == TRAFFIC_EAST && c == 2) assert_int_equal(cost[k], (int)(TRAFFIC_UNIT * (1 + 0.5 * 4 / 3.5 / 2) + 0.5));
    else assert_int_equal(cost[k], TRAFFIC_UNIT);
  }
  struct hall *h = calloc(1, sizeof *h);
  h->grid = grid;
  h->n = 1;
  struct traffic *t = make(h, 6, 1);
  for (int k = 0; k < TRAFFIC_GOALS; k++) h->goal[k] = 14;
  for (int k = 0; k < 3; k++) {
    const struct traffic_robots r = {1, h->cell, NULL, h->facing, NULL, h->goal, NULL, 0, NULL};
    char fault[128];
    traffic_step(t, &r, h->action);
    assert_true(traffic_check(&grid, 1, h->cell, h->facing, h->action, h->after, h->after_facing, h->scratch, fault, sizeof fault));
    h->cell[0] = h->after[0];
    h->facing[0] = h->after_facing[0];
    if (k == 0) traffic_guide(t, cost);
    CHECK(traffic_counts(t).rollouts, ==, 1);
  }
  traffic_destroy(t);
  traffic_flow_destroy(f);
  free(h);
}

int test_traffic(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_halls),
    cmocka_unit_test(test_halls_window), cmocka_unit_test(test_sideways),
    cmocka_unit_test(test_threads),
    cmocka_unit_test(test_pairs),
    cmocka_unit_test(test_distances),
    cmocka_unit_test(test_long_way),
    cmocka_unit_test(test_disturbed),
    cmocka_unit_test(test_rogue),
    cmocka_unit_test(test_jam),
    cmocka_unit_test(test_gate),
    cmocka_unit_test(test_tasks),
    cmocka_unit_test(test_picks),
    cmocka_unit_test(test_flow),
  };
  return cmocka_run_group_tests_name("traffic", tests, NULL, NULL);
}
