/* The local-level model: a series y_t = m_t + e_t whose level m_t walks, m_(t+1) = m_t + u_t, with the variance of each e_t
 * known (a sampling variance) and that of u_t estimated. Kalman filter and fixed-interval smoother with a diffuse beginning
 * (Durbin and Koopman 2012, chapters 2 and 4; Rauch, Tung and Striebel 1965).
 */
#ifndef DK_STUDY_LEVEL_H
#define DK_STUDY_LEVEL_H

#include "base/status.h"

/* Smooths n points, y NaN where one is missing, variance > 0 elsewhere. level_variance: of u_t a step, or NaN: by maximum
   likelihood (the one parameter; 0 is allowed), needs two points. smoothed and se get n values each, NaN without any point.
   Returns the level variance used, NaN with no point. */
double dk_level_smooth(const double *y, const double *variance, size_t n, double level_variance, double *smoothed, double *se);

/* The diffuse log likelihood of a level variance, without the constant: -1/2 sum (log F_t + v_t^2 / F_t) from the second point
   on. */
double dk_level_likelihood(const double *y, const double *variance, size_t n, double level_variance);

#endif
