// Assembly line balancing: the published optima of a textbook line, brute force over sets of tasks, and files that are wrong.
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "scheduler/line_balance.h"
#include "tests/check.h"

// NULL, or what is wrong with the balance
static const char *fault_of(const struct line *l, const struct line_balance *b) {
  for (int k = 0; k < b->stations; k++) {
    int64_t load = 0;
    for (int i = 0; i < l->n; i++) load += b->station[i] == k ? l->time[i] : 0;
    if (load > b->takt) return "a station is longer than the takt";
  }
  for (int i = 0; i < l->n; i++) {
    if (b->station[i] < 0 || b->station[i] >= b->stations) return "a task at no station";
    for (int a = l->next_begin[i]; a < l->next_begin[i + 1]; a++)
      if (b->station[l->next[a]] < b->station[i]) return "a task before its predecessor";
  }
  return NULL;
}

// Jackson's line of 11 tasks (1956); optima as listed with Scholl's data sets (1993)
static void test_jackson(void **state) {
  (void)state;
  static const int32_t time[] = {6, 2, 5, 7, 1, 2, 3, 6, 5, 5, 4};
  static const int32_t arc[][2] = {{0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 5}, {2, 6}, {3, 6}, {4, 6}, {5, 7}, {6, 8}, {7, 9}, {8, 10}, {9, 10}};
  static const int cases[][2] = {{7, 8}, {9, 6}, {10, 5}, {13, 4}, {14, 4}, {21, 3}};
  struct line l;
  struct line_search how = line_balance_defaults();
  int32_t station[11];
  assert_true(line_make(&l, 11, time, 13, arc));
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct line_balance b = {.station = station};
    CHECK(line_balance_stations(&l, cases[i][0], &how, &b), ==, STATUS_OK);
    CHECK(b.stations, ==, cases[i][1]);
    CHECK(b.bound, ==, cases[i][1]);
    assert_null(fault_of(&l, &b));
  }
  struct line_balance b = {.station = station};
  CHECK(line_balance_stations(&l, 6, &how, &b), ==, STATUS_RANGE);
  line_finish(&l);
}

// ---- brute force: the least (stations, load of the last) of every closed set of tasks -----------------

static int brute_stations(const struct line *l, int64_t takt) {
  int full = (1 << l->n) - 1;
  int64_t *least = malloc(((size_t)full + 1) * sizeof *least);
  assert_non_null(least);
  for (int set = 1; set <= full; set++) least[set] = INT64_MAX;
  // stations so far times (takt + 1), plus the load of the open one
  least[0] = 0;
  for (int set = 0; set <= full; set++) {
    if (least[set] == INT64_MAX) continue;
    int64_t stations = least[set] / (takt + 1), load = least[set] % (takt + 1);
    for (int i = 0; i < l->n; i++) {
      int open = set >> i & 1;
      for (int k = 0; k < l->n && !open; k++)
        for (int a = l->next_begin[k]; a < l->next_begin[k + 1]; a++) open = open || (l->next[a] == i && !(set >> k & 1));
      if (open) continue;
      int64_t value = load + l->time[i] <= takt ? stations * (takt + 1) + load + l->time[i] : (stations + 1) * (takt + 1) + l->time[i];
      if (value < least[set | 1 << i]) least[set | 1 << i] = value;
    }
  }
  int64_t stations = least[full] / (takt + 1) + 1;
  free(least);
  return (int)stations;
}

static void draw_line(struct line *l, struct stream *draws) {
  int32_t time[9], arc[36][2], arcs = 0, n = 4 + (int32_t)(stream_u64(draws) % 6), density = (int32_t)(stream_u64(draws) % 50);
  for (int i = 0; i < n; i++) time[i] = 1 + (int32_t)(stream_u64(draws) % 20);
  // from later numbers to earlier ones too: by a drawn order
  int flip = (int)(stream_u64(draws) % 2);
  for (int i = 0; i < n; i++)
    for (int k = i + 1; k < n; k++) {
      if ((int32_t)(stream_u64(draws) % 100) >= density) continue;
      arc[arcs][0] = flip ? k : i;
      arc[arcs++][1] = flip ? i : k;
    }
  assert_true(line_make(l, n, time, arcs, (const int32_t (*)[2])arc));
}

static void test_brute_force(void **state) {
  (void)state;
  struct stream draws = stream_make(1, 0, "lines", "brute", 0);
  struct line_search how = line_balance_defaults();
  for (int i = 0; i < 300; i++) {
    struct line l;
    int32_t station[9];
    draw_line(&l, &draws);
    int64_t takt = 20 + (int64_t)(stream_u64(&draws) % 20);
    struct line_balance b = {.station = station};
    CHECK(line_balance_stations(&l, takt, &how, &b), ==, STATUS_OK);
    CHECK(b.stations, ==, brute_stations(&l, takt));
    CHECK(b.bound, ==, b.stations);
    assert_null(fault_of(&l, &b));

    // and the other way round: the shortest takt is the first at which so many stations do
    int32_t stations = 1 + (int32_t)(stream_u64(&draws) % 4);
    CHECK(line_balance_takt(&l, stations, &how, &b), ==, STATUS_OK);
    CHECK(b.bound, ==, b.takt);
    assert_null(fault_of(&l, &b));
    int32_t longest = 0;
    for (int k = 0; k < l.n; k++) longest = l.time[k] > longest ? l.time[k] : longest;
    CHECK(brute_stations(&l, b.takt), <=, stations);
    if (b.takt > longest) CHECK(brute_stations(&l, b.takt - 1), >, stations);
    line_finish(&l);
  }
}

static void test_read(void **state) {
  (void)state;
  static const char text[] = "<number of tasks>\n3\n<cycle time>\n9\n<order strength>\n0,5\n<task times>\n1 4\n2 5\n3 6\n<precedence relations>\n1,3\n2,3\n<end>\n";
  struct line l;
  struct error e;
  CHECK(line_read(&l, "x.alb", text, sizeof text - 1, &e), ==, STATUS_OK);
  CHECK(l.n, ==, 3);
  CHECK(l.takt, ==, 9);
  CHECK(l.arcs, ==, 2);
  CHECK(l.time[2], ==, 6);
  line_finish(&l);
}

#define HEAD "<number of tasks>\n3\n<task times>\n1 4\n2 5\n3 6\n<precedence relations>\n"

static void test_read_faults(void **state) {
  (void)state;
  static const struct { const char *text, *why; int line; } bad[] = {
    {"", "no section <number of tasks>", 0},
    {"<number of tasks>\n0\n", "must lie within", 2},
    {"<number of tasks>\n999999999999\n", "must lie within", 2},
    {"<number of tasks>\n3\n<task times>\n1 4\n", "task 2 has no time", 4},
    {"<number of tasks>\n3\n<task times>\n1 -4\n", "less than 0", 4},
    {"<number of tasks>\n3\n<task times>\n4 4\n", "there is no task 4", 4},
    {"<number of tasks>\n3\n<task times>\n1 4\n1 4\n", "two times", 5},
    {"<task times>\n1 4\n", "before the number of tasks", 2},
    {HEAD "1,2\n", "ends without <end>", 8},
    {HEAD "1,9\n<end>\n", "there is no task 9", 8},
    {HEAD "2,2\n<end>\n", "comes before itself", 8},
    {HEAD "1;2\n<end>\n", "should be 'task,task'", 8},
    {HEAD "1,2\n2,3\n3,2\n<end>\n", "run in a circle through tasks", 0},
    {HEAD "1,2\n2,3\n3,1\n<end>\n", "run in a circle through tasks", 0},
    {HEAD "-5,2\n<end>\n", "there is no task -5", 8},
    {HEAD "1,2\n<end>\n1,3\n", "goes on after <end>", 10},
    {HEAD "1,2@,3\n<end>\n", "a byte of 0", 8},
    {"3\n<number of tasks>\n3\n", "a section should begin here", 1},
    {"<cycle time>\n9\n<cycle time>\n8\n", "given twice", 4},
    {"<cycle time>\n-9\n", "must lie within", 2},
    {"<number of tasks>\n2\n<task times>\n1 4\n2 4\n3 4\n", "there is no task 3", 6},
    {"<number of tasks>\n2\n<task times>\n1 99999999999999999999\n", "sum to more", 4},
    {"<number of tasks>\n3\n<task times>\n1 4\n2 4\n3 4\n<precedence relation>\n1,2\n<end>\n", "did you mean <precedence relations>?", 7},
    {"<number of tasks>\n1\n<Cycle time>\n9\n<task times>\n1 4\n<end>\n", "did you mean <cycle time>?", 3},
    {"<number of tasks>\n1\n<cycle time\n9\n<task times>\n1 4\n<end>\n", "did you mean <cycle time>?", 3},
    {"<number of tasks> 3\n<task times>\n1 4\n", "nothing may stand behind", 1},
    {"<number of tasks>\n2\n<task times>\n1                                                                                                                                                                                                                                                                       4\n", "longer than", 4},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct line l;
    struct error e = {0};
    // @ stands for a byte of 0
    char text[400];
    size_t size = strlen(bad[i].text);
    for (size_t k = 0; k <= size; k++) text[k] = bad[i].text[k] == '@' ? 0 : bad[i].text[k];
    enum status s = line_read(&l, "x.alb", text, size, &e);
    CHECK(status_exit_code(s), ==, 3);
    CHECK_HAS(e.text, bad[i].why);
    if (bad[i].line && e.line != bad[i].line) fail_msg("'%s' at line %d, wanted %d", bad[i].text, e.line, bad[i].line);
  }
}

int test_line_balance(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_jackson), cmocka_unit_test(test_brute_force), cmocka_unit_test(test_read), cmocka_unit_test(test_read_faults),
  };
  return cmocka_run_group_tests_name("line_balance", tests, NULL, NULL);
}
