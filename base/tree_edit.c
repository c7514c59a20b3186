// Editing in the text: the smallest change of bytes that gives the wanted tree.
//
// How a value must be written where it stands (plain, in quotes, behind its key or below it) depends
// on much of YAML. So we do not decide, we try: each way of writing is put into the text, the text
// is read again, and the first that changes the wanted node and nothing else is taken.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/tree.h"
#include "base/tree_build.h"

// ---- growing text ------------------------------------------------------------------------------

struct buffer {
  char  *bytes;                     // NULL after a failure
  size_t size, capacity;
};

static bool buffer_init(struct buffer *b, size_t capacity) {
  *b = (struct buffer){.bytes = malloc(capacity + 1), .capacity = capacity};
  return b->bytes != NULL;
}

static void put(struct buffer *b, const char *bytes, size_t size) {
  if (b->bytes == NULL || size == 0) return;
  if (b->size + size > b->capacity) {
    size_t capacity = 2 * (b->size + size);
    char *more = realloc(b->bytes, capacity + 1);
    if (more == NULL) free(b->bytes);
    b->bytes    = more;
    b->capacity = capacity;
    if (more == NULL) return;
  }
  memcpy(b->bytes + b->size, bytes, size);
  b->size += size;
}

static void put_text(struct buffer *b, const char *text) { put(b, text, strlen(text)); }

static char *buffer_take(struct buffer *b) {
  if (b->bytes != NULL) b->bytes[b->size] = 0;
  return b->bytes;
}

// ---- the text before the edit ------------------------------------------------------------------

struct source {
  const char *text;
  size_t      size;
  struct tree tree;
};

static bool is_blank(char c) { return c == ' ' || c == '\t'; }
static bool is_break(char c) { return c == '\n' || c == '\r'; }

static bool source_read(struct source *s, const char *text, size_t size, struct error *e) {
  *s = (struct source){.text = text, .size = size};
  struct faults f;
  faults_init(&f, "", text, size);
  enum status status = tree_read_yaml(&s->tree, text, size, &f);
  if (status != STATUS_OK) {
    const struct fault *x = f.count > 0 ? &f.fault[0] : NULL;
    error_at(e, status, NULL, x ? (int)x->mark.line : 0, x ? (int)x->mark.column : 0, "%s", x ? x->text : "it cannot be read");
    tree_finish(&s->tree);
  }
  faults_finish(&f);
  return status == STATUS_OK;
}

static size_t line_begin(const struct source *s, size_t p) {
  while (p > 0 && !is_break(s->text[p - 1])) p--;
  return p;
}

static size_t line_end(const struct source *s, size_t p) {
  while (p < s->size && !is_break(s->text[p])) p++;
  return p;
}

// Past the line break at p, if there is one.
static size_t break_end(const struct source *s, size_t p) {
  if (p + 1 < s->size && s->text[p] == '\r' && s->text[p + 1] == '\n') return p + 2;
  return p < s->size && is_break(s->text[p]) ? p + 1 : p;
}

// Start of the line break that ends at p.
static size_t break_begin(const struct source *s, size_t p) {
  if (p > 1 && s->text[p - 1] == '\n' && s->text[p - 2] == '\r') return p - 2;
  return p > 0 ? p - 1 : 0;
}

// The line break that this text uses.
static const char *break_of(const struct source *s) {
  size_t p = line_end(s, 0);
  if (p == s->size || s->text[p] == '\n') return "\n";
  return p + 1 < s->size && s->text[p + 1] == '\n' ? "\r\n" : "\r";
}

// Where the entry of a node begins: its key, or itself.
static size_t entry_begin(const struct node *n) { return n->key ? n->key_mark.begin : n->mark.begin; }

static bool first_on_line(const struct source *s, size_t p) {
  while (p > 0 && is_blank(s->text[p - 1])) p--;
  return p == 0 || is_break(s->text[p - 1]);
}

// ---- changes and their check -------------------------------------------------------------------

enum change_kind { CHANGE_VALUE, CHANGE_INSERT, CHANGE_REMOVE };

struct change {
  enum change_kind   kind;
  const struct node *at;            // node that gets a value, map or list that grows, node that goes
  const char        *key;           // of the new entry of a map
  size_t             key_size;
  const struct node *want;          // new value
};

// Bytes begin to end become `with`.
struct splice { size_t begin, end; const char *with; };

static bool same_value(const struct node *a, const struct node *b) {
  if (a->kind != b->kind || a->count != b->count) return false;
  if (a->kind == NODE_SCALAR)
    return a->quoted == b->quoted && a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
  const struct node *x = a->first, *y = b->first;
  for (; x != NULL; x = x->next, y = y->next) {
    if (a->kind == NODE_MAP && strcmp(x->key, y->key) != 0) return false;
    if (!same_value(x, y)) return false;
  }
  return true;
}

static bool same_key(const struct node *a, const struct node *b) {
  return a->key == NULL ? b->key == NULL : b->key != NULL && strcmp(a->key, b->key) == 0;
}

static bool is_new_entry(const struct node *n, const struct change *c) {
  if (n == NULL || n->next != NULL) return false;
  if (c->key == NULL ? n->key != NULL : strlen(n->key) != c->key_size || memcmp(n->key, c->key, c->key_size) != 0) return false;
  return same_value(n, c->want);
}

// The tree a became b by this change and no other.
static bool same_but(const struct node *a, const struct node *b, const struct change *c) {
  if (!same_key(a, b)) return false;
  if (a == c->at && c->kind == CHANGE_VALUE) return same_value(b, c->want);
  if (a->kind != b->kind) return false;
  if (a->kind == NODE_SCALAR)
    return a->quoted == b->quoted && a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
  const struct node *x = a->first, *y = b->first;
  for (; x != NULL; x = x->next) {
    if (x == c->at && c->kind == CHANGE_REMOVE) continue;
    if (y == NULL || !same_but(x, y, c)) return false;
    y = y->next;
  }
  return a == c->at && c->kind == CHANGE_INSERT ? is_new_entry(y, c) : y == NULL;
}

// The text with the splices (in order, apart) made, when it then reads as wanted; NULL else.
static char *try_splices(const struct source *s, const struct splice *splices, int n, const struct change *c, size_t *new_size) {
  struct buffer b;
  if (!buffer_init(&b, s->size + 256)) return NULL;
  size_t at = 0;
  for (int i = 0; i < n; i++) {
    assert(at <= splices[i].begin);
    assert(splices[i].begin <= splices[i].end);
    put(&b, s->text + at, splices[i].begin - at);
    put_text(&b, splices[i].with);
    at = splices[i].end;
  }
  put(&b, s->text + at, s->size - at);
  size_t size = b.size;
  char *text = buffer_take(&b);
  if (text == NULL) return NULL;

  struct faults f;
  struct tree tree;
  faults_init(&f, "", text, size);
  bool good = tree_read_yaml(&tree, text, size, &f) == STATUS_OK && same_but(s->tree.root, tree.root, c);
  faults_finish(&f);
  tree_finish(&tree);
  if (!good) {
    free(text);
    return NULL;
  }
  *new_size = size;
  return text;
}

// ---- ways to write a value ---------------------------------------------------------------------

// In double quotes, escapes for what may not stand there plainly.
static void put_quoted(struct buffer *b, const char *text, size_t size) {
  put_text(b, "\"");
  for (size_t i = 0; i < size; i++) {
    unsigned char c = (unsigned char)text[i];
    char escape[5] = {'\\', 'x', "0123456789ABCDEF"[c >> 4], "0123456789ABCDEF"[c & 15], 0};
    if (c == '"' || c == '\\') put(b, (char[]){'\\', (char)c}, 2);
    else if (c == '\n') put_text(b, "\\n");
    else if (c == '\t') put_text(b, "\\t");
    else if (c < 0x20 || c == 0x7F) put_text(b, escape);
    else put(b, text + i, 1);
  }
  put_text(b, "\"");
}

static bool is_word(const char *text, size_t size) {
  for (size_t i = 0; i < size; i++) {
    unsigned char c = (unsigned char)text[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
    if (!letter && !(i > 0 && c == '-')) return false;
  }
  return size > 0;
}

static void put_key(struct buffer *b, const char *key, size_t size) {
  if (is_word(key, size)) put(b, key, size);
  else put_quoted(b, key, size);
  put_text(b, ": ");
}

// A collection in brackets or a text in quotes that a person wrote as such is taken as it is.
static bool is_written_out(const char *value, size_t size) {
  if (size == 0 || strchr("{[\"'", value[0]) == NULL) return false;
  struct tree t;
  struct faults f;
  faults_init(&f, "", value, size);
  bool good = tree_read_yaml(&t, value, size, &f) == STATUS_OK && t.root->mark.begin == 0 && t.root->mark.end == size &&
              (t.root->kind == NODE_SCALAR ? t.root->quoted : t.root->flow);
  faults_finish(&f);
  tree_finish(&t);
  return good;
}

// One way to write the new value, inside the maps of the rest of the path that are not there yet.
enum way { WAY_PLAIN, WAY_QUOTED, WAY_COUNT };

static char *written(const char *rest, const char *value, size_t size, enum way way) {
  struct buffer b;
  if (!buffer_init(&b, 2 * size + 64)) return NULL;
  int depth = 0;
  while (*rest != 0) {
    size_t n = strcspn(rest, ".");
    put_text(&b, "{");
    put_key(&b, rest, n);
    depth++;
    rest += n + (rest[n] == '.');
  }
  if (way == WAY_PLAIN) put(&b, value, size);
  else put_quoted(&b, value, size);
  while (depth-- > 0) put_text(&b, "}");
  return buffer_take(&b);
}

// The written value read on its own; false when it does not mean the value (a plain "a: b" is a map).
static bool read_want(struct tree *t, const char *text, const char *value, size_t size, bool as_it_is) {
  struct faults f;
  faults_init(&f, "", text, strlen(text));
  bool good = tree_read_yaml(t, text, strlen(text), &f) == STATUS_OK;
  faults_finish(&f);
  const struct node *n = t->root;
  if (good && !as_it_is) {
    // down the maps that we made around it; a value that broke out of them has left siblings
    while (n->kind != NODE_SCALAR && n->count == 1 && n->kind == NODE_MAP && n->flow) n = n->first;
    good = n->kind == NODE_SCALAR && n->size == size && memcmp(n->text, value, size) == 0;
  }
  if (!good) tree_finish(t);
  return good;
}

// ---- set ---------------------------------------------------------------------------------------

// In place of the old value.
static char *replace_value(const struct source *s, const struct node *n, const char *text, const struct node *want, size_t *new_size) {
  struct change change = {.kind = CHANGE_VALUE, .at = n, .want = want};
  struct buffer b;
  if (!buffer_init(&b, strlen(text) + 8)) return NULL;

  // where nothing stood, a colon or a blank may be missing
  size_t begin = n->mark.begin, end = n->mark.end;
  if (begin == end && begin > 0) {
    char before = s->text[begin - 1];
    put_text(&b, before == ':' || before == '-' || n->key == NULL ? " " : ": ");
  }
  put_text(&b, text);
  char *with = buffer_take(&b), *done = NULL;
  if (with == NULL) return NULL;
  done = try_splices(s, &(struct splice){begin, end, with}, 1, &change, new_size);
  free(with);
  if (done != NULL || n->key == NULL) return done;

  // a value that stood below its key moves up behind the colon; comments in between stay
  size_t colon = n->key_mark.end;
  while (colon < begin && s->text[colon] != ':') colon++;
  if (colon >= begin) return NULL;
  size_t gap = begin;
  while (gap > colon + 1 && (is_blank(s->text[gap - 1]) || is_break(s->text[gap - 1]))) gap--;
  if (!buffer_init(&b, strlen(text) + 8)) return NULL;
  put_text(&b, " ");
  put_text(&b, text);
  with = buffer_take(&b);
  if (with == NULL) return NULL;
  struct splice two[2] = {{colon + 1, colon + 1, with}, {gap, end, ""}};
  done = try_splices(s, two, 2, &change, new_size);
  free(with);
  return done;
}

// As the last entry of a map or list in { } or [ ].
static char *insert_flow(const struct source *s, const struct node *box, const char *entry, const struct change *c, size_t *new_size) {
  const struct node *last = box->first;
  while (last != NULL && last->next != NULL) last = last->next;
  size_t at = last ? last->mark.end : box->mark.begin + 1;
  static const char *const before[] = {", ", " , ", ""};
  char *done = NULL;
  for (int i = last ? 0 : 2; i < (last ? 2 : 3) && done == NULL; i++) {
    struct buffer b;
    if (!buffer_init(&b, strlen(entry) + 8)) return NULL;
    put_text(&b, before[i]);
    put_text(&b, entry);
    char *with = buffer_take(&b);
    if (with == NULL) return NULL;
    done = try_splices(s, &(struct splice){at, at, with}, 1, c, new_size);
    free(with);
  }
  return done;
}

// As a new line behind the last entry, whatever comment stands there.
static char *insert_block(const struct source *s, const struct node *box, const char *entry, const struct change *c, size_t *new_size) {
  const struct node *first = box->first, *last = box->first;
  if (first == NULL) return NULL;
  while (last->next != NULL) last = last->next;
  size_t at = line_end(s, last->mark.end);
  uint32_t column = box->kind == NODE_MAP ? first->key_mark.column : box->mark.column;
  struct buffer b;
  if (!buffer_init(&b, strlen(entry) + column + 8)) return NULL;
  put_text(&b, break_of(s));
  for (uint32_t i = 1; i < column; i++) put_text(&b, " ");
  if (box->kind == NODE_LIST) put_text(&b, "- ");
  put_text(&b, entry);
  char *with = buffer_take(&b);
  if (with == NULL) return NULL;
  char *done = try_splices(s, &(struct splice){at, at, with}, 1, c, new_size);
  free(with);
  return done;
}

// A new entry of a map or list; key of key_size bytes, none for a list.
static char *insert_entry(const struct source *s, const struct node *box, const char *key, size_t key_size,
                          const char *text, const struct node *want, size_t *new_size) {
  struct change change = {.kind = CHANGE_INSERT, .at = box, .want = want};
  struct buffer b;
  if (!buffer_init(&b, key_size + strlen(text) + 8)) return NULL;
  if (box->kind == NODE_MAP) {
    change.key      = key;
    change.key_size = key_size;
    put_key(&b, key, key_size);
  }
  put_text(&b, text);
  char *entry = buffer_take(&b);
  if (entry == NULL) return NULL;
  char *done = box->flow ? insert_flow(s, box, entry, &change, new_size) : insert_block(s, box, entry, &change, new_size);
  free(entry);
  return done;
}

// Whether the rest of a path can be made in n; if so *rest is moved behind the part that names the new entry.
static bool can_grow(const struct node *n, const char *path, const char **rest, struct error *e) {
  size_t size = strcspn(*rest, ".");
  if (n->kind == NODE_MAP) {
    *rest += size + ((*rest)[size] == '.');
    return true;
  }
  if (n->kind == NODE_SCALAR && n->size == 0 && !n->quoted) return true;
  if (n->kind == NODE_SCALAR) {
    error_at(e, STATUS_REF, NULL, (int)n->mark.line, (int)n->mark.column, "'%s' names nothing: there is a single value, with no '%s' in it", path, *rest);
    return false;
  }
  char next[16];
  snprintf(next, sizeof next, "%d", n->count);
  if (strlen(next) == size && memcmp(next, *rest, size) == 0) {
    *rest += size + ((*rest)[size] == '.');
    return true;
  }
  error_at(e, STATUS_REF, NULL, (int)n->mark.line, (int)n->mark.column, "'%s' names nothing: this list has %d entries, from 0", path, n->count);
  return false;
}

static bool is_path(const char *path) {
  size_t n = strlen(path);
  return n > 0 && path[0] != '.' && path[n - 1] != '.' && strstr(path, "..") == NULL;
}

char *tree_set(const char *text, size_t size, const char *path, const char *value, size_t *new_size, struct error *e) {
  if (!is_path(path)) {
    error_at(e, STATUS_REF, NULL, 0, 0, "'%s' is no path; keys and indices are joined by single dots", path);
    return NULL;
  }
  struct source s;
  if (!source_read(&s, text, size, e)) return NULL;

  const struct node *n = s.tree.root, *child;
  const char *rest = path, *name;
  while (*rest != 0 && (child = node_step(n, &rest)) != NULL) n = child;
  name = rest;
  bool grows = *rest != 0;
  if (grows && !can_grow(n, path, &rest, e)) {
    tree_finish(&s.tree);
    return NULL;
  }
  grows = rest != name;             // an empty value is replaced by a map

  size_t length = strlen(value);
  while (length > 0 && (is_blank(value[0]) || is_break(value[0]))) value++, length--;
  while (length > 0 && (is_blank(value[length - 1]) || is_break(value[length - 1]))) length--;
  bool as_it_is = is_written_out(value, length);
  char *done = NULL;
  for (enum way way = WAY_PLAIN; way < (as_it_is ? WAY_QUOTED : WAY_COUNT) && done == NULL; way++) {
    char *with = written(rest, value, length, way);
    struct tree want;
    if (with != NULL && read_want(&want, with, value, length, as_it_is)) {
      done = grows ? insert_entry(&s, n, name, strcspn(name, "."), with, want.root, new_size)
                   : replace_value(&s, n, with, want.root, new_size);
      tree_finish(&want);
    }
    free(with);
  }
  if (done == NULL)
    error_at(e, STATUS_SYNTAX, NULL, (int)n->mark.line, (int)n->mark.column, "'%s' cannot be set here to '%.*s'", path, (int)(length < 100 ? length : 100), value);
  tree_finish(&s.tree);
  return done;
}

// ---- remove ------------------------------------------------------------------------------------

// The comma in a gap between two flow entries, comments passed over; end when there is none.
static size_t find_comma(const struct source *s, size_t begin, size_t end) {
  for (size_t p = begin; p < end; p++) {
    if (s->text[p] == ',') return p;
    if (s->text[p] == '#') p = line_end(s, p);
  }
  return end;
}

static bool has_break(const struct source *s, size_t begin, size_t end) {
  for (size_t p = begin; p < end; p++)
    if (is_break(s->text[p])) return true;
  return false;
}

static size_t skip_blanks(const struct source *s, size_t p) {
  while (p < s->size && is_blank(s->text[p])) p++;
  return p;
}

// What of a flow entry goes, as a person would do it; the second way is the entry and one comma.
static char *remove_flow(const struct source *s, const struct node *n, const struct node *before, size_t *new_size) {
  struct change change = {.kind = CHANGE_REMOVE, .at = n};
  size_t begin = entry_begin(n), end = n->mark.end, close = n->parent->mark.end - 1;
  size_t limit = n->next ? entry_begin(n->next) : close;
  size_t comma = find_comma(s, end, limit);
  struct splice nice = {begin, end, ""};
  bool own_line = first_on_line(s, begin);

  if (comma < limit && !has_break(s, end, comma)) nice.end = skip_blanks(s, comma + 1);
  else nice.end = skip_blanks(s, end);
  bool line_done = nice.end < s->size && (is_break(s->text[nice.end]) || s->text[nice.end] == '#');
  if (n->next == NULL && before != NULL && !has_break(s, before->mark.end, begin)) {
    nice = (struct splice){before->mark.end, end, ""};
  } else if (own_line && line_done) {
    nice.begin = line_begin(s, begin);
    nice.end   = break_end(s, line_end(s, nice.end));
  } else if (n->next == NULL) {
    nice.end = end;
  } else if (line_done) {
    nice.end = comma == limit ? end : has_break(s, end, comma) ? skip_blanks(s, comma + 1) : comma + 1;
  }
  char *done = try_splices(s, &nice, 1, &change, new_size);
  if (done != NULL) return done;

  struct splice plain[2] = {{begin, end, ""}, {comma, comma + 1, ""}};
  if (comma < limit) return try_splices(s, plain, 2, &change, new_size);
  if (before != NULL) {
    comma = find_comma(s, before->mark.end, begin);
    plain[0] = (struct splice){comma, comma + 1, ""};
    plain[1] = (struct splice){begin, end, ""};
    if (comma < begin) return try_splices(s, plain, 2, &change, new_size);
  }
  return try_splices(s, plain, 1, &change, new_size);
}

// The dash of a block list's item; items behind the first begin a line.
static size_t find_dash(const struct source *s, const struct node *n, const struct node *before) {
  if (before == NULL) return n->parent->mark.begin;
  size_t column = n->parent->mark.column - 1;
  for (size_t p = break_end(s, line_end(s, before->mark.end)); p < s->size; p = break_end(s, line_end(s, p))) {
    size_t at = skip_blanks(s, p);
    if (at < s->size && at - p == column && s->text[at] == '-') return at;
    if (line_end(s, p) >= s->size) break;
  }
  return n->mark.begin;
}

static char *remove_block(const struct source *s, const struct node *n, const struct node *before, size_t *new_size) {
  struct change change = {.kind = CHANGE_REMOVE, .at = n};
  size_t begin = n->key ? entry_begin(n) : find_dash(s, n, before), end = line_end(s, n->mark.end);
  struct splice cut = {begin, end, ""};
  if (first_on_line(s, begin)) {
    // whole lines; the last line of a text without a final break takes the break before it along
    cut.begin = line_begin(s, begin);
    cut.end   = break_end(s, end);
    if (cut.end == end && cut.begin > 0) cut.begin = break_begin(s, cut.begin);
  } else if (n->next != NULL) {
    cut.end = n->key ? entry_begin(n->next) : find_dash(s, n->next, n);
  }
  return try_splices(s, &cut, 1, &change, new_size);
}

// The last entry of a block cannot just go: what is left would be no map or list.
static char *remove_only(const struct source *s, const struct node *box, size_t *new_size) {
  const char *text = box->kind == NODE_MAP ? "{}" : "[]";
  struct tree want;
  if (!read_want(&want, text, NULL, 0, true)) return NULL;
  char *done = replace_value(s, box, text, want.root, new_size);
  tree_finish(&want);
  return done;
}

char *tree_remove(const char *text, size_t size, const char *path, size_t *new_size, struct error *e) {
  struct source s;
  if (!source_read(&s, text, size, e)) return NULL;
  const struct node *n = is_path(path) ? tree_find(&s.tree, path) : NULL;
  if (n == NULL || n->parent == NULL) {
    error_at(e, STATUS_REF, NULL, 0, 0, "'%s' names nothing that could be removed", path);
    tree_finish(&s.tree);
    return NULL;
  }
  const struct node *before = NULL;
  for (const struct node *c = n->parent->first; c != n; c = c->next) before = c;
  char *done = NULL;
  if (n->parent->flow) done = remove_flow(&s, n, before, new_size);
  else if (n->parent->count > 1) done = remove_block(&s, n, before, new_size);
  else done = remove_only(&s, n->parent, new_size);
  if (done == NULL)
    error_at(e, STATUS_SYNTAX, NULL, (int)n->mark.line, (int)n->mark.column, "'%s' cannot be removed without changing what is around it", path);
  tree_finish(&s.tree);
  return done;
}
