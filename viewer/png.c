#include "viewer/png.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status write_rows(FILE *f, const uint32_t *pixels, int w, int h) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  uint8_t *row = malloc((size_t)w * 3);
  if (!png || !info || !row) {
    png_destroy_write_struct(png ? &png : NULL, info ? &info : NULL);
    free(row);
    return STATUS_MEMORY;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    free(row);
    return STATUS_IO;
  }
  png_init_io(png, f);
  png_set_IHDR(png, info, (png_uint_32)w, (png_uint_32)h, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, 6);
  png_write_info(png, info);
  for (int y = 0; y < h; y++) {
    const uint32_t *from = pixels + (size_t)y * (size_t)w;
    for (int x = 0; x < w; x++) {
      row[3 * x] = (uint8_t)(from[x] >> 16);
      row[3 * x + 1] = (uint8_t)(from[x] >> 8);
      row[3 * x + 2] = (uint8_t)from[x];
    }
    png_write_row(png, row);
  }
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  free(row);
  return STATUS_OK;
}

enum status png_write(const char *path, const uint32_t *pixels, int w, int h, struct error *e) {
  char draft[4096];
  if (snprintf(draft, sizeof draft, "%s.part", path) >= (int)sizeof draft) return error_at(e, STATUS_IO, path, 0, 0, "the name is too long");
  FILE *f = fopen(draft, "wb");
  if (!f) return error_at(e, STATUS_IO, path, 0, 0, "cannot write: %s", strerror(errno));
  enum status s = write_rows(f, pixels, w, h);
  if (fclose(f) != 0 && s == STATUS_OK) s = STATUS_IO;
  if (s == STATUS_OK && rename(draft, path) != 0) s = STATUS_IO;
  if (s == STATUS_OK) return s;
  int why = errno;
  remove(draft);
  return error_at(e, s, path, 0, 0, "the picture was not written: %s", s == STATUS_MEMORY ? "out of memory" : strerror(why));
}
