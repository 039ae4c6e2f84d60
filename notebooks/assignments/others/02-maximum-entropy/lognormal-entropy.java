double lognormalEntropy(double mu, double sigma) {
    return mu + Math.log(sigma) + (1 + Math.log(2 * Math.PI)) / 2;
}
