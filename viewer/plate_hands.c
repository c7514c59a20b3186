#include <stdio.h>

#include "viewer/plate_parts.h"

// The moments beside each other; of each its caption.
static void draw_moments(struct look *l, struct canvas *c, const struct plate_hands *s, float x, float y, float w, float h) {
  if (s->moments < 1) return;
  float slot = w / (float)s->moments, zoom = (h - 96) / (float)(s->height * 1.12), wide = slot / 1.05f, ground = y + h - 46;
  if (zoom > wide) zoom = wide;
  draw_line(c, x, ground, x + w, ground, 1.25f, ink(l->theme->line2));
  for (int k = 0; k < s->moments; k++) {
    const struct skeleton_pose *p = &s->moment[k];
    struct skeleton_view v = {x + slot * ((float)k + .5f) - (p->com[0] + .22f) * zoom, ground, zoom, FROM_SIDE};
    skeleton_floor(l, c, s->shape, p, &v, x + slot * (float)k, x + slot * (float)(k + 1));
    skeleton_draw(l, c, s->shape, p, &v);
    draw_text_middle(l->type, c, x + slot * ((float)k + .5f), ground + 26, FACE_MEDIUM, 11.5f, l->theme->ink2, s->caption[k]);
  }
}

// Two bars a row: the robot's dark, a person's grey.
static void draw_bars(struct look *l, struct canvas *c, const struct plate_hands *s, float x, float y, float w, float h) {
  const struct theme *t = l->theme;
  double most = 0;
  for (int i = 0; i < s->bars; i++) {
    most = s->bar[i].value > most ? s->bar[i].value : most;
    most = s->bar[i].person > most ? s->bar[i].person : most;
  }
  if (s->bars < 1 || !(most > 0)) return;
  float row = h / (float)s->bars, from = x + 90, all = w - 90 - 60;
  if (row > 34) row = 34;
  for (int i = 0; i < s->bars; i++, y += row) {
    const struct plate_bar *b = &s->bar[i];
    char words[24];
    draw_text(l->type, c, x, y + row * .62f, FACE_REGULAR, 12, t->ink2, b->name);
    draw_rect(c, from, y + row * .16f, all * (float)(b->value / most), row * .36f, ink(t->ink));
    if (b->person >= 0) draw_rect(c, from, y + row * .56f, all * (float)(b->person / most), row * .24f, ink(t->ink3));
    snprintf(words, sizeof words, "%.2f s", b->value);
    draw_text(l->type, c, from + all * (float)(b->value / most) + 6, y + row * .48f, FACE_SEMIBOLD, 11.5f, t->ink, words);
    if (b->person < 0) continue;
    snprintf(words, sizeof words, "%.2f", b->person);
    draw_text(l->type, c, from + all * (float)(b->person / most) + 6, y + row * .84f, FACE_REGULAR, 10, t->ink3, words);
  }
}

// How far it comes, from the side: bright where it stands upright, dark where it squats.
static void draw_map(struct look *l, struct canvas *c, const struct plate_hands *s, float x, float y, float w, float h) {
  float zoom = (h - 40) / (float)(s->height * 1.12 + .1), wide = w / 1.75f, ground = y + h - 30;
  if (zoom > wide) zoom = wide;
  struct skeleton_view v = {x + .55f * zoom, ground, zoom, FROM_SIDE};
  for (int r = 0; r < s->rows; r++)
    for (int k = 0; k < s->columns; k++) {
      int level = s->level[r * s->columns + k];
      if (level < 0) continue;
      struct point p = skeleton_project(&v, (float[3]){(float)(s->x0 + s->step * k), 0, (float)(s->z0 + s->step * r)});
      float side = (float)s->step * zoom;
      draw_rect(c, p.x - side / 2, p.y - side / 2, side, side, tint(ramp_viridis(1 - (float)level / (float)(s->levels > 1 ? s->levels - 1 : 1)), .75f));
    }
  if (s->moments < 1) return;
  skeleton_floor(l, c, s->shape, &s->moment[0], &v, x, x + w);
  skeleton_draw(l, c, s->shape, &s->moment[0], &v);
  for (int k = 0; k <= 4; k++) {
    char words[16];
    struct point p = skeleton_project(&v, (float[3]){.25f * (float)k, 0, 0});
    snprintf(words, sizeof words, "%.2g m", .25 * k);
    draw_text_middle(l->type, c, p.x, ground + 18, FACE_REGULAR, 10.5f, l->theme->ink3, words);
  }
}

void plate_hands_draw(struct look *l, struct canvas *c, const struct plate_hands *s) {
  plate_head(l, c, &s->plate);
  float top = 70, x = PLATE_MARGIN, w = PLATE_W - 2 * PLATE_MARGIN - PLATE_FACTS - 16, fx = PLATE_W - PLATE_MARGIN - PLATE_FACTS, low = top + 444, rest = PLATE_H - low - PLATE_MARGIN;
  plate_card(l, c, x, top, w, 430, "What it does", "right limbs dark, left ones grey");
  draw_moments(l, c, s, x + 10, top + 20, w - 20, 410);
  float half = s->bars > 0 && s->columns > 0 ? w / 2 - 7 : w;
  if (s->bars > 0) {
    plate_card(l, c, x, low, half, rest, "How long", "dark: the robot \xc2\xb7 grey: a person, MTM-1");
    draw_bars(l, c, s, x + 16, low + 44, half - 32, rest - 60);
  }
  if (s->columns > 0) {
    float mx = s->bars > 0 ? x + half + 14 : x;
    plate_card(l, c, mx, low, half, rest, "How far", "bright: upright \xc2\xb7 dark: bent, squatting");
    draw_map(l, c, s, mx + 16, low + 30, half - 32, rest - 34);
  }
  float fh = 40 + 21 * (float)s->plate.facts + (s->plate.caution ? 60 : 0) + 10;
  plate_card(l, c, fx, top, PLATE_FACTS, fh, "In numbers", NULL);
  plate_facts(l, c, fx + 14, top + 50, PLATE_FACTS - 28, &s->plate);
}

static void draw_hands(struct look *l, struct canvas *c, const void *s) { plate_hands_draw(l, c, s); }
enum status plate_hands_write(const struct plate_hands *s, const char *path, struct error *e) { return plate_write(path, e, draw_hands, s); }
