// How a reader makes a tree: private to base/tree*.c.
//
// A reader checks the text, then calls open, close and scalar in the order of the text. The builder
// counts depth and nodes, pairs keys with values and finds repeated keys; faults go to the list.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/tree.h"

#define TREE_SIZE_MAX   ((size_t)4 << 20)     // bytes of text
#define TREE_DEPTH_MAX  64                    // maps and lists around a value
#define TREE_EVENTS_MAX 300000

// A map or list that is still open.
struct open_node {
  struct node *node, *last;         // last child
  const char  *key;                 // read, its value not yet
  struct mark  key_mark;
};

struct builder {
  struct tree     *tree;
  struct faults   *faults;
  const char      *text;            // borrowed
  size_t           size;
  enum status      status;          // of the first fault
  int              depth, events;
  struct open_node open[TREE_DEPTH_MAX];
  struct node    **slot;            // nodes with a key, by hash of (map, key); open addressing
  size_t           slot_count, slot_used;
};

// Check size, UTF-8 and characters, reserve the arena. False: a fault was added.
bool builder_init(struct builder *b, struct tree *t, const char *text, size_t size, struct faults *f);
// Close what is left open, free the table; returns the status of the first fault.
enum status builder_finish(struct builder *b);

// Add a fault and remember the first status. Always false.
bool builder_fault(struct builder *b, enum status s, struct mark m, const char *format, ...)
  __attribute__((format(printf, 4, 5)));

// False: the limit of depth, events or memory is reached (a fault was added), reading ends.
bool builder_open(struct builder *b, enum node_kind kind, bool flow, struct mark m);
bool builder_close(struct builder *b, struct mark m);
bool builder_scalar(struct builder *b, const char *text, size_t size, bool quoted, struct mark m);
bool builder_key(struct builder *b, const char *text, size_t size, struct mark m);

// The next scalar is a key.
static inline bool builder_wants_key(const struct builder *b) {
  return b->depth > 0 && b->open[b->depth - 1].node->kind == NODE_MAP && b->open[b->depth - 1].key == NULL;
}

// The child that the first component of *path names, and *path moved behind it; NULL: none.
const struct node *node_step(const struct node *n, const char **path);

// Bytes of the valid UTF-8 character at p, 0 when it is none.
size_t utf8_length(const char *p, size_t left);

// Line and column of a byte, counted from the start of the text. For places that are asked for once.
struct mark text_mark(const char *text, size_t size, size_t begin, size_t end);
