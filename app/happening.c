#include "app/happening.h"

#include <string.h>

#include "base/tree.h"

// The language of layouts wants a time for every event; a command gets time 0, which nobody reads.
static bool add_time(struct tree *t) {
  struct node *map = t->root, *at = ARENA_NEW(&t->arena, struct node, 1);
  if (!at) return false;
  *at = (struct node){ .kind = NODE_SCALAR, .key = "at", .text = "0", .size = 1, .mark = map->mark, .key_mark = map->mark, .parent = map, .next = map->first };
  map->first = at;
  map->count++;
  return true;
}

static bool names_file(const struct node *n) {
  if (n->text && (strstr(n->text, "empirical") || strchr(n->text, '\\'))) return true;
  for (const struct node *c = n->first; c; c = c->next)
    if (names_file(c)) return true;
  return false;
}

enum status happening_read(const struct layout *l, const char *text, size_t size, struct arena *a, struct happening *out, struct faults *f) {
  struct tree t = { 0 };
  enum status s = tree_read_yaml(&t, text, size, f);
  if (s == STATUS_OK && (!t.root || t.root->kind != NODE_MAP))
    s = fault_add(f, FAULT_ERROR, STATUS_TYPE, (struct mark){ 0 }, "a command is a map: {do: fail, what: NAME}");
  if (s == STATUS_OK && names_file(t.root))
    s = fault_add(f, FAULT_ERROR, STATUS_RANGE, (struct mark){ 0 }, "a command may not read a file, nor have a backslash");
  if (s == STATUS_OK && !node_get(t.root, "at") && !add_time(&t)) s = fault_add(f, FAULT_ERROR, STATUS_MEMORY, (struct mark){ 0 }, "no memory for a command");
  if (s == STATUS_OK) s = layout_read_happening(l, t.root, a, out, f);
  tree_finish(&t);
  return s;
}
