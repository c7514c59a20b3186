#include "viewer/parts.h"

#include <string.h>

#include "base/maths.h"

#define LARGE 0.25f                 // m; from here on a part is drawn as what it is

static float longest(const struct plan_part *p) { return p->size[0] > p->size[1] ? p->size[0] : p->size[1]; }

static enum glyph wanted(const struct plan_part *p) {
  if (strcmp(p->colour, "red") == 0 && longest(p) < LARGE) return GLYPH_REJECT;
  if (longest(p) >= LARGE) return GLYPH_BOX;
  switch (p->shape) {
    case PLAN_CYLINDER: case PLAN_SPHERE: return GLYPH_DISC;
    case PLAN_PRISM: return GLYPH_TRIANGLE;
    case PLAN_BAG: return GLYPH_DIAMOND;
    default: return GLYPH_SQUARE;
  }
}

void part_styles(const struct plan *p, struct part_style *out) {
  int used[GLYPH_REJECT] = {0};
  for (int i = 0; i < p->part_count; i++) {
    struct part_style *s = &out[i];
    *s = (struct part_style){.glyph = wanted(&p->parts[i]), .length = p->parts[i].size[0], .width = p->parts[i].size[1]};
    if (s->glyph < GLYPH_REJECT) {
      int best = s->glyph;
      for (int k = 0; k < GLYPH_REJECT; k++) {
        int g = ((int)s->glyph + k) % GLYPH_REJECT;
        if (used[g] < used[best]) best = g;
      }
      if (used[s->glyph] > used[best]) s->glyph = (enum glyph)best;
      used[s->glyph]++;
    }
  }
  for (int i = 0; i < p->station_count; i++) {
    const struct plan_station *k = &p->stations[i];
    if (k->makes < 0 || k->makes >= p->part_count || !k->grid[0]) continue;
    struct part_style *s = &out[k->makes];
    memcpy(s->grid, k->grid, sizeof s->grid);
    memcpy(s->pitch, k->pitch, sizeof s->pitch);
  }
}

static void cross(struct canvas *c, float r, float width, struct paint p) {
  draw_line(c, -r, -r, r, r, width, p);
  draw_line(c, r, -r, -r, r, width, p);
}

static void paint_part(struct look *l, struct canvas *c, enum glyph g, float d) {
  const struct theme *t = l->theme;
  const uint32_t broken = cause_fill(t, CAUSE_BROKEN);
  float r = d / 2, w = d < 6 ? 0.8f : 1;
  switch (g) {
    case GLYPH_DISC:
      draw_disc(c, 0, 0, r, ink(t->ink));
      draw_disc(c, 0, 0, r - w, ink(t->cell));
      draw_disc(c, 0, 0, r * 0.38f, ink(t->floor));
      break;
    case GLYPH_DIAMOND: {
      const struct point q[4] = {{0, -r * 1.2f}, {r * 1.2f, 0}, {0, r * 1.2f}, {-r * 1.2f, 0}};
      draw_polygon(c, q, 4, ink(t->floor));
      draw_outline(c, q, 4, 1.3f, ink(t->ink));
      break;
    }
    case GLYPH_TRIANGLE: {
      const struct point q[3] = {{0, -r * 1.15f}, {r * 1.1f, r * 0.8f}, {-r * 1.1f, r * 0.8f}};
      draw_polygon(c, q, 3, ink(t->kit2));
      draw_outline(c, q, 3, w, ink(t->ink));
      break;
    }
    case GLYPH_SQUARE: {
      const struct point q[4] = {{-r, -r}, {r, -r}, {r, r}, {-r, r}};
      draw_polygon(c, q, 4, ink(t->kit2));
      draw_outline(c, q, 4, w, ink(t->ink));
      break;
    }
    case GLYPH_REJECT:
      draw_disc(c, 0, 0, r, ink(t->floor));
      draw_ring(c, 0, 0, r - 0.2f, d < 6 ? 1 : 1.4f, ink(broken));
      cross(c, r * 0.55f, d < 6 ? 1 : 1.5f, ink(broken));
      break;
    case GLYPH_SLOT: draw_disc(c, 0, 0, r, ink(t->ink2)); break;
    case GLYPH_FREE: draw_disc(c, 0, 0, r, ink(t->line2)); break;
    case GLYPH_SLOT_REJECT: cross(c, r, 1.2f, ink(broken)); break;
    default: draw_disc(c, 0, 0, r, ink(t->ink2)); break;
  }
}

static int lower(float v) { int i = (int)v; return i - ((float)i > v); }

void draw_part(struct look *l, struct canvas *c, enum glyph g, float x, float y, float d) {
  // placed to a quarter of a pixel, so that belts run smoothly
  int fx = lower((x * c->scale + c->ox) * 4 + 0.5f), fy = lower((y * c->scale + c->oy) * 4 + 0.5f);
  uint64_t key = UINT64_C(3) << 60 | (uint64_t)(d * 16) << 16 | (uint64_t)g << 8 | (uint64_t)(fx & 3) << 2 | (uint64_t)(fy & 3);
  const struct sprite *s = look_sprite(l, key);
  if (!s) {
    struct canvas own;
    if (!look_sprite_canvas(l, &own, d * 1.3f + 4)) return;
    float hx = own.ox, hy = own.oy;
    own.ox += (float)(fx & 3) / 4;
    own.oy += (float)(fy & 3) / 4;
    paint_part(l, &own, g, d);
    own.ox = hx;
    own.oy = hy;
    s = look_sprite_keep(l, key, &own);
  }
  draw_sprite(c, s, lower((float)fx / 4), lower((float)fy / 4));
}

void draw_part_box(struct look *l, struct canvas *c, const struct part_style *s, float x, float y, float heading, float zoom, bool filled) {
  const struct theme *t = l->theme;
  double sn, cs;
  m_sincos((double)heading, &sn, &cs);
  float a = s->length * zoom / 2, b = s->width * zoom / 2, k = (float)cs, n = (float)sn;
  if (a < 2) a = 2;
  if (b < 2) b = 2;
  const float corner[4][2] = {{a, b}, {a, -b}, {-a, -b}, {-a, b}};
  struct point q[4];
  for (int i = 0; i < 4; i++) q[i] = (struct point){x + corner[i][0] * k - corner[i][1] * n, y - corner[i][0] * n - corner[i][1] * k};
  draw_polygon(c, q, 4, ink(t->floor));
  draw_outline(c, q, 4, 1.1f, ink(t->ink));
  if (!s->grid[0]) return;
  float pitch = (s->pitch[0] < s->pitch[1] ? s->pitch[0] : s->pitch[1]) * zoom;
  if (pitch < 1.6f) return;
  for (int i = 0; i < s->grid[0]; i++)
    for (int j = 0; j < s->grid[1]; j++) {
      float px = ((float)i - (float)(s->grid[0] - 1) / 2) * s->pitch[0] * zoom, py = ((float)j - (float)(s->grid[1] - 1) / 2) * s->pitch[1] * zoom;
      draw_part(l, c, filled ? GLYPH_SLOT : GLYPH_FREE, x + px * k - py * n, y - px * n - py * k, filled ? pitch * 0.84f : pitch * 0.34f);
    }
}
