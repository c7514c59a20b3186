// Facets of the convex hull of points in 2 to 6 dimensions, for wrench spaces.
//
// Beneath-beyond with a simplex for every facet (Gruenbaum, Convex Polytopes, 1967; the bookkeeping of neighbours as in
// Barber, Dobkin & Huhdanpaa, ACM TOMS 1996): a point above some facets replaces them by the cone from itself to their
// horizon. A point in a facet's plane counts as not above it, so a facet with more corners comes out as several simplices of
// one plane. Work grows with points x facets; n points in d dimensions have at most about n^(d/2) facets.
//
// The workspace is made once and used again; nothing else is allocated, and nothing is random.
#pragma once

#define HULL_DIMENSIONS_MAX 6
#define HULL_POINTS_MAX     128

struct hull;

enum hull_answer {
  HULL_OK,
  HULL_FLAT,                        // the points lie in a plane of fewer dimensions: no facets
  HULL_FULL                         // more facets at once than the workspace holds
};

// A workspace for at most facets_max (at least 64) facets at a time; NULL without memory.
struct hull *hull_create(int facets_max);
void         hull_destroy(struct hull *h);          // takes NULL

// points: n rows of HULL_DIMENSIONS_MAX, the first `dimensions` of them used, n <= HULL_POINTS_MAX. Best when their size is about 1.
// A point counts as above a facet when it is more than `tolerance` away.
enum hull_answer hull_build(struct hull *h, int dimensions, const double (*points)[HULL_DIMENSIONS_MAX], int n, double tolerance);

// Of the last hull that was built: how many simplices, and one by one its outward unit normal and its distance from the origin
// along it (negative: the origin is outside). Returns the index after i with a facet, or -1; begin with -1.
int hull_facet_count(const struct hull *h);
int hull_facet_next(const struct hull *h, int i, const double **normal, double *offset);
