double paretoEntropy(double t) {
    double lambda = paretoMultiplier(t);
    return lambda * t - Math.log(lambda - 1);
}
