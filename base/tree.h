// A marked tree: YAML or JSON in, every value with its place in the text, so that checks made long
// after parsing can point, and an edit can be made in the text itself with every comment kept.
//
// Hostile until checked: text of at most 4 MiB, depth 64, 300,000 values; anchors, aliases, tags,
// duplicate keys, several documents, NUL bytes and invalid UTF-8 are refused with a mark.
// Plain scalars stay text (YAML's yes/no, 0x10, ~ and dates mean nothing here).
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"

enum node_kind { NODE_SCALAR, NODE_MAP, NODE_LIST };

struct node {
  enum node_kind kind;
  bool           quoted;            // scalar in ' ' or " ", or a block scalar
  bool           flow;              // map or list written in { } or [ ]
  struct mark    mark;              // the whole value in the text
  struct mark    key_mark;          // of its key in a map; zero else
  const char    *key;               // of its entry in a map; NULL else
  const char    *text;              // scalar, ends in zero
  size_t         size;              // bytes of text
  struct node   *parent;            // NULL at the root
  struct node   *first, *next;      // children, siblings, in order of the text
  int            count;             // children
};

struct tree {
  struct arena arena;
  struct node *root;                // NULL when nothing could be read
};

// Read text. Faults go to f (also on success: none). On failure root is NULL or the part read.
// Errors of the reader point where a person should look (the opening quote, not the end of file).
enum status tree_read_yaml(struct tree *t, const char *text, size_t size, struct faults *f);
enum status tree_read_json(struct tree *t, const char *text, size_t size, struct faults *f);
void        tree_finish(struct tree *t);

const struct node *node_get(const struct node *map, const char *key);           // NULL: none
const struct node *node_at(const struct node *list, int index);                 // NULL: none

// By path: keys and list indices joined by dots, "stations.belt.speed", "flow.1.by".
const struct node *tree_find(const struct tree *t, const char *path);

// Dotted path of a node, for messages. Returns out.
char *node_path(const struct node *n, char *out, size_t size);

// Set the value at path in the text and return the new text (owned by the caller, malloc), or NULL
// with *e filled. Only the bytes of that value change; comments and the rest stay. value is YAML
// ("0.3", "exponential(2 s)", "[1, 2]"); text that needs quotes where it stands gets them. A key
// that is missing in an existing map is inserted after its last sibling in the map's own style.
char *tree_set(const char *text, size_t size, const char *path, const char *value, size_t *new_size, struct error *e);
// Remove a map entry or a list item, with the same care.
char *tree_remove(const char *text, size_t size, const char *path, size_t *new_size, struct error *e);

// Whole file as text (malloc), at most limit bytes; NULL with *e filled (missing, folder, too big).
char *file_read(const char *path, size_t limit, size_t *size, struct error *e);
// Old or new, never mixed: temporary file beside it, fsync, rename.
enum status file_write(const char *path, const void *bytes, size_t size, struct error *e);
