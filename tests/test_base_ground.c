// status, fault, arena, clock, digest.
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/fault.h"
#include "base/id.h"
#include "base/status.h"

// ---- handles -----------------------------------------------------------------------------------

ID_TYPE(cart_id, 20);

static void a_handle_goes_stale_with_its_row(void **state) {
  (void)state;
  cart_id none = {0}, first = cart_id_of(7, 0), again = cart_id_of(7, 1), other = cart_id_of(8, 0), last = cart_id_of((1 << 20) - 1, 4095);
  assert_true(cart_id_null(none));
  assert_false(cart_id_null(first));
  assert_true(cart_id_same(first, cart_id_of(7, 0)));
  assert_false(cart_id_same(first, again));
  assert_false(cart_id_same(first, other));
  CHECK(cart_id_row(again), ==, 7);
  CHECK(cart_id_row(last), ==, (1 << 20) - 1);
  // the generation comes round after 2^12 uses
  assert_true(cart_id_same(first, cart_id_of(7, 1 << 12)));
}

// ---- status ------------------------------------------------------------------------------------

static void every_status_has_words_and_an_exit_code(void **state) {
  (void)state;
  for (int s = 0; s < STATUS_COUNT; s++) {
    assert_non_null(status_text(s));
    CHECK(strlen(status_text(s)), >, 0);
    CHECK(status_exit_code(s), >=, 0);
    CHECK(status_exit_code(s), <=, 5);
    CHECK((status_exit_code(s) == 0), ==, (s == STATUS_OK));
  }
  CHECK(status_exit_code(STATUS_USAGE), ==, 2);
  CHECK(status_exit_code(STATUS_RANGE), ==, 3);
  CHECK(status_exit_code(STATUS_IO), ==, 4);
}

static void error_at_fills_and_cuts(void **state) {
  (void)state;
  struct error e;
  CHECK(error_at(&e, STATUS_REF, "a.yaml", 3, 7, "no station '%s'", "s9"), ==, STATUS_REF);
  assert_string_equal(e.file, "a.yaml");
  assert_string_equal(e.text, "no station 's9'");
  CHECK(e.line, ==, 3);
  CHECK(e.column, ==, 7);
  CHECK(error_at(NULL, STATUS_IO, NULL, 0, 0, "nobody listens"), ==, STATUS_IO);
  error_at(&e, STATUS_IO, NULL, 0, 0, "%2000d", 1);
  CHECK(strlen(e.text), ==, sizeof e.text - 1);
}

// ---- faults ------------------------------------------------------------------------------------

static char *printed(const struct faults *f) {
  char *text = calloc(1, 1 << 16);
  FILE *out = fmemopen(text, (1 << 16) - 1, "w");
  faults_print(f, out);
  fclose(out);
  return text;
}

static char *excerpt_of(const char *source, struct mark m) {
  struct faults f;
  faults_init(&f, "x", source, strlen(source));
  fault_add(&f, FAULT_ERROR, STATUS_RANGE, m, "bad");
  char *text = printed(&f);
  faults_finish(&f);
  return text;
}

static void faults_print_in_order_of_place(void **state) {
  (void)state;
  const char *source = "a: 1\n  s2: {kind: machine, time: -3 s}\n";
  struct faults f;
  faults_init(&f, "line.yaml", source, strlen(source));
  fault_add(&f, FAULT_ERROR, STATUS_RANGE, (struct mark){2, 29, 33, 37}, "time: -3 s is below 0 s");
  fault_add(&f, FAULT_WARNING, STATUS_REF, (struct mark){1, 1, 0, 1}, "a is used by nobody");
  fault_add(&f, FAULT_ERROR, STATUS_KEY, (struct mark){0}, "'flow' is missing");
  faults_sort(&f);
  CHECK(f.errors, ==, 2);
  CHECK(f.warnings, ==, 1);
  char *text = printed(&f);
  assert_string_equal(text,
    "line.yaml: unknown, missing or repeated key: 'flow' is missing\n"
    "line.yaml:1:1: warning: name refers to nothing: a is used by nobody\n"
    "   1 | a: 1\n"
    "     | ^\n"
    "line.yaml:2:29: value outside its limits: time: -3 s is below 0 s\n"
    "   2 |   s2: {kind: machine, time: -3 s}\n"
    "     |                             ^\n");
  free(text);
  faults_finish(&f);
}

static void faults_beyond_the_limit_are_counted(void **state) {
  (void)state;
  struct faults f;
  faults_init(&f, "x", NULL, 0);
  for (int i = 0; i < FAULTS_MAX + 50; i++)
    fault_add(&f, FAULT_ERROR, STATUS_KEY, (struct mark){1, 1, 0, 0}, "fault %d", i);
  CHECK(f.count, ==, FAULTS_MAX);
  CHECK(f.errors, ==, FAULTS_MAX + 50);
  faults_sort(&f);
  for (int i = 0; i < f.count; i++) {
    char want[32];
    snprintf(want, sizeof want, "fault %d", i);
    assert_string_equal(f.fault[i].text, want);
  }
  char *text = printed(&f);
  CHECK_HAS(text, "50 more");
  free(text);
  faults_finish(&f);
}

// the caret stands under the character that the mark names
static void carets_stand_right(void **state) {
  (void)state;
  char *text = excerpt_of("g\xC3\xBC\xC3\x9F\x65: x", (struct mark){1, 7, 8, 9});
  assert_string_equal(text, "x:1:7: value outside its limits: bad\n   1 | g\xC3\xBC\xC3\x9F\x65: x\n     |       ^\n");
  free(text);
  // a tab is shown as one blank, a control character as a question mark
  text = excerpt_of("\ta\x1B: x", (struct mark){1, 6, 5, 6});
  assert_string_equal(text, "x:1:6: value outside its limits: bad\n   1 |  a?: x\n     |      ^\n");
  free(text);
  // a wide character takes two columns
  text = excerpt_of("\xE5\xB7\xA5: x", (struct mark){1, 4, 5, 6});
  assert_string_equal(text, "x:1:4: value outside its limits: bad\n   1 | \xE5\xB7\xA5: x\n     |     ^\n");
  free(text);
  // a mark without a byte is found by line and column; the end of the text is a place too
  text = excerpt_of("a\nbc\n", (struct mark){2, 2, 0, 0});
  assert_string_equal(text, "x:2:2: value outside its limits: bad\n   2 | bc\n     |  ^\n");
  free(text);
  text = excerpt_of("abc", (struct mark){1, 4, 3, 3});
  assert_string_equal(text, "x:1:4: value outside its limits: bad\n   1 | abc\n     |    ^\n");
  free(text);
}

// wherever the mark is in a long line, no line is longer than 100 columns and the caret names the digit
static void excerpts_are_cut(void **state) {
  (void)state;
  char source[1001];
  for (int i = 0; i < 1000; i++) source[i] = "0123456789"[i % 10];
  source[1000] = 0;
  for (uint32_t at = 0; at < 1000; at += 7) {
    char *text = excerpt_of(source, (struct mark){1, at + 1, at, at + 1});
    char *line = strchr(text, '\n') + 1, *carets = strchr(line, '\n') + 1;
    CHECK(carets - line - 1, <=, 100);
    CHECK(strlen(carets), <=, 101);
    char *caret = strchr(carets, '^');
    assert_non_null(caret);
    CHECK(line[caret - carets], ==, source[at]);
    free(text);
  }
}

static void fault_texts_are_printable_and_bounded(void **state) {
  (void)state;
  struct faults f;
  faults_init(&f, "x", NULL, 0);
  fault_add(&f, FAULT_ERROR, STATUS_KEY, (struct mark){0}, "key '\x1B[31m\n'");
  assert_string_equal(f.fault[0].text, "key '?[31m?'");
  char *longer = malloc(5001);
  for (int i = 0; i < 2500; i++) memcpy(longer + 2 * i, "\xC3\xA4", 2);
  longer[5000] = 0;
  fault_add(&f, FAULT_ERROR, STATUS_KEY, (struct mark){0}, "%s", longer);
  size_t n = strlen(f.fault[1].text);
  CHECK(n, <, 1000);
  CHECK(n, >, 900);
  assert_string_equal(f.fault[1].text + n - 5, "\xC3\xA4...");
  free(longer);
  faults_finish(&f);
}

static void nearest_words(void **state) {
  (void)state;
  static const char *const words[] = {"machine", NULL, "buffer", "sink", "source", "servers", "time"};
  int n = sizeof words / sizeof *words;
  assert_string_equal(nearest_word("machin", words, n), "machine");
  assert_string_equal(nearest_word("macihne", words, n), "machine");
  assert_string_equal(nearest_word("tiem", words, n), "time");
  assert_string_equal(nearest_word("souce", words, n), "source");
  assert_string_equal(nearest_word("server", words, n), "servers");
  assert_string_equal(nearest_word("sink", words, n), "sink");
  assert_null(nearest_word("xyz", words, n));
  assert_null(nearest_word("", words, n));
  assert_null(nearest_word("mochime-like", words, n));
}

// ---- arena -------------------------------------------------------------------------------------

static void arena_aligns_zeroes_and_ends(void **state) {
  (void)state;
  struct arena a;
  assert_true(arena_init(&a, 100000));
  CHECK(a.size % 4096, ==, 0);
  CHECK(a.size, >=, 100000);
  arena_alloc(&a, 1, 1);
  for (size_t align = 1; align <= 4096; align *= 2) CHECK((uintptr_t)arena_alloc(&a, 3, align) % align, ==, 0);
  assert_string_equal(arena_text(&a, "abcdef", 3), "abc");

  // what comes back after a rewind is zero again, across page edges too
  size_t used = a.used;
  size_t left = a.size - a.used;
  unsigned char *p = arena_alloc(&a, left, 1);
  assert_non_null(p);
  for (size_t i = 0; i < left; i++) CHECK(p[i], ==, 0);
  memset(p, 0xAA, left);
  assert_null(arena_alloc(&a, 1, 1));
  assert_null(arena_alloc(&a, SIZE_MAX, 1));
  assert_null(arena_text(&a, "x", SIZE_MAX));
  arena_rewind(&a, used);
  p = arena_alloc(&a, left, 1);
  for (size_t i = 0; i < left; i++) CHECK(p[i], ==, 0);
  arena_finish(&a);
  assert_false(arena_init(&a, SIZE_MAX));
  arena_finish(&a);
}

// ---- clock and digest --------------------------------------------------------------------------

static void seconds_round_to_nanoseconds(void **state) {
  (void)state;
  CHECK(ns_from_seconds(0), ==, 0);
  CHECK(ns_from_seconds(1.5e-9), ==, 2);
  CHECK(ns_from_seconds(2.5e-9), ==, 3);
  CHECK(ns_from_seconds(-2.5e-9), ==, -2);
  CHECK(ns_from_seconds(0.4e-9), ==, 0);
  CHECK(ns_from_seconds(3600), ==, 3600 * NS_SECOND);
  CHECK(ns_from_seconds(1e300), ==, NS_LIMIT);
  CHECK(ns_from_seconds(-1e300), ==, -NS_LIMIT);
  CHECK(NS_LIMIT + NS_LIMIT, >, NS_LIMIT);
  CHECK_NEAR(ns_to_seconds(1500000000), 1.5, 1e-15);
}

static void digest_sees_every_bit(void **state) {
  (void)state;
  unsigned char bytes[67];
  for (int i = 0; i < 67; i++) bytes[i] = (unsigned char)(i * 37);
  uint64_t seen[2000];
  int count = 0;
  for (size_t size = 0; size <= sizeof bytes; size++) seen[count++] = digest_bytes(DIGEST_START, bytes, size);
  for (int bit = 0; bit < 67 * 8; bit++) {
    bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    seen[count++] = digest_bytes(DIGEST_START, bytes, sizeof bytes);
    bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
  }
  for (int i = 0; i < count; i++)
    for (int k = 0; k < i; k++)
      if (seen[i] == seen[k]) fail_msg("digests %d and %d are alike", i, k);

  // the chain remembers the order
  uint64_t ab = digest_u64(digest_u64(DIGEST_START, 1, 2), 3, 4);
  uint64_t ba = digest_u64(digest_u64(DIGEST_START, 3, 4), 1, 2);
  assert_true(ab != ba);
  char text[17];
  digest_text(UINT64_C(0x0123456789abcdef), text);
  assert_string_equal(text, "0123456789abcdef");
}

int test_base_ground(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_status_has_words_and_an_exit_code),
    cmocka_unit_test(error_at_fills_and_cuts),
    cmocka_unit_test(faults_print_in_order_of_place),
    cmocka_unit_test(faults_beyond_the_limit_are_counted),
    cmocka_unit_test(carets_stand_right),
    cmocka_unit_test(excerpts_are_cut),
    cmocka_unit_test(fault_texts_are_printable_and_bounded),
    cmocka_unit_test(nearest_words),
    cmocka_unit_test(arena_aligns_zeroes_and_ends),
    cmocka_unit_test(seconds_round_to_nanoseconds),
    cmocka_unit_test(a_handle_goes_stale_with_its_row),
    cmocka_unit_test(digest_sees_every_bit),
  };
  return cmocka_run_group_tests_name("base_ground", tests, NULL, NULL);
}
