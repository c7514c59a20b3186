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

enum status gantt_write(const char *path, const char *title, const struct shop *s, const struct shop_plan *p, const int32_t *start, int32_t bound, struct error *e) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  int32_t *slack = calloc((size_t)s->nodes, sizeof *slack);
  if (out == NULL || slack == NULL) {
    if (out) fclose(out);
    free(text);
    free(slack);
    return error_at(e, STATUS_MEMORY, path, 0, 0, "out of memory");
  }
  find_slack(s, p, start, slack);
  fputs("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n<title>", out);
  put_escaped(out, title);
  fputs("</title>\n", out);
  fputs(gantt_page_style, out);
  fputs("<header><div class=\"mark\"><b>Takt</b><span>schedule</span></div><div class=\"file\">", out);
  put_escaped(out, title);
  fputs("</div></header>\n", out);
  fputs(gantt_page_body, out);
  put_data(out, s, p, start, slack, bound);
  fputs(gantt_page_script, out);
  bool failed = fclose(out) != 0;
  enum status status = failed ? error_at(e, STATUS_MEMORY, path, 0, 0, "out of memory") : file_write(path, text, size, e);
  free(text);
  free(slack);
  return status;
}
