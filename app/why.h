// What --explain keeps and prints: the decisions near a time, and the history of the jobs in them.
#pragma once

#include <stdio.h>

#include "engine/sim/explain.h"

struct why;
struct why *why_create(ns_t at);    // NULL: out of memory
void        why_destroy(struct why *w);         // takes NULL

// For twin_options; lives as long as w.
const struct explain *why_explain(struct why *w);

void why_print(const struct why *w, FILE *out);
