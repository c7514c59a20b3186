#include "viewer/y4m.h"

#include <stdlib.h>

bool y4m_begin(FILE *out, int w, int h, int rate) { return fprintf(out, "YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg XCOLORRANGE=FULL\n", w & ~1, h & ~1, rate) > 0; }

static int red(uint32_t p) { return (int)(p >> 16 & 255); }
static int green(uint32_t p) { return (int)(p >> 8 & 255); }
static int blue(uint32_t p) { return (int)(p & 255); }

// Rows of brightness, then of both differences, one of each for four pixels. Weights of BT.601 in 1/65536.
static void convert(const uint32_t *pixels, int stride, int w, int h, uint8_t *y, uint8_t *u, uint8_t *v) {
  for (int r = 0; r < h; r++)
    for (int c = 0; c < w; c++) {
      uint32_t p = pixels[r * stride + c];
      *y++ = (uint8_t)((19595 * red(p) + 38470 * green(p) + 7471 * blue(p) + 32768) >> 16);
    }
  for (int r = 0; r < h; r += 2)
    for (int c = 0; c < w; c += 2) {
      const uint32_t *p = pixels + r * stride + c;
      int R = red(p[0]) + red(p[1]) + red(p[stride]) + red(p[stride + 1]), G = green(p[0]) + green(p[1]) + green(p[stride]) + green(p[stride + 1]),
          B = blue(p[0]) + blue(p[1]) + blue(p[stride]) + blue(p[stride + 1]);
      *u++ = (uint8_t)((-11059 * R - 21709 * G + 32768 * B + (128 << 18) + 131071) >> 18);
      *v++ = (uint8_t)((32768 * R - 27439 * G - 5329 * B + (128 << 18) + 131071) >> 18);
    }
}

bool y4m_frame(FILE *out, const uint32_t *pixels, int w, int h) {
  int stride = w;
  w &= ~1;
  h &= ~1;
  size_t all = (size_t)w * (size_t)h;
  uint8_t *planes = malloc(all * 3 / 2);
  if (!planes) return false;
  convert(pixels, stride, w, h, planes, planes + all, planes + all * 5 / 4);
  bool good = fputs("FRAME\n", out) >= 0 && fwrite(planes, 1, all * 3 / 2, out) == all * 3 / 2;
  free(planes);
  return good;
}
