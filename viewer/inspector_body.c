// The body of the selected robot: from its side, from above with its footsteps, and what its joints are asked for.
#include <stdio.h>
#include <string.h>

#include "base/maths.h"
#include "viewer/grasp.h"
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
    draw_rect(k->c, x - 116, y - 11, 120, 46, tint(t->sunk, 0.8f));
    snprintf(words, sizeof words, "%s%s", s->point[i].name, s->point[i].side == SKELETON_LEFT ? ", left" : s->point[i].side == SKELETON_RIGHT ? ", right" : "");
    draw_text_right(k->r->look.type, k->c, x, y, FACE_REGULAR, 11, t->ink2, words);
    if (s->point[i].peak > 0) snprintf(words, sizeof words, "%.0f N m, %.0f %%", (double)(p->load[i] * s->point[i].peak), (double)p->load[i] * 100);
    else snprintf(words, sizeof words, "%.0f %%", (double)p->load[i] * 100);
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
  if (!out->body || !out->shape || !pose_of_body(out->shape, out->body, p->robots.heading[row], &out->pose)) return false;
  const struct frame_limbs *l = pose_limbs(p, row);
  if (l && l->points == out->shape->points) pose_add_limbs(l, p->robots.heading[row], &out->pose);
  int held = p->robots.held[row];
  if (held >= 0 && held < k->r->plan.part_count) out->pose.box_round = k->r->plan.parts[held].shape == PLAN_CYLINDER || k->r->plan.parts[held].shape == PLAN_SPHERE;
  return true;
}

bool page_has_body(const struct page *k, int row) {
  struct told b;
  return told_of(k, row, &b);
}

static void draw_side(struct page *k, const struct told *b, float height, bool reach) {
  const struct theme *t = k->r->look.theme;
  float w = k->x1 - k->x0;
  draw_round(k->c, k->x0, k->y, w, height, 6, ink(t->sunk));
  struct clip old = canvas_clip(k->c, k->x0, k->y, w, height);
  struct skeleton_view v = {k->x0 + w * .27f, k->y + height - 14, (height - 20) / 1.78f, FROM_SIDE};
  if (reach) skeleton_reach(&k->r->look, k->c, b->shape, &v);
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
  struct skeleton_view v = {k->x0 + w * .34f, k->y + height / 2, 84, FROM_ABOVE};
  skeleton_floor(&k->r->look, k->c, b->shape, &b->pose, &v, 0, 0);
  skeleton_reach(&k->r->look, k->c, b->shape, &v);
  skeleton_draw(&k->r->look, k->c, b->shape, &b->pose, &v);
  canvas_unclip(k->c, old);
  k->y += height + 8;
}

// What it holds and how, close up.
static void draw_grasp(struct page *k, int row, const struct told *b) {
  const struct plan *plan = &k->r->plan;
  const struct skeleton_pose *p = &b->pose;
  int held = k->s->picture->robots.held[row];
  char value[64];
  k->y += 11;
  page_heading(k, "Hands", held >= 0 && held < plan->part_count ? plan->parts[held].name : p->touches ? "" : "empty");
  k->y -= 8;
  if (!grasp_draw(&k->r->look, k->c, b->shape, p, k->x0, k->y, k->x1 - k->x0, 150)) {
    k->y += 4;
    return;
  }
  k->y += 166;
  if (p->touch[0].force > 0) snprintf(value, sizeof value, p->touch[0].normal[2] > .7f ? "%.0f N of weight each" : "%.1f N each", (double)p->touch[0].force);
  else snprintf(value, sizeof value, "–");
  page_row(k, p->touch[0].normal[2] > .7f ? "both hands" : "two fingers", value);
  snprintf(value, sizeof value, "%.2f, cone %.0f°", (double)p->touch[0].mu, m_atan2((double)p->touch[0].mu, 1) * 180 / M_PI_D);
  page_row(k, "friction", value);
  if (p->grip_width > 0) {
    snprintf(value, sizeof value, "%.0f mm", (double)p->grip_width * 1000);
    page_row(k, "opening", value);
  }
  if (p->grip_quality > 0) {
    snprintf(value, sizeof value, "%.3f", (double)p->grip_quality);
    page_row(k, "quality", value);
  }
  k->y -= 4;
}

// Joints that are at a limit, in words.
static void draw_limits(struct page *k, const struct told *b) {
  static const struct { enum skeleton_limit at; const char *word; } limits[] = {
    {AT_LOW, "at its lower end"}, {AT_HIGH, "at its upper end"}, {AT_TORQUE, "at its torque limit"}, {AT_HEAT, "at its heat limit"}};
  const struct skeleton *s = b->shape;
  bool any = false;
  for (int i = 0; i < s->points; i++)
    for (int n = 0; n < 4; n++) {
      char name[64];
      if (!s->point[i].driven || !(b->pose.limit[i] & limits[n].at)) continue;
      if (!any) {
        page_rule(k, 0, 19);
        page_heading(k, "Limits", NULL);
      }
      any = true;
      snprintf(name, sizeof name, "%s%s", s->point[i].name, s->point[i].side == SKELETON_LEFT ? ", left" : s->point[i].side == SKELETON_RIGHT ? ", right" : "");
      draw_text(k->r->look.type, k->c, k->x0, k->y, FACE_MEDIUM, 11, k->r->look.theme->ink, name);
      draw_text_right(k->r->look.type, k->c, k->x1, k->y, FACE_REGULAR, 11, k->r->look.theme->ink2, limits[n].word);
      k->y += 17;
    }
}

void page_side(struct page *k, int row) {
  struct told b;
  if (told_of(k, row, &b)) draw_side(k, &b, 186, false);
}

void page_body(struct page *k, int row) {
  struct told b;
  if (!told_of(k, row, &b)) {
    k->y += 19;
    page_words(k, 11, k->r->look.theme->ink3, "Bodies are told of at body fidelity, of 16 robots: those that are looked at, then the first ones.");
    return;
  }
  draw_side(k, &b, 214, true);
  draw_above(k, &b, 124);
  draw_grasp(k, row, &b);
  k->y += 6;
  page_heading(k, "Torque over the drive's peak", NULL);
  k->y -= 10;
  k->y += skeleton_bars(&k->r->look, k->c, b.shape, &b.pose, k->x0, k->y, k->x1 - k->x0, 14, 24);
  k->y += 6;
  draw_limits(k, &b);
}
