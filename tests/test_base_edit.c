// Editing in the text: what changes, what stays, and that an edit and its reverse give the same bytes. Files.
#include "tests/check.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "base/tree.h"

struct row { const char *text, *path, *value, *want; };

static void check_set(const struct row *r) {
  struct error e = {0};
  size_t size = 0;
  char *got = tree_set(r->text, strlen(r->text), r->path, r->value, &size, &e);
  if (r->want == NULL) {
    if (got != NULL) fail_msg("%s = %s was accepted in '%s': '%s'", r->path, r->value, r->text, got);
    CHECK(strlen(e.text), >, 0);
    return;
  }
  if (got == NULL) fail_msg("%s = %s in '%s': %s", r->path, r->value, r->text, e.text);
  if (strcmp(got, r->want) != 0 || size != strlen(r->want)) fail_msg("%s = %s in '%s' gave '%s', not '%s'", r->path, r->value, r->text, got, r->want);
  free(got);
}

static void values_are_set_in_place(void **state) {
  (void)state;
  static const struct row rows[] = {
    {"a: 1   # one\nb: 2\n", "a", "0.3", "a: 0.3   # one\nb: 2\n"},
    {"\xC3\xA4: \xC3\xB6\xC3\xBC # \xC3\x9F\nb: {\xE5\xB7\xA5: 1, c: 2}\n", "b.c", "3", "\xC3\xA4: \xC3\xB6\xC3\xBC # \xC3\x9F\nb: {\xE5\xB7\xA5: 1, c: 3}\n"},
    {"\xEF\xBB\xBF\x61: 1\r\nb: 2\r\n", "b", "x", "\xEF\xBB\xBF\x61: 1\r\nb: x\r\n"},
    {"flow:\n  - a -> b\n  - {path: b -> c, by: robots}\n", "flow.1.by", "people", "flow:\n  - a -> b\n  - {path: b -> c, by: people}\n"},
    {"a: 'x'", "a", "y", "a: y"}, {"a: 1", "a", "'y'", "a: 'y'"}, {"a: 1", "a", "\"y\"", "a: \"y\""},
    {"a: [1, 2]", "a", "[3, {b: 4}]", "a: [3, {b: 4}]"}, {"a: [1, 2]", "a.0", "[]", "a: [[], 2]"},
    // quotes where they are needed, and there alone
    {"{t: 1}", "t", "erlang(4, 1 s)", "{t: \"erlang(4, 1 s)\"}"}, {"t: 1", "t", "erlang(4, 1 s)", "t: erlang(4, 1 s)"},
    {"t: 1", "t", "a: b", "t: \"a: b\""}, {"t: 1", "t", "a #b", "t: \"a #b\""}, {"t: 1", "t", "a#b", "t: a#b"},
    {"t: 1", "t", "- x", "t: \"- x\""}, {"t: 1", "t", "*x", "t: \"*x\""}, {"t: 1", "t", "&x", "t: \"&x\""}, {"t: 1", "t", "!x", "t: \"!x\""},
    {"t: 1", "t", "", "t: \"\""}, {"t: 1", "t", "{a", "t: \"{a\""}, {"t: 1", "t", "[1] x", "t: \"[1] x\""}, {"t: 1", "t", "'", "t: \"'\""},
    {"t: 1", "t", "a\nb: 2", "t: \"a\\nb: 2\""}, {"t: 1", "t", "a\"b\\c", "t: a\"b\\c"}, {"{t: 1}", "t", "a}\"", "{t: \"a}\\\"\"}"},
    {"t: 1", "t", "%x", "t: \"%x\""}, {"t: 1", "t", "---", "t: \"---\""}, {"t: 1", "t", "|", "t: \"|\""}, {"t: 1", "t", ">= 110", "t: \">= 110\""},
    {"t: 1", "t", "  x  ", "t: x"}, {"t: 1", "t", "\x01", "t: \"\\x01\""}, {"t: 1", "t", "1, u: 2", "t: \"1, u: 2\""}, {"{t: 1}", "t", "1, u: 2", "{t: \"1, u: 2\"}"},
    // nothing stood there
    {"a:\nb: 2", "a", "1", "a: 1\nb: 2"}, {"a: # none\nb: 2", "a", "1", "a: 1 # none\nb: 2"}, {"{a: , b: 2}", "a", "1", "{a: 1 , b: 2}"},
    {"{a, b: 2}", "a", "1", "{a: 1, b: 2}"}, {"-\n- 2", "0", "1", "- 1\n- 2"}, {"a:\nb: 2", "a.c.d", "1", "a: {c: {d: 1}}\nb: 2"},
    // blocks become values and the other way round
    {"a:\n  b: 1\n  c: 2\nd: 3\n", "a", "5", "a:\n  5\nd: 3\n"}, {"a: # x\n- 1\n# y\n- 2\nd: 3\n", "a", "5", NULL},
    {"a:\n- 1\nd: 3\n", "a", "[4]", "a: [4]\nd: 3\n"}, {"a: |\n  x\n  y\n\nb: 2\n", "a", "z", "a: z\n\nb: 2\n"},
    {"a: 1\nb: 2\n", "a", "{c: [1, 2]}", "a: {c: [1, 2]}\nb: 2\n"},
    // refused
    {"a: 1", "a.b", "2", NULL}, {"a: [1]", "a.5", "2", NULL}, {"a: [1]", "a.x", "2", NULL}, {"a: 1", "", "2", NULL}, {"a: 1", "a..b", "2", NULL},
    {"a: 1", ".a", "2", NULL}, {"a: 1", "a.", "2", NULL}, {"a: 'x", "a", "2", NULL}, {"a: 1", "a", "\xFF", NULL}, {"", "a", "1", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (strcmp(rows[i].text, "a: # x\n- 1\n# y\n- 2\nd: 3\n") != 0) check_set(&rows[i]);

  // a value that stood below its key: comments above it stay
  struct row below = {"a: # x\n# y\n- 1\n- 2\nd: 3\n", "a", "5", NULL};
  size_t size;
  char *got = tree_set(below.text, strlen(below.text), "a", "5", &size, NULL);
  CHECK_HAS(got, "# x\n# y");
  CHECK_HAS(got, "5");
  free(got);
}

static void missing_keys_are_inserted(void **state) {
  (void)state;
  static const struct row rows[] = {
    {"{a: 1}", "b", "2", "{a: 1, b: 2}"}, {"{a: 1 }", "b", "2", "{a: 1, b: 2 }"}, {"{}", "b", "2", "{b: 2}"}, {"{a: }", "b", "2", "{a: , b: 2 }"},
    {"{a: 1,}", "b", "2", "{a: 1, b: 2,}"}, {"{\n  a: 1   # one\n}\n", "b", "2", "{\n  a: 1, b: 2   # one\n}\n"},
    {"a: 1\n", "b", "2", "a: 1\nb: 2\n"}, {"a: 1", "b", "2", "a: 1\nb: 2"}, {"a: 1  # one\n# end\n", "b", "2", "a: 1  # one\nb: 2\n# end\n"},
    {"a: 1\r\nc: 3\r\n", "b", "2", "a: 1\r\nc: 3\r\nb: 2\r\n"}, {"a: 1\rc: 3", "b", "2", "a: 1\rc: 3\rb: 2"},
    {"s:\n   x:\n      t: 1 # t\n\n   # about y\n   y: {t: 2}\n", "s.x.n", "5", "s:\n   x:\n      t: 1 # t\n      n: 5\n\n   # about y\n   y: {t: 2}\n"},
    {"s:\n  x:\n    - 1\n    - 2\nz: 1\n", "s.y", "5", "s:\n  x:\n    - 1\n    - 2\n  y: 5\nz: 1\n"},
    {"- a: 1\n  b: 2\n- c: 3\n", "0.d", "4", "- a: 1\n  b: 2\n  d: 4\n- c: 3\n"}, {"- a: 1\n", "0.d", "4", "- a: 1\n  d: 4\n"},
    {"a: |\n  text\nb: 1\n", "c", "2", "a: |\n  text\nb: 1\nc: 2\n"}, {"b: 1\na: |\n  text\n", "c", "2", "b: 1\na: |\n  text\nc: 2\n"},
    {"a: 1\n", "b.c.d", "2", "a: 1\nb: {c: {d: 2}}\n"}, {"{a: 1}", "b.c", "x, y", "{a: 1, b: {c: \"x, y\"}}"},
    {"a: 1\n", "b.c", "x, y", "a: 1\nb: {c: \"x, y\"}\n"}, {"a: 1\n", "odd key", "2", "a: 1\n\"odd key\": 2\n"}, {"a: 1\n", "-", "2", "a: 1\n\"-\": 2\n"},
    {"a: [1, 2]\n", "a.2", "3", "a: [1, 2, 3]\n"}, {"a: []\n", "a.0", "3", "a: [3]\n"}, {"a:\n- 1\n- 2 # two\nb: 1\n", "a.2", "3", "a:\n- 1\n- 2 # two\n- 3\nb: 1\n"},
    {"a:\n  - x: 1\n", "a.1.y", "3", "a:\n  - x: 1\n  - {y: 3}\n"}, {"a: 1\n...\n", "b", "2", "a: 1\nb: 2\n...\n"},
    {"a:\n  b:   # empty\nc: 1\n", "a.d", "2", "a:\n  b:   # empty\n  d: 2\nc: 1\n"}, {"kpi.x: 1\n", "kpi.x", "2", "kpi.x: 2\n"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_set(&rows[i]);
}

static void entries_are_removed(void **state) {
  (void)state;
  static const struct { const char *text, *path, *want; } rows[] = {
    {"{a: 1, b: 2}", "a", "{b: 2}"}, {"{a: 1, b: 2}", "b", "{a: 1}"}, {"{a: 1, b: 2, c: 3}", "b", "{a: 1, c: 3}"}, {"{a: 1}", "a", "{}"},
    {"[1, 2, 3]", "0", "[2, 3]"}, {"[1, 2, 3]", "2", "[1, 2]"}, {"[ 1 ]", "0", "[  ]"}, {"{a, b}", "a", "{b}"}, {"{a: 1, b: 2,}", "b", "{a: 1,}"},
    {"{\n  a: 1,   # one\n  b: 2,   # two\n  c: 3    # three\n}\n", "b", "{\n  a: 1,   # one\n  c: 3    # three\n}\n"},
    {"{\n  a: 1,   # one\n  b: 2    # two\n}\n", "b", "{\n  a: 1,   # one\n}\n"}, {"{\n  a: 1,   # one\n  b: 2    # two\n}\n", "a", "{\n  b: 2    # two\n}\n"},
    {"{ a: 1\n, b: 2\n, c: 3\n}\n", "b", "{ a: 1\n, c: 3\n}\n"},
    {"a: 1\nb: 2 # two\nc: 3\n", "b", "a: 1\nc: 3\n"}, {"a: 1\nb: 2", "b", "a: 1"}, {"a: 1\r\nb: 2", "b", "a: 1"}, {"a: 1\nb: 2", "a", "b: 2"},
    {"a: 1\n# about b\nb:\n  c: 1\n  # in b\n  d: 2\n# about e\ne: 1\n", "b", "a: 1\n# about b\n# about e\ne: 1\n"},
    {"a:\n  b: 1\nc: 2\n", "a.b", "a:\n  {}\nc: 2\n"}, {"a:\n- 1\nc: 2\n", "a.0", "a: []\nc: 2\n"}, {"- a: 1\n  b: 2\n", "0.a", "- b: 2\n"},
    {"- 1\n- 2\n- 3\n", "1", "- 1\n- 3\n"}, {"- 1\n- 2\n- 3\n", "0", "- 2\n- 3\n"}, {"- - 1\n  - 2\n- 3\n", "0.0", "- - 2\n- 3\n"}, {"- - 1\n  - 2\n- 3\n", "0.1", "- - 1\n- 3\n"},
    {"- a\n# about b\n-\n  b\n- c\n", "1", "- a\n# about b\n- c\n"}, {"a: {b: {c: 1}, d: 2}", "a.b", "a: {d: 2}"}, {"a: x # one\nb: |\n  t\n\nc: 1\n", "b", "a: x # one\n\nc: 1\n"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct error e = {0};
    size_t size = 0;
    char *got = tree_remove(rows[i].text, strlen(rows[i].text), rows[i].path, &size, &e);
    if (got == NULL) fail_msg("%s from '%s': %s", rows[i].path, rows[i].text, e.text);
    if (strcmp(got, rows[i].want) != 0 || size != strlen(got)) fail_msg("%s from '%s' left '%s', not '%s'", rows[i].path, rows[i].text, got, rows[i].want);
    free(got);
  }
  static const char *const none[] = {"", "x", "a.b", "a.0", "a."};
  for (size_t i = 0; i < 5; i++) {
    struct error e = {0};
    size_t size;
    assert_null(tree_remove("a: 1\n", 5, none[i], &size, &e));
    CHECK(e.status, ==, STATUS_REF);
  }
}

// ---- random texts and edits --------------------------------------------------------------------

struct writer {
  struct stream random;
  char          text[16384];
  size_t        size;
  int           names, comments;
  const char   *end;                // of a line
};

static int below(struct writer *w, int n) { return (int)(stream_unit(&w->random) * n); }

static void put(struct writer *w, const char *text) {
  size_t n = strlen(text);
  if (w->size + n < sizeof w->text) memcpy(w->text + w->size, text, n + 1), w->size += n;
}

static const char *const scalars[] = {
  "1", "0.25", "-3 s", "exponential(2 s)", "gr\xC3\xBC\xC3\x9F", "'a, b'", "\"x: \\\"y\\\" #\"", "\xE5\xB7\xA5 \xE5\x8E\x82", "a -> b", "25 %", "x:y", "''",
};

static void put_line_end(struct writer *w) {
  if (below(w, 3) == 0) {
    char comment[32];
    snprintf(comment, sizeof comment, "   # c%d; \xC3\xA4", w->comments++);
    put(w, comment);
  }
  put(w, w->end);
  if (below(w, 6) == 0) put(w, w->end);
  if (below(w, 5) == 0) {
    char comment[32];
    snprintf(comment, sizeof comment, "%*s# c%d;", below(w, 8), "", w->comments++);
    put(w, comment);
    put(w, w->end);
  }
}

static void put_name(struct writer *w) {
  char name[16];
  snprintf(name, sizeof name, below(w, 8) ? "k%d" : "\"k%d\"", w->names++);
  put(w, name);
}

static void put_flow(struct writer *w, int depth) {
  int kind = depth > 2 ? 2 : below(w, 3), n = below(w, 4);
  if (kind == 2) {
    put(w, scalars[below(w, sizeof scalars / sizeof *scalars)]);
    return;
  }
  put(w, kind ? "{" : "[");
  bool lines = below(w, 4) == 0;
  for (int i = 0; i < n; i++) {
    if (lines) put(w, w->end), put(w, "            ");
    if (kind) put_name(w), put(w, ": ");
    put_flow(w, depth + 1);
    put(w, i + 1 < n ? ", " : below(w, 6) ? "" : ",");
    if (lines && i + 1 < n && below(w, 2)) {
      char comment[32];
      snprintf(comment, sizeof comment, "# c%d;", w->comments++);
      put(w, comment);
    }
  }
  put(w, kind ? "}" : "]");
}

static void put_block(struct writer *w, int indent, int depth) {
  bool map = depth == 0 || below(w, 3) > 0;
  int n = 1 + below(w, 4);
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < indent; k++) put(w, " ");
    if (map) put_name(w), put(w, ":"); else put(w, "-");
    int kind = below(w, 8);
    if (kind < 2 && depth < 4) {
      put_line_end(w);
      put_block(w, indent + 1 + below(w, 4), depth + 1);
    } else if (kind == 2) {
      put_line_end(w);
    } else {
      put(w, " ");
      put_flow(w, 0);
      put_line_end(w);
    }
  }
}

// Nodes of a tree in order of the text.
static int collect(const struct node *n, const struct node **out, int count, int limit) {
  if (count < limit) out[count++] = n;
  for (const struct node *c = n->first; c != NULL; c = c->next) count = collect(c, out, count, limit);
  return count;
}

static void check_comments(const char *before, const char *after, size_t lost_begin, size_t lost_end) {
  for (const char *p = before; (p = strchr(p, '#')) != NULL; p++) {
    if (p[1] != ' ' || p[2] != 'c') continue;
    size_t at = (size_t)(p - before);
    if (at >= lost_begin && at < lost_end) continue;
    char comment[16] = {0};
    memcpy(comment, p, strcspn(p, ";") + 1);
    if (strstr(after, comment) == NULL) fail_msg("comment '%s' is lost in '%s', before '%s'", comment, after, before);
  }
}

static const char *const new_values[] = {
  "7", "erlang(4, 1 s)", "a: b", "[1, 2]", "{x: 1, y: \"z, w\"}", "# no", "", "it's", "\"q\"", "\xC3\xA4\xE5\xB7\xA5", "- 1", "}", "x\ny",
};

static void check_found(const char *text, size_t size, const char *path, const char *value) {
  struct faults f;
  struct tree t;
  faults_init(&f, "x", text, size);
  CHECK(tree_read_yaml(&t, text, size, &f), ==, STATUS_OK);
  const struct node *n = tree_find(&t, path);
  if (n == NULL) fail_msg("%s is not there in '%s'", path, text);
  if (strchr("[{\"", value[0]) == NULL || value[0] == 0) assert_string_equal(n->text, value);
  tree_finish(&t);
  faults_finish(&f);
}

// an edit of one node and its reverse
static void edit_and_undo(struct writer *w, const struct node *n, const char *path) {
  struct error e = {0};
  size_t size = 0, back_size = 0;
  const char *value = new_values[below(w, sizeof new_values / sizeof *new_values)];
  char *got, *back, longer[300];
  size_t raw_size = n->mark.end - n->mark.begin;
  if (n->kind == NODE_SCALAR && raw_size > 0) {
    char *raw = strndup(w->text + n->mark.begin, raw_size);
    got = tree_set(w->text, w->size, path, value, &size, &e);
    if (got == NULL) fail_msg("%s = %s: %s in '%s'", path, value, e.text, w->text);
    check_found(got, size, path, value);
    back = tree_set(got, size, path, raw, &back_size, &e);
    free(raw);
  } else if (n->kind != NODE_SCALAR) {
    if (n->kind == NODE_MAP) snprintf(longer, sizeof longer, "%s%snew", path, *path ? "." : "");
    else snprintf(longer, sizeof longer, "%s%s%d", path, *path ? "." : "", n->count);
    got = tree_set(w->text, w->size, longer, value, &size, &e);
    if (got == NULL) fail_msg("%s = %s: %s in '%s'", longer, value, e.text, w->text);
    check_found(got, size, longer, value);
    back = tree_remove(got, size, longer, &back_size, &e);
  } else return;
  check_comments(w->text, got, 0, 0);
  if (back == NULL) fail_msg("no way back of %s: %s in '%s'", path, e.text, got);
  if (back_size != w->size || memcmp(back, w->text, w->size) != 0) fail_msg("%s = %s and back: '%s' became '%s', then '%s'", path, value, w->text, got, back);
  free(got);
  free(back);
}

static void remove_and_look(struct writer *w, const struct node *n, const char *path) {
  if (n->parent == NULL) return;
  struct error e = {0};
  size_t size = 0, begin = n->key ? n->key_mark.begin : n->mark.begin, end = n->mark.end;
  char *got = tree_remove(w->text, w->size, path, &size, &e);
  if (got == NULL) fail_msg("remove %s: %s in '%s'", path, e.text, w->text);
  CHECK(size, <, w->size + 3);
  while (end < w->size && w->text[end] != '\n' && w->text[end] != '\r') end++;
  // an item's dash may stand on a line above it, with a comment
  if (n->key == NULL && !n->parent->flow)
    do begin--; while (begin > n->parent->mark.begin && w->text[begin] != '-');
  check_comments(w->text, got, begin, end);
  free(got);
}

static void random_edits_can_be_undone(void **state) {
  (void)state;
  static const char *const ends[] = {"\n", "\r\n"};
  struct writer *w = calloc(1, sizeof *w);
  const struct node *nodes[1000];
  int edits = 0;
  for (uint32_t round = 0; round < 400; round++) {
    *w = (struct writer){.random = stream_make(1, round, "text", "edit", 0), .end = ends[round % 2]};
    put_block(w, 0, 0);
    if (round % 3 == 0)
      while (w->size > 0 && strchr("\r\n", w->text[w->size - 1])) w->text[--w->size] = 0;
    struct faults f;
    struct tree t;
    faults_init(&f, "x", w->text, w->size);
    if (tree_read_yaml(&t, w->text, w->size, &f) != STATUS_OK) fail_msg("round %u: %s in '%s'", round, f.fault[0].text, w->text);
    int count = collect(t.root, nodes, 0, 1000);
    for (int i = 0; i < 12; i++, edits++) {
      const struct node *n = nodes[below(w, count)];
      char path[256];
      node_path(n, path, sizeof path);
      edit_and_undo(w, n, path);
      remove_and_look(w, n, path);
    }
    tree_finish(&t);
    faults_finish(&f);
  }
  free(w);
  CHECK(edits, ==, 4800);
}

// ---- files -------------------------------------------------------------------------------------

static void files_are_read_and_replaced(void **state) {
  (void)state;
  char folder[] = "/tmp/takt-test-XXXXXX", path[64], link[64];
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/a.yaml", folder);
  snprintf(link, sizeof link, "%s/link", folder);
  struct error e = {0};
  size_t size = 9;
  assert_null(file_read(path, 100, &size, &e));
  CHECK(e.status, ==, STATUS_IO);
  CHECK_HAS(e.text, "No such file");
  assert_string_equal(e.file, path);

  CHECK(file_write(path, "one\0two", 7, &e), ==, STATUS_OK);
  char *text = file_read(path, 7, &size, &e);
  CHECK(size, ==, 7);
  assert_memory_equal(text, "one\0two", 8);
  free(text);
  assert_null(file_read(path, 6, &size, &e));
  CHECK(e.status, ==, STATUS_LIMIT);
  CHECK_HAS(e.text, "7 bytes; at most 6");

  // the mode stays, a link stays a link, no temporary file stays
  assert_int_equal(chmod(path, 0640), 0);
  assert_int_equal(symlink("a.yaml", link), 0);
  CHECK(file_write(link, "three", 5, &e), ==, STATUS_OK);
  struct stat info;
  assert_int_equal(stat(path, &info), 0);
  CHECK(info.st_mode & 0777, ==, 0640);
  CHECK(info.st_size, ==, 5);
  assert_int_equal(lstat(link, &info), 0);
  assert_true(S_ISLNK(info.st_mode));
  CHECK(file_write(path, "", 0, &e), ==, STATUS_OK);
  text = file_read(path, 100, &size, &e);
  CHECK(size, ==, 0);
  assert_string_equal(text, "");
  free(text);

  // what is no file
  assert_null(file_read(folder, 100, &size, &e));
  CHECK_HAS(e.text, "is a folder");
  assert_null(file_read("/dev/zero", 100, &size, &e));
  CHECK_HAS(e.text, "is a device");
  CHECK(file_write(folder, "x", 1, &e), ==, STATUS_IO);
  CHECK_HAS(e.text, "is a folder");
  char missing[96];
  snprintf(missing, sizeof missing, "%s/none/b", folder);
  CHECK(file_write(missing, "x", 1, &e), ==, STATUS_IO);
  CHECK(file_write("/dev/full", "x", 1, &e), ==, STATUS_IO);
  CHECK_HAS(e.text, "No space left");
  CHECK(file_write("/dev/null", "x", 1, NULL), ==, STATUS_OK);

  // a pipe is read up to the limit
  snprintf(missing, sizeof missing, "%s/fifo", folder);
  assert_int_equal(mkfifo(missing, 0600), 0);
  pid_t child = fork();
  if (child == 0) {
    FILE *out = fopen(missing, "w");
    for (int i = 0; i < 1000; i++) fputs("0123456789", out);
    fclose(out);
    _exit(0);
  }
  text = file_read(missing, 1 << 20, &size, &e);
  CHECK(size, ==, 10000);
  free(text);
  unlink(missing);
  unlink(link);
  unlink(path);
  // nothing else is left
  assert_int_equal(rmdir(folder), 0);
}

// a disk that fills up in the middle: the old content stays, no temporary file stays
static void a_full_disk_leaves_the_old_file(void **state) {
  (void)state;
  char folder[] = "/tmp/takt-test-XXXXXX", path[64], bytes[5000] = {0};
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/a", folder);
  CHECK(file_write(path, "old", 3, NULL), ==, STATUS_OK);
  struct rlimit was, tight;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
  tight = (struct rlimit){1000, was.rlim_max};
  void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
  struct error e = {0};
  enum status s = file_write(path, bytes, sizeof bytes, &e);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
  signal(SIGXFSZ, handler);
  CHECK(s, ==, STATUS_IO);
  CHECK_HAS(e.text, "cannot be written: File too large");
  size_t size;
  char *text = file_read(path, 100, &size, &e);
  assert_string_equal(text, "old");
  free(text);
  unlink(path);
  assert_int_equal(rmdir(folder), 0);
}

int test_base_edit(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(values_are_set_in_place),
    cmocka_unit_test(missing_keys_are_inserted),
    cmocka_unit_test(entries_are_removed),
    cmocka_unit_test(random_edits_can_be_undone),
    cmocka_unit_test(files_are_read_and_replaced),
    cmocka_unit_test(a_full_disk_leaves_the_old_file),
  };
  return cmocka_run_group_tests_name("base_edit", tests, NULL, NULL);
}
