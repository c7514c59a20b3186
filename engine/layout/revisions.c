#include "engine/layout/revisions.h"

#include <string.h>

static bool brings(const struct happening *h, int fleet) { return h->kind == HAPPENING_UPDATE && h->fleet == fleet; }

int layout_revisions(const struct layout *l, struct fleet_revision *out) {
  int n = 0;
  for (int f = 0; f < l->fleet_count; f++) {
    const char *own = l->fleets[f].revision ? l->fleets[f].revision : "";
    bool updated = false;
    for (int h = 0; h < l->happening_count; h++) {
      if (!brings(&l->happenings[h], f)) continue;
      const char *name = l->happenings[h].revision;
      if (!updated) {
        if (out) out[n] = (struct fleet_revision){f, own};
        n++;
        updated = true;
      }
      bool known = strcmp(name, own) == 0;
      for (int k = 0; k < h && !known; k++) known = brings(&l->happenings[k], f) && strcmp(l->happenings[k].revision, name) == 0;
      if (known) continue;
      if (out) out[n] = (struct fleet_revision){f, name};
      n++;
    }
  }
  return n;
}
