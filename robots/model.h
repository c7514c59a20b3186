// A humanoid as a tree of rigid bodies: what kinematics, dynamics and everything above them read.
//
// Made from URDF (robots/urdf.h). Links behind fixed joints are merged into the body that carries them;
// every moving joint is turned so that its axis is the z axis of its own frame. Joint i moves body i + 1;
// body 0 is the root and floats. Joints are in topological order (a parent before its children), which is
// what one sweep outwards (positions, velocities) and one inwards (forces) need:
//
//     body 0 --joint 0--> body 1 --joint 1--> body 2 ...        parent[i] <= i is the body that joint i hangs on
//
// The model is constant after it is made and shared by all robots of its kind. It owns its memory.
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "base/vector.h"

#define ROBOT_JOINTS_MAX 256        // moving joints; larger trees are refused
#define ROBOT_NAME_SIZE  64

enum joint_kind { JOINT_REVOLUTE, JOINT_PRISMATIC };                 // continuous: revolute without limits

struct robot_joint {
  char            name[ROBOT_NAME_SIZE];
  enum joint_kind kind;
  int             parent;           // body it hangs on, at most its own number
  struct m3       rotation;         // joint frame (axis on z) in the parent's body frame, at q = 0
  struct v3       origin;           // m   of the joint frame in the parent's body frame
  double          lower, upper;     // rad or m; -infinity .. infinity without limits
  double          effort, velocity; // N m or N, rad/s or m/s; infinity when the file gives none
  int             mimic;            // joint it follows, q = factor q[mimic] + offset; -1: free
  double          mimic_factor, mimic_offset;
  int             file_order;       // place among the moving joints of the file
};

struct robot_body {
  double    mass;                   // kg  of all links merged into it
  struct v3 com;                    // m   in the body frame (the joint frame, after the motion)
  struct m3 inertia;                // kg m2 about the com, axes of the body frame, symmetric
};

// A link of the file: where it sits on its body.
struct robot_link {
  char      name[ROBOT_NAME_SIZE];
  int       body;
  struct m3 rotation;               // link frame in the body frame
  struct v3 origin;                 // m
};

// What the sweeps over the tree read, packed: body i and the joint that moves it (none for i = 0). Its axes are those of the
// body turned about z by an angle of its own (0 for the root), chosen so that going to the first body that turns on it is a
// turn about x alone: Rx(bend) Rz(q + offset), the angles of Denavit & Hartenberg in Craig's form (Introduction to Robotics,
// 1989, ch. 3). Forces about z and bodies' origins are the same in both.
struct robot_row {
  double rotation[9], origin[3];    // constant part of the joint's frame in the parent's row axes
  double offset;                    // rad  added to the joint's angle when it bends
  double mass, first[3], com[3];    // kg, kg m, m      mass, mass times com
  double second[6];                 // kg m2            sum of r r^T dm about the origin: xx xy xz yy yz zz
  int    parent;
  bool   slides, bends;             // prismatic; rotation is about x alone
};

struct robot_model {
  char                name[ROBOT_NAME_SIZE];
  int                 joint_count;  // bodies: joint_count + 1
  int                 link_count;
  struct robot_joint *joint;        // (joint_count)
  struct robot_body  *body;         // (joint_count + 1)
  struct robot_link  *link;         // (link_count)
  struct robot_row   *row;          // (joint_count + 1), from joint and body: robot_model_pack
  double              mass;         // kg, of the whole
};

// Read a URDF file, or URDF text of `size` bytes under the name `file`. On an error *m is empty and f says
// where and why; warnings (unphysical inertias, suspected units) leave a model that can be used.
enum status robot_model_read(struct robot_model *m, const char *file, struct faults *f);
enum status robot_model_parse(struct robot_model *m, const char *text, size_t size, const char *file, struct faults *f);
void        robot_model_finish(struct robot_model *m);               // takes an empty one too

// Make `row` anew after joint or body were changed by hand (a load, a test).
void robot_model_pack(struct robot_model *m);

// Row of a name, or -1.
int robot_model_joint(const struct robot_model *m, const char *name);
int robot_model_link(const struct robot_model *m, const char *name);

// Add a payload: a body of mass kg, com and inertia (about its com) given in the frame of link `link`,
// becomes part of the body that carries the link. Mass may be negative to take it off again.
void robot_model_attach(struct robot_model *m, int link, double mass, struct v3 com, const struct m3 *inertia);
