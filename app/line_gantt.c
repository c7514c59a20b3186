#include "app/line_gantt.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/gantt.h"

#define BARS_MAX 400000             // pieces of work are then told together, or no more

struct line_gantt {
  const struct layout *layout;
  struct bars bars;
  int32_t *row_of;                  // first row of each station: plan and work of its first server; NONE
  int32_t  rows;
  struct gantt_bar *bar; int32_t count, room;
  int32_t *last;                    // bar of each row that was told last, NONE
  int32_t  planned;
};

// Pieces of work that follow each other on one machine for one order are one bar: b becomes a part of a.
static bool join(struct gantt_bar *a, const struct gantt_bar *b) {
  if (a->row != b->row || a->label != b->label || b->begin < a->begin || b->begin - a->end >= 0.05) return false;
  if (b->end > a->end) a->end = b->end;
  a->parts += b->parts;
  return true;
}

static void tell(void *context, const struct bar *b) {
  struct line_gantt *g = context;
  int32_t row = g->row_of[b->station] + 2 * b->server + !b->planned;
  struct gantt_bar bar = {row, b->order, b->parts, ns_to_seconds(b->begin), ns_to_seconds(b->end)};
  g->planned += b->planned;
  if (g->last[row] != NONE && join(&g->bar[g->last[row]], &bar)) return;
  if (g->count == BARS_MAX) return;
  if (g->count == g->room) {
    g->room = g->room ? 2 * g->room : 1024;
    g->bar = realloc(g->bar, sizeof *g->bar * (size_t)g->room);
    assert(g->bar);
  }
  g->last[row] = g->count;
  g->bar[g->count++] = bar;
}

struct line_gantt *line_gantt_create(const struct layout *l) {
  struct line_gantt *g = calloc(1, sizeof *g);
  if (!g) return NULL;
  g->layout = l;
  g->bars = (struct bars){tell, g};
  g->row_of = calloc((size_t)l->station_count + 1, sizeof *g->row_of);
  assert(g->row_of);
  for (int s = 0; s < l->station_count; s++) {
    enum station_kind k = l->stations[s].kind;
    bool works = k >= STATION_MACHINE && k <= STATION_INSPECTION && k != STATION_CONVEYOR;
    g->row_of[s] = works ? g->rows : NONE;
    if (works) g->rows += 2 * l->stations[s].servers;
  }
  g->last = calloc((size_t)g->rows + 1, sizeof *g->last);
  assert(g->last);
  for (int32_t k = 0; k < g->rows; k++) g->last[k] = NONE;
  return g;
}

void line_gantt_destroy(struct line_gantt *g) {
  if (!g) return;
  free(g->row_of);
  free(g->last);
  free(g->bar);
  free(g);
}

const struct bars *line_gantt_bars(struct line_gantt *g) { return &g->bars; }

static int by_row(const void *a, const void *b) {
  const struct gantt_bar *x = a, *y = b;
  if (x->row != y->row) return x->row < y->row ? -1 : 1;
  if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
  return x->label < y->label ? -1 : x->label > y->label;
}

static void tell_clock(char *text, size_t size, double seconds) {
  long s = (long)(seconds + 0.5);
  snprintf(text, size, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

enum status line_gantt_write(struct line_gantt *g, const char *path, struct error *e) {
  const struct layout *l = g->layout;
  if (g->planned == 0)
    return error_at(e, STATUS_CONFLICT, l->file, 0, 0, "there is no plan to draw: one is made by the policy lookahead when orders go through machines, each product by one way");
  typedef char name[96];
  name *names = calloc((size_t)g->rows, sizeof *names), *labels = calloc((size_t)l->order_count, sizeof *labels);
  const char **row = calloc((size_t)g->rows, sizeof *row), **label = calloc((size_t)l->order_count, sizeof *label);
  assert(names && labels && row && label);
  for (int s = 0; s < l->station_count; s++)
    for (int32_t k = 0; g->row_of[s] != NONE && k < l->stations[s].servers; k++) {
      char *plan = names[g->row_of[s] + 2 * k], *work = names[g->row_of[s] + 2 * k + 1];
      if (l->stations[s].servers > 1) snprintf(plan, sizeof(name), "%.60s %d", l->stations[s].name, k + 1);
      else snprintf(plan, sizeof(name), "%.60s", l->stations[s].name);
      snprintf(work, sizeof(name), "work");
    }
  for (int32_t k = 0; k < g->rows; k++) row[k] = names[k];
  for (int k = 0; k < l->order_count; k++) {
    if (l->orders[k].id[0]) snprintf(labels[k], sizeof(name), "%.80s", l->orders[k].id);
    else snprintf(labels[k], sizeof(name), "%d", k + 1);
    label[k] = labels[k];
  }
  double *due = calloc((size_t)l->order_count, sizeof *due);
  assert(due);
  for (int k = 0; k < l->order_count; k++) due[k] = l->orders[k].due == NS_NEVER ? -1 : ns_to_seconds(l->orders[k].due);
  double last[2] = {0, 0};          // of work as it was, of the plan
  for (int32_t k = 0; k < g->count; k++) {
    double *end = &last[g->bar[k].row % 2 == 0];
    if (g->bar[k].end > *end) *end = g->bar[k].end;
  }
  char planned[32], worked[32], answer[160];
  tell_clock(planned, sizeof planned, last[1]);
  tell_clock(worked, sizeof worked, last[0]);
  snprintf(answer, sizeof answer, "Planned to be done at %s, last work ended at %s.", planned, worked);
  qsort(g->bar, (size_t)g->count, sizeof *g->bar, by_row);
  int32_t bars = 0;
  for (int32_t k = 0; k < g->count; k++)
    if (bars == 0 || !join(&g->bar[bars - 1], &g->bar[k])) g->bar[bars++] = g->bar[k];
  g->count = bars;
  char more[200];
  snprintf(more, sizeof more, "%d orders; for each machine the plan made at the start, and below it its work.", l->order_count);
  struct gantt_line page = {.title = l->name && l->name[0] ? l->name : l->file, .answer = answer, .more = more, .rows = g->rows, .labels = l->order_count,
                            .bars = g->count, .row = row, .label = label, .due = due, .bar = g->bar};
  enum status s = gantt_write_line(path, &page, e);
  free(names);
  free(labels);
  free(row);
  free(label);
  free(due);
  return s;
}
