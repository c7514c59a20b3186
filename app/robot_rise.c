// takt robot MODEL rise: how it gets up from the floor, contact phase by contact phase.
#include <stdio.h>

#include "app/options.h"
#include "app/robot.h"
#include "base/json.h"
#include "robots/recover.h"

static void contacts(char out[48], int bits) {
  static const char *const name[] = {"hand", "knee", "ball", "heel"};
  int n = 0;
  out[0] = 0;
  for (int i = 0; i < 4; i++) {
    int both = bits >> (2 * i) & 3;
    if (both) n += snprintf(out + n, 48 - (size_t)n, "%s%s%s", n ? ", " : "", both == 1 ? "left " : both == 2 ? "right " : "", name[i]);
    if (both == 3) n += snprintf(out + n, 48 - (size_t)n, "%s", "s");
  }
}

static double moved(const struct rise *p) {
  double most = 0;
  for (int i = 0; i < p->phases; i++) most = p->phase[i].moved > most ? p->phase[i].moved : most;
  return most;
}

static void answer(const struct robot_case *r, const struct rise *p) {
  struct json j;
  json_init(&j, false);
  json_object(&j);
  json_key(&j, "robot"), json_text(&j, r->spec.name);
  json_key(&j, "time_s"), json_number(&j, p->time);
  json_key(&j, "energy_j"), json_number(&j, p->energy);
  json_key(&j, "contact_moves_m"), json_number(&j, moved(p));
  json_key(&j, "phases"), json_list(&j);
  for (int i = 0; i < p->phases; i++) {
    const struct rise_phase *f = &p->phase[i];
    char on[48];
    contacts(on, f->contacts);
    json_object(&j);
    json_key(&j, "name"), json_text(&j, f->name);
    json_key(&j, "contacts"), json_text(&j, on);
    json_key(&j, "time_s"), json_number(&j, f->time);
    json_key(&j, "torque_share"), json_number(&j, f->torque);
    json_key(&j, "torque_joint"), json_text(&j, f->joint < 0 ? "" : r->model.joint[f->joint].name);
    json_key(&j, "speed_share"), json_number(&j, f->speed);
    json_key(&j, "friction"), json_number(&j, f->friction);
    json_key(&j, "energy_j"), json_number(&j, f->energy);
    json_object_end(&j);
  }
  json_list_end(&j);
  json_object_end(&j);
  printf("%s\n", j.text);
  json_finish(&j);
}

static void print(const struct robot_case *r, const struct rise *p) {
  printf("%s, %.1f kg, gets up from its front in %.1f s by %.0f J at the battery\n\n", r->spec.name, r->model.mass, p->time, p->energy);
  printf("  phase           carried by                     time s  torque  speed  friction\n");
  for (int i = 0; i < p->phases; i++) {
    const struct rise_phase *f = &p->phase[i];
    char on[48];
    contacts(on, f->contacts);
    printf("  %-14s  %-29s  %6.2f  %4.0f %%  %3.0f %%      %.2f  %s\n", f->name, on, f->time, 100 * f->torque, 100 * f->speed, f->friction, f->joint < 0 ? "" : r->model.joint[f->joint].name);
  }
  printf("\n  shares are of the drives' peaks; the centre of mass stays over what carries it, and no contact goes more than %.2g mm;\n  friction is what the floor must have\n", 1e3 * moved(p));
}

int robot_rise_verb(const char *model, int argc, char **argv) {
  bool as_json = false, quiet = false;
  const struct option options[] = {
    {"json", OPTION_FLAG, &as_json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &quiet, NULL, "no warnings", 0, 0, NULL},
  };
  const struct usage usage = {"robot MODEL rise", "[options]", "  takt robot optimus-gen2 rise\n  takt robot optimus-gen2 rise --json\n",
                              "A robot that lies on its front gets up: hands and knees, hands and feet, crouch.", options, 2, 0, 0};
  int names = 0;
  enum options_answer go = options_read(&usage, argc, argv, NULL, &names);
  if (go != OPTIONS_RUN) return go == OPTIONS_HELP ? 0 : 2;
  struct robot_case r;
  int code = robot_open(&r, model, ROBOT_LIMBS | ROBOT_DRIVES, quiet);
  if (code == 0) {
    struct gait_library library = {.humanoid = &r.humanoid, .spec = &r.spec};
    struct recover_make make;
    struct rise rise = {0};
    struct error e = {0};
    enum status s = recover_make_init(&make, &library, 0, LOAD_NONE, &e);
    if (!s) s = rise_make(&rise, &library, &make.stand, make.crouch, make.crouched, &e), recover_make_finish(&make);
    if (!s && as_json) answer(&r, &rise);
    else if (!s) print(&r, &rise);
    else fprintf(stderr, "takt robot: %s\n", e.text);
    rise_finish(&rise);
    code = s ? status_exit_code(s) : 0;
  }
  robot_close(&r);
  return code;
}
