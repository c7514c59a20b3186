#include "viewer/type.h"

#include <SDL_ttf.h>
#include <stdlib.h>
#include <string.h>

#define FINE 4                      // glyphs are drawn this much larger

// one drawn glyph at one phase; also the advance of the glyph
struct glyph {
  uint64_t key;                     // 0: empty
  int      w, h, left, top;         // px of the screen, from the pen on the baseline
  float    advance;                 // px of the screen
  uint8_t *mask;                    // NULL: nothing to draw
};

struct sized { int face, px; TTF_Font *font; float digit; };   // px: of the large drawing

struct type {
  struct sized  font[64];
  int           fonts;
  struct glyph *glyph;
  int           glyphs, capacity;   // capacity: a power of two
};

static const char *const files[FACES][2] = {
  {"/usr/share/fonts/opentype/inter/Inter-Regular.otf",  "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"},
  {"/usr/share/fonts/opentype/inter/Inter-Medium.otf",   "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"},
  {"/usr/share/fonts/opentype/inter/Inter-SemiBold.otf", "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"},
  {"/usr/share/fonts/opentype/inter/Inter-Bold.otf",     "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"},
  {"/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"},
};

static TTF_Font *open_font(int face, int px) {
  TTF_Font *font = NULL;
  for (int i = 0; i < 2 && !font; i++) font = TTF_OpenFont(files[face][i], px);
  if (font) TTF_SetFontHinting(font, TTF_HINTING_NONE);
  return font;
}

static struct sized *sized_font(struct type *t, int face, int px) {
  for (int i = 0; i < t->fonts; i++)
    if (t->font[i].face == face && t->font[i].px == px) return &t->font[i];
  if (t->fonts == (int)(sizeof t->font / sizeof *t->font)) {
    // a window that was scaled many times: begin again with the sizes of now
    for (int i = 0; i < t->fonts; i++) TTF_CloseFont(t->font[i].font);
    t->fonts = 0;
  }
  TTF_Font *font = open_font(face, px);
  if (!font) return NULL;
  int widest = 0;
  for (uint32_t d = '0'; d <= '9'; d++) {
    int advance = 0;
    if (TTF_GlyphMetrics32(font, d, NULL, NULL, NULL, NULL, &advance) == 0 && advance > widest) widest = advance;
  }
  struct sized *s = &t->font[t->fonts++];
  *s = (struct sized){.face = face, .px = px, .font = font, .digit = (float)widest / FINE};
  return s;
}

struct type *type_create(struct error *e) {
  if (TTF_Init() != 0) {
    error_at(e, STATUS_IO, "", 0, 0, "text cannot be drawn: %s", TTF_GetError());
    return NULL;
  }
  struct type *t = calloc(1, sizeof *t);
  if (t) t->capacity = 4096;
  if (t) t->glyph = calloc((size_t)t->capacity, sizeof *t->glyph);
  if (!t || !t->glyph || !sized_font(t, FACE_REGULAR, 12 * FINE)) {
    error_at(e, STATUS_IO, "", 0, 0, "no font: install fonts-inter or fonts-dejavu-core");
    type_destroy(t);
    return NULL;
  }
  return t;
}

void type_destroy(struct type *t) {
  if (!t) return;
  for (int i = 0; i < t->fonts; i++) TTF_CloseFont(t->font[i].font);
  for (int i = 0; t->glyph && i < t->capacity; i++) free(t->glyph[i].mask);
  free(t->glyph);
  free(t);
  TTF_Quit();
}

// ---- glyphs ----------------------------------------------------------------------------------------

static struct glyph *find_glyph(struct type *t, uint64_t key) {
  uint64_t h = key * UINT64_C(0x9E3779B97F4A7C15);
  for (int i = (int)(h >> 40);; i++) {
    struct glyph *g = &t->glyph[i & (t->capacity - 1)];
    if (!g->key || g->key == key) return g;
  }
}

static bool grow(struct type *t) {
  struct glyph *old = t->glyph, *fresh = calloc((size_t)t->capacity * 2, sizeof *fresh);
  if (!fresh) return false;
  int n = t->capacity;
  t->glyph = fresh;
  t->capacity *= 2;
  for (int i = 0; i < n; i++)
    if (old[i].key) *find_glyph(t, old[i].key) = old[i];
  free(old);
  return true;
}

static int floor_div(int a, int b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

// average the large drawing down, its pen at `phase` of FINE within a pixel; rim px around it stay free
static void shrink(struct glyph *g, const SDL_Surface *s, int origin, int ascent, int phase, int rim) {
  int x0 = floor_div(phase - origin, FINE) - rim, y0 = floor_div(-ascent, FINE) - rim;
  int x1 = floor_div(phase - origin + s->w - 1, FINE) + 1 + rim, y1 = floor_div(s->h - 1 - ascent, FINE) + 1 + rim;
  g->left = x0;
  g->top = y0;
  g->w = x1 - x0;
  g->h = y1 - y0;
  unsigned *sum = calloc((size_t)g->w * (size_t)g->h, sizeof *sum);
  g->mask = calloc((size_t)g->w * (size_t)g->h, 1);
  for (int j = 0; sum && g->mask && j < s->h; j++) {
    const uint32_t *row = (const uint32_t *)(const void *)((const uint8_t *)s->pixels + (size_t)j * (size_t)s->pitch);
    int y = floor_div(j - ascent, FINE) - y0;
    for (int i = 0; i < s->w; i++) sum[y * g->w + floor_div(i - origin + phase, FINE) - x0] += row[i] >> 24;
  }
  for (int i = 0; sum && g->mask && i < g->w * g->h; i++) g->mask[i] = (uint8_t)(sum[i] / (FINE * FINE));
  free(sum);
}

// the mask grown by r pixels, soft at the rim
static void grow_mask(struct glyph *g, float r) {
  uint8_t *out = calloc((size_t)g->w * (size_t)g->h, 1);
  if (!out || !g->mask) {
    free(out);
    return;
  }
  int n = (int)r + 1;
  for (int y = 0; y < g->h; y++)
    for (int x = 0; x < g->w; x++) {
      int a = g->mask[y * g->w + x];
      if (!a) continue;
      for (int dy = -n; dy <= n; dy++)
        for (int dx = -n; dx <= n; dx++) {
          int X = x + dx, Y = y + dy;
          if (X < 0 || Y < 0 || X >= g->w || Y >= g->h) continue;
          // share of a pixel at that distance, from squares alone
          float d2 = (float)(dx * dx + dy * dy), in = r * r, far = (r + 1) * (r + 1);
          float k = d2 <= in ? 1 : d2 >= far ? 0 : (far - d2) / (far - in);
          int v = (int)((float)a * k);
          if (v > out[Y * g->w + X]) out[Y * g->w + X] = (uint8_t)v;
        }
    }
  free(g->mask);
  g->mask = out;
}

static const struct glyph *glyph_get(struct type *t, int face, int px, uint32_t code, int phase, int halo) {
  uint64_t key = (uint64_t)code << 32 | (uint64_t)(px & 0xffff) << 16 | (uint64_t)halo << 8 | (uint64_t)phase << 4 | (uint64_t)face | 8;
  struct glyph *g = find_glyph(t, key);
  if (g->key) return g;
  if (t->glyphs * 2 > t->capacity) {
    if (!grow(t)) return NULL;
    g = find_glyph(t, key);
  }
  struct sized *s = sized_font(t, face, px);
  if (!s) return NULL;
  float digit = s->digit;
  if (!TTF_GlyphIsProvided32(s->font, code)) {
    struct sized *other = sized_font(t, FACE_MONO, px);         // DejaVu has far more of Unicode
    if (other && TTF_GlyphIsProvided32(other->font, code)) s = other;
  }
  int minx = 0, advance = 0;
  if (TTF_GlyphMetrics32(s->font, code, &minx, NULL, NULL, NULL, &advance) != 0) return NULL;
  g->key = key;
  t->glyphs++;
  g->advance = (float)advance / FINE;
  int shift = 0;
  if (code >= '0' && code <= '9' && face != FACE_MONO) {
    shift = (int)((digit - g->advance) * FINE / 2);
    g->advance = digit;
  }
  SDL_Surface *drawn = code > ' ' ? TTF_RenderGlyph32_Blended(s->font, code, (SDL_Color){255, 255, 255, 255}) : NULL;
  if (drawn && drawn->format->BytesPerPixel == 4) {
    shrink(g, drawn, (minx < 0 ? -minx : 0) - shift, TTF_FontAscent(s->font), phase, halo ? halo / FINE + 2 : 0);
    if (halo) grow_mask(g, (float)halo / FINE);
  }
  SDL_FreeSurface(drawn);
  return g;
}

// ---- strings ---------------------------------------------------------------------------------------

static uint32_t next_code(const char **text) {
  const unsigned char *s = (const unsigned char *)*text;
  int more = s[0] < 0x80 ? 0 : s[0] >= 0xf0 && s[0] < 0xf5 ? 3 : s[0] >= 0xe0 && s[0] < 0xf0 ? 2 : s[0] >= 0xc2 && s[0] < 0xe0 ? 1 : -1;
  uint32_t code = more < 0 ? 0xfffd : more == 0 ? s[0] : s[0] & (0x3fu >> more);
  int used = 1;
  for (; used <= more; used++) {
    if ((s[used] & 0xc0) != 0x80) {
      code = 0xfffd;
      break;
    }
    code = code << 6 | (s[used] & 0x3fu);
  }
  *text += used;
  return code < ' ' || (code >= 0xd800 && code < 0xe000) ? ' ' : code;
}

static int lower(float v) { int i = (int)v; return i - ((float)i > v); }

static float run(struct type *t, struct canvas *c, float x, float y, int face, float size, struct paint p, int halo, const char *text) {
  float scale = c->scale, pen = x * scale + c->ox, start = pen;
  int px = lower(size * scale * FINE + 0.5f), base = lower(y * scale + c->oy + 0.5f);
  if (px < FINE * 3) return 0;
  while (*text) {
    uint32_t code = next_code(&text);
    int fine = lower(pen * FINE + 0.5f), whole = floor_div(fine, FINE);
    const struct glyph *g = glyph_get(t, face, px, code, fine - whole * FINE, halo);
    if (!g) continue;
    if (g->mask) draw_mask(c, g->mask, g->w, g->h, whole + g->left, base + g->top, p);
    pen += g->advance;
  }
  return (pen - start) / scale;
}

float text_width(struct type *t, const struct canvas *c, enum face face, float size, const char *text) {
  int px = lower(size * c->scale * FINE + 0.5f);
  float width = 0;
  while (*text) {
    const struct glyph *g = glyph_get(t, (int)face, px, next_code(&text), 0, 0);
    if (g) width += g->advance;
  }
  return width / c->scale;
}

float draw_text(struct type *t, struct canvas *c, float x, float y, enum face face, float size, uint32_t colour, const char *text) {
  return run(t, c, x, y, (int)face, size, ink(colour), 0, text);
}

float draw_text_right(struct type *t, struct canvas *c, float x, float y, enum face face, float size, uint32_t colour, const char *text) {
  return draw_text(t, c, x - text_width(t, c, face, size, text), y, face, size, colour, text);
}

float draw_text_middle(struct type *t, struct canvas *c, float x, float y, enum face face, float size, uint32_t colour, const char *text) {
  return draw_text(t, c, x - text_width(t, c, face, size, text) / 2, y, face, size, colour, text);
}

float draw_text_halo(struct type *t, struct canvas *c, float x, float y, enum face face, float size, uint32_t colour, uint32_t halo, const char *text) {
  run(t, c, x, y, (int)face, size, ink(halo), lower(1.5f * c->scale * FINE), text);
  return draw_text(t, c, x, y, face, size, colour, text);
}

float draw_text_fit(struct type *t, struct canvas *c, float x, float y, float width, enum face face, float size, uint32_t colour, const char *text) {
  if (text_width(t, c, face, size, text) <= width) return draw_text(t, c, x, y, face, size, colour, text);
  char cut[256];
  size_t n = strlen(text);
  if (n > sizeof cut - 4) n = sizeof cut - 4;
  while (n > 0) {
    do n--; while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80);
    memcpy(cut, text, n);
    memcpy(cut + n, "…", 4);
    if (text_width(t, c, face, size, cut) <= width) break;
  }
  return draw_text(t, c, x, y, face, size, colour, n ? cut : "");
}
