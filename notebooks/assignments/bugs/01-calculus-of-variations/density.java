double density(double x, double mu, double sigma) {
    double a = 1 / Math.sqrt(2 * Math.PI * sigma * sigma), b = mu, c = sigma * sigma;
    return a * Math.exp(-(x - b) * (x - b) / (2 * c * c));
}
