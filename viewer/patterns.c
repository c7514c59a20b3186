// Patterns: one tile for each cause and zone kind, baked for the scale at hand.
#include <stdlib.h>
#include <string.h>

#include "viewer/look.h"

// lines a + k * period, drawn beyond the tile so that it joins on all sides
static void diagonals(struct canvas *c, float period, float size, float width, bool falling, struct paint p) {
  shape_begin(c);
  float r = width / 2 * 1.41421356f;
  for (float k = -size; k <= 2 * size; k += period) {
    float a = falling ? k - size : k + size, b = k;             // x at the bottom... and at the top
    struct point q[4] = {{b - r, 0}, {b + r, 0}, {a + r, size}, {a - r, size}};
    if (falling) {
      q[2].x = b + size + r;
      q[3].x = b + size - r;
    } else {
      q[2].x = b - size + r;
      q[3].x = b - size - r;
    }
    shape_add(c, q, 4);
  }
  shape_fill(c, p);
}

static void crossing(struct canvas *c, float period, float size, float width, struct paint p) {
  diagonals(c, period, size, width, false, p);
  diagonals(c, period, size, width, true, p);
}

static void dots(struct canvas *c, float period, float size, float first, float r, struct paint p) {
  for (float y = 0; y < size; y += period)
    for (float x = 0; x < size; x += period) {
      draw_disc(c, x + first, y + first, r, p);
      draw_disc(c, x + first + period / 2, y + first + period / 2, r, p);
    }
}

static void rows(struct canvas *c, float period, float size, float first, float width, bool upright, struct paint p) {
  for (float k = first; k < size; k += period) {
    struct point q[4] = {{0, k - width / 2}, {size, k - width / 2}, {size, k + width / 2}, {0, k + width / 2}};
    for (int i = 0; upright && i < 4; i++) q[i] = (struct point){q[i].y, q[i].x};
    draw_polygon(c, q, 4, p);
  }
}

// one wave 16 wide and 8 high: two parabola arcs, as 16 short lines
static void waves(struct canvas *c, struct paint p) {
  struct point q[21];
  for (int i = 0; i < 21; i++) {
    float t = (float)(i - 2) / 16, u = t < 0 ? t + 1 : t > 1 ? t - 1 : t, v = u < 0.5f ? u * 2 : u * 2 - 1;
    q[i] = (struct point){t * 16, 4 + (u < 0.5f ? -8 : 8) * v * (1 - v)};
  }
  draw_polyline(c, q, 21, 1, CAP_BUTT, p);
}

static bool tile_begin(struct canvas *c, float period_x, float period_y, float scale) {
  int w = (int)(period_x * scale + 0.5f), h = (int)(period_y * scale + 0.5f);
  return canvas_make(c, w < 2 ? 2 : w, h < 2 ? 2 : h, (float)(w < 2 ? 2 : w) / period_x);
}

static void tile_end(struct canvas *c, struct pattern *out) {
  *out = (struct pattern){c->w, c->h, c->pixels};
  canvas_release(c);
}

static void bake_cause(struct look *l, enum cause k) {
  struct canvas c;
  if (!tile_begin(&c, 24, 24, l->scale)) return;
  const uint32_t dark = 0x14181D, white = 0xFFFFFF;
  draw_rect(&c, 0, 0, 24, 24, ink(cause_fill(l->theme, k)));
  if (k == CAUSE_MOVE)    rows(&c, 6, 24, 3.5f, 1.1f, false, tint(white, 0.55f));
  if (k == CAUSE_PART)    diagonals(&c, 6, 24, 1.1f, false, tint(dark, 0.62f));
  if (k == CAUSE_SPACE)   crossing(&c, 6, 24, 0.9f, tint(dark, 0.5f));
  if (k == CAUSE_WAIT)    rows(&c, 4, 24, 1.5f, 1.1f, true, tint(dark, 0.7f));
  if (k == CAUSE_PREPARE) dots(&c, 6, 24, 1.5f, 0.95f, tint(dark, 0.7f));
  if (k == CAUSE_BROKEN)  diagonals(&c, 6, 24, 1.5f, true, tint(white, 0.85f));
  tile_end(&c, &l->cause[k]);
}

static void bake_zone(struct look *l, enum zone_look k) {
  struct canvas c;
  const struct theme *t = l->theme;
  float period = k == ZONE_LOOK_SLOW ? 14 : k == ZONE_LOOK_NO_GO ? 9 : k == ZONE_LOOK_PEOPLE ? 12 : k == ZONE_LOOK_SLIPPERY ? 16 : 8;
  if (!tile_begin(&c, period, k == ZONE_LOOK_SLIPPERY ? 8 : period, l->scale)) return;
  if (k == ZONE_LOOK_SLOW)     diagonals(&c, 14, 14, 1, false, tint(t->ink3, 0.16f));
  if (k == ZONE_LOOK_NO_GO)    crossing(&c, 9, 9, 1, tint(t->ink2, 0.42f));
  if (k == ZONE_LOOK_SLIPPERY) waves(&c, tint(t->ink2, 0.55f));
  if (k == ZONE_LOOK_PEOPLE)   dots(&c, 12, 12, 3, 1.1f, tint(t->ink2, 0.38f));
  if (k == ZONE_LOOK_CHARGING) rows(&c, 8, 8, 2.5f, 1, false, tint(t->ink2, 0.2f));
  if (k == ZONE_LOOK_DIM)      rows(&c, 8, 8, 2.5f, 1, true, tint(t->ink2, 0.2f));
  tile_end(&c, &l->zone[k]);
}

static void forget_patterns(struct look *l) {
  for (int i = 0; i < CAUSES; i++) free((void *)(uintptr_t)l->cause[i].tile);
  for (int i = 0; i < ZONE_LOOKS; i++) free((void *)(uintptr_t)l->zone[i].tile);
  memset(l->cause, 0, sizeof l->cause);
  memset(l->zone, 0, sizeof l->zone);
}

static void forget_sprites(struct look *l) {
  for (int i = 0; i < l->slots; i++) free(l->slot[i].sprite.pixels);
  if (l->slot) memset(l->slot, 0, (size_t)l->slots * sizeof *l->slot);
  l->sprites = 0;
}

bool look_init(struct look *l, struct error *e) {
  memset(l, 0, sizeof *l);
  l->type = type_create(e);
  l->slots = 8192;
  l->slot = calloc((size_t)l->slots, sizeof *l->slot);
  if (l->type && l->slot) return true;
  if (l->type) error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for the viewer's sprites");
  look_finish(l);
  return false;
}

void look_finish(struct look *l) {
  forget_patterns(l);
  forget_sprites(l);
  free(l->slot);
  type_destroy(l->type);
  memset(l, 0, sizeof *l);
}

void look_set(struct look *l, const struct theme *theme, float scale) {
  if (l->theme == theme && l->scale == scale) return;
  l->theme = theme;
  l->scale = scale;
  forget_patterns(l);
  forget_sprites(l);
  for (enum cause k = CAUSE_MOVE; k <= CAUSE_BROKEN; k++) bake_cause(l, k);
  for (enum zone_look k = 0; k < ZONE_LOOKS; k++)
    if (k != ZONE_LOOK_ONE_WAY && k != ZONE_LOOK_RAMP) bake_zone(l, k);
}

struct paint look_cause(const struct look *l, enum cause c) {
  return (struct paint){.colour = cause_fill(l->theme, c), .alpha = 1, .pattern = l->cause[c].tile ? &l->cause[c] : NULL};
}

// ---- sprites ---------------------------------------------------------------------------------------

static struct sprite_slot *find_slot(const struct look *l, uint64_t key) {
  uint64_t h = key * UINT64_C(0x9E3779B97F4A7C15);
  for (int i = (int)(h >> 40);; i++) {
    struct sprite_slot *s = &l->slot[i & (l->slots - 1)];
    if (!s->key || s->key == key) return s;
  }
}

const struct sprite *look_sprite(const struct look *l, uint64_t key) {
  struct sprite_slot *s = find_slot(l, key);
  return s->key ? &s->sprite : NULL;
}

bool look_sprite_canvas(const struct look *l, struct canvas *c, float size) {
  int half = (int)(size * l->scale / 2) + 2;
  if (!canvas_make(c, 2 * half, 2 * half, l->scale)) return false;
  c->ox = c->oy = (float)half;
  return true;
}

const struct sprite *look_sprite_keep(struct look *l, uint64_t key, struct canvas *c) {
  // a long zoom fills the table with sizes of the past: begin again
  if (l->sprites * 2 > l->slots) forget_sprites(l);
  struct sprite_slot *s = find_slot(l, key);
  if (s->key) free(s->sprite.pixels);
  else l->sprites++;
  s->key = key;
  s->sprite = (struct sprite){c->w, c->h, (int)c->ox, (int)c->oy, c->pixels};
  canvas_release(c);
  return &s->sprite;
}
