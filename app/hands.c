#include "app/hands.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/figure.h"
#include "robots/calibrate.h"

#define MAP_STEP 0.05
#define COLUMNS  20
#define ROWS     42

int hands_open(struct hands_case *h, struct robot_case *r, bool quiet) {
  struct error e = {0};
  if (gait_calibrate(&r->spec, &r->humanoid, &e) != STATUS_OK && !quiet) fprintf(stderr, "takt robot: warning: %s\n", e.text);
  enum status s = reacher_make(&h->reacher, &r->humanoid, &r->spec, &e);
  if (s == STATUS_OK) s = reach_standing(&h->reacher, 0, &h->standing, h->foot, &e);
  if (s == STATUS_OK) return 0;
  fprintf(stderr, "takt robot: %s\n", e.text);
  return status_exit_code(s);
}

bool hands_numbers(const char *option, const char *text, int least, int most, double low, double high, double *out) {
  int n = 0;
  const char *at = text;
  for (int i = 0; i < most; i++) out[i] = 0;
  while (n < most) {
    char *end;
    double x = strtod(at, &end);
    if (end == at) break;
    if (!(x >= low && x <= high)) {
      fprintf(stderr, "takt robot: --%s: %g is outside %g to %g\n", option, x, low, high);
      return false;
    }
    out[n++] = x;
    at = end;
    if (*at != ',') break;
    at++;
  }
  if (n >= least && *at == 0) return true;
  if (least == most) fprintf(stderr, "takt robot: --%s: %d numbers with commas between them are wanted, here is '%s'\n", option, least, text);
  else fprintf(stderr, "takt robot: --%s: %d to %d numbers with commas between them are wanted, here is '%s'\n", option, least, most, text);
  return false;
}

// ---- pictures -------------------------------------------------------------------------------------------------------

struct picture {
  struct figure        figure;
  struct skeleton_pose moment[PLATE_ACTS];
  char                 caption[PLATE_ACTS][40];
  struct plate_fact    fact[16];
  struct plate_bar     bar[8];
  signed char          level[ROWS * COLUMNS];
  struct plate_hands   plate;
  struct body_motion   bodies[ROBOT_JOINTS_MAX + 1];
};

static void fact(struct picture *p, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void fact(struct picture *p, const char *name, const char *format, ...) {
  struct plate_fact *f = &p->fact[p->plate.plate.facts++];
  va_list list;
  snprintf(f->name, sizeof f->name, "%s", name);
  va_start(list, format);
  vsnprintf(f->value, sizeof f->value, format, list);
  va_end(list);
}

static void moment(struct picture *p, const struct hands_case *h, const struct reach_pose *pose, const char *caption) {
  if (p->plate.moments == PLATE_ACTS) return;
  int n = p->plate.moments++;
  struct base_motion base = {.position = pose->root, .orientation = {1, 0, 0, 0}};
  robot_forward(h->reacher.humanoid->model, &base, pose->q, NULL, p->bodies);
  figure_pose(&p->figure, p->bodies, v3(0, 0, 0), 0, &p->moment[n]);
  p->moment[n].contact[0] = p->moment[n].contact[1] = true;
  snprintf(p->caption[n], sizeof p->caption[n], "%s", caption);
  for (int i = 0; i < p->figure.shape.points; i++)
    if ((double)p->moment[n].point[i][2] > p->plate.height) p->plate.height = (double)p->moment[n].point[i][2];
}

static struct picture *begin(const struct hands_case *h, const struct robot_case *r, const char *title, const char *below) {
  struct picture *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  figure_make(&p->figure, &r->humanoid, &r->spec, true);
  p->plate = (struct plate_hands){.plate = {title, below, 0, p->fact, NULL}, .shape = &p->figure.shape, .moment = p->moment, .caption = (const char(*)[40])p->caption, .bar = p->bar,
                                  .x0 = MAP_STEP, .z0 = MAP_STEP, .step = MAP_STEP, .level = p->level, .levels = h->reacher.levels};
  moment(p, h, &h->standing, "standing");
  p->plate.height += 0.12;
  return p;
}

static void map(struct picture *p, const struct hands_case *h, bool both, double load) {
  p->plate.columns = COLUMNS, p->plate.rows = ROWS;
  for (int r = 0; r < ROWS; r++)
    for (int c = 0; c < COLUMNS; c++) {
      struct reach_wish w = {.use = {both, true}, .load = {both ? load / 2 : 0, both ? load / 2 : load}, .foot = {h->foot[0], h->foot[1]}};
      struct reach_pose at;
      double x = MAP_STEP * (c + 1), z = MAP_STEP * (r + 1);
      for (int s = 0; s < 2; s++) w.goal[s] = (struct reach_goal){v3(x, both ? (s == LEFT ? 0.2 : -0.2) : -0.1, z), reach_approach(&h->reacher, z), v3(0, both, 0)};
      p->level[r * COLUMNS + c] = (signed char)(reach_solve(&h->reacher, &w, &h->standing, &at) ? at.level : -1);
    }
}

enum status hands_reach_png(const struct hands_case *h, const struct robot_case *r, const struct reach_pose *pose, bool both, double load, const char *path, struct error *e) {
  char title[120], below[80];
  snprintf(title, sizeof title, "%s reaches", r->spec.name);
  snprintf(below, sizeof below, "%s  ·  %.3g kg", both ? "both hands, 0.4 m apart" : "one hand", load);
  struct picture *p = begin(h, r, title, below);
  if (!p) return error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for a picture");
  if (pose->level >= 0) moment(p, h, pose, "there");
  map(p, h, both, load);
  fact(p, "shoulder above the floor", "%.2f m", h->reacher.shoulder);
  for (double z = 0.3; z < 2; z += 0.4) {
    char name[40];
    snprintf(name, sizeof name, "reach at %.1f m", z);
    fact(p, name, "%.2f m", handling_reach(&h->reacher, z, both, 0.4, load));
  }
  enum status s = plate_hands_write(&p->plate, path, e);
  free(p);
  return s;
}

enum status hands_pick_png(const struct hands_case *h, const struct robot_case *r, const struct handling_wish *w, const struct handling *a, const double robot[5], const double person[5],
                           const char *path, struct error *e) {
  static const char *const names[5] = {"reach", "grasp", "move", "position", "release"};
  char title[120], below[120];
  snprintf(title, sizeof title, "%s picks and places", r->spec.name);
  snprintf(below, sizeof below, "%.3g kg  ·  friction %.2g  ·  %s", w->part->mass, w->part->mu, a->both ? "both hands" : a->side == LEFT ? "left hand" : "right hand");
  struct picture *p = begin(h, r, title, below);
  if (!p) return error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for a picture");
  int last = -1;
  double time = 0, all_robot = 0, all_person = 0;
  for (int i = 0; i < a->steps; i++) {
    char words[40];
    time += a->step[i].time;
    snprintf(words, sizeof words, "%s, %.2f s", handling_phase_text(a->step[i].phase), time);
    if (a->step[i].pose != last && a->step[i].pose > 0) moment(p, h, &a->pose[a->step[i].pose], words);
    last = a->step[i].pose;
  }
  for (int i = 0; i < 5; i++) {
    snprintf(p->bar[i].name, sizeof p->bar[i].name, "%s", names[i]);
    p->bar[i].value = robot[i], p->bar[i].person = person[i];
    all_robot += robot[i], all_person += person[i];
  }
  p->plate.bars = 5;
  map(p, h, a->both, w->part->mass);
  fact(p, "all", "%.2f s, %.2f x MTM-1", all_robot, all_robot / all_person);
  fact(p, "energy", "%.0f J", a->energy);
  fact(p, "held at the first try", "%.1f %%", 100 * a->outcome[CLOSE_HELD]);
  fact(p, "slips", "%.1f %%", 100 * a->outcome[CLOSE_SLIPPED]);
  fact(p, "seen from", "%.2f m", a->distance);
  fact(p, "sigma ahead, left, up", "%.1f, %.1f, %.1f mm", 1000 * a->sigma[0], 1000 * a->sigma[1], 1000 * a->sigma[2]);
  if (!a->both) fact(p, "grip", "%.0f mm wide, %.1f N", 1000 * a->grip.width, a->grip.force);
  if (a->hottest >= 0) fact(p, "hottest drive, for ever", "%.0f degC", a->winding);
  if (a->pause > 0) fact(p, "rest after each, for that", "%.1f s", a->pause);
  enum status s = plate_hands_write(&p->plate, path, e);
  free(p);
  return s;
}
