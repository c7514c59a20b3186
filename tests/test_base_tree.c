// Reading: marks, structure, and what is refused, where, and in which words. JSON and YAML.
#include "tests/check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/tree.h"
#include "base/tree_build.h"

struct read {
  struct tree   tree;
  struct faults faults;
  enum status   status;
};

static struct read read_sized(const char *text, size_t size, bool json) {
  struct read r;
  faults_init(&r.faults, "x", text, size);
  r.status = json ? tree_read_json(&r.tree, text, size, &r.faults) : tree_read_yaml(&r.tree, text, size, &r.faults);
  CHECK((r.status == STATUS_OK), ==, (r.faults.errors == 0));
  return r;
}

static struct read read_yaml(const char *text) { return read_sized(text, strlen(text), false); }
static struct read read_json(const char *text) { return read_sized(text, strlen(text), true); }

static void finish(struct read *r) {
  tree_finish(&r->tree);
  faults_finish(&r->faults);
}

static const struct node *find(const struct read *r, const char *path) {
  const struct node *n = tree_find(&r->tree, path);
  if (n == NULL) fail_msg("nothing at '%s'", path);
  return n;
}

static void check_text(const struct read *r, const char *path, const char *want) {
  const struct node *n = find(r, path);
  CHECK(n->kind, ==, NODE_SCALAR);
  assert_string_equal(n->text, want);
  CHECK(n->size, ==, strlen(want));
}

// every mark names the bytes of the value, and its line and column are those of its first byte
static void check_marks(const struct node *n, const char *text, size_t size) {
  struct mark m = text_mark(text, size, n->mark.begin, n->mark.end);
  CHECK(n->mark.line, ==, m.line);
  CHECK(n->mark.column, ==, m.column);
  CHECK(n->mark.begin, <=, n->mark.end);
  CHECK(n->mark.end, <=, size);
  if (n->key != NULL) {
    struct mark k = text_mark(text, size, n->key_mark.begin, n->key_mark.end);
    CHECK(n->key_mark.line, ==, k.line);
    CHECK(n->key_mark.column, ==, k.column);
    CHECK(n->key_mark.end, <=, n->mark.begin);
    const char *raw = text + n->key_mark.begin;
    if (*raw != '"' && *raw != '\'') assert_memory_equal(raw, n->key, strlen(n->key));
  }
  if (n->kind == NODE_SCALAR && !n->quoted && memchr(n->text, '\n', n->size) == NULL &&
      n->mark.end - n->mark.begin == n->size) assert_memory_equal(text + n->mark.begin, n->text, n->size);
  uint32_t at = n->mark.begin;
  int count = 0;
  for (const struct node *c = n->first; c != NULL; c = c->next, count++) {
    CHECK(c->parent == n, ==, 1);
    CHECK((c->key ? c->key_mark.begin : c->mark.begin), >=, at);
    at = c->mark.end;
    CHECK(at, <=, n->mark.end);
    check_marks(c, text, size);
  }
  CHECK(count, ==, n->count);
}

static void check_span(const struct read *r, const char *path, const char *want) {
  const struct node *n = find(r, path);
  size_t size = n->mark.end - n->mark.begin;
  if (size != strlen(want) || memcmp(r->faults.source + n->mark.begin, want, size) != 0)
    fail_msg("%s spans '%.*s', not '%s'", path, (int)size, r->faults.source + n->mark.begin, want);
}

// ---- YAML --------------------------------------------------------------------------------------

static const char sample[] =
  "takt: 1            # version\n"
  "name: Gr\xC3\xBC\xC3\x9F\x65 \xE5\xB7\xA5\xE5\x8E\x82\n"
  "stations:\n"
  "  # the belt\n"
  "  belt: {kind: conveyor, \xC3\xA4: [1, 2 m], speed: 0.25, empty: , last}\n"
  "  s2:\n"
  "    time: \"erlang(4, \\u00e4 1 s)\"   # quoted\n"
  "    text: |\n"
  "      first\n"
  "      second\n"
  "\n"
  "    none:\n"
  "# comment at the left\n"
  "flow:\n"
  "- a -> b\n"
  "- {path: 'b -> ''c''', by: robots}\n"
  "-\n"
  "- - 1\n"
  "  - 2\n";

static void yaml_becomes_a_marked_tree(void **state) {
  (void)state;
  struct read r = read_yaml(sample);
  CHECK(r.faults.count, ==, 0);
  check_text(&r, "takt", "1");
  check_text(&r, "name", "Gr\xC3\xBC\xC3\x9F\x65 \xE5\xB7\xA5\xE5\x8E\x82");
  check_text(&r, "stations.belt.\xC3\xA4.1", "2 m");
  check_text(&r, "stations.belt.empty", "");
  check_text(&r, "stations.belt.last", "");
  check_text(&r, "stations.s2.time", "erlang(4, \xC3\xA4 1 s)");
  check_text(&r, "stations.s2.text", "first\nsecond\n");
  check_text(&r, "stations.s2.none", "");
  check_text(&r, "flow.1.path", "b -> 'c'");
  check_text(&r, "flow.2", "");
  check_text(&r, "flow.3.1", "2");
  check_marks(r.tree.root, sample, strlen(sample));

  check_span(&r, "stations.belt", "{kind: conveyor, \xC3\xA4: [1, 2 m], speed: 0.25, empty: , last}");
  check_span(&r, "stations.belt.speed", "0.25");
  check_span(&r, "stations.s2.time", "\"erlang(4, \\u00e4 1 s)\"");
  check_span(&r, "stations.s2.text", "|\n      first\n      second");
  check_span(&r, "flow.1.path", "'b -> ''c'''");
  check_span(&r, "flow", "- a -> b\n- {path: 'b -> ''c''', by: robots}\n-\n- - 1\n  - 2");
  CHECK(find(&r, "stations.belt")->flow, ==, true);
  CHECK(find(&r, "stations")->flow, ==, false);
  CHECK(find(&r, "stations.s2.time")->quoted, ==, true);
  CHECK(find(&r, "stations.s2.text")->quoted, ==, true);
  CHECK(find(&r, "stations.belt.speed")->quoted, ==, false);

  // a value that is not there stands behind its colon, or its key
  CHECK(sample[find(&r, "stations.belt.empty")->mark.begin - 1], ==, ':');
  CHECK(sample[find(&r, "stations.s2.none")->mark.begin - 1], ==, ':');
  CHECK(find(&r, "stations.belt.last")->mark.begin, ==, find(&r, "stations.belt.last")->key_mark.end);
  CHECK(node_get(r.tree.root, "nothing") == NULL, ==, 1);
  CHECK(node_at(find(&r, "flow"), 4) == NULL, ==, 1);
  CHECK(node_at(find(&r, "flow"), -1) == NULL, ==, 1);
  CHECK(tree_find(&r.tree, "flow.01") == NULL, ==, 1);
  CHECK(tree_find(&r.tree, "flow.1.") == NULL, ==, 1);
  CHECK(tree_find(&r.tree, "takt.1") == NULL, ==, 1);

  char path[64];
  assert_string_equal(node_path(find(&r, "flow.3.1"), path, sizeof path), "flow.3.1");
  assert_string_equal(node_path(find(&r, "stations.belt.speed"), path, sizeof path), "stations.belt.speed");
  assert_string_equal(node_path(r.tree.root, path, sizeof path), "");
  assert_string_equal(node_path(find(&r, "stations.belt.speed"), path, 12), "stations.be");
  finish(&r);
}

static void a_comma_splits_a_plain_value(void **state) {
  (void)state;
  const char *text = "{a: exponential(1 s), b: erlang(4, 1 s)}";
  struct read r = read_yaml(text);
  check_text(&r, "b", "erlang(4");
  check_text(&r, "1 s)", "");
  const struct node *n = find(&r, "1 s)");
  CHECK(n->quoted, ==, false);
  CHECK(n->key_mark.column, ==, 36);
  CHECK(n->mark.begin, ==, n->key_mark.end);
  check_marks(r.tree.root, text, strlen(text));
  finish(&r);
}

static void other_line_ends_and_a_byte_order_mark(void **state) {
  (void)state;
  static const char *const texts[] = {
    "\xEF\xBB\xBF\x61: 1\nb:\n  c: \xC3\xA4 x\n", "a: 1\r\nb:\r\n  c: \xC3\xA4 x\r\n", "a: 1\rb:\r  c: \xC3\xA4 x",
    "--- # start\na: 1\nb: {c: \xC3\xA4 x}\n...\n", "%YAML 1.1\n---\na: 1\nb: {\"c\": '\xC3\xA4 x'}",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct read r = read_yaml(texts[i]);
    CHECK(r.status, ==, STATUS_OK);
    check_text(&r, "a", "1");
    check_text(&r, "b.c", "\xC3\xA4 x");
    check_marks(r.tree.root, texts[i], strlen(texts[i]));
    finish(&r);
  }
}

struct refusal { const char *text; int line, column; const char *part; };

static void check_refusal(const struct refusal *want, bool json) {
  struct read r = read_sized(want->text, strlen(want->text), json);
  if (r.faults.count == 0) fail_msg("not refused: '%s'", want->text);
  const struct fault *f = &r.faults.fault[0];
  if ((int)f->mark.line != want->line || (int)f->mark.column != want->column || strstr(f->text, want->part) == NULL)
    fail_msg("'%s': %u:%u: %s; wanted %d:%d: %s", want->text, f->mark.line, f->mark.column, f->text,
             want->line, want->column, want->part);
  finish(&r);
}

static void yaml_refuses_and_points(void **state) {
  (void)state;
  static const struct refusal rows[] = {
    {"", 1, 1, "empty"},
    {"# only this\n", 1, 1, "empty"},
    {"a: 1\nb: 2\na: 3\n", 3, 1, "the first is on line 1"},
    {"x: {a: 1,\n  a: 2}\n", 2, 3, "'a' stands here a second time; the first is on line 1"},
    {"a: &x 1\n", 1, 4, "anchor (&x)"},
    {"a: 1\nb: *x\n", 2, 4, "alias (*x)"},
    {"*x : 1\n", 1, 1, "alias (*x)"},
    {"a: !!int 1\n", 1, 4, "tag"},
    {"a: ! 1\n", 1, 4, "tag"},
    {"a: !t [1]\n", 1, 4, "tag"},
    {"a: *\n", 1, 4, "alias is not accepted"},
    {"a: [& x]\n", 1, 5, "anchor is not accepted"},
    {"a: !<x\n", 1, 4, "tag is not accepted"},
    {"a: !x!y 1\n", 1, 4, "tag"},
    {"%FOO x\na: 1\n", 1, 1, "directive is not accepted"},
    {"%YAML 9.9\n---\na: 1\n", 1, 1, "version of YAML"},
    {"a: |0\n  x\n", 1, 5, "indentation of 0"},
    {"a: |x\n  x\n", 1, 5, "nothing but a comment"},
    {"a: \"\\xZZ\"\n", 1, 7, "hexadecimal digits"},
    {"a: x\n - y\n- z\n", 3, 1, "indentation"},
    {"- 1\na: 2\n", 2, 1, "'-' is missing"},
    {"a: 1\n- 2\n", 2, 1, "indentation"},
    {"a: [1]]\n", 1, 7, "indentation or a quote is wrong"},
    {"[a]\nb: 1\n", 2, 1, "does not belong"},
    {"a: 1\n---\nb: 2\n", 2, 1, "second document"},
    {"? [a, b]\n: 1\n", 1, 3, "cannot be a key"},
    {"{{a: 1}: 2}\n", 1, 2, "cannot be a key"},
    {"? |\n  a\n: 1\n", 1, 3, "one plain or quoted word"},
    {": 1\n", 1, 1, "key is missing"},
    {"{a: 1, : 2}\n", 1, 8, "value is missing"},
    {"a: 'x\nb: 2\n", 1, 4, "quote is never closed"},
    {"a: 1\nb: \"x\n\nc: 2\n", 2, 4, "quote is never closed"},
    {"a: {b: 1\n", 1, 4, "'{' is never closed"},
    {"a: [1, 2\n\n# end\n", 1, 4, "'[' is never closed"},
    {"a: {b: 1\nc: 2}\nd: 3\n", 1, 4, "'{' is not closed: on line 2"},
    {"a: [1 2: 3 4: 5]\n", 1, 13, "',' or ']' is missing"},
    {"a: 1\n\tb: 2\n", 2, 1, "tab"},
    {"a:\n\t- 2\n", 2, 1, "tab"},
    {"a: @x\n", 1, 4, "cannot begin with this character"},
    {"a: b: c\n", 1, 5, "':' cannot stand here"},
    {"a: 1\n b: 2\n", 2, 3, "':' cannot stand here"},
    {"a:\n    b: 1\n   c: 2\n", 3, 4, "indentation"},
    {"a:\n  - 1\n  b\n", 3, 3, ""},
    {"a: 1\nb\nc: 2\n", 2, 1, "no ':' behind it"},
    {"a: \"\\q\"\n", 1, 5, "escape is unknown"},
    {"a: \"x\\0y\"\n", 1, 4, "NUL"},
    {"\xC3\xA4: \"\\uD800\"\n", 1, 7, "names no character"},
    {"a: \xC3\x28\n", 1, 4, "0xC3 is not valid UTF-8"},
    {"\xC3\xA4: \xED\xA0\x80\n", 1, 4, "not valid UTF-8"},
    {"a: \xC0\x80\n", 1, 4, "not valid UTF-8"},
    {"a: \xF4\x90\x80\x80\n", 1, 4, "not valid UTF-8"},
    {"a: \x1B[31m\n", 1, 4, "control character (U+001B)"},
    {"a: \xC2\x85\n", 1, 4, "no text may have"},
    {"a: 1 \xEF\xBB\xBF\n", 1, 6, "no text may have"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_refusal(&rows[i], false);
  struct read r = read_sized("a: 1\n\0b", 7, false);
  CHECK(r.faults.fault[0].mark.line, ==, 2);
  CHECK_HAS(r.faults.fault[0].text, "NUL");
  finish(&r);
}

static void all_repeated_keys_are_reported(void **state) {
  (void)state;
  struct read r = read_yaml("a: 1\nb: {c: 1, c: 2, d: &x 3}\na: 4\ne: !t 5\n");
  CHECK(r.faults.count, ==, 4);
  CHECK(r.status, ==, STATUS_KEY);
  finish(&r);
}

// ---- bombs -------------------------------------------------------------------------------------

// n copies of open, then text, then n copies of close
static char *nested(int n, const char *open, const char *middle, const char *close) {
  size_t a = strlen(open), b = strlen(close);
  char *text = malloc((a + b) * (size_t)n + strlen(middle) + 1), *p = text;
  for (int i = 0; i < n; i++) p = (char *)memcpy(p, open, a) + a;
  p = strcpy(p, middle) + strlen(middle);
  for (int i = 0; i < n; i++) p = (char *)memcpy(p, close, b) + b;
  *p = 0;
  return text;
}

#ifdef __SANITIZE_ADDRESS__
#define IN_TIME 3.0                 // s    of processor: sanitizers take some three times as long
#else
#define IN_TIME 1.0
#endif

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// read in time, with this status
static void check_bomb(char *text, bool json, enum status want) {
  double start = now();
  struct read r = read_sized(text, strlen(text), json);
  double took = now() - start;
  CHECK(r.status, ==, want);
  finish(&r);
  free(text);
  if (took > IN_TIME) fail_msg("took %.2f s", took);
}

static void bombs_are_refused(void **state) {
  (void)state;
  check_bomb(nested(64, "[", "1", "]"), false, STATUS_OK);
  check_bomb(nested(64, "[", "1", "]"), true, STATUS_OK);
  check_bomb(nested(65, "[", "1", "]"), false, STATUS_LIMIT);
  check_bomb(nested(65, "[", "1", "]"), true, STATUS_LIMIT);
  check_bomb(nested(1000000, "[", "1", "]"), false, STATUS_LIMIT);
  check_bomb(nested(1000000, "[", "1", "]"), true, STATUS_LIMIT);
  check_bomb(nested(500000, "{\"a\":", "1", "}"), true, STATUS_LIMIT);
  check_bomb(nested(1000000, "- ", "1", ""), false, STATUS_LIMIT);
  check_bomb(nested(1000000, "{a: ", "1", ""), false, STATUS_LIMIT);
  check_bomb(nested(1000000, "? ", "1", ""), false, STATUS_SYNTAX);
  check_bomb(nested(TREE_SIZE_MAX, "x", "", ""), false, STATUS_OK);
  check_bomb(nested(TREE_SIZE_MAX + 1, "x", "", ""), false, STATUS_LIMIT);
  check_bomb(nested(TREE_SIZE_MAX + 1, " ", "", ""), true, STATUS_LIMIT);

  // more values than are accepted
  check_bomb(nested(250000, "", "[1", ",1"), true, STATUS_SYNTAX);
  char *text = nested(1100000, "", "[1", ",1");
  size_t size = strlen(text);
  text[size - 1] = ']';
  text[size - 2] = ' ';
  check_bomb(text, true, STATUS_LIMIT);
  check_bomb(nested(1100000, "-\n", "", ""), false, STATUS_LIMIT);

  // equal keys, many keys: the search is not quadratic
  check_bomb(nested(140000, "a: 1\n", "", ""), false, STATUS_KEY);
  char *keys = malloc(4000000), *p = keys;
  for (int i = 0; i < 140000; i++) p += sprintf(p, "k%d: %d\n", i, i);
  check_bomb(keys, false, STATUS_OK);
  // one long line with marks on every value
  keys = malloc(4000000), p = keys;
  *p++ = '[';
  for (int i = 0; i < 250000; i++) p += sprintf(p, "\xC3\xA4, ");
  strcpy(p, "x]");
  check_bomb(keys, false, STATUS_OK);
  // aliases are refused before they multiply
  text = malloc(4096), p = text;
  p += sprintf(p, "a0: &a0 [x, x]\n");
  for (int i = 1; i < 40; i++) p += sprintf(p, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
  check_bomb(text, false, STATUS_SYNTAX);
}

// ---- JSON --------------------------------------------------------------------------------------

static void json_becomes_a_marked_tree(void **state) {
  (void)state;
  const char *text = "\n{\"a\": [1, -2.5e+3, \"\\u00e4\\ud83d\\ude00\\n\\/\"],\n \"\xC3\xA4\": {\"t\": true, \"f\": false, \"n\": null}, \"e\": {}, \"l\": [ ]}\n";
  struct read r = read_json(text);
  CHECK(r.faults.count, ==, 0);
  check_text(&r, "a.0", "1");
  check_text(&r, "a.1", "-2.5e+3");
  check_text(&r, "a.2", "\xC3\xA4\xF0\x9F\x98\x80\n/");
  check_text(&r, "\xC3\xA4.t", "true");
  check_text(&r, "\xC3\xA4.f", "false");
  check_text(&r, "\xC3\xA4.n", "null");
  CHECK(find(&r, "a.2")->quoted, ==, true);
  CHECK(find(&r, "a.1")->quoted, ==, false);
  CHECK(find(&r, "e")->count, ==, 0);
  CHECK(find(&r, "l")->kind, ==, NODE_LIST);
  check_span(&r, "a", "[1, -2.5e+3, \"\\u00e4\\ud83d\\ude00\\n\\/\"]");
  check_span(&r, "e", "{}");
  check_marks(r.tree.root, text, strlen(text));
  finish(&r);
  static const char *const good[] = {"0", "-0", "1e5", "0.5E-3", "\"\"", "true", "null", " [] ", "\xEF\xBB\xBF{}", "[[],[[]]]"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    r = read_json(good[i]);
    if (r.status != STATUS_OK) fail_msg("'%s': %s", good[i], r.faults.fault[0].text);
    check_marks(r.tree.root, good[i], strlen(good[i]));
    finish(&r);
  }
}

static void json_refuses_and_points(void **state) {
  (void)state;
  static const struct refusal rows[] = {
    {"", 1, 1, "empty"}, {" \n ", 2, 2, "empty"},
    {"{\"a\": 1,\n \"a\": 2}", 2, 2, "the first is on line 1"},
    {"{\"a\": 1,}", 1, 9, "value is missing"}, {"[1,]", 1, 4, "value is missing"}, {"[,1]", 1, 2, "value is expected"},
    {"{\"a\" 1}", 1, 6, "':' is missing"}, {"{a: 1}", 1, 2, "key in double quotes"}, {"{'a': 1}", 1, 2, "key in double quotes"},
    {"{\"a\": 1 \"b\": 2}", 1, 9, "',' or '}'"}, {"[1 2]", 1, 4, "',' or ']'"}, {"[1}", 1, 3, "',' or ']'"},
    {"[1, 2", 1, 1, "'[' is never closed"}, {"{\"\xC3\xA4\": {", 1, 7, "'{' is never closed"}, {"{\"a\":", 1, 6, "value is expected"},
    {"1 2", 1, 3, "nothing may follow"}, {"{} x", 1, 4, "nothing may follow"},
    {"01", 1, 2, "begin with 0"}, {"-", 1, 2, "digit is missing"}, {"1.", 1, 3, "behind the point"}, {".5", 1, 1, "value is expected"},
    {"+1", 1, 1, "value is expected"}, {"1e", 1, 3, "exponent"}, {"0x10", 1, 2, "nothing may follow"}, {"-01", 1, 3, "begin with 0"},
    {"NaN", 1, 1, "value is expected"}, {"Infinity", 1, 1, "value is expected"}, {"tru", 1, 1, "value is expected"},
    {"truex", 1, 5, "nothing may follow"}, {"// c\n1", 1, 1, "value is expected"}, {"'a'", 1, 1, "value is expected"},
    {"\"a", 1, 1, "never closed"}, {"\"a\nb\"", 1, 1, "never closed"}, {"\"a\tb\"", 1, 3, "control character"},
    {"\"\\q\"", 1, 2, "escape is unknown"}, {"\"\\", 1, 2, "escape is unknown"}, {"\"\\u12", 1, 2, "hexadecimal"}, {"\"\\u12g4\"", 1, 2, "hexadecimal"},
    {"\"\\u0000\"", 1, 2, "NUL"}, {"\"\\ud800\"", 1, 2, "surrogate"}, {"\"\\ud800\\u0041\"", 1, 2, "surrogate"}, {"\"\\udc00\"", 1, 2, "surrogate"},
    {"\"\xC3\"", 1, 2, "not valid UTF-8"}, {"[1]\v", 1, 4, "control character"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_refusal(&rows[i], true);
}

// the start of a right text is either refused or a smaller right text, and nothing breaks
static void every_start_of_a_text_is_safe(void **state) {
  (void)state;
  for (size_t size = 0; size <= sizeof sample - 1; size++) {
    struct read r = read_sized(sample, size, false);
    if (r.status == STATUS_OK) check_marks(r.tree.root, sample, size);
    finish(&r);
  }
}

int test_base_tree(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(yaml_becomes_a_marked_tree),
    cmocka_unit_test(a_comma_splits_a_plain_value),
    cmocka_unit_test(other_line_ends_and_a_byte_order_mark),
    cmocka_unit_test(yaml_refuses_and_points),
    cmocka_unit_test(all_repeated_keys_are_reported),
    cmocka_unit_test(bombs_are_refused),
    cmocka_unit_test(json_becomes_a_marked_tree),
    cmocka_unit_test(json_refuses_and_points),
    cmocka_unit_test(every_start_of_a_text_is_safe),
  };
  return cmocka_run_group_tests_name("base_tree", tests, NULL, NULL);
}
