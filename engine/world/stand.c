#include "engine/world/stand.h"

#include <assert.h>

#include "base/maths.h"
#include "engine/world/geometry.h"

#define STAND_GAP  0.15             // m    between the walker and what it works at
#define BELT_WIDTH 0.5              // m    when the layout gives none

double conveyor_width(const struct station *s) {
  return s->size[1] > 0 ? s->size[1] : BELT_WIDTH;
}

void conveyor_point(const struct station *s, double along, double out[2], double heading[2]) {
  assert(s->path_count >= 2);
  for (int i = 0; i + 1 < s->path_count; i++) {
    const double *a = s->path[i], *b = s->path[i + 1];
    double l = geo_distance(a, b);
    if (l <= 0) continue;
    heading[0] = (b[0] - a[0]) / l;
    heading[1] = (b[1] - a[1]) / l;
    double t = along < 0 ? 0 : along > l ? l : along;
    out[0] = a[0] + t * heading[0];
    out[1] = a[1] + t * heading[1];
    if (along <= l) return;
    along -= l;
  }
}

bool conveyor_near(const struct station *s, const double p[2], double distance, double *along) {
  double done = 0, least = 2 * distance + 1;
  for (int i = 0; i + 1 < s->path_count; i++) {
    const double *a = s->path[i], *b = s->path[i + 1];
    double l = geo_distance(a, b), apart = geo_segment_distance(p, a, b);
    if (l > 0 && apart < least) {
      double t = ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / l;
      least = apart;
      *along = done + (t < 0 ? 0 : t > l ? l : t);
    }
    done += l;
  }
  return least <= distance;
}

void conveyor_stand(const struct station *s, double along, bool left, double radius, double out[2]) {
  double p[2], e[2], away = conveyor_width(s) / 2 + radius + STAND_GAP;
  conveyor_point(s, along, p, e);
  out[0] = p[0] + (left ? -away : away) * e[1];
  out[1] = p[1] + (left ? away : -away) * e[0];
}

void station_stand(const struct station *s, double radius, double out[2]) {
  if (s->kind == STATION_CONVEYOR && s->path_count >= 2) {
    // half-way, on the side that `facing` looks to; along the belt itself: on its right
    double total = 0, p[2], e[2], c, n;
    for (int i = 0; i + 1 < s->path_count; i++) total += geo_distance(s->path[i], s->path[i + 1]);
    conveyor_point(s, total / 2, p, e);
    m_sincos(s->facing, &n, &c);
    conveyor_stand(s, total / 2, e[0] * n - e[1] * c > 1e-9, radius, out);
    return;
  }
  double c, n, away = s->kind == STATION_DOCK ? 0 : s->size[0] / 2 + radius + STAND_GAP;
  m_sincos(s->facing, &n, &c);
  out[0] = s->at[0] + away * c;
  out[1] = s->at[1] + away * n;
}

void station_slot(const struct station *s, int slot, double radius, double out[2]) {
  double c, n, x, y, gap = 2 * radius + 0.1;
  int places = s->place_count > 0 ? s->place_count : 1, k = slot % places;
  m_sincos(s->facing, &n, &c);
  if (s->kind == STATION_DOCK) {
    // rows that fill its area, as square as the area is
    int columns = 1;
    while (columns < places && (double)columns * columns * s->size[1] < places * s->size[0]) columns++;
    int rows = (places + columns - 1) / columns;
    x = s->size[0] * ((k % columns + 0.5) / columns - 0.5);
    y = s->size[1] * ((k / columns + 0.5) / rows - 0.5);
  } else {
    x = s->size[0] / 2 + radius + STAND_GAP;
    y = gap * (k - (places - 1) / 2.0);
  }
  out[0] = s->at[0] + c * x - n * y;
  out[1] = s->at[1] + n * x + c * y;
}
