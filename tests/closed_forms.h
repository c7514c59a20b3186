// Formulas of queueing theory, each with its source. l: arrivals a second, u: services a second.
#pragma once

// M/M/1/K and the line of two stations: probability that all K places are taken, r = l/u.
double form_mm1k_full(double r, int places);
// Erlang 1917. Loss: a = l/u offered to c servers; delay: probability of having to wait.
double form_erlang_b(int servers, double offered);
double form_erlang_c(int servers, double offered);
double form_mmc_wait(int servers, double l, double u);
// Pollaczek 1930, Khinchine 1932: mean wait in M/G/1.
double form_mg1_wait(double l, double mean, double second_moment);
// GI/M/1 (Kendall 1953): mean wait z/(u (1 - z)), z the root of z = A*(u (1 - z)) in (0, 1).
// transform is the Laplace transform of the time between arrivals.
double form_gim1_wait(double u, double (*transform)(double s));
// Closed network of single exponential servers (Buzen, CACM 16 (1973) 527): throughput with k parts.
double form_buzen(int stations, const double *demand, int parts);
// Machine repairmen (Palm 1947): n machines that work 1/l on average, c repairmen who need 1/u.
// Machines back to work a second; *busy is the mean number of busy repairmen.
double form_repairmen(int machines, int repairmen, double l, double u, double *busy);
// n parts through c exponential servers of mean 1: (n - c)/c + H_c.
double form_makespan_parallel(int parts, int servers);

// Mean of the larger of two independent times.
double form_max_uniform(double a, double b);
double form_max_normal(double mean, double sd);
double form_max_lognormal(double mean, double sd);
double form_max_gamma(double shape, double mean);
double form_max_weibull(double shape, double scale);
double form_max_geometric(double p);
double form_max_triangular(double a, double mode, double b);        // by Simpson's rule on 1 - F^2
