// A made-up hall with made-up work, for measuring and testing the drawing without a twin.
//
// Cells come along a belt and are put into trays; halls of more than one tile repeat it. The picture is
// a pure function of the time. Owned by the synthetic until it is destroyed.
#pragma once

#include "stream/frame.h"

struct synthetic;

struct synthetic *synthetic_create(int robots, int parts);    // NULL: no memory
void              synthetic_destroy(struct synthetic *s);
const struct frame_hello *synthetic_hello(const struct synthetic *s);
const struct picture     *synthetic_picture(struct synthetic *s, double seconds);
int                       synthetic_kpi(const struct synthetic *s, const struct frame_kpi **kpi);
