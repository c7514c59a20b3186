#include "app/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tree.h"
#include "engine/world/assets.h"

#define FILE_SIZE_MAX (16u << 20)
#define NAME_MAX_SIZE 200

// ---- into a recording -------------------------------------------------------------------------------

static bool plain_name(const char *name) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/@";
  return *name && *name != '/' && *name != '.' && !strstr(name, "/.") && !strstr(name, "//") && strlen(name) <= NAME_MAX_SIZE && strspn(name, letters) == strlen(name);
}

static enum status attach(struct recorder *r, const char *path, const char *name, struct error *e) {
  struct stat st;
  if (!plain_name(name) || stat(path, &st) < 0 || !S_ISREG(st.st_mode)) return STATUS_OK;
  size_t size;
  char *bytes = file_read(path, FILE_SIZE_MAX, &size, NULL);
  if (!bytes) return STATUS_OK;
  enum status s = recorder_attach(r, name, bytes, size, e);
  free(bytes);
  return s;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

// All files of a folder, in the order of their names.
static enum status attach_model(struct recorder *r, const char *folder, const char *model, struct error *e) {
  char *names[64];
  int n = 0;
  DIR *d = opendir(folder);
  if (!d) return STATUS_OK;               // most models have no revisions
  for (struct dirent *entry; n < 64 && (entry = readdir(d));)
    if (entry->d_name[0] != '.' && (names[n] = strdup(entry->d_name))) n++;
  closedir(d);
  qsort(names, (size_t)n, sizeof names[0], by_name);
  enum status s = STATUS_OK;
  for (int i = 0; i < n; i++) {
    char path[1400], name[512];
    snprintf(path, sizeof path, "%s/%s", folder, names[i]);
    snprintf(name, sizeof name, "robots/%.200s/%.255s", model, names[i]);
    if (s == STATUS_OK) s = attach(r, path, name, e);
    free(names[i]);
  }
  return s;
}

static bool seen(char **names, int n, const char *name) {
  for (int i = 0; i < n; i++)
    if (!strcmp(names[i], name)) return true;
  return false;
}

// The names in empirical(...) below a node, each once.
static void gather(const struct node *n, char **names, int *count, int max) {
  const char *at = n->text ? strstr(n->text, "empirical") : NULL;
  for (; at && *count < max; at = strstr(at, "empirical")) {
    at += strlen("empirical");
    const char *from = at + strspn(at, " (");
    size_t size = strcspn(from, ")");
    while (size > 0 && from[size - 1] == ' ') size--;
    char *name = strndup(from, size);
    if (name && !seen(names, *count, name)) names[(*count)++] = name;
    else free(name);
  }
  for (const struct node *c = n->first; c; c = c->next) gather(c, names, count, max);
}

static enum status attach_data(struct recorder *r, const struct layout *l, struct error *e) {
  struct tree t = { 0 };
  struct faults f;
  char *names[256];
  int n = 0;
  faults_init(&f, l->file, NULL, 0);
  if (tree_read_yaml(&t, l->text, l->text_size, &f) == STATUS_OK && t.root) gather(t.root, names, &n, 256);
  tree_finish(&t);
  faults_finish(&f);
  const char *slash = strrchr(l->file, '/');
  enum status s = STATUS_OK;
  for (int i = 0; i < n; i++) {
    char path[1400], name[512];
    snprintf(path, sizeof path, "%.*s%.300s", slash ? (int)(slash - l->file) + 1 : 0, l->file, names[i]);
    snprintf(name, sizeof name, "data/%.300s", names[i]);
    if (s == STATUS_OK) s = attach(r, path, name, e);
    free(names[i]);
  }
  return s;
}

enum status files_attach(struct recorder *r, const struct layout *l, struct error *e) {
  for (int i = 0; i < l->fleet_count; i++) {
    const char *model = l->fleets[i].model;
    char folder[1024];
    bool before = false;
    for (int k = 0; model && k < i; k++) before |= l->fleets[k].model && !strcmp(l->fleets[k].model, model);
    if (!model || before || !assets_find(model, l->file, NULL, folder)) continue;
    enum status s = attach_model(r, folder, model, e);
    char revisions[1100], name[300];
    snprintf(revisions, sizeof revisions, "%s/revisions", folder);
    snprintf(name, sizeof name, "%.200s/revisions", model);
    if (s == STATUS_OK) s = attach_model(r, revisions, name, e);
    if (s != STATUS_OK) return s;
  }
  return attach_data(r, l, e);
}

// ---- out of a recording -------------------------------------------------------------------------------

static bool keep_path(struct unpacked *u, const char *path) {
  char **larger = realloc(u->path, (size_t)(u->count + 1) * sizeof *larger);
  if (!larger) return false;
  u->path = larger;
  u->path[u->count] = strdup(path);
  return u->path[u->count] && ++u->count;
}

// The folders above a file, each of which is remembered when it is new.
static bool make_folders(struct unpacked *u, char *path) {
  for (char *slash = path + strlen(u->folder) + 1; (slash = strchr(slash, '/')); slash++) {
    *slash = 0;
    bool made = mkdir(path, 0700) == 0;
    bool well = made ? keep_path(u, path) : errno == EEXIST;
    *slash = '/';
    if (!well) return false;
  }
  return true;
}

enum status files_unpack(struct recording *r, struct unpacked *u, struct error *e) {
  *u = (struct unpacked){ 0 };
  int n = recording_attachments(r);
  if (n == 0) return STATUS_OK;
  char folder[] = "/tmp/takt-replay-XXXXXX";
  if (!mkdtemp(folder)) return error_at(e, STATUS_IO, folder, 0, 0, "cannot make a folder: %s", strerror(errno));
  memcpy(u->folder, folder, sizeof folder);
  for (int i = 0; i < n; i++) {
    const char *name;
    const uint8_t *data;
    size_t size;
    enum status s = recording_attachment(r, i, &name, &data, &size, e);
    if (s != STATUS_OK) return s;
    char path[300];
    snprintf(path, sizeof path, "%s/%s", u->folder, name);
    FILE *f = make_folders(u, path) ? fopen(path, "wbx") : NULL;
    bool well = f && keep_path(u, path) && fwrite(data, 1, size, f) == size;
    if (f && fclose(f) != 0) well = false;
    if (!well) return error_at(e, STATUS_IO, path, 0, 0, "cannot be written");
  }
  return STATUS_OK;
}

void files_remove(struct unpacked *u) {
  for (int i = u->count - 1; i >= 0; i--) {
    remove(u->path[i]);             // files, then the folders they are in
    free(u->path[i]);
  }
  free(u->path);
  if (u->folder[0]) rmdir(u->folder);
  *u = (struct unpacked){ 0 };
}
