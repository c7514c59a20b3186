// What the two files of the assignment share: the problem in whole numbers, its duals, and the room for searches.
//
// Costs are rounded to a unit, a power of two that the largest cost fits 2^30 times into at most: then duals stay exact, and what is tight is tight.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "scheduler/assignment.h"

#define NONE ASSIGNMENT_NONE

struct back  { int32_t cost, job; };
struct entry { int64_t key; int32_t row; };
// A row in a search: its distance, where it came from, and twice the number of the search that reached it, one more when it is settled.
struct node  { int64_t distance; int32_t from; uint32_t stamp; };

struct assignment {
  int       jobs_max, robots_max, candidates_max;
  // the problem                                                                        (shape)
  int       jobs, robots;
  double    unit;                   // s
  int       theres;
  const int32_t *there;             // the caller's, or the next
  int32_t  *all;                    //                                                    (robots)
  bool     arrays;                  // there is room for those of arrays
  struct assignment_edge *edge;     // of arrays                                          (candidates, or 1)
  struct assignment_edge **row;     // of each job, without what its robot asks of all; the caller's, or in edge   (jobs)
  int32_t  *length;                 // of it                                              (jobs)
  bool     *ordered;                // its candidates stand the cheapest first            (jobs)
  int64_t  *skip;                   //                                                    (jobs)
  int64_t   slack;
  // by robot: candidates of robot r are back_first[r] .. back_first[r + 1] - 1
  int32_t  *back_first;             //                                                    (robots + 1)
  struct back *back;                //                                                    (candidates)
  // Duals and pairs. v is the price less what the robot asks of every job, so that edges need not know it: u + v <= cost of the edge, v <= top.
  int64_t  *u, *v, *top;            //                                                    (jobs), (robots), (robots)
  bool     *fresh;                  // its price is not known yet                         (robots)
  int32_t  *robot_of_job, *job_of_robot;
  int32_t  *queue;                  // jobs that nobody has yet                           (jobs)
  // a search, by robot or by job
  struct node *node;                //                                                    (larger of jobs, robots)
  int32_t  *tree;                   // settled rows in order
  int32_t  *level;                  // rows at the distance at hand                       (candidates + jobs)
  struct entry *heap;               //                                                    (candidates + jobs + 1)
  int       heap_count, levels;
  uint32_t  stamp;
  struct assignment_count count;
};

static inline void assignment_pair(struct assignment *a, int32_t j, int32_t r) {
  a->robot_of_job[j] = r;
  a->job_of_robot[r] = j;
}

// The candidates of job j, the cheapest first: before somebody looks for the cheapest. Most jobs are never asked.
void assignment_order(struct assignment *a, int32_t j);
// Candidates by robot, each robot's in the order of the jobs.
void assignment_transpose(struct assignment *a);

// Somebody for job j by one shortest path of exchanges: to a robot that is free, or away from a job that can best do without.
void assignment_job_path(struct assignment *a, int32_t j);
// Robot r is free but has a price: a job for it, or a better one for another robot, or its price goes to 0.
void assignment_robot_path(struct assignment *a, int32_t r);
