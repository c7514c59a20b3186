#include "engine/world/kinds.h"

#include <stdlib.h>
#include <string.h>

#include "engine/world/assets.h"

#define LARGE 60.0                  // m    width and depth together of a hall in which few walks are walked twice; a guess
#define FAR   15.0                  // m    walks from which on estimates are within 0.9 % (493 random ways of 15 to 120 m)

// Each kind has a place of its own that never moves: its parts point at each other.
struct kinds { int count; struct kind **kind; };

double kinds_estimate_from(const struct layout *l) {
  if (l->run.fidelity == FIDELITY_MOTION) return 0;
  return l->run.fidelity == FIDELITY_EVENT && l->has_floor && l->size[0] + l->size[1] > LARGE ? FAR : -1;
}

static enum status add(struct kinds *k, const char *folder, int threads, struct error *e) {
  struct kind *fresh = calloc(1, sizeof *fresh);
  if (!fresh) return error_at(e, STATUS_MEMORY, folder, 0, 0, "no memory for a robot model");
  enum status s = kind_load(fresh, folder, threads, e);
  if (s != STATUS_OK) free(fresh);
  else k->kind[k->count++] = fresh;
  return s;
}

static enum status add_revision(struct kinds *k, const struct layout *l, int f, const char *revision, const char *assets, int threads, struct error *e) {
  char folder[1024], name[ASSET_NAME_MAX];
  const struct fleet *plan = &l->fleets[f];
  if (plan->people || !plan->model || !assets_find(assets_name(plan->model, revision, name), l->file, assets, folder)) return STATUS_OK;
  if (!kind_there(folder)) return STATUS_OK;
  enum status s = kinds_find(k, folder) ? STATUS_OK : add(k, folder, threads, e);
  for (int i = 0; i < k->count && s == STATUS_OK; i++) {
    if (strcmp(k->kind[i]->folder, folder) != 0) continue;
    if (plan->pace > 0) s = kind_jogs(k->kind[i], threads, e);
    if (kinds_estimate_from(l) >= 0 && s == STATUS_OK) s = kind_estimates(k->kind[i], threads, e);
  }
  return s;
}

struct kinds *kinds_load(const struct layout *l, const char *assets, int threads, struct error *e) {
  struct kinds *k = calloc(1, sizeof *k);
  if (k) k->kind = calloc((size_t)l->fleet_count + (size_t)l->happening_count + 1, sizeof *k->kind);
  enum status s = k && k->kind ? STATUS_OK : error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for robot models");
  for (int f = 0; f < l->fleet_count && l->has_floor && s == STATUS_OK; f++) s = add_revision(k, l, f, l->fleets[f].revision, assets, threads, e);
  for (int h = 0; h < l->happening_count && l->has_floor && s == STATUS_OK; h++)
    if (l->happenings[h].kind == HAPPENING_UPDATE) s = add_revision(k, l, l->happenings[h].fleet, l->happenings[h].revision, assets, threads, e);
  if (s == STATUS_OK) return k;
  kinds_destroy(k);
  return NULL;
}

static bool covers(const struct kinds *k, const struct layout *l, int f, const char *revision, const char *assets) {
  char folder[1024], name[ASSET_NAME_MAX];
  const struct fleet *plan = &l->fleets[f];
  if (plan->people || !plan->model || !assets_find(assets_name(plan->model, revision, name), l->file, assets, folder)) return true;
  const struct kind *there = kinds_find(k, folder);
  if (!kind_there(folder)) return true;
  bool jogs = there && (plan->pace <= 0 || there->spec.run_speed <= 0 || there->library.jog.count);
  return jogs && (kinds_estimate_from(l) < 0 || there->library.fitted);
}

bool kinds_cover(const struct kinds *k, const struct layout *l, const char *assets) {
  bool all = true;
  for (int f = 0; f < l->fleet_count && l->has_floor; f++) all = all && covers(k, l, f, l->fleets[f].revision, assets);
  for (int h = 0; h < l->happening_count && l->has_floor; h++)
    if (l->happenings[h].kind == HAPPENING_UPDATE) all = all && covers(k, l, l->happenings[h].fleet, l->happenings[h].revision, assets);
  return all;
}

void kinds_destroy(struct kinds *k) {
  if (!k) return;
  for (int i = 0; i < k->count; i++) {
    kind_finish(k->kind[i]);
    free(k->kind[i]);
  }
  free(k->kind);
  free(k);
}

int kinds_count(const struct kinds *k) { return k ? k->count : 0; }

const struct kind *kinds_find(const struct kinds *k, const char *folder) {
  for (int i = 0; k && i < k->count; i++)
    if (strcmp(k->kind[i]->folder, folder) == 0) return k->kind[i];
  return NULL;
}
