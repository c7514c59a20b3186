#include "viewer/png.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/tree.h"

// The packed picture as it grows.
struct bytes { uint8_t *data; size_t size, capacity; };

static void on_bytes(png_structp png, png_bytep data, size_t size) {
  struct bytes *b = png_get_io_ptr(png);
  if (b->size + size > b->capacity) {
    size_t capacity = 2 * (b->size + size);
    uint8_t *more = realloc(b->data, capacity);
    if (!more) png_error(png, "no memory");
    b->data = more;
    b->capacity = capacity;
  }
  memcpy(b->data + b->size, data, size);
  b->size += size;
}

static void on_flush(png_structp png) { (void)png; }

static bool pack(struct bytes *to, const uint32_t *pixels, int w, int h) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  uint8_t *row = malloc((size_t)w * 3);
  if (!png || !info || !row || setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(png ? &png : NULL, info ? &info : NULL);
    free(row);
    return false;
  }
  png_set_write_fn(png, to, on_bytes, on_flush);
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
  return true;
}

enum status png_write(const char *path, const uint32_t *pixels, int w, int h, struct error *e) {
  struct bytes b = {0};
  enum status s = pack(&b, pixels, w, h) ? file_write(path, b.data, b.size, e) : error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for the picture");
  free(b.data);
  return s;
}
