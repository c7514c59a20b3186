// libFuzzer target: any bytes as an assembly line. What is accepted is balanced for a takt that fits, with a narrow search.
// How to build it: tests/fuzz/README.
#include <stdint.h>
#include <stdlib.h>

#include "scheduler/line_balance.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct line l;
  struct error e = {0};
  if (line_read(&l, "fuzz.alb", (const char *)data, size, &e) != STATUS_OK) {
    if (e.text[0] == 0) abort();
    return 0;
  }
  int64_t takt = l.takt > 0 ? l.takt : 1;
  for (int32_t i = 0; i < l.n; i++) takt = l.time[i] > takt ? l.time[i] : takt;
  struct line_search how = {.width_max = 10};
  struct line_balance b = {.station = calloc((size_t)l.n, sizeof *b.station)};
  int32_t *station = b.station;
  if (station == NULL || (l.n <= 200 && line_balance_stations(&l, takt, &how, &b) != STATUS_OK)) abort();
  if (l.n <= 200 && (b.bound > b.stations || b.stations < 1)) abort();
  free(station);
  line_finish(&l);
  return 0;
}
