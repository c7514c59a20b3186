// Orders by hand: when parts are released, which goes first, when an order is late and by how much.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/tree.h"
#include "tests/lines.h"

#define SRC "src: {kind: source, makes: orders}\n"
#define OUT "out: {kind: sink}\n"

// a [0-60], a [60-120], late by 30; the third comes at 600, [600-660], in time to the nanosecond
static void released_and_late(void **state) {
  (void)state;
  struct line r;
  line_open(&r, SRC "m: {kind: machine, time: 60 s}\n" OUT, NULL,
            "orders: [{product: a, quantity: 1, release: 10 min, due: 11 min}, {product: a, quantity: 2, due: 90 s}]\n");
  line_made_at(&r, NULL, 1, 60);
  line_to(&r, 100);
  CHECK(r.now.line.late_ended, ==, 0);
  CHECK(r.now.line.late_open, ==, 1);
  CHECK_NEAR(r.now.line.delay_open, 10, 1e-9);
  line_made_at(&r, NULL, 2, 120);
  CHECK(r.now.line.late_ended, ==, 1);
  CHECK(r.now.line.late_open, ==, 0);
  CHECK_NEAR(r.now.line.delay_ended, 30, 1e-9);
  line_made_at(&r, NULL, 3, 660);
  line_to(&r, 2000);
  CHECK(r.now.line.late_ended, ==, 1);
  CHECK(r.state, ==, TWIN_PARTS);
  line_close(&r);
}

// released together: the larger priority first, then the file; `every` keeps them apart
static void release_order(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: orders, every: 10 s}\nm: {kind: machine, time: {a: 1 s, b: 2 s, c: 3 s}}\n" OUT, NULL,
            "orders: [{product: a, quantity: 1}, {product: b, quantity: 1, priority: 5}, {product: c, quantity: 1}]\n");
  line_made_at(&r, "m", 1, 12);     // b from 10
  line_made_at(&r, "m", 2, 21);     // a from 20
  line_made_at(&r, "m", 3, 33);     // c from 30
  line_close(&r);
}

// The buffer holds a b b of priorities 0, 1 + 1, 1: the order's priority is added to the part's.
static void priority_in_a_buffer(void **state) {
  (void)state;
  struct line r;
  line_open(&r, SRC "q: {kind: buffer, order: priority}\nm: {kind: machine, time: {a: 10 s, b: 1 s, c: 2 s}}\n" OUT, NULL,
            "parts: {a: {}, b: {priority: 1}, c: {priority: 1}}\n"
            "orders: [{product: a, quantity: 2, release: 0 s}, {product: b, quantity: 1, release: 1 s}, {product: c, quantity: 1, release: 2 s, priority: 1}]\n");
  line_made_at(&r, "m", 1, 10);     // a, alone
  line_made_at(&r, "m", 2, 12);     // c: 2
  line_made_at(&r, "m", 3, 13);     // b: 1
  line_made_at(&r, "m", 4, 23);     // a: 0
  line_close(&r);
}

// A product of two orders is of the one that is due first; scrap ends an order too.
static void products_and_scrap(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            SRC "q: {kind: buffer}\nm: {kind: assembly, needs: {a: 1, b: 1}, makes: product, time: 10 s}\n" OUT
            "bad: {kind: machine, time: 5 s, scrap: 100 %}\n",
            "src -> q\n{path: q -> m, part: a}\n{path: q -> m, part: b}\n{path: q -> bad, part: c}\nbad -> out\nm -> out",
            "orders: [{product: a, quantity: 1, due: 1 h}, {product: b, quantity: 1, due: 9 s}, {product: c, quantity: 1, due: 4 s}]\n");
  line_to(&r, 100);
  CHECK(r.now.line.made, ==, 1);
  CHECK(r.now.line.scrapped, ==, 1);
  CHECK(r.now.line.late_ended, ==, 2);        // b by 1 s at 10, c by 1 s at 5
  CHECK_NEAR(r.now.line.delay_ended, 2, 1e-9);
  line_close(&r);
}

// ---- files ----------------------------------------------------------------------------------------------

static void with_file(const char *csv, char *message, size_t size) {
  static const char yaml[] = "takt: 1\nparts: {a: {}, b: {}}\norders: orders.csv\nstations:\n  src: {kind: source, makes: orders}\n  out: {kind: sink}\nflow: [src -> out]\n";
  char folder[] = "/tmp/takt-orders-XXXXXX", path[64], table[64];
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/x.yaml", folder);
  snprintf(table, sizeof table, "%s/orders.csv", folder);
  struct error e;
  CHECK(file_write(path, yaml, sizeof yaml - 1, &e), ==, STATUS_OK);
  CHECK(file_write(table, csv, strlen(csv), &e), ==, STATUS_OK);
  struct layout l;
  struct faults f;
  faults_init(&f, path, NULL, 0);
  layout_read_file(&l, path, NULL, 0, &f);
  if (f.count > 0) snprintf(message, size, "%s", f.fault[0].text);
  else snprintf(message, size, "%d orders, first %s of %s, due %.0f", l.order_count, l.orders[0].id, l.parts[l.orders[0].product].name, ns_to_seconds(l.orders[0].due));
  faults_finish(&f);
  layout_finish(&l);
  unlink(path);
  unlink(table);
  rmdir(folder);
}

static void orders_from_a_file(void **state) {
  (void)state;
  static const struct { const char *csv, *says; } cases[] = {
    {"product,quantity,release,due,priority,id\na,3,1 h,2 h,0,A1\nb , 2 , 30 min,,4,B7\r\n\n", "2 orders, first B7 of b, due 9223372037"},
    {"\xEF\xBB\xBFid,product,quantity,due\nx,a,1,90\n", "1 orders, first x of a, due 90"},
    {"product,quantity\n", "orders.csv holds no orders"},
    {"product,amount\na,1\n", "orders.csv:1: there is no column amount"},
    {"product,due\na,1\n", "orders.csv:1: the column quantity is missing"},
    {"product,quantity,quantity\na,1,1\n", "orders.csv:1: twice a column quantity"},
    {"product,quantity\na,1\nq,2\n", "orders.csv:3: product: q is no part"},
    {"product,quantity\na,0\n", "orders.csv:2: quantity: 0 is below 1"},
    {"product,quantity\na,1.5\n", "orders.csv:2: quantity: 1.5 is not a whole number"},
    {"product,quantity,due\na,1,soon\n", "orders.csv:2: due: soon"},
    {"product,quantity,due\na,1,-3\n", "orders.csv:2: due: -3 is below 0 s"},
    {"product,quantity,release,due\na,1,2 h,1 h\n", "orders.csv:2: due before it is released"},
    {"product,quantity\na\n", "orders.csv:2: 1 values, but 2 columns"},
    {"product,quantity\na,\n", "orders.csv:2: quantity: "},
    {"", "orders.csv holds no orders"},
  };
  for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
    char message[400];
    with_file(cases[k].csv, message, sizeof message);
    CHECK_HAS(message, cases[k].says);
  }
}

int test_orders(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(released_and_late), cmocka_unit_test(release_order), cmocka_unit_test(priority_in_a_buffer),
    cmocka_unit_test(products_and_scrap), cmocka_unit_test(orders_from_a_file),
  };
  return cmocka_run_group_tests_name("orders", tests, NULL, NULL);
}
