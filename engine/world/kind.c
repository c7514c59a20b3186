#include "engine/world/kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tree.h"
#include "robots/calibrate.h"
#include "robots/robot_file.h"

#define URDF_SIZE_MAX ((size_t)16 << 20)

bool kind_there(const char *folder) { return robot_urdf_exists(folder); }

// The first error of f as one sentence.
static enum status first_fault(struct faults *f, enum status s, struct error *e) {
  if (s != STATUS_OK) {
    faults_sort(f);
    int k = 0;
    while (k < f->count - 1 && f->fault[k].kind != FAULT_ERROR) k++;
    if (f->count) error_at(e, s, f->file, (int)f->fault[k].mark.line, (int)f->fault[k].mark.column, "%s", f->fault[k].text);
    else error_at(e, s, f->file, 0, 0, "%s", status_text(s));
  }
  faults_finish(f);
  return s;
}

static enum status load(struct kind *k, const char *folder, struct error *e) {
  char urdf[2100];
  size_t size;
  struct faults f;
  snprintf(k->folder, sizeof k->folder, "%.1000s", folder);
  if (!robot_urdf_path(folder, urdf, sizeof urdf)) return error_at(e, STATUS_LIMIT, folder, 0, 0, "the path of a robot model is too long");
  char *text = file_read(urdf, URDF_SIZE_MAX, &size, e);
  if (!text) return e ? e->status : STATUS_IO;
  faults_init(&f, urdf, text, size);
  enum status s = first_fault(&f, robot_model_parse(&k->model, text, size, urdf, &f), e);
  free(text);
  if (s != STATUS_OK) return s;
  faults_init(&f, folder, NULL, 0);
  s = first_fault(&f, robot_spec_read(&k->spec, &k->model, folder, &f), e);
  if (s != STATUS_OK) return s;
  const char *feet[2];
  s = humanoid_find(&k->humanoid, &k->model, robot_spec_feet(&k->spec, feet), k->spec.sole_known ? &k->spec.sole : NULL, e);
  if (s == STATUS_OK) k->reaches = reacher_make(&k->reacher, &k->humanoid, &k->spec, NULL) == STATUS_OK;
  return s;
}

enum status kind_load_body(struct kind *k, const char *folder, struct error *e) {
  *k = (struct kind){0};
  enum status s = load(k, folder, e);
  if (s != STATUS_OK) kind_finish(k);
  return s;
}

enum status kind_load(struct kind *k, const char *folder, int threads, struct error *e) {
  enum status s = kind_load_body(k, folder, e);
  if (s == STATUS_OK) s = gait_calibrate(&k->spec, &k->humanoid, e);
  if (s == STATUS_OK) s = gait_library_make(&k->library, &k->humanoid, &k->spec, threads, e);
  if (s != STATUS_OK) kind_finish(k);
  return s;
}

enum status kind_estimates(struct kind *k, int threads, struct error *e) {
  return k->library.fitted ? STATUS_OK : gait_library_fit(&k->library, threads, e);
}

enum status kind_jogs(struct kind *k, int threads, struct error *e) {
  if (k->spec.run_speed <= 0 || k->library.jog.count) return STATUS_OK;
  return gait_library_jog(&k->library, k->spec.walk_speed, k->spec.run_speed, threads, e);
}

void kind_finish(struct kind *k) {
  robot_spec_finish(&k->spec);
  robot_model_finish(&k->model);
  *k = (struct kind){0};
}
