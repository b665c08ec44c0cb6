# How long relaimpo takes for one fit of 20 predictors, without any replicate; beside bench_drivers. Says so when it is not there.
if (!requireNamespace("relaimpo", quietly = TRUE)) {
    cat("| relaimpo: calc.relimp, 20 predictors, n = 10,000, no replicates | not installed here; 83 s where it was |\n")
} else {
    suppressMessages(library(relaimpo))
    set.seed(1)
    x <- matrix(rnorm(10000 * 20), ncol = 20)
    d <- data.frame(y = x %*% rep(c(1, 0, 0, 0), 5) + 2 * rnorm(10000), x)
    s <- system.time(calc.relimp(lm(y ~ ., d), type = "lmg"))[["user.self"]]
    cat(sprintf("| relaimpo: calc.relimp, 20 predictors, n = 10,000, no replicates | %.0f s |\n", s))
}
