// Pictures to files.
#pragma once

#include <stdint.h>

#include "base/status.h"

// 0xAARRGGBB rows, alpha left out. Packed in memory, then written as file_write does: whole or not at all.
enum status png_write(const char *path, const uint32_t *pixels, int w, int h, struct error *e);
