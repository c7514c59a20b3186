// Inside the plates: what they share.
#pragma once

#include "viewer/plate.h"

#define PLATE_W      1600
#define PLATE_H      1000
#define PLATE_MARGIN 28.0f
#define PLATE_FACTS  360.0f         // px of the column at the right

void  plate_card(struct look *l, struct canvas *c, float x, float y, float w, float h, const char *title, const char *note);
void  plate_head(struct look *l, struct canvas *c, const struct plate *p);
// Rows of names and values, and the caution; returns the baseline after them.
float plate_facts(struct look *l, struct canvas *c, float x, float y, float w, const struct plate *p);
// Poses from the side beside each other, none over the next, each above its words.
void plate_moments(struct look *l, struct canvas *c, const struct skeleton *shape, const struct skeleton_pose *moment, const char (*words)[40], int n, double height,
                   float x, float y, float w, float h);
// One curve of n values over `time` s, its field from (x, y).
void plate_graph(struct look *l, struct canvas *c, float x, float y, float w, float h, const float *v, int n, double time, const char *title, const char *unit);
enum status plate_write(const char *path, struct error *e, void (*draw)(struct look *, struct canvas *, const void *), const void *what);
