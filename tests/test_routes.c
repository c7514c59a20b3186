// Walks on the floor against shortest paths worked out by hand, against a slow independent search,
// and against the laws that distances obey.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "engine/world/floor.h"
#include "engine/world/geometry.h"
#include "engine/world/routes.h"
#include "tests/check.h"

#define RADIUS 0.3

// ---- halls by hand ------------------------------------------------------------------------------------

#define THINGS 64

struct hall {
  struct layout   layout;
  struct obstacle obstacle[THINGS];
  struct wall     wall[4];
  struct door     door[4];
  struct zone     zone[4];
  struct station  station[THINGS];
  struct fleet    fleet[2];
  double          point[THINGS + 16][8][2];
  int             polygons;
};

static struct hall *hall_make(double w, double d) {
  struct hall *h = calloc(1, sizeof *h);
  h->layout.size[0] = w;
  h->layout.size[1] = d;
  h->layout.has_floor = true;
  h->layout.file = "hall";
  h->layout.obstacles = h->obstacle;
  h->layout.walls = h->wall;
  h->layout.doors = h->door;
  h->layout.zones = h->zone;
  h->layout.stations = h->station;
  h->layout.fleets = h->fleet;
  return h;
}

static struct polygon hall_polygon(struct hall *h, int n, const double (*p)[2]) {
  memcpy(h->point[h->polygons], p, sizeof *p * (size_t)n);
  return (struct polygon){n, h->point[h->polygons++]};
}

static struct polygon hall_box(struct hall *h, double x0, double y0, double x1, double y1) {
  return hall_polygon(h, 4, (const double[4][2]){{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}});
}

static void add_box(struct hall *h, double x0, double y0, double x1, double y1) {
  h->obstacle[h->layout.obstacle_count++] = (struct obstacle){.name = "box", .area = hall_box(h, x0, y0, x1, y1)};
}

static void add_wall(struct hall *h, int n, const double (*p)[2]) {
  h->wall[h->layout.wall_count++].line = hall_polygon(h, n, p);
}

static struct zone *add_zone(struct hall *h, enum zone_kind kind, double x0, double y0, double x1, double y1) {
  struct zone *z = &h->zone[h->layout.zone_count++];
  *z = (struct zone){.name = "zone", .kind = kind, .area = hall_box(h, x0, y0, x1, y1)};
  return z;
}

// Routes between n places, solved at a nominal speed.
static struct routes *solve(struct hall *h, int fleet, const bool *closed, double speed, int n, const double (*p)[2]) {
  struct routes *r = routes_create(&h->layout, fleet, RADIUS, closed);
  assert_non_null(r);
  for (int i = 0; i < n; i++) assert_int_equal(routes_place(r, p[i]), i);
  struct error e;
  assert_int_equal(routes_solve(r, speed, &e), STATUS_OK);
  return r;
}

static double walk_length(const struct route *w) {
  double sum = 0;
  for (int i = 0; i + 1 < w->count; i++) sum += hypot(w->point[i + 1][0] - w->point[i][0], w->point[i + 1][1] - w->point[i][1]);
  return sum;
}

static void done(struct hall *h, struct routes *r) {
  routes_destroy(r);
  free(h);
}

// From a point `across` before and `up` below a corner, along the round corner of radius RADIUS, until
// the way runs level: tangent and arc.
static double round_corner(double across, double up) {
  double far = hypot(across, up), tangent = sqrt(far * far - RADIUS * RADIUS);
  double turn = atan2(up, across) + asin(RADIUS / far);
  return tangent + RADIUS * turn;
}

// ---- by hand ------------------------------------------------------------------------------------------

static void test_free_hall(void **state) {
  (void)state;
  struct hall *h = hall_make(10, 10);
  const double p[2][2] = {{1, 1}, {4, 5}};
  struct routes *r = solve(h, NONE, NULL, 1.4, 2, p);
  CHECK_NEAR(routes_length(r, 0, 1), 5, 1e-12);
  CHECK_NEAR(routes_length(r, 1, 1), 0, 0);
  CHECK_NEAR(routes_time(r, 0, 1, 1.25), 4, 1e-12);
  assert_false(routes_free(r, (const double[2]){0.2, 5}));
  assert_true(routes_free(r, (const double[2]){0.3, 5}));
  done(h, r);
}

static void test_around_a_box(void **state) {
  (void)state;
  struct hall *h = hall_make(12, 10);
  add_box(h, 4, 3, 6, 6);
  const double p[3][2] = {{2, 5}, {8, 5}, {5, 5}};
  struct routes *r = solve(h, NONE, NULL, 1, 3, p);

  // over the top: to the upper end of each corner's chord, level in between
  double t = RADIUS * (sqrt(2) - 1);                    // r tan(22.5 deg)
  CHECK_NEAR(routes_length(r, 0, 1), 2 * hypot(2 - t, 1 + RADIUS) + 2 + 2 * t, 1e-9);

  // and never more than 0.09 r a corner longer than the walk along arcs
  double exact = 2 * round_corner(2, 1) + 2;
  assert_true(routes_length(r, 0, 1) >= exact);
  assert_true(routes_length(r, 0, 1) <= exact + 2 * 0.09 * RADIUS);

  // a place inside is reached by nobody
  CHECK_NEAR(routes_length(r, 0, 2), -1, 0);
  CHECK_NEAR(routes_time(r, 2, 0, 1), -1, 0);
  char why[160];
  routes_cover(r, p[2], why, sizeof why);
  CHECK_HAS(why, "inside box");
  done(h, r);
}

static void test_through_a_door(void **state) {
  (void)state;
  const double line[2][2] = {{5, 0}, {5, 10}}, faces[2][2][2] = {{{4.96, 0}, {4.96, 10}}, {{5.04, 10}, {5.04, 0}}};
  const double p[2][2] = {{4, 2}, {6, 2}};
  // wide, narrow, and one door in a wall that is drawn as its two faces
  for (int n = 0; n < 3; n++) {
    bool narrow = n == 1;
    struct hall *h = hall_make(10, 10);
    if (n < 2) add_wall(h, 2, line);
    for (int k = 0; k < 2 && n == 2; k++) add_wall(h, 2, faces[k]);
    h->door[h->layout.door_count++] = (struct door){.name = "door", .at = {5, 8}, .width = narrow ? 0.5 : 1.2, .time = 2 * NS_SECOND};
    struct routes *r = solve(h, NONE, NULL, 1, 2, p);
    if (narrow) {
      CHECK_NEAR(routes_length(r, 0, 1), -1, 0);
    } else {
      double half = n == 2 ? 0.09 : 0.05, exact = 2 * round_corner(1 - half, 5.4) + 2 * half;
      assert_true(routes_length(r, 0, 1) >= exact - 1e-9);
      assert_true(routes_length(r, 0, 1) <= exact + 2 * 0.09 * RADIUS);
      CHECK_NEAR(routes_time(r, 0, 1, 0.5), routes_length(r, 0, 1) / 0.5 + 2, 1e-9);
      CHECK_NEAR(routes_time(r, 1, 0, 1), routes_length(r, 1, 0) + 2, 1e-9);
    }
    done(h, r);
  }
}

static void test_wall_with_a_bend(void **state) {
  (void)state;
  struct hall *h = hall_make(10, 10);
  add_wall(h, 3, (const double[3][2]){{0, 5}, {5, 5}, {5, 8}});
  const double p[2][2] = {{4, 4}, {4, 6}};
  struct routes *r = solve(h, NONE, NULL, 1, 2, p);
  struct route walk;
  routes_walk(r, 0, 1, &walk);
  assert_true(walk.count >= 4);
  // around the outer corner [5.05, 4.95] of the joint, along x = 5.35 to [5.05, 8], over to [4.95, 8], down
  double far1 = hypot(1.05, 0.95), first = sqrt(far1 * far1 - 0.09) + RADIUS * (M_PI / 2 - (atan2(0.95, 1.05) - asin(RADIUS / far1)));
  double second = RADIUS * M_PI / 2 + 0.1;
  double exact = first + (8 - 4.95) + second + round_corner(0.95, 2);
  assert_true(routes_length(r, 0, 1) >= exact - 1e-9);
  assert_true(routes_length(r, 0, 1) <= exact + 3 * 0.09 * RADIUS);
  done(h, r);
}

static void test_slow_zone(void **state) {
  (void)state;
  struct hall *h = hall_make(12, 10);
  add_zone(h, ZONE_SLOW, 4, 0, 6, 10)->speed = 0.5;
  const double p[2][2] = {{1, 5}, {9, 5}};
  struct routes *r = solve(h, NONE, NULL, 1.5, 2, p);
  CHECK_NEAR(routes_length(r, 0, 1), 8, 1e-9);
  CHECK_NEAR(routes_time(r, 0, 1, 1.5), 6 / 1.5 + 2 / 0.5, 1e-9);
  CHECK_NEAR(routes_time(r, 0, 1, 0.4), 8 / 0.4, 1e-9);
  done(h, r);

  // slow enough to walk around: along the lower corners
  h = hall_make(12, 10);
  add_zone(h, ZONE_SLOW, 4, 4, 6, 10)->speed = 0.1;
  r = solve(h, NONE, NULL, 1, 2, p);
  CHECK_NEAR(routes_length(r, 0, 1), 2 * hypot(3, 1) + 2, 1e-5);
  CHECK_NEAR(routes_time(r, 0, 1, 1), 2 * hypot(3, 1) + 2, 1e-4);
  done(h, r);

  // where two overlap the slower one counts
  h = hall_make(12, 10);
  add_zone(h, ZONE_SLOW, 2, 0, 6, 10)->speed = 0.5;
  add_zone(h, ZONE_SLOW, 4, 0, 8, 10)->speed = 0.25;
  r = solve(h, NONE, NULL, 1, 2, p);
  CHECK_NEAR(routes_time(r, 0, 1, 1), 1 + 2 / 0.5 + 4 / 0.25 + 1, 1e-9);
  done(h, r);
}

// Where a slow zone begins the quickest walk turns as light does (Snell): found here by trying 10,000 points of its rim.
static void test_refraction(void **state) {
  (void)state;
  struct hall *h = hall_make(12, 12);
  add_zone(h, ZONE_SLOW, 0, 0, 12, 6)->speed = 0.5;
  const double p[4][2] = {{1, 11}, {11, 1}, {1, 6.5}, {11, 4}};
  struct routes *r = solve(h, NONE, NULL, 1.5, 4, p);
  for (int i = 0; i < 4; i += 2) {
    double least = 1e9;
    for (int k = 0; k <= 10000; k++) {
      double x = 12.0 * k / 10000, q[2] = {x, 6};
      least = fmin(least, geo_distance(p[i], q) / 1.5 + geo_distance(q, p[i + 1]) / 0.5);
    }
    assert_true(routes_time(r, i, i + 1, 1.5) >= least - 1e-4);
    CHECK_NEAR(routes_time(r, i, i + 1, 1.5), least, 0.005 * least);
    CHECK_NEAR(routes_time(r, i + 1, i, 1.5), routes_time(r, i, i + 1, 1.5), 1e-9);
  }
  done(h, r);
}

static void test_one_way(void **state) {
  (void)state;
  struct hall *h = hall_make(12, 10);
  add_zone(h, ZONE_ONE_WAY, 4, 4, 6, 6)->towards = 0;
  const double p[2][2] = {{2, 5}, {8, 5}};
  struct routes *r = solve(h, NONE, NULL, 1, 2, p);
  CHECK_NEAR(routes_length(r, 0, 1), 6, 1e-9);
  CHECK_NEAR(routes_length(r, 1, 0), 2 * hypot(2, 1) + 2, 1e-5);
  done(h, r);

  // out of the zone sideways, back along its rim: from [5, 5] up to a point of the rim and straight on
  h = hall_make(12, 10);
  add_zone(h, ZONE_ONE_WAY, 1, 4, 11, 6)->towards = 0;
  const double q[2][2] = {{9, 5}, {2, 5}};
  r = solve(h, NONE, NULL, 1, 2, q);
  CHECK_NEAR(routes_length(r, 0, 1), 1 + 1 + 7, 0.3);
  done(h, r);

  h = hall_make(12, 10);
  add_zone(h, ZONE_ONE_WAY, 4, 0, 6, 10)->towards = 0;
  r = solve(h, NONE, NULL, 1, 2, p);
  CHECK_NEAR(routes_length(r, 0, 1), 6, 1e-9);
  CHECK_NEAR(routes_length(r, 1, 0), -1, 0);
  done(h, r);
}

// A robot called back on its way: against routes in which the point where it turns is a place of its own.
static void test_turning_back(void **state) {
  (void)state;
  int turns = 0;
  for (int seed = 0; seed < 40; seed++) {
    struct stream s = stream_make((uint64_t)seed, 1, "turn", "test", 0);
    struct hall *h = hall_make(14, 11);
    for (int i = 0; i < 9; i++) {
      double x = 14 * stream_unit(&s), y = 11 * stream_unit(&s);
      add_box(h, x, y, x + 0.3 + 2 * stream_unit(&s), y + 0.3 + 2 * stream_unit(&s));
    }
    struct routes *r = routes_create(&h->layout, NONE, RADIUS, NULL), *truth = routes_create(&h->layout, NONE, RADIUS, NULL);
    for (int i = 0; i < 6; i++) {
      double p[2];
      do {
        p[0] = 14 * stream_unit(&s);
        p[1] = 11 * stream_unit(&s);
      } while (!routes_free(r, p));
      routes_place(r, p);
      routes_place(truth, p);
    }
    assert_int_equal(routes_solve(r, 1.4, NULL), STATUS_OK);
    double turned[36];
    int goals[36], n = 0;
    for (int i = 0; i < 36; i++) {
      int from = i / 6, to = i % 6, goal = (i * 5 + 2) % 6;
      struct route walk;
      double length = routes_length(r, from, to), along = length * stream_unit(&s);
      if (from == to || length < 0 || routes_length(r, from, goal) < 0) continue;
      turned[n] = routes_turn(r, from, to, along, goal, &walk);
      goals[n++] = goal;
      routes_place(truth, walk.point[0]);
    }
    assert_int_equal(routes_solve(truth, 1.4, NULL), STATUS_OK);
    for (int k = 0; k < n; k++) {
      CHECK_NEAR(turned[k], routes_length(truth, 6 + k, goals[k]), 1e-6);
      turns++;
    }
    routes_destroy(truth);
    done(h, r);
  }
  assert_true(turns > 500);
}

// From beside a place: what the first leg is longer, exact where the walk begins alike, and never shorter than the shortest where it is free.
static void test_beside_a_place(void **state) {
  (void)state;
  int same = 0;
  for (int seed = 0; seed < 40; seed++) {
    struct stream s = stream_make((uint64_t)seed, 1, "beside", "test", 0);
    struct hall *h = hall_make(14, 11);
    for (int i = 0; i < 6; i++) {
      double x = 14 * stream_unit(&s), y = 11 * stream_unit(&s);
      add_box(h, x, y, x + 0.3 + 2 * stream_unit(&s), y + 0.3 + 2 * stream_unit(&s));
    }
    struct routes *r = routes_create(&h->layout, NONE, RADIUS, NULL);
    for (int i = 0; i < 6; i++) {
      double p[2];
      do {
        p[0] = 14 * stream_unit(&s);
        p[1] = 11 * stream_unit(&s);
      } while (!routes_free(r, p));
      routes_place(r, p);
    }
    assert_int_equal(routes_solve(r, 1.4, NULL), STATUS_OK);
    for (int i = 0; i < 36; i++) {
      int from = i / 6, to = i % 6;
      double at[2], p[2];
      routes_place_at(r, from, at);
      for (int k = 0; k < 2; k++) p[k] = at[k] + stream_unit(&s) - 0.5;
      CHECK_NEAR(routes_longer(r, at, from, to), 0, 1e-12);
      if (from == to || routes_length(r, from, to) < 0 || !floor_visible(routes_floor(r), at, p)) continue;
      struct route was, is;
      routes_walk(r, from, to, &was);
      double length = routes_from(r, p, NONE, to, &is), longer = routes_longer(r, p, from, to);
      assert_true(longer >= -routes_length(r, from, to) - 1e-9);
      if (!floor_visible(routes_floor(r), p, was.point[1])) continue;
      assert_true(routes_length(r, from, to) + longer >= length - 1e-6);
      if (geo_distance(was.point[1], is.point[1]) > 1e-9) continue;
      CHECK_NEAR(routes_length(r, from, to) + longer, length, 1e-6);
      same++;
    }
    done(h, r);
  }
  assert_true(same > 300);
}

static void test_forbidden_zones(void **state) {
  (void)state;
  const double p[2][2] = {{2, 5}, {8, 5}};
  const bool closed[1] = {true};
  double t = RADIUS * (sqrt(2) - 1), around = 2 * hypot(2 - t, 1 + RADIUS) + 2 + 2 * t;
  int other = 1;
  for (int k = 0; k < 5; k++) {
    struct hall *h = hall_make(12, 10);
    h->layout.fleet_count = 2;
    struct zone *z = add_zone(h, k == 0 ? ZONE_NO_GO : ZONE_PEOPLE, 4, 2, 6, 6);
    if (k >= 3) {
      z->only_count = 1;
      z->only = &other;
    }
    // no-go, closed, open, only others, only us
    struct routes *r = solve(h, k == 4 ? 1 : 0, k == 1 ? closed : NULL, 1, 2, p);
    CHECK_NEAR(routes_length(r, 0, 1), k == 2 || k == 4 ? 6 : around, 1e-9);
    done(h, r);
  }
}

static void test_own_zones(void **state) {
  (void)state;
  struct hall *h = hall_make(12, 10);
  add_zone(h, ZONE_PEOPLE, 1, 1, 3, 8);
  add_zone(h, ZONE_PEOPLE, 1, 6, 9, 8);                 // together an L whose inner corner is [3, 6]
  int both[2] = {0, 1};
  h->layout.fleet_count = 1;
  h->fleet[0].zone_count = 2;
  h->fleet[0].zones = both;
  const double p[3][2] = {{2, 2}, {8, 7}, {8, 2}};
  struct routes *r = solve(h, 0, NULL, 1, 3, p);
  CHECK_NEAR(routes_length(r, 0, 1), hypot(1, 4) + hypot(5, 1), 1e-9);
  assert_false(routes_free(r, p[2]));
  CHECK_NEAR(routes_length(r, 0, 2), -1, 0);
  char why[160];
  routes_cover(r, p[2], why, sizeof why);
  CHECK_HAS(why, "outside the zones");
  done(h, r);
}

static void test_hollow_obstacle(void **state) {
  (void)state;
  struct hall *h = hall_make(12, 12);
  // a U open to the right: from inside it one goes out by its mouth
  h->obstacle[h->layout.obstacle_count++] = (struct obstacle){.name = "bay", .area = hall_polygon(h, 8, (const double[8][2]){
    {3, 3}, {9, 3}, {9, 4}, {4, 4}, {4, 8}, {9, 8}, {9, 9}, {3, 9}})};
  const double p[4][2] = {{5, 6}, {1, 6}, {3.5, 6}, {8, 3.5}};
  struct routes *r = solve(h, NONE, NULL, 1, 4, p);
  double length = routes_length(r, 0, 1);
  double least = round_corner(4, 2 - RADIUS) + 1;       // a bound from below: to the mouth and not yet back
  assert_true(length > least);
  struct route walk;
  routes_walk(r, 0, 1, &walk);
  for (int i = 0; i + 1 < walk.count; i++)
    for (int k = 0; k <= 100; k++) {
      double q[2] = {walk.point[i][0] + (walk.point[i + 1][0] - walk.point[i][0]) * k / 100, walk.point[i][1] + (walk.point[i + 1][1] - walk.point[i][1]) * k / 100};
      assert_false(polygon_contains(&h->obstacle[0].area, q));
      assert_false(polygon_near(&h->obstacle[0].area, q, RADIUS - 1e-5));
    }
  assert_false(routes_free(r, p[2]));
  assert_false(routes_free(r, p[3]));
  done(h, r);
}

static void test_stations_and_stands(void **state) {
  (void)state;
  struct hall *h = hall_make(24, 14);
  double path[2][2] = {{1, 9}, {21, 9}};
  h->station[0] = (struct station){.name = "belt", .kind = STATION_CONVEYOR, .placed = true, .path_count = 2, .path = path, .size = {20, 0.5}};
  h->station[1] = (struct station){.name = "press", .kind = STATION_MACHINE, .placed = true, .at = {12, 6}, .size = {1, 2}, .facing = M_PI / 2};
  h->station[2] = (struct station){.name = "rest", .kind = STATION_DOCK, .placed = true, .at = {6, 2}, .size = {4, 2}, .place_count = 8};
  h->layout.station_count = 3;

  // facing 90 degrees: size[0] now runs along y
  double stand[2];
  station_stand(&h->station[1], RADIUS, stand);
  CHECK_NEAR(stand[0], 12, 1e-12);
  CHECK_NEAR(stand[1], 6 + 0.5 + RADIUS + 0.15, 1e-12);
  station_stand(&h->station[0], RADIUS, stand);         // facing runs along the belt: on its right
  CHECK_NEAR(stand[0], 11, 1e-12);
  CHECK_NEAR(stand[1], 9 - 0.25 - RADIUS - 0.15, 1e-12);
  conveyor_stand(&h->station[0], 3, true, RADIUS, stand);
  CHECK_NEAR(stand[0], 4, 1e-12);
  CHECK_NEAR(stand[1], 9 + 0.25 + RADIUS + 0.15, 1e-12);
  station_stand(&h->station[2], RADIUS, stand);
  CHECK_NEAR(stand[0], 6, 0);

  // every slot of the dock lies in it, each elsewhere
  for (int i = 0; i < 8; i++) {
    double a[2], b[2];
    station_slot(&h->station[2], i, RADIUS, a);
    assert_true(fabs(a[0] - 6) < 2 && fabs(a[1] - 2) < 1);
    for (int j = 0; j < i; j++) {
      station_slot(&h->station[2], j, RADIUS, b);
      assert_true(geo_distance(a, b) > 0.5);
    }
  }

  // across the belt: around its near end; the dock is no obstacle
  const double p[4][2] = {{20, 8}, {20, 10}, {3, 2}, {9, 2}};
  struct routes *r = solve(h, NONE, NULL, 1, 4, p);
  // the end of the belt is turned: from [20, 8] one walks right, around [21, 8.75] and [21, 9.25]
  double far = hypot(1, 0.75), half = sqrt(far * far - 0.09) + RADIUS * (M_PI / 2 - (atan2(0.75, 1) - asin(RADIUS / far)));
  assert_true(routes_length(r, 0, 1) >= 2 * half + 0.5 - 1e-9);
  assert_true(routes_length(r, 0, 1) <= 2 * half + 0.5 + 2 * 0.09 * RADIUS);
  CHECK_NEAR(routes_length(r, 2, 3), 6, 1e-12);
  assert_false(routes_free(r, (const double[2]){12, 6}));
  char why[160];
  routes_cover(r, (const double[2]){12, 6.7}, why, sizeof why);
  CHECK_HAS(why, "inside press, or closer than 0.30 m to it");
  done(h, r);
}

// ---- laws and an independent search, on random halls ----------------------------------------------------

#define BOXES  8
#define PLACES 12

struct box { double x0, y0, x1, y1; };

// The segment a b meets the grown box: clipped against its eight lines.
static bool octagon_hit(const struct box *b, const double p[2], const double q[2]) {
  double low = 0, high = 1, s = sqrt(0.5), r = RADIUS - 1e-6;
  const double line[8][3] = {
    {1, 0, b->x1 + r}, {-1, 0, r - b->x0}, {0, 1, b->y1 + r}, {0, -1, r - b->y0},
    {s, s, s * (b->x1 + b->y1) + r}, {s, -s, s * (b->x1 - b->y0) + r}, {-s, s, s * (b->y1 - b->x0) + r}, {-s, -s, s * (-b->x0 - b->y0) + r}};
  for (int i = 0; i < 8; i++) {
    double u = line[i][0] * p[0] + line[i][1] * p[1] - line[i][2], v = line[i][0] * q[0] + line[i][1] * q[1] - line[i][2];
    if (u >= 0 && v >= 0) return false;
    if (u >= 0) low = fmax(low, u / (u - v));
    else if (v >= 0) high = fmin(high, u / (u - v));
  }
  return low < high;
}

// Floyd-Warshall over all corners and places, every leg tried against every box.
static void search_slowly(const struct box *box, int n, double w, double d, const double (*place)[2], double (*out)[PLACES]) {
  static double p[BOXES * 8 + PLACES][2], dist[BOXES * 8 + PLACES][BOXES * 8 + PLACES];
  int m = 0;
  double t = RADIUS * (sqrt(2) - 1);
  for (int i = 0; i < PLACES; i++, m++) memcpy(p[m], place[i], sizeof p[m]);
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < 8; k++, m++) {
      double across = k & 4 ? RADIUS : t, up = k & 4 ? t : RADIUS;
      p[m][0] = k & 1 ? box[i].x1 + across : box[i].x0 - across;
      p[m][1] = k & 2 ? box[i].y1 + up : box[i].y0 - up;
      if (p[m][0] < RADIUS || p[m][1] < RADIUS || p[m][0] > w - RADIUS || p[m][1] > d - RADIUS) m--;
    }
  }
  for (int i = 0; i < m; i++)
    for (int j = 0; j < m; j++) {
      dist[i][j] = i == j ? 0 : hypot(p[i][0] - p[j][0], p[i][1] - p[j][1]);
      for (int k = 0; k < n && i != j; k++)
        if (octagon_hit(&box[k], p[i], p[j])) dist[i][j] = INFINITY;
    }
  for (int k = 0; k < m; k++)
    for (int i = 0; i < m; i++)
      for (int j = 0; j < m; j++) dist[i][j] = fmin(dist[i][j], dist[i][k] + dist[k][j]);
  for (int i = 0; i < PLACES; i++)
    for (int j = 0; j < PLACES; j++) out[i][j] = dist[i][j];
}

static void test_random_halls(void **state) {
  (void)state;
  for (int seed = 0; seed < 60; seed++) {
    struct stream s = stream_make((uint64_t)seed, 1, "hall", "test", 0);
    struct hall *h = hall_make(14, 11);
    struct box box[BOXES];
    double place[PLACES][2], truth[PLACES][PLACES];
    for (int i = 0; i < BOXES; i++) {
      double x = 14 * stream_unit(&s), y = 11 * stream_unit(&s), w = 0.2 + 2.5 * stream_unit(&s), d = 0.2 + 2.5 * stream_unit(&s);
      box[i] = (struct box){x, y, x + w, y + d};
      add_box(h, x, y, x + w, y + d);
    }
    struct routes *r = routes_create(&h->layout, NONE, RADIUS, NULL);
    for (int i = 0; i < PLACES; i++) {
      do {
        place[i][0] = 14 * stream_unit(&s);
        place[i][1] = 11 * stream_unit(&s);
      } while (!routes_free(r, place[i]));
      routes_place(r, place[i]);
    }
    assert_int_equal(routes_solve(r, 1.4, NULL), STATUS_OK);
    search_slowly(box, BOXES, 14, 11, (const double (*)[2])place, truth);

    for (int i = 0; i < PLACES; i++) {
      for (int j = 0; j < PLACES; j++) {
        double length = routes_length(r, i, j);
        if (isinf(truth[i][j])) {
          CHECK_NEAR(length, -1, 0);
          continue;
        }
        CHECK_NEAR(length, truth[i][j], 1e-9);
        CHECK_NEAR(length, routes_length(r, j, i), 1e-9);
        assert_true(length >= geo_distance(place[i], place[j]) - 1e-9);
        for (int k = 0; k < PLACES; k++)
          if (routes_length(r, i, k) >= 0 && routes_length(r, k, j) >= 0)
            assert_true(length <= routes_length(r, i, k) + routes_length(r, k, j) + 1e-9);

        // the walk has that length; turning at its ends and on its way
        struct route walk;
        routes_walk(r, i, j, &walk);
        CHECK_NEAR(walk_length(&walk), length, 1e-9);
        int goal = (i + j + 1) % PLACES;
        if (routes_length(r, i, goal) < 0) continue;
        CHECK_NEAR(routes_turn(r, i, j, 0, goal, NULL), routes_length(r, i, goal), 1e-9);
        CHECK_NEAR(routes_turn(r, i, j, length, goal, NULL), routes_length(r, j, goal), 1e-6);
        double along = length * stream_unit(&s), turn = routes_turn(r, i, j, along, goal, &walk);
        CHECK_NEAR(walk_length(&walk), turn, 1e-9);
        assert_true(turn <= along + routes_length(r, i, goal) + 1e-9);
        assert_true(turn <= length - along + routes_length(r, j, goal) + 1e-9);
        assert_true(turn >= routes_length(r, i, goal) - along - 1e-9);
      }
    }
    done(h, r);
  }
}

// the time of a walk is the sum over its legs, whatever lies on the floor
static void test_time_of_legs(void **state) {
  (void)state;
  for (int seed = 0; seed < 20; seed++) {
    struct stream s = stream_make((uint64_t)seed, 1, "legs", "test", 0);
    struct hall *h = hall_make(14, 11);
    for (int i = 0; i < BOXES; i++) {
      double x = 14 * stream_unit(&s), y = 11 * stream_unit(&s);
      add_box(h, x, y, x + 0.3 + stream_unit(&s), y + 0.3 + stream_unit(&s));
    }
    double x0 = 9 * stream_unit(&s), y0 = 6 * stream_unit(&s), slow = 0.3 + 0.5 * stream_unit(&s);
    add_zone(h, ZONE_SLOW, x0, y0, x0 + 5, y0 + 5)->speed = slow;
    struct routes *r = routes_create(&h->layout, NONE, RADIUS, NULL);
    for (int i = 0; i < PLACES; i++) {
      double p[2];
      do {
        p[0] = 14 * stream_unit(&s);
        p[1] = 11 * stream_unit(&s);
      } while (!routes_free(r, p));
      routes_place(r, p);
    }
    assert_int_equal(routes_solve(r, 1.4, NULL), STATUS_OK);
    for (int i = 0; i < PLACES; i++) {
      for (int j = 0; j < PLACES; j++) {
        if (routes_length(r, i, j) < 0) continue;
        struct route walk;
        routes_walk(r, i, j, &walk);
        double inside = 0, length = walk_length(&walk);
        for (int k = 0; k + 1 < walk.count; k++) {      // Liang & Barsky 1984: the part of the leg in the zone
          const double *a = walk.point[k], *b = walk.point[k + 1];
          double low = 0, high = 1;
          for (int e = 0; e < 4; e++) {
            double u = e == 0 ? x0 - a[0] : e == 1 ? a[0] - x0 - 5 : e == 2 ? y0 - a[1] : a[1] - y0 - 5;
            double v = e == 0 ? x0 - b[0] : e == 1 ? b[0] - x0 - 5 : e == 2 ? y0 - b[1] : b[1] - y0 - 5;
            if (u > 0 && v > 0) low = 2;
            else if (u > 0) low = fmax(low, u / (u - v));
            else if (v > 0) high = fmin(high, u / (u - v));
          }
          if (low < high) inside += (high - low) * geo_distance(a, b);
        }
        CHECK_NEAR(routes_time(r, i, j, 1.4), (length - inside) / 1.4 + inside / slow, 1e-6);
        CHECK_NEAR(routes_time(r, i, j, 0.2), length / 0.2, 1e-6);
        assert_true(routes_time(r, i, j, 1.4) <= routes_time(r, j, i, 1.4) + 1e-9);
      }
    }
    done(h, r);
  }
}

// ---- crowded halls: everything that a layout may hold --------------------------------------------------

#define CROWD_PLACES 10

// A polygon around a middle with ragged radius: hollow more often than not.
static struct polygon ragged(struct hall *h, struct stream *s, double size) {
  double x = 20 * stream_unit(s), y = 15 * stream_unit(s), p[8][2];
  int n = 3 + (int)(stream_u64(s) % 6);
  for (int i = 0; i < n; i++) {
    double turn = 2 * M_PI * i / n, r = size * (0.15 + stream_unit(s));
    p[i][0] = x + r * cos(turn);
    p[i][1] = y + r * sin(turn);
  }
  return hall_polygon(h, n, (const double (*)[2])p);
}

struct crowd {
  struct hall *hall;
  double       path[2][4][2];
  double       bar[8][4][2];        // what walls leave beside their doors
  int          bars;
};

static void crowd_make(struct crowd *c, struct stream *s) {
  struct hall *h = c->hall = hall_make(20, 15);
  for (int i = 0; i < 5; i++) h->obstacle[h->layout.obstacle_count++] = (struct obstacle){.name = "ragged", .area = ragged(h, s, 1.5)};
  for (int i = 0; i < 6; i++) {
    struct station *t = &h->station[h->layout.station_count++];
    *t = (struct station){.name = "turned", .kind = STATION_MACHINE, .placed = true, .at = {20 * stream_unit(s), 15 * stream_unit(s)},
      .size = {0.3 + stream_unit(s), 0.3 + 2 * stream_unit(s)}, .facing = 6 * stream_unit(s)};
  }
  for (int i = 0; i < 2; i++) {
    for (int k = 0; k < 4; k++) {
      c->path[i][k][0] = 20 * stream_unit(s);
      c->path[i][k][1] = 15 * stream_unit(s);
    }
    struct station *t = &h->station[h->layout.station_count++];
    *t = (struct station){.name = "belt", .kind = STATION_CONVEYOR, .placed = true, .path_count = 2 + (int)(stream_u64(s) % 3), .path = c->path[i], .size = {1, 0.3 + 0.4 * stream_unit(s)}};
  }
  // a wall across the hall with two doors
  double y = 3 + 9 * stream_unit(s), at[2] = {3 + 5 * stream_unit(s), 11 + 5 * stream_unit(s)}, from = 0;
  add_wall(h, 2, (const double[2][2]){{0, y}, {20, y}});
  for (int k = 0; k < 2; k++) {
    h->door[h->layout.door_count++] = (struct door){.name = "door", .at = {at[k], y}, .width = 1.4, .time = (k + 1) * NS_SECOND};
    memcpy(c->bar[c->bars++], (double[4][2]){{from, y - 0.05}, {at[k] - 0.7, y - 0.05}, {at[k] - 0.7, y + 0.05}, {from, y + 0.05}}, sizeof c->bar[0]);
    from = at[k] + 0.7;
  }
  memcpy(c->bar[c->bars++], (double[4][2]){{from, y - 0.05}, {20, y - 0.05}, {20, y + 0.05}, {from, y + 0.05}}, sizeof c->bar[0]);
  for (int k = 0; k < 3; k++) {
    struct zone *z = &h->zone[h->layout.zone_count++];
    *z = (struct zone){.name = "zone", .kind = k == 0 ? ZONE_SLOW : k == 1 ? ZONE_ONE_WAY : ZONE_NO_GO, .area = ragged(h, s, k == 2 ? 1 : 3), .speed = 0.4, .towards = 6 * stream_unit(s)};
  }
}

// How far p lies from the solid shape; 0 inside.
static double apart(const struct polygon *g, const double p[2]) {
  double least = 1e9;
  if (polygon_contains(g, p)) return 0;
  for (int i = 0; i < g->count; i++) least = fmin(least, geo_segment_distance(p, g->point[i], g->point[(i + 1) % g->count]));
  return least;
}

static double room_at(struct crowd *c, const double p[2]) {
  struct layout *l = &c->hall->layout;
  double least = fmin(fmin(p[0], p[1]), fmin(20 - p[0], 15 - p[1]));
  for (int i = 0; i < l->obstacle_count; i++) least = fmin(least, apart(&l->obstacles[i].area, p));
  for (int i = 0; i < c->bars; i++) least = fmin(least, apart(&(struct polygon){4, c->bar[i]}, p));
  least = fmin(least, apart(&l->zones[2].area, p));
  for (int i = 0; i < l->station_count; i++) {
    struct station *t = &l->stations[i];
    for (int k = 0; k + 1 < t->path_count; k++) {       // the belt between its joints
      double e[2] = {t->path[k + 1][0] - t->path[k][0], t->path[k + 1][1] - t->path[k][1]}, n = hypot(e[0], e[1]), w = t->size[1] / 2;
      double side[2] = {-e[1] / n * w, e[0] / n * w};
      double point[4][2] = {{t->path[k][0] - side[0], t->path[k][1] - side[1]}, {t->path[k + 1][0] - side[0], t->path[k + 1][1] - side[1]},
                            {t->path[k + 1][0] + side[0], t->path[k + 1][1] + side[1]}, {t->path[k][0] + side[0], t->path[k][1] + side[1]}};
      least = fmin(least, apart(&(struct polygon){4, point}, p));
    }
    if (t->path_count) continue;
    double point[4][2], w = t->size[0] / 2, d = t->size[1] / 2, co = cos(t->facing), si = sin(t->facing);
    for (int k = 0; k < 4; k++) {
      double x = k == 1 || k == 2 ? w : -w, y = k >= 2 ? d : -d;
      point[k][0] = t->at[0] + co * x - si * y;
      point[k][1] = t->at[1] + si * x + co * y;
    }
    least = fmin(least, apart(&(struct polygon){4, point}, p));
  }
  return least;
}

// Every point of a walk has room; legs in the one-way zone go its way; the time is that of the legs.
static void check_walk(struct crowd *c, const struct route *walk, double time, double speed) {
  struct layout *l = &c->hall->layout;
  double sum = 0;
  for (int i = 0; i + 1 < walk->count; i++) {
    const double *a = walk->point[i], *b = walk->point[i + 1];
    double length = geo_distance(a, b), inside = 0;
    int n = 150;
    for (int k = 0; k < n; k++) {
      double u = (k + 0.5) / n, p[2] = {a[0] + u * (b[0] - a[0]), a[1] + u * (b[1] - a[1])};
      double room = room_at(c, p);
      if (room < RADIUS - 1e-5) fail_msg("a walk comes as near as %.6f m at [%.4f, %.4f]", room, p[0], p[1]);
      inside += polygon_contains(&l->zones[0].area, p) ? length / n : 0;
      double along = cos(l->zones[1].towards) * (b[0] - a[0]) + sin(l->zones[1].towards) * (b[1] - a[1]);
      if (polygon_contains(&l->zones[1].area, p) && !polygon_near(&l->zones[1].area, p, 1e-4) && along < -1e-6 * length) fail_msg("a walk goes against its zone");
    }
    sum += (length - inside) / speed + inside / fmin(speed, 0.4);
    for (int d = 0; d < l->door_count; d++) {
      double low[2] = {l->doors[d].at[0] - 0.7, l->doors[d].at[1]}, high[2] = {l->doors[d].at[0] + 0.7, l->doors[d].at[1]};
      if (geo_crossing(a, b, low, high) >= 0) sum += ns_to_seconds(l->doors[d].time);
    }
  }
  CHECK_NEAR(sum, time, 0.04 * walk->count + 0.04);
}

static void test_crowded_halls(void **state) {
  (void)state;
  int walks = 0;
  for (int seed = 0; seed < 25; seed++) {
    struct stream s = stream_make((uint64_t)seed, 1, "crowd", "test", 0);
    struct crowd c = {0};
    crowd_make(&c, &s);
    struct routes *r = routes_create(&c.hall->layout, NONE, RADIUS, NULL);
    for (int i = 0; i < CROWD_PLACES; i++) {
      double p[2];
      int tries = 0;
      do {
        p[0] = 20 * stream_unit(&s);
        p[1] = 15 * stream_unit(&s);
        if (routes_free(r, p)) assert_true(room_at(&c, p) >= RADIUS - 1e-5);
        else assert_true(room_at(&c, p) <= RADIUS * 1.0825);        // 1 / cos(22.5 deg)
      } while (!routes_free(r, p) && ++tries < 1000);
      routes_place(r, p);
    }
    assert_int_equal(routes_solve(r, 1.4, NULL), STATUS_OK);
    for (int i = 0; i < CROWD_PLACES; i++) {
      for (int j = 0; j < CROWD_PLACES; j++) {
        struct route walk;
        routes_walk(r, i, j, &walk);
        if (routes_length(r, i, j) < 0) {
          CHECK(walk.count, ==, 0);
          for (int k = 0; k < CROWD_PLACES; k++) assert_true(routes_length(r, i, k) < 0 || routes_length(r, k, j) < 0);
          continue;
        }
        CHECK_NEAR(walk_length(&walk), routes_length(r, i, j), 1e-9);
        check_walk(&c, &walk, routes_time(r, i, j, 1.4), 1.4);
        walks++;
        for (int k = 0; k < CROWD_PLACES; k++)
          if (routes_length(r, i, k) >= 0 && routes_length(r, k, j) >= 0)
            assert_true(routes_time(r, i, j, 1.4) <= 1.02 * (routes_time(r, i, k, 1.4) + routes_time(r, k, j, 1.4)));
        int goal = (i + 3) % CROWD_PLACES;
        double turn = routes_turn(r, i, j, routes_length(r, i, j) * stream_unit(&s), goal, &walk);
        if (turn >= 0) CHECK_NEAR(walk_length(&walk), turn, 1e-9);
      }
    }
    done(c.hall, r);
  }
  assert_true(walks > 800);
}

// Shapes that a careless hand draws: doubled points, no area, larger than the hall, crossing itself.
static void test_odd_shapes(void **state) {
  (void)state;
  const double shape[7][6][2] = {
    {{5, 5}, {5, 5}, {6, 5}, {6, 6}, {6, 6}, {5, 6}}, {{3, 3}, {3, 3}, {3, 3}, {3, 3}, {3, 3}, {3, 3}},
    {{2, 2}, {4, 2}, {6, 2}, {6, 2}, {4, 2}, {2, 2}}, {{-50, -50}, {-40, -60}, {80, -50}, {80, 80}, {0, 90}, {-50, 80}},
    {{5, 5}, {5, 6}, {6, 6}, {6, 5}, {5.5, 5}, {5.2, 5}}, {{2, 2}, {6, 6}, {6, 2}, {2, 6}, {1, 4}, {1, 3}}, {{4, 4}, {4.001, 4}, {8, 4}, {8, 4.001}, {4, 4.001}, {3.9, 4}}};
  const double p[4][2] = {{1, 1}, {9, 9}, {5.5, 5.5}, {1, 9}};
  for (int k = 0; k < 7; k++) {
    for (int kind = 0; kind < 4; kind++) {
      struct hall *h = hall_make(10, 10);
      struct polygon g = hall_polygon(h, 6, shape[k]);
      if (kind == 0) h->obstacle[h->layout.obstacle_count++] = (struct obstacle){.name = "odd", .area = g};
      else if (kind == 1) h->wall[h->layout.wall_count++].line = g;
      else h->zone[h->layout.zone_count++] = (struct zone){.name = "odd", .kind = kind == 2 ? ZONE_SLOW : ZONE_ONE_WAY, .area = g, .speed = 0.5};
      h->door[h->layout.door_count++] = (struct door){.name = "door", .at = {5, 2}, .width = 1};
      struct routes *r = solve(h, NONE, NULL, 1, 4, p);
      for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
          double length = routes_length(r, i, j);
          assert_true(length == -1 || length >= geo_distance(p[i], p[j]) - 1e-9);
          assert_true(length < 60);
        }
      done(h, r);
    }
  }
  // a walker wider than the hall
  struct hall *h = hall_make(0.5, 0.5);
  struct routes *r = solve(h, NONE, NULL, 1, 2, p);
  CHECK_NEAR(routes_length(r, 0, 1), -1, 0);
  done(h, r);
}

int test_routes(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_free_hall),       cmocka_unit_test(test_around_a_box),
    cmocka_unit_test(test_through_a_door),  cmocka_unit_test(test_wall_with_a_bend),
    cmocka_unit_test(test_slow_zone),       cmocka_unit_test(test_one_way),
    cmocka_unit_test(test_forbidden_zones), cmocka_unit_test(test_own_zones),
    cmocka_unit_test(test_hollow_obstacle), cmocka_unit_test(test_stations_and_stands),
    cmocka_unit_test(test_random_halls),    cmocka_unit_test(test_time_of_legs),
    cmocka_unit_test(test_crowded_halls),   cmocka_unit_test(test_odd_shapes),
    cmocka_unit_test(test_refraction),      cmocka_unit_test(test_turning_back),
    cmocka_unit_test(test_beside_a_place),
  };
  return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
