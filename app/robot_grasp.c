// takt robot MODEL grasp CASES.json: which grasps hold a part, how well, and how hard fingers must press.
#include <stdio.h>
#include <stdlib.h>

#include "app/options.h"
#include "app/output.h"
#include "app/robot.h"
#include "base/json.h"
#include "base/tree.h"
#include "robots/grasp_file.h"

#define FACETS_MAX 400000           // 128 points in six dimensions have at most 325,376 (McMullen's upper bound, 1970)

static void json_quality(struct json *j, const struct grasp_quality *q, bool planar) {
  json_object(j);
  json_key(j, "force_closure");
  json_bool(j, q->closed);
  json_key(j, "epsilon_L1");
  if (q->closed) json_number(j, q->epsilon_sum); else json_null(j);
  if (planar) {
    json_key(j, "epsilon_Linf");
    if (q->closed) json_number(j, q->epsilon_each); else json_null(j);
  }
  json_object_end(j);
}

static void print_json(const struct grasp_file *g, const struct grasp_quality *planar, const struct grasp_quality *spatial) {
  struct json j;
  json_init(&j, false);
  json_object(&j);
  json_key(&j, "planar");
  json_list(&j);
  for (int i = 0; i < g->planar_count; i++) json_quality(&j, &planar[i], true);
  json_list_end(&j);
  json_key(&j, "spatial");
  json_list(&j);
  for (int i = 0; i < g->spatial_count; i++) json_quality(&j, &spatial[i], false);
  json_list_end(&j);
  json_key(&j, "grip_force");
  json_list(&j);
  for (int i = 0; i < g->grip_count; i++) json_number(&j, grip_force(&g->grip[i].load, &g->grip[i].contact));
  json_list_end(&j);
  json_object_end(&j);
  printf("%s\n", j.text);
  json_finish(&j);
}

static void print_table(const struct grasp_file *g, const struct grasp_quality *planar, const struct grasp_quality *spatial) {
  for (int i = 0; i < g->planar_count; i++)
    if (planar[i].closed) printf("planar %3d   %2d contacts   closed       epsilon %.6f (sum of normal forces 1), %.6f (each 1)\n", i + 1, g->planar[i].count, planar[i].epsilon_sum, planar[i].epsilon_each);
    else printf("planar %3d   %2d contacts   not closed\n", i + 1, g->planar[i].count);
  for (int i = 0; i < g->spatial_count; i++)
    if (spatial[i].closed) printf("spatial %2d   %2d contacts   closed       epsilon %.6f (sum of normal forces 1)\n", i + 1, g->spatial[i].count, spatial[i].epsilon_sum);
    else printf("spatial %2d   %2d contacts   not closed\n", i + 1, g->spatial[i].count);
  for (int i = 0; i < g->grip_count; i++)
    printf("grip %5d   %2d fingers    %.2f kg at friction %.2f: %.2f N each\n", i + 1, g->grip[i].contact.fingers, g->grip[i].load.mass, g->grip[i].contact.mu, grip_force(&g->grip[i].load, &g->grip[i].contact));
}

static int answer(const struct grasp_file *g, bool as_json) {
  struct grasp_quality *planar = calloc((size_t)g->planar_count + 1, sizeof *planar), *spatial = calloc((size_t)g->spatial_count + 1, sizeof *spatial);
  struct hull *work = g->spatial_count > 0 ? hull_create(FACETS_MAX) : NULL;
  int code = 0;
  if (!planar || !spatial || (g->spatial_count > 0 && !work)) {
    fprintf(stderr, "takt robot: no memory for the grasps\n");
    code = 5;
  }
  for (int i = 0; code == 0 && i < g->planar_count; i++) planar[i] = grasp_planar(g->planar[i].contact, g->planar[i].count);
  for (int i = 0; code == 0 && i < g->spatial_count; i++)
    if (!grasp_spatial(work, g->spatial[i].contact, g->spatial[i].count, &spatial[i])) {
      fprintf(stderr, "takt robot: spatial.%d: its hull has more than %d facets\n", i, FACETS_MAX);
      code = 3;
    }
  if (code == 0 && as_json) print_json(g, planar, spatial);
  else if (code == 0) print_table(g, planar, spatial);
  hull_destroy(work);
  free(planar);
  free(spatial);
  return code;
}

static int run(const char *file, bool as_json, bool quiet) {
  struct error e;
  size_t size;
  char *text = file_read(file, GRASP_FILE_BYTES_MAX, &size, &e);
  if (!text) return output_error("robot", &e);
  struct faults f;
  struct grasp_file g;
  faults_init(&f, file, text, size);
  int code = grasp_file_parse(&g, text, size, &f) == STATUS_OK ? 0 : 3;
  faults_sort(&f);
  for (int i = 0; i < f.count; i++)
    if (f.fault[i].kind == FAULT_ERROR || !quiet) fault_print(&f, i, stderr);
  if (code == 0) code = answer(&g, as_json);
  grasp_file_finish(&g);
  faults_finish(&f);
  free(text);
  return code;
}

int robot_grasp_verb(const char *model, int argc, char **argv) {
  bool as_json = false, quiet = false;
  const struct option options[] = {
    {"json", OPTION_FLAG, &as_json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &quiet, NULL, "no warnings", 0, 0, NULL},
  };
  const struct usage usage = {"robot MODEL grasp", "CASES.json [options]",
                              "  takt robot optimus-gen2 grasp cases.json\n"
                              "  takt robot optimus-gen2 grasp cases.json --json\n",
                              "Force closure and Ferrari-Canny quality of contacts with friction, and the force that holds a load:\n"
                              "{planar: [{contacts: [{p, n, mu}]}], spatial: [{contacts: [{p, n, mu, cone_edges, soft_torsion_coeff}]}],\n"
                              "grip_force: [{mass, mu, accel_up, contacts}]}. The contacts say it all: the model is only checked.",
                              options, 2, 1, 1};
  const char *file;
  int names = 0;
  enum options_answer go = options_read(&usage, argc, argv, &file, &names);
  if (go != OPTIONS_RUN) return go == OPTIONS_HELP ? 0 : 2;
  struct robot_case r;
  int code = robot_open(&r, model, ROBOT_TREE, quiet);
  if (code == 0) code = run(file, as_json, quiet);
  robot_close(&r);
  return code;
}
