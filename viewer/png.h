// Pictures to files.
#pragma once

#include <stdint.h>

#include "base/status.h"

// 0xAARRGGBB rows, alpha left out. Written to a temporary file beside it, then renamed.
enum status png_write(const char *path, const uint32_t *pixels, int w, int h, struct error *e);
