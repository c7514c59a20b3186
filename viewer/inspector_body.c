// The body of the selected robot: from its side, from above with its footsteps, and what its joints are asked for.
#include <stdio.h>
#include <string.h>

#include "viewer/page.h"
#include "viewer/pose.h"

// The two joints that are asked for most, in words.
static void loaded_joints(struct page *k, const struct skeleton *s, const struct skeleton_pose *p, float x, float y) {
  const struct theme *t = k->r->look.theme;
  int first = -1, second = -1;
  for (int i = 0; i < s->points; i++) {
    if (!s->point[i].driven || p->load[i] < 0) continue;
    if (first < 0 || p->load[i] > p->load[first]) {
      second = first;
      first = i;
    } else if (second < 0 || p->load[i] > p->load[second]) {
      second = i;
    }
  }
  const int shown[2] = {first, second};
  for (int n = 0; n < 2 && shown[n] >= 0; n++, y += 50) {
    int i = shown[n];
    char words[64];
    snprintf(words, sizeof words, "%s%s", s->point[i].name, s->point[i].side == SKELETON_LEFT ? ", left" : s->point[i].side == SKELETON_RIGHT ? ", right" : "");
    draw_text_right(k->r->look.type, k->c, x, y, FACE_REGULAR, 11, t->ink2, words);
    snprintf(words, sizeof words, "%.0f %%", (double)p->load[i] * 100);
    draw_text_right(k->r->look.type, k->c, x, y + 16, FACE_SEMIBOLD, 12, t->ink, words);
    snprintf(words, sizeof words, "%.0f °C", (double)p->heat[i]);
    if (p->heat[i] > -273) draw_text_right(k->r->look.type, k->c, x, y + 31, FACE_REGULAR, 11, t->ink2, words);
  }
}

// What is told of its body now; false: nothing is.
struct told { const struct frame_body *body; const struct skeleton *shape; struct skeleton_pose pose; };

static bool told_of(const struct page *k, int row, struct told *out) {
  const struct picture *p = k->s->picture;
  out->body = pose_body(p, row);
  out->shape = pose_skeleton(&k->r->plan, p, row);
  return out->body && out->shape && pose_of_body(out->shape, out->body, p->robots.heading[row], &out->pose);
}

bool page_has_body(const struct page *k, int row) {
  struct told b;
  return told_of(k, row, &b);
}

static void draw_side(struct page *k, const struct told *b, float height) {
  const struct theme *t = k->r->look.theme;
  float w = k->x1 - k->x0;
  draw_round(k->c, k->x0, k->y, w, height, 6, ink(t->sunk));
  struct clip old = canvas_clip(k->c, k->x0, k->y, w, height);
  struct skeleton_view v = {k->x0 + w * .36f, k->y + height - 14, (height - 20) / 1.78f, FROM_SIDE};
  skeleton_floor(&k->r->look, k->c, b->shape, &b->pose, &v, k->x0 + 8, k->x1 - 8);
  skeleton_draw(&k->r->look, k->c, b->shape, &b->pose, &v);
  loaded_joints(k, b->shape, &b->pose, k->x1 - 10, k->y + 20);
  char words[32];
  snprintf(words, sizeof words, "%u W", (unsigned)b->body->power);
  draw_text_right(k->r->look.type, k->c, k->x1 - 10, k->y + height - 24, FACE_SEMIBOLD, 12, t->ink, words);
  canvas_unclip(k->c, old);
  k->y += height + 8;
}

static void draw_above(struct page *k, const struct told *b, float height) {
  const struct theme *t = k->r->look.theme;
  float w = k->x1 - k->x0;
  draw_round(k->c, k->x0, k->y, w, height, 6, ink(t->sunk));
  struct clip old = canvas_clip(k->c, k->x0, k->y, w, height);
  struct skeleton_view v = {k->x0 + w * .36f, k->y + height / 2, 96, FROM_ABOVE};
  skeleton_floor(&k->r->look, k->c, b->shape, &b->pose, &v, 0, 0);
  skeleton_draw(&k->r->look, k->c, b->shape, &b->pose, &v);
  canvas_unclip(k->c, old);
  k->y += height + 8;
}

void page_side(struct page *k, int row) {
  struct told b;
  if (told_of(k, row, &b)) draw_side(k, &b, 186);
}

void page_body(struct page *k, int row) {
  struct told b;
  if (!told_of(k, row, &b)) {
    k->y += 19;
    page_words(k, 11, k->r->look.theme->ink3, "Bodies are told of at body fidelity, of 16 robots: those that are looked at, then the first ones.");
    return;
  }
  draw_side(k, &b, 214);
  draw_above(k, &b, 104);
  k->y += 6;
  page_heading(k, "Torque over the drive's peak", NULL);
  k->y -= 10;
  k->y += skeleton_bars(&k->r->look, k->c, b.shape, &b.pose, k->x0, k->y, k->x1 - k->x0, 14, 24);
  k->y += 6;
}
