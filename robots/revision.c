#include "robots/revision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/tree.h"

#define FILE_SIZE_MAX (64 * 1024)   // bytes of robot.yaml, of a revision

static bool readable(const char *folder, const char *rest, const char *name) {
  char path[1400];
  return snprintf(path, sizeof path, "%s/%s%s%s", folder, rest, name, *name ? ".yaml" : "") < (int)sizeof path && access(path, R_OK) == 0;
}

bool revision_split(const char *address, char folder[1024], const char **name) {
  const char *slash = strrchr(address, '/'), *at = strrchr(slash ? slash : address, '@');
  if (!at || at == address || strlen(at + 1) == 0 || strlen(at + 1) > REVISION_NAME_MAX || readable(address, "robot.yaml", "")) return false;
  if (snprintf(folder, 1024, "%.*s", (int)(at - address), address) >= 1024) return false;
  *name = at + 1;
  return true;
}

bool revision_there(const char *address) {
  char folder[1024];
  const char *name;
  if (!revision_split(address, folder, &name)) return readable(address, "robot.yaml", "");
  return readable(folder, "robot.yaml", "") && readable(folder, "revisions/", name);
}

// Put the value of one node, or of all below it, in place of the base's.
static char *put(char *text, size_t *size, const struct tree *base, const struct node *n, const char *own, const char *path, struct error *e) {
  char where[256];
  if (n->kind == NODE_MAP) {
    for (const struct node *item = n->first; item && text; item = item->next) text = put(text, size, base, item, own, path, e);
    return text;
  }
  node_path(n, where, sizeof where);
  if (!tree_find(base, where)) {
    error_at(e, STATUS_KEY, path, (int)n->key_mark.line, (int)n->key_mark.column, "%s: robot.yaml has no such key to revise", where);
    free(text);
    return NULL;
  }
  char *value = strndup(own + n->mark.begin, n->mark.end - n->mark.begin);
  char *fresh = value ? tree_set(text, *size, where, value, size, e) : NULL;
  if (!value) error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for a revision");
  free(value);
  free(text);
  return fresh;
}

static char *revise(char *text, size_t *size, const char *path, struct error *e) {
  size_t own_size;
  struct tree base = {0}, tree = {0};
  struct faults f;
  char *own = file_read(path, FILE_SIZE_MAX, &own_size, e);
  faults_init(&f, path, own, own ? own_size : 0);
  bool read = own && tree_read_yaml(&tree, own, own_size, &f) == STATUS_OK, both = read;
  if (read) read = tree_read_yaml(&base, text, *size, &f) == STATUS_OK;
  if (read && tree.root->kind != NODE_MAP) {
    error_at(e, STATUS_TYPE, path, 1, 1, "a revision is a map of keys of robot.yaml");
    read = false;
  } else if (own && !read && f.count) {
    error_at(e, f.fault[0].status, path, (int)f.fault[0].mark.line, (int)f.fault[0].mark.column, "%s", f.fault[0].text);
  }
  if (read) {
    text = put(text, size, &base, tree.root, own, path, e);
  } else {
    free(text);
    text = NULL;
  }
  if (own) tree_finish(&tree);
  if (both) tree_finish(&base);
  faults_finish(&f);
  free(own);
  return text;
}

char *revision_text(const char *address, size_t *size, struct error *e) {
  char folder[1024], path[1200];
  const char *name = NULL;
  bool revised = revision_split(address, folder, &name);
  snprintf(path, sizeof path, "%.1100s/robot.yaml", revised ? folder : address);
  char *text = file_read(path, FILE_SIZE_MAX, size, e);
  if (!text || !revised) return text;
  snprintf(path, sizeof path, "%.1024s/revisions/%.64s.yaml", folder, name);
  return revise(text, size, path, e);
}
