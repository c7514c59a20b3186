#include "app/progress.h"

#include <stdio.h>

#include "app/wall_clock.h"

void progress_begin(struct progress *p, bool on, const char *what) {
  *p = (struct progress){.on = on, .begun = wall_clock(), .what = what};
  p->shown = p->begun;
}

void progress_show(void *context, double share) {
  struct progress *p = context;
  if (!p->on) return;
  double now = wall_clock();
  if (now - p->shown < 0.2) return;
  p->shown = now;
  double left = share > 0 ? (now - p->begun) / share * (1 - share) : 0;
  p->width = fprintf(stderr, "\r%s %3.0f %%, %.0f s left ", p->what, 100 * share, left);
  fflush(stderr);
}

void progress_end(struct progress *p) {
  if (p->on && p->width > 0) fprintf(stderr, "\r%*s\r", p->width, "");
  p->width = 0;
}
