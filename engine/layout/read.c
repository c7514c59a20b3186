#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layout/check.h"

#define ARENA_SIZE   ((size_t)1 << 30)      // bytes of address space, touched as needed
#define TEXT_MAX     ((size_t)4 << 20)
#define NEAREST_MAX  200000                 // words compared for suggestions in one reading
#define CUTS_MAX     2000000                // entries looked at for the rest of a distribution cut by a comma
#define SET_MAX      64                     // `set` events, as many as a running line takes
#define SET_BYTES    ((size_t)1 << 20)      // text that may be read again to try them

// ---- overrides ---------------------------------------------------------------------------------

// What stands at a step of a path: a map of known keys, a map of names, a list, or anything.
struct place { enum value_kind kind; enum scope scope; };

static struct place step_into(struct place p, const char *key) {
  if (p.kind == VALUE_NAMED || p.kind == VALUE_LIST) return (struct place){VALUE_MAP, p.scope};
  if (p.kind == VALUE_MAP) {
    const struct key *k = key_find(p.scope, -1, key);
    if (k && (k->kind == VALUE_MAP || k->kind == VALUE_NAMED || k->kind == VALUE_LIST)) return (struct place){k->kind, k->inner};
  }
  return (struct place){VALUE_SPECIAL, SCOPE_ROOT};
}

// The nearest word to `word` among the entries of a node and the keys that may stand in it.
static const char *nearest_entry(const struct node *n, struct place p, const char *word) {
  const char *words[1000];
  int count = 0;
  for (const struct node *item = n->kind == NODE_MAP ? n->first : NULL; item && count < 800; item = item->next) words[count++] = item->key;
  const struct key *k, *end;
  if (p.kind == VALUE_MAP)
    for (keys_of(p.scope, &k, &end); k < end && count < 1000; k++) words[count++] = k->name;
  return nearest_word(word, words, count);
}

// Walk down to what the override names. False: there is no such place. A map that is missing on the
// way (`run`, `scheduler` ...) is to be made first: its path goes to `make`.
static bool walk(const struct node *root, const struct layout_override *o, char *make, size_t make_size, struct faults *f) {
  const struct node *n = root;
  struct place p = {VALUE_MAP, SCOPE_ROOT};
  make[0] = 0;
  for (const char *at = o->path;;) {
    size_t length = strcspn(at, ".");
    bool last = !at[length];
    char word[200];
    snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word - 1), at);
    const struct node *child = NULL;
    if (n->kind == NODE_MAP) child = node_get(n, word);
    else if (n->kind == NODE_LIST && length > 0 && length < 8 && strspn(word, "0123456789") == length) child = node_at(n, (int)strtol(word, NULL, 10));
    // the key of a goal may hold dots, and then no path can name it
    if (!child && n->kind == NODE_MAP && n->parent == root && n->key && strcmp(n->key, "goals") == 0) {
      if (last) return true;
      fault_add(f, FAULT_ERROR, STATUS_KEY, (struct mark){0}, "--set %s: a goal with dots in its path is set in the file", o->path);
      return false;
    }
    if (n->kind == NODE_SCALAR) {
      fault_add(f, FAULT_ERROR, STATUS_TYPE, (struct mark){0}, "--set %s: %.*s is a plain value and holds no %s", o->path, (int)(at - o->path - 1), o->path, word);
      return false;
    }
    if (!child) {
      const struct key *k = p.kind == VALUE_MAP ? key_find(p.scope, -1, word) : NULL;
      bool fits = n->kind == NODE_MAP && (p.kind == VALUE_MAP ? k != NULL : p.kind == VALUE_NAMED || p.kind == VALUE_SPECIAL);
      if (fits && last) return true;
      if (fits && k && (k->kind == VALUE_MAP || strcmp(word, "goals") == 0)) {
        snprintf(make, make_size, "%.*s", (int)(at + length - o->path), o->path);
        return true;
      }
      const char *near = nearest_entry(n, p, word);
      if (n->kind == NODE_LIST) fault_add(f, FAULT_ERROR, STATUS_KEY, (struct mark){0}, "--set %s: %.*s has %d items, counted from 0", o->path, at > o->path ? (int)(at - o->path - 1) : 0, o->path, n->count);
      else if (near) fault_add(f, FAULT_ERROR, STATUS_KEY, (struct mark){0}, "--set %s: there is no such value; did you mean %.*s%s%s?", o->path, (int)(at - o->path), o->path, near, at + length);
      else fault_add(f, FAULT_ERROR, STATUS_KEY, (struct mark){0}, "--set %s: there is no %.*s", o->path, (int)(at + length - o->path), o->path);
      return false;
    }
    if (last) return true;
    p = step_into(p, word);
    n = child;
    at += length + 1;
  }
}

// Put one override into the text. On a fault the text stays as it is.
static void apply(struct faults *f, const struct layout_override *o, char **text, size_t *size) {
  char make[300];
  for (int rounds = 0; rounds < 6; rounds++) {
    struct tree t;
    struct faults unread;
    faults_init(&unread, "", NULL, 0);
    bool readable = tree_read_yaml(&t, *text, *size, &unread) == STATUS_OK && t.root && t.root->kind == NODE_MAP;
    bool found = readable && walk(t.root, o, make, sizeof make, f);
    tree_finish(&t);
    faults_finish(&unread);
    if (!found) return;             // a text that cannot be read is reported by the reading itself

    struct error e = {0};
    size_t new_size;
    char *changed = tree_set(*text, *size, make[0] ? make : o->path, make[0] ? "{}" : o->value, &new_size, &e);
    if (!changed) {
      fault_add(f, FAULT_ERROR, e.status, (struct mark){0}, "--set %s=%.60s: %s", o->path, o->value, e.text);
      return;
    }
    free(*text);
    *text = changed;
    *size = new_size;
    if (!make[0]) return;
  }
}

// ---- reading -----------------------------------------------------------------------------------

// the keys of the whole; what stands in its maps and lists is read one after the other
static void check_root(struct check *c, const struct node *root) {
  const struct key *begin, *end;
  keys_of(SCOPE_ROOT, &begin, &end);
  for (const struct node *item = root->first; item; item = item->next) {
    const struct key *k = key_find(SCOPE_ROOT, -1, item->key);
    if (!k) check_unknown(c, item, SCOPE_ROOT, -1);
    else check_value(c, item, k, (char *)c->l + k->offset);
  }
  for (const struct key *k = begin; k < end; k++) {
    if (node_get(root, k->name)) continue;
    if (k->flags & KEY_REQUIRED) check_missing(c, root, k);
    else if (k->kind == VALUE_TEXT) c->l->name = k->fallback;
  }
}

static void check_all(struct check *c, const struct node *root) {
  struct layout *l = c->l;
  if (root->kind != NODE_MAP) {
    check_fault(c, root, STATUS_TYPE, "a layout is a map that begins with takt: 1, here is %s", node_kind_text(root));
    return;
  }
  const struct node *version = node_get(root, "takt");
  if (version && version->kind == NODE_SCALAR && strcmp(version->text, "1") != 0) {
    char text[SHOWN_SIZE];
    check_fault(c, version, STATUS_RANGE, "this is version 1 of the layout language, not %s", shown(version, text));
    return;
  }
  check_names(c, root);
  check_skill_names(c);
  c->zero = CHECK_NEW(c, const struct distribution *, l->part_count > 0 ? l->part_count : 1);
  struct distribution *zero = CHECK_NEW(c, struct distribution, 1);
  distribution_prepare(zero);
  for (int i = 0; i < (l->part_count > 0 ? l->part_count : 1); i++) c->zero[i] = zero;

  check_root(c, root);
  check_parts(c, node_get(root, "parts"));
  check_shifts(c, node_get(root, "shifts"));
  check_floor(c, node_get(root, "floor"));
  int errors = c->f->errors;
  check_fleets(c, root);
  c->fleets_wrong = c->f->errors > errors;
  check_orders(c, node_get(root, "orders"));
  errors = c->f->errors;
  check_stations(c, node_get(root, "stations"));
  c->stations_wrong = c->f->errors > errors;
  check_flows(c, root);
  check_events(c, node_get(root, "events"));
  check_goals(c, node_get(root, "goals"));
  check_revision_paths(c);
  check_run(c, root);
  check_together(c, root);
}

static enum status first_error(const struct faults *f) {
  for (int i = 0; i < f->count; i++)
    if (f->fault[i].kind == FAULT_ERROR) return f->fault[i].status;
  return f->errors > 0 ? STATUS_LIMIT : STATUS_OK;
}

// the tree of the layout's own text, checked; c is filled as far as the caller needs it
static void check_text(struct check *c, struct tree *t) {
  jmp_buf full;
  c->full = &full;
  if (setjmp(full) == 0) {
    check_all(c, t->root);
    if (c->f->errors == 0) c->l->digest = layout_digest_of(c->l);
  }
  free(c->names);
  c->names = NULL;
}

static enum status read_layout(struct layout *out, const char *file, const char *text, size_t size,
                             const struct layout_override *set, int set_count, bool try_sets, struct faults *f);

// what is asked while the line runs; the rest counts at the start or the end of a run
static bool changes_a_line(const char *path) {
  static const char *const roots[] = {"stations.", "flow.", "robots.", "people.", "parts.", "scheduler."};
  for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
    if (strncmp(path, roots[i], strlen(roots[i])) == 0) return true;
  return false;
}

// Status of the whole layout as it would be with one value changed; its first sentence goes to text.
static enum status try_value(const struct layout *l, const char *path, const char *value, char *text, size_t size) {
  struct layout *other = malloc(sizeof *other);
  if (!other) return STATUS_MEMORY;
  struct faults f;
  struct layout_override set = {path, value};
  faults_init(&f, l->file, NULL, 0);
  enum status s = read_layout(other, l->file, l->text, l->text_size, &set, 1, false, &f);
  text[0] = 0;
  for (int i = 0; i < f.count && !text[0]; i++) {
    const char *t = f.fault[i].text;
    if (f.fault[i].kind == FAULT_ERROR) snprintf(text, size, "%s", strncmp(t, "--set ", 6) == 0 ? t + 6 : t);
  }
  if (s == STATUS_OK && !(changes_a_line(path) && layout_same_line(l, other))) {
    snprintf(text, size, "%s: cannot change while the line runs", path);
    s = STATUS_CONFLICT;
  }
  faults_finish(&f);
  layout_finish(other);
  free(other);
  return s;
}

// A `set` must leave the layout right.
static void check_sets(const struct layout *l, struct faults *f) {
  size_t bytes = 0;
  for (int i = 0, sets = 0; i < l->happening_count; i++)
    if (l->happenings[i].kind == HAPPENING_SET && ++sets > SET_MAX) {
      fault_add(f, FAULT_ERROR, STATUS_LIMIT, l->happenings[i].mark, "events: more than %d `set`", SET_MAX);
      return;
    }
  for (int i = 0; i < l->happening_count; i++) {
    const struct happening *h = &l->happenings[i];
    if (h->kind != HAPPENING_SET) continue;
    if (bytes > SET_BYTES) {
      fault_add(f, FAULT_ERROR, STATUS_LIMIT, h->mark, "events: more `set` than can be tried on a layout of this size");
      return;
    }
    char text[400];
    enum status s = try_value(l, h->path, h->value, text, sizeof text);
    bytes += l->text_size;
    if (s != STATUS_OK) fault_add(f, FAULT_ERROR, s, h->mark, "events: set %s", text);
  }
}

static enum status read_layout(struct layout *out, const char *file, const char *text, size_t size,
                             const struct layout_override *set, int set_count, bool try_sets, struct faults *f) {
  *out = (struct layout){0};
  f->file = file;
  f->source = NULL;
  f->source_size = 0;
  if (!arena_init(&out->arena, ARENA_SIZE)) return fault_add(f, FAULT_ERROR, STATUS_MEMORY, (struct mark){0}, "no memory for a layout");
  if (size > TEXT_MAX) return fault_add(f, FAULT_ERROR, STATUS_LIMIT, (struct mark){0}, "the layout has %zu bytes, more than %zu", size, TEXT_MAX);

  // overrides change the text itself
  char *changed = NULL;
  if (set_count > 0) {
    changed = malloc(size + 1);
    if (!changed) return fault_add(f, FAULT_ERROR, STATUS_MEMORY, (struct mark){0}, "no memory for a layout");
    memcpy(changed, text, size);
    changed[size] = 0;
    for (int i = 0; i < set_count; i++) apply(f, &set[i], &changed, &size);
  }
  out->file = arena_text(&out->arena, file ? file : "", strlen(file ? file : ""));
  out->text = arena_text(&out->arena, changed ? changed : text, size);
  out->text_size = size;
  free(changed);
  assert(out->file);
  assert(out->text);
  f->file = out->file;
  f->source = out->text;
  f->source_size = size;

  // a key that stands twice is told and the rest read; a text that is no YAML ends here
  struct tree t;
  size_t name = strlen(out->file);
  bool json = name > 5 && strcmp(out->file + name - 5, ".json") == 0;
  enum status s = json ? tree_read_json(&t, out->text, size, f) : tree_read_yaml(&t, out->text, size, f);
  if (t.root && (s == STATUS_OK || s == STATUS_KEY)) {
    struct check c = {.l = out, .a = &out->arena, .f = f, .tree = &t, .set = set, .set_count = set_count, .nearest_left = NEAREST_MAX, .cuts_left = CUTS_MAX};
    check_text(&c, &t);
  } else if (s == STATUS_OK) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, (struct mark){0}, "the layout is empty");
  }
  tree_finish(&t);
  if (f->errors == 0 && try_sets) check_sets(out, f);
  faults_sort(f);
  return first_error(f);
}

enum status layout_read_text(struct layout *out, const char *file, const char *text, size_t size,
                             const struct layout_override *set, int set_count, struct faults *f) {
  return read_layout(out, file, text, size, set, set_count, true, f);
}

enum status layout_read_file(struct layout *out, const char *path, const struct layout_override *set, int set_count, struct faults *f) {
  struct error e = {0};
  size_t size;
  char *text = file_read(path, TEXT_MAX, &size, &e);
  if (!text) {
    *out = (struct layout){0};
    f->file = path;
    return fault_add(f, FAULT_ERROR, e.status, (struct mark){0}, "%s", e.text);
  }
  enum status s = layout_read_text(out, path, text, size, set, set_count, f);
  free(text);
  return s;
}

void layout_finish(struct layout *l) {
  if (l->arena.base) arena_finish(&l->arena);
  *l = (struct layout){0};
}

// ---- one happening -----------------------------------------------------------------------------

enum status layout_read_happening(const struct layout *l, const struct node *n, struct arena *a, struct happening *out, struct faults *f) {
  // nothing of the layout is written: the rows of an event fill the happening alone
  struct check c = {.l = (struct layout *)l, .a = a, .f = f, .nearest_left = NEAREST_MAX, .cuts_left = CUTS_MAX};
  jmp_buf full;
  int errors = f->errors;
  c.full = &full;
  if (setjmp(full) == 0) {
    c.zero = CHECK_NEW(&c, const struct distribution *, l->part_count > 0 ? l->part_count : 1);
    struct distribution *zero = CHECK_NEW(&c, struct distribution, 1);
    distribution_prepare(zero);
    for (int i = 0; i < (l->part_count > 0 ? l->part_count : 1); i++) c.zero[i] = zero;
    c.hall = l->size[0] > 0;
    if (check_event(&c, n, out) && out->kind == HAPPENING_UPDATE && out->rollback) check_revision_path(&c, out->rollback->path, &out->rollback->mark);
  }
  if (f->errors == errors && out->kind == HAPPENING_SET) {
    char text[400];
    enum status s = try_value(l, out->path, out->value, text, sizeof text);
    if (s != STATUS_OK) fault_add(f, FAULT_ERROR, s, n->mark, "set %s", text);
  }
  for (int i = 0; i < f->count && f->errors > errors; i++)
    if (f->fault[i].kind == FAULT_ERROR) return f->fault[i].status;
  return f->errors > errors ? STATUS_LIMIT : STATUS_OK;
}

// ---- names -------------------------------------------------------------------------------------

int layout_station(const struct layout *l, const char *name) {
  for (int i = 0; i < l->station_count; i++)
    if (strcmp(l->stations[i].name, name) == 0) return i;
  return NONE;
}

int layout_group(const struct layout *l, const char *name) {
  for (int i = 0; i < l->group_count; i++)
    if (strcmp(l->groups[i].name, name) == 0) return i;
  return NONE;
}

int layout_fleet(const struct layout *l, const char *name) {
  for (int i = 0; i < l->fleet_count; i++)
    if (strcmp(l->fleets[i].name, name) == 0) return i;
  return NONE;
}

int layout_part(const struct layout *l, const char *name) {
  for (int i = 0; i < l->part_count; i++)
    if (strcmp(l->parts[i].name, name) == 0) return i;
  return NONE;
}
