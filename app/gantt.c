#include "app/gantt.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/gantt_page.h"
#include "base/tree.h"

static void put_escaped(FILE *out, const char *text) {
  for (; *text; text++) {
    switch (*text) {
      case '&': fputs("&amp;", out); break;
      case '<': fputs("&lt;", out); break;
      case '>': fputs("&gt;", out); break;
      case '"': fputs("&quot;", out); break;
      default:  fputc(*text, out);
    }
  }
}

// how long an operation may slip without a longer schedule
static void find_slack(const struct shop *s, const struct shop_plan *p, const int32_t *start, int32_t *slack) {
  int32_t *due = malloc((size_t)s->machines * sizeof *due);
  assert(due);
  for (int32_t m = 0; m < s->machines; m++) due[m] = p->makespan;
  for (int32_t i = s->ops - 1; i >= 0; i--) {
    int32_t v = p->order[i], latest = due[p->machine[v]];
    if (s->job[v + 1] >= 0 && start[v + 1] + slack[v + 1] < latest) latest = start[v + 1] + slack[v + 1];
    slack[v] = latest - p->time[v] - start[v];
    due[p->machine[v]] = start[v] + slack[v];
  }
  free(due);
}

static void put_data(FILE *out, const struct shop *s, const struct shop_plan *p, const int32_t *start, const int32_t *slack, int32_t bound) {
  fprintf(out, "<script>\nconst D={jobs:%d,machines:%d,makespan:%d,bound:%d,ops:[", s->jobs, s->machines, p->makespan, bound);
  // job, operation, machine, start, end, slack; in order of start on every machine
  for (int32_t i = 0; i < s->ops; i++) {
    int32_t v = p->order[i];
    fprintf(out, "%s[%d,%d,%d,%d,%d,%d]", i ? "," : "", s->job[v], v - s->first[s->job[v]], p->machine[v], start[v], start[v] + p->time[v], slack[v]);
  }
  fputs("]};\n", out);
}

// The page around the data; data writes its own script.
static enum status write_page(const char *path, const char *title, void (*data)(FILE *out, const void *context), const void *context, struct error *e) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (!out) return error_at(e, STATUS_MEMORY, path, 0, 0, "out of memory");
  fputs("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n<title>", out);
  put_escaped(out, title);
  fputs("</title>\n", out);
  fputs(gantt_page_style, out);
  fputs("<header><div class=\"mark\"><b>Takt</b><span>schedule</span></div><div class=\"file\">", out);
  put_escaped(out, title);
  fputs("</div></header>\n", out);
  fputs(gantt_page_body, out);
  data(out, context);
  fputs(gantt_page_script, out);
  bool failed = fclose(out) != 0;
  enum status status = failed ? error_at(e, STATUS_MEMORY, path, 0, 0, "out of memory") : file_write(path, text, size, e);
  free(text);
  return status;
}

struct shop_data { const struct shop *shop; const struct shop_plan *plan; const int32_t *start, *slack; int32_t bound; };

static void put_shop(FILE *out, const void *context) {
  const struct shop_data *d = context;
  put_data(out, d->shop, d->plan, d->start, d->slack, d->bound);
}

enum status gantt_write(const char *path, const char *title, const struct shop *s, const struct shop_plan *p, const int32_t *start, int32_t bound, struct error *e) {
  int32_t *slack = calloc((size_t)s->nodes, sizeof *slack);
  if (!slack) return error_at(e, STATUS_MEMORY, path, 0, 0, "out of memory");
  find_slack(s, p, start, slack);
  struct shop_data d = {s, p, start, slack, bound};
  enum status status = write_page(path, title, put_shop, &d, e);
  free(slack);
  return status;
}

static void put_string(FILE *out, const char *text) {
  fputc('"', out);
  // names are letters, digits, - and _; an order's id may be anything
  for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
    if (*p == '"' || *p == '\\' || *p == '<' || *p == '>' || *p == '&' || *p < 32) fprintf(out, "\\u%04x", *p);
    else fputc(*p, out);
  }
  fputc('"', out);
}

static void put_line(FILE *out, const void *context) {
  const struct gantt_line *g = context;
  double end = 1;
  for (int32_t k = 0; k < g->bars; k++) end = g->bar[k].end > end ? g->bar[k].end : end;
  fprintf(out, "<script>\nconst D={jobs:%d,machines:%d,makespan:%.1f,bound:%.1f,answer:", g->labels, g->rows, end, end);
  put_string(out, g->answer);
  fputs(",more:", out);
  put_string(out, g->more);
  fputs(",names:[", out);
  for (int32_t k = 0; k < g->rows; k++) fputs(k ? "," : "", out), put_string(out, g->row[k]);
  fputs("],labels:[", out);
  for (int32_t k = 0; k < g->labels; k++) fputs(k ? "," : "", out), put_string(out, g->label[k]);
  fputs("],due:[", out);
  for (int32_t k = 0; k < g->labels; k++) fprintf(out, "%s%.1f", k ? "," : "", g->due[k]);
  fputs("],ops:[", out);
  for (int32_t k = 0; k < g->bars; k++)
    fprintf(out, "%s[%d,%d,%d,%.1f,%.1f,1]", k ? "," : "", g->bar[k].label, g->bar[k].parts, g->bar[k].row, g->bar[k].begin, g->bar[k].end);
  fputs("]};\n", out);
}

enum status gantt_write_line(const char *path, const struct gantt_line *g, struct error *e) { return write_page(path, g->title, put_line, g, e); }
