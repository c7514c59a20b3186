// takt robot MODEL reach --at X,Y,Z: can a hand come there, how does the body stand then, and how long does it take.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/hands.h"
#include "app/options.h"
#include "app/output.h"
#include "app/robot.h"
#include "base/json.h"

#define STEP_IN_MOST 0.5            // m    that is tried
#define STEP_IN      0.05
#define DEGREE       (M_PI_D / 180)

struct reaching {
  struct v3          at;
  double             load;
  bool               both;
  struct hands_case  hands;
  struct reach_pose  pose;
  struct move        move, hold;
  double             step_in;       // m    nearer that it must stand, -1: that does not help
  double             farthest;      // m    ahead at this height
  enum side          side;
};

static struct reach_wish wish_of(const struct reaching *q, double nearer) {
  struct reach_wish w = {.use = {q->both || q->side == LEFT, q->both || q->side == RIGHT}, .foot = {q->hands.foot[0], q->hands.foot[1]}};
  for (int s = 0; s < 2; s++) {
    w.load[s] = q->both ? q->load / 2 : s == (int)q->side ? q->load : 0;
    w.goal[s] = (struct reach_goal){v3(q->at.x - nearer, q->at.y + (q->both ? (s == LEFT ? 0.2 : -0.2) : 0), q->at.z), reach_approach(&q->hands.reacher, q->at.z), v3(0, q->both, 0)};
  }
  return w;
}

static bool solve(struct reaching *q) {
  q->side = q->at.y > 0 ? LEFT : RIGHT;
  struct reach_wish w = wish_of(q, 0);
  q->farthest = handling_reach(&q->hands.reacher, q->at.z, q->both, 0.4, q->load);
  if (!reach_solve(&q->hands.reacher, &w, &q->hands.standing, &q->pose)) {
    q->step_in = -1;
    for (double near = STEP_IN; near <= STEP_IN_MOST + 1e-9 && q->step_in < 0; near += STEP_IN) {
      struct reach_pose p;
      w = wish_of(q, near);
      if (reach_solve(&q->hands.reacher, &w, &q->hands.standing, &p)) q->step_in = near, q->pose = p;
    }
    if (q->step_in < 0) return false;
  }
  struct move_wish m = {.from = &q->hands.standing, .to = &q->pose, .foot = {w.foot[0], w.foot[1]}, .load = {w.load[0], w.load[1]}, .friction = 0.6, .hold = INFINITY};
  q->move = move_find(&q->hands.reacher, &m, NULL);
  q->hold = move_hold(&q->hands.reacher, &q->pose, w.foot, w.load, 1, NULL);
  return true;
}

static void json_move(struct json *j, const struct reaching *q, const struct robot_case *r) {
  json_key(j, "time_s"), json_number(j, q->move.time);
  json_key(j, "limit"), json_text(j, move_limit_text(q->move.limit));
  json_key(j, "limit_joint");
  if (q->move.joint >= 0) json_text(j, r->model.joint[q->move.joint].name); else json_null(j);
  json_key(j, "energy_j"), json_number(j, q->move.energy);
  json_key(j, "hand_speed_m_s"), json_number(j, q->move.speed);
  json_key(j, "hold_w"), json_number(j, q->hold.energy);
  json_key(j, "hold_torque_share"), json_number(j, q->hold.torque);
  json_key(j, "balance_margin_m"), json_number(j, q->move.margin < q->hold.margin ? q->move.margin : q->hold.margin);
  json_key(j, "joints"), json_object(j);
  for (int i = 0; i < r->model.joint_count; i++)
    if (r->spec.drive[i] >= 0) json_key(j, r->model.joint[i].name), json_number(j, q->pose.q[i]);
  json_object_end(j);
}

static void answer(const struct reaching *q, const struct robot_case *r, bool there) {
  struct json j;
  json_init(&j, false);
  json_object(&j);
  json_key(&j, "robot"), json_text(&j, r->spec.name);
  json_key(&j, "reached"), json_bool(&j, there && q->step_in == 0);
  json_key(&j, "hand"), json_text(&j, q->both ? "both" : q->side == LEFT ? "left" : "right");
  json_key(&j, "farthest_m"), json_number(&j, q->farthest);
  json_key(&j, "step_in_m");
  if (q->step_in >= 0) json_number(&j, q->step_in); else json_null(&j);
  json_key(&j, "miss_m"), json_number(&j, q->pose.miss);
  json_key(&j, "level"), json_integer(&j, q->pose.level);
  if (there) {
    json_key(&j, "pelvis_drop_m"), json_number(&j, q->hands.reacher.level[q->pose.level].drop);
    json_key(&j, "lean_deg"), json_number(&j, q->hands.reacher.level[q->pose.level].lean / DEGREE);
    json_move(&j, q, r);
  }
  json_object_end(&j);
  printf("%s\n", j.text);
  json_finish(&j);
}

static void print(const struct reaching *q, const struct robot_case *r, bool there) {
  const struct reacher *a = &q->hands.reacher;
  printf("%s, %s at %.2f m ahead, %.2f m to the left, %.2f m up", r->spec.name, q->both ? "both hands" : q->side == LEFT ? "left hand" : "right hand", q->at.x, q->at.y, q->at.z);
  if (q->load > 0) printf(", with %g kg", q->load);
  printf("\n  reach      %.2f m at this height\n", q->farthest);
  if (!there) {
    printf("  not reached, nor from %.2f m nearer\n", STEP_IN_MOST);
    return;
  }
  if (q->step_in > 0) printf("  not reached from here: it has to step in by %.2f m; then\n", q->step_in);
  printf("  stands     pelvis %.2f m lower, trunk leaning %.0f deg\n", a->level[q->pose.level].drop, a->level[q->pose.level].lean / DEGREE);
  printf("  time       %.2f s from standing; limit: %s%s%s\n", q->move.time, move_limit_text(q->move.limit), q->move.joint >= 0 ? ", " : "", q->move.joint >= 0 ? r->model.joint[q->move.joint].name : "");
  printf("  hand       %.2f m, at most %.1f m/s\n", q->move.distance, q->move.speed);
  printf("  energy     %.0f J; holding the pose %.0f W, %.0f %% of the most loaded drive's torque\n", q->move.energy, q->hold.energy, 100 * q->hold.torque);
  printf("  balance    pressure stays %.0f mm inside the soles\n", 1000 * fmin(q->move.margin, q->hold.margin));
  if (q->move.torque > 1 || !q->move.possible || !q->hold.possible) printf("  but        a limit is broken: %s\n", move_limit_text(q->hold.possible ? q->move.limit : q->hold.limit));
}

static int run(const char *model, struct reaching *q, bool as_json, const char *png, bool quiet) {
  struct robot_case r;
  struct error e;
  int code = robot_open(&r, model, ROBOT_LIMBS | ROBOT_DRIVES, quiet);
  if (code == 0) code = hands_open(&q->hands, &r, quiet);
  if (code == 0) {
    bool there = solve(q);
    if (as_json) answer(q, &r, there); else print(q, &r, there);
    if (png && hands_reach_png(&q->hands, &r, &q->pose, q->both, q->load, png, &e) != STATUS_OK) code = output_error("robot", &e);
  }
  robot_close(&r);
  return code;
}

int robot_reach_verb(const char *model, int argc, char **argv) {
  static struct reaching q;
  const char *at = "0.45,-0.1,0.95", *png = NULL;
  bool as_json = false, quiet = false;
  const struct option options[] = {
    {"at", OPTION_TEXT, &at, "X,Y,Z", "where, m: ahead, left, above the floor (0.45,-0.1,0.95)", 0, 0, NULL},
    {"load", OPTION_NUMBER, &q.load, "KG", "in the hand, or shared by both", 0, 200, NULL},
    {"both", OPTION_FLAG, &q.both, NULL, "both hands, 0.4 m apart", 0, 0, NULL},
    {"png", OPTION_TEXT, &png, "FILE", "draw it, and how far the hands come at all", 0, 0, NULL},
    {"json", OPTION_FLAG, &as_json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &quiet, NULL, "no warnings", 0, 0, NULL},
  };
  const struct usage usage = {"robot MODEL reach", "[options]",
                              "  takt robot optimus-gen2 reach --at 0.5,-0.1,0.4\n"
                              "  takt robot optimus-gen2 reach --at 0.5,0,1.1 --both --load 8 --png reach.png\n",
                              "Whole-body inverse kinematics on planted feet, and the quickest move there that joint speeds, torques, the soles and\n"
                              "the floor allow.",
                              options, (int)(sizeof options / sizeof *options), 0, 0};
  int names = 0;
  enum options_answer go = options_read(&usage, argc, argv, NULL, &names);
  if (go != OPTIONS_RUN) return go == OPTIONS_HELP ? 0 : 2;
  if (output_spares(&usage, "png", png, model, "the model")) return 2;
  double v[3];
  if (!hands_numbers("at", at, 3, 3, -5, 5, v)) return 2;
  q.at = v3(v[0], v[1], v[2]);
  return run(model, &q, as_json, png, quiet);
}
