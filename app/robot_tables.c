// takt robot MODEL tables: what walks, turns and standing take, as event runs see it.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/options.h"
#include "app/output.h"
#include "app/robot.h"
#include "app/wall_clock.h"
#include "app/workers.h"
#include "base/json.h"
#include "base/random.h"
#include "base/units.h"
#include "robots/calibrate.h"
#include "robots/gait_measure.h"
#include "robots/toll.h"
#include "robots/walker.h"

#define LENGTHS 6
#define FAILED  0.1                 // share of robots with a failed drive that a life is told for
#define TURNS   4

struct tables {
  struct gait_library library;
  double              made_s;       // s    to make it, calibration apart
  double              speed, jog;   // m/s  wished on straight ways; 0: nobody jogs
  double              warm[JOG_SPEEDS], life[JOG_SPEEDS];       // s until the first drive is derated, s until one robot in ten has had a drive fail, jogging on and on
  double              length[LENGTHS];
  struct walk_cost    walk[LENGTHS][2];                         // ahead; between quarter turns
  struct walk_cost    turn[TURNS];  // on the spot, by 45 degrees more each
};

// Routes planned and solved: how far the tables are from the body.
struct agreement { int routes, refused; double time_worst, energy_worst, energy_mean, energy_sum[2], solve_s, plan_s; long samples, broken; };

// What jogging does to the drives, at the speeds of the library's table.
static void wear(struct tables *t, const struct robot_case *r) {
  for (int i = 0; i < t->library.jog.count; i++) {
    struct gait_wish wish = gait_wish_defaults(GAIT_JOG, t->library.jog.speed[i]);
    struct drive_toll toll[ROBOT_JOINTS_MAX];
    struct gait g;
    struct gait_report report;
    struct error e;
    wish.friction = 10;
    t->warm[i] = t->life[i] = INFINITY;
    if (gait_solve(&g, &report, &r->humanoid, &r->spec, &wish, &e) != STATUS_OK) continue;
    toll_find(toll, &r->spec, g.tau, g.qd, g.qdd, g.samples, HEAT_AMBIENT);
    t->life[i] = toll_life(toll, &r->spec, FAILED);
    for (int j = 0; j < g.joints; j++) t->warm[i] = fmin(t->warm[i], toll[j].derated_after);
    gait_finish(&g, &report);
  }
}

static enum status fill(struct tables *t, struct robot_case *r, double speed, double jog, struct error *e) {
  static const double length[LENGTHS] = {0.5, 1, 2, 5, 10, 20};
  enum status s = gait_calibrate(&r->spec, &r->humanoid, e);
  if (s != STATUS_OK) return s;
  double begun = wall_clock();
  s = gait_library_make(&t->library, &r->humanoid, &r->spec, cores(), e);
  t->made_s = wall_clock() - begun;
  t->speed = speed;
  t->jog = jog;
  if (s == STATUS_OK && (r->spec.run_speed > 0 || jog > 0)) {
    s = gait_library_jog(&t->library, r->spec.walk_speed > 0 ? r->spec.walk_speed : speed, jog > r->spec.run_speed ? jog : r->spec.run_speed, cores(), e);
    wear(t, r);
  }
  for (int i = 0; i < LENGTHS && s == STATUS_OK; i++)
    for (int k = 0; k < 2 && s == STATUS_OK; k++) {
      struct v3 point[2] = {v3(0, 0, 0), v3(length[i], 0, 0)};
      struct walk_route way = walk_route_defaults(point, 2);
      t->length[i] = length[i];
      way.speed = speed;
      way.heading_free = k == 0;
      way.heading_start = way.heading_end = k ? M_PI_D / 2 : 0;
      s = walk_cost(&t->walk[i][k], &t->library, &way, e);
    }
  for (int i = 0; i < TURNS && s == STATUS_OK; i++) {
    struct v3 point = v3(0, 0, 0);
    struct walk_route way = walk_route_defaults(&point, 1);
    way.heading_free = false;
    way.heading_end = M_PI_D / 4 * (i + 1);
    s = walk_cost(&t->turn[i], &t->library, &way, e);
  }
  return s;
}

// ---- against the body -----------------------------------------------------------------------------------

static double between(struct stream *s, double low, double high) { return low + (high - low) * stream_unit(s); }

// Two to four points 1 to 8 m apart (four times that with a jog), any headings, at 0.8 to the speed asked, every third with a load.
static void one_route(const struct tables *t, int k, struct agreement *a) {
  struct stream s = stream_make(1, 1, "tables", "routes", (uint32_t)k);
  struct v3 point[4] = {v3(0, 0, 0)};
  int n = 2 + (int)(3 * stream_unit(&s));
  double heading = between(&s, -M_PI_D, M_PI_D);
  for (int i = 1; i < n; i++) {
    double length = between(&s, 1, 8) * (t->jog > 0 ? 4 : 1), sn, cs;
    m_sincos(heading, &sn, &cs);
    point[i] = v3(point[i - 1].x + length * cs, point[i - 1].y + length * sn, 0);
    heading += between(&s, -1, 1);
  }
  struct walk_route way = walk_route_defaults(point, n);
  way.speed = between(&s, 0.8, t->speed > 0.8 ? t->speed : 0.81);
  if (t->jog > 0) way.jog = t->jog, way.speed = t->library.jog.walk;
  way.heading_free = false;
  way.heading_start = between(&s, -M_PI_D, M_PI_D);
  way.heading_end = between(&s, -M_PI_D, M_PI_D);
  way.load = k % 3 == 2 ? between(&s, 0.5, 10) : 0;
  way.load_pose = way.load > 0 ? LOAD_HELD_CLOSE : LOAD_NONE;
  struct walk_cost cost;
  struct walk walk;
  struct error e;
  double begun = wall_clock();
  enum status planned = walk_cost(&cost, &t->library, &way, &e);
  double between_s = wall_clock();
  enum status solved = walk_make(&walk, &t->library, &way, &e);
  a->plan_s += between_s - begun;
  a->solve_s += wall_clock() - between_s;
  if (planned != STATUS_OK || solved != STATUS_OK) {
    a->refused++;
    return;
  }
  double time = fabs(cost.time / walk.time - 1), energy = cost.energy / walk.cost.energy - 1;
  a->routes++;
  if (time > a->time_worst) a->time_worst = time;
  if (fabs(energy) > a->energy_worst) a->energy_worst = fabs(energy);
  a->energy_mean += fabs(energy);
  a->energy_sum[0] += cost.energy;
  a->energy_sum[1] += walk.cost.energy;
  a->samples += walk.samples;
  a->broken += walk.faults.lift + walk.faults.sole + walk.faults.friction + walk.faults.yaw + walk.faults.torque + walk.faults.speed + walk.faults.joint;
  walk_finish(&walk);
}

static void compare(const struct tables *t, int routes, struct agreement *a) {
  for (int k = 0; k < routes; k++) one_route(t, k, a);
  if (a->routes) a->energy_mean /= a->routes;
}

// ---- saying it ---------------------------------------------------------------------------------------------

static void put(struct json *j, const char *key, double value) {
  json_key(j, key);
  json_number(j, value);
}

static void put_cost(struct json *j, const struct walk_cost *c) {
  put(j, "time_s", c->time);
  put(j, "energy_j", c->energy);
  json_key(j, "steps");
  json_integer(j, c->steps);
}

static void put_steady(struct json *j, const struct gait_library *l) {
  json_key(j, "steady");
  json_list(j);
  for (int i = 0; i < LIBRARY_SPEEDS; i++)
    for (int k = 0; k < LIBRARY_LOADS; k++) {
      if (!(l->speed[i] > 0)) continue;
      json_object(j);
      put(j, "speed_m_s", l->speed[i]);
      put(j, "load_kg", l->load[k]);
      put(j, "power_w", l->power[i][k]);
      put(j, "start_and_stop_j", l->ends[i][k]);
      put(j, "limits_broken", l->limit[i][k]);
      json_object_end(j);
    }
  json_list_end(j);
}

static void put_jogs(struct json *j, const struct tables *t) {
  const struct jog_table *g = &t->library.jog;
  if (!g->count) return;
  put(j, "walk_jog_change_m_s", g->change);
  json_key(j, "jogs");
  json_list(j);
  for (int i = 0; i < g->count; i++) {
    json_object(j);
    put(j, "speed_m_s", g->speed[i]);
    put(j, "power_w", g->power[i]);
    if (isfinite(g->walking[i])) put(j, "walking_w", g->walking[i]);
    put(j, "changes_j", g->ends[i]);
    put(j, "friction", g->friction[i]);
    put(j, "limits_broken", g->limit[i]);
    put(j, "derated_after_s", t->warm[i]);
    put(j, "life_h", t->life[i] / 3600);
    json_object_end(j);
  }
  json_list_end(j);
}

static void answer(const struct tables *t, const struct agreement *a) {
  struct json j;
  json_init(&j, true);
  json_object(&j);
  put(&j, "made_s", t->made_s);
  put(&j, "speed_m_s", t->speed);
  put(&j, "standing_w", t->library.stand[0]);
  put_steady(&j, &t->library);
  put_jogs(&j, t);
  json_key(&j, "walks");
  json_list(&j);
  for (int i = 0; i < LENGTHS; i++)
    for (int k = 0; k < 2; k++) {
      json_object(&j);
      put(&j, "length_m", t->length[i]);
      put(&j, "turns_deg", k ? 180 : 0);
      put_cost(&j, &t->walk[i][k]);
      json_object_end(&j);
    }
  json_list_end(&j);
  json_key(&j, "turns");
  json_list(&j);
  for (int i = 0; i < TURNS; i++) {
    json_object(&j);
    put(&j, "turn_deg", 45 * (i + 1));
    put_cost(&j, &t->turn[i]);
    json_object_end(&j);
  }
  json_list_end(&j);
  if (a->routes + a->refused) {
    json_key(&j, "against_body");
    json_object(&j);
    put(&j, "routes", a->routes);
    put(&j, "refused", a->refused);
    put(&j, "time_worst", a->time_worst);
    put(&j, "energy_mean", a->energy_mean);
    put(&j, "energy_worst", a->energy_worst);
    put(&j, "energy_total", a->energy_sum[0] / a->energy_sum[1] - 1);
    put(&j, "samples", (double)a->samples);
    put(&j, "limits_broken", (double)a->broken);
    json_object_end(&j);
  }
  json_object_end(&j);
  printf("%s\n", j.text);
  json_finish(&j);
}

static void print_jogs(const struct tables *t) {
  const struct jog_table *g = &t->library.jog;
  if (!g->count) return;
  printf("\n  jogging, cheaper than walking from %.2f m/s on; around it a walk of %.3g m/s\n", g->change, g->walk);
  for (int i = 0; i < g->count; i++) {
    printf("    %4.2f m/s      %6.0f W, the changes %5.0f J, friction %.2f%s; a drive is derated after ", g->speed[i], g->power[i], g->ends[i], g->friction[i], g->limit[i] > 0 ? " *" : "");
    if (isfinite(t->warm[i])) printf("%.0f min", t->warm[i] / 60);
    else printf("no time");
    printf(", one robot in ten has had one fail after %.3g h\n", t->life[i] / 3600);
  }
}

static void print(const struct robot_case *r, const struct tables *t, const struct agreement *a) {
  const struct gait_library *l = &t->library;
  printf("%s: made from the model in %.3f s; motor constants times %.3f\n\n", r->model.name, t->made_s, r->spec.km_factor);
  printf("  steady walking, W     ");
  for (int k = 0; k < LIBRARY_LOADS; k++) printf("%8.3g kg", l->load[k]);
  printf("   start and stop, J\n");
  for (int i = 0; i < LIBRARY_SPEEDS; i++) {
    if (!(l->speed[i] > 0)) continue;
    printf("    %4.2f m/s            ", l->speed[i]);
    for (int k = 0; k < LIBRARY_LOADS; k++) printf("%9.0f%s ", l->power[i][k], l->limit[i][k] > 0 ? "*" : " ");
    printf("%15.0f\n", l->ends[i][0]);
  }
  printf("    standing            ");
  for (int k = 0; k < LIBRARY_LOADS; k++) printf("%9.0f  ", l->stand[k]);
  printf("\n    * some samples of the walk break a limit\n\n  a walk at %.3g m/s       ahead               between quarter turns\n", t->speed);
  for (int i = 0; i < LENGTHS; i++)
    printf("    %4.1f m         %6.2f s %6.0f J %8.2f s %6.0f J\n", t->length[i], t->walk[i][0].time, t->walk[i][0].energy, t->walk[i][1].time, t->walk[i][1].energy);
  printf("\n  a turn on the spot\n");
  for (int i = 0; i < TURNS; i++) printf("    %3d deg        %6.2f s %6.0f J\n", 45 * (i + 1), t->turn[i].time, t->turn[i].energy);
  print_jogs(t);
  if (!(a->routes + a->refused)) return;
  printf("\n  against the solved body, %d random routes%s\n", a->routes, a->refused ? "" : ", none refused");
  if (a->refused) printf("    refused        %6d\n", a->refused);
  printf("    time           %6.2f %% at worst\n    energy         %6.2f %% at worst, %.2f %% on average, %+.2f %% in total\n", 100 * a->time_worst, 100 * a->energy_worst, 100 * a->energy_mean,
         100 * (a->energy_sum[0] / a->energy_sum[1] - 1));
  printf("    limits         broken %ld times in %ld samples\n    planning       %6.0f us a route, solving %.0f ms\n", a->broken, a->samples, 1e6 * a->plan_s / (a->routes + a->refused), 1e3 * a->solve_s / (a->routes + a->refused));
}

int robot_tables_verb(const char *model, int argc, char **argv) {
  double speed = 1.4, jog = 0;
  int64_t routes = 0;
  bool as_json = false, quiet = false;
  const struct option options[] = {
    {"speed", OPTION_NUMBER, &speed, "V", "m/s wished on straight ways", 0.2, 5, NULL},
    {"jog", OPTION_NUMBER, &jog, "V", "m/s of jogs on the random routes, which are four times as long then", 0, 4, NULL},
    {"routes", OPTION_INTEGER, &routes, "N", "random routes to plan and to solve: how far the tables are from the body", 0, 10000, NULL},
    {"json", OPTION_FLAG, &as_json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &quiet, NULL, "no warnings", 0, 0, NULL},
  };
  const struct usage usage = {"robot MODEL tables", "[options]",
                              "  takt robot optimus-gen2 tables\n"
                              "  takt robot optimus-gen2 tables --routes 100 --json\n",
                              "What walks, turns and standing take, made from the model. Runs at event fidelity walk by them.",
                              options, (int)(sizeof options / sizeof *options), 0, 0};
  int names = 0;
  enum options_answer go = options_read(&usage, argc, argv, NULL, &names);
  if (go != OPTIONS_RUN) return go == OPTIONS_HELP ? 0 : 2;
  struct robot_case r;
  struct tables t = {0};
  struct agreement a = {0};
  struct error e = {0};
  int code = robot_open(&r, model, ROBOT_DRIVES | ROBOT_LIMBS, quiet);
  if (code == 0 && fill(&t, &r, speed, jog, &e) != STATUS_OK) code = output_error("robot", &e);
  if (code == 0) {
    compare(&t, (int)routes, &a);
    if (as_json) answer(&t, &a);
    else print(&r, &t, &a);
  }
  robot_close(&r);
  return code;
}
