// Reading of grasp cases: a JSON document of grasps in the plane, in space, and loads that fingers have to hold.
//
//   {"planar":     [{"contacts": [{"p": [x, y], "n": [x, y], "mu"}]}],
//    "spatial":    [{"contacts": [{"p": [3], "n": [3], "mu", "cone_edges", "soft_torsion_coeff"}]}],
//    "grip_force": [{"mass", "mu", "accel_up", "contacts"}]}
//
// Lengths in m, n the inward unit normal (within 1e-3 of unit length, then made so), cone_edges needed where mu is above 0,
// soft_torsion_coeff 0 when missing. Other keys of a case (names, notes, expected answers) are not read; other keys of a contact
// are warned of, since a slip of the pen there would change the answer. All faults are reported with their place.
#pragma once

#include "base/fault.h"
#include "robots/grasp.h"
#include "robots/grip_force.h"

#define GRASP_FILE_BYTES_MAX (4 << 20)

struct planar_case  { struct planar_contact contact[GRASP_CONTACTS_MAX]; int count; };
struct spatial_case { struct contact contact[GRASP_CONTACTS_MAX]; int count; };
struct grip_case    { struct grip_load load; struct grip_contact contact; };

struct grasp_file {
  struct planar_case  *planar;
  struct spatial_case *spatial;
  struct grip_case    *grip;
  int                  planar_count, spatial_count, grip_count;
};

// Faults go to f. On failure *g holds nothing; finish it in any case.
enum status grasp_file_parse(struct grasp_file *g, const char *text, size_t size, struct faults *f);
void        grasp_file_finish(struct grasp_file *g);
