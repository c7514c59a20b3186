#include "engine/world/assets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "robots/revision.h"

static bool there(const char *folder) { return revision_there(folder); }

// The folder of a file, "." when it names none.
static void folder_of(const char *file, char out[1024]) {
  const char *slash = strrchr(file, '/');
  if (!slash) snprintf(out, 1024, ".");
  else snprintf(out, 1024, "%.*s", (int)(slash - file), file);
}

static bool look(const char *root, const char *between, const char *name, char out[1024]) {
  if (!root || !*root) return false;
  snprintf(out, 1024, "%.500s/%s%s", root, between, name);
  return there(out);
}

const char *assets_name(const char *model, const char *revision, char out[ASSET_NAME_MAX]) {
  snprintf(out, ASSET_NAME_MAX, "%.128s%s%.64s", model, revision && *revision ? "@" : "", revision && *revision ? revision : "");
  return out;
}

bool assets_find(const char *name, const char *layout_file, const char *assets, char out[1024]) {
  char beside[1024], program[1024] = "";
  if (strchr(name, '/')) return false;
  folder_of(layout_file ? layout_file : "", beside);
  ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
  if (n > 0) {
    program[n] = 0;
    char *slash = strrchr(program, '/');
    if (slash) *slash = 0;
  }
  return look(assets, "robots/", name, out) || look(beside, "", name, out) || look(beside, "robots/", name, out) ||
         look(beside, "assets/robots/", name, out) || look(getenv("TAKT_ASSETS"), "robots/", name, out) || look(getenv("TAKT_ASSETS"), "", name, out) ||
         look(program, "assets/robots/", name, out) || look(program, "../assets/robots/", name, out) || look(program, "../share/takt/robots/", name, out);
}

static enum status no_model(const char *name, const char *layout_file, const char *assets, struct error *e) {
  char model[256], folder[1024];
  const char *at = strchr(name, '@');
  snprintf(model, sizeof model, "%.*s", at ? (int)(at - name) : 0, name);
  if (at && assets_find(model, layout_file, assets, folder))
    return error_at(e, STATUS_REF, layout_file, 0, 0, "revision: the model %s has no revision %s: there is no %.700s/revisions/%s.yaml", model, at + 1, folder, at + 1);
  return error_at(e, STATUS_REF, layout_file, 0, 0, "model: %s is no robot model: there is no %s/robot.yaml beside the layout, in $TAKT_ASSETS or beside the program", name, name);
}

enum status assets_robot(const char *name, const char *layout_file, const char *assets, struct robot_tables *out, struct error *e) {
  char folder[1024];
  if (!assets_find(name, layout_file, assets, folder))
    return no_model(name, layout_file, assets, e);
  struct faults f;
  faults_init(&f, folder, NULL, 0);
  enum status s = robot_tables_read(out, folder, &f);
  if (s != STATUS_OK) {
    faults_sort(&f);
    error_at(e, s, layout_file, 0, 0, "model %s: %s/robot.yaml: %s", name, folder, f.count ? f.fault[0].text : status_text(s));
  }
  faults_finish(&f);
  return s;
}
