#include "engine/measure/density.h"

#include <stdio.h>

#include "base/maths.h"

#define MEETING 1.0                 // s    lost by each of two who meet; a guess, some 1.1 s in the halls of takt bench
#define RADIUS  0.3                 // m    of a footprint
#define SPEED   1.3                 // m/s  of those who walk

static double area_of(const struct layout *l) {
  double area = l->size[0] * l->size[1];
  for (int s = 0; s < l->station_count; s++)
    if (l->stations[s].placed && l->stations[s].kind != STATION_DOCK) area -= l->stations[s].size[0] * l->stations[s].size[1];
  for (int i = 0; i < l->obstacle_count; i++) {
    const struct polygon *g = &l->obstacles[i].area;
    double twice = 0;
    for (int k = 0; k < g->count; k++) {
      const double *a = g->point[k], *b = g->point[(k + 1) % g->count];
      twice += a[0] * b[1] - a[1] * b[0];
    }
    area -= (twice < 0 ? -twice : twice) / 2;
  }
  return area > 1 ? area : 1;
}

double density_traffic(const struct outcome *o) {
  const struct layout *l = o->index->layout;
  if (!l->has_floor) return 0;
  double walking = 0, robots = 0;
  for (int f = 0; f < l->fleet_count; f++) {
    char path[160];
    snprintf(path, sizeof path, "robots.%s.walking", l->fleets[f].name);
    double share = outcome_mean(o, path);
    if (!(share > 0)) share = 0;
    walking += share * l->fleets[f].count;
    robots += l->fleets[f].count;
  }
  if (walking < 1 || robots < 2) return 0;
  double others = (walking - walking / robots) / area_of(l), meetings = others * 4 * RADIUS * SPEED * 4 / M_PI_D;
  return walking / robots * meetings * MEETING;
}
