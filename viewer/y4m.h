// A video without any program beside: YUV4MPEG2, 4:2:0, full range (BT.601, as JPEG), which players and ffmpeg read.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

// w and h are cut to even numbers.
bool y4m_begin(FILE *out, int w, int h, int rate);
// One picture, 0xAARRGGBB, of the size that was begun with. False: no memory, or the disk refuses.
bool y4m_frame(FILE *out, const uint32_t *pixels, int w, int h);
