#include <stdio.h>

#include "viewer/plate_parts.h"

#define MOST 32                     // poses in a row

// how far a pose comes behind and ahead of its centre of mass from the side, m
static void extent_of(const struct skeleton *s, const struct skeleton_pose *p, float *behind, float *ahead) {
  float low = p->com[0], high = p->com[0];
  for (int i = 0; i < s->points; i++) {
    float r = i == s->head ? s->head_radius : .03f;
    low = p->point[i][0] - r < low ? p->point[i][0] - r : low;
    high = p->point[i][0] + r > high ? p->point[i][0] + r : high;
  }
  for (int f = 0; f < 2 && p->feet; f++)
    for (int k = 0; k < 6; k++) {
      low = p->sole[f][k][0] < low ? p->sole[f][k][0] : low;
      high = p->sole[f][k][0] > high ? p->sole[f][k][0] : high;
    }
  *behind = p->com[0] - low;
  *ahead = high - p->com[0];
}

void plate_moments(struct look *l, struct canvas *c, const struct skeleton *shape, const struct skeleton_pose *moment, const char (*words)[40], int n, double height,
                   float x, float y, float w, float h) {
  const struct theme *t = l->theme;
  float behind[MOST], ahead[MOST], whole = 0, gap = 8;
  if (n > MOST) n = MOST;
  if (n < 1) return;
  x += 16;
  w -= 32;
  for (int k = 0; k < n; k++) {
    extent_of(shape, &moment[k], &behind[k], &ahead[k]);
    whole += behind[k] + ahead[k];
  }
  float zoom = (h - 88) / (float)(height * 1.05), wide = (w - gap * (float)(n - 1)) / whole, ground = y + h - 38;
  if (zoom > wide) zoom = wide;
  float room = (w - zoom * whole) / (float)n, at = x;
  draw_line(c, x, ground, x + w, ground, 1.25f, ink(t->line2));
  for (int k = 0; k < n; k++) {
    const struct skeleton_pose *p = &moment[k];
    float slot = zoom * (behind[k] + ahead[k]) + room, middle = at + room / 2 + zoom * behind[k];
    struct skeleton_view v = {middle - p->com[0] * zoom, ground, zoom, FROM_SIDE};
    skeleton_floor(l, c, shape, p, &v, at, at + slot);
    skeleton_draw(l, c, shape, p, &v);
    draw_text_middle(l->type, c, middle, ground + 24, FACE_MEDIUM, 11, t->ink2, words[k]);
    at += slot;
  }
}
