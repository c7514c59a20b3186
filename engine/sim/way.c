#include "engine/sim/way.h"

#include "base/maths.h"
#include "engine/sim/body_clear.h"
#include "engine/sim/footing.h"
#include "engine/sim/hands.h"
#include "engine/sim/robot.h"
#include "engine/sim/team.h"
#include "engine/world/floor.h"
#include "engine/world/geometry.h"

#define CORNER_RADIUS 0.5           // m    by which a walk rounds the corners of its route; 45 degrees at most, so 4 cm inside
#define A_STEP        0.2             // m
#define UP_TO_WORK    0.35            // m    that one stands nearer to its work than its place is, at most; a guess
#define HOT_SPEED     0.6           // of its speed that a robot with hot windings walks; a guess
#define SPOT_OFF      0.5             // m    that a spot may be nearer to its work than the floor is free; a guess
#define POINT_NEAR    0.02          // m    points closer than this are one

void way_goal(const struct twin *t, int32_t i, double at[2], double *facing) {
  at[0] = at[1] = *facing = 0;
  // on a floor where there is nothing to do nobody stands anywhere
  if (t->robot[i].place == NONE) return;
  at[0] = t->place_at[t->robot[i].place][0];
  at[1] = t->place_at[t->robot[i].place][1];
  robot_spot(t, i, at);
  clear_goal(t, i, at);
  team_spot(t, t->robot[i].place, t->robot[i].teams, t->robot[i].team, at);
  robot_faces(t, i, at, facing);
  hands_nearer(t, i, at);
}

static void add(struct v3 *points, int *n, double x, double y) {
  if (*n > 0) {
    double dx = x - points[*n - 1].x, dy = y - points[*n - 1].y;
    if (dx * dx + dy * dy < POINT_NEAR * POINT_NEAR) return;
  }
  points[(*n)++] = v3(x, y, 0);
}

// Metres a second on its way, slow zones and doors spread over all of it.
static double speed_of(const struct twin *t, int32_t i, int32_t begin) {
  const struct robot *b = &t->robot[i];
  const struct fleet_row *f = &t->fleet[b->fleet];
  double speed = robot_walk_speed(&make_of(t, b)->tables, (double)b->load);
  if (b->hot) speed *= HOT_SPEED;
  if (begin == b->place) return speed;
  double length = routes_length(t->routes[f->routes], begin, b->place), time = routes_time(t->routes[f->routes], begin, b->place, speed);
  return length > 0 && time > 0 ? length / time : speed;
}

// The jog that a robot may do on a way of that speed, 0: none. With a load, hot, slowed by a zone, a door or the floor, or where the floor may not hold it
// nobody jogs.
static double jog_of(const struct twin *t, int32_t i, const struct v3 *point, int n, double speed) {
  const struct robot *b = &t->robot[i];
  const struct make *m = make_of(t, b);
  if (m->jog <= 0 || b->load > 0 || b->hot || speed < m->tables.walk_speed * (1 - 1e-9)) return 0;
  return footing_holds(t, point, n, m->jog_friction) ? m->jog : 0;
}

// Does a slow zone or a door on the way from place to place ask for less than a jog?
static bool slowed(const struct routes *routes, int32_t from, int32_t to, double jog) {
  double length = from != to ? routes_length(routes, from, to) : 0, time = length > 0 ? routes_time(routes, from, to, jog) : 0;
  return time > length / jog * (1 + 1e-9);
}

static void finish(const struct twin *t, int32_t i, double heading, double speed, bool jogs, int n, struct way_route *out) {
  const struct robot *b = &t->robot[i];
  // the goal is exact: what was near it gives way
  if (n > 1) out->point[n - 1] = v3(out->goal[0], out->goal[1], 0);
  n = footing_heights(t, out->point, n, WAY_POINTS);
  speed = footing_speed(t, i, out->point, n, speed);
  double jog = jogs ? jog_of(t, i, out->point, n, speed) : 0;
  for (int p = n - 1; p >= 0; p--) out->point[p] = v3_sub(out->point[p], out->point[0]);
  out->route = walk_route_defaults(out->point, n);
  out->route.heading_start = heading;
  out->route.heading_end = out->facing;
  out->route.heading_free = false;
  out->route.speed = speed;
  out->route.jog = jog;
  out->route.corner_radius = CORNER_RADIUS;
  out->route.load = (double)b->load;
  out->route.load_pose = b->load > 0 ? LOAD_HELD_CLOSE : LOAD_NONE;
  out->route.friction = t->layout->friction;
}

static bool seen(const struct twin *t, int32_t i, const double from[2], const double to[2]) {
  const struct floor *f = routes_floor(t->routes[t->fleet[t->robot[i].fleet].routes]);
  return floor_free(f, to) && floor_visible(f, from, to);
}

// The piece of a way that is nearest to where a robot stands: it goes on from its end.
static int nearest_piece(const struct route *way, struct v3 from) {
  int best = 0;
  double least = 1e300;
  for (int k = 0; k + 1 < way->count; k++) {
    double x = from.x - way->point[k][0], y = from.y - way->point[k][1], dx = way->point[k + 1][0] - way->point[k][0], dy = way->point[k + 1][1] - way->point[k][1];
    double square = dx * dx + dy * dy, share = square > 0 ? (x * dx + y * dy) / square : 0;
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    x -= share * dx, y -= share * dy;
    if (x * x + y * y >= least) continue;
    least = x * x + y * y;
    best = k + 1;
  }
  return best;
}

// Beside its place, from where it works: up to that it goes by less than its footprint keeps from things.
static void step_back(const struct twin *t, int32_t place, const double at[2], double facing, double out[2]) {
  double sn, cs;
  m_sincos(facing, &sn, &cs);
  double ahead = place == NONE ? 0 : cs * (at[0] - t->place_at[place][0]) + sn * (at[1] - t->place_at[place][1]);
  if (ahead < 0 || ahead > UP_TO_WORK) ahead = 0;       // it is not at work there
  out[0] = at[0] - ahead * cs;
  out[1] = at[1] - ahead * sn;
}

void way_route(const struct twin *t, int32_t i, struct v3 from, double heading, struct way_route *out) {
  const struct robot *b = &t->robot[i];
  const struct routes *routes = t->routes[t->fleet[b->fleet].routes];
  struct route way = {0};
  int32_t begin = b->turned ? b->was_to : b->from;
  int n = 0;
  way_goal(t, i, out->goal, &out->facing);
  const double own[2] = {from.x, from.y};
  double back[2], front[2];
  step_back(t, begin, own, heading, back);
  step_back(t, b->place, out->goal, out->facing, front);
  // who stands beside its way has one of its own: straight to that something may stand
  bool beside = b->astray && floor_free(routes_floor(routes), own) && routes_from(routes, own, begin, b->place, &way) >= 0;
  if (!beside && begin != b->place) routes_walk(routes, begin, b->place, &way);
  add(out->point, &n, from.x, from.y);
  team_abreast(t, i, &way);
  // who stands a step beside its place, nearer to its work, goes from there, not by way of the place; likewise at the goal
  for (int p = beside ? 1 : b->astray ? nearest_piece(&way, from) : 0; p < way.count; p++) {
    if ((p == 0 && geo_distance(way.point[p], own) < A_STEP) || (p == way.count - 1 && geo_distance(way.point[p], out->goal) < A_STEP)) continue;
    // who stands beside others needs not pass by the middle
    if (t->team && p == 0 && way.count > 1 && seen(t, i, back, p + 1 < way.count - 1 ? way.point[p + 1] : front)) continue;
    if (t->team && p == way.count - 1 && n > 0 && seen(t, i, n > 1 ? (const double[2]){out->point[n - 1].x, out->point[n - 1].y} : back, front)) continue;
    add(out->point, &n, way.point[p][0], way.point[p][1]);
  }
  add(out->point, &n, out->goal[0], out->goal[1]);
  double jog = make_of(t, b)->jog;
  finish(t, i, heading, speed_of(t, i, begin), jog > 0 && !slowed(routes, begin, b->place, jog), n, out);
}

// The place from which its way is on: behind it or, called back, where it was sent.
static int32_t begin_of(const struct routes *routes, const struct robot *b) {
  if (!b->turned) return b->from;
  double on = routes_length(routes, b->was_to, b->place), back = routes_length(routes, b->was_from, b->place);
  return on < 0 || (back >= 0 && back + b->was_done < on + routes_length(routes, b->was_from, b->was_to) - b->was_done) ? b->was_from : b->was_to;
}

bool way_turn(const struct twin *t, int32_t i, struct v3 at, double heading, double lead, struct way_route *out) {
  const struct robot *b = &t->robot[i];
  const struct routes *routes = t->routes[t->fleet[b->fleet].routes];
  const struct floor *floor = routes_floor(routes);
  struct route way = {0};
  int32_t begin = begin_of(routes, b);
  double sn, cs;
  int n = 0;
  m_sincos(heading, &sn, &cs);
  const double here[2] = {at.x, at.y}, corner[2] = {at.x + cs * lead, at.y + sn * lead};
  way_goal(t, i, out->goal, &out->facing);
  bool near = floor_free(floor, corner);
  if (near ? routes_from(routes, corner, begin, b->place, &way) < 0 : lead > 0 || begin == b->place || geo_distance(here, t->place_at[begin]) > SPOT_OFF) return false;
  if (lead > 0 && floor_free(floor, here) && !floor_visible(floor, here, corner)) return false;
  if (!near) routes_walk(routes, begin, b->place, &way);
  add(out->point, &n, here[0], here[1]);
  add(out->point, &n, corner[0], corner[1]);
  team_abreast(t, i, &way);
  for (int p = near; p < way.count; p++) {
    if ((p == 0 && geo_distance(way.point[p], here) < A_STEP) || (p == way.count - 1 && geo_distance(way.point[p], out->goal) < A_STEP)) continue;
    add(out->point, &n, way.point[p][0], way.point[p][1]);
  }
  add(out->point, &n, out->goal[0], out->goal[1]);
  if (n < 2 + (lead > 0)) return false;
  finish(t, i, heading, speed_of(t, i, begin), false, n, out);
  return true;
}

void way_points(const struct twin *t, int32_t i, const double at[2], double heading, const double (*point)[2], int count, double facing, double speed, struct way_route *out) {
  int n = 0;
  out->goal[0] = count > 0 ? point[count - 1][0] : at[0];
  out->goal[1] = count > 0 ? point[count - 1][1] : at[1];
  out->facing = facing;
  add(out->point, &n, at[0], at[1]);
  for (int p = 0; p < count; p++) add(out->point, &n, point[p][0], point[p][1]);
  finish(t, i, heading, speed, false, n, out);
}

double way_jog(const struct twin *t, int32_t i, const double at[2], const double (*point)[2], int count, double speed) {
  struct v3 way[WAY_POINTS];
  int n = 0;
  add(way, &n, at[0], at[1]);
  for (int p = 0; p < count; p++) add(way, &n, point[p][0], point[p][1]);
  return jog_of(t, i, way, n, speed);
}
