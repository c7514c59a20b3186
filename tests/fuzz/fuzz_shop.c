// libFuzzer target: any bytes as a job shop (first byte even) or a flexible one. What is accepted is bounded,
// searched for a few iterations, and the plan must hold together. How to build it: tests/fuzz/README.
#include <stdint.h>
#include <stdlib.h>

#include "scheduler/shop_read.h"
#include "scheduler/shop_search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  struct shop s;
  struct error e = {0};
  enum status status = shop_read(&s, data[0] % 2 ? "fuzz.fjs" : "fuzz.jsp", (const char *)data + 1, size - 1, &e);
  if (status != STATUS_OK) {
    if (e.text[0] == 0) abort();
    return 0;
  }
  struct shop_search how = shop_search_defaults();
  how.threads = 1;
  how.iterations = 200;
  how.bound_work = 100000;
  struct shop_plan p;
  struct shop_found found;
  int32_t *start = calloc((size_t)s.nodes, sizeof *start);
  if (start == NULL || !shop_plan_make(&p, &s)) abort();
  if (shop_optimise(&s, &how, &p, &found) != STATUS_OK) abort();
  if (shop_plan_times(&p, &s, start) != p.makespan || found.bound > p.makespan) abort();
  shop_plan_finish(&p);
  free(start);
  shop_finish(&s);
  return 0;
}
