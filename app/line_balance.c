#include "app/line_balance.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/interrupt.h"
#include "app/output.h"
#include "app/wall_clock.h"
#include "base/json.h"
#include "scheduler/line_balance.h"

static bool proved(const struct line_balance *b, bool for_takt) { return b->bound == (for_takt ? b->takt : b->stations); }

static void print_json(const struct line *l, const struct line_balance *b, bool for_takt, double seconds) {
  struct json j;
  json_init(&j, false);
  json_object(&j);
  json_key(&j, "stations");
  json_integer(&j, b->stations);
  json_key(&j, "takt");
  json_integer(&j, b->takt);
  json_key(&j, "minimised");
  json_text(&j, for_takt ? "takt" : "stations");
  json_key(&j, "lower_bound");
  json_integer(&j, b->bound);
  json_key(&j, "optimal");
  json_bool(&j, proved(b, for_takt));
  json_key(&j, "time_s");
  json_number(&j, seconds);
  json_key(&j, "complete");
  json_bool(&j, !interrupted);
  json_key(&j, "tasks");
  json_list(&j);
  for (int32_t i = 0; i < l->n; i++) {
    json_object(&j);
    json_key(&j, "task");
    json_integer(&j, i + 1);
    json_key(&j, "station");
    json_integer(&j, b->station[i] + 1);
    json_key(&j, "time");
    json_integer(&j, l->time[i]);
    json_object_end(&j);
  }
  json_list_end(&j);
  json_object_end(&j);
  puts(j.text);
  json_finish(&j);
}

static void print_table(const char *file, const struct line *l, const struct line_balance *b, bool for_takt, double seconds) {
  int64_t work = 0;
  for (int32_t i = 0; i < l->n; i++) work += l->time[i];
  printf("%s: %d tasks, %d precedences, %" PRId64 " of work\n\n", file, l->n, l->arcs, work);
  printf("  stations      %10d%s\n", b->stations, for_takt ? "" : proved(b, false) ? "   proved fewest" : "");
  printf("  takt          %10" PRId64 "%s\n", b->takt, for_takt && proved(b, true) ? "   proved shortest" : "");
  printf("  lower bound   %10" PRId64 "   of the %s\n", b->bound, for_takt ? "takt" : "stations");
  printf("  efficiency    %10.1f %%\n", b->takt > 0 ? 100.0 * (double)work / ((double)b->takt * b->stations) : 0.0);
  printf("  time          %10.2f s\n\n  station     load  tasks\n", seconds);
  for (int32_t k = 0; k < b->stations; k++) {
    int64_t load = 0;
    for (int32_t i = 0; i < l->n; i++)
      if (b->station[i] == k) load += l->time[i];
    printf("  %7d %8" PRId64 " ", k + 1, load);
    for (int32_t i = 0; i < l->n; i++)
      if (b->station[i] == k) printf(" %d", i + 1);
    printf("\n");
  }
  if (interrupted) printf("\nIncomplete: interrupted, this is the best so far.\n");
}

int schedule_line(const char *file, const char *text, size_t size, const struct line_order *o) {
  struct line l;
  struct error e = {0};
  if (line_read(&l, file, text, size, &e) != STATUS_OK) return output_error("schedule", &e);
  struct line_search how = line_balance_defaults();
  how.stop = o->stop;
  how.context = o->context;
  double begun = wall_clock();
  bool for_takt = o->stations > 0;
  int64_t takt = o->takt > 0 ? o->takt : l.takt;
  enum status status = STATUS_OK;
  for (int32_t i = 0; i < l.n && !for_takt && status == STATUS_OK; i++)
    if (takt > 0 && l.time[i] > takt)
      status = error_at(&e, STATUS_RANGE, file, 0, 0, "task %d takes %d, longer than the takt of %" PRId64, i + 1, l.time[i], takt);
  if (!for_takt && takt == 0) status = error_at(&e, STATUS_USAGE, file, 0, 0, "names no cycle time: say --takt T, or --stations N");
  assert(l.n >= 1);
  struct line_balance b = {.station = calloc((size_t)l.n, sizeof *b.station)};
  int32_t *station = b.station;
  if (status == STATUS_OK) {
    status = station == NULL ? STATUS_MEMORY : for_takt ? line_balance_takt(&l, (int32_t)o->stations, &how, &b) : line_balance_stations(&l, takt, &how, &b);
    if (status != STATUS_OK) error_at(&e, status, file, 0, 0, "out of memory");
  }
  int code = interrupted ? 130 : 0;
  if (status != STATUS_OK) code = output_error("schedule", &e);
  else if (o->json) print_json(&l, &b, for_takt, wall_clock() - begun);
  else print_table(file, &l, &b, for_takt, wall_clock() - begun);
  free(station);
  line_finish(&l);
  return code;
}
