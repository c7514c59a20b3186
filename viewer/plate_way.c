#include <stdio.h>

#include "viewer/plate_parts.h"

// Soles as outlines, those of jogging steps filled, along the length of the way.
static void draw_prints(struct look *l, struct canvas *c, const struct plate_way *s, float x, float y, float w, float h) {
  const struct theme *t = l->theme;
  float zoom = w / (float)(s->length + 1.0), middle = y + h / 2, from = x + .5f * zoom, wide = zoom > 60 ? zoom : 60;
  draw_hline(c, x, x + w, middle, ink(t->line));
  for (int i = 0; i < s->prints; i++) {
    const struct plate_print *p = &s->print[i];
    float left = from + (p->x + s->heel) * zoom, width = (s->toe - s->heel) * zoom, top = middle - p->y * wide - s->half_width * wide;
    struct point q[4] = {{left, top}, {left + width, top}, {left + width, top + 2 * s->half_width * wide}, {left, top + 2 * s->half_width * wide}};
    if (p->jogs) draw_rect(c, left, top, width, 2 * s->half_width * wide, tint(t->accent, .35f));
    draw_outline(c, q, 4, 1.2f, ink(p->jogs ? t->accent : t->ink2));
  }
  double step = s->length > 20 ? 5 : s->length > 8 ? 2 : 1;
  for (double m = 0; m <= s->length; m += step) {
    char words[16];
    snprintf(words, sizeof words, "%g m", m);
    draw_text_middle(l->type, c, from + (float)m * zoom, y + h, FACE_REGULAR, 10.5f, t->ink3, words);
  }
}

void plate_way_draw(struct look *l, struct canvas *c, const struct plate_way *s) {
  static const char *const titles[2] = {"Getting going", "Coming to rest"};
  plate_head(l, c, &s->plate);
  float top = 70, x = PLATE_MARGIN, w = PLATE_W - 2 * PLATE_MARGIN - PLATE_FACTS - 16, fx = PLATE_W - PLATE_MARGIN - PLATE_FACTS, row = 290;
  for (int i = 0; i < 2; i++) {
    float y = top + (float)i * (row + 14);
    plate_card(l, c, x, y, w, row, titles[i], i ? NULL : "right limbs dark, left ones grey \xc2\xb7 arc: torque over its limit");
    plate_moments(l, c, s->shape, s->moment[i], s->words[i], s->moments[i], s->height, x + 10, y + 10, w - 20, row - 10);
  }
  float y = top + 2 * (row + 14);
  plate_card(l, c, x, y, w, 104, "Footsteps from above", "filled: jogging");
  draw_prints(l, c, s, x + 20, y + 36, w - 40, 56);
  y += 118;
  float rest = PLATE_H - y - PLATE_MARGIN, third = (w - 28 - 2 * 40) / 3;
  plate_card(l, c, x, y, w, rest, "Over its time", NULL);
  const char *const names[3] = {"Speed", "Force of the floor", "Power"}, *const units[3] = {"m/s, of the root", "N, up", "W from the battery"};
  const float *const value[3] = {s->speed, s->force, s->power};
  for (int i = 0; i < 3; i++) plate_graph(l, c, x + 60 + (float)i * (third + 28), y + 56, third - 40, rest - 92, value[i], s->samples, s->time, names[i], units[i]);
  float fh = 40 + 21 * (float)s->plate.facts + (s->plate.caution ? 60 : 0) + 10;
  plate_card(l, c, fx, top, PLATE_FACTS, fh, "This way", NULL);
  plate_facts(l, c, fx + 14, top + 50, PLATE_FACTS - 28, &s->plate);
}

static void draw_way(struct look *l, struct canvas *c, const void *s) { plate_way_draw(l, c, s); }
enum status plate_way_write(const struct plate_way *s, const char *path, struct error *e) { return plate_write(path, e, draw_way, s); }
