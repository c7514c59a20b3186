#include "viewer/grasp.h"

#include "base/maths.h"

#define FINGER 0.013f               // m    across a finger; a guess
#define CLOSE  950.0f               // px/m at most

struct close { struct look *l; struct canvas *c; struct skeleton_view v; float px; };

// Where contacts and part are, and how much of it must be seen.
static struct skeleton_view frame(const struct skeleton_pose *p, float x, float y, float w, float h, bool ahead) {
  float lo[3], hi[3];
  for (int a = 0; a < 3; a++) {
    lo[a] = hi[a] = p->touch[0].at[a];
    for (int k = 1; k < p->touches; k++) {
      lo[a] = p->touch[k].at[a] < lo[a] ? p->touch[k].at[a] : lo[a];
      hi[a] = p->touch[k].at[a] > hi[a] ? p->touch[k].at[a] : hi[a];
    }
  }
  int across = ahead ? 1 : 0, up = ahead ? 2 : 1;
  // fingers and cones round it
  float room = ahead ? 0.25f : 0.14f, cx = (lo[across] + hi[across]) / 2, cy = (lo[up] + hi[up]) / 2;
  float zx = w / (hi[across] - lo[across] + room), zy = h / (hi[up] - lo[up] + room), zoom = zx < zy ? zx : zy;
  if (zoom > CLOSE) zoom = CLOSE;
  return (struct skeleton_view){x + w / 2 - cx * zoom, y + h / 2 + cy * zoom, zoom, ahead ? FROM_AHEAD : FROM_ABOVE};
}

static void draw_part(const struct close *k, const struct skeleton_pose *p) {
  const struct theme *t = k->l->theme;
  if (!(p->box_size[0] > 0)) return;
  struct point q[4];
  if (k->v.from == FROM_ABOVE) skeleton_load(p, &k->v, q);
  for (int n = 0; n < 4 && k->v.from == FROM_AHEAD; n++) {
    float a = n == 0 || n == 3 ? .5f : -.5f, b = n < 2 ? .5f : -.5f;
    q[n] = skeleton_project(&k->v, (float[3]){0, p->box[1] + a * p->box_size[1], p->box[2] + b * p->box_size[2]});
  }
  if (p->box_round && k->v.from == FROM_ABOVE) {
    struct point m = skeleton_project(&k->v, p->box);
    draw_disc(k->c, m.x, m.y, p->box_size[0] / 2 * k->v.zoom + .6f, ink(t->outline));
    draw_disc(k->c, m.x, m.y, p->box_size[0] / 2 * k->v.zoom - .6f, ink(t->kit));
    return;
  }
  draw_polygon(k->c, q, 4, ink(t->kit));
  draw_outline(k->c, q, 4, 1.25f, ink(t->outline));
}

static void draw_fingers(const struct close *k, const struct skeleton *s, const struct skeleton_pose *p) {
  const struct theme *t = k->l->theme;
  bool side[3] = {false};
  for (int n = 0; n < p->touches; n++) side[p->touch[n].side < 3 ? p->touch[n].side : 0] = true;
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < s->bones; i++) {
      const struct skeleton_bone *b = &s->bone[i];
      if (!side[b->side] || b->kind == BONE_TRUNK) continue;
      struct point q[2] = {skeleton_project(&k->v, p->point[b->a]), skeleton_project(&k->v, p->point[b->b])};
      float w = (b->kind == BONE_FINGER ? FINGER : 2.2f * FINGER) * k->v.zoom;
      draw_polyline(k->c, q, 2, pass ? w : w + 2, CAP_ROUND, ink(pass ? b->kind == BONE_FINGER ? t->skin : t->limb : t->outline));
    }
}

static void draw_cone(const struct close *k, const struct skeleton_contact *o) {
  const struct theme *t = k->l->theme;
  struct point at = skeleton_project(&k->v, o->at), to = skeleton_project(&k->v, (float[3]){o->at[0] + o->normal[0], o->at[1] + o->normal[1], o->at[2] + o->normal[2]});
  float x = to.x - at.x, y = to.y - at.y, n = (float)m_sqrt((double)(x * x + y * y)), length = 34 * k->px;
  if (!(n > 1e-3f)) return;
  x *= length / n;
  y *= length / n;
  struct point q[3] = {at, {at.x + x - y * o->mu, at.y + y + x * o->mu}, {at.x + x + y * o->mu, at.y + y - x * o->mu}};
  draw_polygon(k->c, q, 3, tint(t->accent, 0.17f));
  draw_outline(k->c, q, 3, 1, tint(t->accent, 0.7f));
  draw_line(k->c, at.x, at.y, at.x + x, at.y + y, 1.6f, ink(t->accent));
  draw_disc(k->c, at.x, at.y, 4, ink(t->panel));
  draw_disc(k->c, at.x, at.y, 3, ink(t->accent));
}

bool grasp_draw(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_pose *p, float x, float y, float w, float h) {
  if (p->touches == 0) return false;
  const float *n = p->touch[0].normal;
  bool ahead = n[2] * n[2] > .5f;
  struct clip old = canvas_clip(c, x, y, w, h);
  draw_round(c, x, y, w, h, 6, ink(l->theme->sunk));
  struct close k = {l, c, frame(p, x, y, w, h, ahead), 1};
  if (ahead) draw_fingers(&k, s, p);
  draw_part(&k, p);
  if (!ahead) draw_fingers(&k, s, p);
  for (int i = 0; i < p->touches; i++) draw_cone(&k, &p->touch[i]);
  canvas_unclip(c, old);
  return true;
}
