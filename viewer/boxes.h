// Rectangles already taken on the screen, so that names and chips find free places.
#pragma once

#include <stdbool.h>

struct box { float x0, y0, x1, y1; };
struct boxes { struct box *box; int count, capacity; };

void boxes_finish(struct boxes *b);
void boxes_clear(struct boxes *b);
void boxes_add(struct boxes *b, struct box one);
bool boxes_free(const struct boxes *b, struct box one);         // touches none of them
