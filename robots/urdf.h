// URDF as it is written: links and joints in the order of the file, each checked by itself.
//
// The format is that of wiki.ros.org/urdf/XML. Read are masses, joints and limits; visual, collision,
// transmission, sensor and everything else is passed over. What the tree of them means is for
// robots/model.h to say.
//
// Hostile until checked: text of at most URDF_BYTES_MAX, depth URDF_DEPTH_MAX, URDF_LINKS_MAX links; a document
// type (and with it every entity) is refused; numbers must be finite decimals of a size that a robot can have.
#pragma once

#include "base/fault.h"
#include "base/vector.h"
#include "robots/model.h"

#define URDF_BYTES_MAX (16 << 20)
#define URDF_DEPTH_MAX 64
#define URDF_LINKS_MAX 4096         // and as many joints

enum urdf_kind { URDF_FIXED, URDF_REVOLUTE, URDF_CONTINUOUS, URDF_PRISMATIC, URDF_FLOATING, URDF_PLANAR };

struct urdf_link {
  char        name[ROBOT_NAME_SIZE];
  struct mark mark;
  bool        inertial;             // has a mass; all below is 0 without
  struct mark inertial_mark;
  double      mass;                 // kg
  struct v3   com;                  // m      in the link's frame
  struct m3   inertia;              // kg m2  about the centre of mass, axes of the link's frame (rpy is applied)
};

struct urdf_joint {
  char           name[ROBOT_NAME_SIZE];
  enum urdf_kind kind;
  struct mark    mark, parent_mark, child_mark, limit_mark, mimic_mark;
  char           parent[ROBOT_NAME_SIZE], child[ROBOT_NAME_SIZE];
  struct v3      xyz;               // m      of the child's frame in the parent's
  struct m3      rotation;          //        child's frame -> parent's frame
  struct v3      axis;              // unit length, in the child's frame
  bool           range, limit;      // lower and upper are given; a limit is given
  double         lower, upper;      // as written
  double         effort, velocity;  // infinity when not given
  char           mimic[ROBOT_NAME_SIZE];        // "": none
  double         mimic_factor, mimic_offset;
};

struct urdf {
  char               name[ROBOT_NAME_SIZE];
  int                link_count, link_capacity;
  int                joint_count, joint_capacity;
  struct urdf_link  *link;          // owned
  struct urdf_joint *joint;         // owned
};

// Read text; every fault goes to f with its line and column. Finish it in any case.
enum status urdf_read(struct urdf *u, const char *text, size_t size, struct faults *f);
void        urdf_finish(struct urdf *u);
