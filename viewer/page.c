#include "viewer/page.h"

#include <stdio.h>
#include <string.h>

#define LINES 6

void page_rule(struct page *k, float before, float after) {
  k->y += before;
  draw_hline(k->c, k->x0, k->x1, k->y, ink(k->r->look.theme->line));
  k->y += after;
}

void page_heading(struct page *k, const char *word, const char *value) {
  const struct theme *t = k->r->look.theme;
  draw_text(k->r->look.type, k->c, k->x0, k->y, FACE_SEMIBOLD, 11, t->ink2, word);
  if (value) draw_text_right(k->r->look.type, k->c, k->x1, k->y, FACE_REGULAR, 11, t->ink2, value);
  k->y += 18;
}

void page_row(struct page *k, const char *word, const char *value) {
  const struct theme *t = k->r->look.theme;
  draw_text(k->r->look.type, k->c, k->x0, k->y, FACE_REGULAR, 11, t->ink3, word);
  float w = text_width(k->r->look.type, k->c, FACE_MEDIUM, 12, value), room = k->x1 - k->x0 - 84;
  draw_text_fit(k->r->look.type, k->c, w < room ? k->x1 - w : k->x0 + 84, k->y, room + 1, FACE_MEDIUM, 12, t->ink, value);
  k->y += 18;
}

void page_words(struct page *k, float size, uint32_t colour, const char *text) {
  char line[256];
  size_t n = 0;
  while (*text == ' ') text++;
  for (int lines = 0; *text && lines < LINES; lines++) {
    size_t fits = 0;
    // word by word until it is too long; the last line takes the rest and is cut
    for (n = 0; text[n] && n < sizeof line - 1 && lines + 1 < LINES;) {
      size_t end = n + strcspn(text + n + (n > 0), " ") + (n > 0);
      if (end > sizeof line - 1) end = sizeof line - 1;
      memcpy(line, text, end);
      line[end] = 0;
      if (fits > 0 && text_width(k->r->look.type, k->c, FACE_REGULAR, size, line) > k->x1 - k->x0) break;
      fits = n = end;
    }
    if (lines + 1 == LINES) fits = strlen(text) < sizeof line - 1 ? strlen(text) : sizeof line - 1;
    memcpy(line, text, fits);
    line[fits] = 0;
    draw_text_fit(k->r->look.type, k->c, k->x0, k->y, k->x1 - k->x0 + 1, FACE_REGULAR, size, colour, line);
    k->y += size + 4;
    text += fits;
    while (*text == ' ') text++;
  }
}

void page_bar(struct page *k, float share) {
  const struct theme *t = k->r->look.theme;
  float w = k->x1 - k->x0;
  share = share < 0 ? 0 : share > 1 ? 1 : share;
  draw_round(k->c, k->x0, k->y, w, 10, 2, ink(t->kit));
  if (share > 0) draw_round(k->c, k->x0, k->y, w * share, 10, 2, ink(t->ink2));
}

void page_button(struct page *k, float x, float y, float w, const char *word, bool on, enum action a) {
  const struct theme *t = k->r->look.theme;
  draw_round(k->c, x, y, w, 22, 4, ink(on ? t->accent : t->line2));
  if (!on) draw_round(k->c, x + 1, y + 1, w - 2, 20, 3, ink(t->panel));
  draw_text_middle(k->r->look.type, k->c, x + w / 2, y + 15, FACE_MEDIUM, 11.5f, on ? t->casing : t->ink, word);
  room_hit(k->r, x, y, w, 22, a, 0);
}
