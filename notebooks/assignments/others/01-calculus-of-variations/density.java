double density(double x, double mu, double sigma) {
    double z = (x - mu) / sigma;
    return Math.exp(-0.5 * z * z - Math.log(sigma) - 0.5 * Math.log(2 * Math.PI));
}
