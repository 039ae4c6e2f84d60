double density(double x, double mu, double b) {
    double a = 1 / (2 * b), c = b * b;
    return a * Math.exp(-Math.abs(x - mu) / c);
}
