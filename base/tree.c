#include "base/tree.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/tree_build.h"

// ---- text --------------------------------------------------------------------------------------

size_t utf8_length(const char *p, size_t left) {
  const unsigned char *s = (const unsigned char *)p;
  if (left == 0) return 0;
  if (s[0] < 0x80) return 1;
  size_t n = s[0] >= 0xC2 && s[0] < 0xE0 ? 2 : s[0] >= 0xE0 && s[0] < 0xF0 ? 3 : s[0] >= 0xF0 && s[0] < 0xF5 ? 4 : 0;
  if (n == 0 || n > left) return 0;
  for (size_t i = 1; i < n; i++)
    if ((s[i] & 0xC0) != 0x80) return 0;

  // overlong forms, surrogates, beyond U+10FFFF
  if (s[0] == 0xE0 && s[1] < 0xA0) return 0;
  if (s[0] == 0xED && s[1] >= 0xA0) return 0;
  if (s[0] == 0xF0 && s[1] < 0x90) return 0;
  if (s[0] == 0xF4 && s[1] >= 0x90) return 0;
  return n;
}

struct mark text_mark(const char *text, size_t size, size_t begin, size_t end) {
  struct mark m = {1, 1, (uint32_t)begin, (uint32_t)end};
  for (size_t p = 0; p < begin && p < size; p++) {
    unsigned char c = (unsigned char)text[p];
    if (c == '\n' || (c == '\r' && (p + 1 == size || text[p + 1] != '\n'))) m.line++, m.column = 1;
    else if ((c & 0xC0) != 0x80) m.column++;
  }
  // a byte order mark is no character of the first line
  if (m.line == 1 && m.column > 1 && size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) m.column--;
  return m;
}

// Bytes of the character at p when YAML lets it stand in a text, else 0.
static size_t accepted_length(const struct builder *b, size_t p) {
  unsigned char c = (unsigned char)b->text[p];
  if (c == '\n' || c == '\r' || c == '\t') return 1;
  if (c < 0x20 || c == 0x7F) return 0;
  size_t n = utf8_length(b->text + p, b->size - p);
  if (n == 2 && c == 0xC2 && (unsigned char)b->text[p + 1] < 0xA0) return 0;
  if (n != 3 || c != 0xEF) return n;
  const char *s = b->text + p;
  if (memcmp(s, "\xEF\xBB\xBF", 3) == 0 && p > 0) return 0;
  if (memcmp(s, "\xEF\xBF\xBE", 3) == 0 || memcmp(s, "\xEF\xBF\xBF", 3) == 0) return 0;
  return n;
}

static bool check_characters(struct builder *b) {
  size_t p = 0, n = 1;
  while (p < b->size && (n = accepted_length(b, p)) > 0) p += n;
  if (p >= b->size) return true;

  unsigned char c = (unsigned char)b->text[p];
  struct mark m = text_mark(b->text, b->size, p, p + 1);
  if (c == 0) return builder_fault(b, STATUS_SYNTAX, m, "a NUL byte stands in the text");
  if (c < 0x80) return builder_fault(b, STATUS_SYNTAX, m, "a control character (U+%04X) stands in the text", c);
  if (utf8_length(b->text + p, b->size - p) == 0)
    return builder_fault(b, STATUS_SYNTAX, m, "the byte 0x%02X is not valid UTF-8", c);
  return builder_fault(b, STATUS_SYNTAX, m, "a character that no text may have stands here");
}

// ---- builder -----------------------------------------------------------------------------------

bool builder_fault(struct builder *b, enum status s, struct mark m, const char *format, ...) {
  char text[512] = "";
  if (b->faults->count < FAULTS_MAX) {          // what is only counted needs no words
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
  }
  fault_add(b->faults, FAULT_ERROR, s, m, "%s", text);
  if (b->status == STATUS_OK) b->status = s;
  return false;
}

bool builder_init(struct builder *b, struct tree *t, const char *text, size_t size, struct faults *f) {
  *b = (struct builder){.tree = t, .faults = f, .text = text, .size = size};
  *t = (struct tree){0};
  if (size > TREE_SIZE_MAX)
    return builder_fault(b, STATUS_LIMIT, (struct mark){0}, "the text has %zu bytes; the limit is %zu", size, TREE_SIZE_MAX);
  if (!check_characters(b)) return false;

  // every node takes a byte of text at least, escapes grow by half at most: a bound, not a guess
  size_t nodes   = size + 16 < TREE_EVENTS_MAX ? size + 16 : TREE_EVENTS_MAX;
  size_t reserve = nodes * (sizeof(struct node) + _Alignof(struct node)) + 4 * size + 65536;
  if (!arena_init(&t->arena, reserve))
    return builder_fault(b, STATUS_MEMORY, (struct mark){0}, "no room for a tree of %zu bytes", reserve);
  return true;
}

// End of a block map or list: that of its last entry. The reader's own end lies behind comments.
static uint32_t end_of_children(const struct open_node *o) {
  return o->last ? o->last->mark.end : o->node->mark.begin;
}

enum status builder_finish(struct builder *b) {
  while (b->depth > 0) {
    struct open_node *o = &b->open[--b->depth];
    o->node->mark.end = end_of_children(o);
  }
  free(b->slot);
  return b->status;
}

static size_t slot_of(const struct builder *b, const struct node *map, const char *key) {
  uint64_t h = digest_bytes((uint64_t)(uintptr_t)map, key, strlen(key));
  size_t i = (size_t)(h ^ h >> 32) & (b->slot_count - 1);
  for (; b->slot[i] != NULL; i = (i + 1) & (b->slot_count - 1))
    if (b->slot[i]->parent == map && strcmp(b->slot[i]->key, key) == 0) break;
  return i;
}

static bool table_grow(struct builder *b) {
  size_t old_count = b->slot_count;
  struct node **old = b->slot;
  b->slot_count = old_count ? 2 * old_count : 256;
  b->slot = calloc(b->slot_count, sizeof *b->slot);
  if (b->slot == NULL) {
    b->slot = old;
    b->slot_count = old_count;
    return false;
  }
  for (size_t i = 0; i < old_count; i++)
    if (old[i] != NULL) b->slot[slot_of(b, old[i]->parent, old[i]->key)] = old[i];
  free(old);
  return true;
}

// Enter a node with its key; the second of two equal keys is a fault.
static bool enter_key(struct builder *b, struct node *n) {
  if (2 * (b->slot_used + 1) > b->slot_count && !table_grow(b))
    return builder_fault(b, STATUS_MEMORY, n->key_mark, "out of memory");
  size_t i = slot_of(b, n->parent, n->key);
  if (b->slot[i] != NULL) {
    builder_fault(b, STATUS_KEY, n->key_mark, "the key '%s' stands here a second time; the first is on line %u",
                  n->key, b->slot[i]->key_mark.line);
    return true;                    // reading goes on: there may be more to report
  }
  b->slot[i] = n;
  b->slot_used++;
  return true;
}

static bool count_event(struct builder *b, struct mark m) {
  if (++b->events <= TREE_EVENTS_MAX) return true;
  return builder_fault(b, STATUS_LIMIT, m, "the text has more than %d values", TREE_EVENTS_MAX);
}

static struct node *node_new(struct builder *b, enum node_kind kind, struct mark m) {
  if (!count_event(b, m)) return NULL;
  struct node *n = ARENA_NEW(&b->tree->arena, struct node, 1);
  if (n == NULL) {
    builder_fault(b, STATUS_LIMIT, m, "the text has more values than fit");
    return NULL;
  }
  n->kind = kind;
  n->mark = m;
  n->text = "";
  if (b->depth == 0) {
    assert(b->tree->root == NULL);
    b->tree->root = n;
    return n;
  }
  struct open_node *o = &b->open[b->depth - 1];
  n->parent = o->node;
  if (o->last != NULL) o->last->next = n; else o->node->first = n;
  o->last = n;
  o->node->count++;
  if (o->node->kind == NODE_MAP) {
    assert(o->key != NULL);
    n->key      = o->key;
    n->key_mark = o->key_mark;
    o->key      = NULL;
    if (!enter_key(b, n)) return NULL;
  }
  return n;
}

bool builder_open(struct builder *b, enum node_kind kind, bool flow, struct mark m) {
  if (b->depth >= TREE_DEPTH_MAX)
    return builder_fault(b, STATUS_LIMIT, m, "maps and lists are nested more than %d deep", TREE_DEPTH_MAX);
  struct node *n = node_new(b, kind, m);
  if (n == NULL) return false;
  n->flow = flow;
  b->open[b->depth++] = (struct open_node){.node = n};
  return true;
}

bool builder_close(struct builder *b, struct mark m) {
  assert(b->depth > 0);
  struct open_node *o = &b->open[--b->depth];
  o->node->mark.end = m.end > 0 ? m.end : end_of_children(o);
  return count_event(b, o->node->mark);
}

static const char *keep_text(struct builder *b, const char *text, size_t size, struct mark m) {
  if (memchr(text, 0, size) != NULL) {
    builder_fault(b, STATUS_SYNTAX, m, "a NUL character stands in this text");
    size = strlen(text);
  }
  char *copy = arena_text(&b->tree->arena, text, size);
  if (copy == NULL) builder_fault(b, STATUS_LIMIT, m, "the text has more values than fit");
  return copy;
}

bool builder_scalar(struct builder *b, const char *text, size_t size, bool quoted, struct mark m) {
  struct node *n = node_new(b, NODE_SCALAR, m);
  if (n == NULL) return false;
  n->quoted = quoted;
  n->text = keep_text(b, text, size, m);
  if (n->text == NULL) {
    n->text = "";
    return false;
  }
  n->size = strlen(n->text);
  return true;
}

bool builder_key(struct builder *b, const char *text, size_t size, struct mark m) {
  assert(builder_wants_key(b));
  if (!count_event(b, m)) return false;
  struct open_node *o = &b->open[b->depth - 1];
  o->key_mark = m;
  o->key = keep_text(b, text, size, m);
  return o->key != NULL;
}

// ---- looking things up -------------------------------------------------------------------------

void tree_finish(struct tree *t) {
  arena_finish(&t->arena);
  t->root = NULL;
}

const struct node *node_get(const struct node *map, const char *key) {
  if (map == NULL || map->kind != NODE_MAP) return NULL;
  for (const struct node *n = map->first; n != NULL; n = n->next)
    if (strcmp(n->key, key) == 0) return n;
  return NULL;
}

const struct node *node_at(const struct node *list, int index) {
  if (list == NULL || list->kind != NODE_LIST || index < 0) return NULL;
  const struct node *n = list->first;
  while (n != NULL && index-- > 0) n = n->next;
  return n;
}

// Index that a component of a path names, -1 when it is none.
static int path_index(const char *text, size_t size) {
  if (size == 0 || size > 7) return -1;
  if (size > 1 && text[0] == '0') return -1;
  int index = 0;
  for (size_t i = 0; i < size; i++) {
    if (text[i] < '0' || text[i] > '9') return -1;
    index = 10 * index + (text[i] - '0');
  }
  return index;
}

const struct node *node_step(const struct node *n, const char **path) {
  const char *rest = *path;
  if (n->kind == NODE_LIST) {
    size_t size = strcspn(rest, ".");
    const struct node *child = node_at(n, path_index(rest, size));
    if (child != NULL) *path = rest + size + (rest[size] == '.');
    return child;
  }
  if (n->kind != NODE_MAP) return NULL;

  // keys may have dots in them: the longest that fits is meant
  const struct node *best = NULL;
  size_t best_size = 0;
  for (const struct node *c = n->first; c != NULL; c = c->next) {
    size_t size = strlen(c->key);
    if (best != NULL && size <= best_size) continue;
    if (strncmp(rest, c->key, size) != 0 || (rest[size] != '.' && rest[size] != 0)) continue;
    best = c;
    best_size = size;
  }
  if (best != NULL) *path = rest + best_size + (rest[best_size] == '.');
  return best;
}

const struct node *tree_find(const struct tree *t, const char *path) {
  const struct node *n = t->root;
  size_t size = strlen(path);
  if (size > 0 && path[size - 1] == '.') return NULL;
  while (n != NULL && *path != 0) n = node_step(n, &path);
  return n;
}

char *node_path(const struct node *n, char *out, size_t size) {
  assert(size > 0);
  const struct node *way[TREE_DEPTH_MAX + 1];
  int depth = 0;
  for (; n != NULL && n->parent != NULL && depth <= TREE_DEPTH_MAX; n = n->parent) way[depth++] = n;

  out[0] = 0;
  size_t used = 0;
  while (depth-- > 0 && used < size) {
    const char *dot = used > 0 ? "." : "";
    if (way[depth]->key != NULL) {
      used += (size_t)snprintf(out + used, size - used, "%s%s", dot, way[depth]->key);
    } else {
      int index = 0;
      for (const struct node *c = way[depth]->parent->first; c != way[depth]; c = c->next) index++;
      used += (size_t)snprintf(out + used, size - used, "%s%d", dot, index);
    }
  }
  return out;
}
