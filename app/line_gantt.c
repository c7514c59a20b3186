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

// Pieces of work that follow each other on one machine for one order are one bar.
static void tell(void *context, const struct bar *b) {
  struct line_gantt *g = context;
  int32_t row = g->row_of[b->station] + 2 * b->server + !b->planned;
  double begin = ns_to_seconds(b->begin), end = ns_to_seconds(b->end);
  struct gantt_bar *last = g->last[row] == NONE ? NULL : &g->bar[g->last[row]];
  g->planned += b->planned;
  if (last && last->label == b->order && begin - last->end < 0.05 && begin >= last->begin) {
    last->end = end;
    last->parts += b->parts;
    return;
  }
  if (g->count == BARS_MAX) return;
  if (g->count == g->room) {
    g->room = g->room ? 2 * g->room : 1024;
    g->bar = realloc(g->bar, sizeof *g->bar * (size_t)g->room);
    assert(g->bar);
  }
  g->last[row] = g->count;
  g->bar[g->count++] = (struct gantt_bar){row, b->order, b->parts, begin, end};
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

enum status line_gantt_write(const struct line_gantt *g, const char *path, struct error *e) {
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
      if (l->stations[s].servers > 1) snprintf(plan, sizeof(name), "%.60s %d, plan", l->stations[s].name, k + 1);
      else snprintf(plan, sizeof(name), "%.60s, plan", l->stations[s].name);
      snprintf(work, sizeof(name), "work");
    }
  for (int32_t k = 0; k < g->rows; k++) row[k] = names[k];
  for (int k = 0; k < l->order_count; k++) {
    if (l->orders[k].id[0]) snprintf(labels[k], sizeof(name), "%.80s", l->orders[k].id);
    else snprintf(labels[k], sizeof(name), "%d", k + 1);
    label[k] = labels[k];
  }
  qsort(g->bar, (size_t)g->count, sizeof *g->bar, by_row);
  char more[200];
  snprintf(more, sizeof more, "%d orders; for each machine the plan made at the start, and below it its work. Times in seconds.", l->order_count);
  struct gantt_line page = {.title = l->name && l->name[0] ? l->name : l->file, .answer = "Planned against actual", .more = more, .rows = g->rows, .labels = l->order_count,
                            .bars = g->count, .row = row, .label = label, .bar = g->bar};
  enum status s = gantt_write_line(path, &page, e);
  free(names);
  free(labels);
  free(row);
  free(label);
  return s;
}
