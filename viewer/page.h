// A page of the inspector: rows, headings, bars and words from the top down.
#pragma once

#include "viewer/room.h"

struct page { struct room *r; struct canvas *c; const struct show *s; float x0, x1, y; };      // y: where the next baseline or box goes

void page_rule(struct page *k, float before, float after);
void page_heading(struct page *k, const char *word, const char *value);        // value: NULL for none
void page_row(struct page *k, const char *word, const char *value);
void page_words(struct page *k, float size, uint32_t colour, const char *text);// as many lines as it needs, 6 at most
void page_bar(struct page *k, float share);
void page_button(struct page *k, float x, float y, float w, const char *word, bool on, enum action a);

// The pages of a robot, each in its own file.
bool page_has_body(const struct page *k, int row);              // its body is told of
void page_body(struct page *k, int row);                        // where none is told of, words that say so
void page_why(struct page *k, int row);
// The skeleton from its right with its hottest joints: 192 px.
void page_side(struct page *k, int row);
